"""Falsification tests flag an injected bias, and are silent where there is none."""

from dataclasses import replace

import pytest
from benchmarks.plan_limits import WEIGHTING
from tests.plan_limits import falsification

from analysis.adjust.falsification import Control
from analysis.comparison.question import Outcome


@pytest.fixture(scope="module")
def control():
    outcome = Outcome("sleep apnoea", "scale", "day 42", 42, "points", -1)
    return Control("negative", outcome, "negative_control")


def world(worlds, name, seed=3):
    return worlds.draw(next(cell for cell in worlds.CELLS if cell.name == name), seed)


def flagged(worlds, contrast, control, name, seeds):
    found = 0
    for seed in seeds:
        frame = world(worlds, name, seed)
        found += falsification(frame, contrast, [control], covariates=worlds.COVARIATES)[0].flagged
    return found


def test_a_hidden_confounder_is_flagged(worlds, contrast, control):
    assert flagged(worlds, contrast, control, "hidden confounder", range(10)) >= 9


def test_without_one_about_one_in_twenty_is(worlds, contrast, control):
    """Of 20 at most 4: more would have a chance of 0.3%."""
    assert flagged(worlds, contrast, control, "moderate", range(20)) <= 4


def test_a_change_before_intake(worlds, contrast):
    """An earlier score that rose more toward intake in one arm, given the same baseline."""
    frame = world(worlds, "moderate")
    outcome = Outcome("change before intake", "scale", "day -30", -30, "points", 1)
    before = Control("rise", outcome, "pre_period")
    level = frame["outcome"] * 0 + frame["negative"]
    same, other = (
        falsification(
            frame.assign(rise=level + extra * frame["arm"].eq("group")),
            contrast,
            [before],
            covariates=worlds.COVARIATES,
        )[0]
        for extra in (0.0, 1.0)
    )
    assert not same.flagged and other.flagged
    assert other.effect.value - same.effect.value == pytest.approx(1)
    assert other.control.kind == "pre_period"


def test_it_is_the_estimator_of_the_real_outcome(worlds, contrast, control):
    """The control's column takes the outcome's place; settings are handed on."""
    frame = world(worlds, "moderate")
    found = falsification(
        frame, contrast, [control], covariates=worlds.COVARIATES, doubly_robust=True, estimand="att"
    )[0]
    assert found.effect.model == "doubly_robust_att"
    assert found.effect.construct == "sleep apnoea"


def test_no_estimate_no_flag(worlds, contrast, control):
    found = falsification(
        world(worlds, "moderate"),
        contrast,
        [control],
        covariates=worlds.COVARIATES,
        thresholds=replace(WEIGHTING, equipoise=(1.1, 1.1)),
    )[0]
    assert found.flagged is None and found.effect.status == "withheld"
