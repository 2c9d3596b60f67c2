"""The lines of a billing extract that stand: voids, rebills and doubles taken away, each counted.

Everything is done on whole columns of small numbers, so that a million lines take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.intake.counts import SetAside, set_aside

# Of a line that takes another back; "voided" is said of a line that is itself taken back.
_VOID = re.compile(r"void(?!ed)|reversal|cancel(?!l?ed)|retraction|^v$|^r$", re.I)
_DEAD = re.compile(
    r"voided|reversed|cancell?ed|retracted|replaced|supersed|corrected by|deleted", re.I
)
_REBILL = re.compile(r"replacement|corrected(?! by)|correction|rebill|resubmi", re.I)
_FACILITY = re.compile(r"inst|facil|ub|837i|^i$|hospital", re.I)
SERVICE = ["person", "date", "code", "provider"]


@dataclass(frozen=True, repr=False)
class Coded:
    """A column as places in a list of its different values; -1 where there is none.

    Attributes
    ----------
    places : array of int
        One a line.
    values : list of str
        The different values.
    """

    places: np.ndarray
    values: list[str]

    def each(self, turn: Callable[[str], object], empty: object, dtype: str) -> np.ndarray:
        """Return what `turn` makes of each value, every different one being turned once."""
        made = np.array([*(turn(one) for one in self.values), empty], dtype=dtype)
        found: np.ndarray = made[self.places]
        return found


def coded(column: pd.Series, turn: Callable[[str], str] = str.strip) -> Coded:
    """Return a column with its texts cleaned: those that become one are one; empty is none."""
    places, values = pd.factorize(column)
    cleaned = [turn(str(one)) for one in values]
    known = {one: n for n, one in enumerate(dict.fromkeys(one for one in cleaned if one))}
    again = np.array([*(known.get(one, -1) for one in cleaned), -1], dtype=np.int32)
    return Coded(again[places], list(known))


def signs(columns: Mapping[str, Coded], units: np.ndarray) -> np.ndarray:
    """Return -1 for lines that take another back, else 1."""
    negative = units < 0
    if "charge" in columns:
        negative |= columns["charge"].each(_is_negative, False, "bool")
    if "status" in columns:
        negative |= columns["status"].each(lambda one: bool(_VOID.search(one)), False, "bool")
    if "bill" in columns:
        negative |= columns["bill"].each(lambda one: _frequency(one) == "8", False, "bool")
    return np.where(negative, np.int8(-1), np.int8(1))


def are_dead(columns: Mapping[str, Coded], signs: np.ndarray) -> np.ndarray:
    """Return which lines the extract itself calls voided or replaced; no line takes them back."""
    if "status" not in columns:
        return np.zeros(len(signs), dtype=bool)
    said = columns["status"].each(lambda one: bool(_DEAD.search(one)), False, "bool")
    found: np.ndarray = said & (signs > 0)
    return found


def status_of(text: str, heading: str) -> str:
    """Return a line's status in words: under a heading such as "Void?" yes means voided."""
    plain = text.strip()
    if "void" in heading.casefold() and plain.casefold() in ("y", "yes", "true", "1", "x"):
        return "voided"
    return plain


def are_rebills(columns: Mapping[str, Coded], length: int) -> np.ndarray:
    """Return which lines replace earlier ones: frequency code 7, or a status that says so."""
    rebill = np.zeros(length, dtype=bool)
    if "bill" in columns:
        rebill |= columns["bill"].each(lambda one: _frequency(one) == "7", False, "bool")
    if "status" in columns:
        rebill |= columns["status"].each(lambda one: bool(_REBILL.search(one)), False, "bool")
    return rebill


def are_facility(columns: Mapping[str, Coded], length: int) -> np.ndarray:
    """Return which lines are of a facility's claim rather than a professional's."""
    facility = np.zeros(length, dtype=bool)
    if "revenue" in columns:
        facility |= columns["revenue"].places >= 0
    if "bill" in columns:
        facility |= columns["bill"].each(lambda one: len(one.lstrip("0")) >= 3, False, "bool")
    if "kind" in columns:
        facility |= columns["kind"].each(lambda one: bool(_FACILITY.search(one)), False, "bool")
    return facility


def standing(lines: pd.DataFrame) -> tuple[pd.DataFrame, tuple[SetAside, ...]]:
    """Return the lines of services that took place, and those taken away with the reason.

    Parameters
    ----------
    lines : DataFrame
        One row a line: person, date, code, provider (places), units (at least 0), sign, rebill,
        facility, is_day, format; the index holds row numbers.

    Returns
    -------
    DataFrame
        One row a person, date, code and provider: units left, and `row`, `place`, `online`, ...
        of its first line; `lines` how many lines it stands for.
    tuple of SetAside
        Lines that are no part of it.
    """
    lines, replaced = _without_replaced(_voids_with_provider(lines))
    claim = [*SERVICE, "facility"]
    net = lines["units"] * lines["sign"]
    net = net.groupby([lines[one] for one in claim], sort=False).transform("sum")
    matched = lines[net <= 0]
    over = matched.groupby(claim, sort=False)["sign"].transform("max") < 0
    cancelled, lonely = matched.index[~over], matched.index[over]
    lines = lines.assign(units=net)[net > 0]
    voids = lines.index[lines["sign"] < 0]
    left = lines[lines["sign"] > 0]
    left, facility = _without_facility(left)
    left, bundles = _without_bundles(left)
    services = left.drop_duplicates(SERVICE)
    aside = (
        replaced
        + set_aside("services that were voided, with their voids", cancelled)
        + set_aside("voids of some units of a service that stands", voids)
        + set_aside("voids without the line that they take back", lonely)
        + facility
        + bundles
    )
    return services, aside


def _voids_with_provider(lines: pd.DataFrame) -> pd.DataFrame:
    """Give voids that name no provider the one of the line that they take back."""
    bare = (lines["sign"] < 0) & (lines["provider"] < 0)
    if not bare.any():
        return lines
    keys = ["person", "date", "code"]
    first = lines[lines["sign"] > 0].groupby(keys, sort=False)["provider"].first()
    found = lines[keys].join(first.rename("found"), on=keys)["found"].fillna(-1).astype("int32")
    return lines.assign(provider=lines["provider"].mask(bare, found))


def _without_replaced(lines: pd.DataFrame) -> tuple[pd.DataFrame, tuple[SetAside, ...]]:
    """Take away what a corrected claim replaces: first lines of the same client, date and code."""
    if not lines["rebill"].any():
        return lines, ()
    keys = [lines[one] for one in ("person", "date", "code", "facility")]
    replaced = lines["rebill"].groupby(keys, sort=False).transform("any")
    gone = replaced & ~lines["rebill"] & (lines["sign"] > 0)
    # A void of what was replaced has nothing left to take back.
    gone |= replaced & ~lines["rebill"] & (lines["sign"] < 0)
    return lines[~gone], set_aside("lines that a corrected claim replaces", lines.index[gone])


def _without_facility(lines: pd.DataFrame) -> tuple[pd.DataFrame, tuple[SetAside, ...]]:
    """Take away the facility's line of a service that a professional billed too."""
    if not lines["facility"].any() or lines["facility"].all():
        return lines, ()
    keys = [lines[one] for one in ("person", "date", "code")]
    both = (~lines["facility"]).groupby(keys, sort=False).transform("any") & lines["facility"]
    reason = "a facility's line of a service that a professional billed too"
    return lines[~both], set_aside(reason, lines.index[both])


def _without_bundles(lines: pd.DataFrame) -> tuple[pd.DataFrame, tuple[SetAside, ...]]:
    """Take away a day's rate where the group sessions of that day have lines of their own."""
    group = lines["format"] == "group"
    own = (group & ~lines["is_day"]).groupby([lines["person"], lines["date"]], sort=False)
    inside = own.transform("any") & lines["is_day"]
    reason = "a day's rate beside lines of the group sessions of that day"
    return lines[~inside], set_aside(reason, lines.index[inside])


def _frequency(text: str) -> str:
    """Return the frequency of a claim: the last digit of a type of bill, or a code alone."""
    return text[-1:] if text[-1:].isdigit() else ""


def _is_negative(text: str) -> bool:
    plain = text.replace("$", "").strip()
    return plain.startswith(("-", "(")) or plain.endswith("-")
