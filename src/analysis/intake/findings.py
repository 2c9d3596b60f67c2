"""What is wrong with a map or with the files that it names, gathered into one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from analysis.study.problems import Problem


@dataclass
class Findings:
    """Problems as they are met; no field holds a value of a file.

    Attributes
    ----------
    problems : list of Problem
        What keeps the tables from being made.
    notes : list of str
        What was done, or is merely worth knowing: counts and names of columns.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(
        self,
        file: str,
        column: str,
        expected: str,
        found: str,
        remedy: str,
        rows: Iterable[int] | pd.Index = (),
    ) -> None:
        """Add one problem."""
        lines = tuple(sorted({int(one) for one in rows}))
        self.problems.append(Problem(file, column, lines, expected, found, remedy))
