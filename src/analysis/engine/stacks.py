"""Moments laid out so that a weight a pattern (and its derivatives) is one matrix product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.moments import Moments
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]
CHUNK = 4096  # single h a sweep
DENSE = 8  # times more numbers that a dense array may hold than a sparse one


@rowless
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


@rowless
@dataclass(frozen=True)
class Members:
    """Sums of z h and z² Z'Z of groups by pattern, ready to be added up with a weight a pattern.

    Where most groups have members of most patterns a dense array is faster; else a sparse one.

    Attributes
    ----------
    groups : int
        Number of groups C.
    pattern : (J,) or (E,) array
        Patterns that occur, or the pattern of every entry.
    h, gram : (J z, q C) and (J z, g C), or (E z, q) and (E z, g) arrays
        The sums; of Z'Z the columns of the groups' g effects.
    pointer : (C + 1,) array or None
        First row of every group's entries; None if dense.
    """

    groups: int
    pattern: Codes
    h: Floats
    gram: Floats
    pointer: Codes | None

    @classmethod
    def of(cls, m: Moments, entries: Codes, effects: int) -> Members:
        """Lay out some entries of the moments, whole groups at a time, for g effects of groups."""
        z = m.entry_gram.shape[-1]
        h, gram = m.entry_sum[entries], m.entry_gram[entries, :, :effects]
        groups, code = np.unique(m.entry_group[entries], return_inverse=True)
        kinds, kind = np.unique(m.entry_pattern[entries], return_inverse=True)
        if len(kinds) * len(groups) > DENSE * len(entries):
            pointer = np.searchsorted(code, np.arange(len(groups) + 1)) * z
            rows = len(entries) * z
            flat = h.reshape(rows, -1), gram.reshape(rows, -1)
            return cls(len(groups), m.entry_pattern[entries], *flat, pointer)

        def dense(part: Floats) -> Floats:
            whole = np.zeros((len(kinds), z, part.shape[-1], len(groups)))
            whole[kind, :, :, code] = part
            return whole.reshape(len(kinds) * z, -1)

        return cls(len(groups), kinds, dense(h), dense(gram), None)

    def sums(self, front: Floats) -> Floats:
        """R = sum of F h over each group's members, (g, ..., q, C), from F (..., g, z, K)."""
        return self._weigh(front, self.h)

    def grams(self, front: Floats) -> Floats:
        """M = sum of F Z'Z, (..., g, g, C), from F (..., g, z, K)."""
        return np.moveaxis(self._weigh(front, self.gram), 0, -3)

    def products(self, front: Floats, u: Floats) -> Floats:
        """Sum over groups of R' U, (..., q, q), from F (..., g, z, K) and U (g, q, C)."""
        effects, q, c = u.shape
        if self.pointer is not None:
            each = zip(self.sums(front), u, strict=True)
            out = sum(a.reshape(-1, c) @ b.T for a, b in each)
            return np.reshape(out, (*front.shape[:-3], q, q))
        turned = self.h.reshape(-1, c) @ u.reshape(-1, c).T
        by_effect = turned.reshape(len(self.h), q, effects, q).transpose(2, 0, 1, 3)
        weight = np.moveaxis(self._weights(front), 0, -2)
        out = weight.reshape(-1, effects * len(self.h)) @ by_effect.reshape(-1, q * q)
        return out.reshape(*front.shape[:-3], q, q)

    def _weights(self, front: Floats) -> Floats:
        """F (..., g, z, K) as weights (g, ..., J z) of the rows of `h`."""
        rows = front[..., self.pattern].swapaxes(-1, -2)
        return np.moveaxis(rows.reshape(*front.shape[:-2], -1), -2, 0)

    def _weigh(self, front: Floats, values: Floats) -> Floats:
        weight = self._weights(front)
        lead, width = weight.shape[:-1], weight.shape[-1]
        flat = weight.reshape(-1, width)
        if self.pointer is None:
            return (flat @ values).reshape(*lead, -1, self.groups)
        copies = len(flat)
        begin = self.pointer[:-1] + width * np.arange(copies)[:, None]
        pointer = np.append(begin.ravel(), copies * width)
        index = np.tile(np.arange(width), copies)
        shape = (copies * self.groups, width)
        out = sparse.csr_array((flat.ravel(), index, pointer), shape=shape) @ values
        return np.ascontiguousarray(out.reshape(*lead, self.groups, -1).swapaxes(-1, -2))
