"""Nothing of the user's is lost or misread, whatever is deleted, edited, touched or killed."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from analysis.study.lock import held

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("pipeline")]

PUBLISHING = {"publish_results", "publish_plan", "draw_figures", "write_report", "record_public"}
# A file that a run makes, or a log that a step opens: when it is there the run is killed.
MOMENTS = (
    "results/tiny/private/opened.json",
    "data/raw/tiny/made.json",
    "results/tiny/logs/validate_study.log",
    "results/tiny/private/scores.parquet",
    "results/tiny/logs/impute_outcomes.log",
    "results/tiny/private/verdicts.json",
    "results/tiny/public/claims.json",
    "results/tiny/public/report/figures/flow.png",
)


def files(folder):
    """Return every file below a folder with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def everything(folder):
    """Return what a folder holds: paths, rights, dates and contents."""
    return {
        path: (path.stat().st_mode, path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for part in ("results", "data", "config")
        for path in [folder / part, *(folder / part).rglob("*")]
        if path.exists()
    }


def start(workspace, study):
    """Start a run in a process group of its own."""
    variables = {**os.environ, "PYTHONPATH": str(workspace.folder / "src")}
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--config", f"study={study}", "--cores", "2"],
        cwd=workspace.folder,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_a_forgotten_block_simulate_costs_nothing(workspace):
    folder = workspace.as_real_study(data_origin="synthetic")
    (folder / "made.json").unlink()
    workspace.change("mine", simulate={"scenario": "confounded", "episodes": 60, "seed": 1})
    before = files(folder)
    for more in ([], ["--forceall"], ["--delete-all-output"], ["--until", "simulate_study"]):
        done = workspace.snakemake("--config", "study=mine", *more)
        assert done.returncode != 0 and "Traceback" not in done.stdout
        assert "simulate" in done.stdout and "episodes.csv" in done.stdout
        assert files(folder) == before


def test_contents_decide_and_not_dates(workspace):
    folder = workspace.as_real_study()
    assert workspace.run_mine().returncode == 0
    for path in folder.glob("*.csv"):
        path.touch()
    assert workspace.planned_jobs("mine") == []

    def older(frame):
        frame.loc[0, "minutes"] = "61"

    workspace.spoil(folder / "sessions.csv", older)
    os.utime(folder / "sessions.csv", (0, 0))
    assert "validate_study" in workspace.planned_jobs("mine")
    verified = workspace.call("python", "-m", "analysis", "verify", "mine")
    assert verified.returncode == 1 and "sessions.csv" in verified.stdout


def test_a_project_file_with_an_older_date_decides_too(workspace):
    for name in ("config/instruments.yaml", "data/raw/evidence/facts.csv"):
        path = workspace.folder / name
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        os.utime(path, (0, 0))
    assert {"score_outcomes", "read_evidence"} <= set(workspace.planned_jobs("tiny"))


def test_edited_and_deleted_public_files_are_made_again(workspace):
    public = workspace.public("tiny")
    before = files(public)
    claims = public / "claims.json"
    old = claims.stat()
    claims.write_bytes(before["claims.json"].replace(b"INCONCLUSIVE", b"SUPPORTED"))
    os.utime(claims, ns=(old.st_atime_ns, old.st_mtime_ns))
    (public / "report" / "figures" / "flow.png").unlink()
    (public / "tables" / "effects.csv").unlink()
    (public / "report" / "report.html").write_text("SUPPORTED", encoding="utf-8")
    (public / "record.json").write_text("{}", encoding="utf-8")
    assert workspace.call("python", "-m", "analysis", "verify", "tiny").returncode == 1
    done = workspace.snakemake("--config", "study=tiny")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "public/claims.json was edited" in done.stdout
    assert files(public) == before
    assert workspace.call("python", "-m", "analysis", "verify", "tiny").returncode == 0
    assert workspace.planned_jobs("tiny") == []


def test_a_public_folder_without_its_private_one_proves_nothing(workspace):
    claims = workspace.public("tiny") / "claims.json"
    before = claims.read_bytes()
    claims.write_bytes(before.replace(b"INCONCLUSIVE", b"SUPPORTED"))
    shutil.rmtree(workspace.folder / "results" / "tiny" / "private" / "published")
    assert set(workspace.planned_jobs("tiny")) >= PUBLISHING


@pytest.mark.parametrize("how", [["-n"], ["--lint"], ["--rulegraph"], ["-np", "--forceall"]])
def test_looking_writes_nothing(fresh, how):
    (fresh.folder / "data" / "raw" / "tiny").mkdir(mode=0o755)
    before = everything(fresh.folder)
    done = fresh.snakemake("--config", "study=tiny", *how)
    assert done.returncode == 0, done.stdout[-3000:]
    assert everything(fresh.folder) == before


def test_a_dry_run_says_what_would_be_made_again_and_leaves_it(workspace):
    """Edited and deleted public files, an older file, another's lock: told, not touched."""
    public = workspace.public("tiny")
    (public / "report" / "figures" / "flow.png").unlink()
    report = public / "report" / "report.html"
    report.write_text("SUPPORTED", encoding="utf-8")
    facts = workspace.folder / "data" / "raw" / "evidence" / "facts.csv"
    facts.write_text(facts.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    os.utime(facts, (0, 0))
    with held("tiny", workspace.folder):
        before = everything(workspace.folder)
        planned = workspace.planned_jobs("tiny")
        said = workspace.snakemake("-n", "--config", "study=tiny").stdout
        assert everything(workspace.folder) == before
    assert {"read_evidence", "draw_figures", "write_report", "record_public"} <= set(planned)
    assert "validate_study" not in planned
    assert "public/report/report.html was edited or deleted" in said
    assert workspace.snakemake("--config", "study=tiny").returncode == 0
    assert report.read_bytes() != b"SUPPORTED" and workspace.planned_jobs("tiny") == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_what_a_run_makes_is_its_owners_only(finished):
    for folder in ("data/raw/tiny", "results/tiny"):
        for path in [finished.folder / folder, *(finished.folder / folder).rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_after_any_kill_the_same_command_goes_on(fresh, finished):
    """Killed at eight moments, alone or with its steps; the same bytes given the same log."""
    log = fresh.folder / "results" / "tiny" / "plan_log.jsonl"
    log.parent.mkdir(parents=True)
    shutil.copy(finished.folder / "results" / "tiny" / "plan_log.jsonl", log)
    killed = 0
    for number, moment in enumerate(MOMENTS):
        run = start(fresh, "tiny")
        while not (fresh.folder / moment).exists() and run.poll() is None:
            time.sleep(0.05)
        if run.poll() is None:
            killed += 1
            (os.killpg if number % 2 else os.kill)(run.pid, signal.SIGKILL)
        run.wait()
    assert killed == len(MOMENTS)
    done = fresh.snakemake("--config", "study=tiny")
    assert done.returncode == 0, done.stdout[-3000:]
    assert files(fresh.public("tiny")) == files(finished.public("tiny"))


def test_one_run_a_study_and_two_studies_at_once(workspace):
    workspace.as_real_study()
    log = workspace.folder / "results" / "tiny" / "plan_log.jsonl"
    before, logged = files(workspace.public("tiny")), log.read_bytes()
    for part in ("private", "public"):
        shutil.rmtree(workspace.folder / "results" / "tiny" / part)
    runs = {study: start(workspace, study) for study in ("tiny", "mine")}
    while not (workspace.folder / "results" / "tiny" / "private" / "opened.json").exists():
        assert runs["tiny"].poll() is None
        time.sleep(0.05)
    for second in (
        workspace.snakemake("--config", "study=tiny"),
        workspace.call("python", "-m", "analysis", "clean", "tiny"),
        workspace.call("python", "-m", "analysis", "archive", "tiny"),
    ):
        assert second.returncode != 0 and "Traceback" not in second.stdout
        assert f"process {runs['tiny'].pid}, since" in second.stdout
    assert {study: run.wait() for study, run in runs.items()} == {"tiny": 0, "mine": 0}
    assert log.read_bytes() == logged
    assert files(workspace.public("tiny")) == before
    assert workspace.planned_jobs("mine") == []
