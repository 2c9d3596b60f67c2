"""Text files read record by record: long values, names that come twice and many columns are legal.

For sources whose shape must be known before a column can be chosen; tables of one row a thing are
read by `text.open_text`, which reads chosen columns only.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from analysis.intake.text import LOOKED_AT, encoding_of, separator_of
from analysis.study import limits
from analysis.study.problems import RESTORE, Problem, StudyError, unreadable


@dataclass(frozen=True, repr=False)
class Records:
    """A text file's header and rows, every value as text, without spaces around it.

    Attributes
    ----------
    header : tuple of str
        Names as they stand; a name may come twice.
    rows : list of list of str
        As many values each as the header has names; rows without any value are left out.
    lines : list of int
        Line on which each row starts; the header stands on line 1.
    """

    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]


def read_records(path: Path, shown: str, most_columns: int = limits.SOURCE_COLUMNS) -> Records:
    """Read a text file whole, whatever its encoding and separator.

    Raises
    ------
    StudyError
        If a row has more or fewer values than the header, a quotation mark is not closed, the
        file is empty or no text, or a limit of `limits` is passed.
    """
    read = read_rows(path, shown, most_columns)
    header = [one.strip() for one in read[0][1]]
    while not header[-1]:
        header.pop()
    lines = [line for line, _ in read[1:]]
    rows = [[one.strip() for one in values] for _, values in read[1:]]
    return Records(tuple(header), _even(rows, lines, len(header), shown), lines)


def read_rows(
    path: Path, shown: str, most_columns: int = limits.SOURCE_COLUMNS
) -> list[tuple[int, list[str]]]:
    """Return a text file's rows that hold any value, each with the line it starts on.

    Raises
    ------
    StudyError
        As `read_records`; rows may differ in length.
    """
    if path.stat().st_size > limits.FILE_BYTES:
        raise limits.too_large(shown, "a file", "a larger file")
    try:
        with path.open(encoding=encoding_of(path, shown), newline="") as file:
            head = [line[: limits.RECORD_CHARACTERS] for line in islice(file, LOOKED_AT)]
        with path.open(encoding=encoding_of(path, shown), newline="") as file:
            read = list(_measured(file, separator_of(head), shown, most_columns))
    except UnicodeError:
        remedy = "Save the file as csv in UTF-8."
        raise unreadable(
            shown, "text in UTF-8 or Windows-1252", "another encoding", remedy
        ) from None
    if not read:
        raise unreadable(shown, "a table with a header", "an empty file", RESTORE)
    return read


def _measured(
    file: TextIO, separator: str, shown: str, most_columns: int
) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line it starts on; no row and no file is taken in unmeasured."""
    reader = csv.reader(_lines(file, shown), delimiter=separator, strict=True)
    line, cells, rows = 1, 0, 0
    try:
        for record in reader:
            if any(one.strip() for one in record):
                cells, rows = cells + len(record), rows + 1
                passed = {
                    "columns of a table": len(record) > most_columns,
                    "rows of a table": rows > limits.ROWS,
                    "rows times columns": cells > limits.CELLS,
                }
                for what in (one for one, is_passed in passed.items() if is_passed):
                    raise limits.too_large(shown, what, "more")
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        if "field larger than field limit" in str(error):
            what = "one row of a text file"
            raise limits.too_large(shown, what, "a longer value", (line,)) from None
        found = "a quotation mark that is not closed or stands inside a value"
        expected = "values between whole quotes"
        raise unreadable(shown, expected, found, RESTORE, (line,)) from None


def _lines(file: TextIO, shown: str) -> Iterator[str]:
    while line := file.readline(limits.RECORD_CHARACTERS + 1):
        if len(line) > limits.RECORD_CHARACTERS:
            raise limits.too_large(shown, "one row of a text file", "a longer row")
        if "\x00" in line:
            raise unreadable(shown, "text", "a binary file", "Export it as csv.")
        yield line


def _even(rows: list[list[str]], lines: list[int], width: int, shown: str) -> list[list[str]]:
    """Return the rows without empty values behind the header's last name; refuse ragged ones."""
    numbered = list(zip(lines, rows, strict=True))
    ragged = {
        "fewer values": (tuple(at for at, row in numbered if len(row) < width), RESTORE),
        "more values": (
            tuple(at for at, row in numbered if any(row[width:])),
            "Put text that holds the separator between quotes.",
        ),
    }
    expected = "as many values in a row as the header has"
    problems = [
        Problem(shown, "", at, expected, found, remedy)
        for found, (at, remedy) in ragged.items()
        if at
    ]
    if problems:
        raise StudyError(problems)
    return [row[:width] for row in rows]
