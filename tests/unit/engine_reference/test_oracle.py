"""The dense oracle itself against R: criterion, coefficients, variances, Satterthwaite, KR."""

from __future__ import annotations

import numpy as np
import pytest
from tests.oracle.dense_reml import kenward_roger, satterthwaite
from tests.unit.engine_reference.cases import Case, load, name, oracle
from tests.unit.engine_reference.tolerances import (
    BETA_IN_SE,
    CRITERION,
    KENWARD_ROGER,
    SATTERTHWAITE,
    SE,
    VARIANCE,
)

ALL = [case for family in ("m1", "m2", "hetero", "crossed") for case in load(family)]
QUICK = 260
SMALL = [case for case in ALL if case["n"] <= QUICK]


@pytest.mark.parametrize("case", SMALL, ids=name)
def test_dense_fit_agrees_with_r(case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in ALL if case["n"] > QUICK], ids=name)
def test_dense_fit_agrees_with_r_on_larger_data(case: Case) -> None:
    check(case)


def check(case: Case) -> None:
    fit = oracle(case)
    assert fit.criterion <= case["criterion"] + CRITERION
    se = np.sqrt(np.diag(fit.cov_beta))
    if case["singular"]:
        return  # R's singular fits stop at various points of a flat ridge: only the criterion
    np.testing.assert_allclose(fit.criterion, case["criterion"], atol=1e-5)
    assert np.all(np.abs(fit.beta - list(case["beta"].values())) <= BETA_IN_SE * se)
    np.testing.assert_allclose(se, list(case["se"].values()), rtol=SE)
    theirs = [one["value"] for one in case["varcomp"] if one["second"] == ""]
    theirs += list(case.get("residual", {}).values())
    ours = np.concatenate([*(np.diag(one) for one in fit.covariances), fit.residual])
    np.testing.assert_allclose(np.sort(ours), np.sort(theirs), rtol=VARIANCE)
    for k, contrast in enumerate(np.eye(len(fit.beta))):
        if "df_satterthwaite" in case:
            df = list(case["df_satterthwaite"].values())[k]
            np.testing.assert_allclose(satterthwaite(fit, contrast), df, rtol=SATTERTHWAITE)
        if "df_kenward_roger" in case:
            adjusted, df = kenward_roger(fit, contrast)
            np.testing.assert_allclose(
                adjusted, list(case["se_kenward_roger"].values())[k], rtol=SE
            )
            theirs_df = list(case["df_kenward_roger"].values())[k]
            np.testing.assert_allclose(df, theirs_df, rtol=KENWARD_ROGER)
