"""How a workbook is understood: by the map's words, its legends, and all of its marks together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from analysis.intake.attendance_blocks import Block, find_blocks
from analysis.intake.attendance_codes import ATTENDED, DEFAULTS, Codes, legend, numbers_mean, plain
from analysis.intake.attendance_rows import read_rows
from analysis.intake.attendance_sheets import Sheet
from analysis.intake.dates import ORDERS
from analysis.intake.details import listed
from analysis.study.problems import Problem, StudyError, nearest

DETAILS = {
    "id": "heading of the column that says who",
    "group": "name of the group of all sheets, or heading of the column that says it",
    "start": "heading of the column with the first day in the program",
    "end": "heading of the column with the last day",
    "therapist": "heading of the column with the client's therapist",
    "minutes": "length of a session",
    "minutes ": "length of a session of one sheet or group: minutes SHEET",
    "numbers": "what a bare number is: minutes, hours, or attended (1 yes, 0 no)",
    "early": "share of the session's minutes below which a number means: left early (0.75)",
    "order": "day first or month first",
    "year": "year of the first date, where no date has one",
    "gap": "days without a mark, while the group met, that end a membership (14)",
    "subheadings": "group: sub-headings are groups; none: they are not",
    "sheets": "the sheets to read, with commas between; all that are visible where left out",
}


def refuse_words(words: Mapping[str, str], shown: str) -> None:
    """Raise StudyError where a word of the map has a right side that it cannot have."""
    allowed = {
        "order": tuple(ORDERS),
        "numbers": ("minutes", "hours", "attended"),
        "subheadings": ("group", "none"),
    }
    problems = [
        Problem(shown, f"detail {word}", (), " or ".join(known), "something else", "Correct it.")
        for word, known in allowed.items()
        if word in words and words[word] not in known
    ]
    for word, text in words.items():
        is_number = word.startswith("minutes") or word in ("early", "year", "gap")
        if is_number and not re.fullmatch(r"\d+(?:\.\d+)?", text):
            place, found = f"detail {word}", "something else"
            problems.append(Problem(shown, place, (), "a number", found, "Correct it."))
    if problems:
        raise StudyError(problems)


def codes_of(sheets: Sequence[Sheet], own: dict[str, str], words: Mapping[str, str]) -> Codes:
    """Return a workbook's codes: the usual ones, its legends, the map's; the last one counts."""
    legends: dict[str, str] = {}
    for sheet in sheets:
        legends |= legend(sheet.rows)
    return Codes(DEFAULTS | legends | own, words.get("numbers", "minutes"))


def chosen(sheets: Sequence[Sheet], text: str, shown: str) -> list[Sheet]:
    """Return the sheets that the map names: one name, or several with commas between.

    Raises
    ------
    StudyError
        If one is not there, or hidden.
    """
    known = [one.name for one in sheets]
    wanted = [text] if text in known or not text else listed(text)
    problems = [
        Problem(
            shown,
            "detail sheets",
            (),
            "a sheet that a person sees",
            "no such sheet",
            f"{nearest(one, known)}Correct it.",
        )
        for one in wanted
        if one and one not in known
    ]
    if problems:
        raise StudyError(problems)
    return [one for one in sheets if not text or one.name in wanted]


def blocks_of(
    sheets: Sequence[Sheet], codes: Codes, words: Mapping[str, str], notes: list[str]
) -> list[Block]:
    """Return every block of people and dates; a sheet without one is noted."""
    blocks: list[Block] = []
    for sheet in sheets:
        own = find_blocks(sheet, lambda cell: codes.read(cell) is not None, dict(words))
        if not own:
            notes.append(f"{sheet.shown.capitalize()} has no row of dates with marks: not read.")
        blocks += own
    return blocks


def told_apart(
    blocks: Sequence[Block],
    codes: Codes,
    own: Mapping[str, str],
    words: Mapping[str, str],
    notes: list[str],
) -> Codes:
    """Return the codes after what only all marks together tell: bare numbers, and what X means."""
    rows = [(block, one.row - 1) for block in blocks for one in read_rows(block, codes).people]
    cells = (block.sheet.cell(row, column) for block, row in rows for column in block.columns)
    marks = [cell for cell in cells if cell is not None]
    numbers = words.get("numbers") or numbers_mean(marks)
    if numbers != "minutes" and any(isinstance(one, int | float) for one in marks):
        notes.append(f"Bare numbers are read as {numbers}.")
    meanings = dict(codes.meanings)
    seen = Counter(plain(one) for one in marks if isinstance(one, str))
    there = sum(number for code, number in seen.items() if meanings.get(code) == ATTENDED)
    legends = legend(row for block in blocks for row in block.sheet.rows)
    if seen["x"] and not there and "x" not in {*map(plain, own), *legends} and numbers != "minutes":
        meanings["x"] = ATTENDED
        notes.append("No other mark says that a client was there: X is read as attended.")
    return Codes(meanings, numbers)
