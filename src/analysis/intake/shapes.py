"""What readers of whole files found, as canonical tables: pseudonyms, days, what was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.intake.attendance import Attendance
from analysis.intake.billing import Billing
from analysis.intake.files import OWN
from analysis.intake.findings import Findings
from analysis.intake.maprow import MapRow
from analysis.intake.roster import Roster, days

THERE = ("attended", "left_early")


@dataclass(frozen=True)
class Place:
    """What the tables of one source have in common.

    Attributes
    ----------
    row : MapRow
    roster : Roster
    findings : Findings
        Notes go there.
    """

    row: MapRow
    roster: Roster
    findings: Findings

    def said(self, word: str) -> str:
        """Return one of our own words of the row's detail."""
        return self.row.detail.get(word, OWN[word])

    def name(self, kind: str, values: pd.Series) -> pd.Series:
        """Return pseudonyms."""
        return self.roster.pseudonyms.column(kind, values.astype("string"))

    def study_day(self, dates: pd.Series) -> pd.Series:
        """Return days since the study's undisclosed origin."""
        origin = pd.Series(self.roster.pseudonyms.origin, index=dates.index)
        return days(dates, origin.astype("datetime64[s]"))

    def owned(self, frame: pd.DataFrame, date: str, what: str) -> pd.DataFrame:
        """Add each row's episode and its pseudonym; leave out, and count, those of nobody."""
        episode = self.roster.of_anybody(frame["person"].astype("string"), frame[date])
        lost = int(episode.isna().sum())
        if lost:
            self.findings.notes.append(
                f"{self.row.source}: {lost} of {len(frame)} {what} are of nobody in episodes, and "
                "are left out."
            )
        known = frame.assign(episode=episode)[episode.notna()]
        return known.assign(episode_id=self.roster.named(known["episode"]))

    def day(self, frame: pd.DataFrame, date: str) -> pd.Series:
        """Return days from each row's own episode's start."""
        return days(frame[date], self.roster.start_of(frame["episode"]))


def attendance_tables(found: Attendance, place: Place) -> dict[str, pd.DataFrame]:
    """Return groups, memberships, sessions, session_staff and attendance of a workbook.

    Parameters
    ----------
    found : Attendance
        As the reader gives it.
    place : Place
    """
    sessions = found.sessions.assign(group_id=place.name("group", found.sessions["group"]))
    key = sessions["group"].str.cat(sessions["date"].astype(str), sep="|")
    key = key.str.cat(sessions["nth"].astype(str), sep="|")
    sessions["session_id"] = place.name("session", key)
    ids = sessions.set_index("session")
    marks = found.attendance.assign(
        date=found.attendance["session"].map(ids["date"]),
        session_id=found.attendance["session"].map(ids["session_id"]),
        group_id=found.attendance["session"].map(ids["group_id"]),
    )
    attendance = place.owned(marks, "date", "marks")
    attendance["day"] = place.day(attendance, "date")
    return {
        "groups": _groups(sessions, place),
        "memberships": _memberships(found.memberships, attendance, place),
        "sessions": _sessions(sessions, place),
        "session_staff": _staff(sessions, place),
        "attendance": attendance[["session_id", "episode_id", "day", "status", "minutes"]].rename(
            columns={"minutes": "minutes_attended"}
        ),
    }


def _groups(sessions: pd.DataFrame, place: Place) -> pd.DataFrame:
    groups = sessions[["group_id"]].drop_duplicates().assign(site_id=place.said("site"))
    return groups.assign(group_type=place.said("type"), enrolment=place.said("enrolment"))


def _sessions(sessions: pd.DataFrame, place: Place) -> pd.DataFrame:
    ordered = sessions.sort_values(["group_id", "date", "nth"], kind="stable")
    return pd.DataFrame(
        {
            "session_id": ordered["session_id"],
            "format": "group",
            "group_id": ordered["group_id"],
            "site_id": place.said("site"),
            "study_day": place.study_day(ordered["date"]),
            "sequence": ordered.groupby("group_id").cumcount() + 1,
            "start_slot": ordered["slot"].replace("", None),
            "minutes": ordered["minutes"],
            "unit": "session",
            "status": ordered["status"],
        }
    )


def _staff(sessions: pd.DataFrame, place: Place) -> pd.DataFrame:
    led = sessions[sessions["leader"].fillna("") != ""]
    therapist = place.name("therapist", led["leader"])
    return pd.DataFrame(
        {"session_id": led["session_id"], "therapist_id": therapist, "role": "leader"}
    )


def _memberships(spells: pd.DataFrame, attendance: pd.DataFrame, place: Place) -> pd.DataFrame:
    """Return the spells; the primary group of an episode is the one it was in most often."""
    owned = place.owned(spells, "from_date", "spells in a group")
    owned["group_id"] = place.name("group", owned["group"])
    came = attendance[attendance["status"].isin(THERE)]
    often = came.groupby(["episode_id", "group_id"]).size().rename("times")
    owned = owned.join(often, on=["episode_id", "group_id"]).fillna({"times": 0})
    best = owned.sort_values(["times", "from_date"], ascending=[False, True], kind="stable")
    primary = best.drop_duplicates("episode_id").set_index("episode_id")["group_id"]
    return pd.DataFrame(
        {
            "group_id": owned["group_id"],
            "episode_id": owned["episode_id"],
            "from_day": place.day(owned, "from_date"),
            "to_day": place.day(owned, "to_date"),
            "primary": owned["episode_id"].map(primary) == owned["group_id"],
        }
    )


def billing_tables(found: Billing, place: Place) -> dict[str, pd.DataFrame]:
    """Return sessions, session_staff and attendance of a billing extract.

    ``formats`` under `detail` names the formats that are taken from it; all where it is absent.
    Sessions of a group have no group's name: billing shows none.

    Parameters
    ----------
    found : Billing
        As the reader gives it.
    place : Place
    """
    wanted = [one.strip() for one in place.said("formats").split(",") if one.strip()]
    sessions = found.sessions
    if wanted:
        sessions = sessions[sessions["format"].isin(wanted)]
    held = found.attendance[found.attendance["session"].isin(sessions["session"])]
    alone = held.drop_duplicates("session").set_index("session")["person"]
    own = sessions["session"].map(alone).where(sessions["format"] != "group").fillna("")
    facts = ("format", "provider", "date", "place", "site", "block")
    key = own.astype("string")
    for one in facts:
        key = key.str.cat(sessions[one].astype("string").fillna(""), sep="|")
    sessions = sessions.assign(session_id=place.name("session", key))
    ids = sessions.set_index("session")
    marks = held.assign(
        date=held["session"].map(ids["date"]), session_id=held["session"].map(ids["session_id"])
    )
    attendance = place.owned(marks, "date", "client-sessions")
    sessions = sessions[sessions["session_id"].isin(attendance["session_id"])]
    staffed = sessions[sessions["provider"].notna()]
    return {
        "sessions": _billed_sessions(sessions, place),
        "session_staff": pd.DataFrame(
            {
                "session_id": staffed["session_id"],
                "therapist_id": place.name("therapist", staffed["provider"]),
                "role": "leader",
            }
        ),
        "attendance": pd.DataFrame(
            {
                "session_id": attendance["session_id"],
                "episode_id": attendance["episode_id"],
                "day": place.day(attendance, "date"),
                "status": attendance["status"],
                "minutes_attended": attendance["minutes"],
                "mode": attendance["mode"],
            }
        ),
    }


def _billed_sessions(sessions: pd.DataFrame, place: Place) -> pd.DataFrame:
    site = place.name("site", sessions["site"]).fillna(place.said("site"))
    return pd.DataFrame(
        {
            "session_id": sessions["session_id"],
            "format": sessions["format"],
            "site_id": site,
            "study_day": place.study_day(sessions["date"]),
            "mode": sessions["mode"],
            "minutes": sessions["minutes"],
            "unit": sessions["unit"],
            "status": "held",
        }
    )


def agreement(found: Iterable[Attendance | Billing], roster: Roster) -> list[str]:
    """Say how far attendance sheets and billing agree on who was in a group on which day."""
    both = list(found)
    if len({isinstance(one, Billing) for one in both}) < 2:
        return []
    seen: dict[bool, set[tuple[str, pd.Timestamp]]] = {}
    for one in both:
        is_billing = isinstance(one, Billing)
        groups = one.sessions[one.sessions["format"] == "group"] if is_billing else one.sessions
        there = one.attendance[one.attendance["status"].isin(THERE)]
        dates = there["session"].map(groups.set_index("session")["date"])
        who = roster.of_anybody(there["person"].astype("string"), dates)
        days_of = pd.DataFrame({"who": who, "date": dates}).dropna()
        pairs = set(days_of.itertuples(index=False, name=None))
        seen[is_billing] = seen.get(is_billing, set()) | pairs
    sheets, billed = seen[False], seen[True]
    return [
        f"Client-days in a group: {len(sheets & billed)} on the sheets and billed, "
        f"{len(sheets - billed)} on the sheets alone, {len(billed - sheets)} billed alone."
    ]
