"""`compare_imputed`: a contrast of two arms with missing outcomes imputed, as an `Effect`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.measures.unknown import count_clusters
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import InsufficientDataError
from analysis.records.intervals import estimated
from analysis.unseen.analyse import Shifts, pooled_difference
from analysis.unseen.chained import Imputations, impute
from analysis.unseen.pool import PooledImputations, imputations_needed
from analysis.unseen.population import ESTIMANDS

DF_METHOD = "Barnard-Rubin over Satterthwaite"


@dataclass(frozen=True)
class Plan:
    """How many imputations are made, and how.

    Attributes
    ----------
    seed : int
    pilot, most : int
        Fewest and most imputations.
    precision : float
        Wanted coefficient of variation of the standard error (see `imputations_needed`).
    iterations : int
        Rounds of the chain.
    helping : int
        Times that a variable of an arm was observed, to help impute there.
    n_jobs : int
        Processes; they do not change the result.
    """

    seed: int = 0
    pilot: int = 20
    most: int = 200
    precision: float = 0.05
    iterations: int = 10
    helping: int = 10
    n_jobs: int = 1

    @classmethod
    def of(cls, unseen: Mapping[str, float], n_jobs: int) -> Plan:
        """Return what the analysis plan settles under ``unseen``."""
        return cls(
            seed=int(unseen["seed"]),
            pilot=int(unseen["fewest"]),
            most=int(unseen["most"]),
            precision=unseen["precision"],
            helping=int(unseen["helping"]),
            n_jobs=n_jobs,
        )


def impute_contrast(
    frame: pd.DataFrame,
    contrast: Contrast,
    *,
    covariates: Sequence[Mapping[str, str]] = (),
    auxiliary: Sequence[str] = (),
    parts: Mapping[str, Sequence[str]] | None = None,
    plan: Plan | None = None,
) -> Imputations:
    """Impute what `compare` reads, with as many imputations as the missing information asks for.

    Parameters
    ----------
    frame : DataFrame
        One row an eligible participant: ``episode_id``, ``arm``, ``baseline``, ``outcome``,
        ``cluster`` and the covariates, as `compare` takes it, and the auxiliary columns.
    contrast : Contrast
    covariates : sequence of mapping
        ``column`` and ``type``; their gaps are imputed too.
    auxiliary : sequence of str
        Numeric columns such as earlier scores and the day of discharge.
    parts : mapping, optional
        ``outcome`` or ``baseline`` to columns that hold an answered part of it.
    plan : Plan, optional

    Raises
    ------
    EstimationError
        If an arm cannot be imputed or the pilot cannot be analysed.
    """
    plan = plan or Plan()
    arms = frame[frame["arm"].isin([contrast.comparison, contrast.reference])]
    for arm in (contrast.comparison, contrast.reference):
        if arms.loc[arms["arm"] == arm, "outcome"].notna().sum() < 2:
            raise InsufficientDataError(
                f"arm '{arm}' has fewer than two participants with an outcome"
            )
    pilot = impute(
        arms.reset_index(drop=True),
        analysed(covariates),
        auxiliary,
        m=plan.pilot,
        seed=plan.seed,
        iterations=plan.iterations,
        n_jobs=plan.n_jobs,
        fewest=plan.helping,
        parts=parts,
    )
    if not pilot.filled[0]:
        return pilot
    share = float(pooled_difference(pilot, contrast, 1, Shifts.none()).fmi[0])
    needed = imputations_needed(share, pilot.m, plan.precision)
    return pilot.extend(min(max(needed, plan.pilot), plan.most), plan.n_jobs)


def analysed(covariates: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return what the analysis reads, column to ``numeric`` or ``categorical``."""
    kinds = {
        one["column"]: "numeric" if one["type"] == "numeric" else "categorical"
        for one in covariates
    }
    return {"baseline": "numeric", **kinds, "outcome": "numeric"}


def compare_imputed(
    frame: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    *,
    covariates: Sequence[Mapping[str, str]] = (),
    auxiliary: Sequence[str] = (),
    plan: Plan | None = None,
    data_origin: str = "real",
) -> Effect:
    """Estimate the difference between the arms with every eligible participant, imputed by arm.

    Parameters
    ----------
    frame, contrast, covariates, auxiliary, plan
        As in `impute_contrast`.
    outcome : Outcome
    data_origin : {"real", "synthetic"}

    Returns
    -------
    Effect
        Id ``{contrast}.{construct}.{time}.imputed``; points, positive = comparison arm better.
        A failure gives ``status="error"``; nothing is raised for it.
    """
    estimand = ESTIMANDS[contrast.assignment]
    blank = blank_effect(contrast, outcome, "imputed", data_origin, frame, estimand)

    def estimate(blank: Effect) -> Effect:
        imputations = impute_contrast(
            frame, contrast, covariates=covariates, auxiliary=auxiliary, plan=plan
        )
        return effect_of(imputations, contrast, outcome, blank)

    return recorded(blank, estimate)


def effect_of(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    blank: Effect,
    shifts: Shifts | None = None,
) -> Effect:
    """Fill a blank effect in from imputations, under one assumption.

    Raises
    ------
    EstimationError
        If the model cannot be fitted.
    """
    pooled = pooled_difference(
        imputations, contrast, outcome.toward_better, shifts or Shifts.none()
    )
    return estimated(
        blank,
        pooled.value[0],
        pooled.se[0],
        pooled.df[0],
        DF_METHOD,
        n_used=blank.n_eligible,
        clusters=count_clusters(imputations.frame["cluster"]) or None,
        converged=True,
        diagnostics=_diagnostics(imputations, pooled),
    )


def _diagnostics(imputations: Imputations, pooled: PooledImputations) -> tuple[Diagnostic, ...]:
    seen = int((~imputations.missing("outcome")).sum())
    total, share = len(imputations.frame), float(pooled.fmi[0])
    partly = int(imputations.partly("outcome").sum())
    helped = f" ({partly} of them from a half-answered questionnaire)" if partly else ""
    error = float(pooled.mcse[0] / pooled.se[0])
    return (
        Diagnostic(
            "outcome_observed",
            seen / total,
            "pass" if seen / total >= 0.8 else "warn",
            f"{seen} of {total} eligible participants have the outcome; the others are imputed"
            f"{helped}.",
        ),
        Diagnostic(
            "imputations",
            float(pooled.m),
            "info",
            f"{pooled.m} imputations by arm, seed {imputations.seed}.",
        ),
        Diagnostic(
            "missing_information",
            share,
            "pass" if share < 0.5 else "warn",
            f"{share:.0%} of the information on the difference is missing.",
        ),
        Diagnostic(
            "monte_carlo_error",
            error,
            "pass" if error < 0.1 else "warn",
            f"Another {pooled.m} imputations would move the estimate by about {error:.1%} of its "
            "standard error.",
        ),
    )
