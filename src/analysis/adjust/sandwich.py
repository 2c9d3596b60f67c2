"""Clustered standard errors of linear estimates, with a small-sample correction and its df."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.adjust.columns import Matrix, Vector
from analysis.adjust.estimators import LinearEstimate
from analysis.study.rowless import rowless

DF_METHOD = "bell_mccaffrey"


@rowless
@dataclass(frozen=True)
class Clusters:
    """Who shares a therapy group; everyone else stands alone.

    Attributes
    ----------
    code : array of shape (n,)
        Cluster of each participant, 0 to C - 1.
    treated : array of shape (n,)
        1.0 in the comparison arm.
    shared : array of shape (n,)
        True where the participant's cluster is a therapy group (or a therapist's caseload).
    """

    code: np.ndarray
    treated: Vector
    shared: np.ndarray

    @property
    def count(self) -> int:
        """Return the number of clusters, participants who stand alone included."""
        return int(self.code.max()) + 1

    def sums(self, values: Matrix) -> Matrix:
        """Sum rows within clusters, (C,) or (C, k)."""
        if values.ndim == 1:
            return np.asarray(np.bincount(self.code, values, self.count), dtype=np.float64)
        return np.column_stack([np.bincount(self.code, one, self.count) for one in values.T])

    @property
    def side(self) -> Vector:
        """Return each cluster's arm, (C,): 1.0 comparison, 0.0 reference, 0.5 where it has both."""
        share = self.sums(self.treated) / self.sums(np.ones(len(self.code)))
        return np.where((share > 0) & (share < 1), 0.5, share)


@rowless
@dataclass(frozen=True)
class Working:
    """Working variances: residual `within` and shared `between` for each participant, (n,) each.

    Two members i and j of a cluster have the covariance sqrt(between_i between_j), in two arms too.
    """

    within: Vector
    between: Vector

    def icc(self, shared: np.ndarray) -> float | None:
        """Return the intraclass correlation of those in shared clusters."""
        if not shared.any():
            return None
        at = int(np.flatnonzero(shared)[0])
        return float(self.between[at] / (self.between[at] + self.within[at]))


@dataclass(frozen=True)
class Robust:
    """A clustered standard error.

    Attributes
    ----------
    se : float
        Corrected for small samples.
    plain : float
        The uncorrected sandwich.
    df : float
        Satterthwaite degrees of freedom.
    icc : float or None
        Working intraclass correlation.
    """

    se: float
    plain: float
    df: float
    icc: float | None


def working_variances(y: Vector, x: Matrix, clusters: Clusters) -> Working:
    """Estimate residual variances by arm, and between therapy groups, by analysis of variance.

    Residuals are from least squares of `y` on `x` in each arm. They steer the small-sample
    correction only; the standard error rests on the observed contributions.
    """
    within, between = np.empty(len(y)), np.zeros(len(y))
    for arm in (0.0, 1.0):
        at = np.flatnonzero(clusters.treated == arm)
        beta, *_ = np.linalg.lstsq(x[at], y[at], rcond=None)
        residual = y[at] - x[at] @ beta
        spent = np.linalg.matrix_rank(x[at])
        within[at] = residual @ residual / max(len(at) - spent, 1)
        inside = clusters.shared[at]
        if inside.any():
            one = _components(residual[inside], clusters.code[at][inside])
            if one is not None:
                within[at], between[at[inside]] = one
    floor = 1e-12 * max(float(np.var(y)), 1e-300)
    return Working(np.maximum(within, floor), between)


def _components(residual: Vector, code: np.ndarray) -> tuple[float, float] | None:
    """Variance within and between clusters (one-way analysis of variance), where possible."""
    _, place, size = np.unique(code, return_inverse=True, return_counts=True)
    groups, n = len(size), len(residual)
    if groups < 2 or n <= groups:
        return None
    means = np.bincount(place, residual) / size
    inside = float(((residual - means[place]) ** 2).sum()) / (n - groups)
    outside = float((size * (means - residual.mean()) ** 2).sum()) / (groups - 1)
    typical = (n - float((size**2).sum()) / n) / (groups - 1)
    return inside, max((outside - inside) / typical, 0.0)


def clustered(
    estimate: LinearEstimate, contributions: Vector, clusters: Clusters, working: Working
) -> Robust:
    """Return the clustered standard error of an estimate and its degrees of freedom.

    The contributions u = G y of clusters are linear in the outcome. Under the working covariance
    Phi their squares have expectation ``g_c' Phi g_c``, too small because means and models were
    fitted to the same outcomes; in each arm, and among clusters that have clients of both, they
    are scaled so that their sum has the expectation ``l' Phi l`` of the estimate's true variance.
    The reference is t with ``df = tr(K)^2 / tr(K K)``, K the scaled ``G Phi G'`` (Bell and
    McCaffrey 2002, Survey Methodology 28, 169-181; Pustejovsky and Tipton 2018,
    doi 10.1080/07350015.2016.1247004, for independent equal-sized groups this is Welch's t on
    group means).

    Parameters
    ----------
    estimate : LinearEstimate
        For n participants.
    contributions : array of shape (n,)
        ``estimate.influence(y)``; of an estimate that is not linear, its own contributions.
    clusters : Clusters
    working : Working
    """
    return correction(estimate, clusters, working).robust(contributions)


@rowless
@dataclass(frozen=True)
class Correction:
    """What does not depend on the contributions: one correction serves many outcomes.

    Attributes
    ----------
    scale : array of shape (C,)
        Factor of each cluster's squared contribution.
    df : float
    clusters : Clusters
    icc : float or None
        Working intraclass correlation.
    """

    scale: Vector
    df: float
    clusters: Clusters
    icc: float | None

    def robust(self, contributions: Vector) -> Robust:
        """Return the standard error of contributions, (n,)."""
        u = self.clusters.sums(contributions)
        return Robust(float(np.sqrt(self.scale @ u**2)), float(np.sqrt(u @ u)), self.df, self.icc)


def correction(estimate: LinearEstimate, clusters: Clusters, working: Working) -> Correction:
    """Return the small-sample correction and degrees of freedom that `clustered` describes."""
    side = clusters.side
    low = _LowRank.of(estimate, clusters, working)
    wanted = _own_variance(estimate.on_outcome, clusters, working)
    expected = low.diagonal()
    scale = np.empty(clusters.count)
    for one in np.unique(side):
        inside = side == one
        scale[inside] = wanted[inside].sum() / expected[inside].sum()
    trace, squares = low.scaled(scale).traces(scale * expected)
    return Correction(scale, trace**2 / squares, clusters, working.icc(clusters.shared))


def _own_variance(values: Vector, clusters: Clusters, working: Working) -> Vector:
    """``v' Phi v`` of each cluster's own part of `values`, (C,)."""
    shared = clusters.sums(values * np.sqrt(working.between))
    return clusters.sums(values**2 * working.within) + shared**2


@rowless
@dataclass(frozen=True)
class _LowRank:
    """``G Phi G' = diag(own) + R S R'``, without the C x C matrix."""

    own: Vector
    r: Matrix
    s: Matrix

    @classmethod
    def of(cls, estimate: LinearEstimate, clusters: Clusters, working: Working) -> _LowRank:
        right = estimate.right.T
        root = np.sqrt(working.between)[:, None]
        carried = right * working.within[:, None]
        carried += root * clusters.sums(root * right)[clusters.code]
        e = clusters.sums(estimate.own[:, None] * carried)
        b = clusters.sums(estimate.left)
        q = b.shape[1]
        s = np.block([[np.zeros((q, q)), np.eye(q)], [np.eye(q), right.T @ carried]])
        return cls(_own_variance(estimate.own, clusters, working), np.hstack([e, b]), s)

    def diagonal(self) -> Vector:
        return np.asarray(self.own + np.einsum("cq,cq->c", self.r @ self.s, self.r))

    def scaled(self, scale: Vector) -> _LowRank:
        return _LowRank(self.own * scale, self.r * np.sqrt(scale)[:, None], self.s)

    def traces(self, diagonal: Vector) -> tuple[float, float]:
        """Trace of the matrix and of its square, given its diagonal."""
        core = self.s @ (self.r.T @ self.r)
        squares = self.own @ (2 * diagonal - self.own) + (core * core.T).sum()
        return float(diagonal.sum()), float(squares)
