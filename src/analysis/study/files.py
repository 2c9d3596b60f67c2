"""One file as it stands (csv, tsv, parquet, xlsx, sav, dta), indexed by its line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.study.problems import Problem, StudyError

# Text that stands for an empty cell.
MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "NULL", "null"})

_RESTORE = "Export the file again and compare its size with the original's."
_AS_CSV = "Save the file as csv with commas, in UTF-8."


def read_file(path: Path, table: str, shown: str) -> pd.DataFrame:
    """Read one file without interpreting it.

    Parameters
    ----------
    path : Path
        The file; its ending says its format.
    table : str
        Canonical table that it stands for; chooses the sheet of a workbook that has one so named.
    shown : str
        The path as the user wrote it, for messages.

    Returns
    -------
    pandas.DataFrame
        Columns as the file names them; from text files every value is text. The index holds the
        line numbers (in binary formats as if the header stood on line 1). Missing values are
        `None` or NaN. `attrs["labels"]` maps columns of sav and dta files to their value labels.

    Raises
    ------
    StudyError
        If the file is missing, empty, truncated, broken, in another encoding or format.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        expected = f"a file that ends in {', '.join(READERS)}"
        raise _error(shown, expected, "another ending", "Save the table in one of these formats.")
    if not path.is_file():
        remedy = "Correct the path under `tables`, or leave the table out of the config."
        raise _error(shown, "a file", "no such file", remedy)
    if path.stat().st_size == 0:
        raise _error(shown, "a table with a header", "an empty file", _RESTORE)
    frame = reader(path, table, shown)
    if frame.empty:
        raise _error(shown, "at least one row below the header", "no rows", _RESTORE)
    _refuse_ambiguous_names(frame, shown)
    return frame


def _error(
    shown: str, expected: str, found: str, remedy: str, rows: tuple[int, ...] = (), column: str = ""
) -> StudyError:
    return StudyError([Problem(shown, column, rows, expected, found, remedy)])


def _refuse_ambiguous_names(frame: pd.DataFrame, shown: str) -> None:
    names = [str(one) for one in frame.columns]
    if any(not one.strip() for one in names):
        raise _error(shown, "a name for every column", "a column without a name", "Name it.", (1,))
    for name in names:
        if names.count(name) > 1:
            remedy = "Rename or remove one of them."
            raise _error(shown, "one column of a name", "the name twice", remedy, (1,), name)


def _text(path: Path, shown: str) -> str:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _error(shown, "text in UTF-8", "text in UTF-16", _AS_CSV)
    if b"\x00" in raw:
        remedy = "Give the file the ending of its format, or save it as csv."
        raise _error(shown, "text", "a binary file", remedy)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        found = "text in another encoding, such as Windows-1252"
        raise _error(shown, "text in UTF-8", found, _AS_CSV, (row,)) from None


def _read_delimited(delimiter: str) -> Callable[[Path, str, str], pd.DataFrame]:
    def read(path: Path, table: str, shown: str) -> pd.DataFrame:
        reader = csv.reader(
            io.StringIO(_text(path, shown), newline=""), delimiter=delimiter, strict=True
        )
        lines, records, before = [], [], 0
        try:
            for record in reader:
                if record:
                    lines.append(before + 1)
                    records.append(record)
                before = reader.line_num
        except csv.Error:
            found = "a quotation mark that is not closed or stands inside a value"
            rows = (before + 1,)
            raise _error(shown, "values between whole quotes", found, _RESTORE, rows) from None
        if not records:
            raise _error(shown, "a table with a header", "an empty file", _RESTORE)
        _refuse_ragged(records, lines, shown)
        return _frame(records, lines, delimiter, shown)

    return read


def _refuse_ragged(records: list[list[str]], lines: list[int], shown: str) -> None:
    width = len(records[0])
    short = tuple(n for n, one in zip(lines, records, strict=True) if len(one) < width)
    long = tuple(n for n, one in zip(lines, records, strict=True) if len(one) > width)
    problems = []
    if short:
        last = short[-1] == lines[-1]
        found = "a truncated file: the last row has fewer values" if last else "fewer values"
        expected = "as many values in a row as the header has"
        problems.append(Problem(shown, "", short, expected, found, _RESTORE))
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
        raise _error(shown, f"columns separated by {named}", found, _AS_CSV, (1,))
    clean = [[_cell(one) for one in values] for values in zip(*records[1:], strict=True)]
    frame = pd.DataFrame(dict(enumerate(clean)), index=lines[1:], dtype=object)
    return frame.set_axis(header, axis=1) if clean else pd.DataFrame(columns=header)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Clean the cells of a binary format and count its rows as if the header stood on line 1."""
    frame = frame.rename(columns=lambda one: str(one).strip())
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    for name in frame.select_dtypes("object").columns.unique():
        frame[name] = frame[name].map(_cell)
    return frame.dropna(how="all")


def _cell(value: object) -> object:
    """Return a cell without spaces around its text; None where the text says missing."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if text in MISSING else text


# A damaged file makes its parser fail in any way, so the three readers below catch any failure.


def _read_parquet(path: Path, table: str, shown: str) -> pd.DataFrame:
    try:
        return _numbered(pd.read_parquet(path).reset_index(drop=True))
    except Exception:
        found = "a truncated file, or another format"
        raise _error(shown, "a whole parquet file", found, _RESTORE) from None


def _read_workbook(path: Path, table: str, shown: str) -> pd.DataFrame:
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            sheet = table if table in book.sheet_names else 0
            cells = book.parse(sheet, header=None, dtype=object, keep_default_na=False)
    except Exception:
        found = "a truncated file, or another format"
        raise _error(shown, "a whole xlsx workbook", found, _RESTORE) from None
    if cells.empty:
        raise _error(shown, "a table with a header", "an empty sheet", _RESTORE)
    frame = cells.iloc[1:].set_axis(cells.iloc[0].astype(str).tolist(), axis=1)
    return _numbered(frame)


def _read_statistical(path: Path, table: str, shown: str) -> pd.DataFrame:
    import pyreadstat

    read = pyreadstat.read_sav if path.suffix.lower() == ".sav" else pyreadstat.read_dta
    try:
        frame, meta = read(str(path))
    except Exception:
        found = "a truncated file, or another format"
        raise _error(shown, f"a whole {path.suffix} file", found, _RESTORE) from None
    frame = _numbered(frame)
    frame.attrs["labels"] = dict(meta.variable_value_labels)
    return frame


READERS: dict[str, Callable[[Path, str, str], pd.DataFrame]] = {
    ".csv": _read_delimited(","),
    ".tsv": _read_delimited("\t"),
    ".parquet": _read_parquet,
    ".xlsx": _read_workbook,
    ".sav": _read_statistical,
    ".dta": _read_statistical,
}
