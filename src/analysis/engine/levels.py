"""Factors as codes: participants, therapy groups, therapists and arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.study.rowless import rowless

Codes = NDArray[np.intp]

GAPS = 4  # times more places than rows that whole numbers may span to be counted
SWEEP = 8192  # rows or participants whose numbers fit in the processor's cache


@rowless
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
        rows = len(self.codes)
        kind = np.min_scalar_type(-max(rows, 1))  # a smaller table is faster
        out = np.empty(len(self), dtype=kind)
        out[self.codes[::-1]] = np.arange(rows - 1, -1, -1, dtype=kind)
        return out.astype(np.intp, copy=False)

    def is_constant(self, column: NDArray[np.generic]) -> bool:
        """Whether a row array has one value a level."""
        short = shortened(column)
        one = short[self.first]
        return all((one[self.codes[at]] == short[at]).all() for at in sweeps(len(short)))


def sweeps(count: int) -> list[slice]:
    """Cut rows or participants into sweeps, so that no step leaves an array as long as all."""
    return [slice(begin, begin + SWEEP) for begin in range(0, count, SWEEP)]


def shortened(column: NDArray[np.generic]) -> NDArray[np.generic]:
    """Numbers as single bytes where none is changed: a table of them stays in the cache."""
    if column.dtype.kind not in "iuf" or not len(column):
        return column
    if not -128 <= column.min() <= column.max() <= 127:
        return column
    short = column.astype(np.int8)
    return short if (short == column).all() else column


def code_factor(column: pd.Series, *, ordered: bool = False) -> Factor:
    """Code a column; levels in the order of appearance, or sorted.

    Whole numbers that leave few gaps are always sorted: their place is counted, not looked up.
    """
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        counted = count_codes(column.to_numpy())
        if counted is not None:
            codes, known = counted
            low, high = int(known[0]), int(known[-1])
            dense = high - low < len(known)
            return Factor(codes, range(low, high + 1) if dense else tuple(known.tolist()))
    codes, levels = pd.factorize(column, sort=ordered)
    return Factor(codes.astype(np.intp, copy=False), tuple(levels.tolist()))


def count_codes(values: NDArray[np.integer]) -> tuple[Codes, Codes] | None:
    """Code whole numbers by counting the places up to each: faster than to sort or look them up.

    Returns
    -------
    codes, levels : (N,), (number of levels,) arrays
        ``levels[codes]`` are the values; levels are sorted.
    None
        Where the values leave too many gaps, or there are none.
    """
    if not len(values):
        return None
    low, high = int(values.min()), int(values.max())
    if high - low >= GAPS * len(values):
        return None
    places = np.subtract(values, values.min(), dtype=np.intp, casting="unsafe")
    seen = np.zeros(high - low + 1, dtype=bool)
    seen[places] = True
    levels = np.flatnonzero(seen).astype(values.dtype) + values.min()
    return (places if seen.all() else (np.cumsum(seen) - 1)[places]), levels


def sorted_codes(values: NDArray[np.integer]) -> tuple[Codes, Codes]:
    """Code whole numbers by their sorted levels, as `count_codes`, whatever their gaps."""
    counted = count_codes(values)
    if counted is not None:
        return counted
    levels, codes = np.unique(values, return_inverse=True)
    return codes, levels
