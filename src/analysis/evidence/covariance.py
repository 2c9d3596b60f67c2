"""Sampling covariance of effects from one study: shared arms and repeated or several outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.evidence.errors import PoolInputError
from analysis.evidence.inputs import Matrix, Vector, as_codes, as_variances

_Codes = NDArray[np.intp]


def _correlation(rho: float) -> float:
    if not -1.0 <= rho <= 1.0:
        raise PoolInputError("rho must lie between -1 and 1")
    return float(rho)


def constant_correlation(vi: Vector, study: _Codes, rho: float) -> Matrix:
    """Covariance with correlation `rho` between any two effects of one study, zero across studies.

    Parameters
    ----------
    vi : array of shape (k,)
    study : array of int, shape (k,)
    rho : float

    Raises
    ------
    PoolInputError
        If `rho` is not a correlation.
    """
    r = np.where(study[:, None] == study[None, :], _correlation(rho), 0.0)
    np.fill_diagonal(r, 1.0)
    return r * np.sqrt(np.outer(vi, vi))


def _overlap(grp1: _Codes, n1: Vector, grp2: _Codes, n2: Vector) -> Matrix:
    """Correlation of two contrasts by their arms in common.

    A contrast of arm 1 with arm 2 has variance proportional to 1/n1 + 1/n2; two contrasts share the
    part of every arm in common, with its sign (Gleser and Olkin 2009, in Cooper, Hedges and
    Valentine, chapter 19).
    """
    a, b = 1.0 / np.sqrt(n1), 1.0 / np.sqrt(n2)
    shared = np.zeros((n1.size, n1.size))
    for left, left_size, left_sign in ((grp1, a, 1.0), (grp2, b, -1.0)):
        for right, right_size, right_sign in ((grp1, a, 1.0), (grp2, b, -1.0)):
            same = left[:, None] == right[None, :]
            shared += left_sign * right_sign * same * np.outer(left_size, right_size)
    spread = np.sqrt(1.0 / n1 + 1.0 / n2)
    return np.asarray(shared / np.outer(spread, spread))


def build_v(
    vi: ArrayLike,
    study: Any,
    *,
    rho: float,
    outcome: Any = None,
    grp1: Any = None,
    n1: ArrayLike | None = None,
    grp2: Any = None,
    n2: ArrayLike | None = None,
    subgroup: Any = None,
) -> Matrix:
    """Build the sampling covariance matrix V of effects that share participants.

    Two effects of one study correlate by the product of an outcome part (1 for the same outcome,
    `rho` for different ones) and an arm part (1 for the same two arms, less where only one arm is
    shared, in proportion to its size). Without `outcome`, every effect counts as another outcome.
    Without arms, all effects of a study count as the same contrast.

    Parameters
    ----------
    vi : array of shape (k,)
        Sampling variances.
    study : array of shape (k,)
        Study labels.
    rho : float
        Correlation between outcomes (or occasions) measured on the same people.
    outcome : array of shape (k,), optional
        Label of the outcome, or of outcome and occasion together.
    grp1, grp2 : array of shape (k,), optional
        Labels of the two arms of each contrast, both or neither.
    n1, n2 : array of shape (k,), optional
        Sizes of those arms; equal where left out.
    subgroup : array of shape (k,), optional
        Effects in different subgroups of a study count as independent (the working model of a
        subgroup correlated effects analysis, Pustejovsky and Tipton 2022,
        doi 10.1007/s11121-021-01246-3).

    Returns
    -------
    array of shape (k, k)
        May be singular where two effects of a study share outcome and arms.

    Raises
    ------
    PoolInputError
        If a length, a label, a size or `rho` is not usable, or only one arm was named.
    """
    v = as_variances(vi, "vi")
    k = v.size
    cluster = as_codes(study, "study", k)
    together = cluster[:, None] == cluster[None, :]
    if subgroup is not None:
        part = as_codes(subgroup, "subgroup", k)
        together &= part[:, None] == part[None, :]
    kind = np.arange(k) if outcome is None else as_codes(outcome, "outcome", k)
    r = np.where(kind[:, None] == kind[None, :], 1.0, _correlation(rho))
    if (grp1 is None) != (grp2 is None):
        raise PoolInputError("name both arms (grp1 and grp2) or neither")
    if grp1 is not None:
        arms = as_codes(np.concatenate([np.asarray(grp1), np.asarray(grp2)]), "arms", 2 * k)
        size1 = np.ones(k) if n1 is None else as_variances(n1, "n1", k)
        size2 = np.ones(k) if n2 is None else as_variances(n2, "n2", k)
        if (arms[:k] == arms[k:]).any():
            raise PoolInputError("a contrast has the same arm on both sides")
        r = r * _overlap(arms[:k], size1, arms[k:], size2)
    r = np.where(together, r, 0.0)
    np.fill_diagonal(r, 1.0)
    return r * np.sqrt(np.outer(v, v))
