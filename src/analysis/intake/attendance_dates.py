"""Dates as headings of attendance sheets: real ones, text, without a year, or a month above days.

The order of day and month, and years that are left out, are read from the neighbours and from the
months above: the dates of a sheet run forward.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

_NAMES = (
    "jan ene gen|feb fev fév|mar mär mrz|apr avr abr|may mai mag maj|jun juin giu|jul juil lug"
    "|aug aou aoû ago|sep set|oct okt ott out|nov|dec dez déc dic"
)
_MONTHS = {name: n for n, names in enumerate(_NAMES.split("|"), 1) for name in names.split()}
_WORD = r"([^\W\d_]{3,10})\.?"
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([-/.])(\d{1,2})(?:\2((?:19|20)?\d\d))?\.?(?![\d/-])")
_DAY_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|\.)?[-/. ]*{_WORD}(?:[-/., ]+((?:19|20)?\d\d))?(?!\d)"
)
_MONTH_NAMED = re.compile(
    rf"{_WORD}[-/. ]*(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:[-/., ]+((?:19|20)\d\d))?"
)
_MONTH_YEAR = re.compile(rf"{_WORD}[-/., ']*((?:19|20)\d\d|\d\d)?(?!\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})(?![-/.\d])")
_NUMBER_YEAR = re.compile(r"(?<!\d)(\d{1,2})[-/.]((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SERIALS = range(32_874, 62_092)  # 1990 to 2069, as a spreadsheet counts days
_ANY_YEAR = 2024
_SERIAL_ORIGIN = date(1899, 12, 30)


@dataclass(frozen=True)
class Heading:
    """A heading that is a date, as far as it says itself.

    Attributes
    ----------
    parts : tuple of int
        The two numbers in the order in which they stand, for ``numeric``; else month and day, or
        the day alone.
    kind : {"whole", "numeric", "named", "day"}
        ``numeric``: which number is the month is open.
    year : int or None
        None where it does not say.
    """

    parts: tuple[int, ...]
    kind: str
    year: int | None = None

    def on(self, order: str, year: int | None, month: int | None) -> date | None:
        """Return the date under an order, with what is left out; None where there is none."""
        if self.kind == "numeric":
            a, b = self.parts
            m, d = (b, a) if order == "DM" else (a, b)
        elif self.kind == "day":
            m, d = month or 0, self.parts[0]
        else:
            m, d = self.parts
        try:
            return date(self.year or year or 0, m, d)
        except ValueError:
            return None


@dataclass(frozen=True)
class Period:
    """What stands above a heading, or names a sheet: a year, a month, or both."""

    year: int | None = None
    month: int | None = None


def heading(value: Any) -> Heading | None:
    """Return a cell as a heading that is a date, None where it is none."""
    if isinstance(value, datetime | date):
        return Heading((value.month, value.day), "whole", value.year)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        if value in _SERIALS:
            day = _SERIAL_ORIGIN + timedelta(value)
            return Heading((day.month, day.day), "whole", day.year)
        return Heading((value,), "day") if 1 <= value <= 31 else None
    return _text(value) if isinstance(value, str) and len(value) <= 60 else None


def _text(text: str) -> Heading | None:
    folded = text.casefold()
    if found := _ISO.search(folded):
        return _checked(Heading((int(found[2]), int(found[3])), "whole", int(found[1])))
    if found := _NUMERIC.search(folded):
        return _checked(Heading((int(found[1]), int(found[3])), "numeric", _year(found[4])))
    for pattern, name, day in ((_DAY_NAMED, 2, 1), (_MONTH_NAMED, 1, 2)):
        for found in pattern.finditer(folded):
            if month := month_of(found[name]):
                return _checked(Heading((month, int(found[day])), "named", _year(found[3])))
    bare = re.fullmatch(r"(?:[^\W\d_]{2,9}\.?,? )?(\d{1,2})(?:st|nd|rd|th|\.)?\*?", folded)
    return Heading((int(bare[1]),), "day") if bare and 1 <= int(bare[1]) <= 31 else None


def _checked(one: Heading) -> Heading | None:
    return one if one.on("DM", 2024, 1) or one.on("MD", 2024, 1) else None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def month_of(word: str) -> int | None:
    """Return the number of a month by its name or its beginning, in several languages."""
    start = word.casefold()
    found = _MONTHS.get(start[:4], _MONTHS.get(start[:3]))
    return None if start in ("mon", "mar.") else found


def period(value: Any) -> Period:
    """Return the year and month that a title, a merged cell or a sheet's name says."""
    if isinstance(value, datetime | date):
        return Period(value.year, value.month)
    if isinstance(value, int) and not isinstance(value, bool):
        return Period(value) if 1990 <= value <= 2069 else Period()
    if not isinstance(value, str):
        return Period()
    folded = value.casefold()
    if (found := _YEAR_MONTH.search(folded)) and 1 <= int(found[2]) <= 12:
        return Period(int(found[1]), int(found[2]))
    if found := _NUMBER_YEAR.search(folded):
        return Period(int(found[2]), int(found[1])) if 1 <= int(found[1]) <= 12 else Period()
    year = _YEAR.search(folded)
    for found in _MONTH_YEAR.finditer(folded):
        whole = re.match(r"[^\W\d_]+", found[0])
        if whole and is_month(whole[0]):
            return Period(int(year[1]) if year else _year(found[2]), month_of(whole[0]))
    return Period(int(year[1])) if year else Period()


def is_month(word: str) -> bool:
    """Return whether a word is a month's name or its usual abbreviation, not one that begins so."""
    return month_of(word) is not None and (len(word) <= 4 or word.casefold() in _FULL)


_FULL = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "januar",
        "februar",
        "märz",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "janvier",
        "février",
        "avril",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "gennaio",
        "febbraio",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "settembre",
        "ottobre",
        "dicembre",
    ]
)


def resolve(
    headings: Sequence[Heading],
    periods: Sequence[Period],
    order: str,
    year: int | None,
    after: date | None = None,
) -> list[date | None]:
    """Return the dates of a row of headings under an order of day and month.

    A year that is left out is that of the month above, else the one that is nearest to the
    neighbours that have one, else the given one, and the next after a December; `after` is the
    last date of the sheet before.
    """
    found: list[date | None] = []
    for one, above in zip(headings, periods, strict=True):
        known = one.year or above.year
        found.append(one.on(order, known, above.month) if known else None)
    anchors = [(place, day) for place, day in enumerate(found) if day is not None]
    running = (after.year if after else 0) or year
    for place, (one, above) in enumerate(zip(headings, periods, strict=True)):
        if found[place] is not None or one.year:
            continue
        if anchors:
            near = min(anchors, key=lambda anchor: abs(anchor[0] - place))[1]
            found[place] = _nearest(one, order, above.month, near)
        elif running:
            before = found[place - 1] if place else after
            day = one.on(order, running, above.month)
            if before and day and (before - day).days > 180:
                running += 1
                day = one.on(order, running, above.month)
            found[place] = day
    return found


def _nearest(one: Heading, order: str, month: int | None, near: date) -> date | None:
    days = [one.on(order, near.year + step, month) for step in (-1, 0, 1)]
    return min((day for day in days if day), key=lambda day: abs((day - near).days), default=None)


def misfits(days: Sequence[date | None], periods: Sequence[Period]) -> int:
    """Return how often dates do not run forward, are none, or are not of the month above."""
    known = [day for day in days if day]
    back = sum(b < a for a, b in pairwise(known))
    other = sum(
        bool(day and above.month and day.month != above.month)
        for day, above in zip(days, periods, strict=True)
    )
    return back + other + 2 * (len(days) - len(known))


def order_of(
    rows: Iterable[tuple[Sequence[Heading], Sequence[Period]]], year: int | None
) -> str | None:
    """Return the order of day and month that fits all rows of headings best; None where both do."""
    listed = list(rows)
    days = {
        order: [resolve(heads, above, order, year or _ANY_YEAR) for heads, above in listed]
        for order in ("DM", "MD")
    }
    faults = {
        order: sum(misfits(own, above) for own, (_, above) in zip(found, listed, strict=True))
        for order, found in days.items()
    }
    if days["DM"] != days["MD"] and faults["DM"] == faults["MD"]:
        return None
    return min(faults, key=lambda one: faults[one])
