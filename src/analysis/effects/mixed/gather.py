"""One pass over the rows of a problem: its moments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.effects.mixed.layout import Block, blocks, therapist_blocks
from analysis.effects.mixed.moments import Moments
from analysis.effects.mixed.problem import Problem
from analysis.effects.mixed.sums import label_rows, second_moments, segment_sum
from analysis.effects.mixed.units import Units, participant_units, row_units

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
    return all(people.is_constant(column) for column in columns)


def gather(problem: Problem) -> Moments:
    """Moments of a nested problem, in one pass over its rows."""
    made = blocks(problem)
    strata, stratum = _strata(problem, made)
    levels = sum(block.factor == "residual" for block in made)
    residual = np.array([level for level, _ in strata])[stratum]
    has_people = problem.participant is not None
    read = participant_units if has_people else row_units
    units = read(problem, residual, stratum, levels)
    size, q = units.h.shape[1:]
    key: list[NDArray[np.generic]] = [units.stratum]
    if has_people:
        key += [units.gram[:, i, j] for i in range(size) for j in range(i + 1)]
    pattern, first = label_rows(key)
    kinds = len(first)
    if has_people:
        outer = second_moments(units.h, pattern, kinds)
    else:
        outer = second_moments(np.empty((0, size, q)), pattern[:0], 0)
    return Moments(
        names=(*problem.names, "outcome"),
        blocks=made,
        strata=strata,
        n=len(problem.y),
        log_weights=0.0 if problem.weights is None else float(np.log(problem.weights).sum()),
        rows=units.rows,
        total=units.total,
        pattern_stratum=units.stratum[first],
        pattern_gram=units.gram[first] * has_people,
        pattern_count=np.bincount(pattern, minlength=kinds) * float(has_people),
        outer_pattern=outer[0],
        outer=outer[1],
        loose_pattern=outer[2],
        loose=outer[3],
        groups=() if problem.group is None else tuple(problem.group.levels),
        pool_pattern=np.empty(0, dtype=np.intp),
        pool_count=np.empty(0),
        pool_gram=np.empty((0, size, size)),
        pool_outer=np.empty((0, size * q, size * q)),
        **_entries(units, pattern, kinds),
    )


def _strata(problem: Problem, made: tuple[Block, ...]) -> tuple[tuple[tuple[int, int], ...], Codes]:
    """Pairs (residual level, participant block) and the pair of every row."""
    none = np.zeros(len(problem.y), np.intp)
    residual = none if problem.residual_by is None else problem.residual_by.codes
    person = none if problem.participant_by is None else problem.participant_by.codes
    people = [i for i, block in enumerate(made) if block.factor == "participant"] or [-1]
    levels = sum(block.factor == "residual" for block in made)
    pairs = tuple((level, block) for level in range(levels) for block in people)
    return pairs, residual * len(people) + person


def _entries(units: Units, pattern: Codes, kinds: int) -> dict[str, Any]:
    """Sum over the members of each group and pattern."""
    on = np.flatnonzero(units.group >= 0)
    key, code = np.unique(units.group[on] * kinds + pattern[on], return_inverse=True)
    gram, h, z = units.gram[on], units.h[on], units.z[on][:, None, None]
    if (z != 1).any():
        gram, h = z**2 * gram, z * h
    return {
        "entry_group": key // max(kinds, 1),
        "entry_pattern": key % max(kinds, 1),
        "entry_count": np.bincount(code, minlength=len(key)).astype(float),
        "entry_gram": segment_sum(gram, code, len(key)),
        "entry_sum": segment_sum(h, code, len(key)),
    }
