"""The sparse matrices behind V = V0 + Z G Z' for any partially nested design (see `sparse.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse

from analysis.engine.layout import Block, blocks
from analysis.engine.problem import Codes, Floats, Problem
from analysis.study.rowless import rowless

Sparse: TypeAlias = sparse.csr_array


@rowless
@dataclass(frozen=True)
class Unit:
    """The participants of one covariance block: a design (n, participants) for each effect."""

    block: Block
    columns: tuple[Sparse, ...]


@rowless
@dataclass(frozen=True)
class Matrices:
    """The matrices of V, in the order of theta.

    Attributes
    ----------
    blocks : tuple of Block
        Order and names of theta.
    data : (n, p + 1) array
        [X y].
    local : tuple of sparse (n, n)
        dV0 by each residual and participant parameter.
    units : tuple of Unit
        One for each participant block.
    residual : sparse (n, number of residual variances)
        1 / precision weight, in the column of the row's residual variance.
    effects : sparse (n, q)
        Z, the design of the group and therapist effects.
    shared : tuple of sparse (q, q)
        dG by each group and therapist parameter.
    start : (R,) array
        Starting theta: half of the ordinary residual variance stays residual, and a fifth of it
        is each effect's, over the mean square of that effect's design.
    """

    blocks: tuple[Block, ...]
    data: Floats
    local: tuple[Sparse, ...]
    units: tuple[Unit, ...]
    residual: Sparse
    effects: Sparse
    shared: tuple[Sparse, ...]
    start: Floats


def matrices(problem: Problem) -> Matrices:
    """Set up the matrices of a problem."""
    layout = blocks(problem)
    data = np.column_stack([problem.X, problem.y])
    residual = _residual(problem)
    designs = {block.start: _columns(problem, block) for block in layout}
    local = [_diagonal(residual[:, [k]].toarray()[:, 0]) for k in range(residual.shape[1])]
    units, shared_designs = [], []
    for block in layout:
        columns = designs[block.start]
        if block.factor == "participant":
            units.append(Unit(block, columns))
            local += [_symmetric(columns[a], columns[b]) for a, b in block.entries]
        elif block.factor != "residual":
            shared_designs.append((block, columns))
    wide = [one for _, columns in shared_designs for one in columns]
    empty = sparse.csr_array((len(data), 0))
    return Matrices(
        blocks=layout,
        data=data,
        local=tuple(local),
        units=tuple(units),
        residual=residual,
        effects=sparse.csr_array(sparse.hstack(wide)) if wide else empty,
        shared=_shared([(block, columns[0].shape[1]) for block, columns in shared_designs]),
        start=_start(layout, designs, data),
    )


def _start(
    layout: tuple[Block, ...], designs: dict[int, tuple[Sparse, ...]], data: Floats
) -> Floats:
    x, y = data[:, :-1], data[:, -1]
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    variance = float(rest @ rest) / len(y)
    out: list[float] = []
    for block in layout:
        if block.factor == "residual":
            out.append(0.5 * variance)
            continue
        size = [one.power(2).sum() / max((one != 0).sum(), 1) for one in designs[block.start]]
        out += [0.2 * variance / size[a] if a == b else 0.0 for a, b in block.entries]
    return np.array(out)


def _diagonal(values: Floats) -> Sparse:
    return sparse.csr_array(sparse.diags_array(values))


def _symmetric(first: Sparse, second: Sparse) -> Sparse:
    product = first @ second.T
    return sparse.csr_array(product if first is second else product + product.T)


def _indicator(codes: Codes, weight: Floats, levels: int) -> Sparse:
    """Rows × levels with `weight` in the column of each row's code; rows coded -1 are empty."""
    on = np.flatnonzero((codes >= 0) & (weight != 0))
    return sparse.csr_array((weight[on], (on, codes[on])), shape=(len(codes), levels))


def _residual(problem: Problem) -> Sparse:
    n = len(problem.y)
    weight = np.ones(n) if problem.weights is None else 1.0 / problem.weights
    if problem.residual_by is None:
        return _indicator(np.zeros(n, dtype=np.intp), weight, 1)
    return _indicator(problem.residual_by.codes, weight, len(problem.residual_by))


def _columns(problem: Problem, block: Block) -> tuple[Sparse, ...]:
    """One design (n, levels) for each effect of a block; none for the residual."""
    if block.factor == "residual":
        return ()
    if block.factor == "therapist":
        assert problem.therapist is not None
        sides = {"grouped": problem.z, "individual": 1.0 - problem.z}
        codes, levels = problem.therapist.codes, len(problem.therapist)
        return tuple(_indicator(codes, sides[effect], levels) for effect in block.effects)
    base = _people(problem, block) if block.factor == "participant" else _groups(problem)
    if len(block.effects) == 1:
        return (base,)
    assert problem.slope is not None
    return base, _diagonal(problem.slope) @ base


def _people(problem: Problem, block: Block) -> Sparse:
    """Indicate the participants whose covariance the block is."""
    assert problem.participant is not None
    inside = np.ones(len(problem.y), dtype=bool)
    if problem.participant_by is not None:
        names = [str(level) for level in problem.participant_by.levels]
        inside = problem.participant_by.codes == names.index(str(block.level))
    codes = np.full(len(inside), -1, dtype=np.intp)
    used, codes[inside] = np.unique(problem.participant.codes[inside], return_inverse=True)
    return _indicator(codes, np.ones(len(inside)), len(used))


def _groups(problem: Problem) -> Sparse:
    """Exposure to each therapy group: z times membership."""
    if problem.membership is not None:
        return sparse.csr_array(_diagonal(problem.z) @ problem.membership)
    assert problem.group is not None
    return _indicator(problem.group.codes, problem.z, len(problem.group))


def _shared(sizes: list[tuple[Block, int]]) -> tuple[Sparse, ...]:
    """DG by every group and therapist parameter: columns run by effect, then by level."""
    total = sum(len(block.effects) * levels for block, levels in sizes)
    out, start = [], 0
    for block, levels in sizes:
        for a, b in block.entries:
            rows = start + a * levels + np.arange(levels)
            columns = start + b * levels + np.arange(levels)
            one = sparse.csr_array((np.ones(levels), (rows, columns)), shape=(total, total))
            out.append(one if a == b else sparse.csr_array(one + one.T))
        start += len(block.effects) * levels
    return tuple(out)
