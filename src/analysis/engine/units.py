"""The pass over the rows: what each participant (or row) brings to the moments.

Where every fixed effect is a participant's own value, or that times the slope's time, the model
matrix is evaluated once a participant instead of once a row, and D'D and Z'D follow from the sums
of 1, t, t², y, t y and y² over a participant's rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.levels import Factor, sweeps
from analysis.engine.problem import Problem
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


@rowless
@dataclass(frozen=True)
class Units:
    """Participants (or rows) and the sums over all rows.

    Attributes
    ----------
    rows : (A,) array
        Rows of each residual level.
    total : (A, q, q) array
        D'D of each residual level.
    row : (P,) array
        A row of each unit: where its stratum, group and exposure stand.
    gram, h : (P, z, z) and (P, z, q) arrays
        Z'Z and Z'D.
    """

    rows: Floats
    total: Floats
    row: Codes
    gram: Floats
    h: Floats


def row_units(problem: Problem) -> Units:
    """Rows in therapy groups as units: no participant has several."""
    x, y, w = problem.matrix(), problem.y, problem.weights
    on = np.empty(0, np.intp)
    if problem.group is not None:
        on = np.flatnonzero(problem.group.codes >= 0)
    basis = np.ones((len(on), 1))
    if problem.slope is not None:
        basis = np.column_stack([basis, problem.slope[on]])
    weighted = basis if w is None else basis * w[on, None]
    data = np.column_stack([x[on], y[on]])
    return Units(
        rows=np.array([len(y[at]) for at in _level_rows(problem)], dtype=float),
        total=_totals(problem, x),
        row=on,
        gram=weighted[:, :, None] * basis[:, None, :],
        h=weighted[:, :, None] * data[:, None, :],
    )


def participant_units(problem: Problem) -> Units:
    """Participants as units."""
    people = problem.participant
    assert people is not None
    y, w, size = problem.y, problem.weights, 1 if problem.slope is None else 2
    powers = [w]
    for _ in range(2 * (size - 1)):
        powers.append(_times(powers[-1], problem.slope))
    sums: Floats = np.column_stack(
        [np.bincount(people.codes, one).astype(float, copy=False) for one in powers]
    )
    turned = problem.centring.columns is not None
    split = None if turned else problem.design.by_participant
    h = np.empty((len(people), size, len(problem.names) + 1))
    for a in range(size):
        h[:, a, -1] = np.bincount(people.codes, _times(powers[a], y))
    if split is None:
        x = problem.matrix()
        _add_rows(x, people, powers[:size], h)
        total = _totals(problem, x)
    else:
        own, timed = split
        start = problem.centring.time
        total = _add_participants(own, timed, start, sums, h, problem.residual_by, people.first)
        scaled = y if w is None else w * y
        total[:, -1, -1] = [scaled[at] @ y[at] for at in _level_rows(problem)]
    return Units(
        rows=np.array([len(y[at]) for at in _level_rows(problem)], dtype=float),
        total=total,
        row=people.first,
        gram=sums[:, np.add.outer(np.arange(size), np.arange(size))],
        h=h,
    )


def _add_rows(x: Floats, people: Factor, powers: list[Floats | None], h: Floats) -> None:
    """Sum X over each participant's rows into h, weighted by each power of time."""
    index, shape = (people.codes, np.arange(len(x))), (len(people), len(x))
    for a, one in enumerate(powers):
        adder = sparse.csr_array((np.ones(len(x)) if one is None else one, index), shape=shape)
        h[:, a, :-1] = adder @ x


def _add_participants(
    own: Floats,
    timed: Codes,
    start: float,
    sums: Floats,
    h: Floats,
    by: Factor | None,
    first: Codes,
) -> Floats:
    """Fill h from participants' own values; X'X and X'y of each residual level.

    A column of X is own, or own times (start + t). A sweep of participants stays in the
    processor's cache.
    """
    size, p = h.shape[1], own.shape[1]
    levels, level_of = (1, None) if by is None else (len(by), by.codes[first])
    sides = np.zeros((levels, size, p, p + 1))
    pick = np.zeros((size, sums.shape[1], p))
    for a in range(size):
        pick[a, a, timed > 0] = start
        pick[a, a + timed, np.arange(p)] = 1.0
    for batch in sweeps(len(own)):
        for a in range(size):
            h[batch, a, :-1] = (sums[batch] @ pick[a]) * own[batch]
        for level in range(levels):
            at = slice(None) if level_of is None else level_of[batch] == level
            for a in range(size):
                sides[level, a] += own[batch][at].T @ h[batch, a][at]
    total = np.zeros((levels, p + 1, p + 1))
    late = sides[:, -1] + start * sides[:, 0]
    total[:, :p] = np.where(timed[:, None], late, sides[:, 0])
    total[:, p, :p] = total[:, :p, p]
    return total


def _times(weights: Floats | None, values: Floats | None) -> Floats | None:
    """Product of row arrays, in which None stands for ones."""
    if weights is None or values is None:
        return values if weights is None else weights
    return weights * values


def _level_rows(problem: Problem) -> list[slice | NDArray[np.bool_]]:
    """Rows of each residual level."""
    by = problem.residual_by
    return [slice(None)] if by is None else [by.codes == level for level in range(len(by))]


def _totals(problem: Problem, x: Floats) -> Floats:
    """D'D of each residual level."""
    y, w, p = problem.y, problem.weights, x.shape[1]
    levels = _level_rows(problem)
    total = np.empty((len(levels), p + 1, p + 1))
    for level, at in enumerate(levels):
        left, right = x[at], y[at]
        scaled = left if w is None else left * w[at, None]
        total[level, :p, :p] = scaled.T @ left
        total[level, :p, p] = total[level, p, :p] = scaled.T @ right
        total[level, p, p] = right @ (right if w is None else right * w[at])
    return total
