"""Counts as they are published: suppressed, then rounded, then everything else is derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.disclosure.profile import Profile

SUPPRESSED = None
ENDS = frozenset({"min", "max", "minimum", "maximum", "range"})


def published(count: int, profile: Profile, *, people: int | None = None) -> int | None:
    """Return a count as it is published; None where it is suppressed.

    Parameters
    ----------
    count : int
        Number of the declared unit: people, episodes, groups, therapists, sites or sessions.
    profile : Profile
    people : int, optional
        Number of people behind the count, where the unit is another: sessions of how many people,
        therapists themselves. The count itself if left out.

    Raises
    ------
    ValueError
        If the count is negative, or of nobody although it is not zero.
    """
    behind = count if people is None else people
    if count < 0 or behind < 0 or (count > 0 and behind == 0):
        raise ValueError("a count of nobody or of less")
    if profile.hides(behind):
        return SUPPRESSED
    return _nearest(count, profile.base)


def _nearest(count: int, base: int) -> int:
    """Return the nearest multiple of the base, the larger of two; whole numbers throughout."""
    return (2 * count + base) // (2 * base) * base


def bounds(shown: int | None, profile: Profile, largest: int) -> tuple[int, int]:
    """Return what a reader who knows the profile can say of the true count.

    Parameters
    ----------
    shown : int or None
        A count of people as published.
    profile : Profile
    largest : int
        What no count exceeds; the reader knows it from another place.

    Returns
    -------
    tuple of int
        Lowest and highest count that is published so. A suppressed cell may be a complementary
        one, so that nothing but `largest` bounds it from above.
    """
    if shown is SUPPRESSED:
        return 0, largest
    if profile.base == 1 or shown == 0:
        # under rounding a true zero shows as zero, and one to half the base are suppressed
        return shown, shown
    low = shown - (profile.base // 2)
    high = shown + (profile.base - 1) // 2
    return max(low, profile.smallest), min(high, largest)


def share(part: int | None, whole: int | None, digits: int = 0) -> float | None:
    """Return a percentage of published counts; None where one of them is suppressed or zero.

    It says no more than the two counts do, for nothing but them goes into it.
    """
    if part is SUPPRESSED or not whole:
        return None
    return round(100.0 * part / whole, digits)


def decimals(shown: int | None, profile: Profile) -> int | None:
    """Return how many decimals a mean of whole numbers may have, so that it gives no exact n.

    A mean of n whole numbers is a multiple of 1/n. While that is no finer than the last decimal,
    only some n agree with it (GRIM: Brown and Heathers 2017, doi:10.1177/1948550616673876); from
    ten to the number of decimals on, every n does.

    Returns
    -------
    int or None
        None where the count is suppressed: then nothing is published beside it.
    """
    if shown is SUPPRESSED or shown == 0:
        return None
    low, _ = bounds(shown, profile, shown + profile.base)
    return len(str(low)) - 1


def beside(
    shown: int | None, statistics: Mapping[str, float | None], profile: Profile
) -> dict[str, float | None]:
    """Return what may stand beside a count: nothing if it is suppressed, never an end of the range.

    Parameters
    ----------
    shown : int or None
        The count as published.
    statistics : mapping of str to float or None
        Such as mean, sd, median; `min` and `max` are one person's and always go.
    """
    digits = decimals(shown, profile)
    return {
        name: None
        if digits is None or value is None or name in ENDS
        else round(float(value), digits)
        for name, value in statistics.items()
    }


def merged(counts: Sequence[int], profile: Profile) -> list[tuple[int, int]]:
    """Return which neighbouring bins of a distribution become one, so that none is suppressed.

    Tails are merged from both ends inward.

    Parameters
    ----------
    counts : sequence of int
        People in each bin, in order.

    Returns
    -------
    list of (int, int)
        First and last bin of each merged bin; empty where all bins together are too few.
    """
    runs: list[tuple[int, int]] = []
    first = people = 0
    for place, one in enumerate(counts):
        people += one
        if people >= profile.smallest:
            runs.append((first, place))
            first, people = place + 1, 0
    if runs and first < len(counts):
        runs[-1] = (runs[-1][0], len(counts) - 1)
    return runs


def event_grid(at_risk: Sequence[int], leaving: Sequence[int], profile: Profile) -> list[int]:
    """Return the places of a survival or incidence curve at which it may be read.

    Between two of them at least the threshold of people leave (event or censored), so that no step
    is one person's (O'Keefe et al. 2012, J Priv Confid 4, doi:10.29012/jpc.v4i2.623).

    Parameters
    ----------
    at_risk : sequence of int
        People at risk just before each time, in order of time.
    leaving : sequence of int
        People who leave at that time for the curve's event.

    Returns
    -------
    list of int
        Places in the two sequences; the curve is constant from each to the next.
    """
    places: list[int] = []
    events, risk = 0, at_risk[0] if at_risk else 0
    for place, (left, gone) in enumerate(zip(at_risk, leaving, strict=True)):
        events += gone
        remaining = left - gone
        if (
            events >= profile.smallest
            and risk - remaining >= profile.smallest
            and (remaining == 0 or remaining >= profile.smallest)
        ):
            places.append(place)
            events, risk = 0, remaining
    return places
