"""Attacks that others met, on what is published: each works without the stage, not with it."""

import random
from itertools import pairwise
from statistics import fmean, median, stdev

import pytest

from analysis.disclosure.audit import ContradictionError, Ratio, Release, Sum, feasible, too_narrow
from analysis.disclosure.counts import (
    beside,
    bounds,
    decimals,
    event_grid,
    merged,
    published,
    share,
)
from analysis.disclosure.integers import Summary, possible_sizes
from analysis.disclosure.profile import PROFILES
from analysis.disclosure.suppress import UnprotectedError, as_read, suppressed

UNROUNDED = PROFILES["ukllc"]
PROFILE = PROFILES["default"]
EVERYBODY = 1_000


def small(cells, profile=UNROUNDED):
    return {name for name, one in cells.items() if profile.hides(one)}


def narrow(release, hidden, profile):
    return too_narrow(release, dict.fromkeys(hidden, profile.smallest))


def crossed(rows):
    """A cross table with its margins: cells by name, and the sums between them."""
    cells, sums = {}, []
    width = len(next(iter(rows.values())))
    for name, counts in rows.items():
        cells |= {f"{name}{place}": one for place, one in enumerate(counts)}
        cells[f"{name} all"] = sum(counts)
        sums.append(Sum(f"{name} all", tuple(f"{name}{place}" for place in range(width))))
    for place in range(width):
        parts = tuple(f"{name}{place}" for name in rows)
        cells[f"all {place}"] = sum(cells[one] for one in parts)
        sums.append(Sum(f"all {place}", parts))
    cells["all"] = sum(cells[f"{name} all"] for name in rows)
    sums.append(Sum("all", tuple(f"{name} all" for name in rows)))
    return cells, sums


TABLE = crossed({"g": [21, 14, 6, 19, 12, 16, 11], "i": [13, 12, 15, 10, 11, 3, 17]})


@pytest.mark.parametrize("profile", [UNROUNDED, PROFILES["acro"], PROFILES["cms"]])
def test_margins_give_nothing_back(profile):
    cells, sums = TABLE
    without = as_read(cells, sums, small(cells, profile), profile, EVERYBODY)
    assert feasible(without, ["g2", "i5"]) == {"g2": (6, 6), "i5": (3, 3)}
    hidden = suppressed(cells, sums, profile, EVERYBODY)
    release = as_read(cells, sums, hidden, profile, EVERYBODY)
    assert narrow(release, small(cells, profile), profile) == {}
    assert len(hidden) <= 2 * len(
        small(cells, profile)
    )  # the rest of the sixteen inner cells and eight margins stays


def test_a_count_in_two_granularities_is_not_subtracted():
    cells = {"18-24": 9, "18-21": 6, "22-24": 3, "all": 60, "25+": 51}
    sums = [Sum("18-24", ("18-21", "22-24")), Sum("all", ("18-24", "25+"))]
    without = as_read(cells, sums, {"18-21", "22-24"}, UNROUNDED, EVERYBODY)
    assert feasible(without, ["18-24"]) == {"18-24": (9, 9)}
    hidden = suppressed(cells, sums, UNROUNDED, EVERYBODY)
    release = as_read(cells, sums, hidden, UNROUNDED, EVERYBODY)
    assert narrow(release, small(cells), UNROUNDED) == {}


def test_the_sum_of_suppressed_cells_is_not_small_either():
    cells = {"a": 2, "b": 2, "c": 40, "d": 30, "all": 74}
    sums = [Sum("all", ("a", "b", "c", "d"))]
    without = as_read(cells, sums, small(cells), UNROUNDED, EVERYBODY)
    assert feasible(without, ["a", "b"]) == {"a": (0, 4), "b": (0, 4)}
    hidden = suppressed(cells, sums, UNROUNDED, EVERYBODY)
    assert hidden == {"a", "b", "d"}


def test_subgroups_their_complements_and_those_excluded_give_nothing_back():
    cells = {"eligible": 119, "used": 116, "excluded": 3, "women": 70, "men": 46}
    sums = [Sum("eligible", ("used", "excluded")), Sum("used", ("women", "men"))]
    without = as_read(cells, sums, {"excluded"}, UNROUNDED, EVERYBODY)
    assert feasible(without, ["excluded"]) == {"excluded": (3, 3)}
    hidden = suppressed(cells, sums, UNROUNDED, EVERYBODY)
    release = as_read(cells, sums, hidden, UNROUNDED, EVERYBODY)
    assert narrow(release, ["excluded"], UNROUNDED) == {}


def test_percentages_to_decimals_give_no_hidden_count_back():
    cells = {"event": (0, EVERYBODY), "all": (119, 119)}
    exact = Release(cells, ratios=[Ratio("event", "all", 0.0252, 0.00005)])
    assert feasible(exact, ["event"]) == {"event": (3, 3)}
    event, everybody = published(3, PROFILE), published(119, PROFILE)
    assert share(event, everybody, 2) is None
    assert share(published(23, PROFILE), everybody, 2) == 20.83  # 25 of 120, no more


def test_a_ratio_says_no_more_than_the_rounded_counts():
    shown = {one: published(one, PROFILE) for one in (23, 119)}
    known = {"part": bounds(shown[23], PROFILE, 200), "whole": bounds(shown[119], PROFILE, 200)}
    value = shown[23] / shown[119]
    alone = feasible(Release(known), ["part", "whole"])
    assert alone == {"part": (23, 27), "whole": (118, 122)}
    assert share(shown[23], shown[119], 4) == round(100 * value, 4)


def test_rounding_is_not_undone_by_sums():
    generator = random.Random(1)
    for _ in range(10):
        parts = {f"p{n}": generator.randint(10, 60) for n in range(6)}
        cells = {**parts, "all": sum(parts.values())}
        release = as_read(cells, [Sum("all", tuple(parts))], frozenset(), PROFILE, 500)
        found = feasible(release, list(cells))
        for name, (low, high) in found.items():
            assert low <= cells[name] <= high
            assert high - low >= 2  # of the five numbers that one rounded count stands for


def test_random_tables_give_no_small_cell_back():
    generator = random.Random(20261201)
    for _ in range(6):
        rows = {one: [generator.choice([2, 5, 8, 14, 25, 40]) for _ in range(4)] for one in "abc"}
        cells, sums = crossed(rows)
        hidden = suppressed(cells, sums, UNROUNDED, EVERYBODY)
        release = as_read(cells, sums, hidden, UNROUNDED, EVERYBODY)
        assert small(cells) <= hidden
        assert narrow(release, small(cells), UNROUNDED) == {}
        truth = feasible(release, sorted(hidden))
        assert all(low <= cells[name] <= high for name, (low, high) in truth.items())


def test_where_nothing_is_small_nothing_is_hidden():
    cells, sums = crossed({"a": [20, 30], "b": [0, 40]})
    assert suppressed(cells, sums, PROFILE, EVERYBODY) == frozenset()


def test_what_cannot_be_protected_is_an_error():
    with pytest.raises(UnprotectedError):
        suppressed({"a": 3}, [], UNROUNDED, largest=5)


def test_two_places_that_contradict_each_other_are_an_error():
    cells = {"a": (3, 3), "b": (4, 4), "all": (9, 9)}
    with pytest.raises(ContradictionError):
        feasible(Release(cells, [Sum("all", ("a", "b"))]), ["a"])
    at_least = Release(cells, [Sum("all", ("a", "b"), at_least=True)])
    assert feasible(at_least, ["all"]) == {"all": (9, 9)}


def test_a_mean_with_a_median_beside_a_hidden_n_goes_with_it():
    assert possible_sizes(Summary(1.33, median=1), 0, 27, range(1, 5)) == [3]
    kept = beside(published(3, PROFILE), {"mean": 1.33, "median": 1}, PROFILE)
    assert kept == {"mean": None, "median": None}


def test_a_mean_and_a_deviation_of_few_scores_give_their_number():
    scores = [3, 9, 14, 22]
    shown = Summary(fmean(scores), round(stdev(scores), 2), median(scores))
    assert possible_sizes(shown, 0, 27, range(1, 10)) == [4, 8]  # two of nine are left
    kept = beside(published(4, PROFILE), {"mean": shown.mean, "sd": shown.sd}, PROFILE)
    assert set(kept.values()) == {None}


def test_a_mean_has_no_more_decimals_than_every_n_allows():
    for n in (10, 37, 99, 100, 412):
        shown = published(n, PROFILE)
        digits = decimals(shown, PROFILE)
        low, high = bounds(shown, PROFILE, 10_000)
        mean = round((13 * n + n // 3) / n, digits)
        assert possible_sizes(Summary(mean, digits=digits), 0, 27, range(low, high + 1)) == list(
            range(low, high + 1)
        )
    exact = round((13 * 37 + 12) / 37, 2)
    assert len(possible_sizes(Summary(exact), 0, 27, range(33, 38))) < 5


def test_ends_of_a_range_are_one_persons_and_go():
    kept = beside(
        published(40, PROFILE), {"mean": 12.345, "min": 1, "max": 27, "sd": None}, PROFILE
    )
    assert kept == {"mean": 12.3, "min": None, "max": None, "sd": None}


def steps(places, leaving):
    ends = [0, *(one + 1 for one in places)]
    return [sum(leaving[a:b]) for a, b in pairwise(ends)]


def test_no_step_of_a_curve_is_one_persons():
    leaving = [1, 0, 2, 1, 4, 3, 1, 6, 5, 2, 9, 1]
    at_risk = [100 - sum(leaving[:place]) for place in range(len(leaving))]
    assert 1 in leaving  # day steps of exactly one person
    places = event_grid(at_risk, leaving, PROFILE)
    assert places == [5, 8, 10]
    assert min(steps(places, leaving)) >= PROFILE.smallest
    left = [at_risk[one] - leaving[one] for one in places]
    assert all(one == 0 or one >= PROFILE.smallest for one in left)


def test_a_curve_never_stops_at_a_few_who_are_left():
    assert event_grid([30, 18, 6], [12, 12, 6], PROFILE) == [0, 2]
    assert event_grid([], [], PROFILE) == []


def test_a_group_of_one_leader_is_data_on_staff():
    assert published(14, PROFILE, people=1) is None
    assert published(14, PROFILE, people=12) == 15
    with pytest.raises(ValueError, match="nobody"):
        published(14, PROFILE, people=0)


def test_tails_of_a_histogram_are_merged():
    assert merged([1, 3, 12, 20, 7, 2, 1], PROFILE) == [(0, 2), (3, 3), (4, 6)]
    assert merged([1, 3], PROFILE) == []
    assert merged([40, 30, 1], PROFILE) == [(0, 0), (1, 2)]
