"""How many people share what others may know of them: k-anonymity and l-diversity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.study.draft import Draft

K, L = 10, 2
_REMEDY = "Use broader bands or fewer quasi-identifiers before the data are handed on to anybody."


def alike(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return for each episode how many participants share its quasi-identifiers.

    A class is all rows with equal values; what is missing is a value of its own. The smallest
    number is the k of k-anonymity (Sweeney 2002, doi:10.1142/S0218488502001648).

    Parameters
    ----------
    frame : pandas.DataFrame
        The episodes table.
    columns : sequence of str
        The quasi-identifiers.
    """
    keys = [frame[one].astype(object).where(frame[one].notna(), "") for one in columns]
    return frame.groupby(keys)["participant_id"].transform("nunique")


def diversity(frame: pd.DataFrame, columns: Sequence[str], sensitive: str) -> pd.Series:
    """Return for each episode how many values of a sensitive column its class has.

    The smallest number is the l of l-diversity in its distinct form (Machanavajjhala et al. 2007,
    doi:10.1145/1217299.1217302); what is missing is a value of its own.
    """
    keys = [frame[one].astype(object).where(frame[one].notna(), "") for one in columns]
    values = frame[sensitive].astype(object).where(frame[sensitive].notna(), "")
    return values.groupby(keys).transform("nunique")


def doubt_few_alike(episodes: Draft, declared: Mapping[str, Any]) -> None:
    """Add doubts about episodes whose participants stand out by their quasi-identifiers.

    Parameters
    ----------
    episodes : Draft
        The episodes table.
    declared : mapping
        ``quasi_identifiers`` of the config: `columns`, and where given `sensitive`, `k` and `l`.
    """
    frame, columns = episodes.frame, list(declared["columns"])
    if frame is None:
        return
    k, least = declared.get("k", K), declared.get("l", L)
    few = alike(frame, columns) < k
    if few.any():
        found = f"fewer than {k} participants with the same quasi-identifiers"
        done = "Kept; nothing is published by row."
        episodes.doubt("few_alike", columns[0], frame.index[few], found, done, _REMEDY)
    for name in declared.get("sensitive", ()):
        same = diversity(frame, columns, name) < least
        if same.any():
            found = f"fewer than {least} values among those with the same quasi-identifiers"
            done = "Kept; nothing is published by row."
            episodes.doubt("one_of_all", name, frame.index[same], found, done, _REMEDY)
