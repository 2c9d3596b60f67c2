"""How much one study carries: leave-one-out results and case diagnostics."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.evidence.errors import PoolInputError
from analysis.evidence.inputs import as_codes, as_variances, as_vector
from analysis.evidence.pooling import pool


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    study: Any = None,
    V: ArrayLike | None = None,
    rho: float | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Pool again without each study in turn.

    Parameters
    ----------
    yi, vi, study, V, rho
        As `pool`; without `study` every estimate is a study.
    **options
        `method`, `test`, `level` of `pool`.

    Returns
    -------
    DataFrame
        One row a study: `left_out` (its label, or position), `shift` (estimate minus the estimate
        of all) and the numbers of `Pooled.to_row`.

    Raises
    ------
    PoolInputError
        If there are fewer than two studies.
    """
    y = as_vector(yi, "yi")
    v = as_variances(vi, "vi", y.size)
    labels = np.arange(y.size) if study is None else np.asarray(study)
    codes = as_codes(labels, "study", y.size)
    if codes.max() == 0:
        raise PoolInputError("with one study there is nothing to leave out")
    matrix = None if V is None else np.asarray(V, dtype=float)
    full = pool(y, v, study=study, V=matrix, rho=rho, **options)
    rows = []
    for code in range(int(codes.max()) + 1):
        keep = codes != code
        found = pool(
            y[keep],
            v[keep],
            study=None if study is None else labels[keep],
            V=None if matrix is None else matrix[np.ix_(keep, keep)],
            rho=rho,
            **options,
        )
        label, shift = labels[codes == code][0], found.estimate - full.estimate
        rows.append({"left_out": label, "shift": shift, **found.to_row()})
    return pd.DataFrame(rows)


def case_diagnostics(yi: ArrayLike, vi: ArrayLike, *, method: str = "REML") -> pd.DataFrame:
    """Influence of each estimate of a univariate random-effects model.

    Viechtbauer and Cheung 2010 (doi 10.1002/jrsm.11), with model-based (Wald) standard errors.

    Parameters
    ----------
    yi, vi : array of shape (k,)
        k at least 3.
    method : str
        Estimator of tau squared.

    Returns
    -------
    DataFrame
        `hat` (weight in the pooled effect), `rstudent` (externally studentised residual), `dffits`,
        `cook` (Cook's distance), `tau2` without the estimate.
    """
    y = as_vector(yi, "yi")
    v = as_variances(vi, "vi", y.size)
    if y.size < 3:
        raise PoolInputError("case diagnostics need at least three estimates")
    full = pool(y, v, method=method, test="z")
    weights = 1.0 / (v + full.tau2)
    rows = []
    for at in range(y.size):
        keep = np.arange(y.size) != at
        rest = pool(y[keep], v[keep], method=method, test="z")
        hat = float(weights[at] / weights.sum())
        moved = full.estimate - rest.estimate
        own = v[at] + rest.tau2
        rows.append(
            {
                "hat": hat,
                "rstudent": (y[at] - rest.estimate) / math.sqrt(own + rest.se**2),
                "dffits": moved / math.sqrt(hat * own),
                "cook": moved**2 / full.se**2,
                "tau2": rest.tau2,
            }
        )
    return pd.DataFrame(rows)
