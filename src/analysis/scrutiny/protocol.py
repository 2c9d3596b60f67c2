"""Who received what was planned: enough sessions of the assigned format, for long enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.adjust import compare_weighted
from analysis.adjust.contrasts import ESTIMAND, Comparison
from analysis.adjust.weights import ESTIMANDS
from analysis.comparison.question import Contrast, blank_effect
from analysis.measures.exposure import attendance_rates
from analysis.records.effect import Effect
from analysis.records.errors import InsufficientDataError, ModelInputError

PRIMARY = ("group", "individual")


class ProtocolUnknownError(InsufficientDataError):
    """The study does not record who received what was planned."""


def per_protocol(
    tables: Mapping[str, pd.DataFrame],
    config: Mapping[str, Any],
    contrast: Contrast,
    rule: Mapping[str, Any],
) -> pd.Series:
    """Say who received the assigned format as planned before the primary outcome's day.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort.
    config : mapping
        The study's config: arms and their formats, the outcome's day.
    contrast : Contrast
    rule : mapping
        ``share`` of the sessions of the assigned format at which a client was expected that must
        be attended, and ``days`` in treatment at least. A recorded switch of format before the
        outcome's day breaks the protocol.

    Returns
    -------
    Series of bool
        Index episode_id, the episodes of both arms.

    Raises
    ------
    ProtocolUnknownError
        If an arm is neither group nor individual, or its sessions or attendance are not recorded.
    """
    episodes = tables["episodes"].set_index("episode_id")
    if not {"sessions", "attendance"} <= set(tables):
        raise ProtocolUnknownError("sessions and attendance were not recorded")
    rates = attendance_rates(dict(tables))
    kept = []
    for arm in (contrast.comparison, contrast.reference):
        primary = config["arms"][arm]["format"]
        if primary not in PRIMARY:
            raise ProtocolUnknownError(f"arm '{arm}' has no single primary format")
        mine = rates[rates["arm"].eq(arm) & rates["format"].eq(primary)]
        if mine.empty:
            raise ProtocolUnknownError(f"{primary} sessions of arm '{arm}' were not recorded")
        enough = mine.set_index("episode_id")["rate"].ge(rule["share"]).fillna(False)
        ids = episodes.index[episodes["arm"].eq(arm)]
        kept.append(enough.astype(bool).reindex(ids, fill_value=False))
    received = pd.concat(kept)
    end = episodes["discharge_day"].fillna(episodes["observed_until_day"])
    stayed = end.ge(rule["days"]).fillna(False).astype(bool).reindex(received.index)
    return received & stayed & ~received.index.isin(_switched(tables, config))


def _switched(tables: Mapping[str, pd.DataFrame], config: Mapping[str, Any]) -> pd.Index:
    if "events" not in tables:
        return pd.Index([])
    events = tables["events"]
    before = events["day"].lt(config["outcome"]["day"]).fillna(False)
    found = events["type"].eq("format_switch") & before
    switched: pd.Index = pd.Index(events.loc[found, "episode_id"])
    return switched


def per_protocol_estimate(
    comparison: Comparison, received: Callable[[], pd.Series], model: str
) -> Effect:
    """Compare those of both arms who received what was planned, weighted to their overlap.

    Who keeps to a plan is nobody's random choice, in a trial either: the arms are balanced among
    those who did, as far as baseline covariates go. Valid where keeping to it depends on the arm
    and on them alone (Hernan and Robins 2017, doi 10.1056/NEJMsm1605385).

    Parameters
    ----------
    comparison : Comparison
    received : callable
        Gives `per_protocol`, or raises ModelInputError where that is not known.
    model : {"weighted", "doubly_robust"}
    """
    contrast, outcome = comparison.contrast, comparison.outcome
    origin = comparison.data_origin
    try:
        kept = comparison.once["episode_id"].map(received()).fillna(False).astype(bool)
    except ModelInputError as unknown:
        blank = blank_effect(contrast, outcome, model, origin, comparison.once, ESTIMANDS[ESTIMAND])
        return replace(blank, status="withheld", message=f"{unknown}")
    return compare_weighted(
        comparison.once.assign(outcome=comparison.once["outcome"].where(kept)),
        contrast,
        outcome,
        covariates=comparison.covariates,
        thresholds=comparison.thresholds,
        data_origin=origin,
        estimand=ESTIMAND,
        doubly_robust=model == "doubly_robust",
        site=comparison.site,
    )
