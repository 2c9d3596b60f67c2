"""The hazard of leaving early: Cox regression with standard errors of therapy groups."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.records.errors import (
    ConvergenceError,
    InsufficientDataError,
    RankDeficientError,
)
from analysis.records.times import one_time

FLAT = 1e-6  # slope of the log likelihood per event, below which it counts as a maximum


@dataclass(frozen=True)
class Hazard:
    """Log hazard ratio of leaving early, comparison against reference arm.

    Attributes
    ----------
    log_ratio, se : float
        Positive: the comparison arm leaves earlier. `se` is the clusters' sandwich.
    events, clusters : int
        Stays that ended by leaving, independent clusters.
    """

    log_ratio: float
    se: float
    events: int
    clusters: int


def leaving_hazard(
    stays: pd.DataFrame, in_comparison: pd.Series, cluster: pd.Series, covariates: pd.DataFrame
) -> Hazard:
    """Fit the cause-specific hazard of leaving early; other ends are censored there.

    Ties as in Efron (1977, doi 10.1080/01621459.1977.10480613); the variance is the robust one of
    Lin and Wei (1989, doi 10.1080/01621459.1989.10478874), its score residuals summed over
    clusters, without a correction for few of them.

    Parameters
    ----------
    stays : DataFrame
        ``day`` and ``event``.
    in_comparison : Series
        1 in the comparison arm, 0 in the reference arm.
    cluster : Series
        Label of each person's independent unit.
    covariates : DataFrame
        Numeric columns (indicators of levels), may be empty.

    Raises
    ------
    InsufficientDataError
        If an arm has nobody who left early, or a covariate repeats others or the arm.
    ConvergenceError
        If the partial likelihood has no maximum that was found.
    """
    left = stays["event"].eq("left").to_numpy()
    if (
        pd.Series(left).groupby(in_comparison.to_numpy()).sum().min() < 1
        or len(set(in_comparison)) < 2
    ):
        raise InsufficientDataError("in one arm nobody left early, so hazards have no ratio")
    other = covariates.to_numpy(float)
    spread = other.std(axis=0)
    design = np.column_stack([other / np.where(spread > 0, spread, 1.0), in_comparison])
    design = design - design.mean(axis=0)
    day, labels = one_time(stays["day"]), pd.factorize(cluster)[0]
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise RankDeficientError("covariates, or a covariate and the arm, say the same")
    log_ratios, covariance = _maximum(design, day, left)
    scores = pd.DataFrame(score_residuals(design, day, left, log_ratios)).groupby(labels).sum()
    influence = scores.to_numpy() @ covariance[:, -1]
    return Hazard(
        log_ratio=float(log_ratios[-1]),
        se=float(np.sqrt(influence @ influence)),
        events=int(left.sum()),
        clusters=len(scores),
    )


def _maximum(
    design: np.ndarray, day: np.ndarray, left: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log hazard ratios at the maximum and their model-based covariance."""
    from statsmodels.duration.hazard_regression import PHReg

    model = PHReg(day, design, status=left, ties="efron")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            log_ratios = model.fit(maxiter=50).params
            covariance = np.linalg.inv(-model.hessian(log_ratios))
            slope = np.abs(model.score(log_ratios)).max()
    except np.linalg.LinAlgError as failure:
        raise ConvergenceError("the hazard of leaving early has no maximum") from failure
    if not (np.isfinite(log_ratios).all() and slope < FLAT * left.sum()):
        raise ConvergenceError("the hazard of leaving early has no maximum")
    return log_ratios, covariance


def score_residuals(
    design: np.ndarray, day: np.ndarray, left: np.ndarray, log_ratios: np.ndarray
) -> np.ndarray:
    """Return each person's share in the derivative of Efron's partial likelihood.

    Of d people who leave on one day the k-th (from 0) leaves a risk set in which all d still
    count by 1 - k/d; see Therneau and Grambsch (2000, doi 10.1007/978-1-4757-3294-8), section 3.3.

    Parameters
    ----------
    design : ndarray, shape (people, covariates)
    day : ndarray, shape (people,)
        Day on which the stay or its observation ended.
    left : ndarray of bool, shape (people,)
        True where it ended by leaving.
    log_ratios : ndarray, shape (covariates,)
        The coefficients.

    Returns
    -------
    ndarray, shape (people, covariates)
        Columns sum to zero at the maximum.
    """
    linear = design @ log_ratios
    weight = np.exp(linear - linear.max())
    residuals = np.zeros(design.shape)
    for moment in np.unique(day[left]):
        leaving = left & (day == moment)
        thinned = np.arange(leaving.sum()) / leaving.sum()
        counted = (weight * (day >= moment))[:, None] * (1 - np.outer(leaving, thinned))
        hazard = counted / counted.sum(axis=0)
        means = hazard.T @ design
        residuals -= hazard.sum(axis=1, keepdims=True) * design - hazard @ means
        residuals[leaving] += design[leaving] - means.mean(axis=0)
    return residuals
