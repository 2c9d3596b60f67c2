"""Fetch an open study: copy its files from a given folder, check them, convert them."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.study.documents import read_yaml
from analysis.study.made import write_made
from analysis.study.open_data import convert_bright, convert_reframed
from analysis.study.problems import Problem, StudyError, nearest

SOURCES_FILE = Path(__file__).with_name("sources.yaml")

CONVERTERS: dict[str, Callable[[Path], dict[str, pd.DataFrame]]] = {
    "bright": convert_bright,
    "reframed": convert_reframed,
}


def fetch_study(name: str, source: Path, destination: Path) -> list[Path]:
    """Copy an open study's files, check their hashes and write its canonical tables as csv.

    Nothing is written unless every file is there, unchanged and converted, and nothing that the
    program did not write is overwritten.

    Parameters
    ----------
    name : str
        A study of sources.yaml: ``bright`` or ``reframed``.
    source : Path
        Folder that holds the study's files, or a folder of its name that does.
    destination : Path
        Folder of the study's tables, data/raw/<name>; made if it is not there.

    Returns
    -------
    list of Path
        What was written: tables, README.md and the copies below ``source/``.

    Raises
    ------
    StudyError
        If the study is not known, a file is missing or not the one that was converted before, or
        one that would be overwritten was not written by this function.
    """
    known = read_yaml(SOURCES_FILE)
    if name not in known:
        remedy = f"{nearest(name, known)}Known studies: {', '.join(known)}."
        raise StudyError([Problem("fetch-study", name, (), "a known study", "another", remedy)])
    folder = source / name if (source / name).is_dir() else source
    _check_files(known[name], folder)
    tables = CONVERTERS[name](folder)
    contents = {
        f"{table}.csv": frame.to_csv(index=False, lineterminator="\n").encode()
        for table, frame in tables.items()
    }
    for file in known[name]["files"]:
        contents[f"source/{file}"] = (folder / file).read_bytes()
    contents["README.md"] = _readme(known[name], tables).encode()
    return write_made(destination, contents)


def _check_files(study: dict[str, Any], folder: Path) -> None:
    problems = []
    for file, expected in study["files"].items():
        path = folder / file
        if not path.is_file():
            remedy = "Name the folder that holds the study's files, or one above it."
            problems.append(Problem(str(path), "", (), "a file", "no such file", remedy))
        elif sha256(path.read_bytes()).hexdigest() != expected:
            remedy = f"Get the file again: {study['attribution']}."
            found = "another version, or a damaged file"
            problems.append(Problem(str(path), "", (), f"SHA-256 {expected}", found, remedy))
    if problems:
        raise StudyError(problems)


def _readme(study: dict[str, Any], tables: dict[str, pd.DataFrame]) -> str:
    lines = [f"# {study['title']}", "", f"Source: {study['attribution']}.", ""]
    lines += [f"Licence: {study['licence']}. Attribution travels with every figure and table.", ""]
    lines += ["Files as received, in `source/`, with their SHA-256:", ""]
    lines += [f"- `{file}` {digest}" for file, digest in study["files"].items()]
    lines += ["", "Canonical tables made from them:", ""]
    lines += [f"- `{table}.csv`, {len(frame)} rows" for table, frame in tables.items()]
    lines += ["", "What was decided on the way:", ""]
    lines += [f"- {one}" for one in study["decisions"]]
    return "\n".join(lines) + "\n"
