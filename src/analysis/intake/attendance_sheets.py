"""The sheets of a workbook as plain cells: what they showed when it was saved, and nothing run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.intake.records import read_rows
from analysis.intake.workbooks import opened
from analysis.study import limits
from analysis.study.problems import RESTORE, StudyError, unreadable

TEXT = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)\Z")

Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    name : str
        As its tab shows it; of a text file its name without the ending.
    rows : sequence of sequence
        Cells, None where empty; row 1 comes first.
    number : int
        Its place among those that a person sees, from 1.
    """

    name: str = field(repr=False)
    rows: Cells = field(repr=False)
    number: int = 1

    @property
    def shown(self) -> str:
        """The sheet for messages: its name may be a client's."""
        return f"sheet {self.number}"

    def cell(self, row: int, column: int) -> Any:
        """Return a cell by its places from 0; None beyond the sheet."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if 0 <= column < len(cells) else None


def read_sheets(path: Path, shown: str) -> tuple[list[Sheet], list[str]]:
    """Return the sheets that a person sees, and the names of hidden ones, which are not read.

    Raises
    ------
    StudyError
        If the file is damaged, of another format, locked by a password, or passes a limit.
    """
    ending = path.suffix.lower()
    if ending in TEXT:
        lines = dict(read_rows(path, shown))
        rows = [[clean(one) for one in lines.get(line, [])] for line in range(1, max(lines) + 1)]
        return [Sheet(path.stem, rows)], []
    if ending not in WORKBOOKS:
        expected = "a workbook that ends in xlsx or xlsm, or a csv of one sheet"
        raise unreadable(shown, expected, "another ending", "Save it as xlsx.")
    book = opened(path, shown)
    try:
        seen = [one for one in book.worksheets if one.sheet_state == "visible"]
        hidden = [one.title for one in book.worksheets if one.sheet_state != "visible"]
        read = [Sheet(one.title, _cells(one, shown), n) for n, one in enumerate(seen, 1)]
        return read, hidden
    except StudyError:
        raise
    except Exception:  # a damaged sheet makes its parser fail in any way
        raise unreadable(shown, "a whole workbook", "a damaged one", RESTORE) from None
    finally:
        book.close()


def _cells(sheet: Any, shown: str) -> list[list[Any]]:
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    rows: list[list[Any]] = []
    last = 0
    for values in sheet.iter_rows(values_only=True):
        row = [clean(one) for one in values]
        while row and row[-1] is None:
            row.pop()
        rows.append(row)
        if row:
            last = len(rows)
            limits.refuse_shape(last, len(row), shown)
        elif len(rows) > limits.SHEET_ROWS:
            raise limits.too_large(shown, "rows of a table", "more")
    return rows[:last]


def clean(value: Any) -> Any:
    """Return a cell without spaces around its text, whole numbers as such, errors as missing."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return None if not text or _ERROR.match(text) else text
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
