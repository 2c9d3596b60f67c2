"""What half-answered questionnaires say of a scale whose score is missing."""

from __future__ import annotations

import pandas as pd

from analysis.measures.instruments import Instrument, turned
from analysis.measures.outcomes import nearest


def half_answered(
    items: pd.DataFrame | None,
    scores: pd.DataFrame,
    instrument: Instrument,
    day: int,
    window: tuple[int, int],
) -> pd.DataFrame:
    """Set the answered part of a scale beside the whole of those who answered it.

    An episode without a score near the day, but with half or more of the scale's items answered,
    has a *pattern*: the items that it answered. What they add up to is not a score, but it says
    something of the missing one once it is known how the same items go with the scores of those
    who have one (item information kept when scales are imputed: Eekhout et al. 2015, doi
    10.1016/j.jclinepi.2015.01.012).

    Parameters
    ----------
    items : DataFrame or None
        The canonical table of answers.
    scores : DataFrame
        As `score_assessments` gives it.
    instrument : Instrument
    day, window
        As in `outcomes.pick`.

    Returns
    -------
    DataFrame
        Index episode_id; one column a pattern (``items_1_3_4``): the mean of its answers times the
        number of scored items where the scale sums them (own scale, points), for the episodes with
        that pattern and for those with a score that answered all of its items; else missing.
    """
    rows = scores[scores["instrument"].eq(instrument.name)]
    whole = nearest(rows[rows["score"].notna()], day, window)
    partly = nearest(rows[rows["score"].isna() & rows["day"].notna()], day, window)
    partly = partly[~partly.index.isin(whole.index)]
    if items is None or partly.empty:
        return pd.DataFrame(index=pd.Index([], name="episode_id"))
    answers = _answers(items, pd.concat([whole, partly])["assessment_id"], instrument)
    own, known = answers.reindex(partly.index), answers.reindex(whole.index)
    enough = own.notna().sum(axis=1) >= len(instrument.scored_items) / 2
    own = own[enough]
    times = len(instrument.scored_items) if instrument.scoring == "sum" else 1
    found = {}
    for pattern, mine in own.groupby(own.apply(lambda row: tuple(row.dropna().index), axis=1)):
        both = pd.concat([known[list(pattern)].dropna(), mine[list(pattern)]])
        found["items_" + "_".join(map(str, pattern))] = times * both.mean(axis=1)
    return pd.DataFrame(found).rename_axis("episode_id")


def _answers(items: pd.DataFrame, assessments: pd.Series, instrument: Instrument) -> pd.DataFrame:
    """Return the answers to the scored items, turned round where reversed: episodes by items."""
    mine = items["assessment_id"].isin(assessments) & items["item"].isin(instrument.scored_items)
    rows = items[mine]
    rows = rows.assign(value=turned(rows, instrument))
    wide = rows.pivot(index="assessment_id", columns="item", values="value")
    wide = wide.reindex(assessments).set_axis(assessments.index)
    return wide.reindex(columns=list(instrument.scored_items)).astype("float64")
