"""The bias of one unmeasured confounder, by its partial R-squareds with arm and outcome."""

from __future__ import annotations

import numpy as np

from analysis.adjust.columns import Vector


def robustness_value(bias_in_scale: float) -> float:
    """Return the partial R-squared that a confounder needs with both arm and outcome.

    ``(sqrt(f^4 + 4 f^2) - f^2) / 2`` with f the bias over the scale of `bias_of` (Cinelli
    and Hazlett 2020, doi 10.1111/rssb.12348; for a null effect f is the t-value over the square
    root of the residual degrees of freedom).
    """
    square = bias_in_scale**2
    return float((np.sqrt(square**2 + 4 * square) - square) / 2)


def bias_of(r2_arm: Vector | float, r2_outcome: Vector | float, scale: float) -> Vector:
    """Return the bias ``scale sqrt(r2_outcome r2_arm / (1 - r2_arm))`` of a confounder, in points.

    Cinelli and Hazlett (2020, doi 10.1111/rssb.12348).

    Parameters
    ----------
    r2_arm, r2_outcome : float or array
        Partial R-squared of the confounder with the arm given the covariates, and with the outcome
        given arm and covariates.
    scale : float
        Residual standard deviation of the outcome (given arm and covariates) over that of the arm
        (given covariates), in points.
    """
    arm, outcome = np.asarray(r2_arm), np.asarray(r2_outcome)
    return np.asarray(scale * np.sqrt(outcome * arm / (1 - arm)))


def benchmark_strength(
    r2_arm: float, r2_outcome: float, times: float = 1.0
) -> tuple[float, float] | None:
    """Return the partial R-squareds of a confounder `times` as strong as a measured covariate.

    Parameters
    ----------
    r2_arm, r2_outcome : float
        Of the covariate, given the other covariates (and the arm).
    times : float
        Multiple, of both associations.

    Returns
    -------
    (float, float) or None
        With the arm and with the outcome, given all measured covariates (Cinelli and Hazlett 2020,
        doi 10.1111/rssb.12348, bounds of section 4.4); None where none so strong can exist.
    """
    with_arm = times * r2_arm / (1 - r2_arm)
    if with_arm >= 1:
        return None
    shared = times * r2_arm**2 / ((1 - times * r2_arm) * (1 - r2_arm))
    if shared >= 1:
        return None
    eta = (np.sqrt(times) + np.sqrt(shared)) / np.sqrt(1 - shared)
    with_outcome = float(eta**2 * r2_outcome / (1 - r2_outcome))
    return None if with_outcome > 1 else (float(with_arm), with_outcome)
