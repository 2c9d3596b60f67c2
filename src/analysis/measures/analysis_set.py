"""The analysis set as one table with a codebook: one row an episode that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.study.dictionary import dictionary

CODEBOOK = ("column", "type", "meaning")
_OF_OUTCOME = {
    "baseline": "score at baseline",
    "baseline_day": "day of the baseline score",
    "outcome": "score at the planned day",
    "outcome_day": "day on which that score was taken",
    "change": "change from baseline, positive where better",
}
_HOURS = {
    "scheduled_hours": "hours offered",
    "attended_hours": "hours attended",
    "group_hours": "hours attended in groups",
    "individual_hours": "hours attended alone with a therapist",
}


def analysis_set(
    cohort: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    outcomes: pd.DataFrame,
    weeks: pd.DataFrame,
    covariates: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row an episode that counts, and what each column means.

    Parameters
    ----------
    cohort : DataFrame
        ``episode_id`` of those who count, as `select_cohort` found them.
    tables : mapping of str to DataFrame
        Canonical tables; `episodes`, and `memberships` where there are any.
    outcomes : DataFrame
        One row an episode and outcome, as the pipeline scored them; scores on their own scales.
    weeks : DataFrame
        One row an episode and week of stay, with hours; may be empty.
    covariates : sequence of str
        Columns of `episodes` beyond the dictionary's.

    Returns
    -------
    DataFrame
        Ids are pseudonyms, days count from the episode's start. Columns of an outcome begin with
        its construct and day, such as ``depression_day_42_outcome``.
    DataFrame
        column, type, meaning: one row a column of the first, in its order.
    """
    known = dictionary()["episodes"]
    own = [one for one in (*known.columns, *covariates) if one in tables["episodes"]]
    own = list(dict.fromkeys(own))
    episodes = tables["episodes"].set_index("episode_id", drop=False)[own]
    frame = episodes.loc[cohort["episode_id"].astype(object)].reset_index(drop=True)
    meaning = {
        one: known.field(one).description if one in known.columns else "Covariate of the study."
        for one in own
    }
    for name, text, values in _further(tables, outcomes, weeks):
        frame[name] = frame["episode_id"].map(values)
        meaning[name] = text
    frame = frame.dropna(axis=1, how="all")
    book = [(name, str(frame[name].dtype), meaning[name]) for name in frame.columns]
    return frame, pd.DataFrame(book, columns=list(CODEBOOK))


def _further(
    tables: Mapping[str, pd.DataFrame], outcomes: pd.DataFrame, weeks: pd.DataFrame
) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield name, meaning and values by episode of the columns that other tables give."""
    if "memberships" in tables:
        spells = tables["memberships"]
        primary = spells[spells["primary"].fillna(False).astype(bool)]
        groups = primary.drop_duplicates("episode_id").set_index("episode_id")["group_id"]
        yield "primary_group_id", "Therapy group that is the cluster.", groups
    for (construct, time), rows in outcomes.groupby(["construct", "time"], sort=False):
        by_episode = rows.set_index("episode_id")
        instrument = rows["instrument"].iloc[0]
        for column, text in _OF_OUTCOME.items():
            name = f"{_name(f'{construct} {time}')}_{column}"
            yield name, f"{instrument}, {time}: {text}.", by_episode[column]
    if len(weeks):
        hours = weeks.groupby("episode_id")[list(_HOURS)].sum(min_count=1)
        for column, text in _HOURS.items():
            yield column, f"{text[0].upper()}{text[1:]}, over the whole stay.", hours[column]


def _name(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")
