"""How many members a therapy group had on a study day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.study.store import Tables


def on_roll(sessions: pd.DataFrame, tables: Tables) -> pd.Series:
    """Count the members on the roll of each session's group on the session's study day.

    A member is on the roll from the first to the last day of the spell, both included; an open
    spell ends with the episode's discharge, else with its observation.

    Parameters
    ----------
    sessions : DataFrame
        group_id and study_day, one row per session.
    tables : dict of str to DataFrame
        Canonical tables; `episodes`, and `memberships` where the study has them.

    Returns
    -------
    Series of Int64
        In the order of `sessions`. Missing where the session has no study day or its group no
        members, and everywhere if an episode with a spell has no start on the study's clock.
    """
    count = pd.Series(pd.NA, index=sessions.index, dtype="Int64")
    spells = _spells(tables)
    if spells is None or spells.empty:
        return count
    groups = pd.Index(spells["group_id"].astype(object).unique())
    dated = sessions["study_day"].notna() & sessions["group_id"].isin(groups)
    day = sessions.loc[dated, "study_day"].to_numpy(dtype=np.int64)
    # One sorted number holds group and day, so that one binary search serves all groups at once.
    width = 2 * (1 + max(spells[["begin", "end"]].abs().to_numpy().max(), abs(day).max(initial=0)))
    group = groups.get_indexer(pd.Index(spells["group_id"].astype(object))) * width
    place = (
        groups.get_indexer(pd.Index(sessions.loc[dated, "group_id"].astype(object))) * width + day
    )
    begun = np.searchsorted(np.sort(group + spells["begin"].to_numpy()), place, side="right")
    ended = np.searchsorted(np.sort(group + spells["end"].to_numpy()), place, side="left")
    count.loc[dated] = begun - ended
    return count


def _spells(tables: Tables) -> pd.DataFrame | None:
    """Return group_id, begin and end (study days) of each spell; None where they are unknown."""
    if "memberships" not in tables:
        return None
    clock = tables["episodes"].set_index("episode_id")
    clock = clock[["start_study_day", "discharge_day", "observed_until_day"]]
    spells = tables["memberships"].join(clock, on="episode_id")
    if spells["start_study_day"].isna().any():
        return None
    last = spells["to_day"].fillna(spells["discharge_day"]).fillna(spells["observed_until_day"])
    begin = (spells["start_study_day"] + spells["from_day"]).astype("int64")
    end = (spells["start_study_day"] + last).astype("int64")
    return pd.DataFrame({"group_id": spells["group_id"], "begin": begin, "end": end})
