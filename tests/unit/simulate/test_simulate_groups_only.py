"""A program that treats in groups only: one arm, an answer key without comparisons of arms."""

import math

import pytest

from analysis.simulate import simulate_study


@pytest.fixture(scope="module")
def alone(registry):
    truth = {"sites": 1, "group_logit": 50}
    return simulate_study(
        scenario="confounded", episodes=60, seed=1, registry=registry, truth=truth
    )


def test_everyone_is_in_the_group_arm(alone):
    assert set(alone.tables["episodes"]["arm"]) == {"group"}


def test_the_key_holds_numbers_only_and_nothing_on_arms_as_assigned(alone):
    facts = {one["name"]: one["value"] for one in alone.answers["facts"]}
    assert "naive_difference" not in facts and "leaving_group" in facts
    values = [*facts.values(), *(one["value"] for one in alone.answers["answers"])]
    assert all(math.isfinite(one) for one in values if one is not None)
