"""Stamps: files that change only when the content of others does, whatever their dates say.

A step that reads a stamp in place of the files' dates runs again when their content changed, also
where the new file is the older one (unzipped, copied with its date), and never for a mere touch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.study.problems import Problem, StudyError
from analysis.study.safekeeping import digest, is_readable, write_whole


def digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of the files that can be read, by their names."""
    return {name: digest(path) for name, path in sorted(files.items()) if is_readable(path)}


def write_stamp(path: Path, files: Mapping[str, Path]) -> None:
    """Write the digests of some files, unless they are what the stamp says already."""
    if not is_stamped(path, files):
        write_whole(path, _content(files))


def is_stamped(path: Path, files: Mapping[str, Path]) -> bool:
    """Return whether a stamp says what some files hold now."""
    return path.is_file() and path.read_bytes() == _content(files)


def declared_files(config: Mapping[str, Any], root: Path = Path()) -> dict[str, Path]:
    """Return a study's declared files by table."""
    return {table: root / path for table, path in config["tables"].items()}


def _content(files: Mapping[str, Path]) -> bytes:
    return (json.dumps(digests(files), indent=1) + "\n").encode()


def refuse_changed(config: Mapping[str, Any], before: Mapping[str, str], root: Path) -> None:
    """Raise StudyError where a declared file is not what it was before it was read.

    Parameters
    ----------
    config : mapping
        The study's config.
    before : mapping of str to str
        Table to SHA-256 (`digests` of `declared_files`).
    root : Path
        Folder that the paths under `tables` are relative to.
    """
    after = digests(declared_files(config, root))
    problems = [
        Problem(
            str(config["tables"][table]),
            "",
            (),
            "a file that stays as it is while it is read",
            "a file that was changed meanwhile",
            "Run the same command again once the file is whole.",
        )
        for table in sorted({*before, *after})
        if before.get(table) != after.get(table)
    ]
    if problems:
        raise StudyError(problems)
