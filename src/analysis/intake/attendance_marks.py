"""Marks with their dates made into sessions and attendance: one row a person and session."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.intake.attendance_codes import (
    ATTENDED,
    CANCELLED,
    LEFT_EARLY,
    NOT_EXPECTED,
    Mark,
)
from analysis.intake.counts import SetAside, set_aside
from analysis.intake.pseudonyms import normal
from analysis.study.problems import Problem

_ATTENDANCE = ["session", "person", "status", "minutes", "sheet", "row"]


@dataclass(frozen=True, repr=False)
class Cell:
    """One mark.

    Attributes
    ----------
    group, slot, person, leader, sheet : str
        As they stand; `shown` the sheet for messages.
    date : datetime.date
        Of the session; `nth` of its group on that day and sheet.
    mark : Mark
        What the cell says.
    minutes : float or None
        Length of the session.
    row, column : int
        Of the sheet, from 1.
    """

    group: str
    date: dt.date
    nth: int
    slot: str
    person: str
    mark: Mark
    minutes: float | None
    leader: str
    sheet: str
    shown: str
    row: int
    column: int

    @property
    def session(self) -> tuple[str, dt.date, int]:
        """What tells the session apart from others."""
        return self.group, self.date, self.nth


def sessions_of(cells: Sequence[Cell]) -> pd.DataFrame:
    """Return the sessions that marks tell of: held where any client has a mark of their own."""
    by: dict[tuple[str, dt.date, int], list[Cell]] = defaultdict(list)
    for one in cells:
        if one.mark.meaning != NOT_EXPECTED:
            by[one.session].append(one)
    rows = []
    for number, key in enumerate(sorted(by), 1):
        own = by[key]
        first = own[0]
        is_held = any(one.mark.meaning != CANCELLED for one in own)
        rows.append(
            {
                "session": number,
                "group": key[0],
                "date": pd.Timestamp(key[1]),
                "nth": key[2],
                "slot": first.slot,
                "status": "held" if is_held else "cancelled",
                "minutes": first.minutes if is_held else None,
                "leader": first.leader,
                "sheet": first.sheet,
                "column": first.column,
            }
        )
    frame = pd.DataFrame(rows)
    frame["minutes"] = frame["minutes"].astype("float64")
    return frame


def attendance_of(
    cells: Sequence[Cell], sessions: pd.DataFrame, early: float, shown: str
) -> tuple[pd.DataFrame, tuple[SetAside, ...], list[Problem]]:
    """Return one row a person and session that was held.

    Parameters
    ----------
    cells : sequence of Cell
        All marks.
    sessions : DataFrame
        As `sessions_of` gives them.
    early : float
        Share of the session's minutes below which a number of minutes means: left early.
    shown : str
        The workbook, for messages.

    Returns
    -------
    DataFrame, tuple of SetAside, list of Problem
        The attendance, what did not become a row of it, and marks that contradict each other.
    """
    held = {
        (group, day.date(), nth): number
        for number, group, day, nth, status in zip(
            *(sessions[one] for one in ("session", "group", "date", "nth", "status")), strict=True
        )
        if status == "held"
    }
    names = _names(cells)
    taken: dict[tuple[int, str], Cell] = {}
    aside: dict[str, list[int]] = defaultdict(list)
    clashing: dict[str, set[int]] = defaultdict(set)
    for one in cells:
        if one.mark.meaning == NOT_EXPECTED:
            aside["marks that say: not expected"].append(one.row)
        elif one.session not in held:
            aside["marks of a session that was cancelled"].append(one.row)
        elif one.mark.meaning == CANCELLED:
            aside["marks that say cancelled on a day on which others came"].append(one.row)
        else:
            key = held[one.session], names[normal(one.person)]
            before = taken.setdefault(key, one)
            if before is not one and before.mark == one.mark:
                aside["the same mark of a person and session twice"].append(one.row)
            elif before is not one:
                clashing[before.shown].add(before.row)
                clashing[one.shown].add(one.row)
    problems = [
        Problem(
            shown,
            sheet,
            tuple(sorted(rows)),
            "one mark a person and session",
            "marks that contradict each other, here or on another sheet",
            "Correct the workbook; two sessions of a day need two columns on the same sheet.",
        )
        for sheet, rows in clashing.items()
    ]
    rows = [_row(session, person, one, early) for (session, person), one in taken.items()]
    frame = pd.DataFrame(rows, columns=_ATTENDANCE).astype({"minutes": "float64"})
    listed = tuple(found for reason, at in aside.items() for found in set_aside(reason, at))
    return frame, listed, problems


def _row(session: int, person: str, one: Cell, early: float) -> dict[str, object]:
    status, minutes = one.mark.meaning, one.mark.minutes
    if status == ATTENDED and minutes is None:
        minutes = one.minutes
    elif status == ATTENDED and one.minutes and minutes is not None:
        status = LEFT_EARLY if minutes < early * one.minutes else ATTENDED
    elif status not in (ATTENDED, LEFT_EARLY):
        minutes = 0.0
    return {
        "session": session,
        "person": person,
        "status": status,
        "minutes": minutes,
        "sheet": one.sheet,
        "row": one.row,
    }


def _names(cells: Sequence[Cell]) -> dict[str, str]:
    """Return each person's identifier as it stands where it is longest, with its zeros."""
    names: dict[str, str] = {}
    for one in cells:
        key = normal(one.person)
        names[key] = max(names.get(key, ""), one.person, key=len)
    return names
