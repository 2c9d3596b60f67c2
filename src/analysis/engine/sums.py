"""Sums by label and by pattern: the arithmetic that moments are made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.levels import shortened, sorted_codes, sweeps

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


def label_rows(columns: list[Any]) -> tuple[Codes, Codes]:
    """Code equal rows of several equally long columns alike.

    Returns
    -------
    codes : (N,) array
        Label of each row, from 0.
    first : (number of labels,) array
        One row of each label.
    """
    codes: Codes = np.zeros(len(columns[0]), dtype=np.intp)
    count = 1
    for column in columns:
        if not len(column) or (column == column[0]).all():
            continue
        part, levels = _coded(shortened(column))
        codes = codes * len(levels) + part
        count *= len(levels)
        if count > len(codes):
            codes, seen = sorted_codes(codes)
            count = len(seen)
    codes, seen = sorted_codes(codes)
    first = np.empty(len(seen), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


def _coded(column: NDArray[Any]) -> tuple[Codes, NDArray[Any]]:
    whole = column.dtype.kind in "iu"
    return sorted_codes(column) if whole else pd.factorize(column)


def segment_sum(values: Floats, codes: Codes, count: int) -> Floats:
    """Sum of rows by label, (count, ...); labels need not be sorted."""
    if values.ndim == 1:
        return np.asarray(np.bincount(codes, values, minlength=count), dtype=float)
    n = len(codes)
    sorted_already = n == 0 or bool((codes[1:] >= codes[:-1]).all())
    order = np.arange(n) if sorted_already else _stable_order(codes, count)
    ends = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=count))])
    adder = sparse.csr_array((np.ones(n), order, ends), shape=(count, n))
    width = math.prod(values.shape[1:])
    return np.asarray(adder @ values.reshape(n, width)).reshape(count, *values.shape[1:])


def _stable_order(codes: Codes, count: int) -> Codes:
    """Stable order of codes below `count`; NumPy sorts short integers by radix."""
    short = count <= np.iinfo(np.int16).max
    return np.argsort(codes.astype(np.int16) if short else codes, kind="stable")


def second_moments(
    vectors: Floats, index: Codes, count: int
) -> tuple[Codes, Floats, Codes, Floats]:
    """Sum of h h' by pattern where that is smaller than the h themselves, else the h.

    Parameters
    ----------
    vectors : (N, z, q) array
        One h a participant.
    index : (N,) array
        Pattern of each, below `count`.

    Returns
    -------
    outer_pattern, outer, loose_pattern, loose
        As in `Moments`.
    """
    width = vectors.shape[1] * vectors.shape[2]
    size = np.bincount(index, minlength=count)
    many = size > width
    order = _stable_order(index, count)
    flat = vectors.reshape(len(vectors), width)
    ends = np.cumsum(size)
    outer_pattern = np.flatnonzero(many)
    outer = np.zeros((len(outer_pattern), width, width))
    for at, pattern in enumerate(outer_pattern):
        mine = order[ends[pattern] - size[pattern] : ends[pattern]]
        for part in sweeps(len(mine)):
            rows = flat.take(mine[part], axis=0)
            outer[at] += rows.T @ rows
    rest = np.flatnonzero(~many[index])
    return outer_pattern, outer, index[rest], vectors[rest]
