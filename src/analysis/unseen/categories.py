"""One draw of a categorical variable's missing values: multinomial regression, bootstrapped.

The Bayesian bootstrap (Rubin 1981, doi 10.1214/aos/1176345338) stands for the posterior of the
coefficients; a small ridge keeps levels that few people have from running away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.unseen.errors import ImputationError

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

RIDGE = 0.5
STEPS = 25


def draw_categories(
    codes: Codes, x: Floats, target: Floats, levels: int, rng: np.random.Generator
) -> Codes:
    """Draw the codes of rows whose level is unknown.

    Parameters
    ----------
    codes : (n,) array of int
        Observed levels, 0 to `levels` - 1.
    x, target : (n, p), (k, p) arrays
        Predictors with an intercept of the observed rows and of those to fill.
    levels : int
    rng : Generator

    Raises
    ------
    ImputationError
        If fewer than two rows were observed.
    """
    if len(codes) < 2:
        raise ImputationError("a category was observed fewer than two times")
    spread = x.std(axis=0)
    centre = np.where(spread > 0, x.mean(axis=0), 0.0)
    scale = np.where(spread > 0, spread, 1.0)
    weight = rng.dirichlet(np.ones(len(codes))) * len(codes)
    beta = _fit((x - centre) / scale, np.eye(levels)[codes], weight)
    chance = _shares((target - centre) / scale @ beta)
    above = rng.random((len(target), 1)) > chance.cumsum(axis=1)
    return np.asarray(np.minimum(above.sum(axis=1), levels - 1))


def _shares(eta: Floats) -> Floats:
    odds = np.exp(eta - eta.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _fit(x: Floats, seen: Floats, weight: Floats) -> Floats:
    """Maximise the ridge-penalised weighted multinomial likelihood by Newton's method, (p, K)."""
    p, levels = x.shape[1], seen.shape[1]
    beta = np.zeros((p, levels))
    penalty = RIDGE * np.eye(p * levels)
    for _ in range(STEPS):
        share = _shares(x @ beta)
        score = x.T @ (weight[:, None] * (seen - share)) - RIDGE * beta
        middle = weight[:, None, None] * (
            share[:, :, None] * np.eye(levels) - share[:, :, None] * share[:, None, :]
        )
        curve = np.einsum("np,nkl,nq->pkql", x, middle, x, optimize=True)
        step = np.linalg.solve(curve.reshape(p * levels, -1) + penalty, score.ravel())
        beta += step.reshape(p, levels)
        if np.abs(step).max() < 1e-6:
            break
    return beta
