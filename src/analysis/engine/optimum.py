"""Find and verify the optimum of the (restricted) likelihood in the covariance parameters.

Every covariance block is written as a Cholesky factor, L L', and every residual variance as an
exponential, so that the search is unconstrained; a variance at zero is an ordinary stationary
point with L = 0, where the second derivative in L is twice the gradient in the variance. A Newton
search with exact second derivatives and a trust region therefore leaves a false zero (negative
curvature) and stays at a true one (positive curvature): its second-order conditions are those of
the boundary problem. A covariance that may be negative is searched as it stands.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.engine.covariance import (
    CovarianceFit,
    Derivatives,
    criterion,
    expected,
    gradient,
    hessian,
)
from analysis.engine.factors import Factors
from analysis.engine.layout import Block
from analysis.records.errors import ConvergenceError

Floats = NDArray[np.floating]
Evaluate = Callable[[Floats, int], Derivatives]

MAX_EVALUATIONS = 200
DECREMENT = 1e-9
CURVATURE = 1e-7
NOISE = 1e-7
PUSH = 3e-2  # least step along negative curvature, in units of the starting values
ROUND_TO_ZERO = 1e-9


def optimise(
    evaluate: Evaluate,
    blocks: tuple[Block, ...],
    start: Floats,
    *,
    begin: Floats | None = None,
    reml: bool,
    hold: int | None = None,
    enough: float = DECREMENT,
) -> CovarianceFit:
    """Minimise the criterion over theta.

    Parameters
    ----------
    evaluate : callable
        ``evaluate(theta, order)`` gives `Derivatives` of that order (0, 1 or 2).
    blocks : tuple of Block
        The covariance model.
    start : (R,) array
        Starting theta with positive variances; it also sets each parameter's scale.
    begin : (R,) array, optional
        Where the search begins instead; its variances may be zero.
    reml : bool
        Restricted or maximum likelihood.
    hold : int, optional
        Index in theta of a variance that is held at its start.

    enough : float
        Gain expected of the next step, in the criterion, at which the search ends.

    Raises
    ------
    ConvergenceError
        If no verified optimum is found.
    """
    factor = Factors(blocks, start)
    if hold is not None:
        factor = factor.holding(hold)
        hold = int(np.flatnonzero(factor.slots == hold)[0])
    point = factor.point(start if begin is None else begin)
    step_limit = 1.0
    here = evaluate(factor.theta(point), 2)
    value, used = criterion(here, reml), 1
    while used < MAX_EVALUATIONS:
        slope, curve = factor.pull_back(point, gradient(here, reml), hessian(here, reml))
        if hold is not None:
            slope[hold], curve[hold], curve[:, hold], curve[hold, hold] = 0.0, 0.0, 0.0, 1.0
        step, gain, lowest = _step(slope, curve, step_limit)
        if gain < enough and lowest > -CURVATURE:
            return _finish(evaluate, factor, point, here, reml, used)
        trial = evaluate(factor.theta(point + step), 2)
        used += 1
        new = _value(trial, reml)
        ratio = (value - new) / gain
        lower = new <= value and ratio > 0.05
        if lower or (gain < NOISE and ratio > -1):
            point, here, value = point + step, trial, new
            factor, point = factor.led(point, expected(here, reml), hold)
        length = float(np.linalg.norm(step))
        step_limit = (
            length / 4 if ratio < 0.25 else max(step_limit, 2 * length if ratio > 0.7 else 0)
        )
    raise ConvergenceError(f"no optimum of the variance components in {used} evaluations")


def _value(trial: Derivatives, reml: bool) -> float:
    """Criterion; infinite where a trial step left the range of floating point."""
    try:
        value = criterion(trial, reml)
    except np.linalg.LinAlgError:
        return float("inf")
    return value if np.isfinite(value) else float("inf")


def _step(slope: Floats, curve: Floats, limit: float) -> tuple[Floats, float, float]:
    """Newton step on |curvature| within a radius; its predicted gain; lowest relative curvature.

    Along negative curvature the step has a least length: beside a false zero, where the slope
    vanishes, it would not get away otherwise.
    """
    values, vectors = np.linalg.eigh(curve)
    size = np.maximum(np.abs(values), 1e-12 * np.abs(values).max())
    along = vectors.T @ slope
    flat = np.abs(along) < 1e-10 * max(1.0, float(np.abs(slope).max()))
    lowest = float(values[0] / size.max())
    away = np.where(values < -CURVATURE * size.max(), min(PUSH, limit), 0.0)
    downhill = np.where(along > 0, -1.0, 1.0)

    def damped(damping: float) -> Floats:
        length = np.where(flat, 0.0, np.abs(along) / (size + damping))
        return downhill * np.maximum(length, away)

    move, damping = damped(0.0), 0.0
    for _ in range(60):
        if np.linalg.norm(move) <= limit:
            break
        damping = max(2 * damping, 1e-3 * float(size.min()))
        move = damped(damping)
    gain = float(-(along @ move) - 0.5 * (values * move) @ move)
    return vectors @ move, max(gain, 0.0), lowest


def _finish(
    evaluate: Evaluate,
    factor: Factors,
    point: Floats,
    here: Derivatives,
    reml: bool,
    used: int,
) -> CovarianceFit:
    """Set factors that are zero up to rounding to exactly zero, where the criterion allows it."""
    value = criterion(here, reml)
    for index in factor.diagonal:
        if 0 < abs(point[index]) < 1e-2:
            zeroed = point.copy()
            zeroed[index] = 0.0
            there = evaluate(factor.theta(zeroed), 2)
            used += 1
            if criterion(there, reml) <= value + ROUND_TO_ZERO:
                point, here = zeroed, there
    return CovarianceFit(factor.blocks, factor.theta(point), here, reml, True, used)
