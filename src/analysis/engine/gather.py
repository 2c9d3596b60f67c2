"""One pass over the rows of a problem: its moments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.layout import Block, blocks, therapist_blocks
from analysis.engine.levels import sorted_codes
from analysis.engine.moments import Moments
from analysis.engine.problem import Problem
from analysis.engine.sums import label_rows, second_moments
from analysis.engine.units import Units, participant_units, row_units

Codes = NDArray[np.intp]


def is_nested(problem: Problem) -> bool:
    """Whether the closed forms hold.

    They need single membership, no separate therapist effect, and, for each participant, one
    exposure and one stratum of variances (one group they have: `build_problem` sees to that).
    """
    if problem.membership is not None or therapist_blocks(problem):
        return False
    if problem.participant is None:
        return True
    people = problem.participant
    by = [one.codes for one in (problem.residual_by, problem.participant_by) if one is not None]
    return all(people.is_constant(column) for column in (problem.z, *by))


def gather(problem: Problem) -> Moments:
    """Moments of a nested problem, in one pass over its rows."""
    made = blocks(problem)
    has_people = problem.participant is not None
    units = participant_units(problem) if has_people else row_units(problem)
    strata, stratum = _strata(problem, made, units.row)
    size, q = units.h.shape[1:]
    key: list[NDArray[np.generic]] = [stratum]
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
        pattern_stratum=stratum[first],
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
        **_entries(problem, units, pattern, kinds),
    )


def _strata(
    problem: Problem, made: tuple[Block, ...], rows: Codes
) -> tuple[tuple[tuple[int, int], ...], Codes]:
    """Pairs (residual level, participant block) and the pair of some rows."""
    people = [i for i, block in enumerate(made) if block.factor == "participant"] or [-1]
    levels = sum(block.factor == "residual" for block in made)
    pairs = tuple((level, block) for level in range(levels) for block in people)
    stratum = np.zeros(len(rows), np.intp)
    if problem.residual_by is not None:
        stratum += problem.residual_by.codes[rows] * len(people)
    if problem.participant_by is not None:
        stratum += problem.participant_by.codes[rows]
    return pairs, stratum


def _entries(problem: Problem, units: Units, pattern: Codes, kinds: int) -> dict[str, Any]:
    """Sum over the members of each group and pattern."""
    count, size, q = units.h.shape
    group = np.full(count, -1) if problem.group is None else problem.group.codes[units.row]
    on = np.flatnonzero(group >= 0)
    code, key = sorted_codes(group[on] * kinds + pattern[on])
    adder = sparse.csr_array((problem.z[units.row[on]], (code, on)), shape=(len(key), count))
    squared = adder.power(2)
    return {
        "entry_group": key // max(kinds, 1),
        "entry_pattern": key % max(kinds, 1),
        "entry_count": np.bincount(code, minlength=len(key)).astype(float),
        "entry_gram": (squared @ units.gram.reshape(count, size**2)).reshape(-1, size, size),
        "entry_sum": (adder @ units.h.reshape(count, size * q)).reshape(-1, size, q),
    }
