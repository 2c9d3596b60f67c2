"""Subgroups of studies: a pooled effect each, and the test of their difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from analysis.evidence.errors import PoolInputError
from analysis.evidence.inputs import as_codes, as_variances, as_vector
from analysis.evidence.pooling import pool


@dataclass(frozen=True)
class Subgroups:
    """Pooled effects by subgroup.

    Attributes
    ----------
    table : DataFrame
        `subgroup` and the numbers of `Pooled.to_row`.
    q, df, p : float
        Test that all subgroups have one effect: Q between (chi square). It compares studies with
        studies, so that it shows association, never what the characteristic does.
    """

    table: pd.DataFrame
    q: float
    df: int
    p: float


def subgroups(
    yi: ArrayLike,
    vi: ArrayLike,
    by: Any,
    *,
    study: Any = None,
    rho: float | None = None,
    **options: Any,
) -> Subgroups:
    """Pool within each subgroup, with its own between-study variance.

    Parameters
    ----------
    yi, vi : array of shape (k,)
    by : array of shape (k,)
        Label of the subgroup.
    study, rho
        As `pool`; effects of one study in different subgroups count as independent.
    **options
        `method`, `test`, `level` of `pool`.

    Raises
    ------
    PoolInputError
        If there is one subgroup only, or an input is unusable.
    """
    y = as_vector(yi, "yi")
    v = as_variances(vi, "vi", y.size)
    labels = np.asarray(by)
    codes = as_codes(labels, "by", y.size)
    if codes.max() == 0:
        raise PoolInputError("there is one subgroup only")
    names = None if study is None else np.asarray(study)
    rows = []
    for code in range(int(codes.max()) + 1):
        keep = codes == code
        found = pool(
            y[keep], v[keep], study=None if names is None else names[keep], rho=rho, **options
        )
        rows.append({"subgroup": labels[keep][0], **found.to_row()})
    table = pd.DataFrame(rows)
    weights = 1.0 / table["se"] ** 2
    mean = float((weights * table["estimate"]).sum() / weights.sum())
    q = float((weights * (table["estimate"] - mean) ** 2).sum())
    return Subgroups(table, q, len(table) - 1, float(chdtrc(len(table) - 1, q)))
