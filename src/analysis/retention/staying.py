"""`compare_retention`: do people take up, stay in and complete one arm as they do the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.comparison.question import Contrast, cluster_unit, clusters_known, recorded
from analysis.comparison.terms import nested_rows, with_terms
from analysis.engine import fit_mixed
from analysis.measures.unknown import count_clusters
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import InsufficientDataError, TooFewGroupsError
from analysis.records.intervals import estimated
from analysis.records.times import one_time
from analysis.retention.exact import exact_difference, independent_units
from analysis.retention.hazard import leaving_hazard
from analysis.retention.incidence import incidence

SOURCE = "discharge and attendance records"
PARTS = ("completion", "uptake", "dropout_hazard")


def compare_retention(
    stays: pd.DataFrame,
    contrast: Contrast,
    *,
    covariates: Sequence[Mapping[str, str]] = (),
    parts: Collection[str] = PARTS,
    data_origin: str = "real",
) -> list[Effect]:
    """Estimate how the arms of a contrast differ in staying in treatment.

    ``completion``: difference in the share that completes, from pseudo-values of the cumulative
    incidence of completion (the indicators themselves where nothing is censored), regressed on
    arm and covariates. ``uptake``: difference in the share that attended a session or more.
    Both by least squares with CR2 errors of therapy groups (see `engine.marginal`), without
    covariates and by `exact_difference` where everybody in an arm is alike.
    ``dropout_hazard``: minus the log ratio of the hazards of leaving early.

    Parameters
    ----------
    stays : DataFrame
        As `stay_table` gives it, with the covariates.
    contrast : Contrast
    covariates : sequence of mapping
        ``column`` and ``type``; who lacks one is left out.
    parts : collection of str
        Which of `PARTS` to estimate.
    data_origin : {"real", "synthetic"}

    Returns
    -------
    list of Effect
        Ids ``{contrast}.retention.completion``, ``.uptake`` and ``.dropout_hazard``; positive =
        the comparison arm keeps people better. ``status="withheld"`` where the data do not hold
        what is asked (nobody left in an arm, attendance unknown, one therapy group), ``"error"``
        where a fit fails.
    """
    arms = stays[stays["arm"].isin([contrast.comparison, contrast.reference])]
    used = _usable(arms, contrast, [one["column"] for one in covariates])
    checks = (_censoring(used, contrast), _end_of_observation(used))
    blank = _blank(arms, used, contrast, data_origin)
    ways: dict[str, Callable[[Effect], Effect]] = {
        "completion": lambda one: _share(
            replace(one, diagnostics=(*one.diagnostics, *checks)),
            used,
            _completion(used),
            covariates,
        ),
        "uptake": lambda one: _share(one, used, _uptake(used), covariates),
        "dropout_hazard": lambda one: _hazard(
            replace(one, diagnostics=(*one.diagnostics, *checks)), used, covariates
        ),
    }
    return [recorded(blank(part), ways[part]) for part in PARTS if part in parts]


def _usable(arms: pd.DataFrame, contrast: Contrast, covariates: list[str]) -> pd.DataFrame:
    used = arms.dropna(subset=["day", *covariates]).reset_index(drop=True)
    return nested_rows(used, contrast).assign(weight=1.0)


def _blank(
    arms: pd.DataFrame, used: pd.DataFrame, contrast: Contrast, data_origin: str
) -> Callable[[str], Effect]:
    estimands = {
        "completion": "difference in the share that completes treatment between arms as assigned",
        "uptake": "difference in the share that attends a session or more between arms as assigned",
        "dropout_hazard": "minus the log ratio of the hazards of leaving early, while in treatment",
    }

    def make(part: str) -> Effect:
        return Effect(
            id=f"{contrast.id}.retention.{part}",
            contrast=contrast.id,
            construct="retention",
            instrument=SOURCE,
            time="whole stay",
            estimand=estimands[part],
            model="cox" if part == "dropout_hazard" else "pseudo_values",
            unit="log hazard ratio" if part == "dropout_hazard" else "share",
            data_origin=data_origin,
            n_used=len(used),
            n_eligible=len(arms),
            clusters=count_clusters(used["cluster"]) or None,
            cluster_unit=cluster_unit(contrast),
            diagnostics=clusters_known(arms, cluster_unit(contrast), contrast.most_unknown),
        )

    return make


def _completion(used: pd.DataFrame) -> pd.Series:
    """Pseudo-values of completion by the end of the observed stays, arm by arm."""
    out = pd.Series(np.nan, index=used.index)
    for _, rows in used.groupby("arm"):
        found = incidence(rows["day"].to_numpy(float), rows["event"].tolist(), "completed")
        out[rows.index] = found.pseudo_values(np.inf)
    return out


def _uptake(used: pd.DataFrame) -> pd.Series:
    if used["attended"].isna().any():
        raise InsufficientDataError(
            "attendance was not recorded, so who took treatment up is unknown"
        )
    return used["attended"].astype(float)


def _share(
    blank: Effect,
    used: pd.DataFrame,
    values: pd.Series,
    covariates: Sequence[Mapping[str, str]],
) -> Effect:
    if used["in_comparison"].nunique() < 2:
        raise InsufficientDataError("one arm of the contrast has nobody")
    if values.groupby(used["arm"]).nunique().min() < 2:
        value, se, df, ends = exact_difference(
            values, used["in_comparison"], independent_units(used)
        )
        return replace(
            blank,
            model="exact_shares",
            value=value,
            se=se,
            df=df,
            df_method="clusters less one",
            converged=True,
            ci90=ends["ci90"],
            ci95=ends["ci95"],
        )
    clustered = bool(used["exposed"].any())
    used, adjusted = with_terms(used, covariates)
    fit = fit_mixed(
        used.assign(kept=values),
        " + ".join(["kept ~ in_comparison", *adjusted]),
        group="cluster" if clustered else None,
        grouped="exposed" if clustered else None,
        sampling_weights="weight",
    )
    found = fit.contrast({"in_comparison": 1.0})
    return estimated(blank, found.estimate, found.se, found.df, "CR2 Satterthwaite", converged=True)


def _hazard(blank: Effect, used: pd.DataFrame, covariates: Sequence[Mapping[str, str]]) -> Effect:
    names = [one["column"] for one in covariates if used[one["column"]].nunique() > 1]
    kinds = {one["column"]: one["type"] for one in covariates}
    categorical = [name for name in names if kinds[name] != "numeric"]
    design = used[names]
    if categorical:
        design = pd.get_dummies(design, columns=categorical, drop_first=True, dtype=float)
    found = leaving_hazard(
        used, used["in_comparison"], independent_units(used), design.astype(float)
    )
    groups = count_clusters(used["cluster"])
    if groups == 1:
        raise TooFewGroupsError("one therapy group cannot show how groups differ")
    units = groups or len(used)
    # The sandwich is too small with few clusters: scaled by G / (G - 1), with G - 1 df.
    se = found.se * math.sqrt(units / (units - 1))
    return estimated(blank, -found.log_ratio, se, units - 1, "clusters less one", converged=True)


def _censoring(used: pd.DataFrame, contrast: Contrast) -> Diagnostic:
    """How far completion could move if all who were censored completed, or none did."""
    censored = used["event"].eq("censored")
    none, every = used["event"].eq("completed"), used["event"].eq("completed") | censored
    side = used["arm"].eq(contrast.comparison)
    low = none[side].mean() - every[~side].mean()
    high = every[side].mean() - none[~side].mean()
    share = float(censored.mean())
    return Diagnostic(
        "stays_not_seen_to_end",
        share,
        "pass" if share < 0.05 else "warn",
        f"{int(censored.sum())} of {len(used)} stays were not seen to end; whatever became of "
        f"them, the difference in completion lies between {low:.3f} and {high:.3f}.",
    )


def _end_of_observation(used: pd.DataFrame) -> Diagnostic:
    """Warn where observation seems to end because the stay did."""
    ended = used[used["event"] != "censored"]
    days = one_time(ended[["observed_until_day", "day"]].astype(float).to_numpy().T.ravel())
    until, day = np.split(days, 2)
    same = float((until == day).mean()) if len(ended) else 0.0
    return Diagnostic(
        "observation_ends_with_stay",
        same,
        "pass" if same < 0.5 else "warn",
        f"For {same:.0%} of the stays that ended, observation ends on the same day; where that is "
        "many, the end of observation may not be independent of leaving.",
    )
