"""Arms at a declared landmark: the format that most sessions attended before that day had.

Where nobody is assigned to a format at intake, the arm can only be what was received. To fix it on
one day for everyone, and to count nobody who left before that day, keeps the time that it takes to
receive a format from being counted to it (landmark analysis: Anderson, Cain and Gelber 1983, doi
10.1200/JCO.1983.1.11.710; immortal time: Suissa 2008, doi 10.1093/aje/kwm324).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

PRESENT = ("attended", "left_early")
NEITHER = "neither"


def received_arms(tables: Mapping[str, pd.DataFrame], config: Mapping[str, Any]) -> pd.Series:
    """Give each episode the arm whose format it received before the landmark.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables; `episodes`, `sessions` and `attendance`.
    config : mapping
        The study's config with ``landmark``: ``day``, and ``share`` of the group and individual
        sessions attended on days 0 to day - 1 from which a format is the arm's.

    Returns
    -------
    Series of str
        In the order of `episodes`: the arm of format ``group`` or ``individual``; an arm of format
        ``both``, where one is declared, for those who attended sessions of the two without such a
        share; else "neither". Medication and other sessions do not count.
    """
    by_format = {one["format"]: arm for arm, one in config["arms"].items()}
    attended = _attended(tables, config["landmark"]["day"])
    counts = attended.groupby(["episode_id", "format"]).size().unstack("format", fill_value=0)
    ids = tables["episodes"]["episode_id"].astype(object)
    counts = counts.reindex(index=ids, columns=["group", "individual"], fill_value=0)
    total = counts.sum(axis=1)
    enough = (
        counts.ge(config["landmark"]["share"] * total, axis=0) & total.gt(0).to_numpy()[:, None]
    )
    arm = pd.Series(NEITHER, index=counts.index, dtype=object)
    arm = arm.mask(total.gt(0), by_format.get("both", NEITHER))
    for name in ("group", "individual"):
        arm = arm.mask(enough[name], by_format[name])
    return arm.set_axis(tables["episodes"].index).astype("string")


def _attended(tables: Mapping[str, pd.DataFrame], landmark: int) -> pd.DataFrame:
    """Return episode and format of the held sessions attended on days 0 to landmark - 1."""
    rows = tables["attendance"].merge(
        tables["sessions"][["session_id", "format", "status", "study_day"]],
        on="session_id",
        suffixes=("", "_of_session"),
    )
    start = tables["episodes"].set_index("episode_id")["start_study_day"]
    day = rows["day"].fillna(rows["study_day"] - rows["episode_id"].map(start).astype("Int64"))
    held = rows["status_of_session"].eq("held") & rows["status"].isin(PRESENT)
    early = day.between(0, landmark - 1)
    return rows.loc[(held & early).fillna(False).astype(bool), ["episode_id", "format"]]
