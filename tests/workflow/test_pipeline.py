"""The pipeline as a whole: what it makes, what reruns, what it refuses."""

import json

import frictionless
import pandas as pd
import pytest
from tests.results.agreement import held, in_words

from analysis.records.public_tables import public_tables
from analysis.study.documents import read_yaml

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("pipeline")]

DISPLAY = {
    *("publish_results", "publish_plan", "draw_figures", "write_report", "check_run"),
    *("record_public", "all"),
}
PUBLISHED = {
    "evidence",
    "evidence_listed",
    "head_to_head",
    "clustering",
    "format_trap",
    "citations",
}
FIELDS = [
    "id",
    "part",
    "source",
    "verdict",
    "reason",
    "rule",
    "estimate",
    "se",
    "ci90",
    "ci95",
    "unit",
    "margin",
    "n_used",
    "n_eligible",
    "clusters",
    "status",
    "data_origin",
]


def public_bytes(workspace, study="tiny"):
    folder = workspace.public(study)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_report_and_its_twin_are_there(finished):
    page = (finished.public("tiny") / "report" / "report.html").read_text(encoding="utf-8")
    assert "synthetic" in page.lower()
    for entry in finished.claims():
        assert set(FIELDS) <= set(entry)


def test_everything_synthetic_says_so(finished):
    """All of the study is synthetic; what the literature says beside it is published, and real."""
    for path in finished.public("tiny").rglob("*.csv"):
        table = pd.read_csv(path)
        origin = "published" if path.stem in PUBLISHED else "synthetic"
        assert table.columns[-1] == "data_origin"
        assert set(table["data_origin"]) <= {origin}, path.name
        assert len(table) or path.stem not in PUBLISHED, path.name
    for path in finished.public("tiny").rglob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        entries = content if isinstance(content, list) else [content]
        for entry in entries:
            published = path.stem == "claims" and entry["source"] == "published"
            assert entry["data_origin"] == ("published" if published else "synthetic"), path.name


def test_no_number_of_the_study_stands_on_the_published_side(finished):
    """The same sources, whatever the study: effects, margins, none of the study's participants."""
    entries = {
        (one["id"], one["part"]): one for one in finished.claims() if one["source"] != "study"
    }
    assert {claim for claim, _ in entries} == {one["id"] for one in finished.claims()}
    main = entries["effectiveness", "non_inferiority"]
    assert (round(main["estimate"], 3), main["margin"], main["n_used"]) == (-0.179, 0.24, 16)
    assert main["planted"] is None and not main["deciding"]


def test_evidence_is_read_from_no_study(workspace):
    """A change of the study's data reruns the study; a change of the sources, only what judges."""
    table = workspace.folder / "data" / "raw" / "evidence" / "facts.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    jobs = set(workspace.planned_jobs("tiny"))
    assert {"read_evidence", "judge_claims", "publish_results"} <= jobs
    assert jobs <= {"read_evidence", "judge_claims"} | DISPLAY


def test_every_public_table_is_as_its_descriptor_says(finished):
    """Each cell against the type of its column, by a library that knows nothing of the project."""
    checked = frictionless.validate(str(finished.public("tiny") / "datapackage.json"))
    assert checked.valid, checked.flatten(["name", "type", "message"])
    written = {path.stem for path in (finished.public("tiny") / "tables").glob("*.csv")}
    assert {task.name for task in checked.tasks} == written == set(public_tables())


def test_what_check_called_testable_is_judged_in_the_report(finished):
    config = read_yaml(finished.config("tiny"))
    kept = held(finished.claims(), config, finished.folder, finished.folder)
    assert any(one.obstacle is None for one in kept)
    assert not any(one.withdrawn or one.judged_after_all for one in kept), in_words(kept)


def test_nothing_of_one_participant_is_public(finished):
    ids = pd.read_csv(finished.folder / "data" / "raw" / "tiny" / "episodes.csv", dtype=str)
    text = b" ".join(public_bytes(finished).values()).decode("utf-8", "ignore")
    for value in ids["episode_id"]:
        assert value not in text


def test_a_second_run_does_nothing(finished):
    assert finished.planned_jobs("tiny") == []


def test_the_log_says_why_in_words(finished):
    why = (finished.folder / "results" / "tiny" / "logs" / "why.txt").read_text(encoding="utf-8")
    assert "judge_claims: " in why
    assert "fit_effects: " in why


def test_a_margin_judges_again_and_fits_nothing(workspace):
    workspace.change("tiny", overrides={"effectiveness": {"margin": {"value": 2.5}}})
    jobs = workspace.planned_jobs("tiny")
    assert jobs.count("judge_claims") == 1
    assert set(jobs) <= {"judge_claims"} | DISPLAY


def test_a_limit_reestimates_what_depends_on_it(workspace):
    workspace.change("tiny", overrides={"limits": {"program": {"rated": 20}}})
    jobs = set(workspace.planned_jobs("tiny"))
    assert {"estimate_program", "judge_claims"} <= jobs
    assert jobs <= {"estimate_program", "judge_claims"} | DISPLAY


def test_a_claim_changed_after_outcomes_is_exploratory(workspace):
    workspace.change("tiny", overrides={"effectiveness": {"margin": {"value": 2.5}}})
    done = workspace.snakemake("--configfile", "config/studies/tiny.yaml")
    assert done.returncode == 0, done.stdout[-3000:]
    status = {one["id"]: one["status"] for one in workspace.claims()}
    assert status["effectiveness"] == "exploratory"
    assert {value for key, value in status.items() if key != "effectiveness"} == {"planned"}
    plan = json.loads((workspace.public("tiny") / "plan.json").read_text(encoding="utf-8"))
    assert plan["changed_after_outcomes"] is True
    why = (
        (workspace.folder / "results" / "tiny" / "logs" / "why.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    line = next(one for one in why if one.startswith("judge_claims: "))
    assert "settings" in line and len(line) < 200


def test_a_template_does_not_rerun_a_fit_and_a_module_reruns_what_depends_on_it(workspace):
    package = workspace.folder / "src" / "analysis"
    template = next((package / "present" / "templates").rglob("*.*"))
    template.write_text(template.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    jobs = set(workspace.planned_jobs("tiny"))
    assert "write_report" in jobs
    assert not jobs & {"fit_effects", "score_outcomes", "judge_claims", "publish_results"}
    module = package / "program" / "fidelity.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    jobs = set(workspace.planned_jobs("tiny"))
    assert {"estimate_fidelity", "estimate_program", "judge_claims"} <= jobs
    assert not jobs & {"validate_study", "score_outcomes", "fit_effects", "examine_missing"}


def test_one_core_and_two_give_the_same_bytes_given_the_same_log(fresh, finished):
    log = fresh.folder / "results" / "tiny" / "plan_log.jsonl"
    log.parent.mkdir(parents=True)
    log.write_bytes((finished.folder / "results" / "tiny" / "plan_log.jsonl").read_bytes())
    done = fresh.snakemake("--config", "study=tiny", cores=1)
    assert done.returncode == 0, done.stdout[-3000:]
    alone, together = public_bytes(fresh), public_bytes(finished)
    assert alone.keys() == together.keys()
    assert [name for name in alone if alone[name] != together[name]] == []


def test_bad_input_gets_one_report_of_all_its_problems(workspace):
    folder = workspace.as_real_study()

    def wrong(frame):
        frame.loc[3, "scheduled_minutes"] = "-5"
        frame.loc[5, "format"] = "choir"

    workspace.spoil(folder / "sessions.csv", wrong)
    (folder / "events.csv").unlink()
    done = workspace.run_mine()
    log = (workspace.folder / "results" / "mine" / "logs" / "validate_study.log").read_text(
        encoding="utf-8"
    )
    assert done.returncode != 0
    for wanted in ("sessions.csv", "scheduled_minutes", "5", "format", "7", "events.csv"):
        assert wanted in log
    assert "choir" not in log
    assert "Traceback" not in log + done.stdout
    made = (workspace.folder / "results" / "mine").rglob("*.parquet")
    assert {path.parent.name for path in made} <= {"evidence"}  # published, of no study
    assert not workspace.public("mine").exists()


def test_an_unknown_config_key_stops_before_any_job(workspace):
    workspace.change("tiny", contrats={})
    done = workspace.snakemake("--config", "study=tiny")
    assert done.returncode != 0
    assert "contrats" in done.stdout and "contrasts" in done.stdout
    assert "Traceback" not in done.stdout


def test_what_a_study_does_not_declare_makes_claims_not_testable(workspace):
    workspace.as_real_study()
    content = read_yaml(workspace.config("mine"))
    for table in ("sessions", "session_staff", "attendance"):
        content["tables"].pop(table)
    workspace.config("mine").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    done = workspace.run_mine()
    assert done.returncode == 0, done.stdout[-3000:]
    for claim in ("intensity", "frequency", "duration", "size", "leaders"):
        verdicts = {one["verdict"] for one in workspace.parts(claim, "mine").values()}
        assert verdicts == {"NOT TESTABLE"}, claim
    compared = workspace.parts("effectiveness", "mine")["non_inferiority"]
    assert compared["verdict"] in {"SUPPORTED", "CONTRADICTED", "INCONCLUSIVE"}


def test_a_failed_fit_is_shown_and_ends_the_run_with_an_error(workspace):
    """A search that finds no optimum is a failure of the fit, not a lack of data."""
    contrasts = read_yaml(workspace.config("tiny"))["contrasts"]
    contrasts["format"]["assignment"] = "randomised"  # so that the mixed model decides
    workspace.as_real_study(contrasts=contrasts)
    model = workspace.folder / "src" / "analysis" / "comparison" / "nested.py"
    broken = """

def fit_mixed(*_: object, **__: object) -> Any:
    from analysis.records.errors import ConvergenceError

    raise ConvergenceError("no optimum was found")
"""
    model.write_text(model.read_text(encoding="utf-8") + broken, encoding="utf-8")
    done = workspace.run_mine()
    entries = workspace.parts("effectiveness", "mine")
    assert done.returncode != 0
    assert entries["non_inferiority"]["verdict"] == "ERROR"
    assert entries["non_inferiority"]["estimate"] is None
    page = (workspace.public("mine") / "report" / "report.html").read_text(encoding="utf-8")
    assert "ERROR" in page


def test_groups_of_one_member_withhold_the_comparison(workspace):
    """With every group of one member the group variance cannot be told from the residual."""
    contrasts = read_yaml(workspace.config("tiny"))["contrasts"]
    contrasts["format"]["assignment"] = "randomised"
    folder = workspace.as_real_study(contrasts=contrasts)

    def alone(frame):
        frame["group_id"] = [f"solo{number}" for number in range(len(frame))]

    groups = pd.read_csv(folder / "groups.csv", dtype=str).iloc[[0]]
    members = pd.read_csv(folder / "memberships.csv", dtype=str)
    solo = [f"solo{number}" for number in range(len(members))]
    pd.concat(
        [
            pd.read_csv(folder / "groups.csv", dtype=str),
            *(groups.assign(group_id=name) for name in solo),
        ]
    ).to_csv(folder / "groups.csv", index=False)
    workspace.spoil(folder / "memberships.csv", alone)
    done = workspace.run_mine()
    entries = workspace.parts("effectiveness", "mine")
    assert done.returncode == 0, done.stdout[-3000:]
    assert entries["non_inferiority"]["verdict"] == "NOT TESTABLE"
    assert entries["non_inferiority"]["estimate"] is None
    reason = "every therapy group has one participant: its variance is not separable"
    assert entries["non_inferiority"]["reason_text"] == reason
    page = (workspace.public("mine") / "report" / "report.html").read_text(encoding="utf-8")
    assert reason[1:] in page


@pytest.mark.parametrize("study", ["bright", pytest.param("reframed", marks=pytest.mark.slow)])
def test_the_open_studies_run_end_to_end(workspace, shared_data, study):
    fetched = workspace.call(
        "python", "-m", "analysis", "fetch-study", study, "--from", str(shared_data)
    )
    assert fetched.returncode == 0, fetched.stdout
    done = workspace.snakemake("--config", f"study={study}")
    assert done.returncode == 0, done.stdout[-3000:]
    found = workspace.parts("effectiveness", study)
    assert found["non_inferiority"]["verdict"] == "NOT TESTABLE"
    assert found["non_inferiority"]["reason"] == "comparator_not_individual"
    effects = pd.read_csv(workspace.public(study) / "tables" / "effects.csv")
    own = effects[effects["contrast"].notna() & (effects["contrast"] != "")]
    assert (own["status"] == "ok").all() and len(own)
    if study == "reframed":
        ladder = pd.read_csv(workspace.public(study) / "tables" / "ladder.csv")
        assert (ladder["status"] == "ok").all() and ladder["case"].nunique() == 6
