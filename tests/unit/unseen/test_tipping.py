import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import plausible_region

from analysis.unseen import Plan, compare_shifted, impute_contrast, tipping_surface


def study(seed=4, worse=(6.0, 0.0), groups=40, size=10):
    """No true difference; the unseen (three in ten) did worse by `worse` points in each arm."""
    rng = np.random.default_rng(seed)
    n = groups * size
    arm = np.repeat(["group", "individual"], n)
    cluster = np.r_[np.repeat([f"g{k}" for k in range(groups)], size), np.full(n, None)]
    shared = np.r_[np.repeat(rng.normal(0, 0.7, groups), size), np.zeros(n)]
    baseline = rng.normal(15, 4, 2 * n)
    gone = rng.random(2 * n) < 0.3
    shift = np.where(arm == "group", *worse)
    full = 0.5 * baseline + shared + rng.normal(0, 3, 2 * n) + shift * (gone - 0.3)
    seen_later = gone & (rng.random(2 * n) < 0.3)
    outcome = np.where(gone & ~seen_later, np.nan, full)
    frame = pd.DataFrame({"arm": arm, "cluster": cluster, "baseline": baseline})
    return frame.assign(outcome=outcome, full=full, left=gone, episode_id=range(2 * n))


@pytest.fixture(scope="module")
def made(nested_contrast):
    return impute_contrast(study(), nested_contrast, plan=Plan(seed=1, pilot=8, most=8))


@pytest.fixture(scope="module")
def tipped(made, nested_contrast, symptom):
    return tipping_surface(
        made,
        nested_contrast,
        symptom,
        rule="non_inferiority",
        margin=1.32,
        comparison=np.linspace(-4, 12, 9),
        reference=np.linspace(-4, 12, 9),
    )


def test_the_surface_at_the_truth_is_the_full_data_estimate(made, tipped, nested_contrast, symptom):
    """Complete data say about 0; missing at random says group better; the true deltas agree."""
    frame = made.frame
    means = frame.groupby("arm")["full"].mean()
    true = means["individual"] - means["group"]
    at = tipped.surface.set_index(["worse_comparison", "worse_reference"])
    mar, truth = at.loc[(0.0, 0.0)], at.loc[(6.0, 0.0)]
    assert mar["value"] > 1.0
    assert truth["ci95_low"] < true < truth["ci95_high"]
    assert abs(truth["value"]) < abs(mar["value"]) / 2


def test_the_boundary_separates_and_crosses_where_slack_is_zero(
    made, tipped, nested_contrast, symptom
):
    assert set(tipped.surface["holds"]) == {True, False}
    point = tipped.boundary[tipped.boundary["worse_reference"] == 0.0].iloc[0]
    here = compare_shifted(
        made,
        nested_contrast,
        symptom,
        comparison=point["worse_comparison"],
        reference=point["worse_reference"],
    )
    assert here.ci90[0] == pytest.approx(-1.32, abs=0.05)
    beyond = compare_shifted(
        made, nested_contrast, symptom, comparison=point["worse_comparison"] + 1, reference=0
    )
    assert beyond.ci90[0] < -1.32


def test_worse_in_one_arm_is_better_for_the_other(tipped):
    values = tipped.surface.pivot(
        index="worse_comparison", columns="worse_reference", values="value"
    )
    assert (np.diff(values.to_numpy(), axis=0) < 0).all()
    assert (np.diff(values.to_numpy(), axis=1) > 0).all()


def test_surface_equals_single_effects(made, tipped, nested_contrast, symptom):
    row = tipped.surface.set_index(["worse_comparison", "worse_reference"]).loc[(4.0, -2.0)]
    one = compare_shifted(made, nested_contrast, symptom, comparison=4, reference=-2)
    assert row["value"] == pytest.approx(one.value, abs=1e-7)
    assert (row["ci90_low"], row["ci90_high"]) == pytest.approx(one.ci90, abs=1e-6)


def test_rules_read_the_right_ends(made, nested_contrast, symptom):
    at = {"comparison": [0.0, 3.0], "reference": [0.0, 3.0], "margin": 2.0}
    same = tipping_surface(made, nested_contrast, symptom, rule="equivalence", **at).surface
    slack = np.minimum(same["ci90_low"] + 2, 2 - same["ci90_high"])
    assert same["slack"].to_numpy() == pytest.approx(slack.to_numpy())
    other = tipping_surface(made, nested_contrast, symptom, rule="difference", **at).surface
    clear = (other["ci95_low"] > 0) | (other["ci95_high"] < 0)
    assert (other["holds"] == clear).all()


def test_plausible_region_finds_how_much_worse_those_who_left_did(nested_contrast, symptom):
    found = plausible_region(study(worse=(6.0, 2.0)), nested_contrast, symptom, left="left")
    assert found["role"].tolist() == ["comparison", "reference"]
    for (_, row), true in zip(found.iterrows(), (6.0, 2.0), strict=True):
        assert row["low"] < true < row["high"]
        assert row["n_left_seen"] > 20 and row["n_left_unseen"] > 60
    none = study().assign(left=False)
    assert plausible_region(none, nested_contrast, symptom, left="left")["worse"].isna().all()
