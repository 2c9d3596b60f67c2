"""Files in binary formats (parquet, xlsx, sav, dta), measured before they are read whole.

A damaged file makes its parser fail in any way, so the readers here catch any failure.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.study import limits
from analysis.study.cells import clean, refuse_long
from analysis.study.problems import RESTORE, StudyError, unreadable

_DAMAGED = "a truncated file, or another format"


def read_parquet(path: Path, table: str, shown: str) -> pd.DataFrame:
    """Read a parquet file; see `files.read_file`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_metadata(path)
        limits.refuse_shape(found.num_rows, found.num_columns, shown)
        names = pq.read_schema(path).names
        # As a dictionary each different text is there once, however often a short file repeats it.
        held = pq.read_table(path, read_dictionary=names)
        for place, name in enumerate(held.column_names):
            column = held.column(place)
            if pa.types.is_dictionary(column.type):
                for chunk in column.chunks:
                    refuse_long(pd.DataFrame({name: chunk.dictionary.to_pandas()}), shown)
                held = held.set_column(place, name, column.cast(column.type.value_type))
        return _numbered(held.to_pandas().reset_index(drop=True))
    except StudyError:
        raise
    except Exception:
        raise unreadable(shown, "a whole parquet file", _DAMAGED, RESTORE) from None


def read_workbook(path: Path, table: str, shown: str) -> pd.DataFrame:
    """Read a sheet of an xlsx workbook: the one called `table`, else the first."""
    try:
        rows = _sheet(path, table, shown)
    except StudyError:
        raise
    except Exception:
        raise unreadable(shown, "a whole xlsx workbook", _DAMAGED, RESTORE) from None
    if not rows:
        raise unreadable(shown, "a table with a header", "an empty sheet", RESTORE)
    width = max(map(len, rows))
    header = ["" if one is None else str(one) for one in rows[0]]
    names = [*header, *[""] * (width - len(header))]
    whole = [[*one, *[None] * (width - len(one))] for one in rows[1:]]
    cells = dict(enumerate(zip(*whole, strict=True))) if whole else {}
    frame = pd.DataFrame(cells, columns=range(width), dtype=object)
    return _numbered(frame.set_axis(names, axis=1))


def open_workbook(path: Path, shown: str, *, formulas: bool = False) -> Any:
    """Open a workbook once its unpacked size is known; nothing in it is run or followed.

    With `formulas` a formula comes as its own text, else as the value that was saved.

    Raises
    ------
    StudyError
        If it unpacks to more than the limits allow. What is damaged fails as openpyxl or zipfile
        do.
    """
    import openpyxl

    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(one.file_size for one in members)
    limits.refuse_archive(path.stat().st_size, unpacked, len(members), shown)
    return openpyxl.load_workbook(path, read_only=True, data_only=not formulas, keep_links=False)


def _sheet(path: Path, table: str, shown: str) -> list[list[Any]]:
    """Return the sheet's rows without the empty cells and rows at their ends."""
    book = open_workbook(path, shown)
    try:
        sheet = book[table] if table in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size may be wrong
        rows: list[list[Any]] = []
        width = last = 0
        for cells in sheet.iter_rows():
            row = [_value(one) for one in cells]
            while row and row[-1] is None:
                row.pop()
            rows.append(row)
            if row:
                last, width = len(rows), max(width, len(row))
                limits.refuse_shape(last - 1, width, shown)
            elif len(rows) > limits.SHEET_ROWS:
                raise limits.too_large(shown, "rows of a table", "more")
        return rows[:last]
    finally:
        book.close()


def _value(cell: Any) -> Any:
    """Return a cell's value: whole numbers as such, errors of a formula as missing."""
    if cell.data_type == "e":
        return np.nan
    if cell.data_type == "n" and isinstance(cell.value, float) and cell.value.is_integer():
        return int(cell.value)
    return None if cell.value == "" else cell.value


def read_statistical(path: Path, table: str, shown: str) -> pd.DataFrame:
    """Read a sav or dta file, with its value labels in ``attrs["labels"]``."""
    import pyreadstat

    read = pyreadstat.read_sav if path.suffix.lower() == ".sav" else pyreadstat.read_dta
    try:
        _, head = read(str(path), metadataonly=True)
        limits.refuse_shape(head.number_rows or 0, head.number_columns or 0, shown)
        frame, meta = read(str(path), row_limit=limits.ROWS + 1)
        limits.refuse_shape(*frame.shape, shown)
    except StudyError:
        raise
    except Exception:
        raise unreadable(shown, f"a whole {path.suffix} file", _DAMAGED, RESTORE) from None
    frame = _numbered(frame)
    frame.attrs["labels"] = dict(meta.variable_value_labels)
    return frame


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Clean the cells of a binary format and count its rows as if the header stood on line 1."""
    frame = frame.rename(columns=lambda one: str(one).strip())
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    for name in frame.select_dtypes("object").columns.unique():
        frame[name] = frame[name].map(clean)
    return frame.dropna(how="all")
