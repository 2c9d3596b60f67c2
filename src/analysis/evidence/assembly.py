"""From a fit to a `Pooled`: what the univariate and the multilevel model report alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from analysis.evidence.inputs import Matrix, Vector
from analysis.evidence.result import NOT_DEFINED, Coefficient, Pooled, quantile

EQUAL_EFFECTS = ("EE", "FE")
ROBUST = "CR2"


@dataclass(frozen=True)
class Fit:
    """A fitted model, before its intervals.

    Attributes
    ----------
    names : tuple of str
        Names of the p coefficients, the intercept first.
    beta, covariance, df : array of shape (p,), (p, p), (p,)
        Coefficients, their covariance and reference degrees of freedom (infinite: normal).
    tau2, omega2 : float
        Variances of true effects between and within studies.
    q, trace : float
        Residual Q at the sampling covariance alone, and the trace of its projection.
    k, studies : int
    method, test : str
    notes : tuple of str
    data : (y, v, x), optional
        What intervals of a univariate tau squared are made of.
    """

    names: tuple[str, ...]
    beta: Vector
    covariance: Matrix
    df: Vector
    tau2: float
    omega2: float
    q: float
    trace: float
    k: int
    studies: int
    method: str
    test: str
    notes: tuple[str, ...]
    data: tuple[Vector, Vector, Matrix] | None = None


def _i_squared(fit: Fit, q_df: int) -> float:
    """Heterogeneity in percent of the total, with the typical sampling variance (k - p) / tr(P)."""
    if q_df == 0:
        return 0.0
    if fit.method in EQUAL_EFFECTS:
        return 100.0 * max(0.0, (fit.q - q_df) / fit.q) if fit.q > 0 else 0.0
    variance = fit.tau2 + fit.omega2
    return 100.0 * variance / (variance + q_df / fit.trace)


def _omnibus(fit: Fit) -> tuple[float, int, float]:
    """Joint Wald test of all but the intercept: statistic, its degrees of freedom, p-value."""
    size = fit.beta.size - 1
    if size == 0 or fit.test == ROBUST:
        return math.nan, 0, math.nan
    wald = float(fit.beta[1:] @ np.linalg.solve(fit.covariance[1:, 1:], fit.beta[1:]))
    if math.isinf(fit.df[0]):
        return wald, size, float(chdtrc(size, wald))
    return wald / size, size, float(fdtrc(size, fit.df[0], wald / size))


def assemble(fit: Fit, level: float) -> Pooled:
    """Turn a fit into a result with intervals at `level`."""
    spread = np.sqrt(np.diag(fit.covariance))
    coefficients = tuple(
        Coefficient(name, float(b), float(s), float(d))
        for name, b, s, d in zip(fit.names, fit.beta, spread, fit.df, strict=True)
    )
    first, q_df = coefficients[0], fit.k - fit.beta.size
    prediction = NOT_DEFINED
    if fit.method not in EQUAL_EFFECTS and q_df > 0:
        spread_new = math.sqrt(first.se**2 + fit.tau2 + fit.omega2)
        half = quantile(0.5 + level / 2.0, first.df) * spread_new
        prediction = (first.estimate - half, first.estimate + half)
    statistic, omnibus_df, omnibus_p = _omnibus(fit)
    return Pooled(
        estimate=first.estimate,
        se=first.se,
        ci=first.interval(level),
        prediction=prediction,
        tau2=fit.tau2,
        i2=_i_squared(fit, q_df),
        q=fit.q,
        df=float(q_df) if math.isinf(first.df) else first.df,
        k=fit.k,
        omega2=fit.omega2,
        q_df=q_df,
        studies=fit.studies,
        method=fit.method,
        test=fit.test,
        level=level,
        coefficients=coefficients,
        omnibus=statistic,
        omnibus_df=omnibus_df,
        omnibus_p=omnibus_p,
        notes=fit.notes,
        data=fit.data if q_df > 0 and fit.method not in EQUAL_EFFECTS else None,
    )
