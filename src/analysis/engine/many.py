"""The single-endpoint likelihood of many trials at once, and its Newton search (see `batch.py`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.jets import EDGE, Jet, pairs
from analysis.engine.moments import Moments
from analysis.engine.problem import Problem
from analysis.engine.sums import label_rows, segment_sum
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


@rowless
@dataclass(frozen=True)
class ManyLikelihood:
    """Moments of B trials: A residual levels, then J classes of groups of one size and stratum.

    Attributes
    ----------
    xx, xy, yy : (A + J, p, p), (A + J, p, B), (A + J, B) arrays
        Sums of x x', x y and y² over rows (first A), and of the same over group sums (the rest).
    rows : (A,) array
        Rows of each level.
    level, load, count : (J,) arrays
        Residual level, sum of z² w, and number of groups of each class.
    log_weights : float
        Sum of log precision weights.
    signed : bool
        Whether what members of a group share may be negative.
    """

    xx: Floats
    xy: Floats
    yy: Floats
    rows: Floats
    level: Codes
    load: Floats
    count: Floats
    log_weights: float
    signed: bool = False

    @classmethod
    def of(cls, problem: Problem, m: Moments, outcomes: Floats) -> ManyLikelihood:
        """Collect the moments of the outcomes (n, B) on the design whose moments are `m`."""
        assert problem.group is not None
        x, w = problem.X, problem.weights
        weighted = x if w is None else x * w[:, None]
        levels = len(m.rows)
        by = problem.residual_by
        level = np.zeros(len(x), np.intp) if by is None else by.codes
        masks = [level == one for one in range(levels)]
        squares = outcomes**2 if w is None else outcomes**2 * w[:, None]
        at = m.pattern_stratum[m.entry_pattern]
        code, first = label_rows([at, m.entry_gram[:, 0, 0]])
        on = np.flatnonzero(problem.group.codes >= 0)
        each = problem.z[on] if w is None else problem.z[on] * w[on]
        adder = sparse.csr_array(
            (each, (problem.group.codes[on], on)), shape=(len(problem.group), len(x))
        )
        by_group = (adder @ outcomes)[m.entry_group]
        sums = m.entry_sum[:, 0, :-1]
        count = len(first)
        mixed = [sums[code == j].T @ by_group[code == j] for j in range(count)]
        return cls(
            xx=np.concatenate(
                [m.total[:, :-1, :-1], [sums[code == j].T @ sums[code == j] for j in range(count)]]
            ),
            xy=np.concatenate([[weighted[mask].T @ outcomes[mask] for mask in masks], mixed]),
            yy=np.concatenate(
                [
                    [squares[mask].sum(axis=0) for mask in masks],
                    segment_sum(by_group**2, code, count),
                ]
            ),
            rows=m.rows,
            level=np.array([a for a, _ in m.strata])[at[first]],
            load=m.entry_gram[first, 0, 0],
            count=np.bincount(code, minlength=count).astype(float),
            log_weights=m.log_weights,
            signed=problem.negative_icc,
        )

    def take(self, which: Codes) -> ManyLikelihood:
        """Keep some of the trials."""
        return ManyLikelihood(
            self.xx,
            self.xy[..., which],
            self.yy[:, which],
            self.rows,
            self.level,
            self.load,
            self.count,
            self.log_weights,
            self.signed,
        )

    def __call__(self, theta: Floats, order: int) -> tuple[Jet, Jet]:
        """D'V⁻¹D, parts (..., B, q, q), and log|V|, parts (..., B), at theta (B, R)."""
        trials, levels = len(theta), len(self.rows)
        noise = _columns(theta, np.arange(levels), order)
        inverse = noise.inverse()
        own = _columns(theta, self.level, order)
        between = _columns(theta, np.full(len(self.level), levels), order)
        load = np.repeat(self.load, trials)
        total = own + between.map(lambda part: part * load)
        shrunk = total.inverse()
        taken = (between @ shrunk @ own.inverse()).map(np.negative)
        weights = [
            part.map(lambda v: v.reshape(*v.shape[:-3], -1, trials)) for part in (inverse, taken)
        ]
        joined = [
            None if a is None or b is None else np.concatenate([a, b], axis=-2)
            for a, b in (
                (weights[0].value, weights[1].value),
                (weights[0].first, weights[1].first),
                (weights[0].second, weights[1].second),
            )
        ]
        cross = Jet(*joined).map(self._weigh)  # type: ignore[arg-type]
        inside = total.value > EDGE * own.value
        grown = total.logdet(shrunk)
        grown = Jet(np.where(inside, grown.value, np.nan), grown.first, grown.second)
        spread = (grown + own.logdet(own.inverse()).map(np.negative)).map(
            lambda part: np.einsum(
                "j,...jb->...b", self.count, part.reshape(*part.shape[:-3], -1, trials)
            )
        )
        size = noise.logdet(inverse).map(
            lambda part: np.einsum(
                "a,...ab->...b", self.rows, part.reshape(*part.shape[:-3], -1, trials)
            )
        )
        return cross, (spread + size).plus(-self.log_weights)

    def _weigh(self, weights: Floats) -> Floats:
        p = self.xx.shape[1]
        out = np.empty((*weights.shape[:-2], weights.shape[-1], p + 1, p + 1))
        lead = weights.swapaxes(-1, -2)
        out[..., :p, :p] = (lead @ self.xx.reshape(len(self.xx), -1)).reshape(
            *lead.shape[:-1], p, p
        )
        out[..., :p, p] = np.einsum("...kb,kpb->...bp", weights, self.xy)
        out[..., p, :p] = out[..., :p, p]
        out[..., p, p] = np.einsum("...kb,kb->...b", weights, self.yy)
        return out


def _columns(theta: Floats, which: Codes, order: int) -> Jet:
    """Parameters `which` of every trial as scalars (1, 1, len(which) B)."""
    trials, count = theta.shape
    stack = len(which) * trials
    first = np.zeros((count, len(which), trials))
    first[which, np.arange(len(which))] = 1.0
    return Jet(
        theta[:, which].T.reshape(1, 1, stack),
        first.reshape(count, 1, 1, stack) if order > 0 else None,
        np.zeros((len(pairs(count)[0]), 1, 1, stack)) if order > 1 else None,
    )
