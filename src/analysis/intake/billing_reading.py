"""The columns of a billing extract read line by line into small numbers: days, units, services."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.intake.billing_codes import (
    CODES,
    FORMATS,
    GROUP,
    GROUP_MODIFIER,
    INDIVIDUAL,
    LEVELS,
    REVENUE,
    TELEHEALTH_MODIFIERS,
    TELEHEALTH_PLACES,
    Service,
    declared,
)
from analysis.intake.billing_lines import Coded, are_dead, are_facility, are_rebills, signs
from analysis.intake.counts import SetAside, set_aside
from analysis.intake.dates import ORDERS, has_order, orders, to_dates
from analysis.study.problems import Problem, StudyError


def days_of(column: pd.Series, order: str, shown: str, name: str) -> np.ndarray:
    """Return dates of service as days; a range of dates (from - to) counts by its first."""
    first = column.str.replace(r"\s+(?:-|to)\s+\S.*$", "", regex=True).str.strip()
    first = first.mask(first == "")
    possible = {ORDERS[order]} if order else orders([first])
    if len(possible) != 1 and has_order(first):
        expected = "dates that show whether the day or the month comes first"
        found = "dates that fit both" if possible else "dates of both orders"
        remedy = "Say it in the map's detail: order=day first, or order=month first."
        raise StudyError([Problem(shown, name, (), expected, found, remedy)])
    days, wrong = to_dates(first, min(possible, default="MD"))
    if len(wrong):
        rows, remedy = tuple(int(one) for one in wrong), "Correct the file, or delete the lines."
        found = "something else"
        raise StudyError([Problem(shown, name, rows, "a date of service", found, remedy)])
    return days.to_numpy()


def units_of(column: Coded | None, length: int, rows: pd.Index, shown: str) -> np.ndarray:
    """Return units as numbers, one where none are given."""
    if column is None:
        return np.ones(length)
    units = column.each(_number, 1.0, "float64")
    wrong = tuple(int(one) for one in rows[np.isnan(units)])
    if wrong:
        found, remedy = "something else", "Correct the file, or name the column: units=HEADING."
        raise StudyError([Problem(shown, "units", wrong, "a number", found, remedy)])
    return units


def _number(text: str) -> float:
    plain = text.replace(",", ".").strip()
    negative = plain.startswith("(") and plain.endswith(")")
    try:
        number = float(plain.strip("()"))
    except ValueError:
        return float("nan")
    return -number if negative else number


def codes_of(known: Mapping[str, Coded], length: int) -> Coded:
    """Return procedure codes; of a line without one its revenue code, as ``REV 0905``."""
    none = Coded(np.full(length, -1, dtype=np.int32), [])
    code, revenue = known.get("code", none), known.get("revenue", none)
    places = np.where(code.places >= 0, code.places, revenue.places + len(code.values))
    places = np.where((code.places < 0) & (revenue.places < 0), -1, places)
    return Coded(places.astype(np.int32), [*code.values, *(f"REV {one}" for one in revenue.values)])


def _code(text: str) -> str:
    """Return a code without a modifier that stands in the same cell: 90853-95."""
    plain = text.strip().upper()
    found = re.match(r"([A-Z]?\d{4,5}[A-Z]?)(?:[-: ,].*)?\Z", plain)
    return found[1] if found else plain


def _revenue(text: str) -> str:
    return f"{text.strip():0>4}" if text.strip() else ""


READ = {"code": _code, "revenue": _revenue}


def services_of(
    codes: Sequence[str], own: Mapping[str, str], words: Mapping[str, str]
) -> list[Service | None]:
    """Return the service of each code; None where nobody says what it is."""
    services: list[Service | None] = []
    for one in codes:
        is_revenue = one.startswith("REV ")
        usual = REVENUE.get(one.removeprefix("REV ")) if is_revenue else CODES.get(one)
        meaning = own.get(one, own.get(one.removeprefix("REV ")))
        service = declared(meaning, usual) if meaning else usual
        minutes = words.get(f"minutes {one}")
        if service and minutes:
            service = Service(service.format, service.is_day, float(minutes))
        services.append(service)
    return services


def lines_of(
    known: Mapping[str, Coded],
    days: np.ndarray,
    units: np.ndarray,
    code: Coded,
    services: Sequence[Service | None],
    rows: pd.Index,
) -> tuple[pd.DataFrame, tuple[SetAside, ...]]:
    """Return one row a line, of small numbers, without lines that lack client, date or code."""
    length = len(rows)
    none = np.full(length, -1, dtype=np.int32)
    formats = [None if one is None else one.format for one in services]
    places = known["place"] if "place" in known else Coded(none, [])
    online = places.each(lambda one: one in TELEHEALTH_PLACES, False, "bool")
    if "modifier" in known:
        online |= known["modifier"].each(_is_online, False, "bool")
    level = np.full(length, "", dtype="object")
    if "condition" in known:
        level = known["condition"].each(_level, "", "object")
    lines = pd.DataFrame(
        {
            "person": known["person"].places,
            "date": days,
            "code": code.places,
            "provider": known["provider"].places if "provider" in known else none,
            "place": np.where(online, np.int32(-1), places.places),
            "site": known["site"].places if "site" in known else none,
            "online": online,
            "level": pd.Categorical(level, ["", *LEVELS.values()]),
            "units": np.abs(units),
            "sign": signs(known, units),
            "rebill": are_rebills(known, length),
            "facility": are_facility(known, length),
            "is_day": np.array([bool(one and one.is_day) for one in services] + [False])[
                code.places
            ],
            "format": pd.Categorical(_formats(known, code, formats), FORMATS),
        },
        index=rows,
    )
    dead = are_dead(known, lines["sign"].to_numpy())
    lacking = (lines["person"] < 0) | lines["date"].isna() | (lines["code"] < 0)
    same = np.zeros(length, dtype=bool)
    if "claim" in known and "line" in known:
        identity = lines.assign(claim=known["claim"].places, line=known["line"].places)
        same = identity.duplicated().to_numpy() & (known["line"].places >= 0)
    dead &= ~lacking.to_numpy() & ~same
    nothing = ~lacking & ~same & ~dead & (lines["units"] == 0)
    aside = (
        set_aside("lines without a client, a date or a code", rows[lacking])
        + set_aside("the same line of a claim twice", rows[same & ~lacking])
        + set_aside("lines that the extract calls voided or replaced", rows[dead])
        + set_aside("lines of no unit", rows[nothing])
    )
    return lines[~(lacking | same | dead | nothing)], aside


def _formats(known: Mapping[str, Coded], code: Coded, formats: Sequence[str | None]) -> np.ndarray:
    """Return the format of each line; the modifier HQ says that counselling was in a group."""
    found: np.ndarray = np.array([*formats, None], dtype="object")[code.places]
    if "modifier" in known:
        group = known["modifier"].each(_is_group, False, "bool")
        found[group & (found == INDIVIDUAL)] = GROUP
    return found


def of_treatment(lines: pd.DataFrame, level: str) -> tuple[pd.DataFrame, tuple[SetAside, ...]]:
    """Take away lines of codes that nobody knows, or that are no session of treatment."""
    unknown = lines["format"].isna()
    none = lines["format"] == ""
    outside = ~unknown & ~none & (lines["level"] != level) if level else unknown & False
    aside = (
        set_aside(
            "codes that are not known (CODE=group or another word says it)", lines.index[unknown]
        )
        + set_aside("evaluations and additions to other lines: no session", lines.index[none])
        + set_aside("lines of another level of care", lines.index[outside])
    )
    return lines[~(unknown | none | outside)], aside


def _is_online(text: str) -> bool:
    return bool(TELEHEALTH_MODIFIERS & set(re.split(r"\W+", text.upper())))


def _is_group(text: str) -> bool:
    return GROUP_MODIFIER in re.split(r"\W+", text.upper())


def _level(text: str) -> str:
    codes = set(re.split(r"\W+", text))
    return next((level for code, level in LEVELS.items() if code in codes), "")
