"""The sparse path against R and the dense oracle: crossed therapists, several memberships."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.unit.engine_reference.cases import Case, frame, load, membership, name, oracle
from tests.unit.engine_reference.tolerances import BETA_IN_SE, CRITERION, SE, VARIANCE

from analysis.engine.problem import Problem, build_problem
from analysis.engine.sparse import evaluate, fit_sparse
from analysis.engine.sparse_design import matrices

CROSSED = load("crossed")
NESTED = [case for case in load("m1") + load("m2") + load("hetero") if case["arguments"]["reml"]]


def problem(case: Case) -> Problem:
    given: dict[str, Any] = dict(case["arguments"])
    given.pop("reml")
    return build_problem(frame(case), membership=membership(case), **given)


@pytest.mark.parametrize("case", CROSSED + NESTED, ids=name)
def test_sparse_fit_agrees_with_r(case: Case) -> None:
    fit = fit_sparse(problem(case), reml=True)
    assert fit.converged
    assert fit.criterion <= case["criterion"] + CRITERION
    if case["singular"]:
        return  # R's singular fits stop at various points of a flat ridge: only the criterion
    se = np.sqrt(np.diag(fit.cov))
    assert np.all(np.abs(fit.beta - list(case["beta"].values())) <= BETA_IN_SE * se)
    np.testing.assert_allclose(se, list(case["se"].values()), rtol=SE)
    ours = [v for v, label in zip(fit.theta, fit.names, strict=True) if "," not in label]
    theirs = [one["value"] for one in case["varcomp"] if one["second"] == ""]
    theirs += list(case.get("residual", {}).values())
    np.testing.assert_allclose(np.sort(ours), np.sort(theirs), rtol=VARIANCE)


@pytest.mark.parametrize("case", [*CROSSED, NESTED[-1], NESTED[-5]], ids=name)
def test_derivatives_agree_with_differences(case: Case) -> None:
    model = matrices(problem(case))
    theta = model.start * 1.1
    here, step = evaluate(model, theta), 1e-5
    for r in range(len(theta)):
        h = step * max(abs(theta[r]), 0.1)
        up, down = theta.copy(), theta.copy()
        up[r], down[r] = theta[r] + h, theta[r] - h
        above, below = evaluate(model, up, 1), evaluate(model, down, 1)
        near = {"rtol": 1e-5, "atol": 1e-5}
        np.testing.assert_allclose((above.logdet - below.logdet) / (2 * h), here.trace_1[r], **near)
        np.testing.assert_allclose((below.cross - above.cross) / (2 * h), here.cross_1[r], **near)
        change = (below.trace_1 - above.trace_1) / (2 * h)
        np.testing.assert_allclose(change, here.trace_2[r], **near)
        twice = (below.cross_1 - above.cross_1) / (2 * h)
        np.testing.assert_allclose(twice, 2 * here.cross_2[r], **near)


@pytest.mark.parametrize("case", [case for case in CROSSED if case["n"] <= 260], ids=name)
def test_sparse_fit_agrees_with_dense_oracle(case: Case) -> None:
    dense, fit = oracle(case), fit_sparse(problem(case), reml=True)
    np.testing.assert_allclose(fit.criterion, dense.criterion, atol=1e-7)
    np.testing.assert_allclose(fit.cov, dense.cov_beta, rtol=1e-4)
