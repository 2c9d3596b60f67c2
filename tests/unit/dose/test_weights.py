"""Levels, continuation ratios, weights and their errors, by hand and by other means."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from benchmarks.plan_limits import DOSE
from statsmodels.miscmodels.ordinal_model import OrderedModel
from tests.plan_limits import calibrated_weights, dose_checks, dose_tables, regression

from analysis.adjust.design import clusters_of
from analysis.dose.checks import symptom_correlations
from analysis.dose.estimate import hour_terms
from analysis.dose.history import outcome_days, stays_known, weekly_history
from analysis.dose.weights import Events, _fit, _likelihood, dose_weights, levels_of


@pytest.fixture(scope="module")
def history(study):
    return weekly_history(
        study.comparison,
        outcome_days(study.outcomes),
        stays_known(study.episodes),
        study.weeks,
        study.repeated,
    )


@pytest.fixture(scope="module")
def weights(history, study):
    return dose_weights(history, study.comparison.covariates)


def test_levels_keep_ties_together_and_have_no_gaps():
    assert levels_of(np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0]), 3).tolist() == [0, 0, 0, 0, 1, 1]
    assert set(levels_of(np.arange(100.0), 8)) == set(range(8))
    assert set(levels_of(np.full(5, 3.0))) == {0}


@pytest.mark.parametrize("levels", [2, 5])
def test_the_fit_is_that_of_statsmodels(levels):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(800, 3)) * [1, 10, 0.1]
    code = levels_of(x[:, 0] + 0.05 * x[:, 1] + rng.normal(size=800), levels)
    log, score, inverse = _fit(Events("t", np.arange(800), None, code, x, x[:, :0]), x, 800)
    fit = OrderedModel(code, x, distr="probit").fit(method="bfgs", disp=0)
    assert log.sum() == pytest.approx(fit.llf, abs=1e-3)
    chance = fit.model.predict(fit.params)[np.arange(800), code]
    assert log == pytest.approx(np.log(chance), abs=5e-3)
    assert score.shape == (800, levels - 1 + 3) and inverse.shape == (score.shape[1],) * 2


def test_scores_are_the_derivatives_of_the_likelihood_and_information_their_variance():
    rng = np.random.default_rng(5)
    x, theta = rng.normal(size=(50, 2)), np.array([-0.7, 0.1, 0.4, 0.3, -0.5])
    expected, chance = np.zeros((5, 5)), np.zeros(50)
    for level in range(4):
        code = np.full(50, level)
        log, score, information = _likelihood(theta, x, code)
        for at in range(5):
            step = np.eye(5)[at] * 1e-6
            ends = (_likelihood(theta + sign * step, x, code)[0] for sign in (1, -1))
            assert score[:, at] == pytest.approx(np.subtract(*ends) / 2e-6, abs=1e-6)
        chance += np.exp(log)
        expected += (score * np.exp(log)[:, None]).T @ score
    assert chance == pytest.approx(1.0)
    assert information == pytest.approx(expected)


def test_weights_are_near_one_in_the_mean_and_take_symptoms_out_of_hours(history, weights):
    assert weights.values.mean() == pytest.approx(1, abs=0.05)
    before = symptom_correlations(history, np.ones(len(history.weeks))).abs().max()
    after = symptom_correlations(history, weights.weekly).abs().max()
    assert before > 0.1 and after < 0.06


def test_a_participants_weight_is_that_of_the_last_week(history, weights):
    """Where everybody has an outcome, no factor comes after the weeks."""
    last = pd.Series(weights.weekly).groupby(history.weeks["person"]).last()
    assert last.to_numpy() == pytest.approx(weights.values)


@pytest.fixture(scope="module")
def calibrated(history, study, weights):
    return calibrated_weights(history, study.comparison.covariates, weights)


@pytest.mark.parametrize("arm", ["group", "individual"])
@pytest.mark.parametrize("name", ["group", "individual"])
def test_calibrated_hours_go_with_no_symptom_before_them(history, calibrated, weights, arm, name):
    """What past hours, week, baseline and age do not foretell of a week's hours: least squares."""
    people, weeks = history.people, history.weeks
    rows = weeks[people["arm"].eq(arm).to_numpy()[weeks["person"]]]
    of = people.iloc[rows["person"]]
    past = ["group_before", "group_mean", "individual_before", "individual_mean"]
    past += ["group"] if name == "individual" else []
    x = sm.add_constant(np.column_stack([of["baseline"], of["age"], rows[past]]).astype(float))
    x = np.column_stack([x, pd.get_dummies(rows["week"]).to_numpy(float)[:, 1:]])
    left = sm.OLS(rows[name].to_numpy(float), x).fit().resid
    by_week = rows["last"].to_numpy() * (rows["week"].to_numpy() - rows["week"].mean())
    products = [left * one for one in (np.ones(len(rows)), rows["last"], rows["before"], by_week)]
    for product in products:
        before = weights.values[rows["person"]] @ product
        assert abs(calibrated.values[rows["person"]] @ product) < 1e-6 * max(1, abs(before))


def test_calibrated_weights_are_truncated_and_have_the_mean_one(history, calibrated, weights):
    for arm in ("group", "individual"):
        inside = history.people["arm"].eq(arm).to_numpy()
        used, made = calibrated.values[inside], weights.values[inside]
        assert used.mean() == pytest.approx(1, rel=1e-9)
        assert used.min() > 0
        low, high = np.quantile(made, [DOSE.truncated, 1 - DOSE.truncated])
        fixed = calibrated.slope[inside][(made < low) | (made > high), : weights.slope.shape[1]]
        assert len(fixed) == 6 and not fixed.any()
        kept = np.log(used / made.clip(low, high))
        assert np.corrcoef(used, made)[0, 1] > 0.9 and kept.std() < 0.3


def test_the_calibration_answers_to_the_models_as_its_influence_says(history, study, weights):
    """The models' coefficients moved a little: log weights move as slope and influence say.

    The influence of the multipliers is linear in that of the models, so that one row tells what a
    move of the coefficients does to them. Percentiles are taken as given: here nobody is beyond.
    """
    covariates, arm = study.comparison.covariates, history.people["arm"].eq("group").to_numpy()
    values, slope = weights.values.copy(), weights.slope.copy()
    for inside in (arm, ~arm):
        low, high = np.quantile(values[inside], [2 * DOSE.truncated, 1 - 2 * DOSE.truncated])
        slope[inside & ((values < low) | (values > high))] = 0
        values[inside] = values[inside].clip(low, high)
    start = replace(weights, values=values, slope=slope)
    begun = calibrated_weights(history, covariates, start)
    move = np.random.default_rng(3).normal(size=slope.shape[1]) / np.abs(slope).max(axis=0) * 1e-5
    shifted = replace(start, influence=start.influence + move)
    change = calibrated_weights(history, covariates, shifted).influence - begun.influence
    moved = replace(start, values=values * np.exp(slope @ move))
    found = np.log(calibrated_weights(history, covariates, moved).values / begun.values)
    said = begun.slope @ change[0]
    assert np.abs(said - slope @ move).max() > 1e-5  # the multipliers answer at all
    assert found == pytest.approx(said, abs=1e-3 * np.abs(said).max())


def test_unweighted_regression_is_least_squares_with_a_clustered_error(history, study):
    clusters = clusters_of(history.people, study.comparison.contrast)
    fit = regression(history, None, clusters, study.comparison.covariates, -1)
    people = history.people
    x = np.column_stack([people["group"], people["individual"], np.ones(600)])
    x = np.column_stack([x, people["arm"].eq("group"), people["baseline"], people["age"]])
    ols = sm.OLS(-people["outcome"].to_numpy(), x.astype(float)).fit(
        cov_type="cluster", cov_kwds={"groups": clusters.code, "use_correction": False}
    )
    assert fit.coefficients[:2] == pytest.approx(ols.params[:2])
    value, robust = fit.robust(np.eye(6)[0], fit.working())
    assert value == pytest.approx(ols.params[0])
    assert robust.plain == pytest.approx(ols.bse[0])
    assert robust.se > robust.plain


def test_what_participants_add_to_the_error_adds_up_to_nothing(history, study, weights):
    covariates, contrast = study.comparison.covariates, study.comparison.contrast
    clusters = clusters_of(history.people, contrast)
    fit = regression(history, weights, clusters, covariates, -1)
    influence = fit.linear(np.eye(6)[0]).influence(fit.y)
    # scores of maximum likelihood models add up to nothing (but for the small ridge)
    assert np.abs(weights.slope.sum(axis=0)).max() < 0.2
    assert np.abs(weights.influence.sum(axis=0)).max() < 0.01
    assert abs(influence.sum()) < 0.02


def test_curved_terms_are_squares_and_the_product():
    assert hour_terms(np.array([[2.0, 3.0]]), curved=True).tolist() == [[2, 3, 4, 9, 6]]


def test_no_check_fails_and_all_are_named(history, study, weights):
    clusters = clusters_of(history.people, study.comparison.contrast)
    checks = {one.name: one for one in dose_checks(history, weights, clusters)}
    assert list(checks) == [
        *("symptom_balance", "weight_mean", "largest_weight", "effective_sample_size"),
        *("positivity", "dose_known", "clusters"),
    ]
    assert all(one.status in ("pass", "warn") for one in checks.values())


def test_equal_hours_is_the_difference_of_the_two(study):
    found = dose_tables(
        study.comparison, study.outcomes, study.episodes, study.weeks, study.repeated
    )
    values = found["dose"].set_index(["analysis", "term"])["value"]
    for analysis in ("weighted", "naive"):
        group, individual = values[analysis, "group_hours"], values[analysis, "individual_hours"]
        assert values[analysis, "equal_hours"] == pytest.approx(group - individual)
    assert found["dose_surface"]["n"].min() >= 10
    curve = found["dose_curve"]
    assert set(curve["analysis"]) == {"weighted", "naive"}
    assert curve["hours"].between(0, 12).all()
