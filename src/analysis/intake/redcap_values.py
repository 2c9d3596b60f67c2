"""A REDCap export's values as one text whatever the export: codes, decimal points, no missing code.

Nothing is guessed: what the dictionary does not allow stays as it is, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.redcap_columns import Column, safe
from analysis.intake.redcap_dictionary import plain
from analysis.study.problems import Problem

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)\Z")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?\Z")


@dataclass(frozen=True, repr=False)
class Decoded:
    """The values of one column.

    Attributes
    ----------
    values : list of (str or None)
        In the order of the rows; None where nothing was entered, or a missing-data code.
    coded_missing : int
        How many were a missing-data code.
    odd : tuple of int
        Places of values that the dictionary does not allow; they stay as they are.
    """

    values: list[str | None]
    coded_missing: int
    odd: tuple[int, ...]


def uses_labels(columns: Sequence[Column], values: Sequence[Sequence[str]]) -> bool:
    """Return whether choices stand as labels; decided by the whole export, not by a column."""
    codes = labels = 0
    for column, texts in zip(columns, values, strict=True):
        different = set(texts) - {""}
        known = dict(column.choices)
        codes += bool(different) and different <= set(known)
        labels += bool(different) and set(map(plain, different)) <= set(known.values())
    return labels > codes


def decode(column: Column, values: Sequence[str], missing: frozenset[str], labels: bool) -> Decoded:
    """Return a column's values: codes instead of labels, a decimal point, None where missing.

    Parameters
    ----------
    column : Column
        What the dictionary says of it.
    values : sequence of str
        As the export has them.
    missing : frozenset of str
        The project's missing-data codes and their labels.
    labels : bool
        Whether the export shows labels.
    """
    known = dict(column.choices)
    own = {label: code for code, label in known.items()} if labels else {}
    turned: dict[str, str | None] = {"": None}
    allowed: dict[str, bool] = {"": True}
    for one in set(values) - {""}:
        allowed[one] = True
        if one in missing and one not in (known.values() if labels else known):
            turned[one] = None
        elif known:
            allowed[one] = plain(one) in own if labels else one in known
            turned[one] = own.get(plain(one), one)
        else:
            turned[one], allowed[one] = _typed(column, one)
    return Decoded(
        [turned[one] for one in values],
        sum(one != "" and turned[one] is None for one in values),
        tuple(place for place, one in enumerate(values) if not allowed[one]),
    )


def _typed(column: Column, value: str) -> tuple[str, bool]:
    if column.field is None:
        return value, True
    is_calculated = column.field.type == "calc"
    if column.field.is_number or is_calculated:
        if _NUMBER.match(value):
            return value.replace(",", "."), True
        return value, is_calculated  # a calculation may give a date or a text
    return value, bool(_DATE.match(value)) or not column.field.is_date


def box_of_missing(column: Column, missing: frozenset[str]) -> bool:
    """Return whether a checkbox's column stands for a missing-data code of the project."""
    if not column.code or (column.field and column.code in column.field.choices):
        return False
    return safe(column.code) in {safe(one) for one in missing}


def twice_labelled(columns: Sequence[Column], shown: str) -> list[Problem]:
    """Return the fields whose labels do not tell their choices apart; only labels ask for it."""
    return [
        Problem(
            shown,
            column.name,
            (),
            "one label a choice",
            "a label of two choices",
            "Export raw values of this project, or give the choices labels of their own.",
        )
        for column in columns
        if len({label for _, label in column.choices}) < len(column.choices)
    ]
