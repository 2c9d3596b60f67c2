"""Where a covariate or the baseline score starts, and its unit, change no estimate of any room."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import compare_remaining, compare_weighted, risk_differences

from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, Outcome
from analysis.retention.staying import compare_retention
from analysis.unseen import Plan, compare_imputed
from analysis.unseen.cluster_size import compare_cluster_size
from analysis.unseen.draw import draw_regression

MOVES = [(5000.0, 1.0), (-10_000.0, 1.0), (0.0, 1e-6), (0.0, 1e6), (10_000.0, 1e-3)]
CONTRAST = Contrast(
    "format",
    "group",
    "individual",
    {"group": "therapy_group", "individual": "none"},
    "observational",
)
OUTCOME = Outcome("depression", "PHQ-9", "day 42", 42, "points", -1, 5.5)
COVARIATES = [
    {"column": "age", "type": "numeric", "role": "baseline"},
    {"column": "site", "type": "categorical", "role": "baseline"},
]
PLAN = Plan(seed=1, pilot=5, most=5)


def people() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    n = 240
    age, baseline = rng.normal(40, 10, n), rng.normal(15, 4, n)
    group = rng.random(n) < 1 / (1 + np.exp(-(age - 40) / 15))
    outcome = 0.5 * baseline + 0.1 * age + rng.normal(0, 4, n) - group
    ends = np.array(["left", "completed", "censored"])
    return pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "arm": np.where(group, "group", "individual"),
            "cluster": np.where(group, [f"g{k}" for k in rng.integers(0, 18, n)], None),
            "baseline": baseline,
            "age": age,
            "site": rng.choice(["a", "b"], n),
            "outcome": outcome,
            "partly": np.where(rng.random(n) < 1 / (1 + np.exp(-(age - 55) / 8)), np.nan, outcome),
            "half_way": 0.6 * outcome + rng.normal(0, 3, n),
            "day": rng.exponential(60, n).round() + 1,
            "event": ends[rng.integers(0, 3, n)],
            "attended": rng.random(n) < 0.8,
            "observed_until_day": 200.0,
        }
    )


def seen(frame):
    return frame.assign(outcome=frame["partly"])


def weighted(frame, **more):
    return compare_weighted(frame, CONTRAST, OUTCOME, covariates=COVARIATES, required=(), **more)


def responded(frame):
    changed = frame.assign(responded=people()["outcome"] < 9)
    return risk_differences(
        changed, CONTRAST, {"responded": OUTCOME}, covariates=COVARIATES, required=()
    )[0].effect


WAYS = {
    "mixed": lambda f: compare(f, CONTRAST, OUTCOME, covariates=COVARIATES),
    "overlap": weighted,
    "all": lambda f: weighted(f, estimand="ate"),
    "treated": lambda f: weighted(f, estimand="att"),
    "squares": lambda f: weighted(f, products=[("age", "age"), ("age", "baseline")]),
    "responders": responded,
    "imputed": lambda f: compare_imputed(
        seen(f), CONTRAST, OUTCOME, covariates=COVARIATES, plan=PLAN
    ),
    "imputed, helped": lambda f: compare_imputed(
        seen(f), CONTRAST, OUTCOME, covariates=COVARIATES, plan=PLAN, auxiliary=["half_way"]
    ),
    "remaining": lambda f: compare_remaining(
        seen(f), CONTRAST, OUTCOME, covariates=COVARIATES, history=["half_way"]
    ),
    "groups alike": lambda f: compare_cluster_size(f, CONTRAST, OUTCOME, covariates=COVARIATES)[1],
    "hazard": lambda f: compare_retention(
        f, CONTRAST, covariates=COVARIATES, parts=["dropout_hazard"]
    )[0],
    "completion": lambda f: compare_retention(
        f, CONTRAST, covariates=COVARIATES, parts=["completion"]
    )[0],
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("column", ["age", "baseline", "half_way"])
def test_no_estimate_depends_on_where_a_column_starts_or_on_its_unit(way, column):
    frame = people()
    plain = way(frame)
    assert plain.status == "ok", plain.message
    for shift, scale in MOVES:
        found = way(frame.assign(**{column: frame[column] * scale + shift}))
        np.testing.assert_allclose(
            [found.value, found.se, found.df],
            [plain.value, plain.se, plain.df],
            rtol=1e-5,
            err_msg=f"{shift}, {scale}",
        )


def test_a_draw_far_from_zero_is_the_draw_near_it():
    """The ridge that keeps collinear columns harmless once shrank slopes of a far column."""
    rng = np.random.default_rng(6)
    x = rng.normal(0, 10, 80)
    y = 3 * x + rng.normal(0, 1, 80)
    none = np.full(80, -1)
    near, far = (
        draw_regression(
            y,
            np.column_stack([np.ones(80), x + shift, np.full(80, shift)]),
            none,
            0,
            np.random.default_rng(1),
        )
        for shift in (0.0, 10_000.0)
    )
    assert far.beta[1] == pytest.approx(near.beta[1], rel=1e-9)
    assert far.beta[1] == pytest.approx(3, abs=0.1)
