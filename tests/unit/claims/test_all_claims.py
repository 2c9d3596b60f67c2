"""The plan holds every claim of the article; what is not asserted is never contradicted."""

from dataclasses import replace

import pytest

from analysis.claims.judge import Case, find_obstacle, judge_claim
from analysis.claims.kinds import kind_of, margin_of
from analysis.claims.plan import resolve_plan

IDS = [
    "effectiveness",
    "retention",
    "intensity",
    "frequency",
    "duration",
    "size",
    "leaders",
    "conditions",
    "selfesteem",
    "catharsis",
    "social",
    "coping",
    "safety",
    "hope",
    "loneliness",
    "process",
    "mechanism",
    "grouptype",
    "delivery",
    "adjunct",
    "stepdown",
    "burden",
    "sources",
]
BLOCKS = ("comparison", "benefits", "how groups run", "about the article")
BENEFITS = ("selfesteem", "catharsis", "social", "coping", "safety", "hope", "loneliness")


def test_all_23_claims_are_there(claims):
    assert sorted(claims["claims"]) == sorted(IDS)
    block = {key for key, one in claims["claims"].items() if one["block"] == "benefits"}
    assert block == {*BENEFITS, "mechanism"}


@pytest.mark.parametrize("key", IDS)
def test_a_claim_says_what_it_must(claims, key):
    claim = claims["claims"][key]
    assert len(claim["title"].split()) <= 4
    assert len(claim["phrase"].split()) <= 20
    assert claim["block"] in BLOCKS
    assert claim["reference"] is None or str(claim["reference"]) in claims["article"]["references"]
    assert sum(one.get("decides") is True for one in claim["parts"].values()) == 1
    for part in claim["parts"].values():
        assert "table" not in part or part["table"] in claims["decision_tables"]
        assert "estimate" not in part or {"table", "kind"} <= set(part)


def test_only_what_is_asserted_or_hedged_can_be_contradicted(claims):
    for claim in claims["claims"].values():
        for part in claim["parts"].values():
            rows = claims["decision_tables"].get(part.get("table"), {"rows": []})["rows"]
            verdicts = {row["verdict"] for row in rows}
            if claim["stance"] not in ("asserted", "hedged"):
                assert not verdicts & {"SUPPORTED", "CONTRADICTED"}, part


@pytest.fixture
def judge(claims, study, effect):
    def build(key, value, part="difference", *, config=None, missing=(), **changes):
        made = replace(
            effect,
            id=f"program.{key}.{part}",
            value=value,
            ci90=(value - 0.8, value + 0.8),
            ci95=(value - 1, value + 1),
            standardiser=10.0,
            **changes,
        )
        case = Case(
            plan=resolve_plan(claims, config or study),
            effects=[made],
            supports=lambda need: f"no {need}" if need in missing else None,
            designs={},
            status="planned",
            data_origin="real",
        )
        return {one.part: one for one in judge_claim(key, case)}

    return build


@pytest.mark.parametrize(
    ("value", "verdict"), [(4.0, "SUPPORTED"), (2.0, "INCONCLUSIVE"), (0.5, "CONTRADICTED")]
)
def test_a_benefit_is_judged_against_the_margin_in_points(judge, value, verdict):
    found = judge("hope", value)["difference"]
    assert (found.verdict, found.margin, found.kind) == (verdict, 2.4, "superiority")


def test_a_part_without_an_instrument_is_not_testable(judge):
    found = judge("hope", 4.0)["control"]
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "instrument_absent")


@pytest.mark.parametrize("value", [-2.0, 0.0, 2.0])
def test_what_we_read_between_the_lines_is_a_finding(judge, value):
    found = judge("mechanism", value, "through.all")["through.all"]
    assert found.verdict == ("INCONCLUSIVE" if value == 0 else "FINDING")


def test_without_a_comparator_change_decides_and_is_called_change(judge, study):
    alone = {**study, "contrasts": {}}
    found = judge("hope", 4.0, "change", config=alone)
    assert found["difference"].reason == "no_comparator"
    assert not found["difference"].deciding and found["change"].deciding
    assert found["change"].verdict == "SUPPORTED" and found["change"].kind == "change"


def test_a_missing_instrument_takes_its_claims_and_no_other(claims, study):
    plan = resolve_plan(claims, study)

    def supports(need):
        return "no hope scale" if need == "instrument:hope" else None

    lost = {
        (key, part)
        for key, claim in plan["claims"].items()
        for part in claim["parts"]
        if "estimate" in claim["parts"][part] and find_obstacle(key, part, plan, supports)
        and "no hope scale" in find_obstacle(key, part, plan, supports)[1]
    }  # fmt: skip
    assert lost == {("hope", "difference"), ("hope", "change"), ("mechanism", "through.hope")}


def test_pieces_of_kinds(effect):
    claim = {"kind": "comparison", "margin": {"standardised": 0.5}, "parts": {}}
    assert kind_of(claim, {"table": "equivalence"}) == "equivalence"
    assert kind_of({"kind": "fidelity"}, {"kind": "association"}) == "association"
    assert margin_of(claim, {}, replace(effect, standardiser=8.0)) == 4.0
    assert margin_of(claim, {"margin": {"value": 3}}, effect) == 3.0
    assert margin_of(claim, {}, replace(effect, standardiser=None)) is None
