"""The rows of a block: who they are, and which are totals, sub-headings, legends or remarks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from analysis.intake.attendance_blocks import Block
from analysis.intake.attendance_codes import (
    ATTENDED,
    CANCELLED,
    LEFT_EARLY,
    Codes,
    Mark,
    duration,
    is_pair,
    plain,
)

_TOTAL = re.compile(
    r"(?:grand |sub ?-?)?totals?\b|sum\b|count\b|#|number (?:of|present)|no\.? (?:of|present)"
    r"|present$|attended$|attendance$|absent$|average|avg|mean\b|%|percent"
    r"|summe|gesamt|anzahl|somme|suma\b|totale?s?\b",
    re.I,
)
_LENGTH = re.compile(r"(?:session )?(?:minutes|length|duration|mins?|dauer|durée|minuten)\b", re.I)
_STAFF = re.compile(r"leaders?\b|facilitators?\b|led by|staff\b|clinicians?\b|leitung", re.I)
_REMARK = re.compile(r"^\W|\bcont(?:inued|'d|\.)|\bnew\b|cohort", re.I)
_SECTION = re.compile(r"\b(?:group|grp|track|gruppe|groupe|grupo|am|pm)\b", re.I)
_ABOUT = re.compile(r"topics?\b|dates?\b|days?\b|weekday|notes?\b|time\b|room\b|week\b|theme", re.I)


@dataclass(frozen=True, repr=False)
class Person:
    """One row of a person.

    Attributes
    ----------
    row : int
        Row number of the sheet, from 1.
    text : str
        The identifier as it stands.
    section : str
        The sub-heading above.
    marks : dict of int to Mark
        Place of the date in the block to its mark.
    """

    row: int
    text: str
    section: str
    marks: dict[int, Mark]


@dataclass(frozen=True, repr=False)
class Rows:
    """What the rows of a block are.

    Attributes
    ----------
    people : list of Person
        Rows that have a mark.
    minutes : dict of int to float
        Length of the session of a date, from a row that says it.
    staff : dict of int to str
        Who led the session of a date.
    unmarked : list of int
        Row numbers that have an identifier, or a sub-heading, and no mark.
    others : list of int
        Row numbers of totals, legends and remarks.
    nameless : list of int
        Row numbers with marks and without a person.
    unknown : list of (int, int)
        Row number and column place of cells that are no known mark.
    """

    people: list[Person] = field(default_factory=list)
    minutes: dict[int, float] = field(default_factory=dict)
    staff: dict[int, str] = field(default_factory=dict)
    unmarked: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)
    unknown: list[tuple[int, int]] = field(default_factory=list)


def read_rows(block: Block, codes: Codes, sections: bool = False) -> Rows:
    """Return what each row of a block is.

    With `sections` a name without marks is a sub-heading even where people go by their names.
    """
    found = Rows()
    usual = _usual_shape(block, codes)
    section = ""
    for place in range(block.row + 1, block.end):
        cells = {n: block.sheet.cell(place, column) for n, column in enumerate(block.columns)}
        cells = {n: cell for n, cell in cells.items() if cell is not None}
        who = block.sheet.cell(place, block.named["id"]) if "id" in block.named else None
        label = _label(block, place)
        marks = {n: mark for n, cell in cells.items() if (mark := codes.read(cell))}
        text = "" if who is None else str(who)
        if not cells:
            if text:
                found.unmarked.append(place + 1)
                is_name = sections or _shape(text) != usual or bool(_SECTION.search(text))
                section = text if is_name and not _REMARK.search(text) else section
        elif _is_legend(block, place) or _is_about(label, cells, block, found):
            found.others.append(place + 1)
        elif not text and marks and all(one.meaning == CANCELLED for one in marks.values()):
            found.people.append(Person(place + 1, "", section, marks))  # a remark: no group
        elif not text:
            texts = any(isinstance(cell, str) and not cell.isdecimal() for cell in cells.values())
            (found.nameless if marks and texts else found.others).append(place + 1)
        elif (
            _shape(text) != usual and (plain(text) in codes.meanings or len(marks) * 2 < len(cells))
        ) or _is_count(text, usual, cells, found.people):
            found.others.append(place + 1)
        else:
            found.people.append(Person(place + 1, text, section, marks))
            found.unknown.extend((place + 1, block.columns[n]) for n in cells if n not in marks)
    return found


def _label(block: Block, place: int) -> str:
    cells = (block.sheet.cell(place, column) for column in range(block.columns[0]))
    return next((one for one in cells if isinstance(one, str)), "")


def _is_legend(block: Block, place: int) -> bool:
    return is_pair([one for one in block.sheet.rows[place] if one is not None])


def _is_about(label: str, cells: dict[int, Any], block: Block, found: Rows) -> bool:
    """Return whether a row is about the dates, not a person; keep lengths and leaders."""
    if _LENGTH.match(label):
        for n, cell in cells.items():
            is_number = isinstance(cell, int | float)
            length = float(cell) if is_number else duration(str(cell))
            if length:
                found.minutes[n] = length
        return True
    if _STAFF.match(label):
        found.staff.update({n: str(cell) for n, cell in cells.items()})
        return True
    return bool(_TOTAL.match(label) or _ABOUT.match(label))


def _is_count(text: str, usual: str, cells: dict[int, Any], people: list[Person]) -> bool:
    """Return whether a row counts those above: numbers, of another shape of name or as many."""
    if not all(isinstance(cell, int | float) or str(cell).isdecimal() for cell in cells.values()):
        return False
    if _shape(text) != usual:
        return True
    there = Counter(
        n
        for one in people
        for n, mark in one.marks.items()
        if mark.meaning in (ATTENDED, LEFT_EARLY)
    )
    same = sum(float(cell) == there[n] for n, cell in cells.items())
    return usual == "words" and len(cells) > 2 and same * 5 >= len(cells) * 4


def _usual_shape(block: Block, codes: Codes) -> str:
    """Return how most identifiers look that have a mark on their row."""
    shapes: Counter[str] = Counter()
    if "id" not in block.named:
        return ""
    for place in range(block.row + 1, block.end):
        who = block.sheet.cell(place, block.named["id"])
        cells = (block.sheet.cell(place, column) for column in block.columns)
        if who is not None and _any_mark(cells, codes) and not _is_legend(block, place):
            shapes[_shape(str(who))] += 1
    return shapes.most_common(1)[0][0] if shapes else ""


def _any_mark(cells: Iterable[Any], codes: Codes) -> bool:
    return any(cell is not None and codes.read(cell) is not None for cell in cells)


def _shape(text: str) -> str:
    return "digits" if re.search(r"\d", text) else "words"
