"""Rubin's rules: from m estimates of imputed data to one, and how many imputations are enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from analysis.study.rowless import rowless
from analysis.unseen.errors import ImputationError

Floats = NDArray[np.floating]

NEGLIGIBLE = 1e-4  # share of missing information below which the formulas divide by nothing


@rowless
@dataclass(frozen=True)
class PooledImputations:
    """One quantity pooled over m imputations; arrays where many were pooled at once.

    Attributes
    ----------
    value, se : array
        Estimate and total standard error.
    df : array
        Barnard and Rubin's degrees of freedom.
    within, between : array
        Mean sampling variance and variance between imputations.
    fmi : array
        Fraction of missing information.
    mcse : array
        Monte-Carlo standard error of `value`: how far another m imputations might move it.
    m : int
        Number of imputations.
    """

    value: Floats
    se: Floats
    df: Floats
    within: Floats
    between: Floats
    fmi: Floats
    mcse: Floats
    m: int


def pool(
    estimates: Floats, variances: Floats, df_complete: float | Floats = math.inf
) -> PooledImputations:
    """Pool estimates by Rubin's rules.

    Total variance: Rubin (1987, Multiple Imputation for Nonresponse in Surveys, section 3.1).
    Degrees of freedom: Barnard and Rubin (1999, doi 10.1093/biomet/86.4.948).

    Parameters
    ----------
    estimates, variances : (..., m) arrays
        One estimate and its squared standard error an imputation.
    df_complete : float or (...) array
        Degrees of freedom that the complete data would have.

    Raises
    ------
    ImputationError
        If there are fewer than two imputations or a number is not finite.
    """
    m = estimates.shape[-1]
    if m < 2:
        raise ImputationError("pooling needs two imputations or more")
    if not (np.isfinite(estimates).all() and np.isfinite(variances).all()):
        raise ImputationError("an analysis of the imputed data gave no finite estimate")
    within, between = variances.mean(axis=-1), estimates.var(axis=-1, ddof=1)
    total = within + (1 + 1 / m) * between
    share = np.maximum((1 + 1 / m) * between / total, NEGLIGIBLE)
    df = _barnard_rubin(share, m, np.asarray(df_complete, dtype=float))
    increase = (1 + 1 / m) * between / within
    return PooledImputations(
        value=estimates.mean(axis=-1),
        se=np.sqrt(total),
        df=df,
        within=within,
        between=between,
        fmi=(increase + 2 / (df + 3)) / (increase + 1),
        mcse=np.sqrt(between / m),
        m=m,
    )


def _barnard_rubin(share: Floats, m: int, complete: Floats) -> Floats:
    old = (m - 1) / share**2
    with np.errstate(invalid="ignore"):
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        both = old * observed / (old + observed)
    return np.where(np.isinf(complete), old, both)


def imputations_needed(share: float, m: int, precision: float = 0.05) -> int:
    """Return how many imputations make the standard error repeatable.

    The two-stage quadratic rule of von Hippel (2020, doi 10.1177/0049124117747303): with m pilot
    imputations, the upper 95% limit of the fraction of missing information (on the logit scale)
    gives M = 1 + (limit / precision)² / 2.

    Parameters
    ----------
    share : float
        Fraction of missing information estimated from the pilot.
    m : int
        Imputations of the pilot.
    precision : float
        Coefficient of variation wanted of the standard error, over sets of imputations.
    """
    inside = float(np.clip(share, NEGLIGIBLE, 1 - NEGLIGIBLE))
    limit = float(expit(logit(inside) + ndtri(0.975) * math.sqrt(2 / m)))
    return math.ceil(1 + 0.5 * (limit / precision) ** 2)
