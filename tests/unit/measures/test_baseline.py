"""Baseline balance by hand: means, shares, and standardised differences of both kinds."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures.baseline import COLUMNS, baseline_table, smd_categorical, smd_numeric


def test_a_numeric_difference_by_hand():
    # Means 3 and 2, variances 1 and 4: 1 / sqrt(2.5)
    one, zero = pd.Series([2.0, 3.0, 4.0, None]), pd.Series([0.0, 2.0, 4.0])
    assert smd_numeric(one, zero) == pytest.approx(1 / math.sqrt(2.5))
    assert smd_numeric(zero, one) == pytest.approx(-1 / math.sqrt(2.5))


def test_two_levels_by_hand():
    # Austin 2009: (0.5 - 0.2) / sqrt((0.25 + 0.16) / 2) = 0.66259
    one, zero = pd.Series(list("aabb")), pd.Series(list("abbbb"))
    assert smd_categorical(one, zero) == pytest.approx(0.3 / math.sqrt(0.205))
    assert smd_categorical(one, zero) == pytest.approx(0.66259, abs=5e-6)


def test_three_levels_by_hand():
    # Shares .5 .3 .2 and .2 .3 .5; on the last two levels T - C = (0, -.3) and
    # S = [[.21, -.105], [-.105, .205]], so d^2 = .09 * .21 / (.21 * .205 - .105^2) = 0.59016
    one = pd.Series(list("aaaaabbbcc"))
    zero = pd.Series(list("aabbbccccc"))
    assert smd_categorical(one, zero) == pytest.approx(math.sqrt(0.0189 / 0.032025))


def test_the_ends():
    same = pd.Series(["a", "a"])
    assert smd_categorical(same, same) == 0
    assert smd_categorical(same, pd.Series(["b", "b"])) == math.inf
    assert math.isnan(smd_categorical(same, pd.Series([None, None], dtype="string")))
    flat = pd.Series([1.0, 1.0])
    assert smd_numeric(flat, flat) == 0
    assert smd_numeric(flat, flat + 1) == -math.inf
    assert math.isnan(smd_numeric(flat, flat.head(1)))


LEVELS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=30)


@given(LEVELS, LEVELS)
def test_the_distance_ignores_sides_and_names(one, zero):
    one, zero = pd.Series(one), pd.Series(zero)
    distance = smd_categorical(one, zero)
    turned = {"a": "z", "b": "y", "c": "x", "d": "w"}
    assert smd_categorical(zero, one) == pytest.approx(distance)
    assert smd_categorical(one.map(turned), zero.map(turned)) == pytest.approx(distance, abs=1e-7)
    assert distance >= 0


def test_the_table_by_hand(table, episode, config):
    arms = ["group", "group", "group", "individual", "individual"]
    rows = [
        episode(f"e{i}", arm=arm, gender=gender)
        for i, (arm, gender) in enumerate(zip(arms, ["f", "m", None, "f", "f"], strict=True))
    ]
    tables = {"episodes": table("episodes", rows)}
    tables["episodes"]["prior"] = [1.0, 2.0, 3.0, 0.0, None]
    config["covariates"] = [
        {"column": "gender", "type": "categorical", "role": "baseline"},
        {"column": "prior", "type": "numeric", "role": "baseline"},
    ]
    outcomes = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(5)],
            "arm": arms,
            "construct": "depression",
            "instrument": "PHQ-9",
            "baseline": [10.0, 12.0, 14.0, 20.0, 24.0],
        }
    )
    found = baseline_table(tables, outcomes, config, "format")
    assert tuple(found.columns) == COLUMNS
    assert found["covariate"].tolist() == ["gender", "gender", "prior", "baseline_depression"]
    female, male, prior, depression = (row for _, row in found.iterrows())
    assert (female["level"], female["count_comparison"], female["n_comparison"]) == ("f", 1, 2)
    assert (female["percent_comparison"], female["percent_reference"]) == (50, 100)
    assert (female["missing_comparison"], male["count_reference"]) == (1, 0)
    assert (prior["mean_comparison"], prior["sd_comparison"]) == (2, 1)
    assert (prior["n_reference"], prior["missing_reference"]) == (1, 1)
    assert math.isnan(prior["smd"])
    # Means 12 and 22, variances 4 and 8
    assert depression["smd"] == pytest.approx(-10 / math.sqrt(6))
    assert depression["label"] == "depression at baseline (PHQ-9)"


def test_a_study_without_covariates_and_outcomes_has_an_empty_table(table, episode, config):
    tables = {"episodes": table("episodes", [episode("e1")])}
    outcomes = pd.DataFrame(columns=["construct", "instrument", "episode_id", "arm", "baseline"])
    found = baseline_table(tables, outcomes, config, "format")
    assert found.empty
    assert tuple(found.columns) == COLUMNS
