"""Optima on the boundary: a covariance of rank one whose first variance has almost died out.

`boundary_trials.json` holds the moments of four simulated trials (size of a group and number of the
trial, to `Moments.to_dict`) of the cells Cell("M2", 16, size, 0.05, 1.0) in
benchmarks/operating_cells.py. In all of them the group's intercept variance falls to almost nothing
beside its slope's; a Cholesky factor led by the intercept ends there in a curved valley that took
more than 200 evaluations.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize
from tests.unit.engine.simulated import repeated

from analysis.engine import Moments, fit_moments
from analysis.engine.covariance import criterion
from analysis.engine.fit import start_values
from analysis.engine.gather import gather
from analysis.engine.nested import NestedLikelihood
from analysis.engine.optimum import optimise
from analysis.engine.problem import build_problem

TRIALS = json.loads((Path(__file__).parent / "boundary_trials.json").read_text(encoding="utf-8"))
FEW = 25


@pytest.mark.parametrize("trial", TRIALS)
def test_search_lands_on_a_rank_one_covariance(trial: str) -> None:
    moments = Moments.from_dict(TRIALS[trial])
    fit = fit_moments(moments)
    block = fit.blocks[-1]
    group = block.matrix(fit.theta)
    assert fit.converged and fit.iterations < FEW
    assert fit.boundary == ("group",)
    assert group[0, 0] < 1e-2 * group[1, 1]

    # First-order conditions in the cone of covariances: slope G >= 0 and G T = 0.
    slope = block.matrix(fit.gradient)
    slope[0, 1] = slope[1, 0] = slope[0, 1] / 2
    size = np.sqrt(np.diag(group))
    scaled = slope * np.outer(size, size)
    assert np.linalg.eigvalsh(scaled)[0] >= -1e-4
    assert np.abs(scaled @ (group / np.outer(size, size))).max() <= 1e-4


@pytest.mark.parametrize("trial", TRIALS)
def test_no_other_search_finds_a_better_optimum(trial: str) -> None:
    """Against a general search over every covariance of rank one."""
    moments = Moments.from_dict(TRIALS[trial])
    fit, evaluate = fit_moments(moments), NestedLikelihood(moments)
    inner = fit.theta[:4]

    def along(free: np.ndarray) -> float:
        residual, lower, slope = np.exp(free[0]), free[1:4], free[4:]
        person = [lower[0] ** 2, lower[0] * lower[1], lower[1] ** 2 + lower[2] ** 2]
        group = [slope[0] ** 2, slope[0] * slope[1], slope[1] ** 2]
        return criterion(evaluate(np.array([residual, *person, *group]), 0), True)

    first = np.sqrt(inner[1])
    rest = np.sqrt(inner[3] - (inner[2] / first) ** 2)
    start = np.array([np.log(inner[0]), first, inner[2] / first, rest, 0.1, 0.1])
    found = optimize.minimize(along, start, method="BFGS", options={"gtol": 1e-7})
    assert fit.criterion <= found.fun + 1e-7
    assert found.fun == pytest.approx(fit.criterion, abs=1e-5)


@pytest.mark.parametrize("slope", [0.0, 1e-9], ids=["zero", "almost zero"])
def test_a_false_zero_is_left(slope: float) -> None:
    """A search begun where the groups' slopes do not differ ends where they do."""
    frame = repeated(people=400, between=(0.4, 0.2), seed=4)
    problem = build_problem(
        frame, "y ~ arm * time + y0", group="group", participant="id", slope="time"
    )
    moments = gather(problem)
    fit = fit_moments(moments)
    assert not fit.boundary
    begin = start_values(moments)
    begin[-2:] = 0.0, slope**2
    evaluate, start = NestedLikelihood(moments), start_values(moments)
    found = optimise(evaluate, moments.blocks, start, begin=begin, reml=True)
    assert found.criterion == pytest.approx(fit.criterion, abs=1e-7)
    assert found.iterations < FEW
