"""Weighted marginal estimation: sampling or propensity weights with cluster-robust uncertainty.

A sampling weight says how many people a row stands for; put into a mixed model's likelihood it
would rescale the variances and its standard error would mean nothing. The answer here is the
weighted marginal mean model: weighted least squares (generalised estimating equations with
working independence; Liang & Zeger 1986, 10.1093/biomet/73.1.13) with the CR2 covariance at the
level of therapy groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.centring import is_clear
from analysis.engine.contrast import Contrast, contrast_row, make_contrast
from analysis.engine.problem import Problem
from analysis.engine.robust import Cluster, Robust, cluster_rows, cr2
from analysis.records.errors import ModelInputError

Floats = NDArray[np.floating]


@dataclass(frozen=True, repr=False)
class MarginalResult:
    """A weighted marginal model: the mean outcome, with CR2 covariance and df.

    Attributes
    ----------
    problem : Problem
        Rows fitted.
    weights : (n,) array
        Sampling weights.
    beta : (p,) array
        Weighted least squares estimate, in the columns of `problem.X`.
    robust : Robust
        CR2 covariance and degrees of freedom at the level of therapy groups, in those columns;
        every property speaks of the user's (`centring.py`).
    """

    problem: Problem
    weights: Floats
    beta: Floats
    robust: Robust

    def __repr__(self) -> str:
        """One line, without rows."""
        return (
            f"<MarginalResult (weighted, CR2): {len(self.problem.y)} rows, "
            f"{self.problem.n_groups} therapy groups; {len(self.names)} fixed effects>"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed effects."""
        return self.problem.names

    @property
    def params(self) -> pd.Series:
        """Fixed effects, in the outcome's units."""
        beta = self.problem.centring.estimates(self.beta)
        return pd.Series(beta, index=list(self.names), name="params")

    @property
    def cov(self) -> pd.DataFrame:
        """CR2 covariance of the fixed effects."""
        cov, names = self.problem.centring.covariance(self.robust.cov), list(self.names)
        return pd.DataFrame(cov, index=names, columns=names)

    @property
    def bse(self) -> pd.Series:
        """CR2 standard errors."""
        return pd.Series(np.sqrt(np.diag(self.cov)), index=list(self.names), name="bse")

    def df(self) -> pd.Series:
        """Satterthwaite degrees of freedom of every coefficient."""
        rows = self.problem.centring.matrix(np.eye(len(self.beta)))
        every = [self.robust.df(row) for row in rows]
        return pd.Series(every, index=list(self.names), name="df")

    def contrast(
        self, weights: Mapping[str, float] | Sequence[float] | Floats, *, level: float = 0.95
    ) -> Contrast:
        """Estimate a linear function of the fixed effects, as `MixedResult.contrast` does."""
        row = self.problem.centring.matrix(contrast_row(self.names, weights))
        se = float(np.sqrt(row @ self.robust.cov @ row))
        return make_contrast(float(row @ self.beta), se, self.robust.df(row), level, "CR2")

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Confidence intervals, columns ``lower`` and ``upper``."""
        ends = [self.contrast(row, level=level).ci for row in np.eye(len(self.beta))]
        return pd.DataFrame(ends, index=list(self.names), columns=["lower", "upper"])


def fit_marginal(problem: Problem) -> MarginalResult:
    """Weighted marginal model of a problem.

    Parameters
    ----------
    problem : Problem
        Rows with `sampling` weights (zero: the row takes no part); clusters are its therapy
        groups, else participants.

    Raises
    ------
    ModelInputError
        If weights are negative, not finite, or all zero, or members belong to several groups.
    RankDeficientError
        If columns of the fixed effects are linear combinations of others.
    """
    if problem.membership is not None:
        raise ModelInputError("weighted marginal estimation needs each row in one therapy group")
    problem, beta = _weighted(problem)
    weights, design = problem.sampling, problem.X
    assert weights is not None
    residual = problem.y - design @ beta

    def made() -> Iterable[Cluster]:
        for rows in cluster_rows(problem):
            used = rows[weights[rows] > 0]
            if len(used):
                yield Cluster(
                    design[used], np.diag(weights[used]), np.eye(len(used)), residual[used]
                )

    return MarginalResult(problem, weights, beta, cr2(made()))


def weighted_least_squares(problem: Problem) -> Floats:
    """Weighted least squares estimate of the fixed effects, (p,); raises as `fit_marginal`."""
    problem, beta = _weighted(problem)
    return problem.centring.estimates(beta)


def _weighted(problem: Problem) -> tuple[Problem, Floats]:
    """Weighted least squares in the columns of the problem that is returned."""
    weights = problem.sampling
    if weights is None:
        raise ModelInputError("weighted marginal estimation needs sampling weights")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise ModelInputError("sampling weights must be finite, not negative and not all zero")
    weighted = weights[:, None] * problem.X
    if not is_clear(weighted.T @ problem.X):
        problem = problem.orthogonal(weights > 0)
        weighted = weights[:, None] * problem.X
    return problem, np.linalg.solve(weighted.T @ problem.X, weighted.T @ problem.y)
