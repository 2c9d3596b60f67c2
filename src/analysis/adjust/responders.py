"""Responder outcomes by format: risk differences by marginal standardisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust import estimators
from analysis.adjust.columns import Covariates, Matrix, Vector
from analysis.adjust.design import Design, make_design
from analysis.adjust.diagnostics import Thresholds
from analysis.adjust.errors import SeparationError, TooFewEventsError
from analysis.adjust.estimators import LinearEstimate, propensity_scores
from analysis.adjust.logistic import Weighted, expit, newton
from analysis.adjust.sandwich import clustered, working_variances
from analysis.adjust.weighted import SANDWICH, attempt, with_numbers
from analysis.adjust.weights import ESTIMANDS, Estimand, Weights, tilting
from analysis.comparison.question import Contrast, Outcome, blank_effect
from analysis.records.effect import Effect
from analysis.records.errors import as_numbers
from analysis.study.rowless import rowless


@dataclass(frozen=True)
class RiskDifference:
    """A responder outcome by arm.

    Attributes
    ----------
    effect : Effect
        Difference of risks as a share, positive = comparison arm better.
    comparison, reference : float or None
        Standardised risks of the response itself, as shares.
    needed_to_treat : float or None
        ``1 / |difference|``, only where the 95% interval excludes zero (Altman 1998,
        doi 10.1136/bmj.317.7168.1309).
    needed_interval : (float, float) or None
        Its 95% interval.
    """

    effect: Effect
    comparison: float | None = None
    reference: float | None = None
    needed_to_treat: float | None = None
    needed_interval: tuple[float, float] | None = None


@rowless
@dataclass(frozen=True)
class Standardised:
    """Standardised risks, the contributions to their difference, and its linear map near the fit.

    Attributes
    ----------
    comparison, reference : float
    contributions : array of shape (n,)
    linear : LinearEstimate
    """

    comparison: float
    reference: float
    contributions: Vector
    linear: LinearEstimate


def standardise(weights: Weights, y: Vector, z: Matrix, *, weighted: bool = True) -> Standardised:
    """Standardise a logistic model of a response over the target population.

    A logistic model with arm and covariates is fitted by the balancing weights, everyone's risk is
    predicted under each arm, and the predictions are averaged over the target population. With the
    canonical link the weighted fit is consistent if either model is right (Gabriel et al. 2024,
    doi 10.1002/sim.9969). Errors: stacked estimating equations of propensity, outcome model and
    risks (Stefanski and Boos 2002, doi 10.1198/000313002753631330).

    Parameters
    ----------
    weights : Weights
        Of n participants kept.
    y : array of shape (n,)
        0 or 1.
    z : array of shape (n, q)
        Covariates of the outcome model, intercept first.
    weighted : bool
        False fits the logistic model without weights (g-computation).

    Raises
    ------
    SeparationError
        If everyone or nobody in an arm has the response, or the model has no finite estimate.
    """
    model = weights.propensity
    t, tilt = model.treated, tilting(model.e, weights.estimand)
    raw = np.where(t == 1, tilt.comparison, tilt.reference) if weighted else np.ones_like(y)
    raw_slope = np.where(t == 1, tilt.comparison_slope, tilt.reference_slope) * weighted
    h, h_slope = tilt.h / tilt.h.sum(), tilt.h_slope / tilt.h.sum()
    d, d1, d0 = (np.column_stack([arm, z]) for arm in (t, np.ones_like(t), np.zeros_like(t)))
    beta = _fit(d, y, raw, t)
    p, p1, p0 = (expit(one @ beta) for one in (d, d1, d0))
    v, v1, v0 = (risk * (1 - risk) for risk in (p, p1, p0))
    fit = np.linalg.solve((d.T * (raw * v)) @ d, d.T * raw)
    moved = v1[:, None] * d1 - v0[:, None] * d0
    kappa = h @ moved
    difference = p1 - p0
    own = fit.T @ kappa
    per_weight = np.divide(own, raw, out=np.zeros_like(own), where=raw > 0)
    scores, x = propensity_scores(weights), model.x
    slope = (x.T * h_slope) @ (difference - h @ difference)
    slope += (x.T * (raw_slope * per_weight)) @ (y - p)
    contributions = h * (difference - h @ difference) + own * (y - p) + scores @ slope
    at = x.T * (raw_slope * per_weight)
    slope_map = at - (at @ (v[:, None] * d)) @ fit + ((x.T * h_slope) @ (moved - kappa)) @ fit
    left = np.column_stack([h[:, None] * (moved - kappa) - (own * v)[:, None] * d, scores])
    linear = LinearEstimate(own, own, left, np.vstack([fit, slope_map]))
    return Standardised(float(h @ p1), float(h @ p0), contributions, linear)


def weighted_risks(weights: Weights, y: Vector) -> Standardised:
    """Return the weighted proportions of a response by arm: no outcome model.

    Parameters
    ----------
    weights : Weights
        Of n participants kept.
    y : array of shape (n,)
        0 or 1.
    """
    linear = estimators.weighted(weights)
    treated = weights.propensity.treated
    one, zero = (float(abs(linear.on_outcome * side) @ y) for side in (treated, 1 - treated))
    return Standardised(one, zero, linear.influence(y), linear)


def _enough_events(y: Vector, treated: Vector, fewest: int) -> None:
    for arm in (0, 1):
        mine = y[treated == arm]
        if min(mine.sum(), (1 - mine).sum()) < fewest:
            few = f"fewer than {fewest}"
            raise TooFewEventsError(f"{few} in an arm have the response, or lack it")


def _fit(d: Matrix, y: Vector, raw: Vector, treated: Vector) -> Vector:
    for arm in (0, 1):
        if np.ptp(y[treated == arm]) == 0:
            raise SeparationError("everyone or nobody in an arm has the response")
    beta = newton(Weighted(d), y, raw[None, :] / raw.mean(), np.zeros(d.shape[1]))[0]
    if not np.isfinite(beta).all() or np.abs(d @ beta).max() > 25:
        raise SeparationError("covariates tell perfectly who has the response")
    return np.asarray(beta)


def risk_differences(
    frame: pd.DataFrame,
    contrast: Contrast,
    responses: Mapping[str, Outcome],
    *,
    covariates: Covariates,
    thresholds: Thresholds,
    estimand: Estimand = "ato",
    weighted: bool = True,
    data_origin: str = "real",
    required: Collection[str] | None = None,
    **settings: Any,
) -> tuple[RiskDifference, ...]:
    """Compare the arms on responder outcomes such as recovery.

    Parameters
    ----------
    frame : DataFrame
        As `compare_weighted` takes it, with a column for each response (true or 1, false or 0,
        missing) in place of ``outcome``.
    contrast : Contrast
    responses : mapping of str to Outcome
        Column to what it is; `toward_better` is -1 for deterioration.
    covariates, thresholds, estimand, data_origin, required
        See `compare_weighted`.
    weighted : bool
        See `standardise`.
    **settings
        Further arguments of `make_design`.

    Returns
    -------
    tuple of RiskDifference
        In the order of `responses`; failures and withheld estimates as in `compare_weighted`.
    """
    found = []
    for column, outcome in responses.items():
        answer = as_numbers(frame[column], f"column {column}")
        rows = frame.assign(outcome=pd.array(answer, dtype="Float64"))
        share = replace(outcome, unit="share", sd=None)
        model = f"risk_difference_{estimand}"
        words = ESTIMANDS[estimand].replace("means", "risks")
        blank = blank_effect(contrast, share, model, data_origin, rows, words)
        checked = {**settings, "thresholds": thresholds, "estimand": estimand}
        make = partial(make_design, rows, contrast, covariates, **checked)
        risks: list[Standardised] = []
        fewest = thresholds.fewest_events
        estimate = partial(estimate_risks, outcome.toward_better, weighted, fewest, risks)
        effect = attempt(blank, make, estimate, required)
        found.append(_described(effect, risks))
    return tuple(found)


def estimate_risks(
    toward_better: int,
    weighted: bool,
    fewest: int,
    risks: list[Standardised],
    design: Design,
    blank: Effect,
) -> Effect:
    """Fill in the difference of risks of a design that passed its checks.

    Where covariates tell perfectly who has a rare response, its logistic model has no estimate;
    the difference of weighted proportions stands instead, and ``model`` says so.

    Parameters
    ----------
    toward_better : {1, -1}
        1 where the response is good.
    weighted : bool
        See `standardise`.
    fewest : int
        Participants of an arm that must have the response, and lack it.
    risks : list
        Takes the standardised risks.
    design : Design
    blank : Effect
    """
    y = design.kept["outcome"].to_numpy(dtype=float)
    z = design.weights.propensity.x
    _enough_events(y, design.weights.propensity.treated, fewest)
    try:
        one = standardise(design.weights, y, z, weighted=weighted)
    except SeparationError:
        one = weighted_risks(design.weights, y)
        blank = replace(blank, model=f"weighted_proportions_{design.weights.estimand}")
    working = working_variances(y, z, design.clusters)
    robust = clustered(one.linear, one.contributions, design.clusters, working)
    risks.append(one)
    value = toward_better * (one.comparison - one.reference)
    return with_numbers(blank, value, robust, design, SANDWICH)


def _described(effect: Effect, risks: list[Standardised]) -> RiskDifference:
    if effect.status != "ok" or effect.value is None or effect.ci95 is None:
        return RiskDifference(effect)
    low, high = effect.ci95
    known = RiskDifference(effect, risks[0].comparison, risks[0].reference)
    if low <= 0 <= high:
        return known
    few, many = sorted((1 / abs(low), 1 / abs(high)))
    return replace(known, needed_to_treat=1 / abs(effect.value), needed_interval=(few, many))
