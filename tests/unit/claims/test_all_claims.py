"""The plan holds every claim of the article; what is not asserted is never contradicted."""

from dataclasses import replace

import pytest

from analysis.claims.apply import beyond_untreated
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
                assert not verdicts & {"SUPPORTED", "CHANGE SEEN", "CONTRADICTED"}, part


@pytest.fixture
def judge(claims, study, effect):
    """Return a function: the parts of a claim, judged on the values given to some of them."""

    def build(key, *, config=None, missing=(), half=1.0, **values):
        made = [
            replace(
                effect,
                id=f"program.{key}.{part.replace('__', '.')}",
                value=value,
                se=half / 1.96,
                ci90=(value - 0.8 * half, value + 0.8 * half),
                ci95=(value - half, value + half),
                simultaneous=(value - 1.4 * half, value + 1.4 * half),
                standardiser=10.0,
            )
            for part, value in values.items()
        ]
        case = Case(
            plan=resolve_plan(claims, config or study),
            effects=made,
            supports=lambda need: f"no {need}" if need in missing else None,
            designs={},
            status="planned",
            data_origin="real",
        )
        return {one.part: one for one in judge_claim(key, case)}

    return build


def decided(judged):
    return next((one.part, one.verdict) for one in judged.values() if one.deciding)


# What a benefit must show, by the difference from the comparator and the members' own change.
RULE = [
    (4.0, 9.0, "difference", "SUPPORTED"),
    (2.0, 9.0, "difference", "SUPPORTED"),
    (4.0, -9.0, "difference", "SUPPORTED"),
    (1.2, 9.0, "change", "CHANGE SEEN"),  # its 95% interval lies above zero, the simultaneous not
    (0.0, 9.0, "change", "CHANGE SEEN"),
    (-9.0, 9.0, "change", "CHANGE SEEN"),
    (0.0, 0.5, "change", "INCONCLUSIVE"),
    (0.0, -9.0, "change", "CONTRADICTED"),
]


@pytest.mark.parametrize("key", ["selfesteem", "coping", "hope", "loneliness", "social"])
@pytest.mark.parametrize(("difference", "change", "part", "verdict"), RULE)
def test_a_benefit_is_judged_in_turn(judge, key, difference, change, part, verdict):
    found = judge(key, difference=difference, change=change)
    assert decided(found) == (part, verdict)
    assert found["difference"].verdict != "CONTRADICTED"
    assert found["difference"].margin == 2.4 and found["change"].margin is None


@pytest.mark.parametrize(
    ("difference", "reason"),
    [
        (9.0, "better_beyond_margin"),
        (1.2, "better_within_margin"),
        (2.0, "better"),
        (0.1, "interval_holds_zero"),
        (-9.0, "comparator_better"),
    ],
)
def test_the_size_is_said_against_the_margin(judge, difference, reason):
    half = 0.4 if reason == "better_within_margin" else 1.0
    found = judge("hope", half=half, difference=difference, change=5.0)["difference"]
    assert (found.reason, found.interval) == (reason, "simultaneous")


@pytest.mark.parametrize("difference", [-9.0, 0.0, 1.0])
def test_less_data_does_not_earn_a_better_word(judge, study, difference):
    alone = {**study, "contrasts": {}}
    with_arm = judge("loneliness", difference=difference, change=4.0)
    without = judge("loneliness", config=alone, change=4.0)
    assert without["difference"].reason == "no_comparator"
    assert decided(with_arm) == decided(without) == ("change", "CHANGE SEEN")
    nobody = judge("loneliness", config=alone, missing=("assessments",), change=4.0)
    assert decided(nobody) == ("difference", "NOT TESTABLE")


def test_a_failed_difference_stays_an_error(judge):
    assert decided(judge("hope", change=4.0)) == ("difference", "ERROR")


def test_no_treatment_stands_in_for_an_individual_arm(judge, study):
    waiting = {
        **study,
        "arms": {**study["arms"], "i": {"label": "Waiting list", "format": "none"}},
        "contrasts": {"waiting": {**study["contrasts"]["format"], "claims": []}},
    }
    assert decided(judge("hope", config=waiting, difference=4.0)) == ("difference", "SUPPORTED")
    found = judge("effectiveness", config=waiting)
    assert found["non_inferiority"].reason == "comparator_not_individual"


@pytest.mark.parametrize(
    ("gain", "half", "part", "verdict", "reason"),
    [
        (9.0, 1.0, "seven.change", "CHANGE SEEN", "gained_beyond_untreated"),
        (5.0, 0.1, "seven.change", "CHANGE SEEN", "gained_beyond_untreated"),
        (4.0, 0.1, "seven.change", "INCONCLUSIVE", "gained_as_untreated"),
        (0.1, 1.0, "seven.change", "INCONCLUSIVE", "interval_holds_zero"),
        (-9.0, 1.0, "seven.change", "CONTRADICTED", "got_worse"),
    ],
)
def test_conditions_are_held_against_untreated_people(judge, gain, half, part, verdict, reason):
    """The published 2.78 has an error of .66: a gain of 4.0 known to .1 is not beyond it."""
    found = judge("conditions", half=half, seven__change=gain, seven__difference=0.0)
    assert decided(found) == (part, verdict) and found[part].reason == reason
    assert (found[part].untreated, found[part].untreated_se) == (2.78, 0.66)
    better = judge("conditions", half=half, seven__change=gain, seven__difference=9.0)
    assert decided(better) == ("seven.difference", "SUPPORTED")


def test_beyond_untreated_by_hand(judge):
    """4.5 - 2.78 less 1.4 half-widths, widened by .66 against the change's own error of 1/1.96."""
    found = judge("conditions", seven__change=4.5, seven__difference=0.0)["seven.change"]
    wide = 1.4 * ((1 / 1.96) ** 2 + 0.66**2) ** 0.5 * 1.96
    assert beyond_untreated(found, found.simultaneous) == pytest.approx(4.5 - 2.78 - wide)
    assert beyond_untreated(found, (4.5, 4.5)) == pytest.approx(4.5 - 2.78)


def test_a_part_without_an_instrument_is_not_testable(judge):
    found = judge("hope", difference=4.0)["control"]
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "instrument_absent")


@pytest.mark.parametrize("value", [-2.0, 0.0, 2.0])
def test_what_we_read_between_the_lines_is_a_finding(judge, value):
    found = judge("mechanism", through__all=value)["through.all"]
    assert found.verdict == ("INCONCLUSIVE" if value == 0 else "FINDING")


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
