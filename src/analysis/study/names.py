"""Names of studies: what may be one. Standard library only, for run.py reads it too.

A name becomes a folder below ``results`` and ``data/raw``, so it is checked wherever it comes in.
"""

from __future__ import annotations

import re

LONGEST = 60
NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST - 1}}}")
# Folders of the project's own, and names that Windows keeps for devices.
TAKEN = frozenset(
    ["evidence", "public", "private", "aux", "con", "nul", "prn"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)]
)
IN_WORDS = (
    f"small letters, digits and _, a letter first, at most {LONGEST}, and no name of the project's"
    " own or of a device"
)


def is_study_name(text: object) -> bool:
    """Return whether a text can be the name of a study."""
    return isinstance(text, str) and bool(NAME.fullmatch(text)) and text not in TAKEN
