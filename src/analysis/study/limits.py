"""How large a study's files may be: every limit, and the one way of saying that it is passed.

They lie far above any program's data and far below what a machine chokes on: what is larger is a
mistake or an attack, and is refused before it is read whole. docs/dictionary.md prints them.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.study.problems import Problem, StudyError

FILE_BYTES = 512 * 2**20
ROWS = 5_000_000
COLUMNS = 1_000
SOURCE_COLUMNS = 50_000  # of an export that is yet to be taken apart: REDCap has one a checkbox
CELLS = 50_000_000  # rows times columns
CELL_CHARACTERS = 1_000  # of one value or one column's name
RECORD_CHARACTERS = 1_000_000  # of one row of a text file, its line breaks between quotes included
# A workbook is a zip archive: what it unpacks to, in all and relative to its size on disk.
WORKBOOK_BYTES = 256 * 2**20
WORKBOOK_RATIO = 100
WORKBOOK_MEMBERS = 10_000
SHEET_ROWS = 2**20  # no sheet has more, empty ones included
YAML_BYTES = 250_000
YAML_VALUES = 20_000  # an alias counts with all that it stands for
YAML_DEPTH = 40
YAML_DIGITS = 30  # of one number
_ALWAYS_UNPACKED = 10 * 2**20  # so little may unpack from anything

IN_WORDS = {
    "a file": f"{FILE_BYTES // 2**20} MB",
    "rows of a table": f"{ROWS:,}",
    "columns of a table": f"{COLUMNS:,}",
    "rows times columns": f"{CELLS:,}",
    "one value, or one column's name": f"{CELL_CHARACTERS:,} characters",
    "one row of a text file": f"{RECORD_CHARACTERS:,} characters",
    "a workbook, unpacked": f"{WORKBOOK_BYTES // 2**20} MB, and {WORKBOOK_RATIO} times its size",
}

_SMALLER = "Export only the rows and columns that the dictionary names, or split the study."


def too_large(
    shown: str, what: str, found: str, rows: tuple[int, ...] = (), column: str = ""
) -> StudyError:
    """Return the error that a limit of `IN_WORDS` is passed; `found` never holds a value."""
    expected = f"{what}: at most {IN_WORDS[what]}"
    return StudyError([Problem(shown, column, rows, expected, found, _SMALLER)])


def refuse_shape(rows: int, columns: int, shown: str) -> None:
    """Raise StudyError where a table has more rows, columns or cells than the limits allow."""
    for what, number, most in (
        ("columns of a table", columns, COLUMNS),
        ("rows of a table", rows, ROWS),
        ("rows times columns", rows * columns, CELLS),
    ):
        if number > most:
            raise too_large(shown, what, "more")


def refuse_archive(packed: int, unpacked: int, members: int, shown: str) -> None:
    """Raise StudyError where a workbook's archive unpacks to more than the limits allow (bytes)."""
    dense = unpacked > max(_ALWAYS_UNPACKED, WORKBOOK_RATIO * packed)
    if unpacked > WORKBOOK_BYTES or dense or members > WORKBOOK_MEMBERS:
        raise too_large(shown, "a workbook, unpacked", "an archive that unpacks to more")


def in_words() -> Iterator[str]:
    """Yield the limits as lines of a list, for the dictionary's page."""
    for what, most in IN_WORDS.items():
        yield f"- {what}: at most {most}"
