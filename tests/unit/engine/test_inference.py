"""Robust covariance, profile intervals, tests of variances and bootstraps, beside R and truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.unit.engine import dense
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import (
    MarginalResult,
    cluster_bootstrap,
    diagnose,
    fit_many,
    fit_mixed,
    leave_one_group_out,
    parametric_bootstrap,
    predict_effects,
    profile_interval,
    robust_mixed,
    variance_test,
)
from analysis.engine.nested import NestedLikelihood
from analysis.engine.resample import Simulator
from analysis.records.errors import ModelInputError

HERE = Path(__file__).parent
FIXTURES = HERE.parents[1] / "reference" / "fixtures"
R = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))
INTERPOLATED = 1e-3  # lme4 reads the ends of its intervals off a spline
ROLES = {"group": "group", "participant": "id", "slope": "time"}


def fixture(name: str) -> pd.DataFrame:
    return pd.read_csv(FIXTURES / f"{name}.csv")


def test_weighted_marginal_model_agrees_with_clubsandwich() -> None:
    found = fit_mixed(
        fixture("m1_weighted"), "y ~ arm + y0", group="group", sampling_weights="precision"
    )
    assert isinstance(found, MarginalResult)
    known = R["weighted_marginal"]
    np.testing.assert_allclose(found.params, known["beta"], rtol=1e-8)
    np.testing.assert_allclose(found.bse, known["se"], rtol=1e-8)
    np.testing.assert_allclose(found.df(), known["df"], rtol=1e-8)
    arm = found.contrast({"arm": 1.0})
    assert arm.ci == pytest.approx(tuple(found.conf_int().loc["arm"]))


def test_cr2_of_the_mixed_model_agrees_with_clubsandwich() -> None:
    found = fit_mixed(fixture("m1_unbalanced"), "y ~ arm + y0", group="group")
    robust = robust_mixed(found.problem, found.fit)
    np.testing.assert_allclose(np.sqrt(np.diag(robust.cov)), R["mixed"]["se"], rtol=1e-5)
    df = [robust.df(row) for row in np.eye(3)]
    np.testing.assert_allclose(df, R["mixed"]["df"], rtol=1e-4)


def test_profile_intervals_agree_with_lme4() -> None:
    found = fit_mixed(fixture("m1_unbalanced"), "y ~ arm + y0", group="group", reml=False)
    ends = [*profile_interval(found, "group.intercept"), *profile_interval(found, "residual")]
    np.testing.assert_allclose(np.sqrt(ends), R["m1_profile"]["sd"], rtol=INTERPOLATED)
    roles = ROLES | {"group_slope": False}
    long = fit_mixed(fixture("m2_missing"), "y ~ arm * time + y0", **roles, reml=False)
    names = ["participant.intercept", "", "participant.slope", "group.intercept", "residual"]
    for at in (0, 2, 3, 4):
        ends = profile_interval(long, names[at])
        known = R["m2_profile"]["lower"][at], R["m2_profile"]["upper"][at]
        np.testing.assert_allclose(np.sqrt(ends), known, rtol=INTERPOLATED)


def test_a_profile_interval_may_start_at_zero() -> None:
    found = fit_mixed(endpoint(between=0.0, seed=7), M1, group="group")
    low, high = profile_interval(found, "group.intercept")
    assert low == 0.0 < high
    with pytest.raises(ModelInputError, match="no variance called"):
        profile_interval(found, "site.intercept")


def test_likelihood_ratio_of_the_group_variance() -> None:
    found = fit_mixed(fixture("m1_unbalanced"), "y ~ arm + y0", group="group", reml=False)
    test = variance_test(found, "group")
    assert test.statistic == pytest.approx(R["m1_lrt"], abs=1e-6)
    assert test.p == pytest.approx(stats.chi2.sf(R["m1_lrt"], 1) / 2, rel=1e-5)
    long = fit_mixed(repeated(), M2, **ROLES)
    slope = variance_test(long, "group.slope")
    half = [stats.chi2.sf(slope.statistic, df) / 2 for df in (1, 2)]
    assert slope.p == pytest.approx(sum(half))
    with pytest.raises(ModelInputError, match="no component"):
        variance_test(found, "group.slope")


def test_many_outcomes_equal_single_fits() -> None:
    frame = endpoint(between=0.2)
    rng = np.random.default_rng(2)
    outcomes = frame["y"].to_numpy()[:, None] + rng.normal(size=(len(frame), 25))
    for roles in (
        {"group": "group"},
        {"group": "group", "residual_by": "arm"},
        {"group": "group", "grouped": "exposure", "precision_weights": "weight"},
    ):
        many = fit_many(frame, M1, outcomes, **roles)
        assert many.converged.all() and many.boundary.any() and not many.boundary.all()
        for k in range(outcomes.shape[1]):
            one = fit_mixed(frame.assign(y=outcomes[:, k]), M1, **roles)
            assert many.criterion[k] == pytest.approx(one.reml_criterion, abs=1e-7)
            np.testing.assert_allclose(many.params[k], one.params, atol=1e-6)
            np.testing.assert_allclose(many.bse[k], one.bse, rtol=1e-5)
            np.testing.assert_allclose(many.df[k], one.df(), rtol=1e-4)
            assert many.boundary[k] == bool(one.boundary)


def test_many_outcomes_of_a_repeated_design_equal_single_fits() -> None:
    frame = repeated(people=64)
    outcomes = np.column_stack([frame["y"], frame["y"][::-1]])
    many = fit_many(frame, M2, outcomes, **ROLES)
    for k in range(2):
        one = fit_mixed(frame.assign(y=outcomes[:, k]), M2, **ROLES)
        assert many.criterion[k] == pytest.approx(one.reml_criterion, abs=1e-7)
    with pytest.raises(ModelInputError, match="one row a row"):
        fit_many(frame, M2, outcomes[1:], **ROLES)


def test_the_parametric_bootstrap_finds_the_standard_error() -> None:
    found = fit_mixed(endpoint(groups=40, alone=200), M1, group="group", residual_by="arm")
    drawn = parametric_bootstrap(found, 1000, 7)
    assert drawn.failed == 0
    np.testing.assert_allclose(drawn.se(), found.bse, rtol=0.1)
    low, high = drawn.interval({"arm": 1.0})
    arm = found.contrast({"arm": 1.0})
    np.testing.assert_allclose([low, high], arm.ci, atol=0.15 * arm.se * 2)


def test_cores_do_not_change_a_bootstrap() -> None:
    found = fit_mixed(endpoint(), M1, group="group")
    for draw in (parametric_bootstrap, cluster_bootstrap):
        alone, shared = draw(found, 60, 3), draw(found, 60, 3, n_jobs=2)
        np.testing.assert_array_equal(alone.params, shared.params)
        assert not np.array_equal(alone.params, draw(found, 60, 4).params)


def test_the_parametric_bootstrap_draws_every_variance() -> None:
    found = fit_mixed(repeated(people=400, size=10), M2, **ROLES, residual_by="arm")
    draw = Simulator(found)
    rng = np.random.default_rng(11)
    rest = np.column_stack([draw(rng) for _ in range(800)]) - draw.mean[:, None]
    parts = dense.pieces(found.problem)
    truth = sum(value * part for value, part in zip(found.fit.theta, parts, strict=True))
    rows = np.r_[0:8, len(rest) - 40 : len(rest)]
    sample = np.cov(rest[rows])
    np.testing.assert_allclose(sample, truth[np.ix_(rows, rows)], atol=0.2 * truth.max())


def test_the_parametric_bootstrap_refits_the_model_that_it_draws_from() -> None:
    """A therapist effect across groups is drawn and refitted, not left out."""
    frame = fixture("therapist_crossed")
    found = fit_mixed(
        frame, "y ~ arm + y0", group="group", grouped="grouped", therapist="therapist"
    )
    draw = Simulator(found)
    drawn = parametric_bootstrap(found, 2, 9)
    rng = np.random.default_rng(np.random.SeedSequence(9).spawn(2)[1])
    again = fit_mixed(
        frame.assign(y=draw(rng)),
        "y ~ arm + y0",
        group="group",
        grouped="grouped",
        therapist="therapist",
    )
    np.testing.assert_allclose(drawn.params[1], again.params, rtol=1e-8)
    np.testing.assert_allclose(drawn.bse[1], again.bse, rtol=1e-8)


def test_the_cluster_bootstrap_agrees_with_cr2_and_serves_marginal_models() -> None:
    frame = endpoint(groups=40, alone=150)
    found = fit_mixed(frame, "y ~ arm + y0", group="group", sampling_weights="weight")
    drawn = cluster_bootstrap(found, 400, 5)
    np.testing.assert_allclose(drawn.se(), found.bse, rtol=0.15)


def test_leaving_out_a_group_equals_the_fit_without_it() -> None:
    frame = endpoint(groups=8)
    found = fit_mixed(frame, M1, group="group")
    without = leave_one_group_out(found)
    for label in (0.0, 5.0):
        rest = fit_mixed(frame[frame["group"] != label], M1, group="group")
        held = NestedLikelihood(rest.moments)(found.fit.theta, 0).cross
        known = np.linalg.solve(held[:-1, :-1], held[:-1, -1])
        np.testing.assert_allclose(without.loc[label], known, rtol=1e-9)


def test_predicted_effects_solve_hendersons_equations() -> None:
    found = fit_mixed(repeated(people=80), M2, **ROLES)
    predicted = predict_effects(found)
    p, fit = found.problem, found.fit
    basis = np.column_stack([np.ones(len(p.y)), p.slope])
    fitted = p.X @ fit.beta + (basis * predicted.participant[p.participant.codes]).sum(axis=1)
    on = p.group.codes >= 0
    fitted[on] += (basis[on] * predicted.group[p.group.codes[on]]).sum(axis=1)
    scale = np.sqrt(fit.theta[0])
    np.testing.assert_allclose(predicted.residual * scale, p.y - fitted, atol=1e-10)
    spread = fit.blocks[1].matrix(fit.theta)
    one = p.participant.codes == 3
    left = basis[one].T @ (p.y - fitted)[one] / fit.theta[0]
    np.testing.assert_allclose(np.linalg.solve(spread, predicted.participant[3]), left, atol=1e-8)


def test_diagnostics_warn_where_they_should() -> None:
    good = {d.name: d for d in diagnose(fit_mixed(endpoint(), M1, group="group"), {"arm": 1.0})}
    assert {"optimum", "boundary", "groups", "group_leverage", "robust_se"} <= set(good)
    assert good["optimum"].status == good["groups"].status == "pass"
    few = endpoint(groups=5, alone=40)
    few.loc[few["group"] == 2, "y"] += 5.0
    few.loc[few.index[2], "y"] += 30.0
    bad = {d.name: d for d in diagnose(fit_mixed(few, M1, group="group"), {"arm": 1.0})}
    assert bad["groups"].status == bad["residual_normality"].status == "warn"
    assert bad["group_leverage"].value > good["group_leverage"].value
    flat = fit_mixed(endpoint(between=0.0, seed=7), M1, group="group")
    edge = {d.name: d for d in diagnose(flat, {"arm": 1.0})}
    assert edge["boundary"].status == "info" and edge["optimum"].status == "pass"


@pytest.mark.parametrize("between", [0.0, 0.25])
def test_the_error_rate_with_sixteen_groups_is_nominal(between: float) -> None:
    """2,000 trials at truth zero; half of those without clustering lie on the boundary."""
    groups, m, trials = 16, 8, 2000
    rng = np.random.default_rng(31)
    n = groups * m
    frame = pd.DataFrame(
        {
            "arm": np.repeat([0, 1], n),
            "group": np.r_[np.full(n, np.nan), np.repeat(np.arange(groups), m)],
        }
    )
    outcomes = rng.normal(size=(2 * n, trials))
    outcomes[n:] += np.repeat(between * rng.normal(size=(groups, trials)), m, axis=0)
    fits = fit_many(frame, "y ~ arm", outcomes, group="group", residual_by="arm")
    assert fits.converged.all()
    rejected = np.abs(fits.params[:, 1] / fits.bse[:, 1]) > stats.t.ppf(0.975, fits.df[:, 1])
    assert 0.035 <= rejected.mean() <= 0.065
    edge = fits.boundary
    assert (edge.mean() > 0.4) == (between == 0.0)
    alone, between_groups = fits.theta[edge, 0] / n, fits.theta[edge, 1] / n
    welch = (alone + between_groups) ** 2 / (alone**2 / (n - 1) + between_groups**2 / (groups - 1))
    np.testing.assert_allclose(fits.df[edge, 1], welch, rtol=1e-6)  # groups count, not members
