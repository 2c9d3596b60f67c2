"""A canonical table while it is checked: its rows, its file's own names, its problems so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.study.dictionary import Field
from analysis.study.problems import Problem


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
    """

    table: str
    file: str
    fields: tuple[Field, ...]
    names: Mapping[str, str]
    frame: pd.DataFrame | None = None
    problems: list[Problem] = field(default_factory=list)

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

    def usable(self, column: str) -> bool:
        """Return whether the table was read and the column is there and may come in."""
        name = self.names.get(column, column)
        return self.frame is not None and all(
            one.rows or one.column != name for one in self.problems
        )
