"""Known truth: what each method does when outcomes are missing at random and when they are not."""

import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest

from analysis.unseen import Plan, compare_shifted, compare_under_null, impute_contrast


@pytest.fixture(scope="module")
def bench(root):
    spec = importlib.util.spec_from_file_location(
        "missing_data", root / "benchmarks" / "missing_data.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["missing_data"] = module
    spec.loader.exec_module(module)
    return module


def large(bench, mechanism):
    """One trial of 300 groups, where a bias of a point is six standard errors; errors in those."""
    cell = bench.Cell(mechanism, 300, 8)
    found = bench.estimates(bench.simulate(cell, np.random.default_rng(99)), 1)
    return {name: (one.value - cell.truth) / one.se for name, one in found.items()}


def test_completely_at_random_biases_nobody_but_a_needless_delta(bench):
    error = large(bench, "mcar")
    for method in ("complete_case", "mixed", "imputed", "weighted"):
        assert abs(error[method]) < 3
    assert error["delta"] < -3


def test_at_random_biases_complete_cases_only(bench):
    error = large(bench, "mar")
    assert error["complete_case"] > 8
    for method in ("mixed", "imputed", "weighted"):
        assert abs(error[method]) < 3


def test_not_at_random_biases_all_but_the_right_delta(bench):
    error = large(bench, "mnar")
    for method in ("complete_case", "mixed", "imputed", "weighted"):
        assert error[method] > 3
    assert abs(error["delta"]) < 3


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["mcar", "mar", "mnar"])
def test_coverage(bench, mechanism):
    """95% intervals of the method whose assumption holds: 90 to 98.5 of 100 in 200 trials."""
    cell = next(one for one in bench.CELLS if one.mechanism == mechanism)
    rows = bench.summarise(cell, bench.run(cell, 0, 200))
    right = {"mcar": "complete_case", "mar": "imputed", "mnar": "delta"}[mechanism]
    found = next(row for row in rows if row["method"] == right)
    assert found["failed"] == 0
    assert abs(found["bias"]) < 4 * found["bias_mcse"]
    assert 0.90 < found["coverage"] < 0.985


@pytest.mark.slow
def test_non_inferiority_at_the_margin_is_rarely_claimed(bench):
    """True difference minus the margin, a third unseen: 5% claim it at random, fewer under null."""
    margin, cell, claimed = 1.2, bench.CELLS[0], np.zeros(2)
    for trial in range(300):
        frame = bench.simulate(cell, np.random.default_rng([5, trial]))
        worse = np.array([1 / 3, 2 / 3, 1]) * (bench.EFFECT + margin)
        frame.loc[frame["arm"] == "group", ["day_14", "day_28", "outcome"]] += worse
        made = impute_contrast(
            frame,
            bench.CONTRAST,
            auxiliary=bench.AUXILIARY,
            plan=Plan(seed=trial, pilot=10, most=10),
        )
        found = (
            compare_shifted(made, bench.CONTRAST, bench.SYMPTOM, comparison=0, reference=0),
            compare_under_null(made, bench.CONTRAST, bench.SYMPTOM, margin=margin),
        )
        claimed += [one.ci90[0] > -margin for one in found]
    at_random, under_null = claimed / 300
    assert 0.01 < at_random < 0.09
    assert under_null < 0.03


def half_answered_trial(seed, n=1500):
    """Nine answers a head; the worse the first five, the sooner somebody stops after them."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(["group", "individual"], n)
    ill = rng.normal(0, 1, 2 * n)
    later = ill - np.where(arm == "group", 0.5, 0.0)
    answers = later[:, None] + rng.normal(0, 1, (2 * n, 9))
    first = answers[:, :5].mean(axis=1) * 9
    stops = (rng.random(2 * n) < 1 / (1 + np.exp(-0.6 * first))) & (arm == "group")
    frame = {"episode_id": np.arange(2 * n), "arm": arm, "cluster": None, "first": first}
    frame |= {"baseline": ill + rng.normal(0, 1, 2 * n)}
    return pd.DataFrame({**frame, "outcome": np.where(stops, np.nan, answers.sum(axis=1))})


def test_half_answered_questionnaires_take_the_bias_away(format_contrast, symptom):
    """Truth: 9 x 0.5 = 4.5 better; who stopped is explained by what they did answer."""
    frame = half_answered_trial(5)
    plan = Plan(seed=2, pilot=10, most=10)
    found = {}
    for name, parts in (("whole scales only", {}), ("parts too", {"outcome": ["first"]})):
        made = impute_contrast(frame, format_contrast, parts=parts, plan=plan)
        one = compare_shifted(made, format_contrast, symptom, comparison=0, reference=0)
        found[name] = (one.value - 4.5) / one.se
    stopped = int(frame["outcome"].isna().sum())
    assert f"({stopped} of them from a half-answered questionnaire)" in one.diagnostics[0].text
    assert found["whole scales only"] > 8
    assert abs(found["parts too"]) < 3
