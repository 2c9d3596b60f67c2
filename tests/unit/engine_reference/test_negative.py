"""Members of a group less alike than strangers: against gls, the dense likelihood, and by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from operating_cells import Cell, arguments, design, outcomes
from operating_characteristics import GATE, run
from scipy import stats
from scipy.optimize import minimize
from tests.oracle.dense_reml import covariance_derivatives, criterion, indicator
from tests.unit.engine_reference.cases import REFERENCE, Case
from tests.unit.engine_reference.tolerances import BETA_IN_SE, SE

from analysis.engine import (
    MixedResult,
    Moments,
    diagnose,
    fit_many,
    fit_mixed,
    fit_moments,
    parametric_bootstrap,
    profile_interval,
    variance_test,
)
from analysis.records.errors import ModelInputError

CASES = json.loads((REFERENCE / "negative.json").read_text(encoding="utf-8"))["cases"]
MEMBERS = {"group": "group", "grouped": "grouped"}


def fit(case: Case) -> MixedResult:
    given: dict[str, Any] = dict(case["arguments"])
    return fit_mixed(pd.read_csv(REFERENCE / "fixtures" / case["fixture"]), **given)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fixture"])
def test_agrees_with_compound_symmetry_of_nlme(case: Case) -> None:
    found = fit(case)
    assert found.reml_criterion == pytest.approx(case["criterion"], abs=1e-6)
    beta, se = np.array(list(case["beta"].values())), np.array(list(case["se"].values()))
    assert np.all(np.abs(found.params - beta) <= BETA_IN_SE * found.bse)
    np.testing.assert_allclose(found.bse, se, rtol=SE)
    assert found.icc == pytest.approx(case["icc"], abs=1e-5)
    inside = found.varcomp["residual[1]"] + found.varcomp["group.intercept"]
    assert inside == pytest.approx(case["variance"]["1"], rel=1e-5)
    assert found.varcomp["residual[0]"] == pytest.approx(case["variance"]["0"], rel=1e-5)
    assert not found.boundary


def test_both_signs_are_among_the_cases() -> None:
    signs = {case["icc"] > 0 for case in CASES}
    assert signs == {True, False}


def balanced(seed: int, groups: int = 12, size: int = 6, alone: int = 50) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = groups * size
    group = np.r_[np.repeat(np.arange(groups), size), np.full(alone, -1)]
    arm = (group >= 0).astype(float)
    y = rng.normal(0.3 * arm, np.where(arm == 1, 1.4, 1.0))
    y[:n] -= 0.3 * np.repeat(y[:n].reshape(groups, size).mean(axis=1), size)
    return pd.DataFrame({"y": y, "arm": arm, "group": np.where(arm == 1, group, np.nan)})


def test_a_balanced_trial_by_hand() -> None:
    """Variance of the group arm's mean: that of the group means over their number.

    Satterthwaite's df are those of two independent variances (Welch 1947, 10.2307/2332510).
    """
    frame = balanced(3)
    found = fit_mixed(frame, "y ~ arm", group="group", residual_by="arm", negative_icc=True)
    means = frame[frame["arm"] == 1].groupby("group")["y"].mean()
    others = frame.loc[frame["arm"] == 0, "y"]
    parts = np.array([means.var() / len(means), others.var() / len(others)])
    df = parts.sum() ** 2 / (parts**2 / [len(means) - 1, len(others) - 1]).sum()
    assert found.icc < -0.05
    assert found.bse["arm"] == pytest.approx(np.sqrt(parts.sum()), rel=1e-6)
    assert found.df()["arm"] == pytest.approx(df, rel=1e-5)
    assert found.df("kenward-roger")["arm"] == pytest.approx(df, rel=1e-5)
    kept = fit_mixed(frame, "y ~ arm", group="group", residual_by="arm")
    assert kept.boundary == ("group",) and kept.bse["arm"] > found.bse["arm"]


def test_a_positive_correlation_is_the_same_either_way() -> None:
    case = next(case for case in CASES if case["icc"] > 0.1)
    given = {**case["arguments"], "negative_icc": False}
    kept, found = fit({**case, "arguments": given}), fit(case)
    assert found.reml_criterion == pytest.approx(kept.reml_criterion, abs=1e-8)
    np.testing.assert_allclose(found.df(), kept.df(), rtol=1e-4)


@pytest.mark.parametrize("slope", [True, False])
def test_repeated_outcomes_reach_the_optimum_of_the_dense_likelihood(slope: bool) -> None:
    """A derivative-free search from our variances finds nothing lower, nor does one from others."""
    cell = Cell("M2", 8, 4, 0.0, 1.0)
    frame = design(cell)
    frame["y"] = outcomes(cell, frame, 4)[:, 3]
    found = fit_mixed(frame, group_slope=slope, **{**arguments(cell), "negative_icc": True})
    assert found.fit.theta[4] < 0 or found.fit.theta[-1] < 0
    person, time = indicator(frame["id"]), frame[["time"]].to_numpy()
    group = indicator(frame["group"])[:, 1:] * frame[["grouped"]].to_numpy()
    terms = [(person, person * time), (group, group * time) if slope else (group,)]
    derivatives = covariance_derivatives(terms, np.ones((len(frame), 1)))
    x = np.column_stack([np.ones(len(frame)), frame["arm"], time, frame["arm"] * time[:, 0]])

    def dense(phi: np.ndarray) -> float:
        try:
            return criterion(phi, derivatives, frame["y"].to_numpy(), x, True)
        except np.linalg.LinAlgError:
            return np.inf

    phi = np.roll(found.fit.theta, -1)
    assert dense(phi) == pytest.approx(found.reml_criterion, abs=1e-7)
    near = minimize(dense, phi * 1.1, method="Nelder-Mead", options={"maxiter": 400})
    assert near.fun >= found.reml_criterion - 1e-7


def test_many_outcomes_at_once_equal_one_by_one() -> None:
    cell = Cell("M1", 16, 6, 0.0, 1.0)
    frame = design(cell)
    made = outcomes(cell, frame, 20)
    many = fit_many(frame, outcomes=made, **arguments(cell))
    assert many.converged.all() and (many.theta[:, -1] < 0).any() and not many.boundary.any()
    for k in range(20):
        one = fit_mixed(frame.assign(y=made[:, k]), **arguments(cell))
        np.testing.assert_allclose(many.params[k], one.params, atol=1e-6)
        np.testing.assert_allclose(many.bse[k], one.bse, rtol=1e-5)
        np.testing.assert_allclose(many.df[k], one.df(), rtol=1e-3)


def test_where_one_large_group_would_make_a_spike_the_variance_stands() -> None:
    """The largest group's mean falls on the arm's: its sum has next to no variance left."""
    rng = np.random.default_rng(2)
    sizes = np.array([2, 3, 3, 4, 4, 5, 5, 6, 30])
    group = np.r_[np.repeat(np.arange(len(sizes)), sizes), np.full(60, -1)]
    frame = pd.DataFrame({"arm": (group >= 0) * 1.0, "y": rng.normal(size=len(group))})
    frame["group"] = np.where(group >= 0, group, np.nan)
    means = frame.groupby("group")["y"].transform("mean")
    frame["y"] -= means.fillna(0.0)  # every group's mean on the arm's
    roles = {"group": "group", "residual_by": "arm"}
    found = fit_mixed(frame, "y ~ arm", negative_icc=True, **roles)
    kept = fit_mixed(frame, "y ~ arm", **roles)
    assert found.boundary == kept.boundary == ("group",)
    assert found.bse["arm"] == pytest.approx(kept.bse["arm"], rel=1e-9)
    many = fit_many(frame, "y ~ arm", frame[["y"]].to_numpy(), negative_icc=True, **roles)
    assert many.converged.all() and many.boundary.all()
    assert many.bse[0, 1] == pytest.approx(kept.bse["arm"], rel=1e-6)


def test_unequal_groups_keep_the_level() -> None:
    """16 groups of 2 to 14 without clustering; a variance kept at zero or above covers 96.3%."""
    sizes = [2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 10, 11, 14]
    n, trials = sum(sizes), 3000
    group = np.r_[np.repeat(np.arange(len(sizes)), sizes), np.full(n, -1)]
    frame = pd.DataFrame({"arm": (group >= 0) * 1.0, "group": np.where(group >= 0, group, np.nan)})
    made = np.random.default_rng(5).normal(size=(2 * n, trials))
    found = fit_many(frame, "y ~ arm", made, group="group", residual_by="arm", negative_icc=True)
    half = stats.t.ppf(0.975, found.df[:, 1]) * found.bse[:, 1]
    covered = np.mean(np.abs(found.params[:, 1]) <= half)
    assert found.converged.all()
    assert abs(covered - 0.95) <= 3 * np.sqrt(0.95 * 0.05 / trials)


def test_moments_carry_it_through_a_file() -> None:
    found = fit(CASES[0])
    assert found.moments is not None
    back = Moments.from_dict(json.loads(json.dumps(found.moments.to_dict())))
    assert fit_moments(back).criterion == pytest.approx(found.reml_criterion, abs=1e-9)


def test_what_has_no_group_effect_to_draw_or_to_profile_says_so() -> None:
    found = fit(CASES[0])
    with pytest.raises(ModelInputError, match="no group effects to draw"):
        parametric_bootstrap(found, 2, 1)
    with pytest.raises(ModelInputError, match="no variance called"):
        profile_interval(found, "group.intercept")
    low, high = profile_interval(found, "residual[1]")
    assert low < found.varcomp["residual[1]"] < high


def test_groups_that_share_members_or_therapists_are_refused() -> None:
    frame = balanced(3).assign(therapist=lambda d: np.arange(len(d)) % 7)
    with pytest.raises(ModelInputError, match="share no member or therapist"):
        fit_mixed(frame, "y ~ arm", group="group", therapist="therapist", negative_icc=True)


def test_the_null_of_no_correlation_is_inside() -> None:
    found = fit(CASES[0])
    test = variance_test(found, "group")
    assert test.weights == {1: 1.0} and test.statistic > 0


def test_the_report_hears_of_it() -> None:
    notes = {one.name: one for one in diagnose(fit(CASES[0]), {"arm": 1.0})}
    assert "less alike" in notes["boundary"].text and notes["optimum"].status == "pass"
    assert "group_normality" not in notes


@pytest.mark.parametrize("ratio", [1.0, 4.0])
def test_intervals_keep_their_level_without_clustering(ratio: float) -> None:
    """The cells in which a variance kept at zero or above covers more than 96%."""
    cell = Cell("M1", 16, 30, 0.0, ratio)
    found = run(cell, 4000)
    assert GATE[0] <= found["coverage"] <= GATE[1]
