"""Small-study effects: Egger's regression, and what it implies without such effects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.evidence.errors import PoolInputError
from analysis.evidence.heterogeneity import weighted_fit
from analysis.evidence.inputs import Matrix, Vector, as_variances, as_vector
from analysis.evidence.result import Interval, quantile, two_sided

FEW_STUDIES = 10


@dataclass(frozen=True)
class SmallStudy:
    """Funnel asymmetry.

    Attributes
    ----------
    k : int
    slope, slope_se, p : float
        Egger's coefficient on the standard error, its standard error and two-sided p-value (t with
        k - 2 degrees of freedom).
    pet, peese : float
        Effect at a standard error of zero, from the regression on the standard error and on the
        variance.
    pet_ci, peese_ci : tuple of float
        Their 95% intervals.
    cautions : tuple of str
        What keeps the reader from reading too much into it.
    """

    k: int
    slope: float
    slope_se: float
    p: float
    pet: float
    pet_ci: Interval
    peese: float
    peese_ci: Interval
    cautions: tuple[str, ...]


def _regression(y: Vector, v: Vector, predictor: Vector) -> tuple[Vector, Matrix]:
    """Weighted regression with a multiplicative dispersion."""
    x = np.column_stack([np.ones_like(y), predictor])
    beta, unscaled, r = weighted_fit(y, x, 1.0 / v)
    return beta, unscaled * float((r * r / v).sum()) / (y.size - 2)


def _at_zero(beta: Vector, covariance: Matrix, df: int) -> tuple[float, Interval]:
    half = quantile(0.975, float(df)) * math.sqrt(covariance[0, 0])
    return float(beta[0]), (float(beta[0]) - half, float(beta[0]) + half)


def small_study_effects(yi: ArrayLike, vi: ArrayLike) -> SmallStudy:
    """Egger's test (Egger et al. 1997, doi 10.1136/bmj.315.7109.629) and PET-PEESE.

    PET and PEESE after Stanley and Doucouliagos 2014 (doi 10.1002/jrsm.1095). Independent estimates
    only; for several effects a study regress with `pool(..., mods=standard error, study=...)`.

    Parameters
    ----------
    yi, vi : array of shape (k,)
        k at least 3, standard errors not all equal.

    Returns
    -------
    SmallStudy

    Raises
    ------
    PoolInputError
        If there are fewer than three estimates or all have one standard error.
    """
    y = as_vector(yi, "yi")
    v = as_variances(vi, "vi", y.size)
    if y.size < 3 or math.isclose(float(v.min()), float(v.max()), rel_tol=1e-9):
        raise PoolInputError("Egger's test needs three estimates with different standard errors")
    df = y.size - 2
    beta, covariance = _regression(y, v, np.sqrt(v))
    pet, pet_ci = _at_zero(beta, covariance, df)
    peese, peese_ci = _at_zero(*_regression(y, v, v), df)
    slope, slope_se = float(beta[1]), math.sqrt(covariance[1, 1])
    cautions = [
        "asymmetry has other causes than missing studies: heterogeneity, trial quality, and the "
        "dependence of a standardised difference on its own standard error"
    ]
    if y.size < FEW_STUDIES:
        cautions.insert(
            0, f"fewer than {FEW_STUDIES} studies: the test cannot tell chance from asymmetry"
        )
    return SmallStudy(
        k=y.size,
        slope=slope,
        slope_se=slope_se,
        p=two_sided(slope / slope_se, float(df)),
        pet=pet,
        pet_ci=pet_ci,
        peese=peese,
        peese_ci=peese_ci,
        cautions=tuple(cautions),
    )
