"""Overlap decides what helps to impute: what separates the unseen from the seen is left out."""

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import MISSING

from analysis.comparison.question import Contrast, Outcome
from analysis.unseen import compare_imputed
from analysis.unseen.imputed import Plan
from analysis.unseen.support import unsupported

DRAWN = Contrast("format", "group", "individual", {"group": "none"}, "randomised")
SYMPTOM = Outcome("depression", "PHQ-9", "day 42", 42, "PHQ-9 points", -1, 5.5)


def program(answering, seed=1, n=300):
    """A program that a third leave before day 28; a share of the leavers is seen all the same."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(["group", "individual"], n // 2)
    week = rng.normal(12, 5, n)
    left = rng.random(n) < 1 / (1 + np.exp(-(week - 15) / 3))
    discharge = np.where(left, rng.integers(3, 28, n), rng.integers(35, 70, n)).astype(float)
    outcome = 3 + 0.6 * week + rng.normal(0, 4, n)
    seen = np.where(left, rng.random(n) < answering, rng.random(n) < 0.95)
    return pd.DataFrame(
        {
            **{"episode_id": np.arange(n).astype(str), "arm": arm, "cluster": None},
            **{"baseline": week + rng.normal(0, 3, n), "week": week, "discharge_day": discharge},
            "anxiety": week + rng.normal(0, 10, n),
            "outcome": np.where(seen, outcome, np.nan),
        }
    )


HELPING = ("anxiety", "discharge_day")


@pytest.mark.parametrize(("answering", "left_out"), [(0.0, ("discharge_day",)), (0.4, ())])
def test_the_day_of_discharge_is_left_out_where_nobody_answers_after_leaving(answering, left_out):
    for seed in range(20):
        assert unsupported(program(answering, seed), HELPING, MISSING.beyond) == left_out


def test_without_it_the_error_does_not_explode():
    frame, plan = program(0.0), Plan(seed=1, pilot=20, most=20)
    kept = tuple(one for one in HELPING if one not in unsupported(frame, HELPING, MISSING.beyond))
    some, every = (
        compare_imputed(frame, DRAWN, SYMPTOM, auxiliary=("week", *each), plan=plan)
        for each in (kept, HELPING)
    )
    assert some.se < 0.8 * every.se


def test_nobody_unseen_or_nothing_known_leaves_nothing_out():
    frame = program(0.0)
    assert unsupported(frame.assign(outcome=1.0), HELPING, MISSING.beyond) == ()
    assert unsupported(frame.assign(discharge_day=np.nan), HELPING, MISSING.beyond) == ()
