"""Estimates and errors against R's stacked estimating equations, Welch's test and clubSandwich."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.plan_limits import fit_propensity

from analysis.adjust.design import clusters_of
from analysis.adjust.estimators import doubly_robust, weighted
from analysis.adjust.responders import standardise
from analysis.adjust.sandwich import Working, clustered, working_variances
from analysis.adjust.weights import balancing_weights
from analysis.records.errors import RankDeficientError

ESTIMANDS = ["ato", "ate", "att"]


def fit(design, linear):
    y = design.kept["outcome"].to_numpy(float)
    working = working_variances(y, design.weights.propensity.x, design.clusters)
    return linear.estimate(y), clustered(linear, linear.influence(y), design.clusters, working)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_weighted_equals_r(designed, reference, estimand):
    design = designed(estimand)
    value, robust = fit(design, weighted(design.weights))
    assert value == pytest.approx(reference["weighted"][estimand]["value"], rel=1e-8)
    assert robust.plain == pytest.approx(reference["weighted"][estimand]["se"], rel=1e-6)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_doubly_robust_equals_r(designed, reference, estimand):
    design = designed(estimand)
    value, robust = fit(design, doubly_robust(design.weights, design.weights.propensity.x))
    assert value == pytest.approx(reference["doubly_robust"][estimand]["value"], rel=1e-8)
    assert robust.plain == pytest.approx(reference["doubly_robust"][estimand]["se"], rel=1e-6)


@pytest.mark.parametrize("case", [*ESTIMANDS, "gcomputation"])
def test_standardised_risks_equal_r(designed, reference, case):
    design = designed("ate" if case == "gcomputation" else case)
    y = design.kept["response"].to_numpy(float)
    x = design.weights.propensity.x
    found = standardise(design.weights, y, x, weighted=case != "gcomputation")
    numbers = reference["risk_difference"][case]
    assert found.comparison == pytest.approx(numbers["comparison"], rel=1e-7)
    assert found.reference == pytest.approx(numbers["reference"], rel=1e-7)
    plain = np.sqrt((design.clusters.sums(found.contributions) ** 2).sum())
    assert plain == pytest.approx(numbers["se"], rel=1e-6)


def test_small_sample_correction_beside_clubsandwich(designed, reference):
    """With overlap weights taken as known the estimate is that of a weighted regression.

    CR2 works with independent errors of variance 1/w and without the propensity's estimation; given
    the same working errors ours differs by that estimation only. With the groups' own correlation
    the degrees of freedom follow the number of groups, and are fewer.
    """
    design = designed()
    y = design.kept["outcome"].to_numpy(float)
    model = design.weights.propensity
    raw = np.where(model.treated == 1, 1 - model.e, model.e)
    linear = weighted(design.weights)
    contributions = linear.influence(y)
    same = clustered(linear, contributions, design.clusters, Working(1 / raw, np.zeros_like(raw)))
    assert linear.estimate(y) == pytest.approx(reference["cr2"]["value"], rel=1e-8)
    assert same.se == pytest.approx(reference["cr2"]["se"], rel=0.01)
    assert same.df == pytest.approx(reference["cr2"]["df"], rel=0.05)
    _, robust = fit(design, linear)
    assert robust.plain < robust.se == pytest.approx(same.se, rel=0.01)
    assert robust.df < same.df / 1.5


@pytest.mark.parametrize("both", [False, True])
def test_without_covariates_it_is_welch_on_group_means(contrast, both):
    """Twenty groups of six against 90 alone, or in 15 groups: Welch's t, exactly."""
    rng = np.random.default_rng(5)
    cluster = np.r_[np.repeat(np.arange(20), 6), np.repeat(np.arange(15), 6)]
    arm = np.repeat([0, 1], [120, 90])
    y = rng.normal(size=(2, 20))[arm, cluster] + rng.normal(size=210) * (1 + arm)
    frame = pd.DataFrame(
        {
            "arm": np.where(arm == 0, "group", "individual"),
            "cluster": [f"c{one}" for one in cluster],
        }
    )
    unit = "primary_therapist" if both else "none"
    contrast = dataclasses.replace(
        contrast, clusters={"group": "therapy_group", "individual": unit}
    )
    weights = balancing_weights(fit_propensity(frame, contrast, []))
    clusters = clusters_of(frame, contrast)
    linear = weighted(weights)
    working = working_variances(y, np.ones((210, 1)), clusters)
    robust = clustered(linear, linear.influence(y), clusters, working)
    other = y[120:].reshape(15, 6).mean(axis=1) if both else y[120:]
    welch = stats.ttest_ind(y[:120].reshape(20, 6).mean(axis=1), other, equal_var=False)
    assert linear.estimate(y) / robust.se == pytest.approx(welch.statistic, rel=1e-9)
    assert robust.df == pytest.approx(welch.df, rel=1e-9)


def test_contributions_sum_to_zero_and_follow_the_outcome(designed):
    design = designed("ate")
    y = design.kept["outcome"].to_numpy(float)
    for linear in (
        weighted(design.weights),
        doubly_robust(design.weights, design.weights.propensity.x),
    ):
        assert linear.influence(y).sum() == pytest.approx(0, abs=1e-9)
        shifted = y + 3 * design.weights.propensity.treated
        assert linear.estimate(shifted) == pytest.approx(linear.estimate(y) + 3)
        assert linear.influence(shifted) == pytest.approx(linear.influence(y), abs=1e-9)


def test_doubly_robust_is_exact_where_outcomes_are_linear_by_arm(designed):
    """Without noise the outcome models are exact, and the weights only say whom it is about."""
    design = designed("att")
    model = design.weights.propensity
    y = model.x @ np.arange(1.0, model.x.shape[1] + 1)
    gain = 2 + model.x[:, 1]
    linear = doubly_robust(design.weights, model.x)
    expected = gain @ design.weights.target.to_numpy()
    assert linear.estimate(y + model.treated * gain) == pytest.approx(expected)


def test_overlap_weights_are_exact_where_outcomes_are_linear(designed):
    """Exact balance of a covariate removes all that is linear in it, in every sample."""
    design = designed()
    model = design.weights.propensity
    y = model.x @ np.arange(1.0, model.x.shape[1] + 1) + 1.5 * model.treated
    assert weighted(design.weights).estimate(y) == pytest.approx(1.5)


def test_a_column_that_does_not_vary_in_an_arm(designed):
    design = designed()
    model = design.weights.propensity
    with pytest.raises(RankDeficientError):
        doubly_robust(design.weights, np.column_stack([model.x, model.treated * model.x[:, 1]]))


def test_the_correction_does_not_need_the_large_matrix(designed):
    """The scaled K has the trace and squares of G Phi G' made in full."""
    from analysis.adjust.sandwich import _LowRank

    design = designed("ate")
    clusters, y = design.clusters, design.kept["outcome"].to_numpy(float)
    linear = doubly_robust(design.weights, design.weights.propensity.x)
    working = working_variances(y, design.weights.propensity.x, clusters)
    g = clusters.sums(np.diag(linear.own) + linear.left @ linear.right)
    same = clusters.code[:, None] == clusters.code[None, :]
    k = g @ (np.diag(working.within) + same * working.between[:, None]) @ g.T
    low = _LowRank.of(linear, clusters, working)
    assert low.diagonal() == pytest.approx(np.diag(k))
    assert low.traces(low.diagonal()) == pytest.approx((np.trace(k), (k * k).sum()))


def test_working_variances_by_hand(contrast):
    """Two groups of two, values 1 3 and 5 7: within 2, between (16 - 2) / 2 = 7."""
    frame = pd.DataFrame(
        {"arm": ["group"] * 4 + ["individual"] * 2, "cluster": [*"aabb", None, None]}
    )
    clusters = clusters_of(frame, contrast)
    y = np.array([1.0, 3.0, 5.0, 7.0, 0.0, 4.0])
    working = working_variances(y, np.ones((6, 1)), clusters)
    assert working.within == pytest.approx([2, 2, 2, 2, 8, 8])
    assert working.between == pytest.approx([7, 7, 7, 7, 0, 0])
    assert working.icc(clusters.shared) == pytest.approx(7 / 9)
