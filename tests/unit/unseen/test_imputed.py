from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.nested import compare
from analysis.unseen import (
    Plan,
    compare_imputed,
    compare_shifted,
    compare_under_null,
    impute,
    impute_contrast,
)

MANY = Plan(seed=11, pilot=100, most=100)


@pytest.fixture(scope="module")
def imputed(trial, format_contrast):
    return impute_contrast(trial, format_contrast, auxiliary=["mid"], plan=MANY)


@pytest.fixture(scope="module")
def few(imputed):
    return replace(imputed, filled=imputed.filled[:8])


def nested(seed=1, groups=20, size=8, icc=0.3):
    """Clustered arm, unclustered arm, a week's score, outcomes missing after a bad week."""
    rng = np.random.default_rng(seed)
    n = groups * size
    arm = np.repeat(["group", "individual"], n)
    cluster = np.r_[np.repeat([f"g{k}" for k in range(groups)], size), np.full(n, None)]
    shared = np.r_[np.repeat(rng.normal(size=groups), size), np.zeros(n)]
    baseline = rng.normal(15, 4, 2 * n)
    week = 0.7 * baseline + rng.normal(0, 2, 2 * n)
    noise = rng.normal(0, np.where(arm == "group", np.sqrt(1 - icc), 1.0), 2 * n)
    outcome = 0.6 * week + 3 * (np.sqrt(icc) * shared + noise)
    outcome[rng.random(2 * n) < 1 / (1 + np.exp(1.0 - 0.4 * (week - 10.5)))] = np.nan
    return pd.DataFrame(
        {
            "episode_id": [f"e{k}" for k in range(2 * n)],
            "arm": arm,
            "cluster": cluster,
            "baseline": baseline,
            "week": week,
            "outcome": outcome,
        }
    )


def within(found, case):
    """Both have Monte-Carlo error: estimates within 4 of it, standard errors within 4%."""
    error = np.hypot(case["mcse"], found.se * found.diagnostics[3].value)
    assert -found.value == pytest.approx(case["estimate"], abs=4 * error)
    assert found.se == pytest.approx(case["se"], rel=0.04)


def test_missing_at_random_equals_mice(trial, format_contrast, symptom, reference):
    found = compare_imputed(trial, format_contrast, symptom, auxiliary=["mid"], plan=MANY)
    assert found.status == "ok"
    assert found.id == "format.depression.day42.imputed"
    assert (found.n_used, found.n_eligible) == (400, 400)
    within(found, reference["imputed"]["mar"])
    assert found.diagnostics[2].value == pytest.approx(reference["imputed"]["mar"]["fmi"], abs=0.05)


def test_delta_equals_mice(imputed, format_contrast, symptom, reference):
    """The treated unseen 3 points worse; depression, so worse is higher."""
    found = compare_shifted(imputed, format_contrast, symptom, comparison=3, reference=0)
    within(found, reference["imputed"]["delta"])


def test_null_side_moves_against_the_claim(few, format_contrast, symptom):
    here = compare_shifted(few, format_contrast, symptom, comparison=0, reference=0)
    low = compare_under_null(few, format_contrast, symptom, margin=2)
    high = compare_under_null(few, format_contrast, symptom, margin=2, side="superiority")
    assert low.value < here.value < high.value
    assert low.ci90[0] < here.ci90[0] and high.ci90[1] > here.ci90[1]
    share = few.frame.loc[few.frame["arm"] == "group", "outcome"].isna().mean()
    assert here.value - low.value == pytest.approx(2 * share, rel=0.15)
    with pytest.raises(ValueError):
        compare_under_null(few, format_contrast, symptom, margin=0)


def test_direction_of_the_scale_does_not_change_who_is_worse(few, format_contrast, symptom):
    """Better is higher: worse lowers the score, and the comparison arm still loses."""
    hope = replace(symptom, toward_better=1)
    here = compare_shifted(few, format_contrast, hope, comparison=0, reference=0)
    worse = compare_shifted(few, format_contrast, hope, comparison=3, reference=0)
    assert worse.value < here.value


def test_completed_data_are_analysed_as_compare_does(nested_contrast, symptom):
    """The mean of m estimates by `compare` on completed frames is the pooled estimate."""
    frame = nested()
    made = impute_contrast(
        frame, nested_contrast, auxiliary=["week"], plan=Plan(seed=3, pilot=4, most=4)
    )
    pooled = compare_shifted(made, nested_contrast, symptom, comparison=0, reference=0)
    each = [compare(made.complete(k), nested_contrast, symptom) for k in range(4)]
    assert pooled.value == pytest.approx(np.mean([one.value for one in each]), abs=1e-6)
    spread = np.var([one.value for one in each], ddof=1)
    total = np.mean([one.se**2 for one in each]) + 1.25 * spread
    assert pooled.se == pytest.approx(np.sqrt(total), rel=1e-5)


def test_imputed_outcomes_share_their_group():
    """The intraclass correlation of imputed outcomes is that of the observed ones, not zero."""
    frame = nested(groups=60, icc=0.4)
    kinds = {"baseline": "numeric", "outcome": "numeric"}
    made = impute(frame, kinds, ["week"], m=20, seed=5)
    gap = made.missing("outcome") & (frame["arm"] == "group").to_numpy()
    shared = []
    for k in range(made.m):
        rows = made.complete(k)[gap]
        left = rows["outcome"] - 0.6 * rows["week"]
        left = left - left.mean()
        by = left.groupby(rows["cluster"])
        pairs = (by.sum() ** 2 - (left**2).groupby(rows["cluster"]).sum()).sum()
        count = (by.size() * (by.size() - 1)).sum()
        shared.append(pairs / count / left.var())
    assert np.mean(shared) == pytest.approx(0.4, abs=0.12)


def test_processes_and_m_do_not_change_an_imputation():
    frame, kinds = nested(groups=6), {"baseline": "numeric", "outcome": "numeric"}
    few = impute(frame, kinds, ["week"], m=3, seed=9)
    parallel = impute(frame, kinds, ["week"], m=6, seed=9, n_jobs=2)
    for k in range(3):
        assert np.array_equal(few.filled[k]["outcome"], parallel.filled[k]["outcome"])
    longer = few.extend(6)
    assert np.array_equal(longer.filled[5]["outcome"], parallel.filled[5]["outcome"])
    other = impute(frame, kinds, ["week"], m=1, seed=10)
    assert not np.array_equal(other.filled[0]["outcome"], few.filled[0]["outcome"])


def test_covariates_of_both_kinds_and_baselines_are_filled(nested_contrast, symptom):
    frame = nested()
    rng = np.random.default_rng(0)
    frame["condition"] = np.where(frame["baseline"] > 15, "high", "low")
    frame.loc[rng.random(len(frame)) < 0.2, "condition"] = None
    frame["age"] = rng.normal(40, 10, len(frame)).round()
    frame.loc[rng.random(len(frame)) < 0.1, ["age", "baseline"]] = np.nan
    frame.loc[rng.random(len(frame)) < 0.3, "week"] = np.nan
    covariates = [
        {"column": "condition", "type": "categorical"},
        {"column": "age", "type": "numeric"},
    ]
    plan = Plan(seed=2, pilot=5, most=5, iterations=5)
    made = impute_contrast(
        frame, nested_contrast, covariates=covariates, auxiliary=["week"], plan=plan
    )
    full = made.complete(2)
    assert full[["baseline", "outcome", "condition", "age"]].notna().all().all()
    seen = frame["condition"].notna()
    assert (full.loc[seen, "condition"] == frame.loc[seen, "condition"]).all()
    gap = ~seen & frame["baseline"].notna()
    right = full.loc[gap, "condition"] == np.where(frame.loc[gap, "baseline"] > 15, "high", "low")
    assert right.mean() > 0.8
    found = compare_imputed(
        frame, nested_contrast, symptom, covariates=covariates, auxiliary=["week"], plan=plan
    )
    assert found.status == "ok" and found.clusters == 20


def test_more_missing_asks_for_more_imputations(nested_contrast):
    frame = nested()
    made = impute_contrast(frame, nested_contrast, auxiliary=["week"], plan=Plan(seed=1))
    assert 20 < made.m <= 200
    whole = frame.dropna(subset=["outcome"])
    assert impute_contrast(whole, nested_contrast, plan=Plan(seed=1)).m == 20


def test_an_arm_without_outcomes_is_withheld_and_not_a_verdict(trial, format_contrast, symptom):
    frame = trial.assign(outcome=trial["outcome"].where(trial["arm"] == "group"))
    found = compare_imputed(frame, format_contrast, symptom)
    assert found.status == "withheld" and found.value is None
    assert found.message.startswith("arm 'individual'")
