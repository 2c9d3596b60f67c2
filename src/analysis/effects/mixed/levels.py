"""Factors as codes: participants, therapy groups, therapists and arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Codes = NDArray[np.intp]

GAPS = 4  # times more places than rows that whole numbers may span to be counted


@dataclass(frozen=True)
class Factor:
    """A factor as codes: ``codes[row]`` indexes `levels`; -1 where the factor does not act."""

    codes: Codes
    levels: Sequence[Any]

    def __len__(self) -> int:
        return len(self.levels)

    @cached_property
    def first(self) -> Codes:
        """The first row of every level, (levels,); each level must have one."""
        out = np.empty(len(self), dtype=np.intp)
        out[self.codes[::-1]] = np.arange(len(self.codes) - 1, -1, -1)
        return out

    def is_constant(self, column: NDArray[np.generic]) -> bool:
        """Whether a row array has one value a level."""
        return bool((column[self.first][self.codes] == column).all())


def code_factor(column: pd.Series, *, ordered: bool = False) -> Factor:
    """Code a column; levels in the order of appearance, or sorted.

    Whole numbers that leave few gaps are always sorted: their place is counted, not looked up.
    """
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high - low < GAPS * len(column):
            return _count_codes(column.to_numpy(), low)
    codes, levels = pd.factorize(column, sort=ordered)
    return Factor(codes.astype(np.intp, copy=False), tuple(levels.tolist()))


def _count_codes(values: NDArray[np.generic], low: int) -> Factor:
    places = (values - low).astype(np.intp, copy=False)
    seen = np.bincount(places) > 0
    if seen.all():
        return Factor(places, range(low, low + len(seen)))
    levels = low + np.flatnonzero(seen)
    return Factor((np.cumsum(seen) - 1)[places], tuple(levels.tolist()))
