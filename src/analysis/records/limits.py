"""The plan's limits as records: what withholds an estimate, and on which days something is read.

The plan (``limits`` in ``config/claims.yaml``) is the only place where they have values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Group = TypeVar("Group")


def limits_of(kind: type[Group], entry: Mapping[str, Mapping[str, Any]]) -> Group:
    """Build one group of limits from its entry in the plan.

    Parameters
    ----------
    kind : type
        A dataclass without defaults, such as `confounding.Thresholds`.
    entry : mapping
        Each of its fields to ``value`` and ``source``; a list of values becomes a tuple.

    Raises
    ------
    TypeError
        If the entry lacks a field or has one that does not exist.
    """
    values = {name: one["value"] for name, one in entry.items()}
    return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in values.items()})
