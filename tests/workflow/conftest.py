"""The pipeline in a temporary clone: copied once, run once on `tiny`, copied for each test."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.study.documents import read_yaml

COPIED = (
    "Snakefile",
    "config",
    "src",
    "workflow",
    "profiles",
    "environment.yml",
    "data/raw/evidence",
)
BIN = Path(sys.executable).parent
# What a machine without a UTF-8 locale gives; Python's own remedies are off.
BARE = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@dataclass(frozen=True)
class Workspace:
    """A clone of the project in which the pipeline runs."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def snakemake(self, *arguments, cores=2):
        return self.call("snakemake", "--show-failed-logs", "--cores", str(cores), *arguments)

    def call(self, program, *arguments):
        variables = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "src"),
            **self.variables,
        }
        return subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env=variables,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def config(self, study):
        return self.folder / "config" / "studies" / f"{study}.yaml"

    def change(self, study, **changes):
        """Change keys of a study's config file."""
        content = read_yaml(self.config(study))
        self.config(study).write_text(
            json.dumps({**content, **changes}, ensure_ascii=False), encoding="utf-8"
        )

    def public(self, study):
        return self.folder / "results" / study / "public"

    def planned_jobs(self, study):
        """Return the names of the rules that a dry run would run."""
        done = self.snakemake("-n", "--config", f"study={study}")
        assert done.returncode == 0, done.stdout
        lines = done.stdout.splitlines()
        return [
            line.split()[-1].rstrip(":")
            for line in lines
            if line.startswith(("rule ", "localrule "))
        ]

    def claims(self, study="tiny"):
        return json.loads((self.public(study) / "claims.json").read_text(encoding="utf-8"))

    def parts(self, claim, study="tiny"):
        """Return what the study itself says of each part of a claim."""
        mine = [one for one in self.claims(study) if one["id"] == claim]
        return {one["part"]: one for one in mine if one["source"] == "study"}

    def spoil(self, path, how):
        """Change a table of the raw data in place."""
        frame = pd.read_csv(path, dtype=str)
        how(frame)
        frame.to_csv(path, index=False)

    def as_real_study(self, **changes):
        """Turn `tiny` into a study whose files were received; return data/raw/mine."""
        source, target = (self.folder / "data" / "raw" / name for name in ("tiny", "mine"))
        shutil.copytree(source, target)
        content = read_yaml(self.config("tiny"))
        content.pop("simulate")
        content |= {"study": "mine", "title": "Mine"}
        content["tables"] = {
            key: value.replace("tiny", "mine") for key, value in content["tables"].items()
        }
        self.config("mine").write_text(
            json.dumps({**content, **changes}, ensure_ascii=False), encoding="utf-8"
        )
        return target

    def run_mine(self):
        return self.snakemake("--config", "study=mine")


@pytest.fixture(scope="session")
def clone(root, tmp_path_factory) -> Workspace:
    folder = tmp_path_factory.mktemp("clone")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source, target = root / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return Workspace(folder)


@pytest.fixture(scope="session")
def finished(clone) -> Workspace:
    """The clone after a whole run on `tiny` in a bare locale; read it, do not change it."""
    done = replace(clone, variables=BARE).snakemake("--config", "study=tiny")
    assert done.returncode == 0, done.stdout[-4000:]
    return clone


@pytest.fixture
def workspace(finished, tmp_path) -> Workspace:
    """A copy of the finished clone, for one test to change."""
    shutil.copytree(finished.folder, tmp_path / "copy")
    return Workspace(tmp_path / "copy")


@pytest.fixture
def fresh(clone, tmp_path) -> Workspace:
    """A copy of the clone without results."""
    ignored = shutil.ignore_patterns("results", ".snakemake", "tiny")
    shutil.copytree(clone.folder, tmp_path / "copy", ignore=ignored)
    return Workspace(tmp_path / "copy")
