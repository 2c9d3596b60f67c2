"""Assay sensitivity: chances worked by other means, and both signs needed."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.claims.assay import assay_table, chance_of_telling


def specifications(se, df=60.0, status="ok"):
    rows = [("format", "decides", status, "points", se, df), ("format", "", "ok", "points", 9, df)]
    return pd.DataFrame(rows, columns=["contrast", "note", "status", "unit", "se", "df"])


def changes(*detected):
    return pd.DataFrame({"contrast": "format", "arm": list("ab")[: len(detected)]}).assign(
        detected=list(detected)
    )


def test_with_many_degrees_of_freedom_the_chance_is_the_normal_one():
    expected = norm.sf(1.959964 - 2.8) + norm.cdf(-1.959964 - 2.8)
    assert chance_of_telling(2.8, {"se": 1.0, "df": 1e6}) == pytest.approx(expected, abs=1e-4)
    assert chance_of_telling(0.0, {"se": 1.0, "df": 7.0}) == pytest.approx(0.05, abs=1e-9)


def test_the_chance_is_what_simulated_t_intervals_come_to():
    rng = np.random.default_rng(1)
    df, se, n = 9, 0.5, 400_000
    spread = se * np.sqrt(rng.chisquare(df, n) / df)
    told = np.abs(rng.normal(1.32, se, n)) > 2.262157 * spread
    assert chance_of_telling(1.32, {"se": se, "df": df}) == pytest.approx(told.mean(), abs=0.003)


@pytest.mark.parametrize(
    ("se", "detected", "sensitive"),
    [(0.3, (True, True), True), (0.3, (True, False), False), (0.9, (True, True), False)],
)
def test_both_signs_are_needed(se, detected, sensitive):
    row = assay_table(specifications(se), changes(*detected), 1.32, 0.8).iloc[0]
    assert bool(row["sensitive"]) is sensitive
    assert row["arms_changed"] == sum(detected)
    assert (row["power"] >= 0.8) == (se == 0.3)
    assert chance_of_telling(row["detectable"], row) == pytest.approx(0.8, abs=0.01)


def test_without_an_estimate_or_a_change_nothing_is_said():
    assert assay_table(specifications(0.3, status="withheld"), changes(True), 1.32, 0.8).empty
    assert not assay_table(specifications(0.3), changes(), 1.32, 0.8)["sensitive"].item()
