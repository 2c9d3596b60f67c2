"""Which code and data made a result: digests of both, and the commit where there is one."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.study.stamps import declared_files, digests

SOURCE = frozenset({".py", ".yaml", ".j2", ".css"})


def code_digest(package: Path) -> str:
    """Return the SHA-256 of all source files below a folder, with their names.

    The digest does not depend on where the folder is, nor on how lines end.
    """
    total = hashlib.sha256()
    for path in sorted(one for one in package.rglob("*") if one.suffix in SOURCE):
        name = path.relative_to(package).as_posix()
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def code_commit(package: Path) -> str:
    """Return the git commit of a folder's source; empty where it differs or there is none."""
    git = shutil.which("git")
    if git is None:
        return ""
    head = _git(git, package, "rev-parse", "HEAD")
    changed = _git(git, package, "status", "--porcelain", "--", ".")
    return head.strip() if head and changed == "" else ""


def data_digest(config: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a study's declared files by content, wherever they lie.

    Of a study that the simulator makes, it is that of the simulator's settings.
    """
    found: Any = config.get("simulate")
    if found is None:
        found = digests(declared_files(config))
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _git(git: str, folder: Path, *arguments: str) -> str | None:
    done = subprocess.run(
        [git, "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout if done.returncode == 0 else None
