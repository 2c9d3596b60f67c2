"""Ways of cheating with a plan, each done here; docs/plan.md says what sees them."""

import json
import shutil

import pytest

from analysis.claims.chain import FIRST, read_log, verify_chain
from analysis.claims.deviations import deviations
from analysis.claims.events import State, record_outcomes_read
from analysis.claims.plan import claim_hashes, plan_hash, resolve_plan
from analysis.claims.plan_log import claim_status, plan_state, record_plan, record_reported

REPORTED = {"effectiveness.non_inferiority": "INCONCLUSIVE"}
SEEN_BY_THE_LOG, NEEDS_MORE, NOT_SEEN = (
    "seen by the log",
    "seen with an earlier report or a registration",
    "not seen",
)


@pytest.fixture
def log(tmp_path):
    return tmp_path / "results" / "s" / "plan_log.jsonl"


@pytest.fixture
def run(log, claims, study):
    def once(path=log, *, data="d1", code="c1", verdicts=REPORTED, registry=None, **changes):
        plan = resolve_plan(claims, {**study, **changes}, None, registry)
        record_plan(path, plan, State(plan_hash(plan), data, code))
        record_outcomes_read(path)
        record_reported(path, verdicts)
        return plan

    return once


def margin(value):
    return {"overrides": {"effectiveness": {"margin": {"value": value}}}}


def told(log, verdicts=REPORTED):
    return deviations(read_log(log), verdicts)


def told_of_values(log):
    """Return the deviations of the plan but those of where a value comes from."""
    return [
        one for one in told(log) if one["kind"] == "plan" and not one["what"].endswith("source")
    ]


def status(log, plan, claim="effectiveness"):
    return claim_status(read_log(log), claim, claim_hashes(plan)[claim])


def head_of_report(log):
    return plan_state(read_log(log))["head"]


def test_1_the_margin_is_widened_after_the_result(log, run):
    run()
    plan = run(**margin(4))
    assert status(log, plan) == "exploratory"
    (row,) = told_of_values(log)
    assert (row["before"], row["now"], row["outcomes"]) == ("1.32", "4", "read")


def test_2_margins_are_tried_in_turn_and_the_first_is_put_back(log, run):
    for value in (1.32, 2, 3):
        run(**margin(value))
    plan = run()
    assert status(log, plan) == "planned"
    assert [one["now"] for one in told_of_values(log)] == ["2", "3", "1.32"]


def test_3_a_limit_is_moved_until_an_estimate_is_given(log, run):
    run()
    plan = run(overrides={"limits": {"weighting": {"equipoise": [0.1, 0.01]}}})
    assert status(log, plan) == "exploratory"
    row = next(one for one in told(log) if one["what"].endswith("equipoise: value"))
    assert (row["before"], row["now"]) == ("[0.5, 0.2]", "[0.1, 0.01]")


def test_4_the_instrument_is_scored_otherwise(log, run):
    scale = {"items": 9, "direction": "lower", "reliable_change": 6}
    run(registry={"PHQ-9": scale})
    plan = run(registry={"PHQ-9": {**scale, "reliable_change": 3}})
    assert status(log, plan) == "exploratory"
    row = next(one for one in told(log) if one["what"] == "instruments: PHQ-9: reliable_change")
    assert (row["before"], row["now"]) == ("6", "3")


def test_5_a_line_of_the_log_is_edited(log, run):
    run()
    text = log.read_text(encoding="utf-8")
    assert '"claims/effectiveness/margin/value":1.32' in text
    log.write_text(text.replace('margin/value":1.32', 'margin/value":4'), encoding="utf-8")
    plan = run(**margin(4))
    assert verify_chain(log) and status(log, plan) == "exploratory"


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_6_the_log_is_deleted_or_what_is_unwelcome_is_cut_off(log, run, kept):
    run()
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:kept]))
    plan = run(**margin(4))
    assert status(log, plan) == "exploratory"
    assert not plan_state(read_log(log))["planned_before_outcomes"]
    assert told(log)[0]["kind"] == "log"


def test_7_data_are_added_until_it_works(log, run):
    for number in range(4):
        run(data=f"d{number}")
    assert plan_state(read_log(log))["looks"] == 4
    assert len([one for one in told(log) if one["kind"] == "data"]) == 3


def test_8_the_program_is_edited_until_the_verdict_turns(log, run):
    run()
    better = {"effectiveness.non_inferiority": "SUPPORTED"}
    run(code="c2", verdicts=better)
    rows = {one["kind"]: one for one in told(log, better)}
    assert rows["code"]["before"] == "c1"
    assert (rows["verdict"]["before"], rows["verdict"]["now"]) == ("INCONCLUSIVE", "SUPPORTED")


@pytest.mark.parametrize("script", ["score_outcomes", "measure_exposure", "estimate_retention"])
def test_9_private_results_are_looked_at_and_no_report_is_made(root, script):
    """What reads outcomes logs it before it opens a table, whether or not a report follows."""
    text = (root / "workflow" / "scripts" / f"{script}.py").read_text(encoding="utf-8")
    body = text[text.index("__main__") :]
    first = min(body.index(one) for one in ("read_tables(", "read_parquet(") if one in body)
    assert body.index("record_outcomes_read(") < first


@pytest.mark.parametrize("place", ["s", "another_name"])
def test_10_all_is_deleted_or_copied_under_another_name_and_begun_anew(log, run, place):
    run()
    head = head_of_report(log)
    anew = log.parent.parent / place / "plan_log.jsonl"
    shutil.rmtree(log.parent)
    plan = run(anew, **margin(4))
    assert verify_chain(anew) == [] and status(anew, plan) == "planned"  # the log cannot see it
    assert verify_chain(anew, [head])


def test_11_the_whole_chain_is_written_again(log, run, claims, study):
    run()
    head = head_of_report(log)
    lines = [json.loads(one) for one in log.read_text(encoding="utf-8").splitlines()]
    shutil.rmtree(log.parent)
    plan = resolve_plan(claims, {**study, **margin(4)})
    record_plan(log, plan, State(plan_hash(plan), lines[0]["data"], lines[0]["code"]))
    record_outcomes_read(log)
    assert verify_chain(log) == [] and status(log, plan) == "planned"  # the log cannot see it
    assert verify_chain(log, [head]) and head != FIRST


def test_the_page_tells_each_of_the_twelve(root):
    text = (root / "docs" / "plan.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    numbered = {row[1].strip(): row[3].strip() for row in rows if row[1].strip().isdigit()}
    assert list(numbered) == [str(number) for number in range(1, 13)]
    assert set(numbered.values()) == {SEEN_BY_THE_LOG, NEEDS_MORE, NOT_SEEN}
    assert [numbered[str(one)] for one in (9, 10, 11, 12)] == [
        SEEN_BY_THE_LOG,
        NEEDS_MORE,
        NEEDS_MORE,
        NOT_SEEN,
    ]
