"""The covariance model of a problem: its blocks, and the order and names of their parameters.

V = sum_r theta_r V_r is linear in the natural parameters theta (variances and covariances), so
every fitter shares one vector theta, in the order of `blocks`:

1. residual variances, one a level of `residual_by`;
2. participant covariance, one block a level of `participant_by`: (intercept) or (intercept, slope);
3. group covariance: (intercept) or (intercept, slope);
4. therapist covariance: sides ("grouped",), ("individual",) or both.

A block of k effects owns k(k+1)/2 entries of theta, the lower triangle of its covariance row by
row: (0,0), (1,0), (1,1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.engine.problem import Problem

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Block:
    """One covariance matrix among the variance components.

    Attributes
    ----------
    factor : str
        ``residual``, ``participant``, ``group`` or ``therapist``.
    effects : tuple of str
        The effects whose covariance it is, such as ``("intercept", "slope")``.
    level : str or None
        Level of `residual_by` or `participant_by`.
    start : int
        Index of its first parameter in theta.
    signed : bool
        Whether it may be negative: what members of a group share as a covariance, which need not
        be the variance of an effect.
    """

    factor: str
    effects: tuple[str, ...]
    level: str | None
    start: int
    signed: bool = False

    @property
    def size(self) -> int:
        """Number of parameters."""
        k = len(self.effects)
        return k * (k + 1) // 2

    @property
    def slice(self) -> slice:
        """Where its parameters stand in theta."""
        return slice(self.start, self.start + self.size)

    @property
    def entries(self) -> list[tuple[int, int]]:
        """(row, column) of each parameter in the covariance matrix."""
        return [(i, j) for i in range(len(self.effects)) for j in range(i + 1)]

    @property
    def names(self) -> list[str]:
        """Names of the parameters, such as ``group.intercept`` or ``group.slope,intercept``."""
        tail = "" if self.level is None else f"[{self.level}]"
        if self.factor == "residual":
            return [f"residual{tail}"]
        return [
            f"{self.factor}.{self.effects[i]}{'' if i == j else ',' + self.effects[j]}{tail}"
            for i, j in self.entries
        ]

    def matrix(self, theta: Floats) -> Floats:
        """Covariance matrix (k, k) of the block."""
        out = np.zeros((len(self.effects), len(self.effects)))
        for value, (i, j) in zip(theta[self.slice], self.entries, strict=True):
            out[i, j] = out[j, i] = value
        return out


def blocks(problem: Problem) -> tuple[Block, ...]:
    """Blocks of the covariance model of a problem, in the order of theta."""
    made: list[Block] = []

    def add(factor: str, effects: tuple[str, ...], level: str | None, signed: bool = False) -> None:
        start = made[-1].start + made[-1].size if made else 0
        made.append(Block(factor, effects, level, start, signed))

    growth = ("intercept",) if problem.slope is None else ("intercept", "slope")
    for level in _levels(problem.residual_by):
        add("residual", ("intercept",), level)
    if problem.participant is not None:
        for level in _levels(problem.participant_by):
            add("participant", growth, level)
    if problem.group is not None or problem.membership is not None:
        effects = growth if problem.group_slope else ("intercept",)
        add("group", effects, None, problem.negative_icc)
    for sides in therapist_blocks(problem):
        add("therapist", sides, None)
    return tuple(made)


def therapist_blocks(problem: Problem) -> list[tuple[str, ...]]:
    """Which therapist effects the data can tell apart.

    Therapists seen on both sides of z have two effects with a covariance; where nobody works on
    both, the two variances stand alone. A side on which each therapist has one group and each
    group one therapist is left out: its variance is part of the group's.
    """
    if problem.therapist is None:
        return []
    codes, z = problem.therapist.codes, problem.z
    known = codes >= 0
    inside = np.unique(codes[known & (z > 0)])
    outside = np.unique(codes[known & (z < 1)])
    sides: list[tuple[str, ...]] = []
    if len(inside) and not therapist_is_group(problem):
        sides.append(("grouped",))
    if len(outside):
        sides.append(("individual",))
    if len(sides) == 2 and np.intersect1d(inside, outside).size:
        return [("grouped", "individual")]
    return sides


def therapist_is_group(problem: Problem) -> bool:
    """Whether therapists and therapy groups are one to one, so that only their sum is estimable."""
    if problem.therapist is None or problem.group is None:
        return False
    on = (problem.group.codes >= 0) & (problem.therapist.codes >= 0)
    pairs = np.unique(
        np.column_stack([problem.group.codes[on], problem.therapist.codes[on]]), axis=0
    )
    return len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1]))


def _levels(factor: object) -> list[str | None]:
    return [None] if factor is None else [str(level) for level in factor.levels]  # type: ignore[attr-defined]
