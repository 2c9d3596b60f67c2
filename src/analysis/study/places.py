"""The folders that a study's results go to: each can be written to, or is not there."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.study.problems import Problem, StudyError

BELOW = ("private", "public", "logs")


def places(study: str, root: Path) -> list[Path]:
    """Return the folders that a run on a study writes to, the outer ones first."""
    results = root / "results"
    mine = results / study
    raw = root / "data" / "raw"
    return [results, results / ".locks", mine, *(mine / one for one in BELOW), raw, raw / study]


def refuse_unusable_places(study: str, root: Path = Path()) -> None:
    """Raise where something stands in the way of a study's folders; a link to a folder is one.

    Raises
    ------
    StudyError
        With every place that is there and is no folder, or that cannot be written to.
    """
    found = []
    for path in places(study, root):
        if not os.path.lexists(path):
            continue
        if not path.is_dir():
            remedy = "Move what stands there, or rename it."
            found.append(_problem(path, "a folder, or nothing", "something else", remedy))
        elif not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            remedy = "Give yourself the right to."
            found.append(
                _problem(path, "a folder to write to", "one that is closed to you", remedy)
            )
    if found:
        raise StudyError(found)


def _problem(path: Path, expected: str, found: str, remedy: str) -> Problem:
    return Problem(path.as_posix(), "", (), expected, found, remedy)
