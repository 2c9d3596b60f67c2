"""One cell as every reader gives it: trimmed text, None where it says missing, never too long."""

from __future__ import annotations

import numbers

import pandas as pd

from analysis.study import limits

# Text that stands for an empty cell.
MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "NULL", "null"})


def clean(value: object) -> object:
    """Return a cell without spaces around its text; None where the text says missing."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return None if text in MISSING else text


def refuse_long(frame: pd.DataFrame, shown: str) -> None:
    """Raise StudyError where a value, or a column's name, is longer than any code or word is."""
    if any(len(str(name)) > limits.CELL_CHARACTERS for name in frame.columns):
        raise limits.too_large(shown, "one value, or one column's name", "a longer name", (1,))
    for name in frame.select_dtypes(["object", "string"]).columns.unique():
        column = frame[name]
        if isinstance(column, pd.DataFrame):  # a name twice, which is refused in other words
            continue
        rows = tuple(column.index[column.map(_length) > limits.CELL_CHARACTERS])
        if rows:
            what, found = "one value, or one column's name", "longer values"
            raise limits.too_large(shown, what, found, rows, str(name))


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return 0 if value is None or isinstance(value, numbers.Number) else len(str(value))
