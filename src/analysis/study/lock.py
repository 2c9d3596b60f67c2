"""One lock a study, held by the operating system for as long as the process that took it lives.

After a kill nothing is left to be unlocked. Beside the lock stands who holds it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.study.places import refuse_unusable_places
from analysis.study.problems import Busy

FOLDER = Path("results", ".locks")
# Every process of a run inherits it, so that steps which outlive a killed run can be told.
MARK = "ANALYSIS_STUDY_LOCK"
_held: dict[Path, FileLock] = {}


def hold(study: str, root: Path = Path()) -> None:
    """Take a study's lock until the process ends; nothing where it holds it already.

    Steps of an earlier run that was killed and that still work are ended first: they would write
    into what this run makes.

    Raises
    ------
    Busy
        If another process holds the lock.
    StudyError
        If something stands in the way of the study's folders.
    """
    path = (root / FOLDER / f"{study}.lock").resolve()
    if path in _held:
        return
    refuse_unusable_places(study, root)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(_who(study, path)) from None
    _held[path] = lock
    end_leftovers(path)
    os.environ[MARK] = str(path)
    since = datetime.now(UTC).isoformat(" ", "seconds")
    _note(path).write_text(json.dumps({"pid": os.getpid(), "since": since}), encoding="utf-8")


def release(study: str, root: Path = Path()) -> None:
    """Give a study's lock back, where this process holds it."""
    path = (root / FOLDER / f"{study}.lock").resolve()
    if path in _held:
        _held.pop(path).release()
        os.environ.pop(MARK, None)


@contextmanager
def held(study: str, root: Path = Path()) -> Iterator[None]:
    """Hold a study's lock for a while; see `hold`."""
    hold(study, root)
    try:
        yield
    finally:
        release(study, root)


def end_leftovers(path: Path) -> int:
    """End the processes of a run that held this lock and was killed; return how many there were.

    They bear the lock's path in their environment, which nothing else does.
    """
    import psutil

    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(path):
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=10)
    return len(left)


def _note(path: Path) -> Path:
    return path.with_suffix(".json")


def _who(study: str, path: Path) -> str:
    holder = "another process"
    with suppress(OSError, ValueError, LookupError, TypeError):
        note = json.loads(_note(path).read_text(encoding="utf-8"))
        holder = f"process {note['pid']}, since {note['since']}"
    return f"The study {study} is being worked on by {holder}. Wait until it is done, or end it."
