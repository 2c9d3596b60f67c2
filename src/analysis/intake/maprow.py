"""One row of a map, and the small language of its cells: parts with ; between them, left=right."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.intake.words import RULES


@dataclass(frozen=True)
class MapRow:
    """One row of a map.

    Attributes
    ----------
    line : int
        Row of the sheet.
    table, column : str
        What it fills; `column` is "*" for a rule that fills a whole table.
    source : str
        ``file`` or ``file#sheet``.
    given : str
        The cell `from`: columns of the source, with ; between them, or ``first to last``.
    rule : str
        A word of `words.RULES`.
    detail : dict of str to str
        ``left=right``, with ; between them; words without "=" have an empty right side.
    note : str
        Anything; of ``impossible`` the reason.
    """

    line: int
    table: str
    column: str
    source: str
    given: str
    rule: str
    detail: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def codes(self) -> dict[str, str]:
        """What stands left of "=" and is no word of the rule, with what stands right of it."""
        keys = RULES[self.rule].keys
        return {
            left: right
            for left, right in self.detail.items()
            if right and left not in keys and not _of_wave(left, keys)
        }

    @property
    def words(self) -> list[str]:
        """The parts of the detail without "="."""
        return [left for left, right in self.detail.items() if not right]

    def columns(self, names: Iterable[str]) -> list[str]:
        """Return the columns that `from` names, in the source's order where a range is given.

        Raises
        ------
        KeyError
            With the first one that the source does not have.
        """
        known = list(names)
        if not self.given:
            return []
        if self.given in known:
            return [self.given]
        return [one for part in split(self.given) for one in _range(part, known)]


def split(text: str) -> list[str]:
    """Return the parts of a cell between semicolons or line breaks; quotes hold one together."""
    parts = csv.reader(text.splitlines(), delimiter=";", skipinitialspace=True)
    return [one.strip() for row in parts for one in row if one.strip()]


def pairs(text: str) -> dict[str, str]:
    """Return the parts of a detail cell: what stands left of the first "=" to what stands right."""
    found = {}
    for one in split(text):
        left, _, right = one.partition("=")
        found[left.strip()] = right.strip()
    return found


def _of_wave(left: str, keys: tuple[str, ...]) -> bool:
    return "instrument" in keys and (left.startswith("wave ") or left.endswith((" day", " date")))


def _range(part: str, known: list[str]) -> list[str]:
    first, to, last = part.rpartition(" to ") if " to " in part else part.rpartition(" TO ")
    if part in known or not to:
        if part not in known:
            raise KeyError(part)
        return [part]
    for one in (first.strip(), last.strip()):
        if one not in known:
            raise KeyError(one)
    return known[known.index(first.strip()) : known.index(last.strip()) + 1]
