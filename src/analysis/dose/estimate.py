"""Outcome on mean weekly hours of both formats: contrasts, curves and the surface, with errors.

The regressions are marginal structural models given arm and baseline (Robins, Hernan and Brumback
2000, doi 10.1097/00001648-200009000-00011): least squares, weighted by `dose_weights`, or with
equal weights, which is the naive analysis. Errors count therapy groups and that the weights were
estimated (stacked estimating equations; Stefanski and Boos 2002, doi 10.1198/000313002753631330).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.adjust.columns import Covariates, Matrix, Vector, expand
from analysis.adjust.estimators import LinearEstimate
from analysis.adjust.sandwich import (
    Clusters,
    Robust,
    Working,
    clustered,
    working_variances,
)
from analysis.dose.errors import TooFewDosesError
from analysis.dose.history import FORMATS, History
from analysis.dose.weights import DoseWeights
from analysis.study.rowless import rowless

#: What is contrasted, per hour a week: weights on group hours and on individual hours.
CONTRASTS = {"group_hours": (1.0, 0.0), "individual_hours": (0.0, 1.0), "equal_hours": (1.0, -1.0)}


@rowless
@dataclass(frozen=True)
class Regression:
    """A weighted least squares regression of the outcome on hours.

    Attributes
    ----------
    x : array of shape (n, k)
        Hours' terms first, then arm and baseline covariates.
    y : array of shape (n,)
        Positive = better; zero for those without an outcome, who weigh nothing.
    w : array of shape (n,)
        Weights; zero for those without an outcome.
    weights : DoseWeights or None
        Where the weights were estimated.
    clusters : Clusters
    """

    x: Matrix
    y: Vector
    w: Vector
    weights: DoseWeights | None
    clusters: Clusters

    @property
    def map(self) -> Matrix:
        """Return the map (k, n) from outcomes to coefficients."""
        weighted = self.x.T * self.w
        return np.asarray(np.linalg.solve(weighted @ self.x, weighted))

    @property
    def coefficients(self) -> Vector:
        """Return the coefficients, (k,), in points per unit of each column."""
        return np.asarray(self.map @ self.y)

    def linear(self, at: Vector) -> LinearEstimate:
        """Return the linear function `at` (k,) of the coefficients as a map of the outcome."""
        on = self.map
        own = at @ on
        left, right = [-own[:, None] * self.x], [on]
        if self.weights is not None:
            moved = (self.weights.slope * own[:, None]).T
            left.append(self.weights.influence)
            right.append(moved - (moved @ self.x) @ on)
        return LinearEstimate(own, own, np.hstack(left), np.vstack(right))

    def robust(self, at: Vector, working: Working) -> tuple[float, Robust]:
        """Return the estimate of `at`, and its clustered error with degrees of freedom."""
        linear = self.linear(at)
        found = clustered(linear, linear.influence(self.y), self.clusters, working)
        return linear.estimate(self.y), found

    def covariance(self, terms: int) -> Matrix:
        """Return the clustered covariance of the first `terms` coefficients."""
        unit = np.eye(self.x.shape[1])[:terms]
        parts = np.column_stack([self.linear(one).influence(self.y) for one in unit])
        sums = self.clusters.sums(parts)
        count = self.clusters.count
        return np.asarray(count / (count - 1) * sums.T @ sums)

    def working(self) -> Working:
        """Return the working variances by arm, from those with an outcome."""
        seen, every = self.w > 0, self.clusters
        part = Clusters(every.code[seen], every.treated[seen], every.shared[seen])
        known = working_variances(self.y[seen], self.x[seen], part)
        within, between = np.empty(len(seen)), np.zeros(len(seen))
        for arm in (0.0, 1.0):
            inside = part.treated == arm
            within[every.treated == arm] = known.within[inside][0]
            if (inside & part.shared).any():
                shared = known.between[inside & part.shared][0]
                between[(every.treated == arm) & every.shared] = shared
        return Working(within, between)


def hour_terms(hours: Matrix, *, curved: bool) -> Matrix:
    """Return the terms of group and individual hours, (n, 2) or, curved, (n, 5).

    Curved adds both squares and the product.
    """
    g, i = hours.T
    return np.column_stack([g, i, g**2, i**2, g * i] if curved else [g, i])


def regression(
    history: History,
    weights: DoseWeights | None,
    clusters: Clusters,
    covariates: Covariates,
    toward_better: int,
    *,
    varies: float,
    curved: bool = False,
) -> Regression:
    """Lay out the regression of the outcome on hours, arm, baseline score and covariates.

    Parameters
    ----------
    history : History
    weights : DoseWeights or None
        None: equal weights, the naive analysis.
    clusters : Clusters
        Of ``history.people``.
    covariates : sequence of mapping
    toward_better : {1, -1}
        1 where higher outcomes are better.
    varies : float
        Hours a week that each format must vary by, given arm and covariates.
    curved : bool
        See `hour_terms`.

    Raises
    ------
    TooFewDosesError
        If hours of a format do not vary given the arm and covariates.
    """
    people = history.people
    seen = people["outcome"].notna().to_numpy()
    every = [{"column": "baseline", "type": "numeric"}, *covariates]
    hours = people[list(FORMATS)].to_numpy(dtype=float)
    fixed = expand(people, every).matrix
    x = np.column_stack([hour_terms(hours, curved=curved), np.ones(len(people)), clusters.treated])
    x = np.hstack([x, fixed])
    y = people["outcome"].fillna(0.0).to_numpy(dtype=float) * toward_better
    w = seen * (np.ones(len(people)) if weights is None else weights.values)
    rest = x[:, hour_terms(hours[:1], curved=curved).shape[1] :][seen]
    for name, column in zip(FORMATS, hours[seen].T, strict=True):
        left = column - rest @ np.linalg.lstsq(rest, column, rcond=None)[0]
        if left.std() < varies:
            raise TooFewDosesError(f"{name} hours do not vary between clients of one arm")
    if np.linalg.matrix_rank(x[seen]) < x.shape[1]:
        raise TooFewDosesError("hours and covariates cannot be told apart")
    return Regression(x, y, w, weights, clusters)
