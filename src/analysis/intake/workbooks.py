"""One sheet of a workbook as a plain table: the heading found below titles, cells as shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.study import limits
from analysis.study.binary import open_workbook
from analysis.study.problems import RESTORE, StudyError, nearest, unreadable

LOOKED_AT = 30  # rows, to find the heading


def open_sheet(
    path: Path, sheet: str, shown: str
) -> tuple[list[str], Callable[[list[str]], pd.DataFrame]]:
    """Return a sheet's columns, and what gives some of them as text; without a name the first.

    Raises
    ------
    StudyError
        If the workbook is damaged or a bomb, or has no such sheet, or the sheet has no heading.
    """
    rows = sheet_rows(path, sheet, shown)
    width = max(map(len, rows[:LOOKED_AT]), default=0)
    place = next((at for at, row in enumerate(rows[:LOOKED_AT]) if _is_heading(row, width)), None)
    if place is None:
        raise unreadable(shown, "a row of headings", "none", "Name every column in one row.")
    names = [(cell_text(one) or "").strip() for one in rows[place]]
    below = rows[place + 1 :]
    index = pd.RangeIndex(place + 2, place + 2 + len(below))

    def load(wanted: list[str]) -> pd.DataFrame:
        places = {name: names.index(name) for name in wanted}
        columns = {
            name: [cell_text(row[at]) if at < len(row) else None for row in below]
            for name, at in places.items()
        }
        frame = pd.DataFrame(columns, index=index, dtype="string")
        return frame[[any(cell is not None for cell in row) for row in below]]

    return names, load


def _is_heading(row: list[Any], width: int) -> bool:
    filled = [one for one in row if one is not None]
    wide = len(filled) > 0.7 * width
    return bool(filled) and wide and all(isinstance(one, str) for one in filled)


def sheet_names(path: Path, shown: str) -> list[str]:
    """Return the names of a workbook's sheets, hidden ones included."""
    book = opened(path, shown)
    try:
        return [one.title for one in book.worksheets]
    finally:
        book.close()


def sheet_rows(path: Path, sheet: str, shown: str, formulas: bool = False) -> list[list[Any]]:
    """Return a sheet's cells, row by row, without the empty ones at the ends.

    With `formulas` a formula comes as its own text, that begins with "=", never as its value.
    """
    book = opened(path, shown, formulas)
    try:
        titles = [one.title for one in book.worksheets]
        if sheet and sheet not in titles:
            remedy = f"{nearest(sheet, titles)}Write the sheet's name after #."
            raise unreadable(shown, "a sheet of the workbook", "no such sheet", remedy)
        found = book[sheet] if sheet else book.worksheets[0]
        found.reset_dimensions()
        rows: list[list[Any]] = []
        last = 0
        for cells in found.iter_rows(values_only=True):
            row = list(cells)
            while row and row[-1] in (None, ""):
                row.pop()
            rows.append(row)
            if row:
                last = len(rows)
                limits.refuse_shape(last, len(row), shown)
            elif len(rows) > limits.SHEET_ROWS:
                raise limits.too_large(shown, "rows of a table", "more")
        return rows[:last]
    except StudyError:
        raise
    except Exception:
        raise unreadable(shown, "a whole workbook", "a damaged one", RESTORE) from None
    finally:
        book.close()


def opened(path: Path, shown: str, formulas: bool = False) -> Any:
    """Return a workbook whose cells are read one by one; nothing in it is run or followed.

    Raises
    ------
    StudyError
        If it is damaged, of another format, locked by a password or a bomb.
    """
    try:
        return open_workbook(path, shown, formulas=formulas)
    except StudyError:
        raise
    except Exception:
        expected = "a whole xlsx workbook without a password"
        raise unreadable(shown, expected, "a damaged file, or another format", RESTORE) from None


def cell_text(value: Any) -> str | None:
    """Return a cell as text: whole numbers without a point, dates as 2026-05-12."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
