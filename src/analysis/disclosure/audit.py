"""All published counts and sums as one system of whole numbers: what it gives back of each cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array


class ContradictionError(Exception):
    """No whole numbers agree with all that is published: two places say different things."""


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others; `at_least` where parts may be missing from the list."""

    total: str
    parts: tuple[str, ...]
    at_least: bool = False


@dataclass(frozen=True)
class Ratio:
    """A published ratio of two cells, known to `half` on either side (0.005 for two decimals)."""

    part: str
    whole: str
    value: float
    half: float


@dataclass(frozen=True)
class Release:
    """What one release says of counts.

    Attributes
    ----------
    cells : mapping of str to (int, int)
        Every count, published or not, by name: lowest and highest value that a reader of the cell
        alone allows (`counts.bounds`).
    sums : sequence of Sum
        Margins, subgroups and their complements, steps of a flow, n used of n eligible.
    ratios : sequence of Ratio
    """

    cells: Mapping[str, tuple[int, int]]
    sums: Sequence[Sum] = ()
    ratios: Sequence[Ratio] = field(default=())


def feasible(release: Release, targets: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return the lowest and highest whole number that each cell can have, given all the others.

    Two integer programs a cell (HiGHS, by scipy.optimize.milp).

    Raises
    ------
    ContradictionError
        If no whole numbers agree with the release.
    """
    names = list(release.cells)
    place = {name: number for number, name in enumerate(names)}
    rules = _rules(release, place)
    limits = Bounds(*np.array([release.cells[one] for one in names], dtype=float).reshape(-1, 2).T)
    found = {}
    for name in targets:
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(names))
            cost[place[name]] = sign
            solved = milp(cost, integrality=np.ones(len(names)), bounds=limits, constraints=rules)
            if solved.x is None:
                raise ContradictionError("no counts agree with all that is published")
            ends.append(round(float(solved.x[place[name]])))
        found[name] = (ends[0], ends[1])
    return found


def _rules(release: Release, place: Mapping[str, int]) -> list[LinearConstraint]:
    rows, low, high = [], [], []
    for one in release.sums:
        rows.append({one.total: 1.0, **{part: -1.0 for part in one.parts}})
        low.append(0.0)
        high.append(np.inf if one.at_least else 0.0)
    for ratio in release.ratios:
        # value - half <= part / whole <= value + half
        rows.append({ratio.part: 1.0, ratio.whole: -(ratio.value - ratio.half)})
        rows.append({ratio.part: -1.0, ratio.whole: ratio.value + ratio.half})
        low += [0.0, 0.0]
        high += [np.inf, np.inf]
    if not rows:
        return []
    entries = [
        (row, place[name], one) for row, line in enumerate(rows) for name, one in line.items()
    ]
    down, across, values = zip(*entries, strict=True)
    matrix = csr_array((values, (down, across)), shape=(len(rows), len(place)))
    return [LinearConstraint(matrix, low, high)]


def too_narrow(release: Release, widths: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return the hidden cells that a reader bounds too closely, with what they can still be.

    Parameters
    ----------
    release : Release
    widths : mapping of str to int
        Suppressed cells: fewest whole numbers that must remain possible for each.
    """
    found = feasible(release, widths)
    return {name: ends for name, ends in found.items() if ends[1] - ends[0] + 1 < widths[name]}
