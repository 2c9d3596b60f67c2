"""The launcher: standard library only, clear refusals, and the failed step's own words."""

import ast
import subprocess
import sys

import pytest
import run


def test_it_needs_the_standard_library_only(root):
    tree = ast.parse((root / "run.py").read_text(encoding="utf-8"))
    modules = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= set(sys.stdlib_module_names)


def test_an_unknown_study_is_refused_with_the_known_ones(root):
    done = subprocess.run(
        [sys.executable, "run.py", "report", "--study", "nonsense"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert "nonsense" in done.stderr and "example" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_with_a_space_is_refused_plainly(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "ROOT", tmp_path / "my project")
    with pytest.raises(run.Refusal, match="space"):
        run.refuse_unusable_machine()


def test_the_failed_steps_log_is_shown(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    (tmp_path / "validate.log").write_text("sessions.csv: three problems\n", encoding="utf-8")
    output = (
        "rule validate_study:\n    input: a\nError in rule validate_study:\n    message: None\n"
        "    jobid: 3\n    log: validate.log (check log file(s) for error details)\n"
    )
    text = run.explain(output)
    assert "three problems" in text and "validate.log" in text and "jobid" not in text


def test_what_snakemake_said_is_shown_where_no_log_was_written(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    assert "MissingInput" in run.explain("MissingInputException in rule x\n")


def test_a_study_may_be_named_as_make_names_it(root):
    done = subprocess.run(
        [sys.executable, "run.py", "check", "STUDY=nonsense"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert "no study 'nonsense'" in done.stderr


def test_an_environment_that_is_a_link_is_never_cleared(monkeypatch, tmp_path):
    (tmp_path / "lock").write_text("numpy", encoding="utf-8")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "kept").write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    with pytest.raises(run.Refusal, match="link"):
        run.ensure((tmp_path / "link", tmp_path / "lock"))
    assert (tmp_path / "theirs" / "kept").exists()
