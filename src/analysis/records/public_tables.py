"""The schema of every public table: what writes it, what a row is, and each column's type.

`public_tables.json` names a table once. From it come the lists that the rules take, the check
before a table is published, the types by which it is read, the data dictionary
(`results/README.md`) and the descriptor beside the tables (``public/datapackage.json``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = Path(__file__).with_suffix(".json")
ORIGIN = {
    "name": "data_origin",
    "type": "string",
    "description": "real, synthetic, or published (of the literature)",
}


class TableError(ValueError):
    """A table that is to be published is not as the schema says."""


@dataclass(frozen=True)
class Table:
    """A public table: its name, the step that makes it, what a row is, and its columns.

    Attributes
    ----------
    fields : tuple of mapping
        ``name``, ``type`` (string, number, integer or boolean) and ``description`` of each column,
        in order; the last column of every file, ``data_origin``, is `ORIGIN`.
    """

    name: str
    description: str
    step: str
    fields: tuple[Mapping[str, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of its columns, but for ``data_origin``."""
        return tuple(one["name"] for one in self.fields)

    @property
    def text(self) -> tuple[str, ...]:
        """Return the names of its columns of words, ``data_origin`` too."""
        return tuple(one["name"] for one in (*self.fields, ORIGIN) if one["type"] == "string")


@cache
def public_tables() -> dict[str, Table]:
    """Return every public table by name, in the order of the data dictionary.

    >>> public_tables()["flow"].columns
    ('step', 'label', 'kind', 'arm', 'before', 'excluded', 'after')
    """
    content = json.loads(SCHEMA.read_text(encoding="utf-8"))["tables"]
    return {
        one["name"]: Table(
            one["name"], one["description"], one["step"], tuple(map(dict, one["fields"]))
        )
        for one in content
    }


def tables_of(step: str) -> tuple[str, ...]:
    """Return the names of the tables that a step makes.

    >>> tables_of("fit_effects")
    ('balance',)
    """
    return tuple(name for name, one in public_tables().items() if one.step == step)


def in_schema(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Hold a table that is to be published against the schema; one without rows takes its columns.

    Raises
    ------
    TableError
        If the schema has no such table, or other columns, or another order.
    """
    if name not in public_tables():
        raise TableError(f"{SCHEMA.name} has no table '{name}'")
    wanted = public_tables()[name].columns
    if frame.empty:
        return frame.reindex(columns=list(wanted))
    found = tuple(str(one) for one in frame.columns if one != ORIGIN["name"])
    if found != wanted:
        raise TableError(
            f"table '{name}' has the columns {', '.join(found)}; "
            f"{SCHEMA.name} says {', '.join(wanted)}"
        )
    return frame


def datapackage(study: str, title: str, names: Iterable[str]) -> dict[str, Any]:
    """Describe a study's tables as a Data Package (datapackage.org, version 1).

    Parameters
    ----------
    study, title : str
    names : iterable of str
        Tables that are published.
    """
    tables = [public_tables()[name] for name in names]
    return {
        "name": study.lower(),
        "title": title,
        "profile": "tabular-data-package",
        "resources": [
            {
                "name": one.name,
                "path": f"tables/{one.name}.csv",
                "profile": "tabular-data-resource",
                "description": one.description,
                "encoding": "utf-8",
                "format": "csv",
                "mediatype": "text/csv",
                "schema": {"fields": [*one.fields, ORIGIN], "missingValues": [""]},
            }
            for one in tables
        ],
    }


def dictionary_page() -> str:
    """Write the data dictionary of the public tables, in Markdown."""
    parts = []
    for one in public_tables().values():
        rows = [f"| `{f['name']}` | {f['type']} | {f['description']} |" for f in one.fields]
        head = f"### `tables/{one.name}.csv`\n\n{one.description} Made by `{one.step}`.\n"
        parts.append("\n".join([head, "| column | type | what |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)
