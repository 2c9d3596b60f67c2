"""`examine_missing`: what is missing, what was assumed, and how wrong that must be to matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.question import blank_effect
from analysis.measures.clusters import cluster_of
from analysis.measures.missingness import (
    courses_by_leaving,
    missingness_table,
    planned_assessments,
)
from analysis.records.effect import Effect
from analysis.records.errors import EstimationError
from analysis.unseen.cache import Found, imputed_case
from analysis.unseen.ladder import LADDER, Rung, climb, ladder_rows
from analysis.unseen.outcomes import IncompleteOutcome, Material, missing_cases
from analysis.unseen.population import ESTIMANDS
from analysis.unseen.tipping import delta_surface, plausible_region
from analysis.unseen.visits import symptom_driven_visits

GRID = ("worse_comparison", "worse_reference", "value", "se", "df")
ENDS = ("ci90_low", "ci90_high", "ci95_low", "ci95_high")
REGION = ("arm", "role", "n_left_seen", "n_left_unseen", "worse", "low", "high")
VISITS = ("question", "unit", "value", "se", "df", "low", "high", "rows", "episodes", "message")
TABLES: dict[str, tuple[str, ...]] = {
    "ladder": LADDER,
    "tipping": ("case", "contrast", "construct", "instrument", "unit", *GRID, *ENDS),
    "plausible": ("case", "contrast", *REGION),
    "visits": ("contrast", *VISITS),
    "missingness": ("arm", "wave", "planned_day", "band", "reason", "n", "of", "share"),
    "courses": ("arm", "left", "analysis_week", "n", "mean", "sd", "ci_low", "ci_high"),
}


def examine_missing(
    material: Material,
    made: Mapping[str, Effect],
    models: Mapping[str, str],
    imputations: tuple[pd.DataFrame, Mapping[str, Found]],
    unseen: Mapping[str, float],
) -> tuple[dict[str, pd.DataFrame], list[Effect]]:
    """Make every table of `TABLES`; no margin is held against any of them.

    Parameters
    ----------
    material : Material
    made : mapping of str to Effect
        The estimates on those seen, by id.
    models : mapping of str to str
        Assignment to the model that decides.
    imputations : (DataFrame, mapping)
        As `cache.impute_cases` gives them.
    unseen : mapping
        ``worse`` (the delta) and ``reach`` (of the tipping surface), in standard deviations of the
        outcome among those seen.

    Returns
    -------
    dict of str to DataFrame
        Empty where the study does not declare what a table needs.
    list of Effect
        Every rung of the ladder that was estimated here.
    """
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    effects: list[Effect] = []
    for case in missing_cases(material):
        rungs, surface = _look(case, made, models, imputations, unseen)
        effects += [effect for answer, effect, _ in rungs if answer not in ("seen", "repeated")]
        found["ladder"].append(pd.DataFrame(ladder_rows(case, rungs)))
        found["tipping"].append(_named(surface, case))
        if case.primary:
            found["plausible"].append(_named(_region(case), case))
            found["visits"].append(_named(_visits(material, case), case))
    for name, table in _described(material).items():
        found[name].append(table)
    return {name: _together(found[name], columns) for name, columns in TABLES.items()}, effects


def _look(
    case: IncompleteOutcome,
    made: Mapping[str, Effect],
    models: Mapping[str, str],
    imputations: tuple[pd.DataFrame, Mapping[str, Found]],
    unseen: Mapping[str, float],
) -> tuple[list[Rung], pd.DataFrame]:
    """Climb the ladder and fit the surface, or say of the first imputed rung why not."""
    contrast, outcome = case.comparison.contrast, case.comparison.outcome
    first = models[contrast.assignment]
    seen = {
        name: made[f"{case.stem}.{name}"]
        for name in (first, "repeated")
        if f"{case.stem}.{name}" in made
    }
    try:
        table, notes = imputations
        imputed = imputed_case(case, table, notes[case.stem])
        surface = delta_surface(imputed, contrast, outcome, reach=unseen["reach"])
        return climb(case, imputed, seen, unseen["worse"]), surface
    except (EstimationError, np.linalg.LinAlgError) as failure:
        origin, estimand = case.comparison.data_origin, ESTIMANDS[contrast.assignment]
        blank = blank_effect(contrast, outcome, "imputed", origin, case.frame, estimand)
        missing = replace(blank, status="withheld", message=str(failure))
        return [("seen", seen[first], (0.0, 0.0)), ("imputed", missing, (0.0, 0.0))], pd.DataFrame()


def _named(table: pd.DataFrame, case: IncompleteOutcome) -> pd.DataFrame:
    outcome = case.comparison.outcome
    return table.assign(
        case=case.stem,
        contrast=case.comparison.contrast.id,
        construct=outcome.construct,
        instrument=outcome.instrument,
        unit=table.get("unit", outcome.unit),
    )


def _region(case: IncompleteOutcome) -> pd.DataFrame:
    """How much worse those who left and were seen later did than those who stayed."""
    contrast, outcome = case.comparison.contrast, case.comparison.outcome
    fewest = case.limits.fewest_left_seen
    return plausible_region(
        case.frame, contrast, outcome, left="left", fewest=fewest, predictors=["last"]
    )


def _visits(material: Material, case: IncompleteOutcome) -> pd.DataFrame:
    contrast, outcome = case.comparison.contrast, case.comparison.outcome
    planned = _planned(material, outcome.instrument)
    first, last = material.config.get("baseline", {"window": (0, 0)})["window"]
    arms = planned["arm"].isin([contrast.comparison, contrast.reference])
    rows = planned[arms & ~planned["planned_day"].between(first, last)]
    rows = rows.join(cluster_of(material.tables, contrast.clusters), on="episode_id")
    try:
        return symptom_driven_visits(rows, outcome.toward_better).table.assign(message="")
    except (EstimationError, np.linalg.LinAlgError) as failure:
        return pd.DataFrame([{"question": "whether", "message": str(failure)}])


def _planned(material: Material, instrument: str) -> pd.DataFrame:
    episodes = material.tables["episodes"]
    return planned_assessments(material.scores, episodes, instrument)


def _described(material: Material) -> dict[str, pd.DataFrame]:
    """Count what is missing and describe courses by time of leaving; empty without an outcome."""
    config = material.config
    if "outcome" not in config or "assessments" not in material.tables:
        return {}
    arms = [arm for arm in config["arms"] if material.tables["episodes"]["arm"].eq(arm).any()]
    instrument = material.registry[config["instruments"][config["outcome"]["construct"]]].name
    stays = material.tables["episodes"]
    known = stays[stays["discharge_reason"].notna()]
    return {
        "missingness": missingness_table(_planned(material, instrument), arms),
        "courses": courses_by_leaving(
            material.repeated[material.repeated["episode_id"].isin(known["episode_id"])],
            known,
            arms,
        ),
    }


def _together(made: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    some = [one for one in made if len(one)]
    table: dict[str, Any] | pd.DataFrame = pd.concat(some, ignore_index=True) if some else {}
    return pd.DataFrame(table).reindex(columns=list(columns))
