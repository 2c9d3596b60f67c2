"""All claims in one job: each by its own plan, and one's failure its own."""

from dataclasses import replace

import pytest

from analysis.claims import judge_all
from analysis.claims.judge_all import Planned, judge_claims
from analysis.pipeline.lists import plan_for
from analysis.records.errors import EstimationError


@pytest.fixture
def planned(case):
    plan = case().plan
    return {key: Planned(plan_for(plan, key), "planned") for key in plan["claims"]}


def test_all_claims_are_judged_in_the_order_of_the_plan(case, planned):
    found = judge_claims(planned, case(), {})
    assert list(dict.fromkeys(one.id for one in found)) == list(planned)


def test_another_margin_leaves_all_other_claims_as_they_were(case, planned):
    changed = dict(planned)
    claim = planned["effectiveness"].plan["claims"]["effectiveness"]
    margin = {**claim["margin"], "value": claim["margin"]["value"] / 100}
    plan = {
        **planned["effectiveness"].plan,
        "claims": {"effectiveness": {**claim, "margin": margin}},
    }
    changed["effectiveness"] = Planned(plan, "exploratory")
    before, after = judge_claims(planned, case(), {}), judge_claims(changed, case(), {})
    differ = {one.id for one, other in zip(before, after, strict=True) if one != other}
    assert differ == {"effectiveness"}


def test_only_claims_that_declare_specifications_are_given_them(case, planned, monkeypatch):
    given = {}
    monkeypatch.setattr(
        judge_all, "judge_claim", lambda key, own: given.update({key: own.specifications}) or []
    )
    judge_claims(planned, replace(case(), specifications=[{"name": "as planned"}]), {})
    with_some = {key for key, rows in given.items() if rows}
    claims = case().plan["claims"]
    assert with_some == {key for key in claims if "specifications" in claims[key]} != set()


def test_a_claim_that_cannot_be_judged_costs_itself_alone(case, planned, monkeypatch):
    real = judge_all.judge_claim

    def fail(key, own):
        if key == "size":
            raise EstimationError("no such share")
        return real(key, own)

    expected = judge_claims(planned, case(), {})
    monkeypatch.setattr(judge_all, "judge_claim", fail)
    found = judge_claims(planned, case(), {})
    assert [one for one in found if one.id != "size"] == [o for o in expected if o.id != "size"]
    assert {one.verdict for one in found if one.id == "size"} == {"ERROR"}
    assert {one.message for one in found if one.id == "size"} == {"no such share"}


def test_a_mistake_in_the_program_is_not_hidden(case, planned, monkeypatch):
    def broken(*_):
        raise TypeError("a bug")

    monkeypatch.setattr(judge_all, "judge_claim", broken)
    with pytest.raises(TypeError):
        judge_claims(planned, case(), {})
