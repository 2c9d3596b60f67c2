"""Which numbers of the public tables are counts of people, and how they add up (counted.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.disclosure.audit import Sum, feasible
from analysis.disclosure.profile import Profile
from analysis.disclosure.suppress import as_read
from analysis.study.documents import read_yaml

if TYPE_CHECKING:
    import pandas as pd

FILE = Path(__file__).with_suffix(".yaml")
PERSONS = frozenset({"people", "episodes", "members"})
REST, LESS = "rest", " less "


@dataclass(frozen=True)
class Exposed:
    """Small counts of one column of a public table, while nothing protects them.

    Attributes
    ----------
    table, column, unit : str
    small : int
        Cells that the profile would hide.
    of : int
        Cells of the column.
    returned : int
        Of the small ones, those that the rest of the table gives back exactly if only small cells
        are hidden.
    """

    table: str
    column: str
    unit: str
    small: int
    of: int
    returned: int


@cache
def declared() -> Mapping[str, Mapping[str, Any]]:
    """Return the declaration of every public table that holds counts."""
    found: Mapping[str, Mapping[str, Any]] = read_yaml(FILE)
    return found


def cells_of(name: str, table: pd.DataFrame) -> tuple[dict[str, int], list[Sum]]:
    """Return a table's counts of persons by name, ``table.column[row]``, and the sums between them.

    What is left over of a sum is a cell too: nobody prints it, and everybody can work it out.

    Parameters
    ----------
    name : str
        The public table.
    table : DataFrame
        As it is published; rows are named by their place.

    Raises
    ------
    ValueError
        If a declared sum does not hold.
    """
    rules = declared().get(name, {})
    frame = table.reset_index(drop=True)
    cells = {
        f"{name}.{column}[{row}]": int(value)
        for column, unit in rules.get("counts", {}).items()
        if unit in PERSONS
        for row, value in frame[column].dropna().items()
    }
    between = _sums_between_rows(name, rules, frame)
    sums = _row_sums(name, rules, frame, cells)
    sums += [one for one in between if cells.keys() >= {one.total, *one.parts}]
    for one in sums:
        if cells[one.total] != sum(cells[part] for part in one.parts):
            raise ValueError(f"{one.total} is not the sum that counted.yaml says")
    return cells, sums


def _row_sums(
    name: str, rules: Mapping[str, Any], frame: pd.DataFrame, cells: dict[str, int]
) -> list[Sum]:
    sums = []
    for rule in rules.get("rows", ()):
        for row in _only(rule, frame).index:
            total = f"{name}.{rule['total']}[{row}]"
            parts = [f"{name}.{one}[{row}]" for one in rule["parts"] if one != REST]
            if total not in cells or not cells.keys() >= set(parts):
                continue
            if REST in rule["parts"]:
                rest = f"{total}{LESS}{', '.join(rule['parts'][:-1])}"
                cells[rest] = cells[total] - sum(cells[one] for one in parts)
                parts.append(rest)
            sums.append(Sum(total, tuple(parts)))
    return sums


def _sums_between_rows(name: str, rules: Mapping[str, Any], frame: pd.DataFrame) -> Iterator[Sum]:
    for rule in rules.get("over", ()):
        for rows in _alike(rules, _only(rule, frame), rule["column"]):
            first, *others = (f"{name}.{rule['total']}[{row}]" for row in rows)
            yield Sum(first, tuple(f"{name}.{rule['count']}[{row}]" for row in rows))
            yield from (Sum(one, (first,)) for one in others)
    for rule in rules.get("whole", ()):
        for rows in _alike(rules, frame, rule["column"]):
            totals = [row for row in rows if frame.at[row, rule["column"]] == rule["value"]]
            parts = [row for row in rows if row not in totals]
            for count in rule["counts"] if len(totals) == 1 and parts else ():
                total = f"{name}.{count}[{totals[0]}]"
                yield Sum(total, tuple(f"{name}.{count}[{row}]" for row in parts))
    if "chain" in rules:
        rule = rules["chain"]
        for rows in _alike(rules, frame, rule["column"]):
            for one, following in pairwise(rows):
                yield Sum(
                    f"{name}.{rule['total']}[{one}]", (f"{name}.{rule['part']}[{following}]",)
                )


def _only(rule: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    for column, values in rule.get("only", {}).items():
        frame = frame[frame[column].isin(values)]
    return frame


def _alike(rules: Mapping[str, Any], frame: pd.DataFrame, column: str) -> list[list[int]]:
    """Return the rows that differ in one column and in counts and what hangs on them only."""
    counts = {one for one, unit in rules["counts"].items() if unit != "order"}
    measured = {column, *counts, *rules.get("beside", {}), "data_origin", "label", "kind"}
    keys = [one for one in frame.columns if one not in measured]
    groups = frame.groupby(keys, dropna=False, sort=False).groups if keys else {"": frame.index}
    return [[int(row) for row in rows] for rows in groups.values() if len(rows)]


def is_implied(cell: str) -> bool:
    """Return whether a cell is left over of a sum, so that nobody prints it."""
    return LESS in cell


def exposed(name: str, table: pd.DataFrame, profile: Profile) -> list[Exposed]:
    """Count the cells of a public table that a profile would hide, and those that would come back.

    Returns
    -------
    list of Exposed
        One for each column that counts persons and has a small cell.
    """
    cells, sums = cells_of(name, table)
    small = {one for one, count in cells.items() if profile.hides(count)}
    printed = {one for one in small if not is_implied(one)}
    if not printed:
        return []
    release = as_read(cells, sums, small, profile, max(cells.values()) + profile.base)
    ends = feasible(release, sorted(printed)) if sums else {}
    found = []
    for column, unit in declared()[name]["counts"].items():
        prefix = f"{name}.{column}["
        own = [one for one in printed if one.startswith(prefix)]
        if own:
            back = sum(ends[one][0] == ends[one][1] for one in own if one in ends)
            of = sum(one.startswith(prefix) and not is_implied(one) for one in cells)
            found.append(Exposed(name, column, unit, len(own), of, back))
    return found
