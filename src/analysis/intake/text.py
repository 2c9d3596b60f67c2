"""Separated text in whatever encoding and with whatever separator it was exported."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pandas as pd

from analysis.study import limits
from analysis.study.problems import RESTORE, unreadable

SEPARATORS = ",;\t|^"
LOOKED_AT = 50  # rows, to find the heading
_STARTS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_IMPORT_ID = '{"ImportId"'  # the third row of a Qualtrics export


def open_text(path: Path, shown: str) -> tuple[list[str], Callable[[list[str]], pd.DataFrame]]:
    """Return a text file's columns, and what reads some of them as text.

    Raises
    ------
    StudyError
        If the file is empty, no text or larger than `limits` allow.
    """
    if path.stat().st_size > limits.FILE_BYTES:
        raise limits.too_large(shown, "a file", "a larger file")
    encoding = encoding_of(path, shown)
    with path.open(encoding=encoding, newline="") as file:
        lines = [line[: limits.RECORD_CHARACTERS] for line in islice(file, LOOKED_AT)]
    separator = separator_of(lines)
    rows = list(csv.reader(lines, delimiter=separator))
    before, names = _heading(rows, shown)
    skipped = _second_headings(rows[before + 1 :])

    def load(wanted: list[str]) -> pd.DataFrame:
        frame = _read(path, encoding, separator, before, names, wanted, shown)
        frame.index = pd.RangeIndex(before + 2, before + 2 + len(frame))
        return frame.iloc[skipped:]

    return names, load


def encoding_of(path: Path, shown: str) -> str:
    """Return the encoding of a text file: as its first bytes say, UTF-8, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(4096)
        for mark, name in _STARTS.items():
            if start.startswith(mark):
                return name
        if not start.strip():
            raise unreadable(shown, "a table with a heading", "an empty file", RESTORE)
        if b"\x00" in start:
            raise unreadable(shown, "text", "a binary file", "Export it as csv.")
    try:
        with path.open(encoding="utf-8") as text:
            while text.read(2**20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def separator_of(lines: list[str]) -> str:
    """Return the separator that gives most rows one width, of several columns."""

    def fit(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        except csv.Error:  # a long row that this separator does not cut
            return 0, 0
        width, rows = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]))
        return (rows, width) if width > 1 else (0, 0)

    return max(SEPARATORS, key=fit)


def _heading(rows: list[list[str]], shown: str) -> tuple[int, list[str]]:
    """Return the place of the heading, below whatever title there is, and the columns' names."""
    widths = Counter(len(row) for row in rows if row)
    width = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]))[0]
    for place, row in enumerate(rows):
        if len(row) == width and sum(bool(one.strip()) for one in row) > 0.7 * width:
            return place, [one.strip() for one in row]
    raise unreadable(shown, "a row of headings", "none", "Name every column in one row.")


def _second_headings(rows: list[list[str]]) -> int:
    for place, row in enumerate(rows[:3]):
        if any(one.startswith(_IMPORT_ID) for one in row):
            return place + 1
    return 0


def _read(
    path: Path,
    encoding: str,
    separator: str,
    before: int,
    names: list[str],
    wanted: list[str],
    shown: str,
) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv as arrow

    unnamed = [one or f" {place}" for place, one in enumerate(names)]
    odd: list[int] = []

    def ragged(row: arrow.InvalidRow) -> str:
        odd.append(row.number or 0)
        return "skip"

    try:
        table = arrow.read_csv(
            path,
            arrow.ReadOptions(
                encoding="utf-8" if encoding == "utf-8-sig" else encoding,
                column_names=unnamed,
                skip_rows=before + 1,
            ),
            arrow.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=ragged
            ),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(unnamed, pa.string()),
                include_columns=wanted or unnamed[:1],
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError):
        raise unreadable(shown, "a whole text table", "a damaged one", RESTORE) from None
    if odd:
        expected, found = "as many values in a row as the heading has", "more or fewer"
        rows = tuple(one + before + 1 for one in odd if one)
        raise unreadable(shown, expected, f"{found}, in {len(odd)} rows", RESTORE, rows)
    as_text = {pa.string(): pd.StringDtype("pyarrow")}
    return pd.DataFrame(table.to_pandas(types_mapper=as_text.get))
