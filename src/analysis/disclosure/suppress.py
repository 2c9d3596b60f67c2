"""Which cells are hidden: the small ones, and others so that sums do not give those back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from analysis.disclosure.audit import Release, Sum, feasible, too_narrow
from analysis.disclosure.counts import SUPPRESSED, bounds, published
from analysis.disclosure.profile import Profile


class UnprotectedError(Exception):
    """A small cell comes back from the others whatever else is hidden."""


def suppressed(
    cells: Mapping[str, int],
    sums: Sequence[Sum],
    profile: Profile,
    largest: int,
    implied: Collection[str] = (),
) -> frozenset[str]:
    """Return the cells that must be hidden: small counts, and what would give them back.

    Primary suppression by the profile; complementary suppression one cell at a time, the smallest
    that widens the worst cell's feasible interval, until a reader of all the rest can bound no
    small cell to fewer whole numbers than the threshold; then cells that turned out not to be
    needed, the largest first, are shown again (Fischetti and Salazar 2001,
    doi:10.1287/mnsc.47.7.1008.9807, pose the exact problem; this is its greedy solution).

    Parameters
    ----------
    cells : mapping of str to int
        True counts of people by the cell's name, in all tables and texts of a release.
    sums : sequence of Sum
        How they hang together, whether a total is published or not.
    profile : Profile
    largest : int
        What no count exceeds, as a reader knows it.
    implied : collection of str
        Cells that nobody prints, such as those left over of a sum. Where counts are rounded it is
        enough that as many numbers are possible for a small one as a rounded count stands for.

    Raises
    ------
    UnprotectedError
        If hiding every other cell does not suffice.
    """
    found: set[str] = set()
    for names, own in _apart(cells, sums):
        few = {one for one in names if profile.hides(cells[one])}
        widths = {one: _width(profile, one in implied) for one in sorted(few)}
        found |= _suppressed({one: cells[one] for one in names}, own, profile, largest, widths)
    return frozenset(found)


def _width(profile: Profile, is_implied: bool) -> int:
    return profile.base if is_implied and profile.base > 1 else profile.smallest


def _apart(cells: Mapping[str, int], sums: Sequence[Sum]) -> Iterator[tuple[set[str], list[Sum]]]:
    """Yield the cells that sums tie to each other, with those sums; each is a system of its own."""
    block = {name: {name} for name in cells}
    for one in sums:
        joined = set().union(*(block[name] for name in (one.total, *one.parts)))
        for name in joined:
            block[name] = joined
    seen: set[str] = set()
    for name, names in block.items():
        if name not in seen:
            seen |= names
            yield names, [one for one in sums if one.total in names]


def _suppressed(
    cells: Mapping[str, int],
    sums: Sequence[Sum],
    profile: Profile,
    largest: int,
    widths: Mapping[str, int],
) -> set[str]:
    hidden = set(widths)
    while widths:
        release = as_read(cells, sums, hidden, profile, largest)
        narrow = too_narrow(release, widths)
        if not narrow:
            break
        worst = min(narrow, key=lambda one: (narrow[one][1] - narrow[one][0], one))
        hidden.add(_complement(worst, cells, sums, hidden, profile, largest))
    for name in sorted(hidden - set(widths), key=lambda one: (-cells[one], one)):
        release = as_read(cells, sums, hidden - {name}, profile, largest)
        if not too_narrow(release, widths):
            hidden.remove(name)
    return hidden


def as_read(
    cells: Mapping[str, int],
    sums: Sequence[Sum],
    hidden: frozenset[str] | set[str],
    profile: Profile,
    largest: int,
) -> Release:
    """Return what a reader of the release knows of every cell."""
    shown = {
        name: SUPPRESSED if name in hidden else published(one, profile)
        for name, one in cells.items()
    }
    known = {name: bounds(one, profile, largest) for name, one in shown.items()}
    return Release(known, sums)


def _complement(
    worst: str,
    cells: Mapping[str, int],
    sums: Sequence[Sum],
    hidden: set[str],
    profile: Profile,
    largest: int,
) -> str:
    """Return the smallest shown cell whose hiding widens what the worst cell can be."""
    before = feasible(as_read(cells, sums, hidden, profile, largest), [worst])[worst]
    linked = _linked(worst, sums, hidden)
    order = sorted((one for one in linked if cells[one] > 0), key=lambda one: (cells[one], one))
    for name in [*order, *(one for one in sorted(linked) if cells[one] == 0)]:
        release = as_read(cells, sums, hidden | {name}, profile, largest)
        after = feasible(release, [worst])[worst]
        if after[1] - after[0] > before[1] - before[0]:
            return name
    for name in order:  # two at a time are needed: open the smallest, the next round goes on
        return name
    raise UnprotectedError("a small count comes back from sums whatever else is hidden")


def _linked(worst: str, sums: Sequence[Sum], hidden: set[str]) -> set[str]:
    """Return the shown cells of every sum that a chain of hidden cells leads to from one cell."""
    reached, front = {worst}, {worst}
    shown: set[str] = set()
    while front:
        touched = [{one.total, *one.parts} for one in sums if front & {one.total, *one.parts}]
        around = set().union(*touched) if touched else set()
        shown |= around - hidden
        front = (around & hidden) - reached
        reached |= front
    return shown
