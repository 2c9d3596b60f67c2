"""`dose_tables`: one comparison's outcome against hours, weighted and naive, with its checks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust.contrasts import Comparison
from analysis.adjust.design import clusters_of
from analysis.adjust.sandwich import Clusters
from analysis.dose.calibrate import calibrated_weights
from analysis.dose.checks import DoseThresholds, dose_checks
from analysis.dose.errors import TooFewDosesError
from analysis.dose.estimate import CONTRASTS, Regression, regression
from analysis.dose.history import (
    History,
    outcome_days,
    stays_known,
    weekly_history,
)
from analysis.dose.shape import CURVE, SURFACE, curve_rows, surface_table
from analysis.dose.weights import DoseWeights, dose_weights
from analysis.records.effect import Diagnostic
from analysis.records.errors import EstimationError
from analysis.records.intervals import interval
from analysis.study.rowless import rowless

DOSE = (
    *("contrast", "construct", "instrument", "time", "analysis", "term", "unit"),
    *("value", "se", "df", "ci90_low", "ci90_high", "ci95_low", "ci95_high"),
    *("n_used", "n_eligible", "clusters", "status", "message"),
)
CHECKS = ("contrast", "name", "value", "status", "text")
TABLES: dict[str, tuple[str, ...]] = {
    "dose": DOSE,
    "dose_checks": CHECKS,
    "dose_curve": CURVE,
    "dose_surface": SURFACE,
}


@rowless
@dataclass(frozen=True)
class Fits:
    """The straight and the curved regression of one analysis."""

    analysis: str
    straight: Regression
    curved: Regression


def dose_tables(
    comparison: Comparison,
    outcomes: pd.DataFrame,
    episodes: pd.DataFrame,
    weeks: pd.DataFrame,
    repeated: pd.DataFrame,
    limits: DoseThresholds,
) -> dict[str, pd.DataFrame]:
    """Say how the outcome goes with hours of both formats among clients of the same arm.

    The dose is the mean number of hours attended a week from intake to the outcome, none after
    discharge. While a check fails, no number is given: the rows carry the reason.

    Parameters
    ----------
    comparison : Comparison
        Of the primary outcome.
    outcomes : DataFrame
        Its rows, as `measures.outcomes` gives them.
    episodes : DataFrame
        The canonical table.
    weeks : DataFrame
        As `measures.exposure.participant_weeks` gives it; empty where the study has no sessions.
    repeated : DataFrame
        As `measures.outcomes` gives it.
    limits : DoseThresholds
        Of the checks; those that a weighted comparison shares are the comparison's.

    Returns
    -------
    dict of str to DataFrame
        The tables of `TABLES`. ``dose``: per analysis (weighted, naive) and term (an hour of each
        format more; one group hour for one individual hour at the same total), points of the
        outcome, positive = better. ``dose_curve``: along each arm's hours, against the arm's mean
        hours. ``dose_surface``: cells of hours with enough participants, against the mean of
        their arm.
    """
    try:
        if weeks.empty:
            raise TooFewDosesError("the study has no sessions with attendance")
        history = weekly_history(
            comparison, outcome_days(outcomes), stays_known(episodes), weeks, repeated
        )
        _enough(history, limits.fewest)
        clusters = clusters_of(history.people, comparison.contrast)
        naive = _fits("naive", comparison, history, None, clusters, limits.varies)
        modelled = dose_weights(history, comparison.covariates)
        checks = dose_checks(history, modelled, clusters, limits, comparison.thresholds)
        if failed := [one.text for one in checks if one.status == "fail"]:
            return _without(comparison, "withheld", " ".join(failed), checks)
        weights = calibrated_weights(history, comparison.covariates, modelled, limits.truncated)
        weighted = _fits("weighted", comparison, history, weights, clusters, limits.varies)
        return _tables(comparison, history, [weighted, naive], checks, limits.fewest_in_cell)
    except EstimationError as lack:
        return _without(comparison, "withheld", f"{lack}.", ())
    except np.linalg.LinAlgError:
        return _without(comparison, "error", "The regression on hours has no solution.", ())


def _fits(
    analysis: str,
    comparison: Comparison,
    history: History,
    weights: DoseWeights | None,
    clusters: Clusters,
    varies: float,
) -> Fits:
    sign = comparison.outcome.toward_better
    fit = partial(regression, history, weights, clusters, comparison.covariates, sign)
    return Fits(analysis, *(fit(varies=varies, curved=curved) for curved in (False, True)))


def _enough(history: History, fewest: int) -> None:
    seen = history.people["outcome"].notna()
    counts = history.people["arm"][seen].value_counts()
    if len(counts) < 2 or counts.min() < fewest:
        least = int(counts.min()) if len(counts) == 2 else 0
        raise TooFewDosesError(
            f"{least} participants of an arm have a known dose and the outcome; models of weekly "
            f"hours and symptoms need {fewest}"
        )


def _named(comparison: Comparison) -> dict[str, Any]:
    outcome = comparison.outcome
    return {
        "contrast": comparison.contrast.id,
        "construct": outcome.construct,
        "instrument": outcome.instrument,
        "time": outcome.time,
        "unit": outcome.unit,
    }


def _without(
    comparison: Comparison, status: str, message: str, checks: tuple[Diagnostic, ...]
) -> dict[str, pd.DataFrame]:
    rows = [
        {**_named(comparison), "analysis": "weighted", "term": term, "status": status}
        | {"message": message, "n_eligible": len(comparison.once)}
        for term in CONTRASTS
    ]
    return {
        "dose": pd.DataFrame(rows, columns=list(DOSE)),
        "dose_checks": _checks(comparison, checks),
        "dose_curve": pd.DataFrame(columns=list(CURVE)),
        "dose_surface": pd.DataFrame(columns=list(SURFACE)),
    }


def _checks(comparison: Comparison, checks: tuple[Diagnostic, ...]) -> pd.DataFrame:
    rows = [asdict(one) for one in checks]
    table = pd.DataFrame(rows, columns=[name for name in CHECKS if name != "contrast"])
    return table.assign(contrast=comparison.contrast.id)[list(CHECKS)]


def _tables(
    comparison: Comparison,
    history: History,
    fits: list[Fits],
    checks: tuple[Diagnostic, ...],
    fewest_in_cell: int,
) -> dict[str, pd.DataFrame]:
    rows, curves = [], []
    for one in fits:
        mine = _contrasts(comparison, history, one)
        rows += mine
        curves += curve_rows(comparison, history, one.curved, one.analysis, mine[0]["df"])
    return {
        "dose": pd.DataFrame(rows, columns=list(DOSE)),
        "dose_checks": _checks(comparison, checks),
        "dose_curve": pd.DataFrame(curves, columns=list(CURVE)),
        "dose_surface": surface_table(comparison, history, fits[0].curved, fewest_in_cell),
    }


def _contrasts(comparison: Comparison, history: History, fits: Fits) -> list[dict[str, Any]]:
    straight = fits.straight
    working, rows = straight.working(), []
    seen = straight.w > 0
    shared = straight.clusters.code[straight.clusters.shared & seen]
    for term, at in CONTRASTS.items():
        value, robust = straight.robust(np.r_[at, np.zeros(straight.x.shape[1] - 2)], working)
        row = _named(comparison) | {"analysis": fits.analysis, "term": term, "value": value}
        row |= {"se": robust.se, "df": robust.df, "status": "ok", "message": ""}
        for name, level in (("ci90", 0.90), ("ci95", 0.95)):
            low, high = interval(value, robust.se, robust.df, level)
            row |= {f"{name}_low": low, f"{name}_high": high}
        row |= {"n_used": int(seen.sum()), "n_eligible": history.n_eligible}
        rows.append(row | {"clusters": len(np.unique(shared)) or None})
    return rows
