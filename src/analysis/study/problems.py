"""Problems that a person can mend in a study's files, the one error that lists them, and doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby, islice
from typing import Literal

ROWS_SHOWN = 8
WORDS_LOOKED_AT = 50
RESTORE = "Export the file again and compare its size with the original's."


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one place, and what to do about it.

    No field ever holds a participant's value.

    Attributes
    ----------
    file : str
        The file as the study's config names it, or the config file itself.
    column : str
        The column in the user's own words, or a key of the config; empty for the whole file.
    rows : tuple of int
        Line numbers in the file, the header being line 1; empty where no single line is at fault.
    expected : str
        What belongs there.
    found : str
        The kind of thing that was found, such as "text where a whole number belongs".
    remedy : str
        What to do, as a sentence.
    """

    file: str
    column: str
    rows: tuple[int, ...]
    expected: str
    found: str
    remedy: str

    def where(self) -> str:
        """Return the place inside the file in words, such as ``column "day", rows 3, 7``."""
        parts = [f'"{self.column}"'] if self.column else []
        if self.rows:
            parts.append(rows_in_words(self.rows))
        return ", ".join(parts) or "the whole file"


@dataclass(frozen=True)
class Doubt:
    """Something odd in one column that was let in, or something that the study declared.

    Attributes
    ----------
    check : str
        Name of the check.
    severity : {"doubt", "declared"}
        ``declared``: done because the study's config says so.
    file, table, column : str
        Where; the column in the user's own words.
    rows : tuple of int
        Line numbers in the file.
    of : int
        Rows that were looked at.
    found, done, remedy : str
        In words, without any participant's value.
    """

    check: str
    severity: Literal["doubt", "declared"]
    file: str
    table: str
    column: str
    rows: tuple[int, ...]
    of: int
    found: str
    done: str
    remedy: str


def rows_in_words(rows: tuple[int, ...]) -> str:
    """Return line numbers as text, abbreviated after `ROWS_SHOWN`, with their number."""
    shown = ", ".join(str(one) for one in rows[:ROWS_SHOWN])
    if len(rows) == 1:
        return f"row {shown}"
    if len(rows) <= ROWS_SHOWN:
        return f"rows {shown}"
    return f"rows {shown}, … ({len(rows)} rows in all)"


def nearest(word: object, known: Iterable[object]) -> str:
    """Return a hint at the known word that is most like `word`, or an empty text.

    A key of a file may be a number or nothing: it is compared as it is printed.
    """
    close = get_close_matches(str(word), [str(one) for one in known], n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"? ' if close else ""


class StudyWarning(UserWarning):
    """Something odd in a study that was let in; its text holds no participant's value."""


def shared_hint(words: Iterable[str], known: Iterable[str]) -> str:
    """Return the hint of `nearest` where different words all have the same, else an empty text.

    Only the first few words are looked at: a column may hold a million of them.
    """
    listed = list(known)
    hints = {nearest(one, listed) for one in islice(words, WORDS_LOOKED_AT)} - {""}
    return hints.pop() if len(hints) == 1 else ""


class StudyError(Exception):
    """A study cannot be read as it stands; `report` says everything that has to be mended.

    Parameters
    ----------
    problems : iterable of Problem
        At least one; repeated ones are dropped and the rest ordered by file.

    Raises
    ------
    ValueError
        If there is no problem.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = tuple(dict.fromkeys(problems))
        if not unique:
            raise ValueError("A StudyError needs at least one problem.")
        self.problems = tuple(sorted(unique, key=lambda one: one.file))
        super().__init__(self.report())

    def report(self) -> str:
        """Return one text that lists every problem, grouped by file."""
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = [f"The study cannot be read: {count} {noun}."]
        for file, group in groupby(self.problems, key=lambda one: one.file):
            lines += ["", file]
            for one in group:
                lines.append(f"  - {one.where()}")
                lines.append(f"      expected: {one.expected}")
                lines.append(f"      found:    {one.found}")
                lines.append(f"      do:       {one.remedy}")
        return "\n".join(lines)


class Busy(Exception):
    """Another process works on the study; the text says which, and since when."""


def unreadable(
    file: str,
    expected: str,
    found: str,
    remedy: str,
    rows: tuple[int, ...] = (),
    column: str = "",
) -> StudyError:
    """Return the error of one problem that keeps a file from being read any further."""
    return StudyError([Problem(file, column, rows, expected, found, remedy)])
