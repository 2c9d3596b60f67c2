"""Who received what was planned: enough sessions of the assigned format, for long enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.effects.compare import Contrast
from analysis.effects.errors import ModelInputError
from analysis.measures.exposure import attendance_rates

PRIMARY = ("group", "individual")


class ProtocolUnknownError(ModelInputError):
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
    return pd.Index(events.loc[events["type"].eq("format_switch") & before, "episode_id"])
