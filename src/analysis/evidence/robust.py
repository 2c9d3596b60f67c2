"""Cluster-robust variance CR2 with Satterthwaite degrees of freedom, for multilevel fits."""

from __future__ import annotations

import numpy as np

from analysis.evidence.inputs import Matrix, Vector
from analysis.evidence.multilevel import Rotated, Solved


def _adjustment(phi: Matrix, lost: Matrix) -> Matrix:
    """Matrix A with A (phi - lost) A = phi on the range of phi - lost."""
    upper = np.linalg.cholesky(phi).T
    values, axes = np.linalg.eigh(upper @ (phi - lost) @ upper.T)
    keep = values > 1e-12 * max(float(values.max()), 0.0)
    power = np.where(keep, 1.0 / np.sqrt(np.where(keep, values, 1.0)), 0.0)
    return np.asarray(upper.T @ ((axes * power) @ axes.T) @ upper)


def cr2(
    data: Rotated, fit: Solved, tau2: float, omega2: float, turn: Matrix
) -> tuple[Matrix, Vector]:
    """CR2 covariance of the coefficients and Satterthwaite degrees of freedom, clustered by study.

    The working model is the fitted one: weights are the inverse of the model covariance
    (Pustejovsky and Tipton 2018, doi 10.1080/07350015.2016.1247004; Tipton 2015,
    doi 10.1037/met0000011). Invariant to the rotation of `data`.

    Parameters
    ----------
    data : Rotated
        k effects of J studies, p fixed effects.
    fit : Solved
        The fit at `tau2` and `omega2`.
    tau2, omega2 : float
        Variance components.
    turn : array of shape (p, p)
        What makes the wanted coefficients of those of `data.x`.

    Returns
    -------
    covariance : array of shape (p, p)
    df : array of shape (p,)
    """
    residual = data.y - data.x @ fit.beta
    contributions, own, means = [], [], []
    for rows in np.split(np.arange(data.y.size), data.starts[1:]):
        x, z = data.x[rows], data.ones[rows]
        phi = np.diag(data.v[rows] + omega2) + tau2 * np.outer(z, z)
        adjusted = _adjustment(phi, x @ fit.unscaled @ x.T)
        carried = adjusted @ np.linalg.solve(phi, x) @ fit.unscaled @ turn.T
        contributions.append(carried.T @ residual[rows])
        own.append(np.einsum("ip,ij,jp->p", carried, phi, carried))
        means.append(carried.T @ x)
    scores = np.array(contributions)
    cross = np.array(means)
    df = np.empty(fit.beta.size)
    for at in range(df.size):
        p = np.diag(np.array(own)[:, at]) - cross[:, at] @ fit.unscaled @ cross[:, at].T
        df[at] = np.trace(p) ** 2 / float((p * p).sum())
    return scores.T @ scores, df
