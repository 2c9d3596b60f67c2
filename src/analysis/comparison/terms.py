"""Rows and terms of a regression: the one place that knows how a column's name is written."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.comparison.question import Contrast
from analysis.records.errors import ModelInputError, as_numbers, check_type

BASELINE: Mapping[str, str] = {"column": "baseline", "type": "numeric", "role": "baseline"}


def term(column: str) -> str:
    """Write a column's name as a term, whatever it is, such as ```age band```.

    Raises
    ------
    ModelInputError
        If the name is not text, or holds the mark that quotes names.
    """
    check_type("the name of a covariate", column, str, "text")
    if "`" in column or "\n" in column:
        raise ModelInputError(f"column {column!r} cannot stand in a formula: rename it")
    plain = column.isidentifier() and not keyword.iskeyword(column)
    return column if plain else f"`{column}`"


def with_terms(
    frame: pd.DataFrame, covariates: Sequence[Mapping[str, str]]
) -> tuple[pd.DataFrame, list[str]]:
    """Make covariates of a table categories or numbers, and write those that vary as terms.

    Parameters
    ----------
    frame : DataFrame
    covariates : sequence of mapping
        ``column`` and ``type`` (numeric or categorical).

    Raises
    ------
    ModelInputError
        If the table lacks a column, or a number is none; the message names the column.
    """
    if absent := [one["column"] for one in covariates if one["column"] not in frame]:
        raise ModelInputError("the table lacks the columns " + ", ".join(absent))
    made = frame.assign(
        **{
            name: frame[name].astype("category")
            if kind == "categorical"
            else as_numbers(frame[name], f"column {name}")
            for name, kind in ((one["column"], one["type"]) for one in covariates)
        }
    )
    names = [one["column"] for one in covariates if frame[one["column"]].nunique() > 1]
    return made, [term(name) for name in names]


def nested_rows(people: pd.DataFrame, contrast: Contrast) -> pd.DataFrame:
    """Add ``in_comparison`` and ``exposed``; clear clusters of arms that share nothing.

    Parameters
    ----------
    people : DataFrame
        ``arm`` and ``cluster`` (missing where a participant has none).
    contrast : Contrast
    """
    nested = [arm for arm, unit in contrast.clusters.items() if unit != "none"]
    exposed = people["arm"].isin(nested) & people["cluster"].notna()
    return people.assign(
        in_comparison=(people["arm"] == contrast.comparison).astype(float),
        exposed=exposed.astype(float),
        cluster=people["cluster"].astype(object).where(exposed, None),
    )
