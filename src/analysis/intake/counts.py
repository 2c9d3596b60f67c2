"""What came in, what came out, and what was set aside and why: nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.study.problems import ROWS_SHOWN


@dataclass(frozen=True)
class SetAside:
    """Rows (or cells) of a source that did not become part of a table.

    Attributes
    ----------
    reason : str
        Why, in words without a value of the source.
    number : int
        How many.
    rows : tuple of int
        Row numbers of the first few.
    """

    reason: str
    number: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Counts:
    """The account of one source; it always balances.

    Attributes
    ----------
    unit : str
        What is counted: rows, marks, lines.
    found : int
        How many the source holds.
    used : int
        How many became part of a table.
    set_aside : tuple of SetAside
        The others, by reason.

    Raises
    ------
    ValueError
        If what was used and what was set aside is not what was found.
    """

    unit: str
    found: int
    used: int
    set_aside: tuple[SetAside, ...] = ()

    def __post_init__(self) -> None:
        if self.found != self.used + sum(one.number for one in self.set_aside):
            raise ValueError(f"The account of the {self.unit} does not balance.")

    def in_words(self) -> list[str]:
        """Return the account as sentences."""
        lines = [f"{self.found:,} {self.unit} found, {self.used:,} used."]
        for one in self.set_aside:
            lines.append(f"{one.number:,} set aside: {one.reason}.")
        return lines


def set_aside(reason: str, rows: Iterable[int]) -> tuple[SetAside, ...]:
    """Return what was set aside for one reason: nothing where there is no row."""
    listed = sorted(int(one) for one in rows)
    return (SetAside(reason, len(listed), tuple(listed[:ROWS_SHOWN])),) if listed else ()
