"""The canonical tables on disk: one parquet file a table, the same bytes for the same tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pyarrow import parquet

from analysis.study.dictionary import dictionary

Tables = dict[str, pd.DataFrame]


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write every table to `folder`/<table>.parquet and remove those that are not given.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Canonical tables, as `reading.read_study` gives them.
    folder : Path
        Made if it is not there.

    Returns
    -------
    list of Path
        The files written, in the dictionary's order.

    Raises
    ------
    KeyError
        If a table is not in the dictionary.
    """
    unknown = sorted(set(tables) - set(dictionary()))
    if unknown:
        raise KeyError(f"not in the dictionary: {', '.join(unknown)}")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in dictionary():
        path = folder / f"{name}.parquet"
        if name in tables:
            tables[name].to_parquet(path, index=False, engine="pyarrow", compression="zstd")
            written.append(path)
        else:
            path.unlink(missing_ok=True)
    return written


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read what `write_tables` wrote: the same tables, dtypes and order.

    Raises
    ------
    FileNotFoundError
        If the folder does not hold the episodes table, which every study has.
    """
    if not (folder / "episodes.parquet").is_file():
        raise FileNotFoundError(f"no canonical tables in {folder}")
    return {
        name: read_frame(folder / f"{name}.parquet")
        for name in dictionary()
        if (folder / f"{name}.parquet").is_file()
    }


def read_frame(path: Path | str) -> pd.DataFrame:
    """Read a table that a step wrote, in this thread alone.

    Arrow's pool of threads can outlive the interpreter: on a busy machine a step that had done its
    work ended by an abort now and then (github.com/apache/arrow, issues 34314 and 50482).
    """
    table = parquet.read_table(path, use_threads=False)
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame
