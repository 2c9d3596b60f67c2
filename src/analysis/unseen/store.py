"""Imputations as a table of what was filled in, so that they are made once and read by many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.unseen.chained import Filled, Imputations

COLUMNS = ("imputation", "variable", "place", "number", "text")


def to_table(imputations: Imputations) -> pd.DataFrame:
    """Return one row a value filled in.

    Parameters
    ----------
    imputations : Imputations

    Returns
    -------
    DataFrame
        imputation (from 0), variable, place (row of the frame), and the value as ``number`` or, of
        a category, as ``text``.
    """
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    for imputation, filled in enumerate(imputations.filled):
        for name, values in filled.items():
            number = np.issubdtype(values.dtype, np.number)
            part = pd.DataFrame({"place": np.flatnonzero(imputations.missing(name))})
            part["number"] = values.astype(float) if number else np.nan
            part["text"] = None if number else values
            parts.append(part.assign(imputation=imputation, variable=name))
    table = pd.concat(parts[1:] or parts, ignore_index=True)[list(COLUMNS)]
    return table.astype({"number": "float64", "text": "object"})


def from_table(
    table: pd.DataFrame,
    frame: pd.DataFrame,
    variables: Mapping[str, str],
    auxiliary: Sequence[str],
    *,
    m: int,
    seed: int,
    iterations: int,
    fewest: int,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Imputations:
    """Rebuild imputations from `to_table`'s table and the frame that they were made of.

    Parameters
    ----------
    table : DataFrame
    frame, variables, auxiliary, m, seed, iterations, fewest, parts
        As `impute` took them.
    """
    filled: list[Filled] = [{} for _ in range(m)]
    for _, rows in table.groupby(["imputation", "variable"], sort=False):
        rows = rows.sort_values("place")
        text = rows["text"].notna().any()
        values = rows["text"].to_numpy(dtype=object) if text else rows["number"].to_numpy(float)
        filled[int(rows["imputation"].iloc[0])][str(rows["variable"].iloc[0])] = values
    settings = (seed, iterations, fewest, parts or {})
    return Imputations(frame, dict(variables), tuple(auxiliary), tuple(filled), *settings)
