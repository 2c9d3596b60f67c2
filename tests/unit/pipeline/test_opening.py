"""From a study's name to its checked config and plan: by name, by a file, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from analysis.pipeline.opening import choose_study, keep_for_jobs, open_for_job, open_study
from analysis.study.covariates import safely_named
from analysis.study.documents import read_yaml
from analysis.study.problems import StudyError

STUDIES = ("example", "example_randomised", "tiny", "small", "bright", "reframed")


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "config", tmp_path / "config")
    shutil.copytree(root / "data" / "raw" / "evidence", tmp_path / "data" / "raw" / "evidence")
    return tmp_path


def refused(given, root, **how):
    with pytest.raises(StudyError) as caught:
        open_study(given, root, **how)
    return {one.column: one.found for one in caught.value.problems}


@pytest.mark.parametrize("study", STUDIES)
def test_every_shipped_study_opens_by_its_name_and_by_its_file(root, study):
    opened = open_study({"study": study}, root)
    given = read_yaml(root / "config" / "studies" / f"{study}.yaml")
    wanted = safely_named(deepcopy(given))
    for one in wanted["contrasts"].values():
        one.setdefault("most_unknown_clusters", 0.05)
    assert opened.study == study and opened.config == wanted
    assert open_study(given, root, from_file=True) == opened
    assert set(opened.plan) >= {"claims", "decision_tables", "design"}


def test_without_a_name_the_example_runs():
    assert choose_study({}, from_file=False) == "example"


def test_a_file_that_names_no_study_never_becomes_the_example(root):
    assert refused({"title": "Mine"}, root, from_file=True) == {"study": "no such key"}
    assert refused({}, root, from_file=True) == {"study": "no such key"}


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", ".", "", "A", "a b", "a\n", 42, None, []])
def test_a_name_is_one_word(root, name):
    assert refused({"study": name}, root) == {"study": "another name"}


def test_a_setting_on_the_command_line_is_refused(root):
    given = {"study": "tiny", "outcome": {"day": 1}, "overrides": {}}
    found = refused(given, root)
    assert found == {"outcome": "another setting", "overrides": "another setting"}


def test_what_another_reader_made_of_the_file_is_refused_by_its_key(root):
    given = read_yaml(root / "config" / "studies" / "tiny.yaml")
    given["outcome"] = {**given["outcome"], "day": 21}
    given["arms"]["group"]["label"] = True
    given["more"] = 1
    found = refused(given, root, from_file=True)
    assert set(found) == {"outcome.day", "arms.group.label", "more"}


def test_a_file_elsewhere_is_refused(root, project):
    given = read_yaml(root / "config" / "studies" / "tiny.yaml") | {"study": "mine"}
    assert refused(given, project, from_file=True) == {"": "no such file"}


def test_jobs_use_what_the_run_opened_whatever_the_files_say_by_now(project):
    opened = open_study({"study": "tiny"}, project)
    kept = project / "results" / "tiny" / "private" / "opened.json"
    keep_for_jobs(opened, kept)
    (project / "config" / "claims.yaml").write_text("{}", encoding="utf-8")
    again = open_for_job(kept)
    assert again == opened
    assert json.dumps(again.plan, sort_keys=True) == json.dumps(opened.plan, sort_keys=True)


def snakemake(project, root, *words):
    variables = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "-s", str(root / "Snakefile"), "-n", *words],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.pipeline
def test_snakemake_by_hand_gets_the_same_checks(root, tmp_path):
    studies = root / "config" / "studies"
    code, said = snakemake(tmp_path, root, "--config", "study=tiny", "seed=1")
    assert code and '"seed"' in said and "Traceback" not in said
    runs = tmp_path / "runs.yaml"
    runs.write_text("__use_yte__: true\nstudy: tiny\n?if True:\n  title: x\n", encoding="utf-8")
    code, said = snakemake(tmp_path, root, "--configfile", str(runs))
    assert code and "the command line" in said and "Traceback" not in said
    assert not Path(tmp_path / "results").exists()
    code, said = snakemake(tmp_path, root, "--configfile", str(studies / "tiny.yaml"))
    assert code == 0, said
