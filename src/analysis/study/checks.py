"""Checks between columns and tables (checks.yaml): what stops a study, what is in doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from analysis.study import odd_columns, oddities
from analysis.study.dictionary import Field, dictionary, repeated
from analysis.study.documents import read_yaml
from analysis.study.draft import Draft

CHECKS_FILE = Path(__file__).with_name("checks.yaml")

# Places in an order, and answers, which are held against their instrument.
NOT_MEASURED = (
    ("episodes", "episode_number"),
    ("sessions", "sequence"),
    ("items", "item"),
    ("items", "value"),
)
MINUTES = {"sessions": ("scheduled_minutes", "minutes"), "attendance": ("minutes_attended",)}
# Held against the config and the registry.
NOT_WORDS = (("episodes", "arm"), ("assessments", "instrument"))

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Check:
    """One check as checks.yaml describes it; `columns` names a kind of columns (`columns_of`)."""

    name: str
    severity: Literal["stop", "doubt"]
    found: str
    remedy: str
    table: str = ""
    column: str = ""
    columns: str = ""
    rows: str = ""
    repeated: tuple[str, ...] = ()
    test: str = ""
    done: str = ""


@cache
def declared_checks() -> tuple[Check, ...]:
    """Return the checks in the order of checks.yaml."""
    entries = read_yaml(CHECKS_FILE)["checks"]
    return tuple(Check(**{**one, "repeated": tuple(one.get("repeated", ()))}) for one in entries)


def examine(drafts: Mapping[str, Draft], config: Mapping[str, Any]) -> None:
    """Run every check: stops become problems of the drafts, the others their doubts.

    Parameters
    ----------
    drafts : mapping of str to Draft
        The declared tables, typed; tables that could not be read are passed over.
    config : mapping
        The study's config.
    """
    frames = {name: one.frame for name, one in drafts.items() if one.frame is not None}
    for check in declared_checks():
        for table, column, rows in _found(check, drafts, frames, config):
            draft = drafts[table]
            if not len(rows):
                continue
            if check.severity == "stop":
                draft.report(column, rows, "what can be together", check.found, check.remedy)
            else:
                words = (check.found, check.done, check.remedy)
                draft.doubt(check.name, column, rows, *words)


def _found(
    check: Check, drafts: Mapping[str, Draft], frames: Frames, config: Mapping[str, Any]
) -> Iterator[tuple[str, str, pd.Index]]:
    """Yield table, column and rows of what one check finds."""
    if check.columns:
        test: Callable[..., pd.Index] = getattr(odd_columns, check.test)
        for table, frame in frames.items():
            for field in columns_of(check.columns, drafts[table]):
                yield table, field.name, test(frame[field.name], field, table, frames)
    elif check.table in frames:
        yield check.table, check.column, _rows(check, frames, config)


def _rows(check: Check, frames: Frames, config: Mapping[str, Any]) -> pd.Index:
    frame = frames[check.table]
    if check.repeated:
        return repeated(frame, check.repeated)
    if check.test:
        of_tables: Callable[..., pd.Index] = getattr(oddities, check.test)
        return of_tables(frames, config)
    return rows_where(check.rows, check.table, frames)


def columns_of(kind: str, draft: Draft) -> list[Field]:
    """Return the columns of a table that are of a kind.

    Kinds: ``days``; ``minutes``; ``keys`` (the table's own one-column keys); ``ids`` (ids but those
    keys); ``numbers`` (measured ones, not places in an order); ``words`` (free of an enum, and not
    looked up in another table).
    """
    table = dictionary()[draft.table]
    keys = {one[0] for one in table.keys if len(one) == 1}
    foreign = {one.column for one in table.foreign_keys}
    of_kind: dict[str, Callable[[Field], bool]] = {
        "days": lambda one: one.is_day,
        "minutes": lambda one: one.name in MINUTES.get(draft.table, ()),
        "keys": lambda one: one.name in keys,
        "ids": lambda one: one.name.endswith("_id") and one.name not in keys,
        "numbers": lambda one: (
            one.type in ("integer", "number") and (draft.table, one.name) not in NOT_MEASURED
        ),
        "words": lambda one: (
            one.type == "string"
            and not one.enum
            and one.name not in keys | foreign
            and (draft.table, one.name) not in NOT_WORDS
        ),
    }
    return [one for one in draft.fields if of_kind[kind](one)]


def rows_where(condition: str, table: str, frames: Frames) -> pd.Index:
    """Return the rows of a table for which a condition holds; what is unknown does not.

    Parameters
    ----------
    condition : str
        In the words of `pandas.DataFrame.eval`; ``sessions.minutes`` is the column of the row that
        the table's keys lead to.
    table : str
        Canonical table.
    frames : mapping of str to DataFrame
        Canonical tables. Where one that the condition needs is absent, no row is returned.
    """
    frame, named = frames[table], rf"\b({'|'.join(dictionary())})\.(\w+)"
    for parent, column in set(re.findall(named, condition)):
        values = looked_up(frames, table, parent, column)
        if values is None:
            return frame.index[:0]
        frame = frame.assign(**{f"{parent}__{column}": values})
    holds = pd.Series(frame.eval(re.sub(named, r"\1__\2", condition), engine="python"))
    return frame.index[holds.fillna(False).astype(bool).to_numpy()]


def looked_up(frames: Frames, table: str, parent: str, column: str) -> pd.Series | None:
    """Return a column of another table for each row, over as many keys as lead there."""
    if table == parent:
        return frames[table][column] if table in frames else None
    for key in dictionary()[table].foreign_keys:
        if key.table not in frames:
            continue
        values = looked_up(frames, key.table, parent, column)
        if values is not None:
            known = values.set_axis(frames[key.table][key.target])
            known = known[known.index.notna() & ~known.index.duplicated()]
            own = frames[table][key.column]
            return known.reindex(own).set_axis(own.index)
    return None
