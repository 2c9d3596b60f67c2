"""`verify` says what is not as it was recorded; `archive` sets the plan's log aside."""

import argparse
import json

import pytest

from analysis.claims.plan_log import record_reported, verdicts_of
from analysis.command import archive, verify
from analysis.disclosure import publish, read_receipts, write_receipt
from analysis.disclosure.record import RECEIPTS
from analysis.study.stamps import digests


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study with results: one public file, its record, its data and its plan's log."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "mine.csv"
    data.write_text("episode_id\n1\n", encoding="utf-8")
    config = tmp_path / "config" / "studies" / "mine.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("study: mine\ntables: {episodes: mine.csv}\n", encoding="utf-8")
    folder = tmp_path / "results" / "mine"
    claims = publish([], folder / "public" / "claims.json", data_origin="real")
    write_receipt([claims], folder / RECEIPTS / "results.json")
    content = {
        "data": digests({"episodes": data}),
        "files": read_receipts([folder / RECEIPTS / "results.json"]),
    }
    record = publish(content, folder / "public" / "record.json", data_origin="real")
    write_receipt([record], folder / RECEIPTS / "record.json")
    state = {"plan": "p", "data": "d", "code": "c", "claims": {}}
    line = json.dumps({"event": "plan resolved", "before": "0" * 64, **state})
    (folder / "plan_log.jsonl").write_text(line + "\n", encoding="utf-8")
    return tmp_path


def said(capsys):
    code = verify.run(argparse.Namespace(study="mine"), [])
    return code, capsys.readouterr().out


def test_nothing_differs(study, capsys):
    code, out = said(capsys)
    assert code == 0, out


def test_a_verdict_that_is_not_the_reported_one_is_named_whatever_the_record_says(study, capsys):
    """Receipts and record agree with the edited file: the log alone still tells."""
    results = study / "results" / "mine"
    one = {"source": "study", "id": "size", "part": "enrolled", "verdict": "SUPPORTED"}
    receipt = results / RECEIPTS / "results.json"
    for verdict, code in (("SUPPORTED", 0), ("INCONCLUSIVE", 1)):
        shown = [{**one, "verdict": verdict}]
        write_receipt(
            [publish(shown, results / "public" / "claims.json", data_origin="real")], receipt
        )
        content = {
            "data": digests({"episodes": study / "mine.csv"}),
            "files": read_receipts([receipt]),
        }
        record = publish(content, results / "public" / "record.json", data_origin="real")
        write_receipt([record], results / RECEIPTS / "record.json")
        if not code:
            record_reported(results / "plan_log.jsonl", verdicts_of(shown))
        found, out = said(capsys)
        assert found == code, out
        assert ("size.enrolled" in out) == bool(code)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mine.csv", "episode_id\n2\n"),
        ("results/mine/public/claims.json", "[1]"),
        ("results/mine/public/record.json", "{}"),
        ("results/mine/plan_log.jsonl", '{"event": "plan resolved", "before": "1"}\n'),
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_whatever_differs_is_named(study, capsys, name, content, gone):
    if gone:
        (study / name).unlink()
    else:
        (study / name).write_text(content, encoding="utf-8")
    code, out = said(capsys)
    assert code == 1
    assert name.removeprefix("results/mine/") in out


def test_the_log_is_archived_and_nothing_is_lost(study, capsys):
    before = (study / "results" / "mine" / "plan_log.jsonl").read_bytes()
    assert archive.run(argparse.Namespace(study="mine"), []) == 0
    (kept,) = (study / "results" / "mine" / "archive").rglob("plan_log.jsonl")
    assert kept.read_bytes() == before
    assert archive.run(argparse.Namespace(study="mine"), []) == 1
    code, out = said(capsys)
    assert code == 1 and "plan_log.jsonl" in out
