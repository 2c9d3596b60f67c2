"""Names of studies, checked at the door. Standard library only: run.py reads it too."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.study.names import IN_WORDS, is_study_name

STUDIES = Path("config") / "studies"


def name_of_study(text: str) -> str:
    """Return a text that can be the name of a study, whether there is one or not.

    Raises
    ------
    ArgumentTypeError
        If it cannot.
    """
    if not is_study_name(text):
        raise argparse.ArgumentTypeError(f"'{text}' cannot be the name of a study: {IN_WORDS}.")
    return text


def study_name(text: str) -> str:
    """Return the name of a study that has a config, or say which studies there are.

    Raises
    ------
    ArgumentTypeError
        If the text is no name of a study, or no file of this name is in config/studies.
    """
    name_of_study(text)
    if not study_config(text).is_file():
        known = ", ".join(sorted(path.stem for path in STUDIES.glob("*.yaml")))
        raise argparse.ArgumentTypeError(f"no study '{text}': config/studies holds {known}.")
    return text


def study_config(name: str) -> Path:
    """Return the place of a study's config, relative to the project's folder."""
    return STUDIES / f"{name}.yaml"
