"""The launcher: standard library only, clear refusals, and the failed step's own words."""

import subprocess
import sys

import pytest
import run

from analysis.command.follow import explain


def launched(root, *words):
    """Run the launcher without any installed package."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "run.py", *words],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_it_needs_the_standard_library_only(root):
    done = launched(root, "report", "--help")
    assert done.returncode == 0 and "--study" in done.stdout, done.stderr


def test_it_lists_its_verbs(root):
    for words in [], ["--help"]:
        done = launched(root, *words)
        assert done.returncode == 0, done.stderr
        assert all(verb in done.stdout for verb in run.VERBS)


@pytest.mark.parametrize(
    "words", [["report", "--study", "nonsense"], ["check", "STUDY=nonsense"], ["clean", "nonsense"]]
)
def test_an_unknown_study_is_refused_with_the_known_ones(root, words):
    done = launched(root, *words)
    assert done.returncode == 2
    assert "no study 'nonsense'" in done.stderr and "example" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["..", ".", "/tmp/elsewhere", "a b", "a/../b", "Ünlü", ""])
def test_what_is_no_name_is_refused(root, name):
    done = launched(root, "clean", "--study", name)
    assert done.returncode == 2
    assert "cannot be the name of a study" in done.stderr and "Traceback" not in done.stderr


def test_a_path_with_a_space_is_refused_plainly(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "ROOT", tmp_path / "my project")
    with pytest.raises(run.Refusal, match="space"):
        run.refuse_unusable_machine()


def test_the_failed_steps_log_is_shown(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "validate.log").write_text("sessions.csv: three problems\n", encoding="utf-8")
    output = (
        "rule validate_study:\n    input: a\nError in rule validate_study:\n    message: None\n"
        "    jobid: 3\n    log: validate.log (check log file(s) for error details)\n"
    )
    text = explain(output)
    assert "three problems" in text and "validate.log" in text and "jobid" not in text


def test_what_snakemake_said_is_shown_where_no_log_was_written():
    assert "MissingInput" in explain("MissingInputException in rule x\n")
