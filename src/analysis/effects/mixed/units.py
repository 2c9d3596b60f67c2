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

from analysis.effects.mixed.levels import Factor
from analysis.effects.mixed.problem import Problem

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

BATCH = 8192  # participants in one sweep


@dataclass(frozen=True)
class Units:
    """Participants (or rows) and the sums over all rows.

    Attributes
    ----------
    rows : (A,) array
        Rows of each residual level.
    total : (A, q, q) array
        D'D of each residual level.
    stratum, group : (P,) arrays
        Stratum of variances, and therapy group (-1: none).
    z : (P,) array
        Exposure to the group.
    gram, h : (P, z, z) and (P, z, q) arrays
        Z'Z and Z'D.
    """

    rows: Floats
    total: Floats
    stratum: Codes
    group: Codes
    z: Floats
    gram: Floats
    h: Floats


def row_units(problem: Problem, residual: Codes, stratum: Codes, levels: int) -> Units:
    """Rows in therapy groups as units: no participant has several."""
    x, y, w = problem.design.matrix(), problem.y, problem.weights
    group = np.full(len(y), -1, np.intp) if problem.group is None else problem.group.codes
    on = np.flatnonzero(group >= 0)
    basis = np.ones((len(on), 1))
    if problem.slope is not None:
        basis = np.column_stack([basis, problem.slope[on]])
    weighted = basis if w is None else basis * w[on, None]
    data = np.column_stack([x[on], y[on]])
    return Units(
        rows=np.bincount(residual, minlength=levels).astype(float),
        total=_totals(x, y, w, residual, levels),
        stratum=stratum[on],
        group=group[on],
        z=problem.z[on],
        gram=weighted[:, :, None] * basis[:, None, :],
        h=weighted[:, :, None] * data[:, None, :],
    )


def participant_units(problem: Problem, residual: Codes, stratum: Codes, levels: int) -> Units:
    """Participants as units."""
    people = problem.participant
    assert people is not None
    first, y, w = people.first, problem.y, problem.weights
    size = 1 if problem.slope is None else 2
    powers = [w]
    for _ in range(2 * (size - 1)):
        powers.append(_times(powers[-1], problem.slope))
    sums: Floats = np.column_stack(
        [np.bincount(people.codes, one).astype(float, copy=False) for one in powers]
    )
    split = problem.design.by_participant
    h = np.empty((len(people), size, len(problem.names) + 1))
    for a in range(size):
        h[:, a, -1] = np.bincount(people.codes, _times(powers[a], y))
    if split is None:
        x = problem.design.matrix()
        _add_rows(x, people, powers[:size], h)
        total = _totals(x, y, w, residual, levels)
    else:
        total = _add_participants(*split, sums, h, residual[first], levels)
        total[:, -1, -1] = np.bincount(residual, _times(w, y**2), minlength=levels)
    group = np.full(len(people), -1, np.intp)
    if problem.group is not None:
        group = problem.group.codes[first]
    return Units(
        rows=np.bincount(residual, minlength=levels).astype(float),
        total=total,
        stratum=stratum[first],
        group=group,
        z=problem.z[first],
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
    own: Floats, timed: Codes, sums: Floats, h: Floats, residual: Codes, levels: int
) -> Floats:
    """Fill h from participants' own values; X'X and X'y of each residual level.

    A column of X is own, or own times t. A batch of participants stays in the processor's cache.
    """
    size, p = h.shape[1], own.shape[1]
    sides = np.zeros((levels, size, p, p + 1))
    for begin in range(0, len(own), BATCH):
        batch = slice(begin, begin + BATCH)
        for a in range(size):
            h[batch, a, :-1] = sums[batch, a + timed] * own[batch]
        for level in range(levels):
            at = slice(None) if levels == 1 else residual[batch] == level
            for a in range(size):
                sides[level, a] += own[batch][at].T @ h[batch, a][at]
    total = np.zeros((levels, p + 1, p + 1))
    total[:, :p] = np.where(timed[:, None], sides[:, -1], sides[:, 0])
    total[:, p, :p] = total[:, :p, p]
    return total


def _times(weights: Floats | None, values: Floats | None) -> Floats | None:
    """Product of row arrays, in which None stands for ones."""
    if weights is None or values is None:
        return values if weights is None else weights
    return weights * values


def _totals(x: Floats, y: Floats, w: Floats | None, residual: Codes, levels: int) -> Floats:
    """D'D of each residual level."""
    p = x.shape[1]
    total = np.empty((levels, p + 1, p + 1))
    for level in range(levels):
        at = slice(None) if levels == 1 else residual == level
        left, right = x[at], y[at]
        scaled = left if w is None else left * w[at, None]
        total[level, :p, :p] = scaled.T @ left
        total[level, :p, p] = total[level, p, :p] = scaled.T @ right
        total[level, p, p] = right @ (right if w is None else right * w[at])
    return total
