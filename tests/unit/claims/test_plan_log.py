"""The log is a chain: what is written when, what breaks it, and what a report says of it."""

import json
import multiprocessing
import os

import pytest

from analysis.claims.chain import FIRST, HEAD_FILE, append, read_log, verify_chain
from analysis.claims.deviations import deviations
from analysis.claims.events import State, record_outcomes_read
from analysis.claims.plan import claim_hashes, decisions, plan_hash, resolve_plan
from analysis.claims.plan_log import (
    claim_status,
    logged_plan,
    plan_state,
    record_plan,
    record_reported,
)

THREE = {"overrides": {"effectiveness": {"margin": {"value": 3}}}}
FIVE = {"overrides": {"effectiveness": {"margin": {"value": 5}}}}


@pytest.fixture
def log(tmp_path):
    return tmp_path / "results" / "s" / "plan_log.jsonl"


@pytest.fixture
def run(log, claims, study):
    """Do what a run does: log the plan, read outcomes, report."""

    def once(*, data="d1", code="c1", read=True, verdicts=None, **changes):
        plan = resolve_plan(claims, {**study, **changes})
        record_plan(log, plan, State(plan_hash(plan), data, code))
        if read:
            record_outcomes_read(log)
            record_reported(log, verdicts or {"size.held": "SUPPORTED"})
        return plan

    return once


def events(log):
    return [one["event"] for one in read_log(log).entries]


def lines(log):
    return log.read_bytes().splitlines(keepends=True)


def status(log, plan, claim):
    return claim_status(read_log(log), claim, claim_hashes(plan)[claim])


def test_every_line_holds_the_hash_of_the_line_before(log, run):
    run()
    assert events(log) == ["plan resolved", "outcomes read", "reported"]
    assert [json.loads(one)["before"] for one in lines(log)] == [FIRST, *read_log(log).hashes[:-1]]
    assert verify_chain(log) == []


def test_a_run_with_nothing_new_writes_no_line(log, run):
    run()
    before = log.read_bytes()
    run()
    assert log.read_bytes() == before


def test_each_new_plan_data_or_code_is_one_line_of_its_kind(log, run):
    run()
    run(code="c2")
    run(code="c2", data="d2")
    run(code="c2", data="d2", **THREE)
    done = ["outcomes read", "reported"]
    states = ["plan resolved", "correction", "correction", "plan resolved"]
    assert events(log) == [one for state in states for one in (state, *done)]
    assert plan_state(read_log(log))["looks"] == 2


def test_new_outcome_data_under_an_old_plan_are_a_new_look_and_claims_stay_planned(log, run):
    plan = run()
    run(data="d2")
    assert plan_state(read_log(log))["looks"] == 2
    assert status(log, plan, "effectiveness") == "planned"


def test_a_claim_changed_after_outcomes_were_read_is_exploratory(log, run):
    first = run()
    later = run(**THREE)
    assert status(log, later, "effectiveness") == "exploratory"
    assert status(log, later, "size") == "planned"
    assert status(log, first, "effectiveness") == "planned"
    assert plan_state(read_log(log))["changed_after_outcomes"]


def test_a_change_before_outcomes_is_planned(log, run):
    run(read=False)
    later = run(**THREE)
    assert not plan_state(read_log(log))["changed_after_outcomes"]
    assert status(log, later, "effectiveness") == "planned"


def test_the_head_that_a_report_shows_stands_before_the_line_reported(log, run, claims, study):
    plan = resolve_plan(claims, study)
    record_plan(log, plan, State(plan_hash(plan), "d1", "c1"))
    record_outcomes_read(log)
    told = plan_state(read_log(log))
    record_reported(log, {})
    assert plan_state(read_log(log)) == told
    assert told["head"] == read_log(log).hashes[1]


def test_the_plan_is_rebuilt_from_its_lines(log, run):
    for changed in ({}, THREE, FIVE):
        plan = run(**changed)
    assert logged_plan(read_log(log).entries) == (decisions(plan), True)


def test_margins_that_were_tried_and_abandoned_show(log, run):
    run()
    run(**THREE)
    run(**FIVE)
    run()
    rows = [one for one in deviations(read_log(log), {"size.held": "SUPPORTED"})]
    margins = [
        (one["before"], one["now"], one["outcomes"])
        for one in rows
        if one["what"] == "claims: effectiveness: margin: value"
    ]
    assert margins == [("1.32", "3", "read"), ("3", "5", "read"), ("5", "1.32", "read")]


def test_a_deviation_says_whether_outcomes_were_read(log, run):
    run(read=False)
    run(**THREE)
    rows = deviations(read_log(log), {})
    assert {row["outcomes"] for row in rows} == {"not yet read"} and all(
        row["time"] for row in rows
    )
    assert any(row["now"] == "3" or row["now"] == 3 for row in rows), rows


def test_what_a_change_of_code_did_to_a_verdict_is_a_line(log, run):
    run(verdicts={"size.held": "SUPPORTED", "size.present": "SUPPORTED"})
    run(code="c2", verdicts={"size.held": "INCONCLUSIVE", "size.present": "SUPPORTED"})
    now = {"size.held": "INCONCLUSIVE", "size.present": "SUPPORTED"}
    rows = [one for one in deviations(read_log(log), now) if one["kind"] == "verdict"]
    assert [(one["what"], one["before"], one["now"]) for one in rows] == [
        ("size.held (after a change of code)", "SUPPORTED", "INCONCLUSIVE")
    ]


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_changed_line_breaks_the_chain(log, run, line):
    plan = run()
    whole = lines(log)
    whole[line] = whole[line].replace(b'"time":"20', b'"time":"19')
    log.write_bytes(b"".join(whole))
    assert verify_chain(log)
    assert status(log, plan, "size") == "exploratory"


@pytest.mark.parametrize("kept", [slice(0, 2), slice(0, 1), slice(1, 3), slice(0, 3, 2)])
def test_a_cut_log_is_seen_and_stays_seen(log, run, kept):
    plan = run()
    log.write_bytes(b"".join(lines(log)[kept]))
    assert verify_chain(log)
    run()
    run(data="d2")
    assert status(log, plan, "size") == "exploratory"
    assert plan_state(read_log(log))["faults"]


def test_a_log_that_is_missing_beside_results_is_seen_and_stays_seen(log, run):
    run()
    log.unlink()
    assert "missing" in " ".join(verify_chain(log))
    plan = run()
    assert status(log, plan, "size") == "exploratory"
    assert not plan_state(read_log(log))["planned_before_outcomes"]
    assert any(one["kind"] == "log" for one in deviations(read_log(log), {}))


def test_an_earlier_report_shows_a_log_that_was_begun_anew(log, run, tmp_path):
    run()
    head = plan_state(read_log(log))["head"]
    log.unlink()
    (log.parent / "plan_log.head").unlink()
    run(**THREE)
    assert verify_chain(log) == []
    assert verify_chain(log, [head])


@pytest.mark.skipif(os.name == "nt", reason="pipes")
@pytest.mark.parametrize("how", ["folder", "pipe"])
def test_a_log_that_is_no_file_makes_way_and_is_seen(log, run, how):
    run()
    kept = log.rename(log.with_name("kept"))
    os.mkfifo(log) if how == "pipe" else log.mkdir()
    assert any("missing" in one for one in verify_chain(log))
    run()
    assert log.is_file() and kept.is_file()
    assert any("missing" in one for one in verify_chain(log))
    assert len(list(log.parent.glob("plan_log.jsonl.*.set_aside"))) == 1


@pytest.mark.parametrize("how", ["folder", b"", b"\xff\xfe"])
def test_a_spoilt_note_of_the_head_is_seen(log, run, how):
    run()
    note = log.parent / HEAD_FILE
    note.unlink()
    note.mkdir() if how == "folder" else note.write_bytes(how)
    assert any("no longer in it" in one for one in verify_chain(log))
    run(data="other")
    assert note.is_file()


@pytest.mark.parametrize(
    "line",
    [
        b"5",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe{\x00",
        b"\x00",
        *(
            json.dumps({"time": "", "plan": "p", "data": "d", "code": "c", **one}).encode()
            for one in (
                {"event": 5},
                {"event": "plan resolved"},
                {"event": "plan resolved", "claims": []},
                {"event": "plan resolved", "claims": {}, "changes": 5},
                {"event": "plan resolved", "claims": {}, "changes": {"a": [1]}},
                {"event": "plan resolved", "claims": {}, "decisions": 5},
                {"event": "outcomes read", "data": [1]},
                {"event": "correction", "code": None},
                {"event": "correction", "found": 5},
                {"event": "correction", "found": [{}]},
                {"event": "correction", "found": ["\ud800"]},
                {"event": "reported"},
                {"event": "reported", "verdicts": {"a": 1}},
            )
        ),
    ],
    ids=lambda line: line[-60:].decode(errors="replace"),
)
@pytest.mark.parametrize("chained", [True, False])
def test_a_line_that_says_nothing_is_a_fault_and_no_traceback(log, run, line, chained):
    plan = run()
    if chained and line.startswith(b'{"time"'):
        line = json.dumps({**json.loads(line), "before": read_log(log).head}).encode()
    log.write_bytes(log.read_bytes() + line + b"\n")
    assert "line 4" in " ".join(verify_chain(log))
    run(data="d2")
    assert status(log, plan, "size") == "exploratory"
    assert json.dumps(plan_state(read_log(log)), ensure_ascii=False).encode()
    assert any("line 4" in one["what"] for one in deviations(read_log(log), {"a.b": "SUPPORTED"}))


@pytest.mark.parametrize("name", ["plan_log.head", "public/plan.json"])
@pytest.mark.parametrize("content", [b"\xff\xfe", b'{"head": [1]}', b"[" * 100_000, b"5"])
def test_a_spoiled_note_of_the_head_is_no_traceback(log, run, name, content):
    run()
    (log.parent / name).parent.mkdir(exist_ok=True)
    (log.parent / name).write_bytes(content)
    run(data="d2")
    assert plan_state(read_log(log))["looks"] == 2


def test_half_a_line_is_set_aside_with_a_message(log, run, capsys):
    run()
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"event":"plan res')
    assert verify_chain(log) == []
    run(data="d2")
    assert log.read_bytes().startswith(whole)
    assert (log.parent / "plan_log.set_aside").read_bytes() == b'{"event":"plan res\n'
    assert "not finished" in capsys.readouterr().err
    assert verify_chain(log) == []


def test_a_whole_last_line_without_its_end_is_kept(log, run):
    run()
    log.write_bytes(log.read_bytes().rstrip())
    run(data="d2")
    assert len(lines(log)) == 6 and verify_chain(log) == []


def _many(path, number):
    for at in range(10):
        append(path, lambda log, at=at: {"event": "outcomes read", "data": f"{number}.{at}"})


def test_lines_written_at_once_by_several_processes_form_one_chain(log):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_many, args=(log, number)) for number in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(lines(log)) == 40 and verify_chain(log) == []


def test_a_hash_is_of_decisions_only(claims, study):
    import copy

    renamed = copy.deepcopy(claims)
    renamed["claims"]["size"]["title"] = "Another"
    renamed["decision_tables"]["share"]["why"] = "Another reason"
    assert plan_hash(resolve_plan(claims, study)) == plan_hash(resolve_plan(renamed, study))


@pytest.mark.parametrize(
    "change",
    [
        {"columns": {"episodes": {"age": "alter"}}},
        {"tables": {"episodes": "other.csv"}},
        {"auxiliary": ["anxiety"]},
        {"landmark": {"day": 14, "share": 0.6}},
    ],
)
def test_what_decides_in_the_config_is_in_the_hash(claims, study, change):
    plan, other = (resolve_plan(claims, one) for one in (study, {**study, **change}))
    assert plan_hash(plan) != plan_hash(other)
    assert claim_hashes(plan)["effectiveness"] != claim_hashes(other)["effectiveness"]
    assert claim_hashes(plan)["burden"] == claim_hashes(other)["burden"]
