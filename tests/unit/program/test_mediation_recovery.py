"""Mediation on worlds whose benefit is measured without error: the planted product comes back."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import PROGRAM

from analysis.program.mediation import mediated

GROUPS, MEMBERS, ALONE = 30, 8, 240
A, B, DIRECT = 2.0, 0.5, 0.3


def world(rng, *, a=A, b=B, back=0.0):
    """Hope on its own scale (higher better) and symptoms (higher worse), groups with shared parts.

    `back` is what early symptom gain does to later hope.
    """
    n = GROUPS * MEMBERS + ALONE
    arm = np.repeat([1.0, 0.0], [GROUPS * MEMBERS, ALONE])
    cluster = np.concatenate([np.repeat(np.arange(GROUPS), MEMBERS), np.full(ALONE, -1)])
    # What moves hope and what moves symptoms of a group are apart: nothing confounds path b.
    of_hope, of_symptoms = (
        np.where(arm == 1, rng.normal(0, 0.7, GROUPS)[cluster], 0.0) for _ in range(2)
    )
    worse = rng.normal(15, 4, n)
    hope = 40 - 0.5 * worse + rng.normal(0, 3, n)
    hope_early = hope + a * arm + of_hope + rng.normal(0, 2, n)
    symptom_early = worse - 2 + rng.normal(0, 2, n)
    later = b * (hope_early - hope) + DIRECT * arm + of_symptoms
    symptom_end = symptom_early - 2 - later + rng.normal(0, 2, n)
    hope_end = hope_early + back * (worse - symptom_early) + rng.normal(0, 2, n)
    index = pd.Index([f"e{i}" for i in range(n)], name="episode_id")
    arms = np.where(arm == 1, "group", "individual")
    primary = pd.DataFrame({"arm": arms, "baseline": worse, "outcome": symptom_end}, index)
    benefit = pd.DataFrame({"baseline": hope, "outcome": hope_end}, index)
    early = {"depression": pd.Series(symptom_early, index), "hope": pd.Series(hope_early, index)}
    groups = pd.Series(cluster, index).map("g{}".format).where(arm == 1)
    return SimpleNamespace(
        config={"instruments": {"depression": "PHQ-9", "hope": "AHS"}},
        contrast=SimpleNamespace(comparison="group", reference="individual"),
        symptom="depression",
        day=42,
        limits=PROGRAM,
        covariates=[],
        tables={"episodes": pd.DataFrame({"episode_id": index})},
        members=pd.DataFrame({"cluster": groups[arm == 1]}),
        primary=lambda: primary,
        sign=lambda construct: 1 if construct == "hope" else -1,
        score=lambda construct, day, reach=7: early[construct],
        outcome=lambda construct, day: benefit,
    )


def test_the_planted_product_comes_back(rng, blank):
    """100 worlds: no bias beyond Monte-Carlo error, and 95% intervals that hold it as often."""
    made = [mediated(world(rng), ["hope"], blank) for _ in range(100)]
    values = np.array([one.value for one in made])
    assert values.mean() == pytest.approx(A * B, abs=2.6 * values.std(ddof=1) / np.sqrt(100))
    assert np.mean([one.se for one in made]) == pytest.approx(values.std(ddof=1), rel=0.25)
    held = np.mean([one.ci95[0] < A * B < one.ci95[1] for one in made])
    # Two Monte-Carlo errors below 95% for 100 worlds.
    assert held >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 100)


@pytest.mark.parametrize(("a", "b"), [(0.0, B), (A, 0.0)])
def test_without_one_path_nothing_runs_through(rng, blank, a, b):
    made = [mediated(world(rng, a=a, b=b), ["hope"], blank) for _ in range(40)]
    held = np.mean([one.ci95[0] <= 0 <= one.ci95[1] for one in made])
    assert held >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 40)


def test_the_reverse_direction_is_told_from_the_planted_one(rng, blank):
    def partial(program):
        found = {one.name: one for one in mediated(program, ["hope"], blank).diagnostics}
        return found["reverse_hope_early"].value, found["sensitivity_hope_early"].value

    back, forward = partial(world(rng))
    assert abs(back) < 0.15 and forward > 0.3
    back, forward = partial(world(rng, b=0.0, back=0.8))
    assert back > 0.3 and abs(forward) < 0.15
