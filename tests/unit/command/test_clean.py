"""`clean` removes what was made of one study, and never the plan's log or a stranger's file."""

import argparse

import pytest

from analysis.claims.chain import append, verify_chain
from analysis.command import clean


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("private/a.parquet", "public/report/report.html", "logs/a.log"):
        for study in ("tiny", "other"):
            path = tmp_path / "results" / study / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x", encoding="utf-8")
    return tmp_path / "results"


def cleaned(study="tiny"):
    return clean.run(argparse.Namespace(study=study), [])


def test_only_what_was_made_of_this_study_goes(results, capsys):
    kept = ["plan_log.jsonl", "plan_log.broken", "my notes.txt"]
    for name in kept:
        (results / "tiny" / name).write_text("x", encoding="utf-8")
    assert cleaned() == 0
    assert {path.name for path in (results / "tiny").iterdir()} == set(kept)
    assert len([path for path in (results / "other").rglob("*") if path.is_file()]) == 3
    said = capsys.readouterr().out
    assert all(name in said for name in kept)


def test_an_empty_folder_goes_as_well(results):
    assert cleaned() == 0
    assert not (results / "tiny").exists()
    assert cleaned() == 0


def test_what_a_link_leads_to_stays(results, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine").write_text("x", encoding="utf-8")
    clean.remove(results / "tiny" / "private")
    (results / "tiny" / "private").symlink_to(tmp_path / "elsewhere")
    assert cleaned() == 0
    assert (tmp_path / "elsewhere" / "mine").exists()


def test_nothing_goes_by_way_of_a_link_to_another_folder(results, tmp_path, capsys):
    (results / "other").rename(tmp_path / "elsewhere")
    (results / "other").symlink_to(tmp_path / "elsewhere")
    assert cleaned("other") == 1 and "link" in capsys.readouterr().out
    assert len([path for path in (tmp_path / "elsewhere").rglob("*") if path.is_file()]) == 3


def test_a_log_that_is_cut_after_clean_is_still_seen(results):
    log = results / "tiny" / "plan_log.jsonl"
    for number in range(2):
        append(log, lambda _, number=number: {"event": "outcomes read", "data": str(number)})
    assert cleaned() == 0
    assert verify_chain(log) == []
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    assert verify_chain(log)
