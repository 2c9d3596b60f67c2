"""Spells of membership in therapy groups, read from marks: gaps end a spell."""

from __future__ import annotations

import pandas as pd

_THERE = ("attended", "left_early")


def memberships_of(sessions: pd.DataFrame, attendance: pd.DataFrame, gap: float) -> pd.DataFrame:
    """Return one row a spell of a person in a group.

    Parameters
    ----------
    sessions, attendance : DataFrame
        As `attendance.Attendance` has them.
    gap : float
        Days between two marks, with at least one session of the group held between them, above
        which a spell ends and another begins.

    Returns
    -------
    DataFrame
        group, person, from_date, to_date, primary. `to_date` is the day of the last mark; missing
        where the group held no session after it. `primary` marks the group in which a person was
        there most often.
    """
    held = sessions[sessions["status"] == "held"]
    marks = attendance.merge(held[["session", "group", "date"]], on="session")
    marks = marks.sort_values(["group", "person", "date"], kind="stable")
    order = {group: pd.Index(sorted(own["date"].unique())) for group, own in held.groupby("group")}
    pairs = zip(marks["group"], marks["date"], strict=True)
    marks["place"] = [order[group].get_loc(day) for group, day in pairs]
    by = marks.groupby(["group", "person"], sort=False)
    apart = by["date"].diff().dt.days > gap
    between = by["place"].diff() > 1
    marks["spell"] = (apart & between).groupby([marks["group"], marks["person"]]).cumsum()
    spells = (
        marks.groupby(["group", "person", "spell"], sort=False)["date"]
        .agg(from_date="min", to_date="max")
        .reset_index()
    )
    last = spells["group"].map({group: days[-1] for group, days in order.items()})
    spells["to_date"] = spells["to_date"].mask(spells["to_date"] >= last)
    there = marks[marks["status"].isin(_THERE)].groupby(["person", "group"]).size()
    most = there.sort_values(ascending=False, kind="stable").reset_index()
    first = most.drop_duplicates("person").set_index("person")["group"]
    alone = spells.drop_duplicates("person").set_index("person")["group"]
    spells["primary"] = spells["group"] == spells["person"].map(first).fillna(
        spells["person"].map(alone)
    )
    return spells[["group", "person", "from_date", "to_date", "primary"]]
