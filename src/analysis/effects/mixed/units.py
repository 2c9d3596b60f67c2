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

from analysis.effects.mixed.problem import Problem

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


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
    first, y = people.first, problem.y
    size = 1 if problem.slope is None else 2
    powers = [problem.weights]
    for _ in range(2 * (size - 1)):
        powers.append(_times(powers[-1], problem.slope))
    sums: Floats = np.column_stack(
        [np.bincount(people.codes, one).astype(float, copy=False) for one in powers]
    )
    order = np.add.outer(np.arange(size), np.arange(size))
    split = problem.design.by_participant
    if split is None:
        x = problem.design.matrix()
        index = (people.codes, np.arange(len(x)))
        shape = (len(people), len(x))
        full = [np.ones(len(x)) if one is None else one for one in powers[:size]]
        fixed = [sparse.csr_array((one, index), shape=shape) @ x for one in full]
        total = _totals(x, y, problem.weights, residual, levels)
    else:
        fixed = [sums[:, a + split[1]] * split[0] for a in range(size)]
    h = np.empty((len(people), size, fixed[0].shape[1] + 1))
    for a in range(size):
        h[:, a, :-1] = fixed[a]
        h[:, a, -1] = np.bincount(people.codes, _times(powers[a], y))
    if split is not None:
        total = _participant_totals(*split, h, residual[first], levels)
        total[:, -1, -1] = np.bincount(residual, _times(problem.weights, y**2), minlength=levels)
    group = np.full(len(people), -1, np.intp)
    if problem.group is not None:
        group = problem.group.codes[first]
    return Units(
        rows=np.bincount(residual, minlength=levels).astype(float),
        total=total,
        stratum=stratum[first],
        group=group,
        z=problem.z[first],
        gram=sums[:, order],
        h=h,
    )


def _times(weights: Floats | None, values: Floats | None) -> Floats | None:
    """Product of row arrays, in which None stands for ones."""
    if weights is None or values is None:
        return values if weights is None else weights
    return weights * values


def _participant_totals(
    own: Floats, timed: Codes, h: Floats, residual: Codes, levels: int
) -> Floats:
    """X'X and X'y of each residual level: a column of X is own, or own times t."""
    p = own.shape[1]
    total = np.zeros((levels, p + 1, p + 1))
    for level in range(levels):
        at = slice(None) if levels == 1 else residual == level
        each = [own[at].T @ h[at, a] for a in range(h.shape[1])]
        total[level, :p] = np.choose(timed[:, None], each)
        total[level, p, :p] = total[level, :p, p]
    return total


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
