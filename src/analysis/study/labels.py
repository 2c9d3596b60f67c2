"""Value labels of sav and dta files: let in like the codes that they replace, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.cells import MISSING
from analysis.study.dictionary import Field

Labels = Mapping[Any, str]
Finding = tuple[tuple[int, ...], str, str, str]  # rows, expected, found, remedy

_NUMBER = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(?:$|[=:.)]|-\s)")
_RECODE = "Correct the value labels in the file, or export the codes without them."
TRUE, FALSE = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


def labelled(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that have value labels, each code replaced by its label.

    Parameters
    ----------
    raw : pandas.DataFrame
        A file as `files.read_file` gives it; ``attrs["labels"]`` maps columns to value labels.

    Returns
    -------
    pandas.DataFrame
        With the same index; no column where the file has no labels.
    """
    found = raw.attrs.get("labels", {})
    columns = {name: replaced(raw[name], found[name]) for name in raw.columns if name in found}
    return pd.DataFrame(columns, index=raw.index)


def replaced(values: pd.Series, labels: Labels) -> pd.Series:
    """Return a column's labels where codes have one (none if it says missing), codes elsewhere."""
    if not labels:
        return values
    meanings = {
        one: None if (text := str(label).strip()) in MISSING else text
        for one, label in labels.items()
    }
    return values.map(lambda one: meanings.get(one, one), na_action="ignore")


def as_text(value: Any) -> str:
    """Return a code as text, alike in every format."""
    # Binary formats hold numeric codes as floats: 1.0 is the code 1.
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def truth(word: Any) -> bool | None:
    """Return what a code or a label says of true and false; None where it says neither."""
    text = str(word).strip().lower()
    return True if text in TRUE else False if text in FALSE else None


def disagreements(values: pd.Series, field: Field, labels: Labels) -> Iterator[Finding]:
    """Yield where a column's codes and labels contradict each other, or two codes become one.

    Parameters
    ----------
    values : pandas.Series
        The column as read; the index holds line numbers.
    field : Field
        The column's description. Labels replace the codes of a text column, decide a true-or-false
        column, and are only compared with the codes of a number.
    labels : mapping of value to str

    Yields
    ------
    tuple
        Rows, what is expected, the kind of thing found, and what to do; never a value.
    """
    codes = pd.Series(pd.unique(values.dropna()), dtype=object)
    used = codes[codes.isin(list(labels))]
    if field.type == "string":
        texts = replaced(codes, labels).dropna().map(as_text)
        wrong = codes[texts.index[texts.duplicated(keep=False)]]
        expected, found = "a label of its own for every code", "several codes with one label"
    elif field.type == "boolean":
        wrong = used[[{truth(one), truth(labels[one])} == {True, False} for one in used]]
        expected, found = "codes and labels that agree", "labels that say the opposite of the codes"
    else:
        wrong = used[[_other_number(one, labels[one]) for one in used]]
        expected, found = "codes and labels that agree", "labels that give other numbers"
    if len(wrong):
        yield tuple(values.index[values.isin(wrong)]), expected, found, _RECODE


def _other_number(code: Any, label: str) -> bool:
    number = _NUMBER.match(str(label))
    return number is not None and float(number[1]) != float(code)
