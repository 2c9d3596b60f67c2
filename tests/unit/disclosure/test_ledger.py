"""Releases that differ by few people are found, and the ledger names nobody."""

import random

import pytest

from analysis.disclosure.ledger import Population, append, differencing, digests, read_ledger
from analysis.disclosure.profile import PROFILES

PROFILE = PROFILES["default"]
PEOPLE = [f"p{n:03d}" for n in range(160)]


def population(release, members, part="cohort", secret=b"s"):
    return Population(release, part, digests(members, secret))


@pytest.mark.parametrize("fewer", [1, 2, 9])
def test_two_releases_with_and_without_a_few_people_are_told(fewer):
    without = random.Random(fewer).sample(PEOPLE, len(PEOPLE) - fewer)
    before, after = population("june", PEOPLE), population("july", without)
    (found,) = differencing([after], [before], PROFILE)
    assert (found.earlier, found.release) == ("june", "july")
    assert "only the earlier one has" in found.reason
    (found,) = differencing([before], [after], PROFILE)
    assert "only the later one has" in found.reason


def test_a_release_that_swaps_a_few_people_is_told_both_ways():
    swapped = [*PEOPLE[3:], "x", "y"]
    assert len(differencing([population("b", swapped)], [population("a", PEOPLE)], PROFILE)) == 2


@pytest.mark.parametrize("members", [PEOPLE, PEOPLE[:150], PEOPLE[:80], ["q1", "q2"]])
def test_the_same_people_many_fewer_or_quite_others_may_leave(members):
    assert differencing([population("b", members)], [population("a", PEOPLE)], PROFILE) == []


def test_ten_people_at_random_are_enough_and_nine_are_not():
    """Ten people at random, the smallest group that a profile of ten lets a reader learn about."""
    left = random.Random(3).sample(PEOPLE, 150)
    assert differencing([population("b", left)], [population("a", PEOPLE)], PROFILE) == []
    more = [*left, next(one for one in PEOPLE if one not in left)]
    assert differencing([population("b", more)], [population("a", PEOPLE)], PROFILE)


def test_subgroups_of_one_release_are_held_against_each_other():
    whole, part = population("a", PEOPLE), population("a", PEOPLE[4:], "where: site_id == s1")
    (found,) = differencing([whole, part], [], PROFILE)
    assert (found.part, found.earlier_part) == ("where: site_id == s1", "cohort")


def test_the_ledger_keeps_what_left_and_names_nobody(tmp_path):
    path = tmp_path / "ledger.jsonl"
    assert read_ledger(path) == []
    first, second = population("june", PEOPLE), population("july", PEOPLE[:100])
    append(path, [first])
    append(path, [second])
    assert read_ledger(path) == [first, second]
    assert "p001" not in path.read_text(encoding="utf-8")
    assert "160 people" in repr(first) and next(iter(first.members)) not in repr(first)


def test_another_secret_makes_other_digests():
    assert not digests(PEOPLE, b"a") & digests(PEOPLE, b"b")


@pytest.mark.parametrize("line", ["{", "[]", '{"release": "a"}', '{"release": 1, "members": 3}'])
def test_a_damaged_ledger_lets_nothing_leave(tmp_path, line):
    path = tmp_path / "ledger.jsonl"
    append(path, [population("june", PEOPLE[:2])])
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_ledger(path)
