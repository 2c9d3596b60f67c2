"""Attendance workbooks, people down and dates across: sessions, attendance and memberships.

Nothing is known of a sheet but its shape: a row of dates with marks below it. Where the order of
day and month, a year or a mark cannot be told from the workbook, it is asked for, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.intake.attendance_blocks import Block, find_blocks
from analysis.intake.attendance_cells import cells_of, row_problems
from analysis.intake.attendance_codes import (
    ATTENDED,
    DEFAULTS,
    LEFT_EARLY,
    MEANINGS,
    Codes,
    legend,
    plain,
)
from analysis.intake.attendance_marks import Cell, attendance_of, sessions_of
from analysis.intake.attendance_memberships import memberships_of
from analysis.intake.attendance_rows import Rows, read_rows
from analysis.intake.attendance_sheets import Sheet, read_sheets
from analysis.intake.attendance_workbook import (
    DETAILS,
    blocks_of,
    chosen,
    codes_of,
    refuse_words,
    told_apart,
)
from analysis.intake.counts import Counts
from analysis.intake.details import sorted_out
from analysis.study.problems import StudyError, unreadable

CANNOT_SHOW = (
    "An empty cell does not say whether a client was not expected or the mark was forgotten.",
    "A mark without minutes does not say how long a client stayed; it counts as the whole session "
    "where the session's length is known.",
    "A number of minutes does not say whether a client came late or left early.",
    "The sheet shows who belonged to a group only by marks: a membership begins with the first.",
)
_EARLY, _GAP = 0.75, 14.0


@dataclass(frozen=True)
class Attendance:
    """One workbook.

    Attributes
    ----------
    sessions : DataFrame
        session (number), group, date, nth (of that group's day), slot (morning, midday,
        afternoon, evening), status (held, cancelled), minutes, leader, present (clients who were
        there), expected (clients with a mark), sheet, column.
    attendance : DataFrame
        session, person, status (attended, left_early, excused, no_show), minutes, sheet, row.
    memberships : DataFrame
        group, person, from_date, to_date (missing while it lasts), primary.
    people : DataFrame
        person, group, start, end, therapist as they stand, sheet, row: one row a row of a person.
    counts : Counts
        Of marks.
    notes : tuple of str
        How the workbook was understood, and what is odd in it, without a value of a person.
    """

    sessions: pd.DataFrame = field(repr=False)
    attendance: pd.DataFrame = field(repr=False)
    memberships: pd.DataFrame = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    counts: Counts
    notes: tuple[str, ...]


def read_attendance(path: Path, detail: Mapping[str, str]) -> Attendance:
    """Read an attendance workbook.

    Parameters
    ----------
    path : Path
        xlsx, xlsm, or a csv of one sheet.
    detail : mapping
        Words of `DETAILS`, and codes with one of `MEANINGS`, such as U=no_show.

    Raises
    ------
    StudyError
        If there is no row of dates with marks below it, the order or the year of dates is open, a
        mark is not known, stands without a person or contradicts another; every one is listed.
    """
    shown = path.name
    words, own = sorted_out(detail, DETAILS, MEANINGS, shown)
    refuse_words(words, shown)
    sheets, hidden = read_sheets(path, shown)
    sheets = chosen(sheets, words.get("sheets", ""), shown)
    notes = [f"A hidden sheet was not read ({len(hidden)} in all)."] if hidden else []
    codes = codes_of(sheets, {plain(code): meaning for code, meaning in own.items()}, words)
    found = blocks_of(sheets, codes, words, notes)
    codes = told_apart(found, codes, own, words, notes)
    rows = [
        (block, read_rows(block, codes, words.get("subheadings") == "group")) for block in found
    ]
    if not any(row.people or row.nameless for _, row in rows):
        expected = "a sheet with people down, dates across, and marks between them"
        remedy = "Write the dates into one row above the marks, one column a session."
        raise unreadable(shown, expected, "none", remedy)
    cells, problems = cells_of(rows, words, path.stem, shown)
    problems += [one for block, row in rows for one in row_problems(block, row, shown)]
    if problems:
        raise StudyError(problems)
    return _tables(cells, rows, words, shown, notes)


def looks_like_attendance(rows: Sequence[Sequence[Any]]) -> str:
    """Return why a sheet looks like an attendance sheet, empty where it does not.

    Parameters
    ----------
    rows : sequence of sequence
        The cells of a sheet, None where empty.
    """
    sheet = Sheet("", rows)
    codes = Codes(DEFAULTS | legend(rows), "minutes")
    blocks = find_blocks(sheet, lambda cell: codes.read(cell) is not None, {})
    width = max((len(one.columns) for one in blocks), default=0)
    return f"{width} columns are dates with marks of attendance below them" if width > 1 else ""


def _tables(
    cells: list[Cell],
    rows: Sequence[tuple[Block, Rows]],
    words: Mapping[str, str],
    shown: str,
    notes: list[str],
) -> Attendance:
    sessions = sessions_of(cells)
    early = float(words.get("early", _EARLY))
    attendance, aside, problems = attendance_of(cells, sessions, early, shown)
    if problems:
        raise StudyError(problems)
    there = attendance[attendance["status"].isin([ATTENDED, LEFT_EARLY])]
    sessions["present"] = sessions["session"].map(there["session"].value_counts()).fillna(0)
    sessions["expected"] = sessions["session"].map(attendance["session"].value_counts()).fillna(0)
    sessions = sessions.astype({"present": "Int64", "expected": "Int64"})
    memberships = memberships_of(sessions, attendance, float(words.get("gap", _GAP)))
    empty = sum(
        len(block.columns) - len({n for one in found.people for n in one.marks})
        for block, found in rows
    )
    if empty:
        notes.append(f"{empty} dates have no mark: no session, neither held nor cancelled.")
    if unmarked := sum(len(found.unmarked) for _, found in rows):
        notes.append(f"{unmarked} rows have no mark: sub-headings, or people who never came.")
    if others := sum(len(found.others) for _, found in rows):
        notes.append(f"{others} rows are totals, legends or remarks.")
    counts = Counts("marks", len(cells), len(attendance), aside)
    people = _people(rows, cells)
    return Attendance(sessions, attendance, memberships, people, counts, tuple(notes))


def _people(rows: Sequence[tuple[Block, Rows]], cells: Sequence[Cell]) -> pd.DataFrame:
    groups = {(one.sheet, one.row): one.group for one in cells}
    return pd.DataFrame(
        [
            {
                "person": one.text,
                "group": groups.get((block.sheet.name, one.row)),
                **{
                    what: block.sheet.cell(one.row - 1, block.named[what])
                    if what in block.named
                    else None
                    for what in ("start", "end", "therapist")
                },
                "sheet": block.sheet.name,
                "row": one.row,
            }
            for block, found in rows
            for one in found.people
            if one.text
        ],
        columns=["person", "group", "start", "end", "therapist", "sheet", "row"],
    )
