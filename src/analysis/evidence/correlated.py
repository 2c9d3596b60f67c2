"""From a fitted correlated-and-hierarchical effects model to a `Pooled` result."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analysis.evidence.assembly import EQUAL_EFFECTS, ROBUST, Fit, assemble
from analysis.evidence.errors import PoolInputError
from analysis.evidence.inputs import Matrix, TrialDesign, Vector
from analysis.evidence.multilevel import Rotated, Solved, WeightOperator, fit_variances, solve
from analysis.evidence.result import Pooled
from analysis.evidence.robust import cr2

FEW_DF = 4.0


def _variances(data: Rotated, method: str) -> tuple[float, float]:
    """(tau^2, omega^2); with one effect a study, or one study, only one of them can be told."""
    if method in EQUAL_EFFECTS:
        return 0.0, 0.0
    if method not in ("REML", "ML"):
        raise PoolInputError(f"method {method!r} is not made for dependent effects; use REML or ML")
    singles = bool((data.sizes == 1).all())
    nested = not singles and data.starts.size > 1
    tau2, omega2 = fit_variances(data, restricted=method == "REML", study_effect=nested)
    return (omega2, 0.0) if singles else (tau2, omega2)


def _heterogeneity(data: Rotated) -> tuple[float, float]:
    """Residual Q and trace of the projection; not a number where V is singular."""
    if data.v.min() <= 1e-10 * data.v.max():
        return math.nan, math.nan
    fixed = solve(data, 0.0, 0.0, restricted=True)
    inverse = WeightOperator(data, 0.0, 0.0)
    k = inverse(data.x)
    trace = float(inverse.traces()[1] - np.vdot(fixed.unscaled, k.T @ k))
    residual = (data.y - data.x @ fixed.beta)[:, None]
    return float(data.y @ inverse(residual)[:, 0]), trace


def _covariance(
    data: Rotated, fit: Solved, tau2: float, omega2: float, test: str, turn: Matrix
) -> tuple[Matrix, Vector]:
    """Covariance of the coefficients and their reference degrees of freedom under `test`."""
    p = fit.beta.size
    if test == ROBUST:
        return cr2(data, fit, tau2, omega2, turn)
    df, unscaled = data.y.size - p, turn @ fit.unscaled @ turn.T
    if test == "z" or df == 0:
        return unscaled, np.full(p, math.inf)
    scale = 1.0
    if test != "t":
        residual = data.y - data.x @ fit.beta
        weighted = WeightOperator(data, tau2, omega2)(residual[:, None])[:, 0]
        scale = float(residual @ weighted) / df
        scale = max(1.0, scale) if test == "hartung-knapp-adhoc" else scale
    return scale * unscaled, np.full(p, float(df))


def _notes(data: Rotated, tau2: float, df: float, test: str, method: str) -> tuple[str, ...]:
    notes = []
    if data.starts.size == 1 and data.y.size > 1:
        notes.append("one block of dependent effects: no variance between studies can be told")
    elif tau2 == 0.0 and method not in EQUAL_EFFECTS:
        notes.append("the between-study variance is estimated as zero")
    if test == ROBUST and df < FEW_DF:
        notes.append(
            f"fewer than {FEW_DF:g} Satterthwaite degrees of freedom: the interval is rough"
        )
    return tuple(notes)


def fit_correlated(
    y: Vector,
    covariance: Matrix,
    study: NDArray[np.intp],
    design: TrialDesign,
    *,
    method: str,
    test: str,
    level: float,
) -> Pooled:
    """Pool dependent effects: study effect, effect within study, sampling covariance V.

    The correlated-and-hierarchical effects model of Pustejovsky and Tipton 2022
    (doi 10.1007/s11121-021-01246-3).

    Parameters
    ----------
    y : array of shape (k,)
    covariance : array of shape (k, k)
        Sampling covariance, zero between studies.
    study : array of int, shape (k,)
    design : TrialDesign
        Fixed effects, shape (k, p).
    method : str
        REML, ML, or EE (no heterogeneity).
    test : str
        ``CR2`` (cluster-robust by study, Satterthwaite), ``z``, ``t``, ``hartung-knapp`` or its ad
        hoc variant, the last four model-based.
    level : float

    Returns
    -------
    Pooled

    Raises
    ------
    PoolInputError
        If the method is unknown, or V has a covariance between studies.
    ConvergenceError
        If the likelihood has no verified optimum.
    """
    data = Rotated.from_blocks(y, design.matrix, covariance, study)
    tau2, omega2 = _variances(data, method)
    solved = solve(data, tau2, omega2, restricted=method == "REML")
    spread, reference = _covariance(data, solved, tau2, omega2, test, design.turn)
    q, trace = _heterogeneity(data)
    fit = Fit(
        names=design.names,
        beta=design.turn @ solved.beta,
        covariance=spread,
        df=reference,
        tau2=tau2,
        omega2=omega2,
        q=q,
        trace=trace,
        k=y.size,
        studies=data.starts.size,
        method=method,
        test=test,
        notes=_notes(data, tau2, float(reference[0]), test, method),
    )
    return assemble(fit, level)
