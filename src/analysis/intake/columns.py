"""One row of a map carried out: the column that it fills, typed as the dictionary says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analysis.intake import values
from analysis.intake.dates import looks_like_dates, to_dates
from analysis.intake.files import Files
from analysis.intake.maprow import MapRow
from analysis.intake.pseudonyms import Pseudonyms
from analysis.intake.roster import days, together
from analysis.intake.values import Turned
from analysis.study.dictionary import Field, dictionary

ONE_OF = "one of the dictionary's words"


@dataclass(frozen=True)
class Desk:
    """What carrying out a row may need besides its own columns.

    Attributes
    ----------
    files : Files
    pseudonyms : Pseudonyms
    starts : Series of datetime64 or None
        First day of the episode of each row of the source; None while it is not known.
    """

    files: Files
    pseudonyms: Pseudonyms
    starts: pd.Series | None = None


def fill(row: MapRow, index: pd.Index, desk: Desk) -> pd.Series:
    """Return the column that a row of a map fills, by row of its source.

    What cannot be turned becomes a problem of the source's column and is missing here.

    Parameters
    ----------
    row : MapRow
        Of a rule that fills one column.
    index : Index
        The rows that a constant is for.
    desk : Desk
    """
    part = desk.files.part(row) if row.source else pd.DataFrame(index=index)
    turned = _RULES[row.rule](row, part, desk)
    field = field_of(row)
    if field is not None and field.type in ("number", "integer"):
        if not pd.api.types.is_numeric_dtype(turned.values):
            turned = _joined(turned, values.numbers(turned.values))
        if field.type == "integer":
            turned = _joined(turned, values.whole(turned.values))
    elif field is not None and field.enum and row.rule != "constant":
        odd = turned.values.notna() & ~turned.values.isin(field.enum)
        remedy = f"Use the rule recode: the words are {', '.join(field.enum)}."
        new = Turned(turned.values.mask(odd), turned.values.index[odd], ONE_OF, remedy)
        turned = _joined(turned, new)
    if len(turned.wrong):
        column = "; ".join(desk.files.columns[row.line])
        found, wrong = "something else", turned.wrong
        desk.files.findings.add(row.source, column, turned.expected, found, turned.remedy, wrong)
    kind = identifier(row.column)
    if kind and row.rule != "constant":
        return desk.pseudonyms.column(kind, turned.values)
    return turned.values


def field_of(row: MapRow) -> Field | None:
    """Return the dictionary's field that a row fills; None for a covariate of the user's own."""
    table = dictionary()[row.table]
    return table.field(row.column) if row.column in table.columns else None


def identifier(column: str) -> str:
    """Return what a column identifies, such as "therapist"; empty if it is no identifier."""
    if not column.endswith("_id"):
        return ""
    return column.removesuffix("_id").removeprefix("primary_")


def _joined(first: Turned, second: Turned) -> Turned:
    if len(first.wrong):
        return Turned(second.values, first.wrong, first.expected, first.remedy)
    return second


def _copy(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    return Turned(values.without(together(part), row.codes), part.index[:0])


def _recode(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    return values.recode(part.iloc[:, 0], row.codes, row.detail.get("else"))


def _constant(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    value = next(iter(row.detail))
    return Turned(pd.Series(value, index=part.index, dtype="string"), part.index[:0])


def _days_from(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    if row.column.endswith("study_day"):
        since = pd.Series(desk.pseudonyms.origin, index=part.index)
    elif "since" in row.detail:
        since = desk.files.dates(row, row.detail["since"])
    elif desk.starts is not None:
        since = desk.starts
    else:
        nothing = pd.Series(pd.NA, index=part.index, dtype="Int64")
        remedy = "Map start_study_day of episodes to the date of admission, by the rule days_from."
        desk.files.findings.add(
            desk.files.map.shown,
            desk.files.map.cell(row, "rule"),
            "episodes whose first day is known",
            "none",
            remedy,
        )
        return Turned(nothing, part.index[:0])
    if "on" in row.detail:
        dates, wrong = to_dates(pd.Series(row.detail["on"], index=since.index), "MD")
        if len(wrong):
            cell = desk.files.map.cell(row, "detail")
            remedy = "Write it as 2026-07-06."
            desk.files.findings.add(desk.files.map.shown, cell, "a date", "something else", remedy)
    else:
        dates = desk.files.dates(row, part.columns[0])
    return Turned(days(dates, since.astype("datetime64[s]")), part.index[:0])


def _minutes_between(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    return values.minutes_between(part.iloc[:, 0], part.iloc[:, 1])


def _unit(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    return values.scaled(values.without(part.iloc[:, 0], row.codes), row.words)


def _band(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    column = values.without(part.iloc[:, 0], row.codes)
    if "first" in row.detail:
        return values.coarser(column, row.detail["first"])
    if looks_like_dates(column) and desk.starts is not None:
        ages, wrong = values.ages_at(column, desk.starts, desk.files.orders[row.source])
        return _joined(
            Turned(ages, wrong, "dates of birth", "Correct the cells."),
            values.age_bands(ages, row.words),
        )
    return values.age_bands(column, row.words)


def _first_of(row: MapRow, part: pd.DataFrame, desk: Desk) -> Turned:
    cleaned = part.apply(lambda one: values.without(one, row.codes))
    return Turned(values.first_of(cleaned), part.index[:0])


_RULES: dict[str, Callable[[MapRow, pd.DataFrame, Desk], Turned]] = {
    "copy": _copy,
    "recode": _recode,
    "constant": _constant,
    "days_from": _days_from,
    "minutes_between": _minutes_between,
    "unit": _unit,
    "band": _band,
    "first_of": _first_of,
}
