"""`pool` against metafor and clubSandwich on synthetic data (tests/reference/evidence)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import build_v, pool
from analysis.evidence.funnel import small_study_effects
from analysis.evidence.influence import case_diagnostics, leave_one_out
from analysis.evidence.subgroups import subgroups

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "evidence" / "reference.json").read_text(
        encoding="utf-8"
    )
)
TESTS = {"z": "z", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-adhoc"}
CLOSE = {"rtol": 1e-6, "atol": 1e-6}


def _name(case: dict) -> str:
    return "-".join(
        str(case[key]) for key in ("data", "V", "method", "test", "mods") if key in case
    )


def _close(ours, theirs, **tolerance):
    np.testing.assert_allclose(ours, np.atleast_1d(np.array(theirs, float)), **(CLOSE | tolerance))


@pytest.mark.parametrize("case", REFERENCE["univariate"], ids=_name)
def test_univariate_equals_metafor(case):
    data = REFERENCE["univariate_data"][case["data"]]
    mods = data["x"] if case["mods"] else None
    found = pool(data["yi"], data["vi"], mods=mods, method=case["method"], test=TESTS[case["test"]])
    _close([one.estimate for one in found.coefficients], case["beta"])
    _close([one.se for one in found.coefficients], case["se"])
    _close([one.interval()[0] for one in found.coefficients], case["ci_low"])
    _close([one.interval()[1] for one in found.coefficients], case["ci_high"])
    _close([found.tau2], case["tau2"])
    _close([found.i2], case["i2"])
    _close([found.q, found.q_p], [case["q"], case["q_p"]])
    if case["pi"]:
        _close(found.prediction, case["pi"])
    if case["omnibus"]:
        _close([found.omnibus, found.omnibus_p], case["omnibus"])


def _multilevel(case: dict) -> tuple[pd.DataFrame, np.ndarray | None]:
    d = pd.DataFrame(REFERENCE["multilevel_data"][case["data"]])
    if case["V"] == "arms":
        arms = {"grp1": d["arm"], "n1": d["n_t"], "grp2": d["control"], "n2": d["n_c"]}
        return d, build_v(d["vi"], d["study"], rho=0.8, outcome=d["outcome"], **arms)
    return d, build_v(d["vi"], d["study"], rho=0.6) if case["V"] == "constant" else None


@pytest.mark.parametrize("case", REFERENCE["multilevel"], ids=_name)
def test_multilevel_equals_metafor_and_clubsandwich(case):
    d, covariance = _multilevel(case)
    options = {
        "study": d["study"],
        "V": covariance,
        "mods": d["x"] if case["mods"] else None,
        "method": case["method"],
    }
    robust = pool(d["yi"], d["vi"], **options)
    model = pool(d["yi"], d["vi"], test="z", **options)
    _close([one.estimate for one in robust.coefficients], case["beta"])
    _close([one.se for one in model.coefficients], case["se_model"])
    _close([robust.tau2, robust.omega2], case["sigma2"])
    _close([one.se for one in robust.coefficients], case["se"])
    _close([one.df for one in robust.coefficients], case["df"])
    _close([one.interval()[0] for one in robust.coefficients], case["ci_low"])
    _close([one.interval()[1] for one in robust.coefficients], case["ci_high"])
    _close([robust.q], case["q"])
    _close([robust.i2], case["i2"])


def test_constant_correlation_is_one_argument():
    case = next(c for c in REFERENCE["multilevel"] if c["V"] == "constant")
    d, covariance = _multilevel(case)
    by_rho = pool(d["yi"], d["vi"], study=d["study"], rho=0.6)
    by_v = pool(d["yi"], d["vi"], study=d["study"], V=covariance)
    assert by_rho == by_v


def test_covariance_builder_equals_vcalc():
    d, covariance = _multilevel({"data": "few", "V": "arms"})
    _close(covariance, REFERENCE["V_few"], rtol=1e-12, atol=1e-12)
    assert np.allclose(np.diag(covariance), d["vi"])


def test_influence_equals_metafor():
    data, theirs = REFERENCE["univariate_data"]["k12"], REFERENCE["influence12"]
    cases = case_diagnostics(data["yi"], data["vi"])
    for name in ("rstudent", "cook", "dffits", "hat", "tau2"):
        _close(cases[name], theirs[name], rtol=1e-5)
    left = leave_one_out(data["yi"], data["vi"], test="z")
    _close(left["estimate"], theirs["estimate"], rtol=1e-5)
    _close(left["q"], theirs["q"], rtol=1e-5)


@pytest.mark.parametrize("name", ["k12", "k60"])
def test_small_study_effects_equal_metafor(name):
    data, theirs = REFERENCE["univariate_data"][name], REFERENCE["small_study"][name]
    found = small_study_effects(data["yi"], data["vi"])
    _close([found.slope / found.slope_se, found.p], [theirs["z"], theirs["p"]])
    _close([found.pet, *found.pet_ci], [theirs["pet"], *theirs["pet_ci"]])
    _close([found.peese, *found.peese_ci], [theirs["peese"], *theirs["peese_ci"]])


def test_subgroups_equal_metafor():
    data, theirs = REFERENCE["univariate_data"]["k60"], REFERENCE["subgroups60"]
    found = subgroups(data["yi"], data["vi"], ["a", "b", "c"] * 20, test="z")
    _close(found.table["estimate"], theirs["estimate"])
    _close(found.table["tau2"], theirs["tau2"])
    _close([found.q, found.p], [theirs["q_between"], theirs["p"]])
