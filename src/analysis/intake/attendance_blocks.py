"""Where on a sheet the people and the dates are: found by dates that have marks below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from analysis.intake.attendance_dates import Heading, Period, heading, period
from analysis.intake.attendance_sheets import Sheet

_DEEP = 4  # filled cells below a heading that are looked at
_FEWEST_DAYS = 3  # bare days of a month that make a row of headings
_MID_MONTH = 15
_COLUMNS = {
    "id": (
        r"\b(?:ids?|mrn|id ?(?:no|nr|number)|kennung|matricule|record|chart|case)\b",
        r"\b(?:client|patient|participant|member|number|nummer|name|person|code|nom|nombre)",
    ),
    "group": (r"^(?:group|grp|gruppe|groupe|grupo|track)\b",),
    "start": (r"admi[ts]|intake|^start|joined|enrol|eintritt|aufnahme",),
    "end": (r"discharge|^d/?c\b|^end|exit|last day|austritt|entlass",),
    "therapist": (r"therap|counsel|clinician|provider|primary",),
}


@dataclass(frozen=True)
class Block:
    """People down, dates across.

    Attributes
    ----------
    sheet : Sheet
        Where it stands.
    row, end : int
        Places (from 0) of the headings, and of the first row behind the block.
    columns : tuple of int
        Places of the columns that are dates.
    headings : tuple of Heading
        Their dates, as they stand.
    periods : tuple of Period
        Month and year that stand above each of them.
    titles : tuple of str
        Texts above and left of the dates.
    named : dict of str to int
        Which column holds what else: id, group, start, end, therapist.
    """

    sheet: Sheet
    row: int
    end: int
    columns: tuple[int, ...]
    headings: tuple[Heading, ...]
    periods: tuple[Period, ...]
    titles: tuple[str, ...] = field(repr=False)
    named: dict[str, int]


def find_blocks(sheet: Sheet, is_mark: Callable[[Any], bool], given: dict[str, str]) -> list[Block]:
    """Return the blocks of a sheet, from above; none where it is no attendance sheet.

    Parameters
    ----------
    sheet : Sheet
        Any sheet.
    is_mark : callable
        Whether a cell may be a mark.
    given : dict of str to str
        Headings of columns that the map names: id, group, start, end, therapist.
    """
    rows = [
        (place, heads)
        for place, cells in enumerate(sheet.rows)
        if (heads := _heads(cells)) and _marked(sheet, place, heads, is_mark)
    ]
    counted = {place: _marked(sheet, place, heads, is_mark) for place, heads in rows}
    least = min(2, max(counted.values(), default=0))
    starts = [
        (place, heads)
        for place, heads in rows
        if counted[place] >= least and counted[place] >= counted.get(_next(sheet, place), 0)
    ]
    blocks = []
    for number, (place, heads) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(sheet.rows)
        top = _below(sheet, *starts[number - 1], place) if number else 0
        blocks.append(_block(sheet, top, place, end, heads, given))
    return [one for one in blocks if all(_has_month(a, b) for a, b in _pairs(one))]


def _below(sheet: Sheet, start: int, heads: dict[int, Heading], end: int) -> int:
    """Return the row behind the last one that has a mark in the block above."""
    filled = (
        row
        for row in range(end - 1, start, -1)
        if any(sheet.cell(row, column) is not None for column in heads)
    )
    return next(filled, start) + 1


def _next(sheet: Sheet, place: int) -> int:
    """Return the next row that is not empty: below months may stand days."""
    filled = (row for row in range(place + 1, len(sheet.rows)) if any(sheet.rows[row]))
    return next(filled, -1)


def _pairs(block: Block) -> Iterable[tuple[Heading, Period]]:
    return zip(block.headings, block.periods, strict=True)


def _has_month(one: Heading, above: Period) -> bool:
    return one.kind != "day" or above.month is not None


def _heads(cells: Iterable[Any]) -> dict[int, Heading]:
    """Return the cells of a row that are dates: whole ones, or days of a month that run forward."""
    found = {place: one for place, cell in enumerate(cells) if (one := heading(cell))}
    whole = {place: one for place, one in found.items() if one.kind != "day"}
    if whole:
        return whole
    days = [one.parts[0] for one in found.values()]
    forward = all(a <= b or b < _MID_MONTH <= a for a, b in pairwise(days))
    return found if forward and len(set(days)) >= _FEWEST_DAYS else {}


def _marked(
    sheet: Sheet, place: int, heads: dict[int, Heading], is_mark: Callable[[Any], bool]
) -> int:
    """Return how many dates of a row have marks, and no further dates, next below them."""
    count = 0
    for column, one in heads.items():
        below: list[Any] = []
        for row in range(place + 1, len(sheet.rows)):
            if (cell := sheet.cell(row, column)) is not None:
                below.append(cell)
                if len(below) == _DEEP:
                    break
        if not below:
            continue
        first = heading(below[0])
        is_date = first is not None and first.kind != "day" and one.kind != "day"
        count += not is_date and any(map(is_mark, below))
    return count


def _block(
    sheet: Sheet, top: int, place: int, end: int, heads: dict[int, Heading], given: dict[str, str]
) -> Block:
    columns = tuple(sorted(heads))
    above = [sheet.rows[row] for row in range(top, place)]
    left = [cell for cells in above for cell in cells[: columns[0]] if cell is not None]
    titles = tuple(one for one in left if isinstance(one, str))
    fallback = [*map(period, titles), period(sheet.name)]
    periods = tuple(
        _joined([*(_above(sheet, top, place, columns[0], column)), *fallback]) for column in columns
    )
    headings = tuple(heads[column] for column in columns)
    others = [one for one in range(columns[0])] or [
        one for one in range(columns[-1] + 1, max(map(len, sheet.rows)))
    ]
    named = _named(sheet, place, end, others, given)
    return Block(sheet, place, end, columns, headings, periods, titles, named)


def _above(sheet: Sheet, top: int, place: int, first: int, column: int) -> Iterable[Period]:
    """Yield what stands above a column, a merged cell reaching to the next one on its right."""
    for row in range(place - 1, top - 1, -1):
        for at in range(column, first - 1, -1):
            if (cell := sheet.cell(row, at)) is not None:
                yield period(cell)
                break


def _joined(periods: Iterable[Period]) -> Period:
    """Return the nearest month and the nearest year; a year of another month does not count."""
    year = month = None
    for one in periods:
        if one.month and not month:
            month = one.month
            year = year or one.year
        elif one.year and not year and (not one.month or one.month == month):
            year = one.year
    return Period(year, month)


def _named(
    sheet: Sheet, place: int, end: int, columns: list[int], given: dict[str, str]
) -> dict[str, int]:
    """Return which columns hold the person, the group and so on, by heading, then by content."""
    texts = {one: _title(sheet, place, one) for one in columns}
    named: dict[str, int] = {}
    for what, patterns in _COLUMNS.items():
        exact = [one for one, text in texts.items() if what in given and text == given[what]]
        found = exact or [
            one
            for pattern in patterns
            for one, text in texts.items()
            if re.search(pattern, text.casefold()) and one not in named.values()
        ]
        if found:
            named[what] = found[0]
    if "id" not in named and columns:
        free = [one for one in columns if one not in named.values()] or columns
        named["id"] = max(free, key=lambda one: (len(_contents(sheet, place, end, one)), -one))
    return named


def _title(sheet: Sheet, place: int, column: int) -> str:
    for row in (place, place - 1, place + 1):
        if isinstance(cell := sheet.cell(row, column), str):
            return cell
    return ""


def _contents(sheet: Sheet, place: int, end: int, column: int) -> set[str]:
    """Return the different texts of a column; a mere count of rows is none."""
    cells = [sheet.cell(row, column) for row in range(place + 1, end)]
    known = [one for one in cells if one is not None and heading_free(one)]
    return set() if known[:3] == [1, 2, 3] else {str(one) for one in known}


def heading_free(cell: Any) -> bool:
    """Return whether a cell is no whole date."""
    one = heading(cell)
    return one is None or one.kind == "day"
