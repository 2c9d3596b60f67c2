"""Diagnostics of a mixed model as values: each with a status and a sentence for the report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.engine.clustering import FEW_GROUPS, separate_clusters
from analysis.engine.contrast import contrast_row
from analysis.engine.factors import Factors
from analysis.engine.predicted import leave_one_group_out, predict_effects
from analysis.engine.result import MixedResult
from analysis.engine.robust import robust_mixed
from analysis.records.effect import Diagnostic, Status

Floats = NDArray[np.floating]

SKEW, TAILS = 1.0, 2.0
ROBUST_RATIO = (0.67, 1.5)
GRADIENT = 1e-4


def diagnose(result: MixedResult, weights: Mapping[str, float] | Floats) -> list[Diagnostic]:
    """Check a fit and one contrast of it.

    Parameters
    ----------
    result : MixedResult
        The fit.
    weights : mapping or (p,) array
        The contrast, as in `MixedResult.contrast`.

    Returns
    -------
    list of Diagnostic
        ``optimum``, ``boundary``, ``groups``, and for nested designs ``group_leverage``,
        ``robust_se``, ``residual_normality`` and ``group_normality``.
    """
    row = contrast_row(result.names, weights)
    out = [_optimum(result), _boundary(result), _groups(result, row)]
    if result.moments is not None and result.problem.group is not None:
        out += [_leverage(result, row), _robust(result, row)]
        predicted = predict_effects(result)
        out.append(_normality("residual_normality", "Residuals", predicted.residual))
        if len(predicted.group) >= 8 and result.icc > 0:
            effects = predicted.group[:, 0]
            out.append(_normality("group_normality", "Predicted group effects", effects))
    return out


def _optimum(result: MixedResult) -> Diagnostic:
    """Newton decrement and lowest curvature in unconstrained factors of the variances."""
    fit = result.fit
    scale = fit.theta.copy()
    floor = 1e-3 * max(fit.theta[block.start] for block in fit.blocks)
    for block in fit.blocks:
        for offset, (i, j) in enumerate(block.entries):
            at = block.start + offset
            scale[at] = max(scale[at], floor) if i == j else 0.0
    factors = Factors(fit.blocks, scale)
    factors, point = factors.led(factors.point(fit.theta), fit.expected)
    slope, curve = factors.pull_back(point, fit.gradient, fit.hessian)
    values, vectors = np.linalg.eigh(curve)
    flat = np.abs(values) < 1e-8 * np.abs(values).max()
    along = vectors.T @ slope
    decrement = float((along[~flat] ** 2 / np.abs(values[~flat])).sum())
    good = decrement < GRADIENT and values[0] > -1e-6 * values[-1]
    return Diagnostic(
        "optimum",
        decrement,
        "pass" if good else "fail",
        "The optimum of the likelihood is verified: gradient zero, curvature positive."
        if good
        else "The likelihood's optimum could not be verified.",
    )


def _boundary(result: MixedResult) -> Diagnostic:
    if result.icc < 0:
        text = (
            "Members of one group are less alike than members of different groups "
            f"(intraclass correlation {result.icc:.3f}); kept as it is, so that intervals keep "
            "their level."
        )
        return Diagnostic("boundary", result.icc, "info", text)
    if not result.boundary:
        return Diagnostic("boundary", 0.0, "pass", "Every variance is inside its range.")
    return Diagnostic(
        "boundary",
        float(len(result.boundary)),
        "info",
        f"On the boundary (a variance at zero or a correlation at one): "
        f"{', '.join(result.boundary)}. Degrees of freedom keep the uncertainty of that variance.",
    )


def _groups(result: MixedResult, row: Floats) -> Diagnostic:
    """Count what is surely independent: groups, or sets of units that share no member."""
    count = separate_clusters(result.problem)
    df = float(np.asarray(result.df(rows=row[None, :]))[0])
    if not count:
        return Diagnostic("groups", 0.0, "info", "The model has no therapy groups.")
    status: Status = "pass" if count >= FEW_GROUPS else "warn"
    text = f"{_counted(result, count)}; {df:.1f} degrees of freedom for the contrast."
    if status == "warn":
        text += f" Below {FEW_GROUPS} groups the interval's coverage is not assured."
    return Diagnostic("groups", float(count), status, text)


def _counted(result: MixedResult, count: int) -> str:
    if result.problem.membership is None:
        return f"{count} therapy groups"
    linked = f"{count} clusters that share no member" if count > 1 else "one cluster"
    apart = f"; {result.n_unknown} participants whose group is not known stand apart"
    return (
        f"{result.n_groups} attended units (groups or sessions), linked by their members into "
        f"{linked}; the model takes the units' effects to be independent all the same"
        + apart
        * bool(result.n_unknown)
    )


def _leverage(result: MixedResult, row: Floats) -> Diagnostic:
    """Largest move by one group; beyond 2 / sqrt(groups) is large (Belsley, Kuh & Welsch 1980)."""
    without = leave_one_group_out(result).to_numpy() @ row
    se = float(np.sqrt(row @ result.cov.to_numpy() @ row))
    moves = np.abs(without - row @ result.params.to_numpy()) / se
    if np.isnan(moves).any():
        text = "Without one of the therapy groups the contrast cannot be estimated."
        return Diagnostic("group_leverage", None, "warn", text)
    most, usual = float(moves.max()), 2 / np.sqrt(len(moves))
    return Diagnostic(
        "group_leverage",
        most,
        "pass" if most <= max(usual, 0.5) else "warn",
        f"Leaving out one therapy group moves the contrast by at most {most:.2f} standard errors.",
    )


def _robust(result: MixedResult, row: Floats) -> Diagnostic:
    robust = robust_mixed(result.problem, result.fit)
    model = row @ result.cov.to_numpy() @ row
    ratio = float(np.sqrt(row @ robust.cov @ row / model))
    inside = ROBUST_RATIO[0] <= ratio <= ROBUST_RATIO[1]
    return Diagnostic(
        "robust_se",
        ratio,
        "pass" if inside else "warn",
        f"The cluster-robust (CR2) standard error is {ratio:.2f} times the model's, "
        f"with {robust.df(row):.1f} degrees of freedom.",
    )


def _normality(name: str, title: str, values: Floats) -> Diagnostic:
    skew, tails = float(stats.skew(values)), float(stats.kurtosis(values))
    good = abs(skew) <= SKEW and tails <= TAILS
    return Diagnostic(
        name,
        skew,
        "pass" if good else "warn",
        f"{title}: skewness {skew:.2f}, excess kurtosis {tails:.2f}.",
    )
