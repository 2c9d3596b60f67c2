"""Several groups a participant: the long table of memberships as weights of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.coding import numbers, require_columns, says_none
from analysis.engine.levels import Factor
from analysis.records.errors import ModelInputError, TooFewGroupsError
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Memberships:
    """Rows' memberships of several groups.

    Attributes
    ----------
    links : scipy.sparse.csr_array (n, G)
        Weights of every row; groups that are not known stand last, one a participant.
    levels : tuple
        Names of the G groups; None for those that are not known.
    unknown : int
        Participants who were exposed to a group that is not known.
    absent : (n,) array of bool
        Rows of participants who are in no group of the table.
    """

    links: sparse.csr_array
    levels: tuple[Any, ...]
    unknown: int
    absent: NDArray[np.bool_]

    def unlisted(self, people: Factor | None) -> int:
        """Count the participants who are in no group of the table."""
        return int((self.absent if people is None else self.absent[people.first]).sum())


def code_memberships(
    table: pd.DataFrame, group: str, participant: str, people: Factor, exposed: Floats | None
) -> Memberships:
    """Read the long table participant × group × weight.

    A group that is not known is not none: where the table has a row without a group, or declared
    exposure has no row, the participant is in a group of one's own.

    Parameters
    ----------
    table : DataFrame
    group, participant : str
        Its columns, beside ``weight``.
    people : Factor
        Participants of the n rows.
    exposed : (n,) array or None
        Declared exposure.

    Raises
    ------
    ModelInputError
        If a column is missing, a weight is not a number or below zero, or nobody of the data is in
        the table.
    TooFewGroupsError
        If there is one known group.
    """
    require_columns(table, [participant, group, "weight"])
    weight = numbers(table, "weight")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise ModelInputError("membership weights must be finite and not negative")
    ids = pd.Index(people.levels)
    who = ids.get_indexer(pd.Index(table[participant]))
    if (who < 0).all():
        kinds = [pd.Index(one).inferred_type for one in (table[participant], ids)]
        raise ModelInputError(
            f"nobody of the data is in the memberships: {participant} is {kinds[0]} there and "
            f"{kinds[1]} in the data"
        )
    label = table[group].where(~table[group].map(says_none), None)
    named = label.notna().to_numpy()
    used = (who >= 0) & (weight > 0)
    codes, levels = pd.factorize(label[used & named])
    if len(levels) < 2:
        raise TooFewGroupsError("there is one therapy group only: its variance has no estimate")
    count = len(people)
    lost = np.bincount(who[used & ~named], weight[used & ~named], minlength=count)
    acting = np.zeros(count, dtype=bool)
    acting[who[used]] = True
    absent = ~acting
    if exposed is not None:
        lost[absent & (np.bincount(people.codes, exposed, minlength=count) > 0)] = 1.0
    alone = np.flatnonzero(lost)
    at = np.r_[who[used & named], alone]
    to = np.r_[codes, len(levels) + np.arange(len(alone))]
    value = np.r_[weight[used & named], lost[alone]]
    width = len(levels) + len(alone)
    by_person = sparse.csr_array((value, (at, to)), shape=(count, width))
    names = (*levels.tolist(), *[None] * len(alone))
    return Memberships(by_person[people.codes], names, len(alone), absent[people.codes])
