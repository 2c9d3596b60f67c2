"""One pass over the rows of a problem: its moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.effects.mixed.layout import Block, blocks, therapist_blocks
from analysis.effects.mixed.moments import Moments, label_rows, second_moments, segment_sum
from analysis.effects.mixed.problem import Factor, Problem

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


def is_nested(problem: Problem) -> bool:
    """Whether the closed forms hold.

    They need single membership, no separate therapist effect, and, for each participant, one
    exposure, one group and one stratum of variances.
    """
    if problem.membership is not None or therapist_blocks(problem):
        return False
    if problem.participant is None:
        return True
    people = problem.participant
    columns: list[NDArray[np.generic]] = [problem.z]
    columns += [
        one.codes
        for one in (problem.group, problem.residual_by, problem.participant_by)
        if one is not None
    ]
    return all(is_constant(column, people) for column in columns)


def is_constant(column: NDArray[np.generic], people: Factor) -> bool:
    """Whether a row array has one value a participant."""
    first = np.empty(len(people), dtype=column.dtype)
    first[people.codes] = column
    return bool((first[people.codes] == column).all())


@dataclass(frozen=True)
class _Units:
    """Participants (or rows): what each brings to the moments."""

    stratum: Codes  # (P,)
    gram: Floats  # (P, z, z), Z'Z
    h: Floats  # (P, z, q), Z'D
    group: Codes  # (P,), -1 none
    z: Floats  # (P,)


def gather(problem: Problem) -> Moments:
    """Moments of a nested problem, in one pass over its rows."""
    made = blocks(problem)
    strata, stratum = _strata(problem, made)
    rows, total, units = (_rows if problem.participant is None else _participants)(
        problem, np.array([one for one, _ in strata]), stratum
    )
    has_people = problem.participant is not None
    key: list[NDArray[np.generic]] = [units.stratum]
    if has_people:
        key += [units.gram[:, i, j] for i in range(units.gram.shape[1]) for j in range(i + 1)]
    pattern, first = label_rows(key)
    kinds = len(first)
    width = units.h.shape[1:]
    if has_people:
        outer = second_moments(units.h, pattern, kinds)
        count = np.bincount(pattern, minlength=kinds).astype(float)
        gram = units.gram[first]
    else:
        none = np.empty(0, dtype=np.intp)
        outer = (
            none,
            np.empty(
                (
                    0,
                    width[0] * width[1],
                )
                * 1
                + (width[0] * width[1],)
            ),
            none,
            np.empty((0, *width)),
        )
        count = np.zeros(kinds)
        gram = np.zeros((kinds, width[0], width[0]))
    return Moments(
        names=(*problem.names, "outcome"),
        blocks=made,
        strata=strata,
        n=len(problem.y),
        log_weights=0.0 if problem.weights is None else float(np.log(problem.weights).sum()),
        rows=rows,
        total=total,
        pattern_stratum=units.stratum[first],
        pattern_gram=gram,
        pattern_count=count,
        outer_pattern=outer[0],
        outer=outer[1],
        loose_pattern=outer[2],
        loose=outer[3],
        groups=() if problem.group is None else problem.group.levels,
        **_entries(units, pattern, kinds),
    )


def _strata(problem: Problem, made: tuple[Block, ...]) -> tuple[tuple[tuple[int, int], ...], Codes]:
    """Pairs (residual level, participant level) that occur, and every row's."""
    n = len(problem.y)
    residual = np.zeros(n, np.intp) if problem.residual_by is None else problem.residual_by.codes
    person = (
        np.zeros(n, np.intp) if problem.participant_by is None else problem.participant_by.codes
    )
    levels = [i for i, block in enumerate(made) if block.factor == "participant"]
    k = max(len(levels), 1)
    a = sum(block.factor == "residual" for block in made)
    pairs = tuple((i, levels[j] if levels else -1) for i in range(a) for j in range(k))
    return pairs, residual * k + person


def _weighted(values: Floats, weights: Floats | None) -> Floats:
    if weights is None:
        return values
    return values * (weights if values.ndim == 1 else weights[:, None])


def _rows(problem: Problem, residual: Codes, stratum: Codes) -> tuple[Floats, Floats, _Units]:
    """Rows as units."""
    data = np.column_stack([problem.design.matrix(), problem.y])
    level = residual[stratum]
    a = int(residual.max()) + 1
    rows = np.bincount(level, minlength=a).astype(float)
    weighted = _weighted(data, problem.weights)
    total = np.stack(
        [data[level == i].T @ weighted[level == i] for i in range(a)]
        if a > 1
        else [data.T @ weighted]
    )
    basis = np.ones((len(data), 1))
    if problem.slope is not None:
        basis = np.column_stack([basis, problem.slope])
    group = np.full(len(data), -1, np.intp) if problem.group is None else problem.group.codes
    on = group >= 0
    w = np.ones(int(on.sum())) if problem.weights is None else problem.weights[on]
    gram = basis[on][:, :, None] * basis[on][:, None, :] * w[:, None, None]
    h = basis[on][:, :, None] * weighted[on][:, None, :]
    units = _Units(stratum[on], gram, h, group[on], problem.z[on])
    return rows, total, units


def _participants(
    problem: Problem, residual: Codes, stratum: Codes
) -> tuple[Floats, Floats, _Units]:
    """Participants as units."""
    people = problem.participant
    assert people is not None
    data = np.column_stack([problem.design.matrix(), problem.y])
    weighted = _weighted(data, problem.weights)
    level = residual[stratum]
    a = int(residual.max()) + 1
    rows = np.bincount(level, minlength=a).astype(float)
    total = np.stack(
        [data[level == i].T @ weighted[level == i] for i in range(a)]
        if a > 1
        else [data.T @ weighted]
    )
    powers = [np.ones(len(data))]
    if problem.slope is not None:
        powers.append(problem.slope)
    z = len(powers)
    gram = np.empty((len(people), z, z))
    h = np.empty((len(people), z, data.shape[1]))
    for i, power in enumerate(powers):
        member = sparse.csr_array(
            (power, (people.codes, np.arange(len(data)))), shape=(len(people), len(data))
        )
        h[:, i] = member @ weighted
        for j in range(i + 1):
            value = _weighted(power * powers[j], problem.weights)
            gram[:, i, j] = gram[:, j, i] = np.bincount(people.codes, value)
    first = np.empty(len(people), dtype=np.intp)
    first[people.codes[::-1]] = np.arange(len(data) - 1, -1, -1)
    group = np.full(len(people), -1, np.intp)
    if problem.group is not None:
        group = problem.group.codes[first]
    return rows, total, _Units(stratum[first], gram, h, group, problem.z[first])


def _entries(units: _Units, pattern: Codes, kinds: int) -> dict[str, Any]:
    """Sum over the members of each group and pattern."""
    on = np.flatnonzero(units.group >= 0)
    key, code = np.unique(units.group[on] * kinds + pattern[on], return_inverse=True)
    z = units.z[on][:, None, None]
    return {
        "entry_group": key // max(kinds, 1),
        "entry_pattern": key % max(kinds, 1),
        "entry_count": np.bincount(code, minlength=len(key)).astype(float),
        "entry_gram": segment_sum(z**2 * units.gram[on], code, len(key)),
        "entry_sum": segment_sum(z * units.h[on], code, len(key)),
    }
