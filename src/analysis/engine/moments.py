"""Sufficient statistics of a nested partially nested model: what one pass over the rows leaves.

For fixed covariance parameters the likelihood needs D = [X y] only through sums:

- a participant (or, without participants, a row) with random-effect design Z = [1] or [1, time]
  enters through Z'Z, h = Z'D and D'D, because V_i⁻¹ = (I - Z K Z') / sigma²;
- participants of one *pattern* (stratum of variances and Z'Z) share K, so that only the sum of
  h h' over them is needed;
- a therapy group adds a low-rank term, which needs the sums of z h and z² Z'Z over its members
  of each pattern: one *entry* per group and pattern.

Sums add: `a + b` are the moments of both sets of rows, provided that no participant is in both.
Rank-two Woodbury algebra: Woodbury 1950; for mixed models Lindstrom & Bates 1988
(10.1080/01621459.1988.10478693).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.layout import Block
from analysis.engine.sums import label_rows, second_moments, segment_sum
from analysis.records.errors import ModelInputError
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


@rowless
@dataclass(frozen=True)
class Moments:
    """Sufficient statistics; all sums are weighted by the precision weights.

    Attributes
    ----------
    names : tuple of str
        Fixed effects and, last, the outcome: the q columns of D.
    blocks : tuple of Block
        The covariance model.
    strata : tuple of (int, int)
        Index of the residual block and of the participant block (-1: none) of each stratum.
    n, log_weights : int, float
        Rows; sum of the log precision weights.
    rows : (A,) array
        Rows of each residual level.
    total : (A, q, q) array
        D'D of each residual level.
    pattern_stratum, pattern_gram, pattern_count : (K,), (K, z, z), (K,) arrays
        Stratum, Z'Z and number of participants of each pattern (Z'Z and counts are zero when
        there are no participants: a pattern is a stratum then).
    outer_pattern, outer : (J,), (J, z q, z q) arrays
        Sum of h h' over the participants of a pattern, where that is smaller than the h.
    loose_pattern, loose : (M,), (M, z, q) arrays
        h of single participants of the rarer patterns.
    groups : tuple
        Labels of the therapy groups.
    entry_group, entry_pattern, entry_count : (E,) arrays
        Group and pattern of each entry, sorted by group; number of members.
    entry_gram, entry_sum : (E, z, z), (E, z, q) arrays
        Sums of z² Z'Z and of z h over the members.
    pool_pattern, pool_count, pool_gram, pool_outer : (B,), (B,), (B, z, z), (B, z q, z q) arrays
        Groups that are no longer told apart (`pooled.collapse`): pattern, number of groups,
        sum of z² Z'Z of each, and sum of s s' over them, with s a group's sum of z h.
    """

    names: tuple[str, ...]
    blocks: tuple[Block, ...]
    strata: tuple[tuple[int, int], ...]
    n: int
    log_weights: float
    rows: Floats
    total: Floats
    pattern_stratum: Codes
    pattern_gram: Floats
    pattern_count: Floats
    outer_pattern: Codes
    outer: Floats
    loose_pattern: Codes
    loose: Floats
    groups: tuple[Any, ...]
    entry_group: Codes
    entry_pattern: Codes
    entry_count: Floats
    entry_gram: Floats
    entry_sum: Floats
    pool_pattern: Codes
    pool_count: Floats
    pool_gram: Floats
    pool_outer: Floats

    def __add__(self, other: Moments) -> Moments:
        """Moments of both sets of rows; a therapy group may have rows in both."""
        if (self.names, self.blocks, self.strata) != (other.names, other.blocks, other.strata):
            raise ModelInputError("moments of different models cannot be added")
        shift = len(self.pattern_stratum)
        labels = pd.Index(self.groups).append(pd.Index(other.groups)).unique()
        where = labels.get_indexer(pd.Index(other.groups))
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in (
                *("pattern_stratum", "pattern_gram", "pattern_count", "outer", "loose"),
                *("entry_count", "entry_gram", "entry_sum"),
                *("pool_count", "pool_gram", "pool_outer"),
            )
        }
        joined |= {
            name: np.concatenate([getattr(self, name), getattr(other, name) + shift])
            for name in ("outer_pattern", "loose_pattern", "entry_pattern", "pool_pattern")
        }
        moved = where[other.entry_group].astype(np.intp)
        return replace(
            self,
            n=self.n + other.n,
            log_weights=self.log_weights + other.log_weights,
            rows=self.rows + other.rows,
            total=self.total + other.total,
            groups=tuple(labels.tolist()),
            entry_group=np.concatenate([self.entry_group, moved]),
            **joined,
        ).compact()

    def without_groups(self) -> Moments:
        """Moments of the same rows under the model without a group effect."""
        none = np.empty(0, dtype=np.intp)
        return replace(
            self,
            blocks=tuple(block for block in self.blocks if block.factor != "group"),
            groups=(),
            entry_group=none,
            entry_pattern=none,
            entry_count=np.empty(0),
            entry_gram=self.entry_gram[:0],
            entry_sum=self.entry_sum[:0],
            pool_pattern=none,
            pool_count=np.empty(0),
            pool_gram=self.pool_gram[:0],
            pool_outer=self.pool_outer[:0],
        )

    def compact(self) -> Moments:
        """Merge equal patterns, equal entries, and rows that a second moment replaces."""
        flat = self.pattern_gram.reshape(len(self.pattern_stratum), -1)
        code, first = label_rows([self.pattern_stratum, *flat.T])
        count = segment_sum(self.pattern_count, code, len(first))
        outer, loose = self._merged_outer(code, len(first))
        key, entry = label_rows([self.entry_group, code[self.entry_pattern]])
        order = np.lexsort((code[self.entry_pattern][entry], self.entry_group[entry]))
        back = np.empty(len(entry), dtype=np.intp)
        back[order] = np.arange(len(entry))
        key, entry = back[key], entry[order]
        return replace(
            self,
            pattern_stratum=self.pattern_stratum[first],
            pattern_gram=self.pattern_gram[first],
            pattern_count=count,
            outer_pattern=outer[0],
            outer=outer[1],
            loose_pattern=loose[0],
            loose=loose[1],
            entry_group=self.entry_group[entry],
            entry_pattern=code[self.entry_pattern][entry],
            entry_count=segment_sum(self.entry_count, key, len(entry)),
            entry_gram=segment_sum(self.entry_gram, key, len(entry)),
            entry_sum=segment_sum(self.entry_sum, key, len(entry)),
            pool_pattern=code[self.pool_pattern],
        )

    def _merged_outer(
        self, code: Codes, count: int
    ) -> tuple[tuple[Codes, Floats], tuple[Codes, Floats]]:
        made = second_moments(self.loose, code[self.loose_pattern], count)
        index = np.concatenate([code[self.outer_pattern], made[0]])
        kept, at = np.unique(index, return_inverse=True)
        stacked = np.concatenate([self.outer, made[1]])
        return (kept, segment_sum(stacked, at, len(kept))), (made[2], made[3])

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON types (lists, numbers, strings)."""
        out: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, np.ndarray):
                out[one.name] = {"shape": list(value.shape), "values": value.ravel().tolist()}
            else:
                out[one.name] = value
        out["blocks"] = [
            [one.factor, list(one.effects), one.level, one.start, one.signed] for one in self.blocks
        ]
        return out

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Moments:
        """Rebuild moments from `to_dict`'s dictionary."""
        made: dict[str, Any] = {}
        for one in fields(cls):
            value = data[one.name]
            if isinstance(value, dict):
                kind = np.intp if "Codes" in str(one.type) else np.float64
                value = np.array(value["values"], dtype=kind).reshape(value["shape"])
            made[one.name] = value
        made["blocks"] = tuple(Block(f, tuple(e), *rest) for f, e, *rest in data["blocks"])
        made["strata"] = tuple((int(a), int(b)) for a, b in data["strata"])
        made["names"] = tuple(data["names"])
        made["groups"] = tuple(data["groups"])
        return cls(**made)
