"""Imputed data of arms that were not assigned at random: weighted to the overlap population."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import compare_remaining, compare_weighted

from analysis.comparison.nested import compare
from analysis.records.intervals import interval
from analysis.unseen import Plan, compare_cluster_size, compare_imputed, impute_contrast
from analysis.unseen.analyse import Shifts, pooled_difference
from analysis.unseen.population import population_weights
from analysis.unseen.tipping import delta_surface, hold, read_off

SEX = [{"column": "sex", "type": "categorical", "role": "baseline"}]
TRUTH = 1.5


def study(seed=3, groups=50, size=10, lost=True):
    """Sicker clients get the individual arm; the unseen are those worse on the week before."""
    rng = np.random.default_rng(seed)
    n = 2 * groups * size
    baseline, sex = rng.normal(15, 4, n), rng.choice(["f", "m"], n)
    group = rng.random(n) < 1 / (1 + np.exp(0.15 * (baseline - 15) - 0.3 * (sex == "f")))
    cluster = np.full(n, None, dtype=object)
    members = np.flatnonzero(group)
    cluster[members] = [f"g{place % groups}" for place in range(len(members))]
    shared = rng.normal(0, 0.8, groups)[np.arange(len(members)) % groups]
    full = 0.6 * baseline + (sex == "m") + rng.normal(0, 3, n)
    full[members] += shared - TRUTH
    week = full + rng.normal(0, 1.5, n)
    chance = 1 / (1 + np.exp(1.0 - 0.5 * (week - week.mean()) * np.where(group, 1, -1)))
    gone = (rng.random(n) < chance) & lost
    return pd.DataFrame(
        {
            "episode_id": [f"e{k}" for k in range(n)],
            "arm": np.where(group, "group", "individual"),
            "cluster": cluster,
            "baseline": baseline,
            "sex": sex,
            "week": week,
            "outcome": np.where(gone, np.nan, full),
        }
    )


@pytest.fixture(scope="module")
def observed(nested_contrast):
    return replace(nested_contrast, assignment="observational")


@pytest.fixture(scope="module")
def made(observed):
    plan = Plan(seed=2, pilot=10, most=10)
    return impute_contrast(study(), observed, covariates=SEX, auxiliary=["week"], plan=plan)


def test_with_everybody_seen_it_is_the_weighted_estimate(observed, symptom):
    frame = study(groups=20, lost=False)
    whole = compare_weighted(frame, observed, symptom, covariates=SEX)
    found = compare_imputed(
        frame, observed, symptom, covariates=SEX, plan=Plan(seed=1, pilot=2, most=2)
    )
    assert (found.status, found.value) == ("ok", pytest.approx(whole.value, abs=1e-9))
    assert found.se == pytest.approx(whole.se, rel=1e-6)
    assert found.estimand.startswith(whole.estimand.partition(" between")[0].partition(" in")[0])
    assert "overlap population of all eligible" in found.estimand


def test_confounded_and_missing_at_random(made, observed, symptom):
    """Weighting those seen is biased by who is seen; imputing before weighting is not."""
    frame = study()
    seen = compare_weighted(frame, observed, symptom, covariates=SEX)
    found = compare_imputed(
        frame, observed, symptom, covariates=SEX, auxiliary=["week"], plan=Plan(2, 10, 10)
    )
    assert abs(found.value - TRUTH) < 3 * found.se
    assert seen.value - TRUTH > 4 * seen.se
    naive = compare(frame, observed, symptom)
    assert naive.value > found.value
    weighted = compare_remaining(frame, observed, symptom, covariates=SEX, history=["week"])
    assert abs(weighted.value - TRUTH) < 3 * weighted.se


def test_a_margin_read_off_the_surface_is_what_a_fit_gives(
    made, observed, symptom, nested_contrast
):
    for contrast in (observed, nested_contrast):
        surface = delta_surface(made, contrast, symptom)
        read = read_off(surface, 1.32)
        fit = pooled_difference(made, contrast, -1, Shifts(np.array([1.32]), np.zeros(1)))
        assert read["value"] == pytest.approx(fit.value[0], abs=1e-3)
        assert read["se"] == pytest.approx(fit.se[0], rel=2e-3)
        # All deltas of a weighted surface share one small-sample correction, so that df differ.
        low, high = interval(fit.value[0], fit.se[0], fit.df[0], 0.90)
        assert read["ci90_low"] == pytest.approx(low, abs=0.005)
        assert read["ci90_high"] == pytest.approx(high, abs=0.005)
        assert read_off(surface, 99.0) is None


def test_the_surface_of_a_weighted_difference_is_a_plane(made, observed, symptom):
    """Shifts move the estimate by the weighted share unseen of each arm, whatever the other's."""
    surface = delta_surface(made, observed, symptom)
    grid = surface.pivot(index="worse_comparison", columns="worse_reference", values="value")
    steps = np.diff(grid.to_numpy(), axis=0)
    assert np.ptp(steps) < 1e-9 and steps.max() < 0
    held = hold(surface, "non_inferiority", 1.32)
    assert held.surface["holds"].any()


def test_weights_of_the_population(observed, nested_contrast):
    frame = study(groups=20)
    weights = population_weights(frame, observed, SEX)
    arms = frame["arm"].eq("group").to_numpy()
    means = [np.average(frame.loc[at, "baseline"], weights=weights[at]) for at in (arms, ~arms)]
    assert means[0] == pytest.approx(means[1], abs=1e-6)
    assert (population_weights(frame, nested_contrast, SEX) == 1).all()


def test_groups_or_participants_in_the_overlap_population(observed, symptom):
    frame = study(groups=20, lost=False)
    people, groups = compare_cluster_size(frame, observed, symptom, covariates=SEX)
    assert (people.status, groups.status) == ("ok", "ok")
    assert abs(people.value - TRUTH) < 3 * people.se
    assert people.value == pytest.approx(groups.value, abs=0.5)
