"""Calendar dates in cells: in words of many languages, in figures, as serials and time stamps."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.study.identifiers import listed

# No study lasts so many days; time stamps, a spreadsheet's serials and days since 1970 (from 2000
# on) are larger.
LARGEST_DAY = 10_900

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_BEFORE, _AFTER = r"(?<!\d)", r"(?!\d)"
# Months that are other words too ("5 out of 20"): only with figures on both sides.
_WORDS = frozenset(["out", "set", "ago", "gen", "mag", "des"])
_MONTHS = "|".join(sorted(sorted(listed("months") - _WORDS), key=len, reverse=True))
_NAME = rf"(?=[^\W\d_])(?:{_MONTHS})(?![^\W\d_])\.?"
_LONG = rf"(?:{'|'.join(one for one in sorted(listed('months')) if len(one) > 4)})"
# A code of letters and figures, such as a hash, holds no date between two of them.
_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_NTH = r"(?:st|nd|rd|th|er|\.|º|o)?"
_OF = r"(?: of| de| do| del)?"
_SEPARATOR = r"[ .,/-]{0,2}"
# English names in full that are no other word, for days without a year
_SURE = r"(?:january|february|april|june|july|august|september|october|november|december)"

DATE = re.compile(
    "|".join(
        (
            rf"{_BEFORE}{_YEAR}([-/._])\s?{_MONTH}\1\s?{_DAY}{_AFTER}",
            rf"{_BEFORE}{_MONTH}([-/._])\s?{_DAY}\2\s?{_YEAR}{_AFTER}",
            rf"{_BEFORE}{_DAY}([-/._])\s?{_MONTH}\3\s?{_YEAR}{_AFTER}",
            rf"^{_YEAR} {_MONTH} {_DAY}$|^(?:{_MONTH} {_DAY}|{_DAY} {_MONTH}) {_YEAR}$",
            rf"^(?:{_MONTH}([-/]){_DAY}\4'?\d\d|{_DAY}([-/]){_MONTH}\5'?\d\d)(?:[ T].*)?$",
            r"\b(?:on|since|until|from|by|seit|am|le|el) "
            rf"(?:{_MONTH}/{_DAY}|{_DAY}/{_MONTH})\b(?!/)",
            rf"{_START}{_DAY}{_NTH}{_OF}{_SEPARATOR}{_NAME}{_OF}{_SEPARATOR}{_YEAR}{_END}",
            rf"{_START}{_DAY}{_NTH}[ ./-]?{_NAME}[ ,./-]{{0,2}}'?\d\d{_END}",
            rf"{_BEFORE}{_DAY}[ ./-](?:{'|'.join(sorted(_WORDS))})[ ./-]{_YEAR}{_AFTER}",
            rf"{_START}{_NAME}{_SEPARATOR}(?:the )?{_DAY}{_NTH}(?:, ?|[ -]){_YEAR}{_END}",
            rf"{_START}{_NAME}{_OF}{_SEPARATOR}{_YEAR}{_END}",
            rf"{_START}{_NAME} ?'\d\d{_END}",
            rf"{_START}{_YEAR}{_SEPARATOR}{_NAME}(?:{_SEPARATOR}{_DAY}{_END})?",
            rf"{_BEFORE}{_DAY}{_NTH}{_OF} {_SURE}\b|\b{_SURE} (?:the )?{_DAY}(?:st|nd|rd|th)?$",
            rf"{_START}{_DAY}(?:st|nd|rd|th)(?: of)? {_NAME}",
            rf"{_BEFORE}{_YEAR}-?W[0-5]\d(?:-?[1-7])?\b",
            rf"{_START}{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[T ]\d",
            r"\d{1,4} ?年 ?\d{1,2} ?月|\d{1,2} ?月 ?\d{1,2} ?日|\d{4} ?년 ?\d{1,2} ?월",
            rf"^{_DAY}{_NTH}{_OF} {_LONG}$",
            rf"{_START}{_DAY}([./ -])(?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})\6{_YEAR}{_END}",
            r"^\d{1,2}\. ?\d{1,2}\.$",
        )
    ),
    re.IGNORECASE,
)
# Forms that other codes share: dates only if every value of a column that holds a figure has them.
SHARED_FORMS = (
    re.compile(
        rf"{_BEFORE}{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{{6}})?{_AFTER}"
        rf"|^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_YEAR}$"
    ),
    re.compile(rf"^{_DAY}\.{_MONTH}\.\d\d$"),
    re.compile(
        rf"^(?:{_YEAR}/{_MONTH}|{_YEAR}-(?:0[1-9]|1[0-2])|{_MONTH}/{_YEAR}|(?:0[1-9]|1[0-2])-{_YEAR})$"
    ),
)
_NUMBER = re.compile(r"^\d{5,16}(?:\.\d{1,12})?$")

_DAY_SECONDS = 86_400
_EPOCH = 946_684_800, 2_082_758_400  # 2000 to 2035, in seconds since 1970
# Where whole columns of numbers lie that are dates of 2000 to 2035; narrow on purpose.
DAYS = {
    "serials of a spreadsheet": (36_526, 49_675),
    "days since 1970": (10_957, 24_106),
    "days since 1960": (14_610, 27_759),
    "days of the Julian count": (2_451_544, 2_464_694),
    "days of Matlab": (730_486, 743_635),
}
SECONDS = {
    "seconds since 1970": _EPOCH,
    "milliseconds since 1970": (_EPOCH[0] * 1_000, _EPOCH[1] * 1_000),
    "microseconds since 1970": (_EPOCH[0] * 10**6, _EPOCH[1] * 10**6),
    "milliseconds since 1960": (1_262_304_000_000, 2_398_291_200_000),
    "seconds since 1582": (13_166_064_000, 14_302_137_600),
    "seconds since 1960": (1_262_304_000, 2_398_291_200),
}


def is_numeral(text: str) -> bool:
    """Return whether a text is a number that could be a serial or a time stamp."""
    return _NUMBER.match(text) is not None


def are_date_numbers(numbers: pd.Series, words: frozenset[str]) -> bool:
    """Return whether all numbers of a column are dates of 2000 to 2035 in one of the usual counts.

    Parameters
    ----------
    numbers : pandas.Series of float
        All that the column holds.
    words : frozenset of str
        Words of the column's name; some say what its numbers are.
    """
    if numbers.empty or words & listed("other_numbers"):
        return False
    if any(numbers.between(*ends).all() for ends in SECONDS.values()):
        return not _is_run(numbers)
    if not any(numbers.between(*ends).all() for ends in DAYS.values()):
        return False
    round_ones = numbers.nunique() > 2 and numbers.mod(10).eq(0).all()
    return not round_ones and not _is_run(numbers)


def are_compact_dates(numbers: pd.Series) -> bool:
    """Return whether all numbers of a column are dates such as 20240301."""
    year, month, day = numbers // 10_000, numbers // 100 % 100, numbers % 100
    compact = year.between(1900, 2099) & month.between(1, 12) & day.between(1, 31)
    return bool(len(numbers) and compact.all())


def _is_run(numbers: pd.Series) -> bool:
    """Return whether numbers follow each other as ids that were given out one by one do."""
    different = np.unique(numbers)
    width = different[-1] - different[0]
    return len(different) >= 10 and bool(width < 1.5 * len(different))
