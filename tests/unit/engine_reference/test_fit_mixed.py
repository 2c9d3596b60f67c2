"""`fit_mixed` against R on the committed fixtures, and on two real trials where at hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.oracle.dense_reml import criterion as dense_criterion
from tests.unit.engine_reference.cases import SHARED, Case, frame, load, membership, oracle
from tests.unit.engine_reference.cases import name as case_name
from tests.unit.engine_reference.tolerances import (
    BETA_IN_SE,
    CRITERION,
    DIRECT_PEERS_BETA_IN_SE,
    KENWARD_ROGER,
    SATTERTHWAITE,
    SE,
    VARIANCE,
)

from analysis.engine import MixedResult, fit_mixed

SIMULATED = [case for family in ("m1", "m2", "hetero", "crossed") for case in load(family)]
REAL = load("real")


def fit(case: Case) -> MixedResult:
    given: dict[str, Any] = dict(case["arguments"])
    return fit_mixed(frame(case), membership=membership(case), **given)


@pytest.mark.parametrize("case", SIMULATED, ids=case_name)
def test_agrees_with_r(case: Case) -> None:
    check_estimates(case, fit(case))


@pytest.mark.skipif(not SHARED.exists(), reason="the real trials are not on this machine")
@pytest.mark.parametrize("case", REAL, ids=case_name)
def test_agrees_with_r_on_real_trials(case: Case) -> None:
    found = fit(case)
    assert found.n_obs == case["n"]
    check_estimates(case, found)


def check_estimates(case: Case, found: MixedResult) -> None:
    assert found.converged
    assert found.reml_criterion <= case["criterion"] + CRITERION
    if case["singular"]:
        return  # R's singular fits stop at various points of a flat ridge: only the criterion
    assert not found.boundary
    np.testing.assert_allclose(found.reml_criterion, case["criterion"], atol=1e-5)
    beta, se = found.params.to_numpy(), found.bse.to_numpy()
    assert np.all(np.abs(beta - list(case["beta"].values())) <= BETA_IN_SE * se)
    np.testing.assert_allclose(se, list(case["se"].values()), rtol=SE)
    theirs = [one["value"] for one in case["varcomp"] if one["second"] == ""]
    theirs += list(case.get("residual", {}).values())
    ours = found.varcomp[~found.varcomp.index.str.contains("correlation")]
    np.testing.assert_allclose(np.sort(ours), np.sort(theirs), rtol=VARIANCE)
    for arm, value in case.get("residual", {}).items():
        labels = [one for one in found.varcomp.index if one.startswith(f"residual[{arm}")]
        np.testing.assert_allclose(found.varcomp[labels], value, rtol=VARIANCE)


INTERIOR = [case for case in SIMULATED + REAL if not case["singular"]]


def skip_without_data(case: Case) -> None:
    if case["family"] == "real" and not SHARED.exists():
        pytest.skip("the real trials are not on this machine")


@pytest.mark.parametrize(
    "case", [case for case in INTERIOR if "df_satterthwaite" in case], ids=case_name
)
def test_satterthwaite_agrees_with_lmertest(case: Case) -> None:
    skip_without_data(case)
    ours, theirs = fit(case).df("satterthwaite"), case["df_satterthwaite"].values()
    np.testing.assert_allclose(ours, list(theirs), rtol=SATTERTHWAITE)


@pytest.mark.parametrize(
    "case", [case for case in INTERIOR if "df_kenward_roger" in case], ids=case_name
)
def test_kenward_roger_agrees_with_pbkrtest(case: Case) -> None:
    skip_without_data(case)
    found = fit(case)
    theirs = list(case["df_kenward_roger"].values())
    np.testing.assert_allclose(found.df("kenward-roger"), theirs, rtol=KENWARD_ROGER)
    one = [found.contrast({name: 1.0}, df="kenward-roger").se for name in found.names]
    np.testing.assert_allclose(one, list(case["se_kenward_roger"].values()), rtol=SE)


@pytest.mark.parametrize(
    "case", [case for case in SIMULATED + REAL if "nlme" in case], ids=case_name
)
def test_unequal_variances_agree_with_nlme_and_glmmtmb(case: Case) -> None:
    skip_without_data(case)
    found = fit(case)
    for peer in ("nlme", "glmmTMB"):
        theirs = case.get(peer) or {}
        if theirs.get("converged", bool(theirs)):
            assert found.reml_criterion <= theirs["criterion"] + CRITERION
            if not case["singular"]:
                beta = np.array(list(theirs["beta"].values()))
                assert np.all(np.abs(found.params - beta) <= DIRECT_PEERS_BETA_IN_SE * found.bse)


@pytest.mark.parametrize(
    "case",
    [case for case in SIMULATED if case["singular"] and case["n"] <= 300],
    ids=case_name,
)
def test_singular_fit_reaches_the_dense_optimum(case: Case) -> None:
    dense, found = oracle(case), fit(case)
    assert found.boundary
    assert found.reml_criterion <= dense.criterion + CRITERION
    np.testing.assert_allclose(found.params, dense.beta, atol=1e-2 * found.bse.min())
    np.testing.assert_allclose(found.bse, np.sqrt(np.diag(dense.cov_beta)), rtol=1e-2)


@pytest.mark.parametrize("family", ["m1", "m2", "hetero", "crossed"])
def test_criterion_is_that_of_the_dense_likelihood(family: str) -> None:
    """The criterion reported is the dense one at the variances reported (no constant is lost)."""
    case = min(load(family), key=lambda one: one["n"])
    dense, found = oracle(case), fit(case)
    phi = _phi(found, dense.phi)
    at_ours = dense_criterion(phi, dense.derivatives, dense.y, dense.x, case["arguments"]["reml"])
    assert found.reml_criterion == pytest.approx(at_ours, abs=1e-7)


def _phi(found: MixedResult, like: np.ndarray) -> np.ndarray:
    """Our variances in the oracle's order: residual variances last, the rest as they stand."""
    n_residual = sum(block.factor == "residual" for block in found.fit.blocks)
    return np.roll(found.fit.theta, -n_residual)[: len(like)]
