"""One estimate a study: fixed- or random-effects meta-analysis and meta-regression."""

from __future__ import annotations

import math

import numpy as np

from analysis.evidence.assembly import EQUAL_EFFECTS, Fit, assemble
from analysis.evidence.errors import PoolInputError
from analysis.evidence.heterogeneity import (
    between_study_variance,
    trace_of_projection,
    weighted_fit,
)
from analysis.evidence.inputs import TrialDesign, Vector
from analysis.evidence.result import Pooled

TESTS = ("z", "t", "hartung-knapp", "hartung-knapp-adhoc")


def _scale(q_random: float, df: int, test: str) -> float:
    """Factor on the model-based variance (Hartung and Knapp 2001, doi 10.1002/sim.791).

    The ad hoc variant never lets it fall below one (Jackson et al. 2017, doi 10.1002/sim.7411).
    """
    if test == "hartung-knapp":
        return q_random / df
    if test == "hartung-knapp-adhoc":
        return max(1.0, q_random / df)
    return 1.0


def _notes(k: int, tau2: float, method: str, scale: float) -> tuple[str, ...]:
    notes = []
    if k == 1:
        notes.append("one study: nothing was pooled; its own estimate, with a normal reference")
    elif tau2 == 0.0 and method not in EQUAL_EFFECTS:
        notes.append("the between-study variance is estimated as zero")
    if scale < 1.0:
        notes.append("the Hartung-Knapp standard error is below the model-based one")
    return tuple(notes)


def fit_univariate(
    y: Vector, v: Vector, design: TrialDesign, *, method: str, test: str, level: float
) -> Pooled:
    """Pool independent estimates.

    Parameters
    ----------
    y, v : array of shape (k,)
        Estimates and sampling variances.
    design : TrialDesign
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
        If the method is unknown.
    ConvergenceError
        If a likelihood has no verified optimum.
    """
    if test not in TESTS:
        raise PoolInputError(f"test {test!r} is not made here; known: {', '.join(TESTS)}")
    x, k = design.matrix, y.size
    df = k - x.shape[1]
    test = test if df > 0 else "z"
    tau2 = between_study_variance(y, v, x, method)
    w0, w = 1.0 / v, 1.0 / (v + tau2)
    _, unscaled0, r0 = weighted_fit(y, x, w0)
    beta, unscaled, r = weighted_fit(y, x, w)
    scale = _scale(float(w @ (r * r)), df, test)
    fit = Fit(
        names=design.names,
        beta=design.turn @ beta,
        covariance=scale * design.turn @ unscaled @ design.turn.T,
        df=np.full(beta.size, math.inf if test == "z" else float(df)),
        tau2=tau2,
        omega2=0.0,
        q=float(w0 @ (r0 * r0)),
        trace=trace_of_projection(x, w0, unscaled0),
        k=k,
        studies=k,
        method=method,
        test=test,
        notes=_notes(k, tau2, method, scale),
        data=(y, v, x),
    )
    return assemble(fit, level)
