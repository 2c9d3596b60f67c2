"""What was delivered and received: facts of each session, hours of each week, attendance rates.

Words that every function here uses:

- *Held* is a session with status `held`; a cancelled one has no length, size or attendance.
- *Expected* is an episode with an attendance row of the session, whatever became of it. A study
  that records only who came cannot tell expected from present, and its rates are 1 by construction.
- *Present* is an episode that attended or left early.
- *Hybrid* and online sessions count like sessions in person: once, with their full length.
- *Week w* of an episode covers its days 7w to 7w + 6.
- Only rows with unit `session` inform size, length and frequency; billing blocks and days
  inform hours.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.roll import on_roll
from analysis.measures.weeks import every_week, weeks_in_treatment
from analysis.study.store import Tables

PRESENT = ("attended", "left_early")
LEADERS = ("leader", "co_leader")
SIZE_AND_LENGTH = ("minutes", "scheduled_minutes", "enrolled", "expected", "present")


def session_facts(tables: Tables) -> pd.DataFrame:
    """Describe each session held.

    Give the whole study's tables, not a cohort's: everyone in the room counts.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables; `sessions`, and what there is of `groups`, `memberships`, `attendance`
        and `session_staff`.

    Returns
    -------
    DataFrame
        One row per held session: session_id, format, group_id, site_id, study_day, sequence, slot,
        mode, unit, group_type, enrolment; minutes and scheduled_minutes; enrolled (members on the
        group's roll on that study day; missing without study days), expected, present, left_early,
        leaders (leaders and co-leaders, observers not). Minutes and sizes are missing where the
        unit is not `session`. A session without attendance rows has no known size (missing, not
        0); one whose expected members all stayed away has present = 0.
    """
    sessions = tables["sessions"]
    facts = sessions[sessions["status"].eq("held").fillna(False)].reset_index(drop=True)
    facts = facts.rename(columns={"start_slot": "slot"}).drop(columns="status")
    described = ["group_type", "enrolment"]
    nothing = pd.DataFrame(columns=["group_id", *described], dtype="string")
    groups = tables.get("groups", nothing).set_index("group_id")
    facts = facts.join(groups[described], on="group_id")
    facts["enrolled"] = on_roll(facts, tables)
    for name, counts in _attendance_counts(tables).items():
        facts[name] = facts["session_id"].map(counts).astype("Int64")
    facts["leaders"] = facts["session_id"].map(_leader_counts(tables)).astype("Int64")
    not_sessions = facts["unit"].ne("session")
    for name in SIZE_AND_LENGTH:
        facts[name] = facts[name].mask(not_sessions)
    order = ["session_id", "format", "group_id", "site_id", "study_day", "sequence", "slot", "mode"]
    order += ["unit", *described, *SIZE_AND_LENGTH, "left_early", "leaders"]
    return facts[order]


def group_weeks(tables: Tables) -> pd.DataFrame:
    """Count each therapy group's sessions by study week.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables; `sessions`.

    Returns
    -------
    DataFrame
        group_id, week (study days 7w to 7w + 6), held, cancelled, edge. Every week from a group's
        first session to its last has a row, so that a week without any counts as 0. `edge` marks
        the first and the last week, which the group may have used in part. Sessions without a
        study day, a group or unit `session` are not counted.
    """
    sessions = tables["sessions"]
    usable = sessions["unit"].eq("session") & sessions["group_id"].notna()
    rows = sessions[usable.fillna(False) & sessions["study_day"].notna()]
    rows = rows.assign(week=rows["study_day"] // 7)
    counts = (
        rows.groupby(["group_id", "week", "status"])
        .size()
        .unstack("status", fill_value=0)
        .reindex(columns=["held", "cancelled"], fill_value=0)
        .rename_axis(columns=None)
    )
    span = rows.groupby("group_id")["week"].agg(["min", "max"]).astype("int64")
    every = pd.MultiIndex.from_frame(every_week(span["min"], span["max"]))
    counts = counts.reindex(every, fill_value=0).reset_index()
    first, last = (counts["group_id"].map(span[side]) for side in ("min", "max"))
    counts["edge"] = counts["week"].eq(first) | counts["week"].eq(last)
    return counts.astype({"group_id": "string", "week": "Int64", "held": "Int64"}).astype(
        {"cancelled": "Int64", "edge": "boolean"}
    )


def participant_weeks(tables: Tables) -> pd.DataFrame:
    """Add up each episode's hours in each week of treatment.

    Treatment lasts from day 0 to the day of discharge, or to the end of observation where there is
    none. A week in treatment without any session has 0 hours and counts; but where nobody of an
    arm has an attendance row, the arm's sessions were not recorded and its hours are missing.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables; `episodes`, `sessions` and `attendance`.

    Returns
    -------
    DataFrame
        By episode and week: episode_id, arm, week; full (False for a last week that treatment ends
        in before its seventh day); scheduled_hours (planned length of sessions at which the episode
        was expected, cancelled ones included), of these group_scheduled_hours and
        individual_scheduled_hours, cancelled_hours (the part of it that was cancelled),
        attended_hours, and of these group_hours and individual_hours; groups_offered (held group
        sessions, unit `session`, at which the episode was expected); left_early_unknown (sessions
        left early without `minutes_attended`: they add nothing, so attended hours are a lower
        bound).

        A session attended counts with `minutes_attended`, else with its length as held, else as
        planned. Hours to which a session of unknown length belongs are missing, and all of them are
        for an episode with a session that has no day: no one can say which week it belongs to.
    """
    weeks = weeks_in_treatment(tables["episodes"])
    rows = _dated_attendance(tables)
    undated = rows.loc[rows["day"].isna(), "episode_id"].unique()
    rows = rows[rows["day"].notna()]
    rows = rows.assign(week=(rows["day"] // 7).astype("int64"))
    parts, week = _hours(rows), [rows["episode_id"], rows["week"]]
    sums = parts.groupby(week).sum().mask(parts.isna().groupby(week).any())
    keys = pd.MultiIndex.from_frame(weeks[["episode_id", "week"]])
    hours = sums.reindex(keys, fill_value=0).reset_index(drop=True)
    for name in ("groups_offered", "left_early_unknown"):
        hours[name] = hours[name].astype("Int64")
    recorded = weeks["episode_id"].isin(rows["episode_id"]).groupby(weeks["arm"]).transform("any")
    hours = hours.mask(weeks["episode_id"].isin(undated) | ~recorded)
    weeks = weeks.astype({"episode_id": "string", "week": "Int64", "full": "boolean"})
    return pd.concat([weeks, hours], axis=1)


def attendance_rates(tables: Tables) -> pd.DataFrame:
    """Compare sessions attended with sessions expected, by episode and format.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables; `episodes`, `sessions` and `attendance`.

    Returns
    -------
    DataFrame
        By episode and format ("all", and each format with a session): episode_id, arm, format,
        expected, present, excused, no_show (counts of held sessions) and rate = present / expected
        (excused absences count as expected; missing where none was expected). Every episode has a
        row "all".
    """
    rows = _dated_attendance(tables)
    rows = rows[rows["held"]]
    status = rows["status"]
    marks = pd.DataFrame(
        {
            "expected": 1,
            "present": status.isin(PRESENT).astype(int),
            "excused": status.eq("excused").astype(int),
            "no_show": status.eq("no_show").astype(int),
        },
        index=rows.index,
    )
    episodes = tables["episodes"][["episode_id", "arm"]]
    whole = marks.groupby(rows["episode_id"]).sum()
    whole = whole.reindex(episodes["episode_id"].astype(object), fill_value=0).reset_index()
    by_format = marks.groupby([rows["episode_id"], rows["format"]]).sum().reset_index()
    table = pd.concat([whole.assign(format="all"), by_format], ignore_index=True)
    table["rate"] = table["present"] / table["expected"].where(table["expected"] > 0)
    table = table.astype({"episode_id": "string", "format": "string"})
    table = table.merge(episodes, on="episode_id").sort_values(
        ["episode_id", "format"], ignore_index=True
    )
    counts = ["expected", "present", "excused", "no_show"]
    table = table.astype(dict.fromkeys(counts, "Int64"))
    return table[["episode_id", "arm", "format", *counts, "rate"]]


def _attendance_counts(tables: Tables) -> dict[str, pd.Series]:
    """Return expected, present and left_early by session_id."""
    if "attendance" not in tables:
        return dict.fromkeys(("expected", "present", "left_early"), pd.Series(dtype="Int64"))
    rows = tables["attendance"]
    session = rows["session_id"].astype("category")
    marks = {
        "expected": pd.Series(1, index=rows.index),
        "present": rows["status"].isin(PRESENT).astype(int),
        "left_early": rows["status"].eq("left_early").astype(int),
    }
    return {name: mark.groupby(session, observed=True).sum() for name, mark in marks.items()}


def _leader_counts(tables: Tables) -> pd.Series:
    """Return the number of leaders by session_id; sessions without staff rows are left out."""
    if "session_staff" not in tables:
        return pd.Series(dtype="Int64")
    staff = tables["session_staff"]
    leads = staff["role"].isin(LEADERS).astype(int)
    return leads.groupby(staff["session_id"].astype("category"), observed=True).sum()


def _dated_attendance(tables: Tables) -> pd.DataFrame:
    """Return the attendance rows with what their session says and their day on the episode's clock.

    The day is the row's own, else the session's study day less the episode's start.
    """
    rows = tables["attendance"]
    needed = ["study_day", "format", "unit", "status", "minutes", "scheduled_minutes"]
    sessions = tables["sessions"].set_index("session_id")[needed]
    place = sessions.index.get_indexer(pd.Index(rows["session_id"]))
    taken = sessions.iloc[place].set_axis(rows.index)
    start = rows["episode_id"].map(tables["episodes"].set_index("episode_id")["start_study_day"])
    planned = taken["scheduled_minutes"].fillna(taken["minutes"])
    return pd.DataFrame(
        {
            "episode_id": rows["episode_id"].astype(object),
            "day": rows["day"].fillna(taken["study_day"] - start.astype("Int64")),
            "status": rows["status"],
            "format": taken["format"].astype(object),
            "unit": taken["unit"],
            "held": taken["status"].eq("held").astype(bool),
            "planned": planned,
            "length": taken["minutes"].fillna(planned),
            "minutes_attended": rows["minutes_attended"],
        }
    )


def _hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each attendance row adds to its week."""
    held, status = rows["held"], rows["status"]
    came = status.isin(PRESENT).astype(bool) & held
    unknown = came & status.eq("left_early").astype(bool) & rows["minutes_attended"].isna()
    received = rows["minutes_attended"].fillna(rows["length"]).where(came & ~unknown, 0.0) / 60
    scheduled = rows["planned"] / 60
    group = rows["format"].eq("group")
    return pd.DataFrame(
        {
            "scheduled_hours": scheduled,
            "cancelled_hours": scheduled.where(~held, 0.0),
            "group_scheduled_hours": scheduled.where(group, 0.0),
            "individual_scheduled_hours": scheduled.where(rows["format"].eq("individual"), 0.0),
            "attended_hours": received,
            "group_hours": received.where(group, 0.0),
            "individual_hours": received.where(rows["format"].eq("individual"), 0.0),
            "groups_offered": (group & held & rows["unit"].eq("session")).astype(int),
            "left_early_unknown": unknown.astype(int),
        }
    )
