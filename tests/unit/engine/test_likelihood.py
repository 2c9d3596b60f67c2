"""The closed-form likelihood and its derivatives against the covariance matrix written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine import dense
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import build_problem, gather
from analysis.engine.covariance import criterion, gradient, hessian
from analysis.engine.gather import is_nested
from analysis.engine.nested import NestedLikelihood

ENDPOINT = endpoint(groups=12, alone=60)
REPEATED = repeated(people=64)
IRREGULAR = repeated(people=48, irregular=True)
BOTH_ARMS = REPEATED.assign(group=REPEATED["id"] // 5)
SHUFFLED = REPEATED.sample(frac=1.0, random_state=3)
FULL = {"group": "group", "participant": "id", "slope": "time"}
BY_ARM = {"residual_by": "arm", "participant_by": "arm"}
CASES = {
    "m1": (ENDPOINT, M1, {"group": "group"}, [1.0, 0.2]),
    "m1_by_arm": (ENDPOINT, M1, {"group": "group", "residual_by": "arm"}, [1.0, 1.5, 0.2]),
    "m1_zero": (ENDPOINT, M1, {"group": "group"}, [1.0, 0.0]),
    "m1_exposure_weights": (
        ENDPOINT,
        M1,
        {"group": "group", "grouped": "exposure", "precision_weights": "weight"},
        [1.0, 0.2],
    ),
    "m2": (REPEATED, M2, FULL, [1.0, 0.8, 0.1, 0.2, 0.2, 0.03, 0.1]),
    "m2_singular": (REPEATED, M2, FULL, [1.0, 0.8, 0.0, 0.0, 0.2, 0.1, 0.05]),
    "m2_shuffled": (SHUFFLED, M2, FULL, [1.0, 0.8, 0.1, 0.2, 0.2, 0.03, 0.1]),
    "m2_group_intercept": (REPEATED, M2, FULL | {"group_slope": False}, [1.0, 0.8, 0.1, 0.2, 0.2]),
    "m2_intercepts": (REPEATED, M2, {"group": "group", "participant": "id"}, [1.0, 0.8, 0.2]),
    "m2_rows_in_groups": (REPEATED, M2, {"group": "group", "slope": "time"}, [1, 0.8, 0.1, 0.2]),
    "m2_no_groups": (REPEATED, M2, {"participant": "id"}, [1.0, 0.8]),
    "m2_by_arm": (
        REPEATED,
        M2,
        FULL | BY_ARM,
        [1.0, 1.5, 0.8, 0.1, 0.2, 0.7, 0.05, 0.1, 0.2, 0.03, 0.1],
    ),
    "m2_both_arms": (
        BOTH_ARMS,
        M2,
        FULL | BY_ARM,
        [1.0, 1.5, 0.8, 0.1, 0.2, 0.7, 0.05, 0.1, 0.2, 0.03, 0.1],
    ),
    "m2_irregular": (IRREGULAR, M2, FULL, [1.0, 0.8, 0.1, 0.2, 0.2, 0.03, 0.1]),
    "m2_time_varying": (
        REPEATED,
        "y ~ arm * C(time) + mood",
        FULL,
        [1.0, 0.8, 0.1, 0.2, 0.2, 0.03, 0.1],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives_equal_those_of_the_full_matrix(name: str) -> None:
    data, formula, roles, theta = CASES[name]
    problem = build_problem(data, formula, **roles)
    assert is_nested(problem)
    ours = NestedLikelihood(gather(problem))(np.array(theta, dtype=float), 2)
    theirs = dense.evaluate(problem, np.array(theta, dtype=float))
    for part in ("logdet", "cross", "trace_1", "cross_1", "trace_2", "cross_2"):
        known = np.asarray(getattr(theirs, part))
        gap = np.abs(np.asarray(getattr(ours, part)) - known).max()
        assert gap <= 1e-12 * np.abs(known).max(), part


@pytest.mark.parametrize("reml", [True, False])
def test_gradient_and_hessian_are_those_of_the_criterion(reml: bool) -> None:
    data, formula, roles, theta = CASES["m2_by_arm"]
    evaluate = NestedLikelihood(gather(build_problem(data, formula, **roles)))
    at, step = np.array(theta), 1e-5
    here = evaluate(at, 2)
    for r in range(len(at)):
        ends = []
        for sign in (1, -1):
            moved = at.copy()
            moved[r] += sign * step
            there = evaluate(moved, 1)
            ends.append((criterion(there, reml), gradient(there, reml)))
        slope = (ends[0][0] - ends[1][0]) / (2 * step)
        np.testing.assert_allclose(gradient(here, reml)[r], slope, rtol=1e-5, atol=1e-5)
        curve = (ends[0][1] - ends[1][1]) / (2 * step)
        np.testing.assert_allclose(hessian(here, reml)[r], curve, rtol=1e-5, atol=1e-4)


def test_designs_that_leave_the_closed_forms_are_known() -> None:
    moving = REPEATED.assign(
        exposure=np.where(REPEATED["group"].isna(), 0, 1 / (1 + REPEATED.time))
    )
    problem = build_problem(moving, M2, **FULL, grouped="exposure")
    assert not is_nested(problem)
    table = pd.DataFrame({"id": [0, 0, 1, 2], "group": [1, 2, 1, 2], "weight": [0.5, 0.5, 1, 1]})
    assert not is_nested(build_problem(REPEATED, M2, **FULL, membership=table))
