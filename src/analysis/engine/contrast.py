"""A linear function of the fixed effects: its weights, estimate, test and interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.records.errors import ModelInputError, check_type

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Contrast:
    """A linear function of the fixed effects, in the outcome's units.

    `t` and `p` test zero, two-sided; `ci` is at `level`.
    """

    estimate: float
    se: float
    df: float
    t: float
    p: float
    ci: tuple[float, float]
    level: float
    method: str


def contrast_row(
    names: tuple[str, ...], weights: Mapping[str, float] | Sequence[float] | Floats
) -> Floats:
    """Weights of a contrast in the order of the fixed effects, (p,).

    Raises
    ------
    ModelInputError
        If a name is unknown or the length is not p.
    """
    if isinstance(weights, Mapping):
        for name in weights:
            check_type("the name of a fixed effect", name, str, "text")
        if unknown := [name for name in weights if name not in names]:
            raise ModelInputError("no fixed effect is called " + ", ".join(unknown))
        weights = [weights.get(name, 0.0) for name in names]
    try:
        row = np.asarray(weights, dtype=float).ravel()
    except (TypeError, ValueError):
        raise ModelInputError("the weights of a contrast must be numbers") from None
    if len(row) != len(names):
        raise ModelInputError(f"a contrast needs {len(names)} weights, not {len(row)}")
    return row


def check_values(at: Mapping[str, Sequence[Any]], columns: Sequence[str]) -> None:
    """Raise `ModelInputError` unless these are columns of the model with lists of known values."""
    check_type("what is set to values", at, Mapping, "a mapping of columns to lists of values")
    for name, values in at.items():
        check_type("a column's name", name, str, "text")
        if name not in columns:
            raise ModelInputError(f"the fixed effects have no column {name}")
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise ModelInputError(f"column {name} needs a list of values")
        if pd.isna(pd.Series(list(values), dtype=object)).any():
            raise ModelInputError(f"column {name} is set to a missing value")


def make_contrast(estimate: float, se: float, df: float, level: float, method: str) -> Contrast:
    """Student t test and interval of one estimate."""
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Contrast(
        estimate=estimate,
        se=se,
        df=df,
        t=estimate / se,
        p=float(2 * stats.t.sf(abs(estimate / se), df)),
        ci=(estimate - half, estimate + half),
        level=level,
        method=method,
    )
