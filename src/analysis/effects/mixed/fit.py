"""`fit_mixed`: one call for every partially nested mixed model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.effects.mixed.covariance import CovarianceFit
from analysis.effects.mixed.gather import gather, is_nested
from analysis.effects.mixed.moments import Moments
from analysis.effects.mixed.nested import NestedLikelihood
from analysis.effects.mixed.optimum import optimise
from analysis.effects.mixed.problem import build_problem, check_rank
from analysis.effects.mixed.result import MixedResult

Floats = NDArray[np.float64]

SHARES = {"residual": 0.5, "participant": 0.4, "group": 0.1}


def fit_mixed(
    data: pd.DataFrame,
    formula: str,
    *,
    group: str | None = None,
    grouped: str | None = None,
    participant: str | None = None,
    slope: str | None = None,
    therapist: str | None = None,
    residual_by: str | None = None,
    participant_by: str | None = None,
    group_slope: bool = True,
    membership: pd.DataFrame | None = None,
    precision_weights: str | None = None,
    reml: bool = True,
) -> MixedResult:
    """Fit."""
    problem = build_problem(
        data,
        formula,
        group=group,
        grouped=grouped,
        participant=participant,
        slope=slope,
        therapist=therapist,
        residual_by=residual_by,
        participant_by=participant_by,
        group_slope=group_slope,
        membership=membership,
        precision_weights=precision_weights,
    )
    if is_nested(problem):
        moments = gather(problem)
        return MixedResult(problem, fit_moments(moments, reml=reml), moments)
    from analysis.effects.mixed.sparse import fit_sparse

    return MixedResult(problem, fit_sparse(problem, reml=reml))


def fit_moments(moments: Moments, *, reml: bool = True) -> CovarianceFit:
    """Fit a nested model from its sufficient statistics alone.

    Raises
    ------
    RankDeficientError
        If columns of the fixed effects are linear combinations of others.
    ConvergenceError
        If no verified optimum is found.
    """
    gram = moments.total.sum(axis=0)
    check_rank(gram[:-1, :-1], moments.names[:-1])
    return optimise(NestedLikelihood(moments), moments.blocks, start_values(moments), reml=reml)


def start_values(moments: Moments) -> Floats:
    """Rough positive variances: shares of the ordinary least squares residual variance."""
    gram = moments.total.sum(axis=0)
    beta = np.linalg.solve(gram[:-1, :-1], gram[:-1, -1])
    left = np.append(-beta, 1.0)
    spread = np.maximum(np.einsum("i,aij,j->a", left, moments.total, left), 0) / moments.rows
    overall = float(spread @ moments.rows / moments.rows.sum())
    sums = moments.pattern_gram * moments.pattern_count[:, None, None]
    sums = sums.sum(axis=0) if moments.pattern_count.any() else moments.entry_gram.sum(axis=0)
    time = sums[1, 1] / sums[0, 0] if sums.shape[0] == 2 else 1.0
    out = np.zeros(sum(block.size for block in moments.blocks))
    for at, block in enumerate(moments.blocks):
        share = SHARES[block.factor]
        if block.factor == "residual":
            out[block.start] = share * spread[at]
            continue
        for offset, (i, j) in enumerate(block.entries):
            if i == j:
                out[block.start + offset] = share * overall / (time if i else 1.0)
    return out
