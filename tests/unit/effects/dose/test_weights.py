"""Levels, continuation ratios, weights and their errors, by hand and by other means."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.effects.confounding.prepare import clusters_of
from analysis.effects.dose.analyse import dose_tables
from analysis.effects.dose.checks import dose_checks, symptom_correlations
from analysis.effects.dose.estimate import hour_terms, regression
from analysis.effects.dose.history import outcome_days, stays_known, weekly_history
from analysis.effects.dose.weights import Events, _fit, dose_weights, levels_of, reached


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


def test_ordered_levels_as_events():
    of, at, stopped = reached(np.array([0, 2, 1]))
    assert of.tolist() == [0, 1, 1, 2, 2]
    assert at.tolist() == [0, 0, 1, 0, 1]
    assert stopped.tolist() == [1, 0, 0, 0, 1]


def test_the_logistic_fit_is_that_of_statsmodels():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(400, 3)) * [1, 10, 0.1]
    y = (rng.random(400) < 1 / (1 + np.exp(-x[:, 0] - 0.05 * x[:, 1]))).astype(float)
    events = Events("test", np.arange(400), None, y, x, x[:, :0])
    log, score, inverse = _fit(events, x, 400)
    fit = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    assert log.sum() == pytest.approx(fit.llf, abs=1e-4)
    p = fit.predict()
    assert log == pytest.approx(np.log(np.where(y == 1, p, 1 - p)), abs=2e-3)
    assert score.shape == (400, 4) and inverse.shape == (4, 4)


def test_weights_are_near_one_in_the_mean_and_take_symptoms_out_of_hours(history, weights):
    assert weights.values.mean() == pytest.approx(1, abs=0.05)
    before = symptom_correlations(history, np.ones(len(history.weeks))).abs().max()
    after = symptom_correlations(history, weights.weekly).abs().max()
    assert before > 0.1 and after < 0.06


def test_a_participants_weight_is_that_of_the_last_week(history, weights):
    """Where everybody has an outcome, no factor comes after the weeks."""
    last = pd.Series(weights.weekly).groupby(history.weeks["person"]).last()
    assert last.to_numpy() == pytest.approx(weights.values)


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
