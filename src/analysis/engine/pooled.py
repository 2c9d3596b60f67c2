"""Moments that can travel: groups pooled by pattern, so that none is told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.engine.moments import Moments
from analysis.engine.sums import label_rows, segment_sum
from analysis.records.errors import ModelInputError


def collapse(moments: Moments, minimum: int) -> Moments:
    """Pool the groups of each pattern and size; the fit is unchanged.

    This is exact for a single endpoint (M1), whose groups enter the likelihood only through the
    number of groups of a size and the sum of s s' over them. Per-group moments do not travel:
    a therapy group of seven is a small cell.

    Parameters
    ----------
    moments : Moments
        Per-group moments.
    minimum : int
        Smallest number of groups, or of participants, that may share a sum.

    Raises
    ------
    ModelInputError
        If a group has members of several patterns, if rows or participants of a kind are fewer
        than `minimum`, or if a size has fewer groups than that.
    """
    per_group = np.bincount(moments.entry_group, minlength=len(moments.groups))
    if (per_group > 1).any():
        raise ModelInputError("groups whose members differ in pattern cannot be pooled")
    if len(moments.loose) or (moments.rows < minimum).any():
        raise ModelInputError(f"a pooled sum would rest on fewer than {minimum} participants")
    flat = moments.entry_gram.reshape(len(moments.entry_gram), -1)
    code, first = label_rows([moments.entry_pattern, *flat.T])
    count = np.bincount(code, minlength=len(first)).astype(float)
    if (count < minimum).any():
        raise ModelInputError(f"a size of group occurs fewer than {minimum} times")
    sums = moments.entry_sum.reshape(len(moments.entry_sum), -1)
    outer = segment_sum(sums[:, :, None] * sums[:, None, :], code, len(first))
    bare = moments.without_groups()
    return replace(
        bare,
        blocks=moments.blocks,
        pool_pattern=np.concatenate([moments.pool_pattern, moments.entry_pattern[first]]),
        pool_count=np.concatenate([moments.pool_count, count]),
        pool_gram=np.concatenate([moments.pool_gram, moments.entry_gram[first]]),
        pool_outer=np.concatenate([moments.pool_outer, outer]),
    )
