"""Profile-likelihood intervals for variances, and tests of a variance component.

The criterion of a fit in which one variance is held at a value, less the criterion of the free fit,
is compared with chi-square of one degree of freedom; at a variance of zero an interval ends there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from analysis.engine.fit import fit_problem, likelihood
from analysis.engine.gather import gather
from analysis.engine.layout import Block
from analysis.engine.optimum import optimise
from analysis.engine.problem import Problem
from analysis.engine.result import MixedResult
from analysis.records.errors import ModelInputError, check_type

Floats = NDArray[np.floating]

ALMOST_ZERO = 1e-8
WIDEST = 1e4


def profile_interval(result: MixedResult, name: str, level: float = 0.95) -> tuple[float, float]:
    """Profile-likelihood interval of a variance.

    Parameters
    ----------
    result : MixedResult
        The fit.
    name : str
        A variance in ``result.fit.names``, such as ``group.intercept`` or ``residual[group]``.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Ends, in squared units of the outcome; the lower one is 0 where zero is not excluded.

    Raises
    ------
    ModelInputError
        If there is no such variance (intervals are for variances, not covariances, nor for what
        may be negative).
    """
    check_type("result", result, MixedResult, "a fitted mixed model")
    check_type("name", name, str, "the name of a variance")
    index = _variance_index(result, name)
    result = _at_zero(result, index)
    criterion = _held(result, index)
    best = result.fit.criterion
    edge = float(stats.chi2.ppf(level, 1))
    estimate = float(result.fit.theta[index])
    unit = max(estimate, ALMOST_ZERO * 1e3 * _total(result))

    def excess(log_ratio: float) -> float:
        return criterion(unit * float(np.exp(log_ratio))) - best - edge

    low_at, high_at = np.log(ALMOST_ZERO), 0.0
    low = 0.0
    if estimate > 0 and excess(low_at) > 0:
        low = unit * float(np.exp(optimize.brentq(excess, low_at, 0.0, xtol=1e-6)))
    while excess(high_at) < 0:
        low_at, high_at = high_at, high_at + 1.0
        if high_at > np.log(WIDEST) + 20:
            return low, float("inf")
    return low, unit * float(np.exp(optimize.brentq(excess, min(low_at, 0.0), high_at, xtol=1e-6)))


def _total(result: MixedResult) -> float:
    return float(max(result.fit.theta[block.start] for block in result.fit.blocks))


def _variance_index(result: MixedResult, name: str) -> int:
    for block in result.fit.blocks:
        for offset, ((i, j), known) in enumerate(zip(block.entries, block.names, strict=True)):
            if known == name and i == j and not block.signed:
                return block.start + offset
    raise ModelInputError(f"the model has no variance called {name}")


def _at_zero(result: MixedResult, index: int) -> MixedResult:
    """Count time from the user's zero where the variance is that of an intercept beside a slope."""
    problem, fit = result.problem, result.fit
    growing = any(one.start == index and "slope" in one.effects for one in fit.blocks)
    if not growing or problem.slope is None or not problem.centring.time:
        return result
    moved = replace(
        problem,
        slope=problem.slope + problem.centring.time,
        centring=replace(problem.centring, time=0.0),
    )
    theta = problem.centring.theta(fit.blocks, fit.theta)
    moments = None if result.moments is None else gather(moved)
    return replace(result, problem=moved, moments=moments, fit=replace(fit, theta=theta))


def _held(result: MixedResult, index: int) -> Callable[[float], float]:
    """Criterion as a function of one variance, the others at their best."""
    evaluate = likelihood(result.problem, result.moments)
    blocks = result.fit.blocks
    block = next(one for one in blocks if one.start <= index < one.start + one.size)
    inside = _interior(blocks, result.fit.theta)

    def criterion(value: float) -> float:
        start = inside.copy()
        if block.size == 3:
            start[block.start + 1] *= np.sqrt(value / start[index])
        start[index] = value
        return optimise(evaluate, blocks, start, reml=result.fit.reml, hold=index).criterion

    return criterion


def _interior(blocks: tuple[Block, ...], theta: Floats) -> Floats:
    """Start away from the boundary: covariances shrunk, variances at zero made small."""
    out = theta.copy()
    floor = 1e-3 * max(theta[block.start] for block in blocks)
    for block in blocks:
        for offset, (i, j) in enumerate(block.entries):
            at = block.start + offset
            out[at] = max(theta[at], floor) if i == j else 0.5 * theta[at]
    return out


@dataclass(frozen=True)
class VarianceTest:
    """Likelihood-ratio test that a variance component is zero.

    Attributes
    ----------
    statistic : float
        Fall of the criterion by the component.
    weights : dict of int to float
        Chi-square degrees of freedom and their weights in the reference mixture.
    p : float
    """

    statistic: float
    weights: dict[int, float]
    p: float


def variance_test(result: MixedResult, component: str) -> VarianceTest:
    """Likelihood-ratio test of a variance component, whose null lies on the boundary.

    Both fits have the same fixed effects, so that restricted likelihoods compare. The reference is
    a mixture of chi-squares: half of zero and half of one degree of freedom for one variance, half
    of one and half of two for a slope beside an intercept (Self & Liang 1987,
    10.1080/01621459.1987.10478472; Stram & Lee 1994, 10.2307/2533455). For an intercept and slope
    together half of two and half of three is used, which is conservative. What may be negative
    has no boundary: its reference is the chi-square of all its parameters.

    Parameters
    ----------
    result : MixedResult
        The fit with the component.
    component : {"group", "group.slope", "therapist"}
        What the null model leaves out.

    Raises
    ------
    ModelInputError
        If the model has no such component.
    """
    check_type("result", result, MixedResult, "a fitted mixed model")
    check_type("component", component, str, "the name of a component")
    size = {block.factor: len(block.effects) for block in result.fit.blocks}
    factor = component.split(".")[0]
    smaller: Problem
    if component == "group" and "group" in size:
        smaller = replace(result.problem, group=None, membership=None, group_slope=False)
    elif component == "group.slope" and size.get("group") == 2:
        smaller = replace(result.problem, group_slope=False)
    elif component == "therapist" and "therapist" in size:
        smaller = replace(result.problem, therapist=None)
    else:
        raise ModelInputError(f"the model has no component called {component}")
    gone = 1 if component == "group.slope" else size[factor]
    weights = {0: 0.5, 1: 0.5}
    if component == "group.slope":
        weights = {1: 0.5, 2: 0.5}
    elif gone == 2:
        weights = {2: 0.5, 3: 0.5}
    if factor == "group" and any(block.signed for block in result.fit.blocks):
        weights = {2 if component == "group.slope" else gone * (gone + 1) // 2: 1.0}
    null = fit_problem(smaller, reml=result.fit.reml)
    statistic = max(null.reml_criterion - result.reml_criterion, 0.0)
    p = sum(
        share * (float(stats.chi2.sf(statistic, df)) if df else float(statistic <= 0))
        for df, share in weights.items()
    )
    return VarianceTest(statistic, weights, p)
