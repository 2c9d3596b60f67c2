"""The propensity of the comparison arm given baseline covariates, and what forbids to fit it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.adjust.columns import (
    Covariates,
    Matrix,
    Products,
    Vector,
    complete,
    expand,
    with_products,
)
from analysis.adjust.errors import (
    OneArmSiteError,
    SeparationError,
    TooFewParticipantsError,
)
from analysis.comparison.question import Contrast
from analysis.engine.centring import orthogonal
from analysis.records.errors import ConvergenceError
from analysis.study.rowless import rowless


@rowless
@dataclass(frozen=True)
class Propensity:
    """A fitted logistic model of arm.

    Attributes
    ----------
    score : Series
        Probability of the comparison arm; index of the participants used, length n.
    treated : array of shape (n,)
        1.0 in the comparison arm.
    x : array of shape (n, p)
        Design matrix, intercept first.
    names : tuple of str
        Names of its columns.
    coefficients : array of shape (p,)
        Log odds per column (numeric covariates per standard deviation).
    """

    score: pd.Series
    treated: Vector
    x: Matrix
    names: tuple[str, ...]
    coefficients: Vector

    @property
    def e(self) -> Vector:
        """Return the scores as an array of shape (n,)."""
        return self.score.to_numpy(dtype=float)

    @property
    def preference(self) -> Vector:
        """Return the preference scores: the propensity with the arms' sizes taken out.

        ``logit F = logit e - logit P`` with P the share of the comparison arm (Walker et al. 2013,
        doi 10.2147/CER.S40357).
        """
        share = self.treated.mean()
        odds = self.e / (1 - self.e) * (1 - share) / share
        return np.asarray(odds / (1 + odds))


def fit_propensity(
    people: pd.DataFrame,
    contrast: Contrast,
    covariates: Covariates,
    *,
    fewest: int,
    products: Products = (),
    site: str | None = None,
) -> Propensity:
    """Fit the logistic propensity of the comparison arm.

    Parameters
    ----------
    people : DataFrame
        One row a participant, unique index: ``arm`` and the covariates. Participants with a missing
        covariate are left out.
    contrast : Contrast
    covariates : sequence of mapping
        ``column``, ``type`` (numeric or categorical), ``role`` (baseline).
    fewest : int
        Participants that each arm must have.
    products : sequence of (str, str)
        Pairs of covariates whose product enters too; twice the same name is its square.
    site : str, optional
        Column of the site; every site must have both arms.

    Raises
    ------
    CovariateRoleError, CovariateMissingError
        See `complete`.
    TooFewParticipantsError
        If an arm has fewer than `fewest` participants, or fewer than the model has columns.
    OneArmSiteError
        If a site has one arm only.
    SeparationError
        If covariates tell the arms apart perfectly.
    RankDeficientError
        If columns are linear combinations of others; the message names them.
    ConvergenceError
        If the fit does not converge.
    """
    used = complete(people, contrast, covariates)
    treated = used["arm"].eq(contrast.comparison).to_numpy().astype(np.float64)
    x, names = with_products(expand(used, covariates), products)
    _enough(treated, max(fewest, x.shape[1]), x.shape[1], contrast)
    if site is not None:
        _sites_have_both_arms(used[site], treated, site)
    _levels_have_both_arms(used, covariates, treated)
    return fit_scores(used.index, treated, x, names)


def fit_scores(index: pd.Index, treated: Vector, x: Matrix, names: tuple[str, ...]) -> Propensity:
    """Fit the scores of participants whose design matrix is made."""
    orthogonal(x, names)
    e, coefficients = _fitted(treated.tobytes(), np.ascontiguousarray(x).tobytes(), x.shape[1])
    return Propensity(pd.Series(e.copy(), index=index), treated, x, names, coefficients.copy())


@lru_cache(maxsize=64)
def _fitted(treated: bytes, x: bytes, columns: int) -> tuple[Vector, Vector]:
    """Fit one model once: estimates, balance, overlap and responders ask for the same one."""
    y, matrix = np.frombuffer(treated), np.frombuffer(x).reshape(-1, columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = GLM(y, matrix, family=Binomial()).fit(maxiter=100, tol=1e-12)
    e = np.asarray(fit.fittedvalues)
    if np.minimum(e, 1 - e).min() < 1e-7 and separated(matrix, y):
        raise SeparationError("covariates together tell perfectly who is in which arm")
    if not fit.converged:
        raise ConvergenceError("the propensity model did not converge")
    return e, np.asarray(fit.params)


def separated(x: Matrix, treated: Vector) -> bool:
    """Say whether a direction separates the arms, by a linear programme.

    Separation holds where some b has ``s_i x_i'b >= 0`` for all i and above zero for one, with s
    the arm as +1 and -1 (Albert and Anderson 1984, doi 10.1093/biomet/71.1.1).
    """
    signed = (2 * treated - 1)[:, None] * x
    result = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(x)), bounds=(-1, 1))
    return bool(-result.fun > 1e-6)


def _enough(treated: Vector, needed: int, columns: int, contrast: Contrast) -> None:
    for arm, inside in ((contrast.comparison, treated), (contrast.reference, 1 - treated)):
        if inside.sum() < needed:
            raise TooFewParticipantsError(
                f"arm '{arm}' has {int(inside.sum())} participants with all covariates; "
                f"the propensity model of {columns} columns needs {needed}"
            )


def _one_arm(values: pd.Series, treated: Vector) -> int:
    share = pd.Series(treated, index=values.index).groupby(values.astype(str)).mean()
    return int(share.isin([0.0, 1.0]).sum())


def _sites_have_both_arms(values: pd.Series, treated: Vector, site: str) -> None:
    lone = _one_arm(values, treated)
    if lone:
        raise OneArmSiteError(
            f"{lone} of {values.nunique()} sites (column '{site}') have one arm only; leave them "
            "out by a declared rule: their format cannot be told from their site"
        )


def _levels_have_both_arms(used: pd.DataFrame, covariates: Covariates, treated: Vector) -> None:
    for one in covariates:
        if one["type"] == "categorical" and (lone := _one_arm(used[one["column"]], treated)):
            raise SeparationError(
                f"{lone} levels of '{one['column']}' are in one arm only; merge or leave them out "
                "by a declared rule"
            )
