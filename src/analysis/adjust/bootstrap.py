"""Cluster bootstrap of weighted and doubly robust estimates, the propensity refitted each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from analysis.adjust.columns import Matrix, Vector
from analysis.adjust.errors import BootstrapError
from analysis.adjust.logistic import Weighted, expit, newton
from analysis.adjust.sandwich import Clusters
from analysis.adjust.weights import Weights, tilting

BATCH = 50


def resample(clusters: Clusters, replicates: int, rng: np.random.Generator) -> Matrix:
    """Draw case weights of a bootstrap that resamples whole clusters within arms.

    In an arm of C clusters C - 1 are drawn with replacement and counted C / (C - 1) times, so that
    the variance of a mean is not too small by that factor (Rao and Wu 1988,
    doi 10.1080/01621459.1988.10478591). Clusters are therapy groups; participants without one are
    drawn by themselves.

    Returns
    -------
    array of shape (replicates, n)

    Raises
    ------
    BootstrapError
        If an arm has a single cluster.
    """
    arm = clusters.side
    counts = np.zeros((replicates, clusters.count))
    for side in np.unique(arm):
        inside = np.flatnonzero(arm == side)
        size = len(inside)
        if size < 2:
            raise BootstrapError("an arm is a single cluster: nothing can be drawn again")
        drawn = rng.multinomial(size - 1, np.full(size, 1 / size), size=replicates)
        counts[:, inside] = drawn * (size / (size - 1))
    return counts[:, clusters.code]


def replicate_estimates(
    weights: Weights, y: Vector, case_weights: Matrix, z: Matrix | None = None
) -> Vector:
    """Return the estimate for each set of case weights.

    Parameters
    ----------
    weights : Weights
        Of n participants kept. Who was trimmed stays trimmed.
    y : array of shape (n,)
    case_weights : array of shape (r, n)
    z : array of shape (n, q), optional
        Design of the outcome models: the doubly robust estimate.

    Returns
    -------
    array of shape (r,)
        NaN where the propensity has no estimate.
    """
    model, f = weights.propensity, case_weights
    gamma = newton(Weighted(model.x), model.treated, f, model.coefficients)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        tilt = tilting(expit(gamma @ model.x.T), weights.estimand)
        one = f * model.treated * tilt.comparison
        zero = f * (1 - model.treated) * tilt.reference
        one /= one.sum(axis=1, keepdims=True)
        zero /= zero.sum(axis=1, keepdims=True)
        if z is None:
            return np.asarray((one - zero) @ y)
        least = Weighted(z)
        h = f * tilt.h
        centre = (h / h.sum(axis=1, keepdims=True)) @ z
        beta1 = least.least_squares(f * model.treated, y)
        beta0 = least.least_squares(f * (1 - model.treated), y)
        part1 = one @ y + ((centre - one @ z) * beta1).sum(axis=1)
        part0 = zero @ y + ((centre - zero @ z) * beta0).sum(axis=1)
        return np.asarray(part1 - part0)


def bootstrap(
    weights: Weights,
    y: Vector,
    clusters: Clusters,
    *,
    lost: float,
    z: Matrix | None = None,
    replicates: int = 1000,
    seed: int = 0,
    n_jobs: int = 1,
) -> Vector:
    """Bootstrap an estimate by clusters.

    Batches of 50 replicates have a child seed each, so the number of threads changes nothing.

    Parameters
    ----------
    weights, y, z
        See `replicate_estimates`.
    clusters : Clusters
    lost : float
        Largest share of replicates that may lack an estimate.
    replicates : int
    seed : int
    n_jobs : int
        Threads.

    Returns
    -------
    array of shape (at most replicates,)
        Estimates of the replicates that have one.

    Raises
    ------
    BootstrapError
        If more than `lost` of the replicates have no estimate.
    """
    batches = -(-replicates // BATCH)
    sizes = [min(BATCH, replicates - BATCH * k) for k in range(batches)]
    seeds = np.random.SeedSequence(seed).spawn(batches)

    def run(size: int, child: np.random.SeedSequence) -> Vector:
        drawn = resample(clusters, size, np.random.default_rng(child))
        return replicate_estimates(weights, y, drawn, z)

    with ThreadPoolExecutor(max_workers=n_jobs) as pool:
        found = np.concatenate(list(pool.map(run, sizes, seeds)))
    finite = np.isfinite(found)
    if 1 - finite.mean() > lost:
        raise BootstrapError(
            f"{int((~finite).sum())} of {replicates} replicates have no propensity estimate"
        )
    return np.asarray(found[finite])
