"""The first gate: no calendar date and no direct identifier comes past it, whatever the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

import pandas as pd

from analysis.study import column_names, dates
from analysis.study.column_values import Column, rows_shaped_like_names, rows_that_all_differ
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
from analysis.study.personal_names import is_name
from analysis.study.problems import Problem

# Ages above it are identifiers of their own.
OLDEST_AGE = 89
_NO_DATES = "Give days since the episode's start instead, or remove the column."
_NO_IDENTIFIERS = (
    "Remove the column from the file; use a pseudonym that cannot be traced. "
    "If it identifies nobody, say why under `not_identifying` in the study's config."
)
# Paris 75011, 75011 Paris; Cleveland, Ohio
_POST_CODE = re.compile(r"(?:\d{4,5} )?([^\W\d_]+)(?: \d{4,5}|, [A-Za-z .]{2,20})?")
_OLD_BAND = re.compile(r"^\D{0,2}(?:9[1-9]|1[01]\d)\b|^\D{0,2}90 ?(?:-|to) ?\d")
_AGE = frozenset(["age", "ages", "alter", "edad", "eta", "idade", "leeftijd", "alder"])
_NOT_YEARS = frozenset(["months", "month", "days", "day", "weeks", "week", "hours"])
_NAMES = "names of people"


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
        column = Column(frame.iloc[:, place - 1].rename(name))
        problem = (
            _refused_name(name, shown, place)
            or _refused_dates(column, name, shown, name in day_columns)
            or _refused_ages(column, name, shown)
            or _refused_contents(column, name, shown)
        )
        if problem:
            found.append(problem)
    return found


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


def _refused_dates(column: Column, name: str, shown: str, is_day: bool) -> Problem | None:
    is_day = is_day or bool(column.words & {"date", "datetime", "timestamp"})
    rows = _date_rows(column, is_day)
    if not rows:
        return None
    found = "a calendar date where a day offset belongs" if is_day else "calendar dates"
    return Problem(shown, name, rows, "no calendar dates", found, _NO_DATES)


def _date_rows(column: Column, is_day: bool) -> tuple[int, ...]:
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


def _rows_of_shared_forms(column: Column) -> tuple[int, ...]:
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


def _refused_ages(column: Column, name: str, shown: str) -> Problem | None:
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


def _refused_contents(column: Column, name: str, shown: str) -> Problem | None:
    if column.is_date:
        return None
    for kind, rows in _kinds(column):
        if rows:
            expected = "no direct identifiers"
            if kind == "free text":
                expected = f"codes or words of at most {FREE_TEXT_LENGTH} characters"
            return Problem(shown, name, rows, expected, kind, _NO_IDENTIFIERS)
    return None


def _kinds(column: Column) -> Iterator[tuple[str, tuple[int, ...]]]:
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
    yield _NAMES, rows_shaped_like_names(column)
    long = [place for place, one in enumerate(written) if len(one) > LONGEST_CELL]
    yield "free text", column.rows_at(long)
    yield "free text", column.rows_where(is_free_text)
    yield "free text", rows_that_all_differ(column)


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
