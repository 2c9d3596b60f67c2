"""Which weeks there are: of an episode in treatment, of a group from its first to its last."""

from __future__ import annotations

import numpy as np
import pandas as pd


def every_week(first: pd.Series, last: pd.Series) -> pd.DataFrame:
    """Return one row per key and week from its first to its last, both included.

    Parameters
    ----------
    first, last : Series of int
        Weeks by key, with the same named index; a key whose last is before its first has no row.

    Returns
    -------
    DataFrame
        The index's name, and week; in the order of the index.
    """
    length = (last - first + 1).clip(lower=0).to_numpy(dtype=np.int64)
    passed = np.cumsum(length) - length
    start = np.repeat(first.to_numpy(dtype=np.int64) - passed, length)
    key = np.repeat(first.index.to_numpy(dtype=object), length)
    return pd.DataFrame({str(first.index.name): key, "week": start + np.arange(len(start))})


def weeks_in_treatment(episodes: pd.DataFrame) -> pd.DataFrame:
    """Return each episode's weeks in treatment, week w being its days 7w to 7w + 6.

    Parameters
    ----------
    episodes : DataFrame
        The canonical table. Treatment lasts from day 0 to discharge, else to the end of
        observation.

    Returns
    -------
    DataFrame
        episode_id, arm, week, and full (False for a last week that treatment ends in before its
        seventh day).
    """
    last_day = episodes["discharge_day"].fillna(episodes["observed_until_day"]).astype("int64")
    last_day.index = pd.Index(episodes["episode_id"].astype(object))
    weeks = every_week(last_day * 0, last_day // 7)
    arm = episodes.set_index("episode_id")["arm"]
    weeks["arm"] = weeks["episode_id"].map(arm).astype("string")
    weeks["full"] = 7 * weeks["week"] + 6 <= weeks["episode_id"].map(last_day)
    return weeks[["episode_id", "arm", "week", "full"]]
