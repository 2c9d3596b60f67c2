"""One estimate a study: fixed- or random-effects meta-analysis and meta-regression."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import chdtrc, fdtrc

from analysis.evidence.errors import PoolInputError
from analysis.evidence.heterogeneity import (
    between_study_variance,
    trace_of_projection,
    weighted_fit,
)
from analysis.evidence.inputs import Design, Matrix, Vector
from analysis.evidence.result import NOT_DEFINED, Coefficient, Pooled, quantile

TESTS = ("z", "t", "hartung-knapp", "hartung-knapp-adhoc")
EQUAL_EFFECTS = ("EE", "FE")


def i_squared(q: float, q_df: int, trace: float, variance: float, method: str) -> float:
    """Heterogeneity in percent of the total, with the typical sampling variance (k - p) / tr(P)."""
    if q_df == 0:
        return 0.0
    if method in EQUAL_EFFECTS:
        return 100.0 * max(0.0, (q - q_df) / q) if q > 0 else 0.0
    return 100.0 * variance / (variance + q_df / trace)


def _scale(q_random: float, df: int, test: str) -> float:
    """Factor on the model-based variance (Hartung and Knapp 2001, doi 10.1002/sim.791).

    The ad hoc variant never lets it fall below one (Jackson et al. 2017, doi 10.1002/sim.7411).
    """
    if test == "hartung-knapp":
        return q_random / df
    if test == "hartung-knapp-adhoc":
        return max(1.0, q_random / df)
    return 1.0


def omnibus_test(beta: Vector, covariance: Matrix, df: float) -> tuple[float, int, float]:
    """Joint Wald test of all but the intercept: statistic, its degrees of freedom, p-value."""
    size = beta.size - 1
    if size == 0:
        return math.nan, 0, math.nan
    wald = float(beta[1:] @ np.linalg.solve(covariance[1:, 1:], beta[1:]))
    if math.isinf(df):
        return wald, size, float(chdtrc(size, wald))
    return wald / size, size, float(fdtrc(size, df, wald / size))


def _notes(y: Vector, tau2: float, method: str, scale: float, test: str) -> tuple[str, ...]:
    notes = []
    if y.size == 1:
        notes.append("one study: nothing was pooled; its own estimate, with a normal reference")
    elif tau2 == 0.0 and method not in EQUAL_EFFECTS:
        notes.append("the between-study variance is estimated as zero")
    if test == "hartung-knapp" and scale < 1.0:
        notes.append("the Hartung-Knapp standard error is below the model-based one")
    return tuple(notes)


def fit_univariate(
    y: Vector, v: Vector, design: Design, *, method: str, test: str, level: float
) -> Pooled:
    """Pool independent estimates.

    Parameters
    ----------
    y, v : array of shape (k,)
        Estimates and sampling variances.
    design : Design
        Fixed effects, shape (k, p).
    method, test : str
        Estimator of tau squared; one of `TESTS`.
    level : float
        Level of the intervals.

    Returns
    -------
    Pooled

    Raises
    ------
    PoolInputError
        If the test or the method is unknown.
    """
    if test not in TESTS:
        raise PoolInputError(f"test {test!r} is unknown here; known: {', '.join(TESTS)}")
    x, k = design.matrix, y.size
    df = k - x.shape[1]
    test = test if df > 0 else "z"
    tau2 = between_study_variance(y, v, x, method)
    w0 = 1.0 / v
    _, unscaled0, r0 = weighted_fit(y, x, w0)
    q = float(w0 @ (r0 * r0))
    w = 1.0 / (v + tau2)
    beta, unscaled, r = weighted_fit(y, x, w)
    scale = _scale(float(w @ (r * r)), df, test)
    covariance = scale * unscaled
    reference = math.inf if test == "z" else float(df)
    spread = np.sqrt(np.diag(covariance))
    coefficients = tuple(
        Coefficient(name, float(b), float(s), reference)
        for name, b, s in zip(design.names, beta, spread, strict=True)
    )
    first = coefficients[0]
    statistic, omnibus_df, omnibus_p = omnibus_test(beta, covariance, reference)
    prediction = NOT_DEFINED
    if method not in EQUAL_EFFECTS and df > 0:
        half = quantile(0.5 + level / 2.0, reference) * math.sqrt(first.se**2 + tau2)
        prediction = (first.estimate - half, first.estimate + half)
    return Pooled(
        estimate=first.estimate,
        se=first.se,
        ci=first.interval(level),
        prediction=prediction,
        tau2=tau2,
        i2=i_squared(q, df, trace_of_projection(x, w0, unscaled0) if df else 1.0, tau2, method),
        q=q,
        df=float(df),
        k=k,
        omega2=0.0,
        q_df=df,
        studies=k,
        method=method,
        test=test,
        level=level,
        coefficients=coefficients,
        omnibus=statistic,
        omnibus_df=omnibus_df,
        omnibus_p=omnibus_p,
        notes=_notes(y, tau2, method, scale, test),
    )
