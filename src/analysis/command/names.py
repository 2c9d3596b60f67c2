"""Names of studies, checked at the door. Standard library only: run.py reads it too."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

NAME = re.compile(r"[a-z][a-z0-9_]*")
STUDIES = Path("config") / "studies"


def study_name(text: str) -> str:
    """Return the name of a study that has a config, or say which studies there are.

    Raises
    ------
    ArgumentTypeError
        If the text is no name of a study, or no file of this name is in config/studies.
    """
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"'{text}' cannot be the name of a study: small letters, digits and _ only, "
            "beginning with a letter."
        )
    if not study_config(text).is_file():
        known = ", ".join(sorted(path.stem for path in STUDIES.glob("*.yaml")))
        raise argparse.ArgumentTypeError(f"no study '{text}': config/studies holds {known}.")
    return text


def study_config(name: str) -> Path:
    """Return the place of a study's config, relative to the project's folder."""
    return STUDIES / f"{name}.yaml"
