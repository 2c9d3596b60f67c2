"""One column as its file gives it, turned into the type that the dictionary gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.dictionary import Field

IN_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
LARGEST_INTEGER = 2**53
_TRUE, _FALSE = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


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
        Value labels of a sav or dta file: they replace the codes of a text column.

    Returns
    -------
    pandas.Series
        Of dtype `field.dtype`; what could not be turned is missing.
    list of Mistyped
        What could not be turned; empty if all could.
    """
    return _TURN[field.type](values, labels)


def _text(values: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[Mistyped]]:
    if labels:
        values = values.map(lambda one: labels.get(one, one))
    if pd.api.types.infer_dtype(values, skipna=True) != "string":
        values = values.map(_as_text, na_action="ignore")
    return values.astype("string"), []


def _as_text(value: Any) -> str:
    # Binary formats hold numeric codes as floats: 1.0 is the code 1.
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


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
    words = values.map(lambda one: str(one).strip().lower(), na_action="ignore")
    truth = words.isin(_TRUE)
    known = truth | words.isin(_FALSE)
    wrong = tuple(values.index[values.notna() & ~known])
    problems = [Mistyped(wrong, "something else where true or false belongs")] if wrong else []
    return truth.astype("boolean").where(known, pd.NA), problems


_Turn = Callable[[pd.Series, Mapping[Any, str]], tuple[pd.Series, list[Mistyped]]]
_TURN: dict[str, _Turn] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
