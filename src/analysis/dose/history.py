"""What was known at the start of each week of treatment, and the hours that followed in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.adjust.contrasts import Comparison
from analysis.dose.errors import DoseUnknownError
from analysis.records.times import one_time
from analysis.study.rowless import rowless

FORMATS = ("group", "individual")
HOURS = {"group": "group_hours", "individual": "individual_hours"}


@rowless
@dataclass(frozen=True)
class History:
    """Participants with a known dose, and their weeks of treatment before the outcome.

    Attributes
    ----------
    people : DataFrame
        One row a participant, index 0 to n - 1: episode_id, arm, cluster, baseline, outcome
        (missing where not observed), the covariates, and ``group`` and ``individual``: mean hours
        a week over the weeks before the outcome, none after discharge.
    weeks : DataFrame
        One row a participant and week in treatment: ``person`` (row of `people`), ``week``,
        ``ends`` (no hours follow, or treatment ends within it), ``full``, ``group`` and
        ``individual`` (hours in it);
        known before it: ``group_before``, ``individual_before`` (hours of the week before),
        ``group_mean``, ``individual_mean`` (mean so far), ``last`` and ``before`` (the latest
        score on or before the week's first day and the one before that, less the baseline score).
    n_eligible : int
        Participants of both arms, a dose known or not.
    """

    people: pd.DataFrame
    weeks: pd.DataFrame
    n_eligible: int


def weekly_history(
    comparison: Comparison,
    outcome_day: pd.Series,
    discharged: pd.Series,
    weeks: pd.DataFrame,
    repeated: pd.DataFrame,
) -> History:
    """Put together the weekly course of hours and symptoms of one comparison.

    Week w is days 7w to 7w + 6. Weeks that end after a participant's outcome was measured do not
    count to the dose. After discharge the dose is zero. A missing score is carried forward.

    Parameters
    ----------
    comparison : Comparison
        Of the primary outcome.
    outcome_day : Series
        Day of each participant's outcome, index episode_id; missing where there is none.
    discharged : Series of bool
        Whether the day of discharge is known, index episode_id.
    weeks : DataFrame
        As `measures.exposure.participant_weeks` gives it.
    repeated : DataFrame
        Every scored assessment: episode_id, day, score.

    Raises
    ------
    DoseUnknownError
        If the hours of an arm, or of both formats, were not recorded.
    """
    contrast = comparison.contrast
    once = comparison.once
    people = once[once["arm"].isin([contrast.comparison, contrast.reference])]
    hours = weeks[weeks["episode_id"].isin(people["episode_id"])]
    _recorded(hours, people)
    covariates = [one["column"] for one in comparison.covariates]
    people = people.dropna(subset=["baseline", *covariates]).set_index("episode_id")
    last_week = comparison.outcome.day // 7
    counted = (outcome_day.reindex(people.index) // 7).fillna(last_week).clip(upper=last_week)
    rows = _weeks(hours, counted)
    known = _known(rows, counted, discharged.reindex(people.index).fillna(False))
    people = people[known].assign(person=np.arange(int(known.sum())))
    rows = rows[rows["episode_id"].isin(people.index)].join(people[["person"]], on="episode_id")
    rows = _with_scores(rows, repeated, people["baseline"])
    for name in FORMATS:
        total = rows.groupby("episode_id")[name].sum().reindex(people.index, fill_value=0.0)
        people[name] = total / counted[people.index].astype(float)
    kept = ["person", "week", "ends", "full", *FORMATS]
    kept += [f"{name}_{when}" for name in FORMATS for when in ("before", "mean")]
    people = people.reset_index().drop(columns="person")
    return History(people, rows[[*kept, "last", "before"]].reset_index(drop=True), len(once))


def _recorded(hours: pd.DataFrame, people: pd.DataFrame) -> None:
    """Refuse arms whose hours nobody wrote down."""
    for arm in dict.fromkeys(people["arm"]):
        mine = hours[hours["arm"].eq(arm)]
        if mine.empty or mine[list(HOURS.values())].isna().all(axis=None):
            raise DoseUnknownError(f"the hours of arm '{arm}' were not recorded")
    for name, column in HOURS.items():
        if not hours[column].fillna(0).gt(0).any():
            raise DoseUnknownError(f"no {name} hours were recorded: nothing to set against others")


def _weeks(hours: pd.DataFrame, counted: pd.Series) -> pd.DataFrame:
    """Return the weeks in treatment that count, with what was known of hours before each."""
    final = hours.groupby("episode_id")["week"].transform("max")
    rows = pd.DataFrame(
        {
            "episode_id": hours["episode_id"].astype(object),
            "week": hours["week"].astype(int),
            "ends": hours["week"].eq(final).astype(float),
            "full": hours["full"].astype(float),
            **{name: hours[column].astype(float) for name, column in HOURS.items()},
        }
    ).sort_values(["episode_id", "week"], ignore_index=True)
    until = rows["episode_id"].map(counted).fillna(0)
    rows["ends"] = ((rows["ends"] == 1) & (rows["week"] < until - 1)) | (rows["full"] == 0)
    rows = rows[rows["week"] < until].astype({"ends": float})
    by = rows["episode_id"]
    for name in FORMATS:
        rows[f"{name}_before"] = rows.groupby(by)[name].shift(1).fillna(0.0)
        so_far = rows.groupby(by)[name].cumsum() - rows[name]
        rows[f"{name}_mean"] = so_far / rows["week"].clip(lower=1)
    return rows


def _known(rows: pd.DataFrame, counted: pd.Series, discharged: pd.Series) -> pd.Series:
    """Say whose hours are known for every week that counts."""
    by = rows["episode_id"]
    whole = rows[list(FORMATS)].notna().all(axis=1).groupby(by).all()
    seen = rows.groupby(by).size().reindex(counted.index, fill_value=0)
    covered = seen.ge(counted) | discharged.astype(bool)
    every = whole.reindex(counted.index).fillna(False).astype(bool)
    return every & covered & counted.ge(1) & seen.gt(0)


def _with_scores(rows: pd.DataFrame, repeated: pd.DataFrame, baseline: pd.Series) -> pd.DataFrame:
    """Add the latest score known on each week's first day, and the one before it."""
    scores = repeated.loc[
        repeated["episode_id"].isin(baseline.index), ["episode_id", "day", "score"]
    ]
    scores = scores.astype({"episode_id": object, "day": float, "score": float})
    scores = scores.sort_values(["day", "episode_id"], kind="stable")
    scores["previous"] = scores.groupby("episode_id")["score"].shift(1)
    starts = rows.assign(day=7.0 * rows["week"])
    days = one_time(np.r_[starts["day"], scores["day"]])
    starts["day"], scores["day"] = days[: len(starts)], days[len(starts) :]
    starts = starts.sort_values(["day", "episode_id"], kind="stable")
    found = pd.merge_asof(starts, scores, on="day", by="episode_id")
    own = found["episode_id"].map(baseline).astype(float)
    found["last"] = (found["score"] - own).fillna(0.0)
    found["before"] = (found["previous"] - own).fillna(0.0)
    return found.sort_values(["person", "week"], ignore_index=True)


def stays_known(episodes: pd.DataFrame) -> pd.Series:
    """Say for each episode whether its day of discharge is known, index episode_id."""
    return episodes.set_index("episode_id")["discharge_day"].notna()


def outcome_days(outcomes: pd.DataFrame) -> pd.Series:
    """Return the day of each participant's outcome, index episode_id."""
    return outcomes.set_index("episode_id")["outcome_day"].astype("Float64")
