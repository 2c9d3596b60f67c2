"""Worlds of known truth, and a few clients whose weeks are written out by hand."""

import importlib
import sys

import pandas as pd
import pytest
from benchmarks.plan_limits import WEIGHTING

from analysis.adjust.contrasts import Comparison
from analysis.comparison.question import Contrast, Outcome

NESTED = {"group": "therapy_group", "individual": "none"}


@pytest.fixture(scope="session")
def bench(root):
    """Return the module that analyses predeclared worlds with a known truth."""
    sys.path.insert(0, str(root / "benchmarks"))
    return importlib.import_module("dose")


@pytest.fixture(scope="session")
def worlds(bench):
    return {one.name: one for one in bench.WORLDS}


@pytest.fixture(scope="session")
def study(bench, worlds):
    """Return one study in which symptoms drive hours and hours change nothing."""
    return bench.draw(worlds["symptoms drive hours, null"], 1)


@pytest.fixture
def by_hand():
    """Return comparison, weeks, scores, outcome days and discharge of four clients.

    `a` stays three weeks of three that count (outcome at day 21), `b` leaves after the second,
    `c` has an hour that nobody wrote down, `d` was last seen in week one and never discharged.
    """
    once = pd.DataFrame(
        {
            "episode_id": list("abcd"),
            "arm": ["group", "group", "individual", "individual"],
            "baseline": 15.0,
            "outcome": [10.0, 12.0, 9.0, 8.0],
            "cluster": ["g", "g", None, None],
            "age": [1.0, 2.0, 3.0, 4.0],
        }
    )
    rows = [
        ("a", "group", 0, True, 6.0, 1.0),
        ("a", "group", 1, True, 4.0, 0.0),
        ("a", "group", 2, True, 8.0, 1.0),
        ("a", "group", 3, True, 9.0, 1.0),
        ("b", "group", 0, True, 3.0, 1.0),
        ("b", "group", 1, False, 3.0, 1.0),
        ("c", "individual", 0, True, 1.0, None),
        ("c", "individual", 1, True, 1.0, 5.0),
        ("c", "individual", 2, True, 1.0, 5.0),
        ("d", "individual", 0, True, 1.0, 5.0),
        ("d", "individual", 1, True, 1.0, 5.0),
    ]
    names = ["episode_id", "arm", "week", "full", "group_hours", "individual_hours"]
    scores = [("a", 0, 15), ("a", 6, 14), ("a", 8, 11), ("a", 14, 9), ("b", 7, 16)]
    outcome = Outcome("depression", "PHQ-9", "day 42", 42, "PHQ-9 points", -1, 5.5)
    contrast = Contrast("format", "group", "individual", NESTED, "observational")
    covariates = [{"column": "age", "type": "numeric", "role": "baseline"}]
    ids = pd.Index(list("abcd"), name="episode_id")
    return {
        "comparison": Comparison(contrast, outcome, once, once, covariates, "synthetic", WEIGHTING),
        "outcome_day": pd.Series([21, 21, 21, 21], index=ids, dtype="Float64"),
        "discharged": pd.Series([True, True, True, False], index=ids),
        "weeks": pd.DataFrame(rows, columns=names),
        "repeated": pd.DataFrame(scores, columns=["episode_id", "day", "score"]),
    }
