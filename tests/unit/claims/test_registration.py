"""The registration form: 21 answers from config and plan, and what the log attests."""

import json
import shutil

import pytest

from analysis.__main__ import main
from analysis.claims.chain import FIRST, read_log
from analysis.claims.events import record_outcomes_read
from analysis.claims.plan import resolve_plan
from analysis.claims.registration import BY_HAND, LEVELS, Handling, as_text, registration_form
from analysis.command.names import STUDIES
from analysis.study.documents import read_yaml

NOTHING = Handling(files=False, tables=False, outcomes_read=False, reported=False)


@pytest.fixture(scope="module")
def config(root):
    path = root / "config" / "studies" / "example.yaml"
    return read_yaml(path)


@pytest.fixture
def form(claims, config):
    plan = resolve_plan(claims, config)
    return lambda **known: registration_form(
        config, plan, "ab" * 32, Handling(**{**vars(NOTHING), **known})
    )


def test_there_are_the_templates_21_questions_on_five_pages(form):
    found = form()
    assert [one["id"] for one in found] == [f"q{number}" for number in range(1, 22)]
    assert len({one["page"] for one in found}) == 5
    assert all(one["answer"] for one in found)


def test_what_the_config_does_not_know_is_left_to_a_person(form):
    assert [one["id"] for one in form() if BY_HAND in one["answer"]] == ["q2", "q3", "q4", "q5"]


def test_the_form_carries_the_margin_the_outcome_and_the_head(form):
    text = as_text("A study", form())
    for wanted in ("1.32 PHQ-9 points", "depression (PHQ-9), day 42", "ab" * 32, "gender"):
        assert wanted in text


@pytest.mark.parametrize(
    ("known", "level"),
    [
        ({}, 0),
        ({"files": True}, 1),
        ({"files": True, "tables": True}, 3),
        ({"files": True, "tables": True, "outcomes_read": True}, 5),
        ({"files": True, "tables": True, "outcomes_read": True, "reported": True}, 6),
        ({"faults": ("the log is missing",)}, 5),
    ],
)
def test_the_attestation_is_what_the_log_knows(form, known, level):
    answers = {one["id"]: one["answer"] for one in form(**known)}
    assert answers["q19"] == LEVELS[level]
    if known.get("outcomes_read"):
        assert "no registration beforehand" in answers["q20"]


@pytest.fixture
def project(root, tmp_path, monkeypatch):
    """A folder with the plan and a study whose files cannot be read as tables."""
    shutil.copytree(root / "config", tmp_path / "config")
    evidence = ("data", "raw", "evidence")
    shutil.copytree(root.joinpath(*evidence), tmp_path.joinpath(*evidence))
    path = tmp_path / STUDIES / "mine.yaml"
    content = read_yaml(root / STUDIES / "example.yaml")
    content.pop("simulate")
    content |= {"study": "mine", "data_origin": "real"}
    content["tables"] = {name: f"data/raw/mine/{name}.csv" for name in content["tables"]}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    for file in content["tables"].values():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(b"\xff not a table \xff")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_verb_logs_the_plan_and_writes_the_form_without_opening_a_table(project, capsys):
    assert main(["register", "--study", "mine"]) == 0
    results = project / "results" / "mine"
    log = read_log(results / "plan_log.jsonl")
    assert [one["event"] for one in log.entries] == ["plan resolved"] and log.head != FIRST
    form = json.loads((results / "registration" / "registration.json").read_text("utf-8"))
    assert log.head in form[-1]["answer"]
    assert form[18]["answer"] == LEVELS[1]
    protocol = json.loads((results / "registration" / "protocol.json").read_text("utf-8"))
    assert protocol["limits"] and protocol["instruments"]["PHQ-9"]["reliable_change"] == 6
    assert "registration.md" in capsys.readouterr().out
    assert not (results / "private" / "tables").exists()


def test_after_outcomes_were_read_the_form_says_so(project):
    main(["register", "--study", "mine"])
    record_outcomes_read(project / "results" / "mine" / "plan_log.jsonl")
    main(["register", "--study", "mine"])
    form = json.loads(
        (project / "results" / "mine" / "registration" / "registration.json").read_text("utf-8")
    )
    assert form[18]["answer"] == LEVELS[5]


def test_what_was_filled_in_by_hand_is_kept(project, capsys):
    main(["register", "--study", "mine"])
    form = project / "results" / "mine" / "registration" / "registration.md"
    before = form.read_text(encoding="utf-8")
    main(["register", "--study", "mine"])
    assert form.read_text(encoding="utf-8") == before and len(list(form.parent.glob("*.md"))) == 1
    form.write_text(before + "by hand", encoding="utf-8")
    capsys.readouterr()
    assert main(["register", "--study", "mine"]) == 0
    (kept,) = set(form.parent.glob("*.md")) - {form}
    assert kept.read_text(encoding="utf-8") == before + "by hand"
    assert form.read_text(encoding="utf-8") == before and kept.name in capsys.readouterr().out
