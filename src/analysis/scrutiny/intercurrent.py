"""What happened to clients between intake and the outcome: intercurrent events by arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

COLUMNS = ("contrast", "arm", "event", "n", "of")
RECORDED = {"switching_format": "format_switch", "starting_medication": "medication_start"}


def intercurrent_events(
    tables: Mapping[str, pd.DataFrame], config: Mapping[str, Any]
) -> pd.DataFrame:
    """Count the participants with each intercurrent event before the primary outcome's day.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort; events of the table `events` where it is declared;
        discharge, and leaving early where reasons are recorded, from `episodes`.
    config : mapping
        The study's config.

    Returns
    -------
    DataFrame
        contrast, arm, event, n (participants with it after day 0 and before the day), of
        (participants); empty without a primary outcome, without rows for what is not recorded.
    """
    if "outcome" not in config:
        return pd.DataFrame(columns=COLUMNS)
    day = config["outcome"]["day"]
    episodes = tables["episodes"].set_index("episode_id")
    had: dict[str, pd.Index] = {}
    if "events" in tables:
        timely = tables["events"][tables["events"]["day"].between(1, day - 1)]
        for event, kind in RECORDED.items():
            had[event] = pd.Index(timely.loc[timely["type"].eq(kind), "episode_id"].unique())
    if episodes["discharge_day"].notna().any():
        left = episodes["discharge_day"].lt(day).fillna(False).astype(bool)
        had["discharge"] = episodes.index[left]
        reason = episodes["discharge_reason"]
        if reason.notna().any():
            early = reason.eq("left_early").fillna(False).astype(bool)
            had["leaving_early"] = episodes.index[left & early]
    rows = [
        {
            "contrast": name,
            "arm": contrast[side],
            "event": event,
            "n": int(episodes.index[episodes["arm"].eq(contrast[side])].isin(who).sum()),
            "of": int(episodes["arm"].eq(contrast[side]).sum()),
        }
        for name, contrast in config["contrasts"].items()
        for side in ("comparison", "reference")
        for event, who in had.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
