"""One file as it stands (csv, tsv, parquet, xlsx, sav, dta), indexed by its line numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.study import limits
from analysis.study.binary import read_parquet, read_statistical, read_workbook
from analysis.study.cells import refuse_long
from analysis.study.delimited import read_delimited
from analysis.study.problems import RESTORE, unreadable
from analysis.study.safekeeping import is_readable

# A table in which a whole study may have no row: nobody had an event.
MAY_BE_EMPTY = {"events"}


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
        If the file is missing, empty, truncated, broken, in another encoding or format, or passes
        a limit of `limits`.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        expected = f"a file that ends in {', '.join(READERS)}"
        remedy = "Save the table in one of these formats."
        raise unreadable(shown, expected, "another ending", remedy)
    if not is_readable(path):
        remedy = "Correct the path under `tables`, or leave the table out of the config."
        raise unreadable(shown, "a file that may be read", "no such file", remedy)
    if path.stat().st_size == 0:
        raise unreadable(shown, "a table with a header", "an empty file", RESTORE)
    if path.stat().st_size > limits.FILE_BYTES:
        raise limits.too_large(shown, "a file", "a larger file")
    frame = reader(path, table, shown)
    if frame.empty and table not in MAY_BE_EMPTY:
        raise unreadable(shown, "at least one row below the header", "no rows", RESTORE)
    refuse_long(frame, shown)
    _refuse_ambiguous_names(frame, shown)
    return frame


def _refuse_ambiguous_names(frame: pd.DataFrame, shown: str) -> None:
    names = [str(one) for one in frame.columns]
    if any(not one.strip() for one in names):
        found = "a column without a name"
        raise unreadable(shown, "a name for every column", found, "Name it.", (1,))
    for name in names:
        if names.count(name) > 1:
            remedy = "Rename or remove one of them."
            raise unreadable(shown, "one column of a name", "the name twice", remedy, (1,), name)


READERS: dict[str, Callable[[Path, str, str], pd.DataFrame]] = {
    ".csv": read_delimited(","),
    ".tsv": read_delimited("\t"),
    ".parquet": read_parquet,
    ".xlsx": read_workbook,
    ".sav": read_statistical,
    ".dta": read_statistical,
}
