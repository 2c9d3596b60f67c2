"""Tests of checks.yaml on a kind of columns: each takes one column and returns rows of it.

A test takes the column, its description, its table's name and all canonical tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.study.dictionary import Field

Frames = Mapping[str, pd.DataFrame]

FAR_DAYS, FAR_OBSERVATION = 1_000, 10_000
_NINES = (9, 99, 999, 9999, 98, 998, 97, 997, 88, 888, 77, 777)
MISSING_NUMBERS = frozenset({*_NINES, *(-one for one in (*_NINES, 1, 7, 8, 66))})
_NEITHER = ("none", "missing", "unknown", "nil", ".", "-", "?")
NO_ID = frozenset({*_NEITHER, "no", "no group", "nogroup", "no_group", "x"})
NO_ID_NUMBERS = frozenset({"0", *(str(one) for one in MISSING_NUMBERS if not 0 < one < 77)})
_FROM_SPREADSHEETS = ("#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!")
_IN_WORDS = ("unk", "n.a.", "na.", "dk", "refused", "declined", "blank", "(blank)", "empty", "--")
_NOT = ("available", "applicable", "known", "asked", "recorded", "reported", "stated")
MISSING_WORDS = frozenset(
    {*_NEITHER, *_FROM_SPREADSHEETS, *_IN_WORDS, *(f"not {one}" for one in _NOT), "don't know"}
)
BAND_AS_DATE = re.compile(
    r"^(?:\d{1,2}-)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:-\d{1,2})?$", re.I
)


def normal(text: str) -> str:
    """Return a text without what a spreadsheet or a typist changes: case, spaces, first zeros."""
    bare = re.sub(r"\.0+$", "", re.sub(r"[\s_]+", "", text.casefold()))
    return bare.lstrip("0") or bare[-1:]


def _alike(values: pd.Series) -> pd.Index:
    """Return the rows of values that another value equals but for `normal`."""
    known = pd.Series(values.dropna().unique(), dtype=object)
    alike = known[known.map(normal).duplicated(keep=False)]
    return values.index[values.isin(list(alike))]


def far_days(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Days that no episode reaches; study days are held against the middle of their column."""
    days = values.astype("float64").dropna()
    if "study_day" in field.name:
        spread = days.quantile(0.75) - days.quantile(0.25)
        return days.index[(days - days.median()).abs() > 10 * spread + FAR_DAYS]
    limit = FAR_OBSERVATION if field.name == "observed_until_day" else FAR_DAYS
    return days.index[days.abs() > limit]


def _therapy(values: pd.Series, table: str, frames: Frames) -> pd.Series:
    """Return the positive minutes of group and individual sessions."""
    if table == "sessions":
        values = values[frames["sessions"]["format"].isin(["group", "individual"])]
    return values[values > 0]


def minutes_in_hours(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """All rows of a column in which no session is longer than ten minutes."""
    minutes = _therapy(values, table, frames)
    if len(minutes) >= 3 and minutes.max() <= 10:
        return minutes.index
    if table == "attendance" and "sessions" in frames:
        length = frames["sessions"].drop_duplicates("session_id").set_index("session_id")["minutes"]
        share = minutes / frames["attendance"]["session_id"].map(length).reindex(minutes.index)
        if share.count() >= 3 and share.median() < 0.1:
            return minutes.index
    return minutes.index[:0]


def some_minutes_in_hours(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Rows of at most six minutes in a column whose sessions usually last half an hour or more."""
    minutes = _therapy(values, table, frames)
    if table == "attendance":
        minutes = minutes[frames["attendance"]["status"].reindex(minutes.index).eq("attended")]
    usual = len(minutes) > 0 and minutes.median() >= 30
    return minutes.index[minutes <= 6] if usual else minutes.index[:0]


def no_id_in_words(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Ids that read like none; numbers such as 0 only where they stand out among the ids."""
    counts = values.value_counts()
    if counts.empty:
        return values.index[:0]
    words = counts.index.map(lambda one: one.casefold().strip() in NO_ID)
    coded = counts.index.isin(NO_ID_NUMBERS)
    others = counts[~coded]
    apart = counts > 2 * (others.median() if len(others) else np.inf)
    unlike = not others.index.str.fullmatch(r"-?\d+").any() if len(others) else False
    suspect = counts.index[np.asarray(words, dtype=bool) | (coded & (apart.to_numpy() | unlike))]
    return values.index[values.isin(list(suspect))]


def ids_alike(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Ids of one table that differ only by zeros in front, case or spaces."""
    return _alike(values)


def _stand_apart(numbers: pd.Series) -> pd.Index:
    """Return the rows of usual codes for missing that lie outside all other values' fences.

    The fences are the quartiles and one and a half of their distance (Tukey 1977); no other value
    may lie on the same side outside them.
    """
    known = numbers.dropna()
    coded = known.isin(MISSING_NUMBERS)
    if not coded.any() or (~coded).sum() < 4:
        return known.index[:0]
    low, high = known[~coded].quantile([0.25, 0.75])
    reach = 1.5 * max(high - low, 0.1 * abs(high), 0.1)
    found = known.index[:0]
    for side in (known > high + reach, known < low - reach):
        if (side & coded).any() and not (side & ~coded).any():
            found = found.union(known.index[side])
    return found


def missing_in_numbers(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Codes such as 99 and -9 far from all other values; scores are compared within instruments."""
    numbers = values.astype("float64")
    if field.is_day:
        found = _stand_apart(numbers)
        return found[~numbers[found].between(0, 366)]
    if (table, field.name) != ("assessments", "score"):
        return _stand_apart(numbers)
    parts = numbers.groupby(frames[table]["instrument"].astype(object))
    rows = [row for _, one in parts for row in _stand_apart(one)]
    return numbers.index[numbers.index.isin(rows)]


def missing_in_words(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Words such as "missing", and numbers for missing in a column of numbers kept as text."""
    words = [word for word in values.dropna().unique() if word.casefold() in MISSING_WORDS]
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    found = values.index[values.isin(words)]
    if numbers.count() >= 0.9 * values.count() and not field.name.endswith("_id"):
        found = found.union(_stand_apart(numbers))
    return found


def two_spellings(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Words that another word of the column equals but for case, spaces or zeros in front."""
    return _alike(values)


def bands_turned_dates(values: pd.Series, field: Field, table: str, frames: Frames) -> pd.Index:
    """Words such as those that a spreadsheet makes of 5-9."""
    known = values.dropna().unique()
    if "band" not in field.name and not any(re.match(r"^\d+-\d+$", one) for one in known):
        return values.index[:0]
    return values.index[values.isin([one for one in known if BAND_AS_DATE.match(one)])]
