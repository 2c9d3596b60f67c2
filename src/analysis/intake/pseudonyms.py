"""Keyed pseudonyms: the same for a person next month; whose they are, nobody says without the key.

HMAC with SHA-256 (RFC 2104, doi 10.17487/RFC2104). The key is made once and stays in the user's
own folder, beside the files that it protects.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.intake.dates import each
from analysis.study.problems import Problem, StudyError

KEY = "pseudonyms.key"
LETTERS = 15  # of a pseudonym: 60 bits, so that no two of a million people share one
_KEEP = (
    "Keep a copy in a safe place: without it the same people get other pseudonyms. "
    "Never send it along with data."
)


class Pseudonyms:
    """What a key makes of identifiers.

    Parameters
    ----------
    key : bytes
        At least 32 random bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Pseudonyms(<key>)"

    def of(self, kind: str, value: str) -> str:
        """Return the pseudonym of one identifier, such as ``e0f3…`` of an episode.

        The digit behind the first letter keeps the letters from spelling a given name, such as
        ``ted`` before digits alone, which the gate would refuse.
        """
        digest = self._digest(f"{kind}\0{normal(value)}")
        return f"{kind[0]}0{digest[:LETTERS]}"

    def column(self, kind: str, values: pd.Series) -> pd.Series:
        """Return the pseudonyms of a column; missing stays missing."""
        made = each(values, lambda one: self.of(kind, one))
        return pd.Series(made, index=values.index, dtype="string")

    @property
    def origin(self) -> np.datetime64:
        """The day from which study days count: some day of 2004 to 2012 that the key alone knows.

        So late that no study day is as large as a day counted from 1970, which the gate refuses.
        """
        days = int(self._digest("origin of study days"), 16) % 3_000
        return np.datetime64(date(2004, 1, 1) + timedelta(days))

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()


def normal(value: str) -> str:
    """Return an identifier as all files write it: 01049, 1049 and 1049.0 are one."""
    text = " ".join(value.split()).casefold()
    if number := re.fullmatch(r"0*(\d+)(?:\.0+)?", text):
        return number[1]
    return text


def open_key(folder: Path, project: Path) -> tuple[Pseudonyms, bool]:
    """Return the pseudonyms of a folder's key, and whether the key was made just now.

    Parameters
    ----------
    folder : Path
        The user's own folder; outside the project.
    project : Path
        The project's folder.

    Raises
    ------
    StudyError
        If the folder lies in the project, cannot be written, or its key is not one that was made
        here, or others may read it.
    """
    path = folder / KEY
    if folder.resolve().is_relative_to(project.resolve()):
        raise _refused(
            path, "a folder outside the project", "a folder inside it", "Move the files."
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Pseudonyms(_read(path)), False
    except OSError:
        remedy = "Copy your files to a folder of your own: the key of the pseudonyms stays there."
        raise _refused(path, "a folder in which a file can be made", "none", remedy) from None
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return Pseudonyms(key), True


def _read(path: Path) -> bytes:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise _refused(path, "a plain file", "something else", "Put the key itself there.")
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        remedy = f"Take the rights of others away: chmod 600 {KEY}."
        raise _refused(path, "a key that its owner alone may read", "wider rights", remedy)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        remedy = f"Put the key back from its copy. {_KEEP}"
        raise _refused(path, "the key as it was made", "another text, or a part of it", remedy)
    return key


def _refused(path: Path, expected: str, found: str, remedy: str) -> StudyError:
    return StudyError([Problem(path.name, "", (), expected, found, remedy)])
