"""`pool`: the one door to the meta-analyses of this package."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.evidence.assembly import ROBUST
from analysis.evidence.correlated import fit_correlated
from analysis.evidence.covariance import constant_correlation
from analysis.evidence.errors import CovarianceError, PoolInputError
from analysis.evidence.inputs import (
    Matrix,
    Vector,
    as_codes,
    as_covariance,
    as_design,
    as_variances,
    as_vector,
    is_diagonal,
)
from analysis.evidence.result import Pooled
from analysis.evidence.univariate import TESTS, fit_univariate

_TEST_NAMES = {
    "wald": "z",
    "normal": "z",
    "hk": "hartung-knapp",
    "knha": "hartung-knapp",
    "adhoc": "hartung-knapp-adhoc",
    "cr2": ROBUST,
}


def _test_name(test: str) -> str:
    name = _TEST_NAMES.get(test.lower(), test.lower())
    if name not in (*TESTS, ROBUST):
        raise PoolInputError(f"test {test!r} is unknown; known: {', '.join((*TESTS, ROBUST))}")
    return name


def _sampling(
    y: Vector,
    vi: ArrayLike | None,
    covariance: ArrayLike | None,
    study: NDArray[np.intp] | None,
    rho: float | None,
) -> tuple[Vector, Matrix | None]:
    """Return sampling variances and, unless the errors are independent, their covariance."""
    if covariance is not None:
        if rho is not None:
            raise PoolInputError("give V or rho, not both")
        matrix = as_covariance(covariance, y.size)
        own = np.diag(matrix).copy()
        if vi is not None and not np.allclose(own, as_variances(vi, "vi", y.size), rtol=1e-6):
            raise CovarianceError("the diagonal of V differs from vi")
        return own, None if is_diagonal(matrix) else matrix
    if vi is None:
        raise PoolInputError("give vi or V")
    variances = as_variances(vi, "vi", y.size)
    if rho is None:
        return variances, None
    if study is None:
        raise PoolInputError("rho needs study: it is the correlation of effects of one study")
    return variances, as_covariance(constant_correlation(variances, study, rho), y.size)


def pool(
    yi: ArrayLike,
    vi: ArrayLike | None = None,
    *,
    study: Any = None,
    V: ArrayLike | None = None,
    rho: float | None = None,
    mods: Any = None,
    method: str = "REML",
    test: str = "hartung-knapp",
    level: float = 0.95,
) -> Pooled:
    """Pool effects of several studies.

    With one effect a study this is a univariate meta-analysis. With several effects in a study
    (named by `study`) it is the correlated-and-hierarchical effects model (random study, random
    effect within study), and the test is CR2 with Satterthwaite degrees of freedom unless `test`
    asks for ``z`` or ``t``.

    Parameters
    ----------
    yi : array of shape (k,)
        Effects, all on one scale and with one sign. Positive = group better on this project's
        scale.
    vi : array of shape (k,), optional
        Sampling variances (squared standard errors); may be left out where `V` is given.
    study : array of shape (k,), optional
        Label of the study of each effect.
    V : array of shape (k, k), optional
        Sampling covariance, see `build_v`. Without `study` it is taken as one block of dependent
        effects, with a random effect each.
    rho : float, optional
        In place of `V`: correlation of the sampling errors of effects of one study. Without both,
        sampling errors are independent.
    mods : array of shape (k,) or (k, m), or DataFrame, optional
        Moderators of a meta-regression, without intercept.
    method : str
        Estimator of tau squared: REML, ML, PM, EB, DL, HE, HS, SJ, EE or FE; for dependent effects
        REML, ML, EE or FE.
    test : str
        ``hartung-knapp``, ``hartung-knapp-adhoc``, ``t``, ``z`` or ``CR2``.
    level : float
        Level of the confidence and prediction intervals.

    Returns
    -------
    Pooled

    Raises
    ------
    PoolInputError
        If anything is missing, not finite, of the wrong length or not known.
    CovarianceError
        If `V` is not a covariance matrix of that size, or links studies.
    ConvergenceError
        If a likelihood has no verified optimum.
    """
    y = as_vector(yi, "yi")
    codes = None if study is None else as_codes(study, "study", y.size)
    variances, covariance = _sampling(y, vi, V, codes, rho)
    design = as_design(mods, y.size)
    if not 0.0 < level < 1.0:
        raise PoolInputError("level must lie between 0 and 1")
    method, test = method.upper(), _test_name(test)
    nested = codes is not None and int(codes.max()) + 1 < y.size
    if not nested and covariance is None and test != ROBUST:
        return fit_univariate(y, variances, design, method=method, test=test, level=level)
    if covariance is None:
        covariance = np.diag(variances)
    if codes is None:
        lone = test == ROBUST
        codes = np.arange(y.size) if lone else np.zeros(y.size, dtype=np.intp)
    elif test.startswith("hartung-knapp"):
        test = ROBUST
    if test == ROBUST and int(codes.max()) == 0:
        test = "t"
    return fit_correlated(y, covariance, codes, design, method=method, test=test, level=level)
