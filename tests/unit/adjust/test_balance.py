"""Standardised differences by hand and against R; who the overlap population is."""

import numpy as np
import pytest
from tests.plan_limits import fit_propensity

from analysis.adjust.balance import balance_table, overlap_population
from analysis.adjust.weights import balancing_weights
from analysis.comparison.terms import BASELINE

X = [{"column": "x", "type": "numeric"}]


def test_by_hand(strata, contrast):
    """Means 3/4 and 1/4, variances 16/15 * 3/16 = 1/5: the difference is 1/2 / sqrt(1/5)."""
    weights = balancing_weights(fit_propensity(strata, contrast, X), "ato")
    row = balance_table(strata, weights, X).set_index("term").loc["x"]
    assert row["smd_before"] == pytest.approx(0.5 / np.sqrt(0.2))
    assert row["smd_after"] == pytest.approx(0, abs=1e-9)
    assert (row["kind"], row["site"], row["n"]) == ("main", "all", 32)


def test_equal_to_r(study, designed, covariates, reference):
    table = balance_table(study, designed().weights, [BASELINE, *covariates]).set_index("term")
    for term, numbers in reference["balance"].items():
        assert table.loc[term, "smd_before"] == pytest.approx(numbers["before"], abs=1e-8), term
        assert table.loc[term, "smd_after"] == pytest.approx(numbers["after"], abs=1e-8), term


def test_overlap_weights_balance_their_own_terms_and_only_those(study, designed, covariates):
    every = [BASELINE, *covariates]
    plain = balance_table(study, designed().weights, every)
    assert plain.loc[plain["kind"].eq("main"), "smd_after"].abs().max() < 1e-7
    assert plain.loc[plain["kind"].ne("main"), "smd_after"].abs().max() > 0.1
    products = [("baseline", "age"), ("baseline", "baseline")]
    declared = balance_table(study, designed(products=products).weights, every).set_index("term")
    assert declared.loc[["baseline*age", "baseline^2"], "smd_after"].abs().max() < 1e-7


def test_kinds_and_terms(study, designed, covariates):
    """Seven columns (2 numeric, 2 + 3 levels): 2 squares; 1 + 4 + 6 + 6 interactions."""
    table = balance_table(study, designed().weights, [BASELINE, *covariates])
    assert table["kind"].value_counts().to_dict() == {"interaction": 17, "main": 7, "square": 2}


def test_within_sites(study, designed, covariates):
    weights = designed().weights
    table = balance_table(study, weights, [BASELINE, *covariates], site="site")
    west = study["site"].eq("west")
    row = table[table["site"].eq("west") & table["term"].eq("age")].iloc[0]
    spread = np.sqrt(study.groupby("arm")["age"].var().mean())
    arm = study["arm"].eq("group")
    one, zero = (
        np.average(study.loc[west & side, "age"], weights=weights.values[west & side])
        for side in (arm, ~arm)
    )
    assert row["smd_after"] == pytest.approx((one - zero) / spread)
    assert row["n"] == west.sum()
    inside = table[table["site"].eq("west")]
    assert not inside["term"].eq("site[west]").any()


def test_trimmed_participants_count_before_and_not_after(study, designed, covariates):
    design = designed("ate", trim=0.2)
    table = balance_table(study, design.weights, covariates).set_index("term")
    everyone = balance_table(study, designed("ate").weights, covariates).set_index("term")
    assert table["smd_before"].equals(everyone["smd_before"])
    assert not np.allclose(table["smd_after"], everyone["smd_after"])


def test_overlap_population_by_hand(strata, contrast):
    """In group 3/4 have x, in individual 1/4, among all and in the overlap 1/2."""
    level = [{"column": "level", "type": "categorical"}]
    weights = balancing_weights(fit_propensity(strata, contrast, level), "ato")
    row = overlap_population(strata, weights, level).set_index("term").loc["level[yes]"]
    assert row.to_dict() == pytest.approx(
        {"comparison": 0.75, "reference": 0.25, "everyone": 0.5, "target": 0.5, "shift": 0.0},
        abs=1e-9,
    )
    att = balancing_weights(fit_propensity(strata, contrast, level), "att")
    row = overlap_population(strata, att, level).set_index("term").loc["level[yes]"]
    assert row["target"] == pytest.approx(0.75)
    assert row["shift"] == pytest.approx(0.25 / 0.5)
