"""Covariates that a study declares: names that no model can mistake, and what may not be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.study import column_names
from analysis.study.dictionary import dictionary
from analysis.study.identifiers import listed

PREFIX = "covariate_"
# What says what is compared, or how treatment ended.
NEVER = (
    *("arm", "observed_until_day"),
    *("discharge_day", "discharge_reason", "discharge_level"),
)


# Ids of units that are large enough to be compared with each other.
UNITS = frozenset({"site", "program", "programme", "track", "region", "country", "clinic"})
_ID = frozenset(["id", "ids", "identifier", "pseudonym", "uuid", "guid"])
_CODE = frozenset(["key", "hash", "code", "number", "no", "num", "nr"])


def is_id(column: str) -> bool:
    """Return whether a column's name says that it tells people, staff or groups apart.

    Ids of sites and other large units may be covariates.
    """
    words = set(column_names.split(column))
    if column_names.kind_of(column):
        return True
    if words & UNITS and not words & listed("told_apart"):
        return False
    return bool(words & _ID) or bool(words & _CODE and words & listed("told_apart"))


def safely_named(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a study's config with names of covariates that analyses can hold.

    A column of the user's may be called ``baseline``, ``prior tx`` or ``C``. Columns that the
    dictionary does not know are therefore read as ``covariate_...``: the user's own name stays
    under ``columns``, where names of files are translated. A config that was translated before
    comes back as it is.

    Parameters
    ----------
    config : mapping
        The study's config, found sound by `config.check_config`.
    """
    if not config.get("covariates"):
        return dict(config)
    known = dictionary()["episodes"].columns
    columns, codes = (dict(config.get(one, {})) for one in ("columns", "missing_codes"))
    renamed, coded = (dict(one.get("episodes", {})) for one in (columns, codes))
    covariates, taken = [], set()
    for place, one in enumerate(config["covariates"], start=1):
        column, name = one["column"], one["column"]
        if column not in known and not re.fullmatch(f"{PREFIX}[a-z0-9_]+", column):
            plain = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
            name = f"{PREFIX}{plain or place}"
            name = f"{name}_{place}" if name in taken else name
            renamed[name] = renamed.pop(column, column)
            if column in coded:
                coded[name] = coded.pop(column)
        taken.add(name)
        covariates.append({**one, "column": name})
    changed: dict[str, Any] = {"covariates": covariates}
    if renamed:
        changed["columns"] = {**columns, "episodes": renamed}
    if coded:
        changed["missing_codes"] = {**codes, "episodes": coded}
    return {**config, **changed}


def unfit_covariates(config: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield covariates that cannot be adjusted for: key, expected, found and remedy."""
    episodes = dictionary()["episodes"]
    files = config.get("columns", {}).get("episodes", {})
    for one in config.get("covariates", ()):
        column, key = one["column"], f"covariates.{one['column']}"
        if is_id(column) or is_id(files.get(column, "")):
            found = "a column that tells people, staff or groups apart"
            yield key, "a column whose levels hold many people", found, "Take the entry out."
            continue
        if column in NEVER:
            found = "a column that says which arm, or how treatment ended"
            yield key, "a column known at or before intake", found, "Take the entry out."
            continue
        worded = column in episodes.columns and episodes.field(column).type == "string"
        if worded and one["type"] == "numeric":
            found, remedy = "a column that holds words", "Declare it categorical."
            yield key, "a numeric column", found, remedy
