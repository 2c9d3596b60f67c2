"""Logistic regression by Newton's method for many sets of case weights at once."""

from __future__ import annotations

import numpy as np

from analysis.adjust.columns import Matrix, Vector


def expit(eta: Matrix) -> Matrix:
    """Return 1 / (1 + exp(-eta)) without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * eta))


class Weighted:
    """Weighted cross-products of a design matrix for many sets of case weights.

    Attributes
    ----------
    x : array of shape (n, p)
    """

    def __init__(self, x: Matrix) -> None:
        self.x = x
        self._upper = np.triu_indices(x.shape[1])
        self._pairs = x[:, self._upper[0]] * x[:, self._upper[1]]

    def cross(self, weights: Matrix) -> Matrix:
        """Return X'WX for each row of `weights` (r, n), as (r, p, p)."""
        packed = weights @ self._pairs
        p = self.x.shape[1]
        out = np.empty((len(weights), p, p))
        out[:, self._upper[0], self._upper[1]] = packed
        out[:, self._upper[1], self._upper[0]] = packed
        return out

    def least_squares(self, weights: Matrix, y: Vector) -> Matrix:
        """Return the weighted least squares coefficients for each row of `weights`, (r, p)."""
        right = (weights * y) @ self.x
        return solve(self.cross(weights), right)


def solve(left: Matrix, right: Matrix) -> Matrix:
    """Solve positive definite systems (r, p, p) for (r, p); NaN where one is singular.

    A ridge of 1e-10 of the mean diagonal keeps a level that a replicate lacks at zero.
    """
    p = left.shape[-1]
    scale = np.trace(left, axis1=1, axis2=2)[:, None, None] / p
    return np.linalg.solve(left + 1e-10 * scale * np.eye(p), right[..., None])[..., 0]


def newton(
    design: Weighted, y: Vector, weights: Matrix, start: Vector, tolerance: float = 1e-8
) -> Matrix:
    """Maximise the logistic likelihood for each set of case weights.

    Parameters
    ----------
    design : Weighted
        Design of n rows and p columns.
    y : array of shape (n,)
        0 or 1.
    weights : array of shape (r, n)
        Non-negative case weights, one row a fit.
    start : array of shape (p,)
        Where every fit starts.
    tolerance : float
        Largest change of a coefficient at the last step.

    Returns
    -------
    array of shape (r, p)
        Coefficients; NaN where 25 steps did not converge.
    """
    gamma = np.tile(start, (len(weights), 1))
    moving = np.arange(len(weights))
    for _ in range(25):
        e = expit(gamma[moving] @ design.x.T)
        score = (weights[moving] * (y - e)) @ design.x
        step = solve(design.cross(weights[moving] * e * (1 - e)), score)
        step /= np.maximum(1.0, np.abs(step).max(axis=1, keepdims=True) / 3.0)
        gamma[moving] += step
        moving = moving[~(np.abs(step).max(axis=1) < tolerance)]
        if not moving.size:
            return gamma
    gamma[moving] = np.nan
    return gamma
