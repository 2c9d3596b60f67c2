"""What the rule words make of columns: one function a word, on text, giving what a table holds.

Each takes the columns that a row of a map names and returns a column with the rows that it could
not turn; it never says what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.dates import each, to_dates, to_minutes
from analysis.intake.pseudonyms import normal
from analysis.intake.words import MISSING

AGE_BANDS = (18, 25, 35, 45, 55)
OLDEST_BAND = 90  # ages above 89 are identifiers of their own (45 CFR 164.514(b)(2))
MINUTES_A_DAY = 1_440
DAYS_A_YEAR = 365.25
_FACTOR = re.compile(r"([x*/])\s*(\d+(?:[.,]\d+)?)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Turned:
    """A column that a rule made.

    Attributes
    ----------
    values : Series
        Missing where there is nothing.
    wrong : Index
        Rows of the source that could not be turned.
    expected : str
        What should have stood there.
    remedy : str
        What to do.
    """

    values: pd.Series
    wrong: pd.Index
    expected: str = ""
    remedy: str = ""


def without(values: pd.Series, codes: Mapping[str, str]) -> pd.Series:
    """Return a column in which the codes named missing are, and the others what they become."""
    if not codes:
        return values
    known = {_code(left): right for left, right in codes.items() if right}
    if not known:
        return values
    texts = each(values, lambda one: _meaning(known, one, one))
    return pd.Series(texts, index=values.index, dtype="string")


def recode(values: pd.Series, codes: Mapping[str, str], other: str | None) -> Turned:
    """Turn codes into words; one that is not named is wrong unless `other` says what it becomes."""
    known = {_code(left): right for left, right in codes.items()}
    lost = object()
    texts = each(values, lambda one: _meaning(known, one, lost))
    missed = [one is lost for one in texts]
    fallback = None if other in (None, MISSING) else other
    column = pd.Series(
        [fallback if one is lost else one for one in texts], index=values.index, dtype="string"
    )
    wrong = values.index[missed] if other is None else values.index[:0]
    remedy = "Name every code under `detail`, or say with else=… what the others become."
    return Turned(column, wrong, "codes that the detail names", remedy)


def numbers(values: pd.Series) -> Turned:
    """Turn text into numbers; a decimal comma is one where no point stands beside it."""
    found = pd.Series(each(values, number), index=values.index, dtype="float64")
    wrong = values.index[values.notna() & found.isna()]
    return Turned(
        found, wrong, "a number", "Name codes for missing under `detail`, as 999=missing."
    )


def number(text: str) -> float:
    """Return a number as people write it, NaN where it is none."""
    plain = text.replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain) and "." in plain:
        plain = plain.replace(",", "")
    elif plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def whole(found: pd.Series) -> Turned:
    """Turn numbers into whole ones; a fraction is wrong."""
    odd = found.notna() & (found != found.round())
    column = found.mask(odd).astype("Int64")
    return Turned(column, found.index[odd.fillna(False)], "a whole number", "Correct the cells.")


def scaled(values: pd.Series, words: Sequence[str]) -> Turned:
    """Multiply or divide numbers by the one factor of the detail, such as x60."""
    found = [one for word in words if (one := _FACTOR.match(word.strip()))]
    turned = numbers(values)
    if len(found) != 1:
        remedy = "Write the factor under `detail`, such as x60 or /60."
        return Turned(turned.values, values.index[:0], "", remedy)
    factor = number(found[0][2])
    scale = 1 / factor if found[0][1] == "/" else factor
    return Turned(turned.values * scale, turned.wrong, turned.expected, turned.remedy)


def minutes_between(first: pd.Series, last: pd.Series) -> Turned:
    """Return the minutes from one time of day to the next, over midnight if need be."""
    (begin, odd), (end, odder) = to_minutes(first), to_minutes(last)
    remedy = "Correct the cell, or leave it empty."
    return Turned((end - begin) % MINUTES_A_DAY, odd.union(odder), "a time such as 09:30", remedy)


def age_bands(ages: pd.Series, words: Sequence[str]) -> Turned:
    """Return the band of each age in years; the lowest ages and those of 90 and more are one."""
    turned = numbers(ages)
    cuts = sorted({int(one) for word in words for one in re.findall(r"\d+", word)} or AGE_BANDS)
    cuts = [one for one in cuts if one < OLDEST_BAND]
    names = [f"under {cuts[0]}"]
    names += [f"{low}-{high - 1}" for low, high in pairwise(cuts)]
    names += [f"{cuts[-1]}+"]
    places = np.searchsorted(cuts, turned.values.to_numpy(), side="right")
    column = pd.Series([names[one] for one in places], index=ages.index, dtype="string")
    odd = ages.index[~turned.values.between(0, 120) & ages.notna()]
    remedy = "Correct it, or name a code for missing under `detail`, as 999=missing."
    return Turned(
        column.mask(turned.values.isna()), odd, "an age in years, or a date of birth", remedy
    )


def ages_at(born: pd.Series, start: pd.Series, order: str) -> tuple[pd.Series, pd.Index]:
    """Return ages as text of whole years at a date, from dates of birth."""
    dates, wrong = to_dates(born, order)
    years = ((start - dates).dt.days / DAYS_A_YEAR).dropna().astype(int).astype("string")
    return years.reindex(born.index), wrong


def coarser(areas: pd.Series, places: str) -> Turned:
    """Return the first places of an area's code: 02139 becomes 021."""
    keep = int(places) if places.isdecimal() else 0
    return Turned(areas.str.slice(0, keep), areas.index[:0])


def first_of(frame: pd.DataFrame) -> pd.Series:
    """Return the first value of each row, from left to right."""
    return frame.bfill(axis=1).iloc[:, 0]


def _meaning(known: Mapping[str, str], text: str, other: Any) -> Any:
    right = known.get(_code(text))
    if right is None:
        return other
    return None if right == MISSING else right


_code: Callable[[str], str] = normal
