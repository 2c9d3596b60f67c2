"""Calendar dates and times of day as programs write them: text to dates, never by a guess.

The order of day and month is a fact of a file, not of a cell: it is read from all its dates, and
asked for where none of them shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

ORDERS = {"day first": "DM", "month first": "MD"}
# A spreadsheet's serial numbers of the years 1954 to 2119, counted from 30 December 1899.
SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?\Z")
SERIAL_ORIGIN = np.datetime64("1899-12-30")

_TAIL = r"(?:[t ,]+\d.*)?\Z"  # a time of day
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TAIL}")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)\Z")
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d\d){_TAIL}")
_DAY_NAMED = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]+([a-z]{{3,9}})\.?[-/., ]+(\d{{4}}|\d\d){_TAIL}"
)
_MONTH_NAMED = re.compile(
    rf"([a-z]{{3,9}})\.?[-/. ]+(\d{{1,2}})(?:st|nd|rd|th)?[-/., ]+(\d{{4}}|\d\d){_TAIL}"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +")
_TIME = re.compile(
    r"(?:.*[T ])?(\d{1,2})[:.h](\d\d)(?::\d\d(?:\.\d+)?)?\s*([ap])?\.?(?:m\.?)?\Z", re.I
)


def each(values: pd.Series, turn: Callable[[str], Any]) -> list[Any]:
    """Return what `turn` makes of every value, each different one being turned once; None stays."""
    codes, different = pd.factorize(values)
    turned = [turn(str(one)) for one in different]
    return [None if code < 0 else turned[code] for code in codes]


def orders(values: Iterable[pd.Series]) -> set[str]:
    """Return which orders of day and month all dates of a file allow: "DM", "MD", both or none."""
    possible = {"DM", "MD"}
    for column in values:
        for text in column.dropna().unique():
            if found := _NUMERIC.match(_plain(str(text))):
                first, second = int(found[1]), int(found[3])
                possible -= {"MD"} if first > 12 else set()
                possible -= {"DM"} if second > 12 else set()
    return possible


def has_order(values: pd.Series) -> bool:
    """Return whether a column holds dates whose meaning depends on the order of day and month."""
    texts = (_NUMERIC.match(_plain(str(one))) for one in values.dropna().unique())
    return any(one and one[1] != one[3] for one in texts)


def to_dates(values: pd.Series, order: str) -> tuple[pd.Series, pd.Index]:
    """Turn text into dates.

    Parameters
    ----------
    values : Series of str
        Dates as written: 2026-05-12, 05/12/2026, 12.5.26, 12 May 2026, 20260512, each with or
        without a time of day, or a spreadsheet's serial number.
    order : {"DM", "MD"}
        Which comes first where both are numbers.

    Returns
    -------
    Series of datetime64
        With the same index; missing where there is none or it cannot be read.
    Index
        The rows that hold something else than a date.
    """
    found = pd.Series(each(values, lambda one: _date(one, order)), index=values.index, dtype=object)
    dates = pd.Series(pd.to_datetime(found, errors="coerce"), index=values.index)
    return dates.astype("datetime64[s]"), values.index[values.notna() & dates.isna()]


def to_minutes(values: pd.Series) -> tuple[pd.Series, pd.Index]:
    """Turn times of day (09:30, 9:30 PM, a date with a time) into minutes after midnight.

    Returns
    -------
    Series of float
        Missing where there is none or it cannot be read.
    Index
        The rows that hold something else than a time.
    """
    minutes = pd.Series(each(values, _minutes), index=values.index, dtype="float64")
    return minutes, values.index[values.notna() & minutes.isna()]


def looks_like_dates(values: pd.Series) -> bool:
    """Return whether a column's values are dates, as written (serial numbers apart)."""
    texts = [str(one) for one in values.dropna().unique()]
    return (
        bool(texts)
        and all(_date(one, "DM") or _date(one, "MD") for one in texts if not SERIAL.match(one))
        and not all(SERIAL.match(one) for one in texts)
    )


def _plain(text: str) -> str:
    return _WEEKDAY.sub("", text.strip().lower())


def _date(text: str, order: str) -> np.datetime64 | None:
    plain = _plain(text)
    if found := _ISO.match(plain) or _COMPACT.match(plain):
        return _made(found[1], found[2], found[3])
    if found := _NUMERIC.match(plain):
        day, month = (found[1], found[3]) if order == "DM" else (found[3], found[1])
        return _made(found[4], month, day)
    if found := _DAY_NAMED.match(plain):
        return _made(found[3], found[2], found[1])
    if found := _MONTH_NAMED.match(plain):
        return _made(found[3], found[1], found[2])
    if found := SERIAL.match(plain):
        return SERIAL_ORIGIN + np.timedelta64(int(found[1]), "D")
    return None


def _made(year: str, month: str, day: str) -> np.datetime64 | None:
    if not month.isdecimal():
        if month[:3] not in _MONTHS:
            return None
        month = str(_MONTHS.index(month[:3]) + 1)
    number = int(year)
    if len(year) == 2:  # POSIX: 69 to 99 are of the last century
        number += 1900 if number > 68 else 2000
    try:
        return np.datetime64(f"{number:04}-{int(month):02}-{int(day):02}")
    except ValueError:
        return None


def _minutes(text: str) -> float:
    found = _TIME.match(text.strip())
    if not found:
        return float("nan")
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return float("nan")
    return float((hour % 12 + 12 * (half == "p") if half else hour) * 60 + minute)
