"""Text files with separated values, read row by row, so that no line is taken in unmeasured."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pandas as pd

from analysis.study import limits
from analysis.study.cells import clean
from analysis.study.problems import RESTORE, Problem, StudyError, unreadable

_AS_CSV = "Save the file as csv with commas, in UTF-8."
_NAMED_AS_TEXT = "Give the file the ending of its format, or save it as csv."


def read_delimited(delimiter: str) -> Callable[[Path, str, str], pd.DataFrame]:
    """Return the reader of files with this separator; see `files.read_file`."""

    def read(path: Path, table: str, shown: str) -> pd.DataFrame:
        with path.open("rb") as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise unreadable(shown, "text in UTF-8", "text in UTF-16", _AS_CSV)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                records, lines = _records(file, delimiter, shown)
        except UnicodeDecodeError:
            raise _no_text(path, shown) from None
        if not records:
            raise unreadable(shown, "a table with a header", "an empty file", RESTORE)
        _refuse_ragged(records, lines, shown)
        return _frame(records, lines, delimiter, shown)

    return read


class _Lines:
    """The file's lines; refuses a row that goes on and on, over however many lines."""

    def __init__(self, file: TextIO, shown: str) -> None:
        self.file, self.shown = file, shown
        self.before = self.row = 0  # characters and first line of the row being read

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(limits.RECORD_CHARACTERS + 1):
            self.before += len(line)
            if self.before > limits.RECORD_CHARACTERS:
                what, rows = "one row of a text file", (self.row + 1,)
                raise limits.too_large(self.shown, what, "a longer row", rows)
            if "\x00" in line:
                raise unreadable(self.shown, "text", "a binary file", _NAMED_AS_TEXT)
            yield line


def _records(file: TextIO, delimiter: str, shown: str) -> tuple[list[list[str]], list[int]]:
    source = _Lines(file, shown)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    try:
        for record in reader:
            if record:
                lines.append(source.row + 1)
                records.append(record)
                limits.refuse_shape(len(records) - 1, len(records[0]), shown)
            source.row, source.before = reader.line_num, 0
    except csv.Error as error:
        rows = (source.row + 1,)
        if "field larger than field limit" in str(error):
            what = "one value, or one column's name"
            raise limits.too_large(shown, what, "a longer value", rows) from None
        found = "a quotation mark that is not closed or stands inside a value"
        raise unreadable(shown, "values between whole quotes", found, RESTORE, rows) from None
    return records, lines


def _no_text(path: Path, shown: str) -> StudyError:
    raw = path.read_bytes()
    if b"\x00" in raw:
        return unreadable(shown, "text", "a binary file", _NAMED_AS_TEXT)
    try:
        raw.decode("utf-8-sig")
        row = 1
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
    found = "text in another encoding, such as Windows-1252"
    return unreadable(shown, "text in UTF-8", found, _AS_CSV, (row,))


def _refuse_ragged(records: list[list[str]], lines: list[int], shown: str) -> None:
    width = len(records[0])
    short = tuple(n for n, one in zip(lines, records, strict=True) if len(one) < width)
    long = tuple(n for n, one in zip(lines, records, strict=True) if len(one) > width)
    problems = []
    if short:
        last = short[-1] == lines[-1]
        found = "a truncated file: the last row has fewer values" if last else "fewer values"
        expected = "as many values in a row as the header has"
        problems.append(Problem(shown, "", short, expected, found, RESTORE))
    if long:
        remedy = "Put text that holds the separator between quotes."
        expected = "as many values in a row as the header has"
        problems.append(Problem(shown, "", long, expected, "more values", remedy))
    if problems:
        raise StudyError(problems)


def _frame(records: list[list[str]], lines: list[int], delimiter: str, shown: str) -> pd.DataFrame:
    header = [one.strip() for one in records[0]]
    others = {",": ";\t", "\t": ",;"}[delimiter]
    if len(header) == 1 and any(one in header[0] for one in others):
        named = {",": "commas", "\t": "tabs"}[delimiter]
        found = "columns separated by something else"
        raise unreadable(shown, f"columns separated by {named}", found, _AS_CSV, (1,))
    cells = [[clean(one) for one in values] for values in zip(*records[1:], strict=True)]
    frame = pd.DataFrame(dict(enumerate(cells)), index=lines[1:], dtype=object)
    return frame.set_axis(header, axis=1) if cells else pd.DataFrame(columns=header)
