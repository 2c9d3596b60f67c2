"""What was offered and who came: sessions, their staff and attendance, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.simulate.roster import WEEKDAYS
from analysis.simulate.truth import Truth

INDIVIDUAL_ARM_WEEK = (0, 1, 1, 2, 3, 3, 4)
INDIVIDUAL_ARM_MINUTES = 75
GROUP_ARM_MINUTES = 60
MEDICATION_MINUTES = 25
MEDICATION_WEEKS = 2
WITHIN = ((90, 95, 100, 105, 110, 115, 120), (0.3, 0.05, 0.05, 0.3, 0.05, 0.05, 0.2))
OUTSIDE = ((70, 75, 80, 85, 125, 130, 140), (0.1, 0.3, 0.15, 0.15, 0.15, 0.1, 0.05))
ATTENDANCE_PER_5_POINTS = -0.15
EVENING_LOGIT = -0.2
LEFT_EARLY_SHARE = 0.03
EXCUSED_SHARE = 0.4
FORMATS = ("group", "individual", "medication")
STATUSES = ("attended", "left_early", "excused", "no_show")


@dataclass(frozen=True)
class Service:
    """Sessions and attendance.

    Attributes
    ----------
    sessions : DataFrame
        format (code of `FORMATS`), group (-1: none), site, study_day, slot, mode, scheduled,
        minutes (missing where cancelled), held (bool), owner (episode of a one-to-one session).
    attendance : DataFrame
        session (row of `sessions`), episode, day, status (code of `STATUSES`), minutes, mode; one
        row per episode expected at a held session.
    """

    sessions: pd.DataFrame
    attendance: pd.DataFrame


def draw_service(
    people: pd.DataFrame,
    groups: pd.DataFrame,
    spells: pd.DataFrame,
    formats: pd.DataFrame,
    behind: np.ndarray,
    truth: Truth,
    rng: np.random.Generator,
) -> Service:
    """Draw every session and who came.

    Parameters
    ----------
    people : DataFrame
        One row an episode: site, start, discharge_day, medicated_from (day; -1: never), mode,
        slot.
    groups : DataFrame
        From `roster.draw_roster`.
    spells : DataFrame
        Memberships: episode, group, from_day, to_day.
    formats : DataFrame
        Spells of a format: episode, group (bool), from_day, to_day.
    behind : array, shape (n, 8)
        From `stays.behind_by_week`, points.
    """
    in_groups = _group_sessions(groups, spells, people)
    singles = pd.concat([_individual(people, formats), _medication(people)], ignore_index=True)
    sessions = pd.concat([in_groups, singles], ignore_index=True)
    sessions = sessions.sort_values(["study_day", "site", "slot"], ignore_index=True, kind="stable")
    sessions = sessions.assign(**_held(sessions, truth, rng))
    return Service(sessions, _attendance(sessions, spells, people, behind, truth, rng))


def _group_sessions(
    groups: pd.DataFrame, spells: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Sessions of every group on its weekdays, while it has members."""
    start = people["start"].to_numpy()[spells["episode"]]
    runs = pd.DataFrame(
        {
            "group": spells["group"],
            "first": start + spells["from_day"],
            "last": start + spells["to_day"],
        }
    ).groupby("group")
    first, last = runs["first"].min(), runs["last"].max()
    parts = []
    kinds = groups["kind"].to_numpy()
    for group, opens, closes in zip(first.index, first, last, strict=True):
        days = np.arange(opens, closes + 1)
        days = days[np.isin(days % 7, WEEKDAYS[kinds[group]])]
        parts.append(pd.DataFrame({"group": group, "study_day": days}))
    sessions = pd.concat(parts, ignore_index=True).assign(format=0, owner=-1)
    habits = groups[["site", "slot", "mode", "minutes"]].rename(columns={"minutes": "scheduled"})
    sessions = sessions.join(habits, on="group")
    return _with_members(sessions, spells, people)


def _with_members(
    sessions: pd.DataFrame, spells: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Keep sessions on days on which someone is a member: nobody holds an empty group."""
    sessions = sessions.reset_index(names="session")
    expected = _expected_in_groups(sessions, spells, people)["session"].unique()
    return sessions[sessions["session"].isin(expected)].drop(columns="session")


def _expected_in_groups(
    sessions: pd.DataFrame, spells: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    pairs = sessions.loc[sessions["group"] >= 0, ["session", "group", "study_day"]].merge(
        spells, on="group"
    )
    pairs["day"] = pairs["study_day"] - people["start"].to_numpy()[pairs["episode"]]
    return pairs[pairs["day"].between(pairs["from_day"], pairs["to_day"])]


def _individual(people: pd.DataFrame, formats: pd.DataFrame) -> pd.DataFrame:
    """One-to-one sessions: seven a week in the individual format, one in the group format."""
    length = (formats["to_day"] - formats["from_day"] + 1).to_numpy()
    row = np.repeat(np.arange(len(formats)), length)
    day = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    day = day + formats["from_day"].to_numpy()[row]
    episode = formats["episode"].to_numpy()[row]
    weekday = (people["start"].to_numpy()[episode] + day) % 7
    per_day = np.bincount(INDIVIDUAL_ARM_WEEK, minlength=7)
    in_group = formats["group"].to_numpy()[row]
    count = np.where(in_group, weekday == episode % 5, per_day[weekday])
    pick = np.repeat(np.arange(len(row)), count)
    minutes = np.where(in_group, GROUP_ARM_MINUTES, INDIVIDUAL_ARM_MINUTES)
    return _one_to_one(people, episode[pick], day[pick], 1, minutes[pick])


def _medication(people: pd.DataFrame) -> pd.DataFrame:
    """Medication management every other week for those who have it."""
    visits = np.arange(0, 70, 7 * MEDICATION_WEEKS)
    episode, visit = np.meshgrid(np.arange(len(people)), visits, indexing="ij")
    first = people["medicated_from"].to_numpy()[episode]
    day = visit + first + 1
    weekday = (people["start"].to_numpy()[episode] + day) % 7
    day = day + np.where(weekday >= 5, 7 - weekday, 0)
    keep = (first >= 0) & (day <= people["discharge_day"].to_numpy()[episode])
    return _one_to_one(people, episode[keep], day[keep], 2, np.full(keep.sum(), MEDICATION_MINUTES))


def _one_to_one(
    people: pd.DataFrame, episode: np.ndarray, day: np.ndarray, code: int, minutes: np.ndarray
) -> pd.DataFrame:
    known = people[["site", "start", "slot", "mode"]].to_numpy()[episode]
    return pd.DataFrame(
        {
            "format": code,
            "group": -1,
            "site": known[:, 0],
            "study_day": known[:, 1] + day,
            "slot": known[:, 2],
            "mode": np.where(known[:, 3] == 2, episode % 2, known[:, 3]),
            "scheduled": minutes,
            "owner": episode,
        }
    )


def _held(sessions: pd.DataFrame, truth: Truth, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Which sessions were held, and for how long."""
    n = len(sessions)
    within = rng.choice(WITHIN[0], n, p=WITHIN[1])
    outside = rng.choice(OUTSIDE[0], n, p=OUTSIDE[1])
    in_group = np.where(rng.random(n) < truth.within_minutes, within, outside)
    single = sessions["scheduled"].to_numpy() - 5 * (rng.random(n) < 0.15)
    held = rng.random(n) >= truth.cancelled
    minutes = np.where(sessions["format"] == 0, in_group, single).astype(float)
    return {"minutes": np.where(held, minutes, np.nan), "held": held}


def _attendance(
    sessions: pd.DataFrame,
    spells: pd.DataFrame,
    people: pd.DataFrame,
    behind: np.ndarray,
    truth: Truth,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Who came: more online (E07), fewer in the evening and while known to do badly."""
    numbered = sessions.reset_index(names="session")
    in_groups = _expected_in_groups(numbered, spells, people)[["session", "episode", "day"]]
    singles = numbered.loc[numbered["owner"] >= 0, ["session", "owner", "study_day"]]
    singles = singles.rename(columns={"owner": "episode"})
    singles["day"] = singles.pop("study_day") - people["start"].to_numpy()[singles["episode"]]
    rows = pd.concat([in_groups, singles])
    rows = rows[sessions["held"].to_numpy()[rows["session"]]]
    rows = rows.drop_duplicates(["session", "episode"]).sort_values(
        ["session", "episode"], ignore_index=True
    )
    session = sessions.iloc[rows["session"].to_numpy()]
    own = people.iloc[rows["episode"].to_numpy()]
    mode = session["mode"].to_numpy()
    mode = np.where(mode == 2, own["mode"].to_numpy() == 1, mode)
    chance = np.where(mode == 1, truth.attends_online, truth.attends_in_person)
    known = behind[rows["episode"].to_numpy(), rows["day"].to_numpy() // 7]
    odds = logit(chance) + ATTENDANCE_PER_5_POINTS * known / 5
    odds = odds + EVENING_LOGIT * ((session["slot"].to_numpy() == 3) - 0.25)
    here = rng.random(len(rows)) < expit(odds)
    cut_short = rng.random(len(rows)) < LEFT_EARLY_SHARE
    away = np.where(rng.random(len(rows)) < EXCUSED_SHARE, 2, 3)
    minutes = session["minutes"].to_numpy()
    stayed = np.where(cut_short, np.round(minutes * rng.uniform(0.3, 0.8, len(rows))), minutes)
    return rows.assign(
        status=np.where(here, cut_short.astype(int), away),
        minutes=np.where(here, stayed, 0.0),
        mode=mode,
    )
