"""The whole workflow in this process: Snakemake's own rules and scripts, without a process a job.

Only how a script is started is replaced, so nothing here can drift from what `snakemake` runs.
"""

import contextlib
import io
import json
import os
import runpy
import shutil
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("Snakefile", "workflow", "src", "environment.yml")


@dataclass(frozen=True)
class Run:
    """How a run ended.

    Attributes
    ----------
    code : int
        Exit code of `snakemake`.
    failed : dict of str to str
        Rule to the traceback of what its script raised; a script's own exit is its code.
    folder : Path
        The project's folder, with `results/`.
    study : str
    printed : str
        What Snakemake said.
    """

    code: int
    failed: dict[str, str]
    folder: Path
    study: str
    printed: str

    @property
    def public(self) -> Path:
        return self.folder / "results" / self.study / "public"

    def claims(self) -> list[dict[str, Any]]:
        """Return the report's machine-readable twin."""
        return json.loads((self.public / "claims.json").read_text(encoding="utf-8"))

    def page(self) -> str:
        """Return the report."""
        return (self.public / "report" / "report.html").read_text(encoding="utf-8")


def project(folder: Path) -> Path:
    """Make a folder in which the workflow runs: its code is linked, its config copied."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "data" / "raw" / "evidence", folder / "data" / "raw" / "evidence")
    return folder


def run_study(folder: Path, config: dict[str, Any], *extra: str) -> Run:
    """Run the workflow on a study whose files are in `folder`, report included.

    `extra` are further arguments of `snakemake`, such as a rule to run until.
    """
    from snakemake.cli import main
    from snakemake.script import PythonScript

    study = config["study"]
    settings = folder / "config" / "studies" / f"{study}.yaml"
    settings.write_text(
        json.dumps(config, ensure_ascii=False),
        encoding="utf-8",
    )
    failed: dict[str, str] = {}

    def here(script: Any, file: str, edit: bool = False) -> None:
        try:
            with _left_as_found():
                runpy.run_path(file, run_name="__main__")
        except (Exception, SystemExit) as problem:
            failed[script.rulename] = "".join(traceback.format_exception(problem))
            raise RuntimeError(f"{script.rulename} failed") from problem

    printed = io.StringIO()
    arguments = ["--config", f"study={study}", "--cores", "1", *extra]
    before = Path.cwd()
    os.chdir(folder)
    try:
        with (
            patch.object(PythonScript, "execute_script", here),
            patch.object(sys, "argv", ["snakemake", *arguments]),
            contextlib.redirect_stderr(printed),
            contextlib.redirect_stdout(printed),
        ):
            main(arguments)
    except SystemExit as end:
        return Run(int(end.code or 0), failed, folder, study, printed.getvalue())
    finally:
        os.chdir(before)
    raise AssertionError("Snakemake always exits")


@contextlib.contextmanager
def _left_as_found() -> Iterator[None]:
    """Undo what a script does to its process: it takes stderr for its log and extends the path."""
    stderr, path = sys.stderr, list(sys.path)
    try:
        yield
    finally:
        if sys.stderr is not stderr:
            sys.stderr.close()
        sys.stderr, sys.path[:] = stderr, path
