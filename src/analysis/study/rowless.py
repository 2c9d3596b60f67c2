"""Rows are private: what holds them shows itself by its shape, in a line.

A dataclass's own representation would print participants' rows into a notebook, a log or the
message of an error.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import numpy as np
import pandas as pd

Kind = TypeVar("Kind")

LONGEST = 60


def rowless(kind: type[Kind]) -> type[Kind]:
    """Give a dataclass a representation that says how much it holds, never what."""

    def said(self: Kind) -> str:
        fields = [one for one in dataclasses.fields(self) if one.repr]  # type: ignore[arg-type]
        parts = [f"{one.name}={brief(getattr(self, one.name))}" for one in fields]
        return f"{type(self).__name__}({', '.join(parts)})"

    kind.__repr__ = said  # type: ignore[assignment,method-assign]
    return kind


def brief(value: Any) -> str:
    """Say a value's kind and size; numbers and short names are said as they are."""
    if isinstance(value, pd.DataFrame):
        return f"<table of {len(value)} rows>"
    if isinstance(value, pd.Series | pd.Index):
        return f"<{len(value)} values>"
    if isinstance(value, np.ndarray):
        return f"<array {'x'.join(map(str, value.shape))}>"
    if value is None or isinstance(value, bool | int | float | np.generic):
        return str(value)
    if isinstance(value, str) and len(value) <= LONGEST and "\n" not in value:
        return repr(value)
    if hasattr(value, "__len__") and not isinstance(value, str):
        return f"<{len(value)} items>"
    return f"<{type(value).__name__}>"
