"""The verbs' environments: made from a lock, named after it and its place, kept while in use.

Standard library only: run.py reads this before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: runs do not wait for each other; files in use cannot be removed
    fcntl = None  # type: ignore[assignment]

HOME = ".environments"
STAMP = "complete"
JOURNAL = "installed"
PART = 12  # packages a call of pip
ATTEMPTS = 3
PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]


class Refusal(Exception):
    """A reason for stopping that a person can act on."""


@contextmanager
def environment(root: Path, name: str) -> Iterator[Path]:
    """Give the folder of a complete environment; nobody removes it meanwhile.

    It is made first where it is not there or was left half-made. Whoever wants the same one
    waits; former ones of the same lock go last, and only when nobody works in them.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        A lock of ``requirements/``: run, notebook or dev.

    Raises
    ------
    Refusal
        If it cannot be made; what worked before is then still there.
    """
    lock = root / "requirements" / f"{name}.lock"
    folder = root / HOME / f"{name}-{digest(lock)}"
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Refusal(f"{HOME} holds a link to another folder's environment: remove the link.")
    folder.parent.mkdir(exist_ok=True)
    with _guard(folder) as guard:
        _hold(guard, shared=True)
        while not (folder / STAMP).exists():
            if not _hold(guard, wait=False):
                print(f"Waiting: another run is making {folder.name} ...", flush=True)
                _hold(guard)
            if not (folder / STAMP).exists():
                _make(folder, lock)
            _hold(guard, shared=True)
        _remove_former(folder, name)
        yield folder


def digest(lock: Path) -> str:
    """Return what an environment depends on, in twelve letters: lock, place and Python."""
    python = f"{sys.version_info[:2]} {sys.base_prefix}"
    facts = [lock.read_bytes(), os.fsencode(lock.resolve()), os.fsencode(python)]
    return hashlib.sha256(b"\0".join(facts)).hexdigest()[:12]


def programs(folder: Path) -> Path:
    """Return the folder of an environment's programs."""
    return folder / ("Scripts" if os.name == "nt" else "bin")


def _make(folder: Path, lock: Path) -> None:
    if not (folder / JOURNAL).exists():
        print(f"Making {HOME}/{folder.name} from requirements/{lock.name} (once) ...", flush=True)
        try:
            venv.create(folder, with_pip=True, clear=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            raise Refusal(
                f"Python could not make {folder} ({type(failure).__name__}). On Debian and Ubuntu "
                "the package python3-venv is needed; else look at the disk's space and permissions."
            ) from failure
        (folder / JOURNAL).write_text("0", encoding="utf-8")
    _install(folder, lock)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    source = os.path.relpath(lock.parent.parent / "src", site)
    (site / "analysis.pth").write_text(f"{source}\n", encoding="utf-8")
    (folder / STAMP).write_text("", encoding="utf-8")


def _install(folder: Path, lock: Path) -> None:
    """Install exactly what the lock names, in parts: what is installed is not fetched again.

    The lock is whole, so pip resolves nothing. The journal counts the packages installed.
    """
    packages = re.findall(r"^\S.*(?:\n[ \t].*)*", lock.read_text(encoding="utf-8"), re.MULTILINE)
    journal, part = folder / JOURNAL, folder / "part.txt"
    for done in range(int(journal.read_text(encoding="utf-8")), len(packages), PART):
        part.write_text("\n".join(packages[done : done + PART]), encoding="utf-8")
        if not any(_pip(folder, part) for _ in range(ATTEMPTS)):
            raise Refusal(_not_made(folder, lock.stem))
        done = min(done + PART, len(packages))
        journal.write_text(str(done), encoding="utf-8")
        print(f"  {done} of {len(packages)} packages", flush=True)


def _pip(folder: Path, part: Path) -> bool:
    """Say whether pip could install a part, over what an interrupted attempt may have left."""
    exactly = ["--no-deps", "--require-hashes", "--ignore-installed", "-r", str(part)]
    return subprocess.call([str(programs(folder) / "python"), *PIP, *exactly]) == 0


def _not_made(folder: Path, name: str) -> str:
    former = [one.name for one in _others(folder, name) if (one / STAMP).exists()]
    kept = f" What worked before is kept: {', '.join(former)}." if former else ""
    return (
        f"the environment could not be made: see pip's message above.{kept} "
        "With the network back, the same command goes on where it stopped."
    )


def _remove_former(folder: Path, name: str) -> None:
    for other in _others(folder, name):
        with _guard(other) as guard:
            if _hold(guard, wait=False):
                (other / STAMP).unlink(missing_ok=True)  # first, so that a rest is never used
                shutil.rmtree(other, ignore_errors=True)


def _others(folder: Path, name: str) -> list[Path]:
    found = folder.parent.glob(f"{name}-*")
    return [one for one in found if one.is_dir() and not one.is_symlink() and one != folder]


def _guard(folder: Path) -> IO[bytes]:
    return folder.with_name(f".{folder.name}.lock").open("ab")


def _hold(guard: IO[bytes], shared: bool = False, wait: bool = True) -> bool:
    """Take the operating system's lock, alone or shared; say whether it was to be had."""
    if fcntl is None:
        return True
    kind = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(guard, kind)
    except BlockingIOError:
        return False
    return True
