"""A canonical table while it is checked: its rows, its file's own names, problems and doubts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from analysis.study.dictionary import Field
from analysis.study.problems import Doubt, Problem


@dataclass
class Draft:
    """A table being read.

    Attributes
    ----------
    table : str
        Canonical table.
    file : str
        Path as the config gives it.
    fields : tuple of Field
        The columns that the table shall have.
    names : mapping of str to str
        Canonical column to the user's column.
    frame : pandas.DataFrame or None
        Canonical columns, indexed by the file's line numbers; None if the file cannot be read.
    problems : list of Problem
        What was found so far.
    doubts : list of Doubt
        What is merely odd, and what the study's config had done.
    """

    table: str
    file: str
    fields: tuple[Field, ...]
    names: Mapping[str, str]
    frame: pd.DataFrame | None = None
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def report(
        self, column: str, rows: pd.Index | tuple[int, ...], expected: str, found: str, remedy: str
    ) -> None:
        """Add a problem of a canonical column, unless its rows are known to be at fault already.

        `rows` empty means the whole column; `column` empty means the whole file.
        """
        name = self.names.get(column, column)
        earlier = [one for one in self.problems if one.column == name]
        if any(not one.rows for one in earlier):
            return
        known = {row for one in earlier for row in one.rows}
        left = tuple(sorted({int(row) for row in rows} - known))
        if left or not len(rows):
            self.problems.append(Problem(self.file, name, left, expected, found, remedy))

    def doubt(
        self, check: str, column: str, rows: pd.Index, found: str, done: str, remedy: str
    ) -> None:
        """Add a doubt about rows of a canonical column; one without a remedy was declared."""
        assert self.frame is not None
        severity: Literal["doubt", "declared"] = "doubt" if remedy else "declared"
        lines, name = tuple(int(one) for one in rows), self.names.get(column, column)
        words = (found, done, remedy)
        self.doubts.append(
            Doubt(check, severity, self.file, self.table, name, lines, len(self.frame), *words)
        )

    def usable(self, column: str) -> bool:
        """Return whether the table was read and the column is there and may come in."""
        name = self.names.get(column, column)
        return self.frame is not None and all(
            one.rows or one.column != name for one in self.problems
        )
