"""Partial pooling of related estimates: each is drawn to their mean as far as they agree.

The normal hierarchical model ``d ~ N(theta, V)``, ``theta ~ N(mu, tau² I)`` with flat priors on mu
and tau (Gelman 2006, doi 10.1214/06-BA117A). Averaging over tau, not plugging one in, keeps small
families from looking certain where the estimated tau is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
GRID = 400
WIDEST = 5.0


@rowless
@dataclass(frozen=True)
class Shrunken:
    """Shrunken estimates and how much the raw ones differ.

    Attributes
    ----------
    mean, se : array, shape (k,)
        Posterior mean and standard deviation of each family's value.
    overall, overall_se : float
        Posterior mean and standard deviation of the families' mean.
    tau : float
        Posterior median of the standard deviation between families.
    q, df, p : float
        Cochran's test that all families have one value (Cochran 1954, doi 10.2307/3001666).
    """

    mean: Floats
    se: Floats
    overall: float
    overall_se: float
    tau: float
    q: float
    df: int
    p: float


def partial_pooling(value: Floats, cov: Floats) -> Shrunken:
    """Pool k estimates partially.

    Parameters
    ----------
    value : array, shape (k,)
    cov : array, shape (k, k)
        Sampling covariance of the estimates.

    Raises
    ------
    ValueError
        With fewer than three estimates: tau has no posterior.
    """
    k = len(value)
    if k < 3:
        raise ValueError("partial pooling needs three families or more")
    q = _residual(value, np.linalg.inv(cov))[2]
    widest = WIDEST * float(np.std(value, ddof=1) + np.sqrt(np.mean(np.diag(cov))))
    taus = np.linspace(0, widest, GRID)
    each = [_given(tau, value, cov) for tau in taus]
    weight = np.exp(np.array([one[0] for one in each]) - max(one[0] for one in each))
    weight /= weight.sum()
    means, variances = (np.array([one[at] for one in each]) for at in (1, 2))
    mean = weight @ means
    variance = weight @ (variances + (means - mean) ** 2)
    return Shrunken(
        mean=mean[:k],
        se=np.sqrt(variance[:k]),
        overall=float(mean[k]),
        overall_se=float(np.sqrt(variance[k])),
        tau=float(taus[np.searchsorted(weight.cumsum(), 0.5)]),
        q=q,
        df=k - 1,
        p=float(stats.chi2.sf(q, k - 1)),
    )


def _residual(value: Floats, precision: Floats) -> tuple[float, float, float]:
    """Return the weighted mean, the variance of it, and the weighted sum of squares around it."""
    one = np.ones(len(value))
    information = float(one @ precision @ one)
    mean = float(one @ precision @ value) / information
    left = value - mean
    return mean, 1 / information, float(left @ precision @ left)


def _given(tau: float, value: Floats, cov: Floats) -> tuple[float, Floats, Floats]:
    """Return log marginal density, and means and variances of theta and mu, given tau."""
    k = len(value)
    total = cov + tau**2 * np.eye(k)
    precision = np.linalg.inv(total)
    mu, spread, q = _residual(value, precision)
    log_density = -0.5 * (np.linalg.slogdet(total)[1] - np.log(spread) + q)
    keep = tau**2 * precision
    towards = (np.eye(k) - keep) @ np.ones(k)
    mean = mu + keep @ (value - mu)
    variance = np.diag(tau**2 * np.eye(k) - tau**2 * keep) + spread * towards**2
    return float(log_density), np.append(mean, mu), np.append(variance, spread)
