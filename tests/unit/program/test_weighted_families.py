"""Families of conditions where arms were not assigned: weighting takes the confounding away."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.question import recorded
from analysis.program.conditions import family_contrasts
from analysis.program.regress import FailedDesignError

FAMILIES = {"trauma": -1.0, "adhd": 0.0, "mood_anxiety": 1.0, "medical": 2.0}


@pytest.fixture
def world(program):
    """1,200 people whose arm depends on their intake and family, so that naive arms differ."""

    def build(rng, *, pull=1.0):
        n = 1200
        family = rng.choice(list(FAMILIES), n)
        intake = rng.normal(15, 5, n) + 2 * (family == "trauma")
        logit = -0.12 * pull * (intake - 15) + 0.8 * pull * (family == "medical")
        group = rng.random(n) < 1 / (1 + np.exp(-logit))
        effect = pd.Series(family).map(FAMILIES).to_numpy()
        outcome = 0.6 * intake - effect * group + rng.normal(0, 4, n)
        index = pd.Index([f"e{one}" for one in range(n)], name="episode_id")
        arm = np.where(group, "group", "individual")
        rows = pd.DataFrame(
            {"arm": arm, "baseline": intake, "outcome": outcome, "construct": "depression",
             "day": 42, "primary": True, "change": intake - outcome}, index,
        )  # fmt: skip
        clusters = pd.Series(rng.integers(0, 60, n), index).map("g{}".format)
        contrast = {**program.config["contrasts"]["format"], "assignment": "observational"}
        made = replace(
            program,
            tables={"episodes": rows[["arm"]].assign(condition=family).reset_index()},
            outcomes=rows.reset_index(),
            config={
                **program.config,
                "contrasts": {"format": contrast},
                "covariates": [{"column": "condition", "type": "categorical", "role": "baseline"}],
            },
        )
        made.__dict__["members"] = pd.DataFrame({"cluster": clusters[group]})
        return made, rows.assign(family=family)

    return build


def test_each_familys_contrast_comes_back_where_the_naive_one_does_not(world, rng):
    truth = pd.Series(FAMILIES).sort_index()
    off, held, naive = [], [], []
    for _ in range(12):
        program, rows = world(rng)
        found = family_contrasts(program)
        assert found.names == tuple(truth.index)
        off.append(found.raw - truth.to_numpy())
        held.append(np.abs(off[-1]) < 1.96 * np.sqrt(np.diag(found.cov)))
        means = rows.groupby(["family", "arm"])["outcome"].mean().unstack()
        naive.append(means["individual"] - means["group"] - truth)
    assert np.mean(off, axis=0) == pytest.approx(np.zeros(4), abs=0.45)
    assert np.mean(held) >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 48)
    assert np.mean(naive) > 0.9


def test_a_design_that_fails_withholds_every_family_by_the_checks_name(world, rng, blank):
    program, _ = world(rng, pull=40.0)
    with pytest.raises(FailedDesignError) as failure:
        family_contrasts(program)
    effect = recorded(blank, lambda _: family_contrasts(program))
    assert effect.status == "withheld"
    assert effect.diagnostics[0].name == failure.value.code != "too_few_data"


@pytest.mark.parametrize("assignment", ["randomised", "observational"])
@pytest.mark.parametrize("unknown", ["outcome", "baseline"])
def test_where_nobody_is_known_families_are_withheld(world, rng, blank, assignment, unknown):
    program, rows = world(rng)
    contrast = {**program.config["contrasts"]["format"], "assignment": assignment}
    outcomes = rows.drop(columns="family").assign(**{unknown: np.nan}).reset_index()
    program = replace(
        program, outcomes=outcomes, config={**program.config, "contrasts": {"format": contrast}}
    )
    program.__dict__["members"] = pd.DataFrame({"cluster": rows["family"]})
    assert recorded(blank, lambda _: family_contrasts(program)).status == "withheld"
