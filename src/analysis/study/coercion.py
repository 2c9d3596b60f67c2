"""One column as its file gives it, turned into the type that the dictionary gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.dictionary import Field
from analysis.study.labels import as_text, replaced, truth

IN_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
LARGEST_INTEGER = 2**53


@dataclass(frozen=True)
class Mistyped:
    """Rows of a column that do not have its type.

    Attributes
    ----------
    rows : tuple of int
        Line numbers.
    found : str
        The kind of thing found there.
    """

    rows: tuple[int, ...]
    found: str


def typed(
    values: pd.Series, field: Field, labels: Mapping[Any, str]
) -> tuple[pd.Series, list[Mistyped]]:
    """Turn a column into its type.

    Parameters
    ----------
    values : pandas.Series
        The column as read; the index holds line numbers.
    field : Field
        The column's description.
    labels : mapping of value to str
        Value labels of a sav or dta file: they replace the codes of a text column, and those of a
        true-or-false column where they say one of the two.

    Returns
    -------
    pandas.Series
        Of dtype `field.dtype`; what could not be turned is missing.
    list of Mistyped
        What could not be turned; empty if all could.
    """
    return _TURN[field.type](values, labels)


def _text(values: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[Mistyped]]:
    values = replaced(values, labels)
    if pd.api.types.infer_dtype(values, skipna=True) != "string":
        values = values.map(as_text, na_action="ignore")
    return values.astype("string"), []


def _numbers(values: pd.Series) -> tuple[pd.Series, list[Mistyped]]:
    if pd.api.types.is_bool_dtype(values):
        return values.astype("float64"), []
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    numbers = numbers.where(np.isfinite(numbers))
    wrong = tuple(values.index[values.notna() & numbers.isna()])
    return numbers, ([Mistyped(wrong, "text")] if wrong else [])


def _number(values: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[Mistyped]]:
    numbers, mistyped = _numbers(values)
    found = "text where a number belongs"
    comma = [
        one
        for item in mistyped
        for one in item.rows
        if str(values.loc[one]).replace(",", "", 1).lstrip("-").isdecimal()
    ]
    if comma:
        found = "text where a number belongs, such as a comma for the decimal point"
    return numbers, [Mistyped(one.rows, found) for one in mistyped]


def _integer(values: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[Mistyped]]:
    numbers, mistyped = _numbers(values)
    problems = [Mistyped(one.rows, "text where a whole number belongs") for one in mistyped]
    fractions = numbers.notna() & (numbers != numbers.round())
    huge = numbers.abs() > LARGEST_INTEGER
    for wrong, found in ((fractions, "a fraction"), (huge, "a number without sense")):
        if wrong.any():
            rows = tuple(values.index[wrong])
            problems.append(Mistyped(rows, f"{found} where a whole number belongs"))
    return numbers.where(~fractions & ~huge).astype("Int64"), problems


def _boolean(values: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[Mistyped]]:
    by_label = replaced(values, labels).map(truth, na_action="ignore").astype("boolean")
    said = by_label.fillna(values.map(truth, na_action="ignore").astype("boolean"))
    wrong = tuple(values.index[values.notna() & said.isna()])
    problems = [Mistyped(wrong, "something else where true or false belongs")] if wrong else []
    return said, problems


_Turn = Callable[[pd.Series, Mapping[Any, str]], tuple[pd.Series, list[Mistyped]]]
_TURN: dict[str, _Turn] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
