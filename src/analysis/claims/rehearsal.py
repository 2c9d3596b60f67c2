"""Every effect that the claims of a study are judged on, from its tables, in one process.

The pipeline makes the same effects step by step; this is for whom the steps are too slow or too
many. `rehearse` makes them on noise in place of every outcome: what then fails, fails for what the
tables hold and not for any value in them, so it is known before outcomes are read (the analysis is
run blind; MacCoun and Perlmutter 2015, doi 10.1038/526187a).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust import Measured, Thresholds
from analysis.adjust.contrasts import estimate_contrasts
from analysis.claims.asked import (
    fidelity_claims,
    program_claims,
    retention_claims,
)
from analysis.cohort import Cohort
from analysis.comparison.question import ClusterLimits
from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.instruments import Registry
from analysis.measures.outcomes import baseline_window, outcome_table, repeated_table
from analysis.measures.scoring import score_assessments
from analysis.program import Program, ProgramLimits, estimate_program
from analysis.program.fidelity import estimate_fidelity
from analysis.records.effect import Effect
from analysis.records.limits import limits_of
from analysis.retention import estimate_retention
from analysis.study.store import Tables

Config = Mapping[str, Any]
Plan = Mapping[str, Any]
SEED = 20261123
SPREAD = 6  # the placeholders' standard deviation is this part of the instrument's range


def estimate_claims(
    tables: Tables,
    cohort: Tables,
    scores: pd.DataFrame,
    config: Config,
    registry: Registry,
    plan: Plan,
    *,
    beside: bool = True,
) -> list[Effect]:
    """Estimate every effect that a claim of the plan is judged on.

    Parameters
    ----------
    tables, cohort : dict of str to DataFrame
        Canonical tables of the whole study, and of those who count.
    scores : DataFrame
        The cohort's, as `measures.scoring.score_assessments` gives it.
    config : mapping
        The study's config.
    registry : mapping of str to Instrument
    plan : mapping
        The resolved plan: its ``claims`` and ``limits``.
    beside : bool
        Also the effects that stand beside those that a part is judged on.
    """
    claims, limits = plan["claims"], plan["limits"]
    config = {**config, "contrasts": plan["design"]["contrasts"]}
    seen = {"sessions", "attendance"} <= set(tables)
    measured = Measured(
        tables=cohort,
        scores=scores,
        outcomes=outcome_table(cohort, scores, config, registry),
        repeated=repeated_table(cohort, scores, config, registry),
        sessions=session_facts(tables) if "sessions" in tables else pd.DataFrame(),
        weeks=participant_weeks(cohort) if seen else pd.DataFrame(),
        config=config,
        registry=registry,
        thresholds=limits_of(Thresholds, limits["weighting"]),
    )
    compared, _ = estimate_contrasts(measured, beside=beside)
    program = Program(
        **vars(measured),
        comparisons=compared,
        limits=limits_of(ProgramLimits, limits["program"]),
        clusters=limits_of(ClusterLimits, limits["clusters"]),
    )
    return [
        *compared,
        *estimate_fidelity(
            program.sessions,
            program.weeks,
            fidelity_claims(claims),
            config["arms"],
            config["data_origin"],
        ),
        *estimate_program(program, program_claims(claims), beside=beside),
        *estimate_retention(cohort, config, retention_claims(claims))[0],
    ]


def rehearse(
    tables: Tables, cohort: Cohort, config: Config, registry: Registry, plan: Plan
) -> list[Effect]:
    """Make every effect that a claim is judged on, on noise in place of every later score.

    Of a score after the baseline window only whether there is one, and on which day, is used; of
    stays, how many ended in each way.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables of the whole study.
    cohort : Cohort
    config, registry, plan
        As in `estimate_claims`.

    Returns
    -------
    list of Effect
        Their ``status`` and ``message`` tell what can be estimated; their numbers mean nothing.
    """
    scores = score_assessments(cohort.tables, registry)
    inside = {name: one for name, one in cohort.tables.items() if name != "items"}
    if "assessments" in inside:
        inside["assessments"] = inside["assessments"].assign(score=np.nan)
    masked = mask_outcomes(scores, config, registry)
    return estimate_claims(tables, inside, masked, config, registry, plan, beside=False)


def mask_outcomes(scores: pd.DataFrame, config: Config, registry: Registry) -> pd.DataFrame:
    """Replace every score after the baseline window by noise around the middle of its scale.

    Parameters
    ----------
    scores : DataFrame
        As `score_assessments` gives it; a score without a day counts as one after baseline.
    config, registry
        As in `estimate_claims`.

    Returns
    -------
    DataFrame
        The same rows; missing scores stay missing. The same rows always get the same noise.
    """
    after = ~(scores["day"] <= baseline_window(config)[1]).fillna(False).astype(bool)
    low, high = (
        scores["instrument"].map({name: one.range[end] for name, one in registry.items()})
        for end in (0, 1)
    )
    noise = np.random.default_rng(SEED).standard_normal(len(scores))
    made = (low + high).astype(float) / 2 + noise * (high - low).astype(float) / SPREAD
    hidden = after & scores["score"].notna()
    return scores.assign(score=scores["score"].astype(float).mask(hidden, made))
