"""Equivalence needs the answer per protocol to agree; every way in which it can and cannot."""

from dataclasses import replace

import pytest

from analysis.claims.agreement import hold_to
from analysis.claims.apply import carry_decision
from analysis.claims.judge import judge_claim

PART = {"agrees_with": "per protocol"}


@pytest.fixture
def table(claims):
    return claims["decision_tables"]["equivalence"]


@pytest.fixture
def judged(case, table):
    """Return the equivalence part, judged on the assigned answer with the interval given."""

    agreeing = (row(-0.1, 0.1),)

    def make(low, high, specifications=agreeing):
        built = replace(case(interval=(low, high)), specifications=specifications)
        return next(o for o in judge_claim("effectiveness", built) if o.part == "equivalence")

    return make


def row(low, high, status="ok", name="per protocol"):
    value = None if status != "ok" else (low + high) / 2
    return {
        **{"name": name, "contrast": "format", "status": status, "value": value},
        **{"ci90_low": low, "ci90_high": high, "n_used": 300, "n_eligible": 500},
        **{"message": "" if status == "ok" else "too few", "valid_for_estimand": False},
    }


def test_two_answers_inside_the_margin_agree(judged, table):
    found = hold_to(judged(-0.5, 0.5), PART, table, [row(-0.9, 0.7)])
    assert found.verdict == "SUPPORTED"
    assert found.per_protocol["agrees"] is True
    assert found.per_protocol["ci90"] == (-0.9, 0.7)


@pytest.mark.parametrize(
    ("second", "agrees", "reason"),
    [
        (row(-1.6, 0.2), False, "per_protocol_disagrees"),
        (row(1.5, 2.5), False, "per_protocol_disagrees"),
        (row(None, None, "withheld"), None, "per_protocol_missing"),
        (row(-0.5, 0.5, name="another"), None, "per_protocol_missing"),
    ],
)
def test_equivalence_that_the_second_answer_does_not_share_stays_open(
    judged, table, second, agrees, reason
):
    found = hold_to(judged(-0.5, 0.5), PART, table, [second])
    assert (found.verdict, found.reason) == ("INCONCLUSIVE", reason)
    assert found.per_protocol["agrees"] is agrees
    assert found.rule.startswith("ci90: low > -margin and high < margin; unless")


@pytest.mark.parametrize(("low", "high"), [(-2.0, 0.5), (1.5, 2.5)])
def test_the_second_answer_never_makes_equivalence(judged, table, low, high):
    first = judged(low, high)
    found = hold_to(first, PART, table, [row(-0.5, 0.5)])
    assert (found.verdict, found.reason) == (first.verdict, first.reason)
    assert found.per_protocol["agrees"] is False


def test_without_any_second_answer_equivalence_stays_open(judged):
    found = judged(-0.5, 0.5, specifications=())
    assert (found.verdict, found.reason) == ("INCONCLUSIVE", "per_protocol_missing")


def test_parts_that_ask_for_no_second_answer_are_left_alone(judged, table):
    first = judged(-0.5, 0.5)
    assert hold_to(first, {}, table, [row(-1.6, 0.2)]) == first


def test_only_equivalence_asks_and_the_planted_truth_is_then_undecided(case, table, claims):
    parts = claims["claims"]["effectiveness"]["parts"]
    assert [key for key, one in parts.items() if "agrees_with" in one] == ["equivalence"]
    truths = {("effectiveness", part): 0.1 for part in ("non_inferiority", "equivalence")}
    built = replace(case(interval=(-0.5, 0.5), truths=truths), specifications=[row(-1.6, 0.2)])
    found = {one.part: one for one in judge_claim("effectiveness", built)}
    assert found["non_inferiority"].verdict == "SUPPORTED"
    assert found["non_inferiority"].recovered == "yes"
    assert found["equivalence"].verdict == "INCONCLUSIVE"
    assert found["equivalence"].recovered == "undecided"
    effect = replace(built.effects[0], ci90=(-0.5, 0.5))
    assert carry_decision(found["equivalence"], table, effect).verdict == "SUPPORTED"
