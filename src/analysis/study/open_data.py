"""The two open studies, BRIGHT and RefraMED, converted to the canonical tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

DAYS_A_MONTH = 365.25 / 12

Tables = dict[str, pd.DataFrame]


def convert_bright(folder: Path) -> Tables:
    """Convert the BRIGHT study (Watkins et al. 2011, doi 10.1001/archgenpsychiatry.2011.53).

    Parameters
    ----------
    folder : Path
        Holds bright_outcomes.csv, bright_members.csv and bright_attendance.csv.

    Returns
    -------
    dict of str to pandas.DataFrame
        episodes, groups, memberships, sessions, attendance and assessments; sources.yaml says
        what was decided on the way.
    """
    outcomes = pd.read_csv(folder / "bright_outcomes.csv")
    members = pd.read_csv(folder / "bright_members.csv")
    attendance = pd.read_csv(folder / "bright_attendance.csv")
    return {
        "episodes": _bright_episodes(outcomes),
        **_bright_groups(members),
        **_bright_sessions(attendance),
        "assessments": _assessments(
            _bright_id(outcomes["subject"]), outcomes["month"], outcomes["bdi"], "BDI-II", "self"
        ),
    }


def convert_reframed(folder: Path) -> Tables:
    """Convert the RefraMED trial (Lynch et al. 2020, doi 10.1192/bjp.2019.53).

    Parameters
    ----------
    folder : Path
        Holds reframed.csv.

    Returns
    -------
    dict of str to pandas.DataFrame
        episodes and assessments; sources.yaml says what was decided on the way.

    Raises
    ------
    ValueError
        If an occasion without a month holds a score.
    """
    visits = pd.read_csv(folder / "reframed.csv", encoding="utf-8")
    months = pd.to_numeric(visits["month"].where(visits["month"] != "Post-Rx"))
    if visits.loc[months.isna(), ["phq9", "hamd"]].notna().any(axis=None):
        raise ValueError("An occasion without a month holds a score: it has no place in time.")
    visits = visits.assign(month=months).dropna(subset=["month"])
    episode = "r" + visits["patient"].astype(str)
    scores = [
        _assessments(episode, visits["month"], visits["phq9"].clip(lower=0), "PHQ-9", "self"),
        _assessments(episode, visits["month"], visits["hamd"], "HAM-D", "clinician"),
    ]
    return {
        "episodes": _reframed_episodes(visits[visits["month"] == 0]),
        "assessments": pd.concat(scores, ignore_index=True),
    }


def _bright_id(subject: pd.Series) -> pd.Series:
    return "b" + subject.astype(str).str.zfill(3)


def _session_id(session: pd.Series) -> pd.Series:
    return "s" + session.astype(str).str.zfill(3)


def _group_id(group: pd.Series) -> pd.Series:
    return "g" + group.astype(str)


def _days(months: pd.Series) -> pd.Series:
    return (months * DAYS_A_MONTH).round().astype("Int64")


def _bright_episodes(outcomes: pd.DataFrame) -> pd.DataFrame:
    clients = outcomes.drop_duplicates("subject").reset_index(drop=True)
    identity = _bright_id(clients["subject"])
    return pd.DataFrame(
        {
            "episode_id": identity,
            "participant_id": identity,
            "episode_number": 1,
            "site_id": "unrecorded",
            "arm": clients["trt"].map({0: "usual_care", 1: "group_cbt"}),
            "observed_until_day": round(6 * DAYS_A_MONTH),
            "condition": "mood_anxiety",
        }
    )


def _bright_groups(members: pd.DataFrame) -> Tables:
    groups = pd.DataFrame(
        {
            "group_id": _group_id(pd.Series(sorted(members["therapy_group"].unique()))),
            "site_id": "unrecorded",
            "group_type": "skills",
            "enrolment": "open",
            "condition_focus": "mood_anxiety",
        }
    )
    memberships = pd.DataFrame(
        {
            "group_id": _group_id(members["therapy_group"]),
            "episode_id": _bright_id(members["subject"]),
            "from_day": 0,
            "primary": True,
        }
    )
    return {"groups": groups, "memberships": memberships}


def _bright_sessions(attendance: pd.DataFrame) -> Tables:
    held = attendance.drop_duplicates("session").sort_values("session").reset_index(drop=True)
    sessions = pd.DataFrame(
        {
            "session_id": _session_id(held["session"]),
            "format": "group",
            "group_id": _group_id(held["therapy_group"]),
            "site_id": "unrecorded",
            "sequence": held.groupby("therapy_group").cumcount() + 1,
            "unit": "session",
            "status": "held",
        }
    )
    present = pd.DataFrame(
        {
            "session_id": _session_id(attendance["session"]),
            "episode_id": _bright_id(attendance["subject"]),
            "status": "attended",
        }
    )
    return {"sessions": sessions, "attendance": present}


def _reframed_episodes(baseline: pd.DataFrame) -> pd.DataFrame:
    identity = "r" + baseline["patient"].astype(str)
    income = baseline["income"].str.replace("£", "").str.replace(",", "")
    return pd.DataFrame(
        {
            "episode_id": identity,
            "participant_id": identity,
            "episode_number": 1,
            "site_id": "site " + baseline["site"].astype(str),
            "arm": baseline["grp"].map({"RO-DBT": "ro_dbt", "TAU": "usual_care"}),
            "observed_until_day": round(18 * DAYS_A_MONTH),
            "primary_therapist_id": baseline["therapist"],
            "condition": "mood_anxiety",
            "gender": baseline["female"].map({1: "female", 0: "male"}),
            "age_years": baseline["age_years"],
            "personality_disorder": baseline["pd"].map({1: "yes", 0: "no"}),
            "income_band": income.str.replace(" - ", " to ") + " GBP",
        }
    ).reset_index(drop=True)


def _assessments(
    episode: pd.Series, month: pd.Series, score: pd.Series, instrument: str, rater: str
) -> pd.DataFrame:
    month = month.astype(int)
    short = instrument.replace("-", "").lower()
    table = pd.DataFrame(
        {
            "assessment_id": episode + f"-{short}-m" + month.astype(str),
            "episode_id": episode,
            "instrument": instrument,
            "day": _days(month),
            "wave": ("month " + month.astype(str)).where(month > 0, "baseline"),
            "rater": rater,
            "score": score,
        }
    )
    return table.dropna(subset=["score"]).reset_index(drop=True)
