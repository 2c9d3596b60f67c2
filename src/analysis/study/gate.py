"""The first gate: no calendar date and no direct identifier comes past it, whatever the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.study import column_names, dates
from analysis.study.identifiers import (
    CONTENTS,
    FREE_TEXT_LENGTH,
    LONGEST_CELL,
    OLD_AGE,
    is_free_text,
    is_network_6,
    listed,
    normal,
)
from analysis.study.numbered import numbers_of_people
from analysis.study.personal_names import SHAPE, is_name
from analysis.study.problems import Problem

# Ages above it are identifiers of their own.
OLDEST_AGE = 89
_NO_DATES = "Give days since the episode's start instead, or remove the column."
_NO_IDENTIFIERS = (
    "Remove the column from the file; use a pseudonym that cannot be traced. "
    "If it identifies nobody, say why under `not_identifying` in the study's config."
)
# Ids, which no form below can match where their letters are no word of identifiers.yaml.
_ID = re.compile(r"([A-Za-z]{0,12})[-_]?\d{1,8}[a-z]?")
# Paris 75011, 75011 Paris; Cleveland, Ohio
_POST_CODE = re.compile(r"(?:\d{4,5} )?([^\W\d_]+)(?: \d{4,5}|, [A-Za-z .]{2,20})?")
_OLD_BAND = re.compile(r"^\D{0,2}(?:9[1-9]|1[01]\d)\b|^\D{0,2}90 ?(?:-|to) ?\d")
_AGE = frozenset(["age", "ages", "alter", "edad", "eta", "idade", "leeftijd", "alder"])
_NOT_YEARS = frozenset(["months", "month", "days", "day", "weeks", "week", "hours"])
_NAMES = "names of people"
_MOST_ROWS_ALIKE = 0.7  # entropy of a column of free text, of the largest that its rows could have
_FEWEST_TEXTS = 10


class _Column:
    """The values that are there in one column; each different text is looked at once."""

    def __init__(self, values: pd.Series) -> None:
        self.values = values.dropna()
        self.words = frozenset(column_names.split(str(values.name)))

    @cached_property
    def is_date(self) -> bool:
        dtype = self.values.dtype
        return pd.api.types.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype)

    @cached_property
    def is_number(self) -> bool:
        dtype = self.values.dtype
        return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)

    @cached_property
    def _codes_and_texts(self) -> tuple[np.ndarray, list[str]]:
        codes, texts = pd.factorize(self.values.map(_as_text))
        return codes, list(texts)

    @cached_property
    def texts(self) -> list[str]:
        """The different texts, in plain letters; those too long for any form are empty here."""
        return ["" if len(one) > LONGEST_CELL else normal(one) for one in self.as_written]

    @property
    def as_written(self) -> list[str]:
        return self._codes_and_texts[1]

    @cached_property
    def looked_at(self) -> list[int]:
        return [place for place, one in enumerate(self.texts) if not _is_id(one)]

    @cached_property
    def numbers(self) -> pd.Series:
        """Every value as a number; missing where it is none."""
        short = self.rows_at(
            place for place, one in enumerate(self.as_written) if len(one) <= LONGEST_CELL
        )
        values = self.values if self.is_number else self.values.loc[list(short)]
        return pd.to_numeric(values, errors="coerce").astype("float64").dropna()

    def rows_at(self, places: Iterator[int] | Collection[int]) -> tuple[int, ...]:
        """Return the rows of some of the different texts."""
        chosen = list(places)
        return tuple(self.values.index[np.isin(self._codes_and_texts[0], chosen)]) if chosen else ()

    def rows_where(self, test: Callable[[str], object]) -> tuple[int, ...]:
        """Return the rows of the texts that might identify and that the test says yes to."""
        return self.rows_at([place for place in self.looked_at if test(self.texts[place])])


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
    for place, name in enumerate(map(str, frame.columns), start=1):
        column = _Column(frame.iloc[:, place - 1].rename(name))
        problem = (
            _refused_name(name, shown, place)
            or _refused_dates(column, name, shown, name in day_columns)
            or _refused_ages(column, name, shown)
            or _refused_contents(column, name, shown)
        )
        if problem:
            found.append(problem)
    return found


def _is_id(text: str) -> bool:
    """Return whether a text is one figure with at most a few letters that mean nothing here."""
    found = _ID.fullmatch(text)
    return found is not None and found[1].lower() not in column_names.vocabulary()


def _as_text(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _refused_name(name: str, shown: str, place: int) -> Problem | None:
    expected = "no direct identifiers"
    kind = column_names.kind_of(name)
    if kind:
        found = f"a column whose name says {kind}"
        return Problem(shown, name, (), expected, found, _NO_IDENTIFIERS)
    written = normal(name[:LONGEST_CELL])
    forms = {"calendar dates": dates.DATE, **CONTENTS}
    for kind in ("calendar dates", "e-mail addresses", "phone numbers"):
        if forms[kind].search(written):
            found = f"a column whose name holds {kind}"
            return Problem(shown, f"column {place}", (), expected, found, _NO_IDENTIFIERS)
    return None


def _refused_dates(column: _Column, name: str, shown: str, is_day: bool) -> Problem | None:
    is_day = is_day or bool(column.words & {"date", "datetime", "timestamp"})
    rows = _date_rows(column, is_day)
    if not rows:
        return None
    found = "a calendar date where a day offset belongs" if is_day else "calendar dates"
    return Problem(shown, name, rows, "no calendar dates", found, _NO_DATES)


def _date_rows(column: _Column, is_day: bool) -> tuple[int, ...]:
    if column.is_date:
        return tuple(column.values.index)
    if not column.is_number:
        rows = column.rows_where(dates.DATE.search)
        if rows:
            return rows
    if is_day:
        return tuple(column.numbers.index[column.numbers.abs() > dates.LARGEST_DAY])
    if column.is_number:
        whole = dates.are_compact_dates(column.numbers) or dates.are_date_numbers(
            column.numbers, column.words
        )
        return tuple(column.numbers.index) if whole else ()
    return _rows_of_shared_forms(column)


def _rows_of_shared_forms(column: _Column) -> tuple[int, ...]:
    """Return the rows that hold a figure, if every one of them has a form that dates share."""
    figures = [place for place, one in enumerate(column.texts) if re.search(r"\d", one)]
    if not figures:
        return ()
    held = [column.texts[place] for place in figures]
    if any(all(form.search(one) for one in held) for form in dates.SHARED_FORMS):
        return column.rows_at(figures)
    if all(map(dates.is_numeral, held)):
        numbers = pd.Series([float(one) for one in held])
        if dates.are_date_numbers(numbers, column.words):
            return column.rows_at(figures)
    return ()


def _refused_ages(column: _Column, name: str, shown: str) -> Problem | None:
    rows = column.rows_where(OLD_AGE.search)
    if column.words & _AGE and not column.words & _NOT_YEARS:
        old = tuple(column.numbers.index[column.numbers > OLDEST_AGE + 1])
        rows = tuple(sorted({*rows, *old, *column.rows_where(_is_old_band)}))
    if not rows:
        return None
    remedy = f"Write {OLDEST_AGE + 1} for everyone above {OLDEST_AGE}, or use age bands."
    expected = f"ages up to {OLDEST_AGE}, {OLDEST_AGE + 1} standing for all above"
    return Problem(shown, name, rows, expected, "ages that single out a person", remedy)


def _is_old_band(text: str) -> bool:
    return bool(_OLD_BAND.search(text))


def _refused_contents(column: _Column, name: str, shown: str) -> Problem | None:
    if column.is_date:
        return None
    for kind, rows in _kinds(column):
        if rows:
            expected = "no direct identifiers"
            if kind == "free text":
                expected = f"codes or words of at most {FREE_TEXT_LENGTH} characters"
            return Problem(shown, name, rows, expected, kind, _NO_IDENTIFIERS)
    return None


def _kinds(column: _Column) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield each kind of identifier with the rows that hold it."""
    for kind, places in numbers_of_people(column.texts):
        yield kind, column.rows_at(places)
    if column.is_number:
        return
    for kind, test in _TESTS.items():
        yield kind, column.rows_where(test)
    written = column.as_written
    named = (one for one in column.looked_at if is_name(written[one], column.texts[one]))
    yield _NAMES, column.rows_at(named)
    yield _NAMES, _rows_shaped_like_names(column)
    long = [place for place, one in enumerate(written) if len(one) > LONGEST_CELL]
    yield "free text", column.rows_at(long)
    yield "free text", column.rows_where(is_free_text)
    yield "free text", _rows_that_all_differ(column)


def _is_place(text: str) -> bool:
    if CONTENTS["small places"].search(text) or "+".join(text.lower().split()) in listed("places"):
        return True
    beside_code = _POST_CODE.fullmatch(text)
    return beside_code is not None and any(
        one.lower() in listed("places") for one in beside_code.groups() if one
    )


def _is_network(text: str) -> bool:
    return bool(CONTENTS["network addresses"].search(text)) or is_network_6(text)


_TESTS: Mapping[str, Callable[[str], object]] = {
    **{kind: form.search for kind, form in CONTENTS.items()},
    "small places": _is_place,
    "network addresses": _is_network,
}


def _rows_shaped_like_names(column: _Column) -> tuple[int, ...]:
    """Return the rows of a column whose texts are two words with capitals that hardly recur."""
    texts = [column.as_written[place] for place in column.looked_at]
    shaped = [one.split() for one in texts if len(one) <= FREE_TEXT_LENGTH and SHAPE.match(one)]
    shaped = [one for one in shaped if all(word[0].isupper() for word in one)]
    if len(shaped) < max(_FEWEST_TEXTS, 0.8 * len(texts)):
        return ()
    different = min(len({one[end] for one in shaped}) for end in (0, -1))
    return column.rows_at(column.looked_at) if different >= 0.7 * len(shaped) else ()


def _rows_that_all_differ(column: _Column) -> tuple[int, ...]:
    """Return the rows of a column of several words each, where hardly two say the same.

    The entropy of the column's texts is held against the largest that its rows could have
    (Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x).
    """
    codes = column._codes_and_texts[0]
    worded = [
        place
        for place, one in enumerate(column.texts)
        if one.count(" ") > 1 and len(re.findall(r"[a-z]{2,}", one.lower())) >= 3
    ]
    if len(worded) < _FEWEST_TEXTS or len(worded) < 0.5 * len(column.texts):
        return ()
    shares = np.bincount(codes) / len(codes)
    entropy = -(shares * np.log2(shares)).sum() / np.log2(len(codes))
    return column.rows_at(worded) if entropy >= _MOST_ROWS_ALIKE else ()
