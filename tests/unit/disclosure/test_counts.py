"""Profiles and published counts: what is hidden, what is rounded, and what a reader can say."""

import pytest

from analysis.disclosure.counts import bounds, decimals, published, share
from analysis.disclosure.integers import Summary, possible_sizes
from analysis.disclosure.profile import PROFILES, Profile


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("default", [0, None, None, None, None, 10, 10, 15]),
        ("cms", [0, None, None, None, None, None, 11, 13]),
        ("opensafely", [None, None, None, 10, 10, 10, 10, 15]),
        ("ukllc", [None, None, None, None, None, 10, 11, 13]),
        ("acro", [None, None, None, None, None, 10, 11, 13]),
        ("internal", [0, 1, 7, 8, 9, 10, 11, 13]),
    ],
)
def test_each_profile_follows_its_releasers_rule(name, shown):
    assert [published(one, PROFILES[name]) for one in (0, 1, 7, 8, 9, 10, 11, 13)] == shown


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
def test_what_a_reader_can_say_is_exactly_what_is_published_so(profile):
    shown = {one: published(one, profile) for one in range(200)}
    for value in {one for one in shown.values() if one is not None}:
        behind = [one for one, other in shown.items() if other == value]
        if max(behind) < 195:
            assert bounds(value, profile, 1_000) == (min(behind), max(behind))
    assert bounds(None, profile, 77) == (0, 77)


def test_only_the_internal_profile_releases_nothing_and_each_names_its_source():
    assert [one.name for one in PROFILES.values() if not one.releases] == ["internal"]
    assert all(one.source and PROFILES[one.name] is one for one in PROFILES.values())


@pytest.mark.parametrize(("smallest", "base"), [(0, 1), (5, 0), (5, 6)])
def test_a_profile_that_hides_nothing_it_should_is_refused(smallest, base):
    with pytest.raises(ValueError, match="threshold"):
        Profile("own", smallest, base, zero=True)


@pytest.mark.parametrize(("count", "people"), [(-1, None), (3, -1), (3, 0)])
def test_counts_of_nobody_are_refused(count, people):
    with pytest.raises(ValueError, match="nobody"):
        published(count, PROFILES["default"], people=people)


def test_rounding_is_to_the_nearest_whatever_the_base():
    even = Profile("even", 10, 10, zero=True)
    assert [published(one, even) for one in (10, 14, 15, 24, 25)] == [10, 10, 20, 20, 30]


def test_shares_of_nothing_are_none():
    assert share(None, 20) is None and share(10, None) is None and share(10, 0) is None
    assert share(10, 40) == 25


def test_nothing_has_decimals_beside_a_suppressed_count():
    profile = PROFILES["default"]
    assert decimals(None, profile) is None and decimals(0, profile) is None
    assert [decimals(one, profile) for one in (10, 100, 105)] == [1, 1, 2]  # 100 may be 98


@pytest.mark.parametrize(
    ("summary", "sizes"),
    [
        (Summary(2.5, median=2.5), [2, 4, 6]),
        (Summary(2.5, median=3), [4, 6]),
        (Summary(3.0, median=2.5), [4, 6]),
        (Summary(2.0, sd=0.0), [2, 3, 4, 5, 6]),
        (Summary(2.0, sd=9.0), []),
        (Summary(9.0), []),
        (Summary(2.0, median=2.25), []),
        (Summary(1.0, sd=1.41), [2, 4, 5]),
    ],
)
def test_sizes_of_small_integer_samples(summary, sizes):
    """Held against every sample of up to six values from 0 to 5, counted by hand in `listed`."""
    assert possible_sizes(summary, 0, 5, range(7)) == listed(summary, 5, 6) == sizes


def listed(summary, highest, largest):
    import itertools
    import statistics

    half = 0.5 * 10.0**-summary.digits + 1e-9
    found = []
    for n in range(1, largest + 1):
        for sample in itertools.combinations_with_replacement(range(highest + 1), n):
            near = abs(statistics.fmean(sample) - summary.mean) <= half
            if near and summary.sd is not None:
                near = n > 1 and abs(statistics.stdev(sample) - summary.sd) <= half
            if near and summary.median is not None:
                near = abs(statistics.median(sample) - summary.median) <= 1e-9
            if near:
                found.append(n)
                break
    return found
