"""The data dictionary (tables.yaml) as typed objects, and everything that is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.study.documents import read_yaml

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

DICTIONARY_FILE = Path(__file__).with_name("tables.yaml")

# Table Schema type -> the dtype of the column in memory.
DTYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}
# Type of a declared covariate -> Table Schema type.
COVARIATE_TYPES = {"numeric": "number", "categorical": "string"}


@dataclass(frozen=True)
class Field:
    """One column of a canonical table.

    Attributes
    ----------
    name, type, description : str
        Name, Table Schema type (string, integer, number or boolean) and meaning.
    required : bool
        Whether every row needs a value.
    minimum, maximum : float or None
        Lowest and highest value allowed.
    enum : tuple of str
        The values allowed; empty where any is.
    private : bool
        Whether the column may never leave a results folder.
    """

    name: str
    type: str
    description: str
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    private: bool = False

    @property
    def dtype(self) -> str:
        """Pandas dtype of the column in memory."""
        return DTYPES[self.type]

    @property
    def is_day(self) -> bool:
        """Whether the column counts days."""
        return self.type == "integer" and (self.name == "day" or self.name.endswith("_day"))


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values must stand in another table's column."""

    column: str
    table: str
    target: str


@dataclass(frozen=True)
class Table:
    """One canonical table.

    Attributes
    ----------
    name, title : str
        Name and what one row is.
    fields : tuple of Field
        Columns in order.
    keys : tuple of tuple of str
        Column sets that no two rows may share; the primary key first where there is one.
    foreign_keys : tuple of ForeignKey
        References to other tables.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]

    def field(self, name: str) -> Field:
        """Return the column called `name`; KeyError if there is none."""
        return {one.name: one for one in self.fields}[name]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return tuple(one.name for one in self.fields)


def _field(raw: dict[str, Any]) -> Field:
    constraints = dict(raw.get("constraints", {}))
    return Field(
        name=raw["name"],
        type=raw["type"],
        description=raw["description"],
        required=constraints.pop("required", False),
        minimum=constraints.pop("minimum", None),
        maximum=constraints.pop("maximum", None),
        enum=tuple(constraints.pop("enum", ())),
        private=raw.get("x_private", False),
    )


def _table(raw: dict[str, Any]) -> Table:
    schema = raw["schema"]
    primary = [tuple(schema["primaryKey"])] if "primaryKey" in schema else []
    return Table(
        name=raw["name"],
        title=raw["title"],
        fields=tuple(_field(one) for one in schema["fields"]),
        keys=(*primary, *(tuple(one) for one in schema.get("uniqueKeys", ()))),
        foreign_keys=tuple(
            ForeignKey(
                one["fields"][0], one["reference"]["resource"], one["reference"]["fields"][0]
            )
            for one in schema.get("foreignKeys", ())
        ),
    )


@cache
def dictionary() -> Mapping[str, Table]:
    """Return the canonical tables by name, in the order of tables.yaml."""
    raw = read_yaml(DICTIONARY_FILE)
    return {one["name"]: _table(one) for one in raw["resources"]}


def extra_fields(covariates: Mapping[str, str]) -> tuple[Field, ...]:
    """Return the declared covariates that the episodes table does not have, as nullable columns.

    Parameters
    ----------
    covariates : mapping of str to str
        Column to "numeric" or "categorical".
    """
    known = dictionary()["episodes"].columns
    return tuple(
        Field(name, COVARIATE_TYPES[kind], "Covariate declared by the study.")
        for name, kind in covariates.items()
        if name not in known
    )


def pandera_schema(table: str, declared_extra_columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """Return the checks of one canonical table, derived from the dictionary.

    Parameters
    ----------
    table : str
        Name of the table.
    declared_extra_columns : mapping of str to str
        Further columns (declared covariates of `episodes`) to "numeric" or "categorical".

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Strict: exactly the dictionary's columns and the extra ones, each of its type. The names
        of the checks are ``enum``, ``minimum``, ``maximum``, and for the whole table ``key``
        (which says only whether a key is repeated; `repeated` says where).
    """
    import pandera.pandas as pa

    described = dictionary()[table]
    columns = {}
    for one in (*described.fields, *extra_fields(declared_extra_columns)):
        checks = []
        if one.enum:
            checks.append(pa.Check.isin(one.enum, error="enum"))
        if one.minimum is not None:
            checks.append(pa.Check.ge(one.minimum, error="minimum"))
        if one.maximum is not None:
            checks.append(pa.Check.le(one.maximum, error="maximum"))
        columns[one.name] = pa.Column(one.dtype, checks, nullable=not one.required)
    keys = [
        pa.Check(lambda frame, key=key: repeated(frame, key).empty, error="key")
        for key in described.keys
    ]
    return pa.DataFrameSchema(columns, checks=keys, name=table, strict=True)


def repeated(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.Index:
    """Return the index of the rows that share a whole key with another row.

    Parameters
    ----------
    frame : pandas.DataFrame
        A canonical table.
    key : tuple of str
        Columns that no two rows may share; rows in which one of them is missing are passed over.
    """
    whole = frame.dropna(subset=list(key))
    return whole.index[whole.duplicated(list(key), keep=False)]
