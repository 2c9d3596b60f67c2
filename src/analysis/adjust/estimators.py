"""Weighted and doubly robust differences of means, as linear maps of the outcome.

Given who is in which arm and the covariates, both estimates are linear in the outcome, and so are
the contributions of participants to their error (propensity and outcome models included). Keeping
the map, not the numbers, gives every outcome, the small-sample correction and the bootstrap from
one description.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.adjust.columns import Matrix, Vector
from analysis.adjust.weights import Weights, tilting
from analysis.records.errors import RankDeficientError
from analysis.study.rowless import rowless


@rowless
@dataclass(frozen=True)
class LinearEstimate:
    """An estimate ``on_outcome @ y`` with errors ``own * y + left @ (right @ y)``.

    Attributes
    ----------
    on_outcome : array of shape (n,)
    own : array of shape (n,)
    left : array of shape (n, q)
    right : array of shape (q, n)
    """

    on_outcome: Vector
    own: Vector
    left: Matrix
    right: Matrix

    def estimate(self, y: Vector) -> float:
        """Return the difference of means, comparison less reference, in units of `y`."""
        return float(self.on_outcome @ y)

    def influence(self, y: Vector) -> Vector:
        """Return each participant's contribution to the error, (n,); they sum to zero.

        The estimate's variance is the sum over independent clusters of squared sums of
        contributions (stacked estimating equations; Stefanski and Boos 2002,
        doi 10.1198/000313002753631330).
        """
        return np.asarray(self.own * y + self.left @ (self.right @ y))


@rowless
@dataclass(frozen=True)
class _Arm:
    """Normalised weights of one arm and their slopes by the linear predictor, (n,) each."""

    share: Vector
    slope: Vector

    def mean_slope(self, x: Matrix) -> Matrix:
        """Return the map (p, n) from y to the slope of the arm's weighted mean by gamma."""
        at = x.T * self.slope
        return np.asarray(at - np.outer(at.sum(axis=1), self.share))


def _arms(weights: Weights) -> tuple[_Arm, _Arm]:
    model = weights.propensity
    tilt, t = tilting(model.e, weights.estimand), model.treated
    one, zero = t * tilt.comparison, (1 - t) * tilt.reference
    return (
        _Arm(one / one.sum(), t * tilt.comparison_slope / one.sum()),
        _Arm(zero / zero.sum(), (1 - t) * tilt.reference_slope / zero.sum()),
    )


def propensity_scores(weights: Weights) -> Matrix:
    """Return the scores of the propensity model carried by its inverse information, (n, p)."""
    model = weights.propensity
    e, x = model.e, model.x
    information = (x.T * (e * (1 - e))) @ x
    return np.asarray(np.linalg.solve(information, (x * (model.treated - e)[:, None]).T).T)


def weighted(weights: Weights) -> LinearEstimate:
    """Return the difference of weighted means with the propensity's estimation accounted for.

    Estimating equations: the logistic scores, and ``sum w_a (y - mu_a) = 0`` for each arm
    (Lunceford and Davidian 2004, doi 10.1002/sim.1903; overlap weights: Li, Morgan and Zaslavsky
    2018, doi 10.1080/01621459.2016.1260466).
    """
    one, zero = _arms(weights)
    x = weights.propensity.x
    on = one.share - zero.share
    left = np.column_stack([-one.share, zero.share, propensity_scores(weights)])
    slope = one.mean_slope(x) - zero.mean_slope(x)
    return LinearEstimate(on, on, left, np.vstack([one.share, zero.share, slope]))


def doubly_robust(weights: Weights, z: Matrix) -> LinearEstimate:
    """Return the augmented estimate: outcome models by arm, corrected by weighted residuals.

    ``sum h (m1 - m0) / sum h + sum w1 (y - m1) - sum w0 (y - m0)`` with least squares models
    m_a(z) fitted in each arm (Mao, Li and Greene 2019, doi 10.1177/0962280218781171). For the
    whole population it is doubly robust; for the overlap population the propensity defines whom
    the estimate is about, so a wrong propensity changes the population, not the validity within it.

    Parameters
    ----------
    weights : Weights
    z : array of shape (n, q)
        Design matrix of the outcome models, intercept first, for the participants kept.

    Raises
    ------
    RankDeficientError
        If a column of `z` does not vary within an arm beside the others.
    """
    model, (one, zero) = weights.propensity, _arms(weights)
    tilt = tilting(model.e, weights.estimand)
    h, h_slope = tilt.h / tilt.h.sum(), tilt.h_slope / tilt.h.sum()
    centre = h @ z
    fit1, own1, left1, slope1 = _augment(one, model.treated, z, model.x, centre)
    fit0, own0, left0, slope0 = _augment(zero, 1 - model.treated, z, model.x, centre)
    spread = h[:, None] * (z - centre)
    moved = (model.x.T * h_slope) @ (z - centre)
    scores = propensity_scores(weights)
    on = one.share - zero.share + (centre - one.share @ z) @ fit1 - (centre - zero.share @ z) @ fit0
    left = np.column_stack([left1 + spread, -left0 - spread, -one.share, zero.share, scores])
    slope = slope1 - slope0 + moved @ (fit1 - fit0)
    right = np.vstack([fit1, fit0, one.share, zero.share, slope])
    return LinearEstimate(on, own1 - own0, left, right)


def _augment(
    arm: _Arm, inside: Vector, z: Matrix, x: Matrix, centre: Vector
) -> tuple[Matrix, Vector, Matrix, Matrix]:
    """Map of the coefficients (q, n), own part, part on the coefficients, and slope by gamma.

    The mean of an arm's residuals enters `left` through ``arm.share`` (of y) and through z.
    """
    cross = (z.T * inside) @ z
    if np.linalg.matrix_rank(cross) < len(cross):
        raise RankDeficientError("the outcome model has a column that does not vary in an arm")
    fit = np.asarray(np.linalg.solve(cross, z.T * inside), dtype=np.float64)
    mean = arm.share @ z
    carried = fit.T @ (centre - mean)
    own = arm.share + carried
    left = -arm.share[:, None] * (z - mean) - carried[:, None] * z
    at = x.T * arm.slope
    slope = arm.mean_slope(x) - (at @ (z - mean)) @ fit
    return fit, own, left, slope
