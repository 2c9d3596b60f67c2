"""A study's config file: read, and checked with messages for people. Cheap to import, no pandas."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from analysis.study.declared import contradictions
from analysis.study.documents import read_yaml
from analysis.study.misleading import misleading
from analysis.study.problems import Problem, StudyError
from analysis.study.schema import schema_problems

SCHEMA_FILE = Path(__file__).with_name("study.schema.yaml")
EXAMPLE = "config/studies/example.yaml"


def read_config(path: Path) -> dict[str, Any]:
    """Read a study's config; `check_config` says whether it is sound.

    Parameters
    ----------
    path : Path
        config/studies/<study>.yaml.

    Returns
    -------
    dict
        The config as it stands in the file.

    Raises
    ------
    StudyError
        If the file is missing, is no YAML text in UTF-8, or holds no keys.
    """
    config = read_yaml(path, absent=_other_studies(path))
    if not isinstance(config, dict):
        remedy = f"Copy {EXAMPLE} and change it."
        raise StudyError([Problem(str(path), "", (), "keys with values", "no keys", remedy)])
    return config


def check_config(
    config: dict[str, Any], *, file: str, known_instruments: Collection[str] | None = None
) -> list[Problem]:
    """Return everything that is wrong with a study's config; empty if nothing is.

    Parameters
    ----------
    config : dict
        The config as read.
    file : str
        Its path, for the messages; the study must be called as the file is.
    known_instruments : collection of str, optional
        Instruments of config/instruments.yaml; not checked if None.

    Returns
    -------
    list of Problem
        `column` holds the dotted key, such as ``contrasts.format.reference``.
    """
    problems = schema_problems(config, SCHEMA_FILE, file=file, example=EXAMPLE)
    if problems:
        return problems
    found = [*contradictions(config, Path(file).stem, known_instruments), *misleading(config)]
    return [Problem(file, key, (), *rest) for key, *rest in found]


def _other_studies(path: Path) -> str:
    names = sorted(one.stem for one in path.parent.glob("*.yaml"))
    known = f" There are: {', '.join(names)}." if names else ""
    return f"Name a study of the folder config/studies.{known}"
