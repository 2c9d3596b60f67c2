"""Moments laid out so that a weight a pattern (and its derivatives) is one matrix product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.effects.mixed.moments import Moments

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]
CHUNK = 4096  # single h a sweep
DENSE = 4  # times more numbers that a dense array may hold than a sparse one


@dataclass(frozen=True)
class Outer:
    """Second moments sum h h' of several kinds, ready to be weighted by a z × z matrix each."""

    dense_kind: Codes
    dense: Floats  # (z, z, J, q q)
    loose_kind: Codes
    loose: Floats  # (z, M, q)

    @classmethod
    def of(cls, dense_kind: Codes, dense: Floats, loose_kind: Codes, loose: Floats) -> Outer:
        """Lay out second moments (J, z q, z q) and single h (M, z, q), by kind."""
        _, z, q = loose.shape
        cube = dense.reshape(len(dense), z, q, z, q).transpose(1, 3, 0, 2, 4)
        flat = np.ascontiguousarray(cube).reshape(z, z, len(dense), q * q)
        return cls(dense_kind, flat, loose_kind, np.ascontiguousarray(loose.transpose(1, 0, 2)))

    def weigh(self, weights: Floats) -> Floats:
        """Sum over kinds and (a, b) of weights[..., a, b, kind] h_a h_b'; (..., q, q)."""
        z, _, q = self.loose.shape
        lead = weights.shape[:-3]
        kinds = weights.shape[-1]
        flat = weights.reshape(math.prod(lead), z, z, kinds)
        dense = flat[..., self.dense_kind].reshape(len(flat), z * z * len(self.dense_kind))
        out = dense @ self.dense.reshape(-1, q * q)
        for begin in range(0, len(self.loose_kind), CHUNK):
            part = slice(begin, begin + CHUNK)
            kind = self.loose_kind[part]
            for a, b in product(range(z), range(z)):
                pair = self.loose[a, part][:, :, None] * self.loose[b, part][:, None, :]
                out += flat[:, a, b][:, kind] @ pair.reshape(len(kind), q * q)
        return out.reshape(*lead, q, q)


@dataclass(frozen=True)
class Members:
    """Sums [z h, z² Z'Z] of groups by pattern, ready to be added up with a weight a pattern.

    Where most groups have members of most patterns a dense array is faster; else a sparse one.
    """

    groups: int
    pattern: Codes  # patterns that occur, (J,), or of every entry, (E,)
    values: Floats  # (J z, groups (q + z)) or (E z, q + z)
    pointer: Codes | None  # first column of every group's entries, (groups + 1,)
    z: int

    @classmethod
    def of(cls, m: Moments, entries: Codes) -> Members:
        """Lay out some entries of the moments, whole groups at a time."""
        z = m.entry_gram.shape[-1]
        stacked = np.concatenate([m.entry_sum[entries], m.entry_gram[entries]], axis=-1)
        groups, code = np.unique(m.entry_group[entries], return_inverse=True)
        kinds, kind = np.unique(m.entry_pattern[entries], return_inverse=True)
        if len(kinds) * len(groups) <= DENSE * len(entries):
            dense = np.zeros((len(kinds), z, len(groups), stacked.shape[-1]))
            dense[kind, :, code] = stacked
            return cls(len(groups), kinds, dense.reshape(len(kinds) * z, -1), None, z)
        pointer = np.searchsorted(code, np.arange(len(groups) + 1)) * z
        flat = stacked.reshape(len(entries) * z, -1)
        return cls(len(groups), m.entry_pattern[entries], flat, pointer, z)

    def sums(self, front: Floats) -> Floats:
        """Weighted sums over a group's patterns: (..., effects, groups, q + z)."""
        lead = front.shape[:-2]
        weight = front[..., self.pattern].swapaxes(-1, -2).reshape(math.prod(lead), -1)
        if self.pointer is None:
            return (weight @ self.values).reshape(*lead, self.groups, -1)
        width, copies = weight.shape[1], len(weight)
        begin = self.pointer[:-1] + width * np.arange(copies)[:, None]
        pointer = np.append(begin.ravel(), copies * width)
        index = np.tile(np.arange(width), copies)
        shape = (copies * self.groups, width)
        out = sparse.csr_array((weight.ravel(), index, pointer), shape=shape) @ self.values
        return out.reshape(*lead, self.groups, -1)
