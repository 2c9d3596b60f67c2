"""The forms of a REDCap export as tables: which rows belong to each, and what tells them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.intake.redcap_columns import EVENT, INSTANCE, INSTRUMENT, SURVEY, Column
from analysis.intake.redcap_values import box_of_missing, decode
from analysis.study.problems import rows_in_words

_HELD_BACK = {
    "notes": "free text",
    "file": "a file",
    "email": "an address",
    "phone": "a number of a person",
}


def withheld_of(columns: Sequence[Column], kept: Sequence[str]) -> dict[str, str]:
    """Return the columns that are not taken in: marked as identifying, or free text.

    Dates that are marked as identifying are taken in: they become days.
    """
    held: dict[str, str] = {}
    for column in columns:
        if column.name == SURVEY:
            held[column.name] = "an address"
        one = column.field
        if not column.form or one is None or one.name in kept:
            continue
        reason = _HELD_BACK.get(one.type) or _HELD_BACK.get(one.validation)
        is_birth = bool(re.search(r"(^|_)(dob|birth)", one.name))
        if one.identifier and (is_birth or not one.is_date):
            held[column.name] = "marked as identifying in the dictionary"
        elif reason:
            held[column.name] = f"{reason}, by its type in the dictionary"
    return held


def forms_of(
    columns: Sequence[Column],
    values: Sequence[Sequence[str]],
    occasions: pd.DataFrame,
    again: set[int],
    missing: frozenset[str],
    labels: bool,
    withheld: Mapping[str, str],
    notes: list[str],
) -> dict[str, pd.DataFrame]:
    """Return one table a form, of the rows in which the form, or a repeat of it, was filled in."""
    names = dict.fromkeys(column.form for column in columns if column.form)
    repeats = occasions.get(INSTRUMENT, pd.Series(dtype="string")).map(_instrument, "ignore")
    tables: dict[str, pd.DataFrame] = {}
    for form in names:
        own = [(one, texts) for one, texts in zip(columns, values, strict=True) if one.form == form]
        filled = pd.Series(
            [any(row) for row in zip(*(texts for _, texts in own), strict=True)],
            index=occasions.index,
            dtype=bool,
        )
        rows = filled | (repeats.reindex(occasions.index) == form).fillna(False).astype(bool)
        rows &= ~occasions.index.isin(list(again))
        cells = _cells(own, missing, labels, withheld, occasions.index, notes)
        tables[form] = pd.concat([occasions, cells], axis=1)[rows]
    return tables


def _instrument(text: str) -> str:
    """Return a repeating instrument's name as the dictionary writes it, from a label too."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def _cells(
    own: Sequence[tuple[Column, Sequence[str]]],
    missing: frozenset[str],
    labels: bool,
    withheld: Mapping[str, str],
    lines: pd.Index,
    notes: list[str],
) -> pd.DataFrame:
    cells: dict[str, list[str | None]] = {}
    gone: dict[str, list[bool]] = {}  # checkbox -> rows in which a missing-data code is ticked
    for column, texts in own:
        if box_of_missing(column, missing) and column.field:
            ticked = [one in ("1", "Checked") for one in texts]
            so_far = gone.get(column.field.name, [False] * len(texts))
            gone[column.field.name] = [a or b for a, b in zip(so_far, ticked, strict=True)]
        elif column.name not in withheld:
            done = decode(column, texts, missing, labels)
            cells[column.name] = done.values
            if done.odd:
                where = rows_in_words(tuple(int(lines[place]) for place in done.odd))
                notes.append(f"{column.name}: values that its dictionary does not allow, {where}.")
            if done.coded_missing:
                notes.append(f"{column.name}: {done.coded_missing} times a missing-data code.")
    for column, _ in own:
        if column.field and column.name in cells and column.field.name in gone:
            hidden = gone[column.field.name]
            both = zip(cells[column.name], hidden, strict=True)
            cells[column.name] = [None if is_gone else one for one, is_gone in both]
    arrays = {name: pd.array(one, dtype="string") for name, one in cells.items()}
    return pd.DataFrame(arrays, index=lines)


def key_of(table: pd.DataFrame, record: str) -> tuple[str, ...]:
    """Return the columns that tell a form's rows apart: those of REDCap that vary in it."""
    names = [one for one in (EVENT, INSTRUMENT, INSTANCE) if one in table]
    return (record, *(one for one in names if table[one].notna().any()))
