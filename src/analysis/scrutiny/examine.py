"""`examine`: every look at a study's primary comparisons, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from analysis.adjust import Design, Measured, make_design
from analysis.adjust.contrasts import ESTIMAND, Comparison, comparisons
from analysis.adjust.specifications import Specification
from analysis.comparison.question import Outcome
from analysis.dose import TABLES as DOSE_TABLES
from analysis.dose import DoseThresholds, dose_tables
from analysis.measures.instruments import toward_better
from analysis.records.effect import Effect
from analysis.records.errors import EstimationError
from analysis.scrutiny import (
    assay,
    controls,
    intercurrent,
    overlap,
    protocol,
    responders,
    robustness,
    sensitivity,
    therapists,
)
from analysis.study.rowless import rowless

TABLES: dict[str, tuple[str, ...]] = {
    "intercurrent": intercurrent.COLUMNS,
    "overlap": overlap.OVERLAP,
    "population": overlap.POPULATION,
    "responders": responders.COLUMNS,
    "arm_change": assay.COLUMNS,
    "strength": sensitivity.STRENGTH,
    "falsification": controls.COLUMNS,
    "specifications": robustness.COLUMNS,
    **DOSE_TABLES,
}


@rowless
@dataclass(frozen=True, kw_only=True)
class Scrutiny(Measured):
    """What a study's comparisons are examined by.

    Attributes
    ----------
    effects : mapping of str to Effect
        The estimates made, by id.
    models : mapping of str to str
        Assignment to the model that decides.
    instrument : str
        What the margin is fixed in: outcomes by another cannot be held against it.
    specifications : mapping
        Assignment to the specifications declared for it.
    per_protocol : mapping
        What counts as received: the rule of `protocol.per_protocol`.
    dose : DoseThresholds
        Of the checks of a dose analysis.
    """

    effects: Mapping[str, Effect]
    models: Mapping[str, str]
    instrument: str
    specifications: Mapping[str, Sequence[Specification]]
    per_protocol: Mapping[str, Any]
    dose: DoseThresholds


def examine(case: Scrutiny) -> dict[str, pd.DataFrame]:
    """Make every table of `TABLES` for the primary outcome of every contrast.

    Overlap, population, what was not measured and falsification are of observational contrasts
    only. Where a design cannot be made or fails a check, what needs it is left out or carries the
    reason.

    Parameters
    ----------
    case : Scrutiny

    Returns
    -------
    dict of str to DataFrame
    """
    events = intercurrent.intercurrent_events(case.tables, case.config)
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    found["intercurrent"].append(events)
    for comparison in comparisons(case):
        if comparison.often is None:
            continue
        for name, table in _look(comparison, case):
            found[name].append(table)
    return {
        name: pd.concat(some, ignore_index=True)
        if (some := [one for one in made if len(one)])
        else pd.DataFrame(columns=list(TABLES[name]))
        for name, made in found.items()
    }


def _look(comparison: Comparison, case: Scrutiny) -> Iterator[tuple[str, pd.DataFrame]]:
    contrast, outcome = comparison.contrast, comparison.outcome
    stem = f"{contrast.id}.{outcome.construct}.{outcome.time.replace(' ', '')}"
    deciding = case.effects[f"{stem}.{case.models[contrast.assignment]}"]
    rows = _rows(case.outcomes, outcome)
    observed = contrast.assignment == "observational"
    gate = deciding if observed else None
    yield "responders", responders.responder_table(comparison, rows, gate)
    episodes = case.tables["episodes"]
    given = (comparison, rows, episodes, case.weeks, case.repeated, case.dose)
    yield from dose_tables(*given).items()
    comparable = case.instrument == outcome.instrument
    if comparable:
        declared = case.specifications.get(contrast.assignment, ())
        received = partial(
            protocol.per_protocol, case.tables, case.config, contrast, case.per_protocol
        )
        treated_by = partial(
            therapists.main_therapists,
            case.tables,
            contrast,
            comparison.thresholds.therapists_known,
        )
        table = robustness.specification_table(
            comparison, case.repeated, declared, deciding, received, treated_by, case.effects
        )
        yield "specifications", table
        yield "arm_change", assay.arm_changes(comparison)
    if not observed:
        return
    try:
        design = make_design(
            comparison.once,
            contrast,
            comparison.covariates,
            thresholds=comparison.thresholds,
            estimand=ESTIMAND,
            site=comparison.site,
        )
    except EstimationError:
        return  # the deciding effect carries the reason
    yield from _of_design(comparison, design)
    if comparable and deciding.status == "ok":
        yield "strength", sensitivity.strength_table(comparison, design, deciding)
    yield "falsification", _falsify(comparison, case, deciding)


def _of_design(comparison: Comparison, design: Design) -> Iterator[tuple[str, pd.DataFrame]]:
    contrast = comparison.contrast
    arms = (contrast.comparison, contrast.reference)
    yield "overlap", overlap.overlap_table(design, contrast.id, arms)
    yield "population", overlap.population_table(design, contrast.id, comparison.covariates)


def _falsify(comparison: Comparison, case: Scrutiny, deciding: Effect) -> pd.DataFrame:
    entry = case.config["contrasts"][comparison.contrast.id]
    declared = []
    for construct in entry.get("negative_controls", ()):
        instrument = case.registry[case.config["instruments"][construct]]
        outcome = replace(
            comparison.outcome,
            construct=construct,
            instrument=instrument.name,
            unit=f"{instrument.name} points",
            toward_better=toward_better(instrument),
            sd=instrument.sd,
        )
        declared.append((outcome, _rows(case.outcomes, outcome)))
    before = None
    if "pre_period" in entry:
        first, last = entry["pre_period"]
        before = controls.change_before(case.repeated, (first, last))
    return controls.falsification_table(comparison, declared, before, deciding)


def _rows(outcomes: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    same = outcomes["construct"].eq(outcome.construct) & outcomes["time"].eq(outcome.time)
    return outcomes[same & outcomes["instrument"].eq(outcome.instrument)]
