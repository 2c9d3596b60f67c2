"""A fixed few seeds of the predeclared worlds; `docs/dose.md` has the long run."""

import numpy as np
import pandas as pd
import pytest

SEEDS = 8


@pytest.fixture(scope="module")
def run(bench, worlds):
    done = {}

    def one(name):
        if name not in done:
            done[name] = pd.concat([bench.analyse(worlds[name], seed) for seed in range(SEEDS)])
        return done[name]

    return one


def mean_and_error(rows, analysis, term):
    values = rows[rows["analysis"].eq(analysis) & rows["term"].eq(term)]["value"]
    return values.mean(), values.std() / np.sqrt(len(values))


def test_weights_recover_the_null_that_the_naive_curve_misses(run):
    rows = run("symptoms drive hours, null")
    assert set(rows["status"]) == {"ok"}
    for term, wrong in (("group_hours", -1), ("individual_hours", 1), ("equal_hours", -1)):
        mean, error = mean_and_error(rows, "weighted", term)
        naive, naive_error = mean_and_error(rows, "naive", term)
        assert abs(mean) <= 3 * error
        assert wrong * naive > 6 * naive_error
        inside = rows[rows["analysis"].eq("weighted") & rows["term"].eq(term)]
        assert (inside["ci95_low"].lt(0) & inside["ci95_high"].gt(0)).sum() >= SEEDS - 2


def test_a_true_effect_is_found_by_the_weighted_analysis_alone(run, bench, worlds):
    name = "symptoms drive hours, group hours help"
    truth = bench.truth_of(worlds[name], "group_hours")
    mean, error = mean_and_error(run(name), "weighted", "group_hours")
    naive, naive_error = mean_and_error(run(name), "naive", "group_hours")
    assert abs(mean - truth) <= 3 * error
    assert naive < 0 and naive < truth - 6 * naive_error


def test_where_hours_follow_symptoms_alone_no_number_is_given(bench, worlds):
    rows = pd.concat(
        [bench.analyse(worlds["hours follow symptoms alone"], seed) for seed in (0, 1)]
    )
    assert set(rows["status"]) == {"withheld"} and rows["value"].isna().all()
