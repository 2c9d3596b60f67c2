"""One Bayesian draw of a linear regression whose clusters share an intercept.

The posterior of the partially nested model of one arm, drawn exactly: the intraclass correlation
on a grid with everything else integrated out, then the residual variance, the coefficients and
the clusters' effects in turn. No chain, so nothing to burn in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.study.rowless import rowless
from analysis.unseen.errors import ImputationError

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

# Cells are finer near zero, where the intraclass correlations of therapy groups lie.
EDGES = np.linspace(0.0, 1.0, 49) ** 2
HIGHEST = 0.999
RIDGE = 1e-6
CONSTANT = 1e-12  # share of a column's size below which its spread is rounding


@rowless
@dataclass(frozen=True)
class Draw:
    """Parameters drawn from their posterior.

    Attributes
    ----------
    beta : (p,) array
        Coefficients.
    residual, between : float
        Variances within and between clusters, squared units of the outcome.
    effects : (G,) array
        Effects of the clusters; of one without an observed member from its prior.
    """

    beta: Floats
    residual: float
    between: float
    effects: Floats

    def outcome(self, x: Floats, cluster: Codes, rng: np.random.Generator) -> Floats:
        """Draw outcomes (n,) of rows with predictors x (n, p); cluster -1 shares nothing."""
        mean = x @ self.beta
        if self.effects.size:
            mean = mean + np.where(cluster >= 0, self.effects[cluster], 0.0)
        return np.asarray(mean + np.sqrt(self.residual) * rng.standard_normal(len(x)))


def draw_regression(
    y: Floats, x: Floats, cluster: Codes, clusters: int, rng: np.random.Generator
) -> Draw:
    """Draw the parameters of ``y = x'beta + u_cluster + e`` given data.

    Priors: flat on the coefficients, 1 / variance on the residual variance, uniform on the
    intraclass correlation (the uniform shrinkage prior of Daniels 1999, Canadian Journal of
    Statistics 27, 567-578), so a cluster with one observed member is shrunken and not dropped.
    Without clusters this is the normal linear imputation model of Rubin (1987, Multiple
    Imputation for Nonresponse in Surveys, example 5.1).

    Parameters
    ----------
    y : (n,) array
        Observed values.
    x : (n, p) array
        Predictors, an intercept first; a small ridge on what is left of the others when their
        means are taken off keeps collinear columns harmless, wherever a predictor starts.
    cluster : (n,) array of int
        Cluster of each row from 0, or -1.
    clusters : int
        Number of clusters in the arm, those without an observed member included.
    rng : Generator

    Raises
    ------
    ImputationError
        If there are no more rows than coefficients plus one.
    """
    n, p = x.shape
    if n < p + 2:
        raise ImputationError(f"{n} observed values cannot carry {p} coefficients")
    turn, level = _standard(x), float(y.mean())
    sums = _Sums.of(np.column_stack([x @ turn, y - level]), cluster, clusters)
    rho = _draw_icc(sums, n, rng) if (sums.size > 1).any() else 0.0
    ratio = rho / (1.0 - rho)
    held = sums.profile(np.array([ratio]))[0]
    root = np.linalg.cholesky(held)
    residual = float(root[p, p] ** 2 / rng.chisquare(n - p))
    beta_hat = np.linalg.solve(root[:p, :p].T, root[p, :p])
    noise = np.linalg.solve(root[:p, :p].T, rng.standard_normal(p))
    beta = beta_hat + np.sqrt(residual) * noise
    shrink = ratio / (1.0 + ratio * sums.size)
    centre = shrink * (sums.total[:, p] - sums.total[:, :p] @ beta)
    effects = centre + np.sqrt(residual * shrink) * rng.standard_normal(clusters)
    beta = turn @ beta
    beta[0] += level
    return Draw(beta, residual, ratio * residual, effects)


def _standard(x: Floats) -> Floats:
    """Matrix (p, p) that takes the means off predictors behind an intercept and scales them."""
    turn = np.eye(x.shape[1])
    spread = x[:, 1:].std(axis=0)
    spread = np.where(spread > CONSTANT * np.abs(x[:, 1:]).max(axis=0), spread, 1.0)
    turn[0, 1:] = -x[:, 1:].mean(axis=0) / spread
    turn[np.diag_indices(len(turn))] = 1.0 / np.r_[1.0, spread]
    return turn


@rowless
@dataclass(frozen=True)
class _Sums:
    """Cross-products of [X y]: of all rows, and of the clusters' column sums by cluster size."""

    gram: Floats  # (p + 1, p + 1)
    size: Floats  # (G,) observed members
    total: Floats  # (G, p + 1) column sums
    distinct: Floats  # (M,) sizes
    outer: Floats  # (M, p + 1, p + 1) sums of outer products of the column sums

    @classmethod
    def of(cls, z: Floats, cluster: Codes, clusters: int) -> _Sums:
        q = z.shape[1]
        gram = z.T @ z
        own = np.diag(gram)[:-1]
        gram[np.arange(q - 1), np.arange(q - 1)] += np.where(own > 0, RIDGE * own, 1.0)
        order = np.argsort(cluster, kind="stable")
        order = order[cluster[order] >= 0]
        size = np.bincount(cluster[order], minlength=clusters).astype(float)
        total = np.zeros((clusters, q))
        if len(order):
            first = np.flatnonzero(np.diff(cluster[order], prepend=-1))
            total[size > 0] = np.add.reduceat(z[order], first)
        distinct, code = np.unique(size, return_inverse=True)
        outer = np.array([total[code == k].T @ total[code == k] for k in range(len(distinct))])
        return cls(gram, size, total, distinct, outer.reshape(-1, q, q))

    def profile(self, ratios: Floats) -> Floats:
        """[X y]'V⁻¹[X y] times the residual variance, (K, q, q), for variance ratios (K,).

        V = residual (I + ratio J) within a cluster, so a cluster takes ratio / (1 + ratio size)
        times the outer product of its column sums away.
        """
        taken = ratios[:, None] / (1.0 + ratios[:, None] * self.distinct)
        return self.gram - np.tensordot(taken, self.outer, axes=1)


def _draw_icc(sums: _Sums, n: int, rng: np.random.Generator) -> float:
    """Draw the intraclass correlation from its marginal posterior, constant within grid cells."""
    p = len(sums.gram) - 1
    middle = (EDGES[1:] + EDGES[:-1]) / 2
    ratio = middle / (1.0 - middle)
    root = np.linalg.cholesky(sums.profile(ratio))
    pivots = np.log(np.diagonal(root, axis1=1, axis2=2))
    spread = np.log1p(ratio[:, None] * sums.size).sum(axis=1)
    log_density = -0.5 * spread - pivots[:, :p].sum(axis=1) - (n - p) * pivots[:, p]
    weight = np.exp(log_density - log_density.max()) * np.diff(EDGES)
    cell = rng.choice(len(middle), p=weight / weight.sum())
    return float(rng.uniform(EDGES[cell], min(EDGES[cell + 1], HIGHEST)))
