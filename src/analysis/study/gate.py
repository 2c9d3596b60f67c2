"""The first gate: no calendar date and no direct identifier comes past it, whatever the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.study.identifiers import (
    COMPACT_DATE,
    CONTENTS,
    DATE,
    FREE_TEXT_LENGTH,
    LARGEST_DAY,
    NAMES,
    OLDEST_AGE,
    SHORT_DOTTED_DATE,
    WHOLE_NAMES,
    WORTH_A_LOOK,
    YEAR_AND_MONTH,
)
from analysis.study.problems import Problem

_NO_DATES = "Give days since the episode's start instead, or remove the column."
_NO_IDENTIFIERS = "Remove the column from the file; use a pseudonym that cannot be traced."


class _Column:
    """The values that are there in one column; each different text is looked at once."""

    def __init__(self, values: pd.Series) -> None:
        self.name = str(values.name)
        self.values = values.dropna()

    @cached_property
    def is_date(self) -> bool:
        dtype = self.values.dtype
        return pd.api.types.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype)

    @cached_property
    def is_number(self) -> bool:
        return pd.api.types.is_numeric_dtype(self.values.dtype)

    @cached_property
    def _texts(self) -> tuple[np.ndarray, list[str]]:
        codes, texts = pd.factorize(self.values.map(str))
        return codes, list(texts)

    @cached_property
    def _worth_a_look(self) -> list[int]:
        return [place for place, one in enumerate(self._texts[1]) if WORTH_A_LOOK.search(one)]

    def rows_where(self, test: Callable[[str], object]) -> tuple[int, ...]:
        """Return the rows of the texts that might identify and that the test says yes to."""
        codes, texts = self._texts
        chosen = [place for place in self._worth_a_look if test(texts[place])]
        return tuple(self.values.index[np.isin(codes, chosen)]) if chosen else ()


def refuse_identifying(
    frame: pd.DataFrame, shown: str, day_columns: Collection[str] = ()
) -> list[Problem]:
    """Return what may not come in: calendar dates and direct identifiers, in any column.

    Parameters
    ----------
    frame : pandas.DataFrame
        A file as `files.read_file` gives it; the index holds line numbers.
    shown : str
        The file's path, for messages.
    day_columns : collection of str
        Columns of the file in which day offsets belong; numbers that can only be dates are
        refused there too.

    Returns
    -------
    list of Problem
        At most one a column; empty if the file may come in.
    """
    found = []
    for name in frame.columns:
        column = _Column(frame[name])
        problem = (
            _refused_name(column.name, shown)
            or _refused_dates(column, shown, name in day_columns)
            or _refused_ages(column, shown)
            or _refused_contents(column, shown)
        )
        if problem:
            found.append(problem)
    return found


def _words(name: str) -> str:
    split = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return "_" + re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_") + "_"


def _refused_name(column: str, shown: str) -> Problem | None:
    words = _words(column)
    kind = WHOLE_NAMES.get(words.strip("_"))
    for one, names in NAMES.items():
        if any(f"_{name}_" in words for name in names.split()):
            kind = one
    if kind is None:
        return None
    found = f"a column whose name says {kind}"
    return Problem(shown, column, (), "no direct identifiers", found, _NO_IDENTIFIERS)


def _refused_dates(column: _Column, shown: str, is_day: bool) -> Problem | None:
    is_day = is_day or re.search("_(date|datetime|timestamp)_", _words(column.name)) is not None
    rows = _date_rows(column, is_day)
    if not rows:
        return None
    found = "a calendar date where a day offset belongs" if is_day else "calendar dates"
    return Problem(shown, column.name, rows, "no calendar dates", found, _NO_DATES)


def _date_rows(column: _Column, is_day: bool) -> tuple[int, ...]:
    if column.is_date:
        return tuple(column.values.index)
    if not column.is_number:
        rows = column.rows_where(DATE.search)
        if rows:
            return rows
    if is_day:
        numbers = pd.to_numeric(column.values, errors="coerce").astype("float64")
        return tuple(numbers.index[numbers.abs() > LARGEST_DAY])
    if column.is_number:
        return _compact_date_rows(column.values)
    for form in (COMPACT_DATE, SHORT_DOTTED_DATE, YEAR_AND_MONTH):
        rows = column.rows_where(form.search)
        if rows and len(rows) == len(column.values):
            return rows
    return ()


def _compact_date_rows(values: pd.Series) -> tuple[int, ...]:
    numbers = values.astype("float64")
    year, month, day = numbers // 10_000, numbers // 100 % 100, numbers % 100
    compact = year.between(1900, 2099) & month.between(1, 12) & day.between(1, 31)
    return tuple(values.index) if len(values) and compact.all() else ()


def _refused_ages(column: _Column, shown: str) -> Problem | None:
    if "_age_" not in _words(column.name):
        return None
    ages = pd.to_numeric(column.values, errors="coerce").astype("float64")
    rows = tuple(ages.index[ages > OLDEST_AGE + 1])
    if not rows:
        return None
    remedy = f"Write {OLDEST_AGE + 1} for everyone above {OLDEST_AGE}, or use age bands."
    expected = f"ages up to {OLDEST_AGE}, {OLDEST_AGE + 1} standing for all above"
    return Problem(shown, column.name, rows, expected, "ages that single out a person", remedy)


def _refused_contents(column: _Column, shown: str) -> Problem | None:
    if column.is_number or column.is_date:
        return None
    for kind, pattern in CONTENTS.items():
        rows = column.rows_where(pattern.search)
        if rows:
            return Problem(shown, column.name, rows, "no direct identifiers", kind, _NO_IDENTIFIERS)
    rows = column.rows_where(lambda one: len(one) > FREE_TEXT_LENGTH and " " in one)
    if rows:
        expected = f"codes or words of at most {FREE_TEXT_LENGTH} characters"
        return Problem(shown, column.name, rows, expected, "free text", _NO_IDENTIFIERS)
    return None
