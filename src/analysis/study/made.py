"""What the program itself wrote among a study's data, so that nothing else is ever overwritten.

A mark beside the files, ``made.json``, holds the SHA-256 of each as it was written. A file that is
not in it, or not as it was written, is somebody's work.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.study.dictionary import dictionary
from analysis.study.problems import Problem, StudyError
from analysis.study.safekeeping import digest, write_whole

MARK = "made.json"
ANSWER_KEY = "truth.json"


def write_made(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files and their mark; whenever the process is killed, no file lacks its mark.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    contents : mapping of str to bytes
        Path below `folder` to content.

    Returns
    -------
    list of Path
        The files, in the order given.

    Raises
    ------
    StudyError
        If one of the files is there already and not as the program wrote it; nothing is written.
    """
    if problem := not_made(folder, contents):
        raise StudyError([problem])
    for name in contents:
        (folder / name).unlink(missing_ok=True)
    marks = read_mark(folder)
    marks |= {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    text = json.dumps({"files": marks}, indent=1, sort_keys=True)
    write_whole(folder / MARK, f"{text}\n".encode())
    return [write_whole(folder / name, content) for name, content in contents.items()]


def not_made(folder: Path, names: Iterable[str]) -> Problem | None:
    """Return a problem that names the files which are there and not as the program wrote them."""
    if not (others := _others(folder, names)):
        return None
    return Problem(
        folder.as_posix(),
        "",
        (),
        "no files of these names but those that the program wrote itself",
        f"files that it did not write, or that were changed since: {', '.join(others)}",
        "Nothing was overwritten. If these are your data, delete the block `simulate` from the "
        "study's config; else move or delete the files.",
    )


def keep_others(folder: Path, names: Iterable[str]) -> list[Path]:
    """Rename the files that the program did not write, or that were changed since; say what to."""
    kept = []
    for path in (folder / name for name in _others(folder, names)):
        mark = digest(path)[:8] if path.is_file() else f"{path.lstat().st_mtime_ns:x}"
        kept.append(path.rename(path.with_name(f"{path.stem}.{mark}{path.suffix}")))
    return kept


def simulated_files() -> list[str]:
    """Return the names of all files that the simulator writes, declared by a study or not."""
    return [*(f"{name}.csv" for name in dictionary()), ANSWER_KEY]


def simulated_over_others(config: Mapping[str, Any], root: Path) -> list[Problem]:
    """Return what simulating this study would overwrite; empty where it is not simulated."""
    if "simulate" not in config:
        return []
    problem = not_made(root / "data" / "raw" / config["study"], simulated_files())
    return [problem] if problem else []


def read_mark(folder: Path) -> dict[str, str]:
    """Return the mark of a folder: file to SHA-256; empty where there is none to be read."""
    try:
        content = json.loads((folder / MARK).read_text(encoding="utf-8"))
        return {str(name): str(one) for name, one in content["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _others(folder: Path, names: Iterable[str]) -> list[str]:
    marks = read_mark(folder)
    others = [name for name in names if _is_other(folder / name, marks.get(name))]
    return [*others, MARK] if not marks and os.path.lexists(folder / MARK) else others


def _is_other(path: Path, mark: str | None) -> bool:
    if not os.path.lexists(path):
        return False
    return mark is None or path.is_symlink() or not path.is_file() or digest(path) != mark
