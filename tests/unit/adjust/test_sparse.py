"""Sparse levels and one-arm sites: merged or left out by the rule, and counted."""

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import fit_propensity

from analysis.adjust.sparse import OTHER, Sparse, sparse_flow
from analysis.comparison.question import Contrast

ENTRY = {
    "label": "Formats",
    "comparison": "group",
    "reference": "individual",
    "clusters": {"group": "therapy_group", "individual": "none"},
    "assignment": "observational",
}
CONTRAST = Contrast.from_config("format", ENTRY)
COVARIATES = [
    {"column": name, "type": "categorical", "role": "baseline"} for name in ("gender", "site_id")
]


def people(**levels):
    """One row a person: each column as ``level: (n in group, n in individual)``."""
    columns = {}
    for name, counts in levels.items():
        columns[name] = [
            level for arm in (0, 1) for level, each in counts.items() for _ in range(each[arm])
        ]
    inside = [sum(each[arm] for each in next(iter(levels.values())).values()) for arm in (0, 1)]
    arm = np.repeat(["group", "individual"], inside)
    return pd.DataFrame({"arm": arm, **columns})


GENDER = {"woman": (40, 30), "man": (25, 28), "nonbinary": (2, 0), "other": (0, 3)}


def test_rare_levels_are_merged_and_take_the_most_frequent_with_them_where_too_few():
    table = people(gender=GENDER)
    found = Sparse.of(table, CONTRAST, COVARIATES[:1], fewest=5)
    assert found.levels == {"gender": {"nonbinary", "other", "woman"}}
    merged = found.apply(table)
    assert merged["gender"].value_counts().to_dict() == {OTHER: 75, "man": 53}
    enough = Sparse.of(table, CONTRAST, COVARIATES[:1], fewest=2)
    assert enough.levels == {"gender": {"nonbinary", "other"}}


def test_a_propensity_is_fitted_where_a_level_was_in_one_arm_only():
    table = people(gender=GENDER)
    merged = Sparse.of(table, CONTRAST, COVARIATES[:1], fewest=5).apply(table)
    assert fit_propensity(merged, CONTRAST, COVARIATES[:1]).names == (
        "intercept",
        f"gender[{OTHER}]",
    )


def test_one_arm_sites_are_left_out_before_levels_are_counted():
    table = people(site_id={"a": (30, 30), "b": (10, 0), "c": (20, 20)})
    table["gender"] = np.where(table["site_id"] == "b", "nonbinary", "woman")
    found = Sparse.of(table, CONTRAST, COVARIATES, fewest=5)
    assert found.sites == {"b"} and found.levels == {}
    assert set(found.apply(table)["site_id"]) == {"a", "c"}


def test_where_every_site_is_one_arm_nothing_is_hidden():
    table = people(site_id={"a": (30, 0), "b": (0, 30)}).assign(gender="woman")
    assert Sparse.of(table, CONTRAST, COVARIATES, fewest=5).sites == frozenset()


def test_arms_assigned_at_random_are_left_as_they_are():
    drawn = Contrast.from_config("format", {**ENTRY, "assignment": "randomised"})
    assert Sparse.of(people(gender=GENDER), drawn, COVARIATES[:1], fewest=5).levels == {}


def test_gaps_stay_gaps():
    table = people(gender=GENDER)
    table.loc[0, "gender"] = None
    merged = Sparse.of(table, CONTRAST, COVARIATES[:1], fewest=5).apply(table)
    assert merged["gender"].isna().sum() == 1


@pytest.mark.parametrize("fewest", [5, 2])
def test_the_flow_counts_whom_the_rule_touches(fewest):
    table = people(site_id={"a": (30, 30), "b": (10, 0), "c": (20, 2)}).assign(gender="woman")
    table.loc[:2, "gender"] = "man"
    config = {"contrasts": {"format": ENTRY}, "covariates": COVARIATES}
    flow = sparse_flow(table, config, fewest, steps=6)
    left_out = flow[flow["label"].str.endswith("both arms")].set_index("arm")
    assert left_out["after"].to_dict() == {"group": 50, "individual": 32, "total": 82}
    assert set(flow["kind"]) == {"information"} and flow["step"].min() == 7
    assert (flow["excluded"] == 0).all()


def test_a_flow_without_sparse_levels_has_no_more_steps():
    table = people(gender={"woman": (20, 20), "man": (20, 20)})
    config = {"contrasts": {"format": ENTRY}, "covariates": COVARIATES[:1]}
    assert sparse_flow(table, config, 5, steps=6).empty
