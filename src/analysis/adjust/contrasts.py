"""All comparisons of a study: each contrast, on each outcome, by each model of its design.

A randomised contrast is analysed by the partially nested mixed model. An observational one is first
weighted: its design is checked before its outcome is used, and where it is impossible or a check
fails no estimate of that contrast and outcome is made by any model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.adjust import (
    Thresholds,
    balance_table,
    compare_weighted,
    make_design,
)
from analysis.adjust.balance import BALANCE_COLUMNS
from analysis.adjust.measured import Measured
from analysis.adjust.sparse import SITE, Sparse
from analysis.adjust.weights import ESTIMANDS, Estimand
from analysis.comparison.nested import ESTIMAND as ASSIGNED
from analysis.comparison.nested import Model, compare, withhold
from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.comparison.terms import BASELINE
from analysis.measures.clusters import cluster_of
from analysis.measures.instruments import Registry, toward_better
from analysis.records.effect import Effect
from analysis.records.errors import EstimationError, InsufficientDataError
from analysis.study.rowless import rowless

THERAPIST = "primary_therapist_id"
ESTIMAND: Estimand = "ato"
WEIGHTED = (f"weighted_{ESTIMAND}", f"doubly_robust_{ESTIMAND}")
BALANCE = ["contrast", *BALANCE_COLUMNS]


@rowless
@dataclass(frozen=True)
class Comparison:
    """One contrast on one outcome, with the frames that its models take.

    Attributes
    ----------
    contrast, outcome : Contrast, Outcome
    once : DataFrame
        One row an eligible participant: episode_id, arm, baseline, outcome, cluster, covariates.
    often : DataFrame or None
        One row an occasion after baseline, for the primary outcome only.
    covariates : list of mapping
    data_origin : {"real", "synthetic"}
    thresholds : Thresholds
        Of the checks of a weighted comparison.
    """

    contrast: Contrast
    outcome: Outcome
    once: pd.DataFrame
    often: pd.DataFrame | None
    covariates: list[Mapping[str, str]]
    data_origin: str
    thresholds: Thresholds

    @property
    def site(self) -> str | None:
        """Return the site's column where it is a covariate."""
        return SITE if any(one["column"] == SITE for one in self.covariates) else None

    @property
    def therapist(self) -> str | None:
        """Return the primary therapist's column where it was recorded."""
        known = THERAPIST in self.once and self.once[THERAPIST].notna().any()
        return THERAPIST if known else None


def estimate_contrasts(
    measured: Measured, *, beside: bool = True
) -> tuple[list[Effect], pd.DataFrame]:
    """Estimate every contrast on every outcome that both arms can have.

    Parameters
    ----------
    measured : Measured
    beside : bool
        Also the models that stand beside the deciding one.

    Returns
    -------
    list of Effect
        Failures are effects with ``status="error"``, failed designs with ``"withheld"``.
    DataFrame
        Balance of each observational contrast's primary outcome before and after weighting
        (`confounding.balance_table`).
    """
    effects: list[Effect] = []
    balance = [pd.DataFrame(columns=BALANCE)]
    for comparison in comparisons(measured):
        effects += estimate(comparison, beside=beside)
        if comparison.contrast.assignment == "observational" and comparison.often is not None:
            balance.append(_balance(comparison))
    effects += _without_people(measured.outcomes, measured.config, measured.registry, effects)
    return effects, pd.concat([one for one in balance if len(one)] or balance)


def estimate(comparison: Comparison, *, beside: bool = True) -> list[Effect]:
    """Estimate one comparison by each model of its design, the deciding one first.

    Parameters
    ----------
    comparison : Comparison
    beside : bool
        Also the models that stand beside the deciding one.
    """
    found = _by_model(comparison)
    return list(found) if beside else [next(found)]


def _by_model(comparison: Comparison) -> Iterator[Effect]:
    settings: dict[str, Any] = {
        "covariates": comparison.covariates,
        "data_origin": comparison.data_origin,
    }
    pair = (comparison.contrast, comparison.outcome)
    weighted: list[Effect] = []
    if comparison.contrast.assignment == "observational":
        for robust in (False, True) if comparison.often is not None else (False,):
            one = compare_weighted(
                comparison.once,
                *pair,
                **settings,
                thresholds=comparison.thresholds,
                estimand=ESTIMAND,
                doubly_robust=robust,
                site=comparison.site,
                therapist=comparison.therapist,
            )
            weighted.append(one)
            yield one
    frames: dict[Model, pd.DataFrame] = {"ancova": comparison.once}
    if comparison.often is not None:
        frames["repeated"] = comparison.often
    for model, frame in frames.items():
        if weighted and weighted[0].status != "ok":
            yield withhold(weighted[0], model)
        else:
            yield compare(frame, *pair, **settings, model=model)


def comparisons(measured: Measured) -> Iterator[Comparison]:
    """Yield each contrast on each outcome."""
    config = measured.config
    covariates = list(config.get("covariates", []))
    for key, entry in config["contrasts"].items():
        contrast = Contrast.from_config(key, entry)
        people = _people(measured.tables, contrast, covariates)
        for rows in _outcomes(measured.outcomes, contrast):
            columns = ["episode_id", "arm", "baseline", "outcome"]
            primary = bool(rows["primary"].iloc[0])
            once = rows[columns].join(people, on="episode_id")
            often = _occasions(rows, measured.repeated, people) if primary else None
            sparse = Sparse.of(once, contrast, covariates, measured.thresholds.fewest_of_level)
            yield Comparison(
                contrast,
                _outcome(rows.iloc[0], measured.registry),
                sparse.apply(once),
                None if often is None else sparse.apply(often),
                covariates,
                config["data_origin"],
                measured.thresholds,
            )


def _people(
    tables: Mapping[str, pd.DataFrame], contrast: Contrast, covariates: list[Mapping[str, str]]
) -> pd.DataFrame:
    types = {
        one["column"]: "float64" if one["type"] == "numeric" else "object" for one in covariates
    }
    types.setdefault(THERAPIST, "object")
    people = tables["episodes"].set_index("episode_id")[list(types)].astype(types)
    return people.join(cluster_of(tables, contrast.clusters))


def _outcomes(outcomes: pd.DataFrame, contrast: Contrast) -> Iterator[pd.DataFrame]:
    pair = {contrast.comparison, contrast.reference}
    if outcomes.empty:
        return
    for _, rows in outcomes.groupby(["construct", "instrument", "time"], sort=False):
        here = rows[rows["arm"].isin(pair)]
        if pair <= set(here["arm"]) and here["outcome"].notna().any():
            yield here


def _without_people(
    outcomes: pd.DataFrame, config: Mapping[str, Any], registry: Registry, made: list[Effect]
) -> Iterator[Effect]:
    """Withhold the primary outcome of contrasts with an arm in which nobody can have it."""

    def nobody(blank: Effect) -> Effect:
        raise InsufficientDataError("an arm has nobody who counts, or nobody has the outcome")

    if "outcome" not in config:
        return
    wanted = config["outcome"]
    instrument = config["instruments"][wanted["construct"]]
    outcome = _outcome(
        {**wanted, "instrument": instrument, "time": f"day {wanted['day']}"}, registry
    )
    rows = outcomes[outcomes["primary"].astype(bool)]
    for key, entry in config["contrasts"].items():
        contrast = Contrast.from_config(key, entry)
        primary = (key, outcome.construct, outcome.time)
        if primary in {(one.contrast, one.construct, one.time) for one in made}:
            continue
        weighted = contrast.assignment == "observational"
        for model in (*(WEIGHTED if weighted else ()), "ancova", "repeated"):
            words = ESTIMANDS[ESTIMAND] if model in WEIGHTED else ASSIGNED
            given = (contrast, outcome, model, config["data_origin"], rows, words)
            yield recorded(blank_effect(*given), nobody)


def _outcome(first: Mapping[str, Any] | pd.Series, registry: Registry) -> Outcome:
    instrument = registry[first["instrument"]]
    return Outcome(
        construct=str(first["construct"]),
        instrument=instrument.name,
        time=str(first["time"]),
        day=int(first["day"]),
        unit=f"{instrument.name} points",
        toward_better=toward_better(instrument),
        sd=instrument.sd,
    )


def _occasions(rows: pd.DataFrame, repeated: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    after = repeated[repeated["post"] & repeated["nearest"]]
    seen = after[["episode_id", "day", "score"]].rename(columns={"score": "outcome"})
    eligible = rows[["episode_id", "arm", "baseline"]]
    return eligible.merge(seen, how="left").join(people, on="episode_id")


def _balance(comparison: Comparison) -> pd.DataFrame:
    try:
        design = make_design(
            comparison.once,
            comparison.contrast,
            comparison.covariates,
            thresholds=comparison.thresholds,
            site=comparison.site,
        )
    except EstimationError:
        return pd.DataFrame(columns=BALANCE)
    covariates = [BASELINE, *comparison.covariates]
    table = balance_table(design.people, design.weights, covariates, site=comparison.site)
    return table.assign(contrast=comparison.contrast.id)[BALANCE]
