"""Several effects a study: the correlated-and-hierarchical effects model, by likelihood.

Within each study the sampling covariance V_j is turned into its principal axes once; there, the
model covariance V_j + omega^2 I + tau^2 11' is diagonal plus rank one, so that every step of the
fit is a few passes over vectors (Sherman and Morrison 1950; average information: Gilmour, Thompson
and Cullis 1995, doi 10.2307/2533274).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analysis.evidence.errors import CovarianceError
from analysis.evidence.inputs import Matrix, Vector
from analysis.records.errors import ConvergenceError

_TINY = 1e-12
_STARTS = ((0.5, 0.5), (0.05, 1.0), (1.0, 0.05), (0.01, 0.01), (3.0, 3.0))


@dataclass(frozen=True)
class Rotated:
    """Data sorted by study, on the principal axes of each study's V.

    Attributes
    ----------
    y : array of shape (k,)
    x : array of shape (k, p)
    ones : array of shape (k,)
        The rotated column of ones that carries the study's random effect.
    v : array of shape (k,)
        Variances along the axes, each study's in its own order.
    starts : array of int, shape (J,)
        Position where each of the J studies begins.
    """

    y: Vector
    x: Matrix
    ones: Vector
    v: Vector
    starts: NDArray[np.intp]

    @classmethod
    def from_blocks(
        cls, y: Vector, x: Matrix, covariance: Matrix, study: NDArray[np.intp]
    ) -> Rotated:
        """Sort by study and rotate.

        Raises
        ------
        CovarianceError
            If effects of different studies have a covariance.
        """
        if np.any(covariance[study[:, None] != study[None, :]]):
            raise CovarianceError("V has a covariance between effects of different studies")
        order = np.argsort(study, kind="stable")
        starts = np.flatnonzero(np.diff(study[order], prepend=-1))
        parts = []
        for rows in np.split(order, starts[1:]):
            values, axes = np.linalg.eigh(covariance[np.ix_(rows, rows)])
            turned = axes.T @ np.column_stack([y[rows], np.ones(rows.size), x[rows]])
            parts.append(np.column_stack([np.maximum(values, 0.0), turned]))
        table = np.concatenate(parts)
        return cls(table[:, 1], table[:, 3:], table[:, 2], table[:, 0], starts)

    def by_study(self, values: Vector | Matrix) -> Vector | Matrix:
        """Sum over the rows of each study."""
        return np.add.reduceat(values, self.starts, axis=0)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Number of effects of each study, shape (J,)."""
        return np.diff(self.starts, append=self.y.size)


@dataclass(frozen=True)
class Solved:
    """Generalised least squares at given variances.

    Attributes
    ----------
    beta, unscaled : array of shape (p,), (p, p)
        Coefficients and their model-based covariance.
    deviance : float
        Minus twice the (restricted) log-likelihood, without its constant.
    gradient, information : array of shape (2,), (2, 2)
        Slope of the deviance in (tau^2, omega^2) and its average information.
    """

    beta: Vector
    unscaled: Matrix
    deviance: float
    gradient: Vector
    information: Matrix


class WeightOperator:
    """The inverse model covariance at (tau^2, omega^2), applied without forming it."""

    def __init__(self, data: Rotated, tau2: float, omega2: float) -> None:
        self.data = data
        self.d = 1.0 / np.maximum(data.v + omega2, _TINY * (data.v.max() + omega2))
        self.dz = self.d * data.ones
        self.s = np.add.reduceat(self.dz * data.ones, data.starts)
        self.u = tau2 / (1.0 + tau2 * self.s)
        self.logdet = float(np.log1p(tau2 * self.s).sum() - np.log(self.d).sum())

    def __call__(self, columns: Matrix) -> Matrix:
        """Return the inverse covariance times `columns`, shape (k, m)."""
        sums = self.data.by_study(self.dz[:, None] * columns) * self.u[:, None]
        return np.asarray(
            self.d[:, None] * columns - self.dz[:, None] * np.repeat(sums, self.data.sizes, axis=0)
        )

    def traces(self) -> Vector:
        """Traces of the inverse covariance times its derivatives in (tau^2, omega^2)."""
        squares = np.add.reduceat(self.dz**2, self.data.starts)
        tau = float((self.s - self.u * self.s**2).sum())
        return np.array([tau, float(self.d.sum() - (self.u * squares).sum())])


def solve(data: Rotated, tau2: float, omega2: float, restricted: bool) -> Solved:
    """Generalised least squares, deviance, gradient and average information at given variances."""
    inverse = WeightOperator(data, tau2, omega2)
    k = inverse(data.x)
    precision = data.x.T @ k
    unscaled: Matrix = np.linalg.inv(precision).astype(float, copy=False)
    beta = unscaled @ (k.T @ data.y)
    py = inverse((data.y - data.x @ beta)[:, None])[:, 0]
    study_py = data.by_study(data.ones * py)
    directions = np.column_stack([data.ones * np.repeat(study_py, data.sizes), py])
    study_k = data.by_study(data.ones[:, None] * k)
    traces = inverse.traces()
    deviance = inverse.logdet + float(data.y @ py)
    if restricted:
        deviance += float(np.linalg.slogdet(precision)[1])
        lost = [np.vdot(unscaled, study_k.T @ study_k), np.vdot(unscaled, k.T @ k)]
        traces = traces - np.array(lost)
    gradient = traces - np.array([study_py @ study_py, py @ py])
    projected = inverse(directions) - k @ (unscaled @ (k.T @ directions))
    return Solved(beta, unscaled, deviance, gradient, directions.T @ projected)


def _polish(data: Rotated, theta: Vector, free: NDArray[np.bool_], restricted: bool) -> Vector:
    """Average-information steps on the variances that are not at zero."""
    now = solve(data, theta[0], theta[1], restricted)
    for _ in range(50):
        active = free & (theta > 0.0)
        if not active.any():
            break
        step = np.zeros(2)
        step[active] = np.linalg.lstsq(
            now.information[np.ix_(active, active)], -now.gradient[active], rcond=None
        )[0]
        trial = np.maximum(theta + step, 0.0)
        then = solve(data, trial[0], trial[1], restricted)
        if not then.deviance <= now.deviance:
            break
        moved = float(np.abs(trial - theta).max())
        theta, now = trial, then
        if moved <= _TINY * float(data.v.mean()):
            break
    return theta


def fit_variances(data: Rotated, *, restricted: bool, study_effect: bool) -> tuple[float, float]:
    """Estimate (tau^2, omega^2), each at least zero.

    Parameters
    ----------
    data : Rotated
    restricted : bool
        REML, else ML.
    study_effect : bool
        Whether tau^2 is estimated; else it is zero.

    Raises
    ------
    ConvergenceError
        If the point found is not a minimum of the deviance, its slope taken into account.
    """
    scale = float(data.v.mean())
    free = np.array([study_effect, True])
    upper = [(0.0, None) if one else (0.0, 0.0) for one in free]

    def objective(theta: Vector) -> tuple[float, Vector]:
        found = solve(data, theta[0] * scale, theta[1] * scale, restricted)
        return found.deviance, found.gradient * scale

    fits = [
        minimize(objective, np.array(start) * free, jac=True, method="L-BFGS-B", bounds=upper)
        for start in _STARTS
    ]
    best = min(fits, key=lambda one: float(one.fun))
    theta = _polish(data, np.where(best.x > 1e-7, best.x, 0.0) * scale, free, restricted)
    slope = solve(data, theta[0], theta[1], restricted).gradient * scale
    at_zero = theta <= 0.0
    if np.any(free & np.where(at_zero, slope < -1e-4, np.abs(slope) > 1e-4)):
        raise ConvergenceError("the variance components have no verified optimum")
    return float(theta[0]), float(theta[1])
