"""`compare`: one contrast of two arms on one outcome, as an `Effect`.

The partially nested model is fitted by `fit_mixed`; this module states the model for a contrast,
turns the sign so that positive means the comparison arm is better, and records failures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.comparison.terms import BASELINE, nested_rows, with_terms
from analysis.engine import diagnose, fit_mixed, may_be_negative
from analysis.measures.unknown import count_clusters
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import InsufficientDataError, as_numbers
from analysis.records.intervals import estimated
from analysis.records.times import one_time

Model = Literal["ancova", "repeated"]
DF_METHOD = "satterthwaite"
ESTIMAND = (
    "difference of means at a fixed day between arms as assigned, given baseline and covariates"
)


def compare(
    frame: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    *,
    covariates: Sequence[Mapping[str, str]] = (),
    model: Model = "ancova",
    data_origin: str = "real",
) -> Effect:
    """Estimate the difference between the arms of a contrast.

    ``ancova`` (model M1) takes one row a participant: outcome on arm, baseline and covariates,
    a random intercept for each cluster of a clustered arm and a residual variance per arm (the
    heteroscedastic partially nested model; Candlish et al. 2018, doi 10.1186/s12874-018-0559-x).
    ``repeated`` (model M2) takes one row an occasion after baseline: arm crossed with a quadratic
    in time (a line where there are two days only), random participant intercept and slope, random
    cluster intercept and slope. From 16 clusters on, what members share may be negative
    (`mixed.may_be_negative`), so that intervals keep their level where they share nothing.

    Parameters
    ----------
    frame : DataFrame
        Columns ``episode_id``, ``arm``, ``baseline``, ``outcome``, ``cluster`` (missing where the
        arm is not clustered), the covariates, and ``day`` for ``repeated``. One row an eligible
        participant (``ancova``; a missing outcome counts as eligible and not used) or an occasion.
    contrast, outcome : Contrast, Outcome
    covariates : sequence of mapping
        ``column`` and ``type`` (numeric or categorical).
    model : {"ancova", "repeated"}
    data_origin : {"real", "synthetic"}

    Returns
    -------
    Effect
        In points of the instrument, positive = comparison arm better. A failed fit gives
        ``status="error"`` with its name in ``message``; nothing is raised for it.
    """
    arms = frame[frame["arm"].isin([contrast.comparison, contrast.reference])]
    blank = blank_effect(contrast, outcome, model, data_origin, arms, ESTIMAND)
    return recorded(
        blank, lambda blank: _estimate(arms, contrast, outcome, covariates, model, blank)
    )


def withhold(failed: Effect, model: Model) -> Effect:
    """Return the effect of another model on the same outcome, withheld for the same reason.

    Parameters
    ----------
    failed : Effect
        A withheld effect of the contrast and outcome.
    model : {"ancova", "repeated"}
    """
    stem = failed.id.removesuffix(f".{failed.model}")
    return replace(failed, id=f"{stem}.{model}", model=model)


def _estimate(
    arms: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    covariates: Sequence[Mapping[str, str]],
    model: Model,
    blank: Effect,
) -> Effect:
    names = [one["column"] for one in covariates]
    used = _usable(arms, contrast, names)
    used, adjusted = with_terms(used, [BASELINE, *covariates])
    clustered = bool(used["cluster"].notna().any())
    shared: dict[str, Any] = {}
    if clustered:
        signed = may_be_negative(count_clusters(used["cluster"]))
        shared = {"group": "cluster", "grouped": "exposed", "negative_icc": signed}
    if model == "ancova":
        fit = fit_mixed(used, _formula("in_comparison", adjusted), residual_by="arm", **shared)
        at = {"in_comparison": 1.0}
    else:
        time, at = _time(used["day"], outcome.day)
        used = used.assign(**time)
        fit = fit_mixed(
            used,
            _formula(f"in_comparison * ({' + '.join(time)})", adjusted),
            participant="episode_id",
            slope="time",
            **shared,
        )
    return _effect(fit, at, used, outcome, blank)


def _usable(arms: pd.DataFrame, contrast: Contrast, covariates: list[str]) -> pd.DataFrame:
    numbers = {one: as_numbers(arms[one], f"column {one}") for one in ("outcome", "baseline")}
    used = arms.assign(**numbers).dropna(subset=["outcome", "baseline", *covariates])
    counts = used.groupby("arm")["episode_id"].nunique()
    for arm in (contrast.comparison, contrast.reference):
        if counts.get(arm, 0) < 2:
            raise InsufficientDataError(
                f"arm '{arm}' has fewer than two participants with an outcome"
            )
    return nested_rows(used, contrast)


def _time(day: pd.Series, target: int) -> tuple[dict[str, pd.Series], dict[str, float]]:
    """Return time and its square (where three days or more were seen), and the contrast there."""
    day = pd.Series(one_time(day), index=day.index)
    occasions = day.nunique()
    if occasions < 2:
        raise InsufficientDataError("repeated measures need two days of assessment after baseline")
    powers = range(1, min(occasions - 1, 2) + 1)
    time = {("time", "time2")[power - 1]: (day / target) ** power for power in powers}
    at = {"in_comparison": 1.0} | {f"in_comparison:{name}": 1.0 for name in time}
    return time, at


def _formula(arm: str, adjusted: Sequence[str]) -> str:
    return " + ".join([f"outcome ~ {arm}", *adjusted])


def _effect(
    fit: Any, at: Mapping[str, float], used: pd.DataFrame, outcome: Outcome, blank: Effect
) -> Effect:
    weights = np.array([at.get(name, 0.0) for name in fit.params.index])
    clustered = bool(used["cluster"].notna().any())
    contrast = fit.contrast(weights, df=DF_METHOD)
    sign = float(outcome.toward_better)
    return estimated(
        blank,
        sign * contrast.estimate,
        contrast.se,
        contrast.df,
        DF_METHOD,
        n_used=int(used["episode_id"].nunique()),
        clusters=count_clusters(used["cluster"]) or None,
        icc=float(fit.icc) if clustered else None,
        converged=bool(fit.converged),
        boundary=bool(fit.boundary),
        diagnostics=(_observed(used, blank), *diagnose(fit, weights)),
    )


def _observed(used: pd.DataFrame, blank: Effect) -> Diagnostic:
    n = used["episode_id"].nunique()
    return Diagnostic(
        "outcome_observed",
        n / blank.n_eligible,
        "pass" if n >= 0.8 * blank.n_eligible else "warn",
        f"{n} of {blank.n_eligible} eligible participants have the outcome, the baseline "
        "and all covariates.",
    )
