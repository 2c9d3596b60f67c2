"""Every mark of a workbook with its person, group, date and length."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from analysis.intake.attendance_blocks import Block
from analysis.intake.attendance_codes import MEANINGS
from analysis.intake.attendance_dates import order_of, period, resolve
from analysis.intake.attendance_groups import (
    group_of,
    leader_of,
    length_of,
    name_of,
    sections_are_groups,
    title_of,
    titled,
)
from analysis.intake.attendance_marks import Cell
from analysis.intake.attendance_rows import Person, Rows
from analysis.intake.dates import ORDERS
from analysis.study.problems import Problem

# Words of a heading or a group's name -> the dictionary's time of day.
_SLOTS = {
    "morning": r"\b(?:am|a\.m|morning)\b",
    "midday": r"\b(?:noon|midday)\b",
    "afternoon": r"\b(?:pm|p\.m|afternoon)\b",
    "evening": r"\b(?:eve|evening|night)\b",
}


def cells_of(
    rows: Sequence[tuple[Block, Rows]], words: Mapping[str, str], stem: str, shown: str
) -> tuple[list[Cell], list[Problem]]:
    """Return every mark with its group, date and length."""
    year = int(words["year"]) if "year" in words else period(stem).year
    order = ORDERS.get(words.get("order", "")) or order_of(
        ((block.headings, block.periods) for block, _ in rows), year
    )
    if order is None:
        expected = "dates that show whether the day or the month comes first"
        remedy = "Say it in the map's detail: order=day first, or order=month first."
        return [], [Problem(shown, "dates", (), expected, "dates that fit both", remedy)]
    sections = sections_are_groups(rows, words.get("subheadings", ""))
    cells: list[Cell] = []
    problems: list[Problem] = []
    apart = titled(block for block, _ in rows)
    last: dict[str, date | None] = {}  # of the sheets before, by group
    for block, found in rows:
        name = title_of(block) if block.sheet.name in apart else name_of(block, stem)
        days = resolve(block.headings, block.periods, order, year, last.get(name))
        used = {n for one in found.people for n in one.marks}
        if lacking := [n for n in used if days[n] is None]:
            place, remedy = (
                f"{block.sheet.shown}, dates",
                "Write years into the dates, or year=YEAR.",
            )
            what = f"{len(lacking)} without a year, or that no calendar has"
            at = (block.row + 1,)
            problems.append(Problem(shown, place, at, "dates with a year", what, remedy))
            continue
        last[name] = max((day for day in days if day), default=None)
        given = words.get("group", "") if "group" not in block.named else ""
        for one in found.people:
            group = group_of(block, one, sections, given or name)
            cells += _of_person(block, found, one, group, days, words)
    return cells, problems


def _of_person(
    block: Block,
    found: Rows,
    one: Person,
    group: str,
    days: Sequence[date | None],
    words: Mapping[str, str],
) -> list[Cell]:
    usual = length_of(block, group, words)
    leader = leader_of(block)
    cells = []
    for n, mark in one.marks.items():
        day = days[n]
        raw = block.sheet.cell(block.row, block.columns[n])
        cells.append(
            Cell(
                group=group,
                date=day or date.min,
                nth=days[: n + 1].count(day),
                slot=_slot(str(raw)) or _slot(group),
                person=one.text,
                mark=mark,
                minutes=found.minutes.get(n, usual),
                leader=found.staff.get(n, leader),
                sheet=block.sheet.name,
                shown=block.sheet.shown,
                row=one.row,
                column=block.columns[n] + 1,
            )
        )
    return cells


def _slot(text: str) -> str:
    """Return the time of day that a text names, empty where it names none."""
    folded = text.casefold()
    return next((slot for slot, words in _SLOTS.items() if re.search(words, folded)), "")


def row_problems(block: Block, rows: Rows, shown: str) -> list[Problem]:
    """Return what is wrong with the rows of a block: unknown marks, marks without a person."""
    problems = []
    if rows.unknown:
        at = tuple(sorted({row for row, _ in rows.unknown}))
        expected = "a mark that is known, or that a legend or the map explains"
        found = f"{len(rows.unknown)} cells with another"
        remedy = f"Say in the map's detail what it means: CODE={' or '.join(MEANINGS)}."
        problems.append(Problem(shown, block.sheet.shown, at, expected, found, remedy))
    if rows.nameless:
        expected, found = "a person on every row with marks", "marks without one"
        remedy = "Write the identifier into each row, or name its column: id=HEADING."
        at = tuple(rows.nameless)
        problems.append(Problem(shown, block.sheet.shown, at, expected, found, remedy))
    return problems
