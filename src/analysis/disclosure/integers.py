"""What a mean, a standard deviation and a median of whole numbers say of a hidden n.

As GRIM (Brown and Heathers 2017, doi:10.1177/1948550616673876) and SPRITE (Heathers et al. 2018,
doi:10.7287/peerj.preprints.26968) do for published statistics, but exactly: every sum together
with every sum of squares that n values of a scale can have is counted up, so that nothing is
missed by a random search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """Published statistics of whole numbers, rounded to `digits`; None where not published.

    `sd` has the denominator n - 1.
    """

    mean: float
    sd: float | None = None
    median: float | None = None
    digits: int = 2


def possible_sizes(summary: Summary, lowest: int, highest: int, sizes: Iterable[int]) -> list[int]:
    """Return the sizes that n whole numbers of a scale with these statistics can have.

    Parameters
    ----------
    summary : Summary
    lowest, highest : int
        Ends of the scale.
    sizes : iterable of int
        Those that a reader has to choose from, such as 1 to the threshold.
    """
    return [n for n in sizes if n > 0 and _agrees(summary, lowest, highest, n)]


def _agrees(summary: Summary, lowest: int, highest: int, n: int) -> bool:
    half = 0.5 * 10.0**-summary.digits + 1e-9
    if summary.sd is not None and n < 2:
        return False
    sums = [
        one for one in range(n * lowest, n * highest + 1) if abs(one / n - summary.mean) <= half
    ]
    if not sums:
        return False
    if summary.sd is None and summary.median is None:
        return True
    for start, ranges in _orders(summary.median, lowest, highest, n):
        reached = _reached(start, ranges)
        if any(_has_sd(reached.get(one, 0), one, n, summary.sd, half) for one in sums):
            return True
    return False


def _orders(
    median: float | None, lowest: int, highest: int, n: int
) -> Iterator[tuple[tuple[int, ...], list[tuple[int, int]]]]:
    """Yield fixed middle values, and the range of each value left, for every way of a median."""
    if median is None:
        yield (), [(lowest, highest)] * n
        return
    beside = (n - 1) // 2
    if n % 2:
        if float(median).is_integer():
            middle = int(median)
            yield (middle,), [(lowest, middle)] * beside + [(middle, highest)] * beside
        return
    twice = int(2 * median)
    if twice != 2 * median:
        return
    for low in range(lowest, twice // 2 + 1):
        high = twice - low
        if high <= highest:
            yield (low, high), [(lowest, low)] * beside + [(high, highest)] * beside


def _reached(start: tuple[int, ...], ranges: list[tuple[int, int]]) -> dict[int, int]:
    """Return for every sum the sums of squares that go with it, as the bits of a number."""
    found = {sum(start): 1 << sum(one * one for one in start)}
    for low, high in ranges:
        following: dict[int, int] = {}
        for total, squares in found.items():
            for value in range(low, high + 1):
                key = total + value
                following[key] = following.get(key, 0) | squares << value * value
        found = following
    return found


def _has_sd(squares: int, total: int, n: int, sd: float | None, half: float) -> bool:
    """Return whether one of the sums of squares gives the standard deviation, if there is one."""
    if sd is None:
        return squares > 0
    low, high = ((n - 1) * max(0.0, sd + step) ** 2 + total * total / n for step in (-half, half))
    first, last = max(0, int(low)), int(high) + 1
    for one in range(first, last + 1):
        if squares >> one & 1:
            found = max(0.0, (one - total * total / n) / (n - 1)) ** 0.5
            if abs(found - sd) <= half:
                return True
    return False
