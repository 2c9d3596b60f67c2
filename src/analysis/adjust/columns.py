"""From covariates to columns: who can be used, and the design matrix of a propensity model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.adjust.errors import CovariateMissingError, CovariateRoleError
from analysis.comparison.question import Contrast
from analysis.records.errors import ModelInputError
from analysis.study.rowless import rowless

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Covariates = Sequence[Mapping[str, str]]
Products = Sequence[tuple[str, str]]


@rowless
@dataclass(frozen=True)
class Columns:
    """Covariates as numbers.

    Attributes
    ----------
    matrix : array of shape (n, k)
        Numeric covariates in standard deviations from their mean; levels as 0 and 1.
    names : tuple of str
        Names such as ``age`` or ``condition[trauma]``.
    owners : tuple of str
        The covariate behind each column.
    numeric : tuple of bool
        True where the covariate is numeric.
    """

    matrix: Matrix
    names: tuple[str, ...]
    owners: tuple[str, ...]
    numeric: tuple[bool, ...]

    def of(self, owner: str) -> list[int]:
        """Return the places of a covariate's columns."""
        return [place for place, name in enumerate(self.owners) if name == owner]


def complete(people: pd.DataFrame, contrast: Contrast, covariates: Covariates) -> pd.DataFrame:
    """Take the participants of both arms whose covariates are all known.

    Parameters
    ----------
    people : DataFrame
        One row a participant, unique index: ``arm`` and the covariates.
    contrast : Contrast
    covariates : sequence of mapping
        ``column``, ``type`` (numeric or categorical) and, where given, ``role``.

    Raises
    ------
    CovariateRoleError
        If a covariate's role is not baseline.
    CovariateMissingError
        If a covariate is missing for a whole arm.
    ModelInputError
        If a column is absent or the index is not unique.
    """
    names = [one["column"] for one in covariates]
    for one in covariates:
        if one.get("role", "baseline") != "baseline":
            raise CovariateRoleError(
                f"covariate '{one['column']}' is not a baseline covariate: what is measured after "
                "intake may be an effect of the format"
            )
    if absent := [name for name in ("arm", *names) if name not in people]:
        raise ModelInputError(f"the table lacks the columns {', '.join(absent)}")
    if not people.index.is_unique:
        raise ModelInputError("the index of the table is not unique")
    arms = people[people["arm"].isin([contrast.comparison, contrast.reference])]
    for arm, rows in arms.groupby("arm", observed=True):
        for name in names:
            if rows[name].isna().all():
                raise CovariateMissingError(f"covariate '{name}' is missing for all of arm '{arm}'")
    return arms.dropna(subset=names)


def expand(people: pd.DataFrame, covariates: Covariates, *, every_level: bool = False) -> Columns:
    """Turn covariates into columns; a covariate without variation gives none.

    Parameters
    ----------
    people : DataFrame
        n participants, covariates complete.
    covariates : sequence of mapping
    every_level : bool
        A column for each level of a categorical covariate (for description), not all but the
        first (for a model with an intercept).

    Raises
    ------
    ModelInputError
        If a numeric covariate holds something else.
    """
    parts: list[tuple[str, str, bool, Vector]] = []
    for one in covariates:
        name, values = one["column"], people[one["column"]]
        if one["type"] == "numeric":
            x = _numbers(values)
            if x.size and x.std() > 0:
                parts.append((name, name, True, (x - x.mean()) / x.std()))
            continue
        levels = sorted(values.unique(), key=str)
        if len(levels) > 1:
            for level in levels if every_level else levels[1:]:
                at = values.eq(level).to_numpy().astype(np.float64)
                parts.append((f"{name}[{level}]", name, False, at))
    matrix = np.column_stack([part[3] for part in parts]) if parts else np.empty((len(people), 0))
    return Columns(
        matrix,
        tuple(part[0] for part in parts),
        tuple(part[1] for part in parts),
        tuple(part[2] for part in parts),
    )


def _numbers(values: pd.Series) -> Vector:
    try:
        x = values.to_numpy(dtype=float)
    except (TypeError, ValueError):
        x = np.array([np.nan])
    if not np.isfinite(x).all():
        raise ModelInputError(f"covariate '{values.name}' is declared numeric and is not")
    return np.asarray(x)


def with_products(columns: Columns, products: Products) -> tuple[Matrix, tuple[str, ...]]:
    """Return the model matrix, (n, 1 + k + products), and its names: intercept, columns, products.

    A product of a numeric covariate with itself is its square; products that do not vary, or
    repeat a column, are left out.

    Raises
    ------
    ModelInputError
        If a product names something that is not a covariate.
    """
    found = [np.ones(len(columns.matrix)), *columns.matrix.T]
    names = ["intercept", *columns.names]
    for first, second in products:
        for name in (first, second):
            if name not in columns.owners:
                raise ModelInputError(f"product of '{name}', which is not a varying covariate")
        for i in columns.of(first):
            for j in columns.of(second):
                if first == second and (i != j or not columns.numeric[i]):
                    continue
                column = columns.matrix[:, i] * columns.matrix[:, j]
                if column.std() > 0 and not any(np.allclose(column, one) for one in found):
                    found.append(column)
                    names.append(f"{columns.names[i]}*{columns.names[j]}")
    return np.column_stack(found), tuple(names)
