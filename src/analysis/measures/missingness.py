"""What is missing: by arm, wave, reason and earlier score, and the course by time of leaving.

Nothing here is estimated; `unseen` says what it may mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

BANDS = ("lower third", "middle third", "upper third")
NO_SCORE = "no earlier score"
OBSERVED = "observed"
UNKNOWN = "reason not recorded"
NO_RECORD = "no record"


def planned_assessments(
    scores: pd.DataFrame, episodes: pd.DataFrame, instrument: str
) -> pd.DataFrame:
    """List every assessment of an instrument that each episode should have had.

    A wave counts as planned for every episode that was observed until the wave's median day, with
    or without a record. Of two records of one wave the scored one counts, then the earlier.

    Parameters
    ----------
    scores : DataFrame
        As `score_assessments` gives it.
    episodes : DataFrame
        The cohort's episodes: episode_id, arm, observed_until_day.
    instrument : str

    Returns
    -------
    DataFrame
        By episode and planned day: episode_id, arm, wave, planned_day (median day of the wave),
        day, score, seen (bool), reason (missing where seen), last (the score before, own scale;
        missing where there was none).
    """
    rows = scores[scores["instrument"].eq(instrument) & scores["wave"].notna()].copy()
    rows["score"] = rows["score"].astype("float64")
    rows["day"] = rows["day"].astype("float64")
    planned = rows.groupby("wave")["day"].median().rename("planned_day").reset_index()
    unscored = rows["score"].isna()
    rows = rows.assign(unscored=unscored).sort_values(["unscored", "day", "assessment_id"])
    rows = rows.drop_duplicates(["episode_id", "wave"])
    table = episodes[["episode_id", "arm", "observed_until_day"]].merge(planned, how="cross")
    inside = table["observed_until_day"].astype("float64") >= table["planned_day"]
    table = table[inside].drop(columns="observed_until_day")
    known = rows[["episode_id", "wave", "day", "score", "missing_reason"]].assign(recorded=True)
    table = table.merge(known, on=["episode_id", "wave"], how="left")
    table["seen"] = table["score"].notna()
    reason = table["missing_reason"].astype(object).fillna(UNKNOWN)
    reason = reason.where(table["recorded"].notna(), NO_RECORD)
    table["reason"] = reason.mask(table["seen"], None)
    table["day"] = table["day"].where(table["seen"])
    table = table.sort_values(["episode_id", "planned_day"], ignore_index=True)
    table["last"] = table.groupby("episode_id")["score"].transform(lambda one: one.ffill().shift())
    names = ["episode_id", "arm", "wave", "planned_day", "day", "score", "seen", "reason", "last"]
    return table[names]


def missingness_table(planned: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    """Count what was observed and what was missing, and why, for the figure.

    Parameters
    ----------
    planned : DataFrame
        As `planned_assessments` gives it.
    arms : sequence of str

    Returns
    -------
    DataFrame
        One row an arm, wave, band of the last score and reason: arm, wave, planned_day, band
        ("all", "lower third", "middle third", "upper third" of the last scores before that wave
        over all arms, "no earlier score"), reason ("observed", a recorded reason, "reason not
        recorded", "no record"), n, of (planned in that arm, wave and band) and share.
    """
    rows = planned[planned["arm"].isin(list(arms))].copy()
    rows["reason"] = rows["reason"].where(~rows["seen"], OBSERVED)
    rows["band"] = rows.groupby("wave")["last"].transform(_bands)
    every = pd.concat([rows.assign(band="all"), rows], ignore_index=True)
    keys = ["arm", "wave", "planned_day", "band"]
    counts = every.groupby([*keys, "reason"]).size().rename("n").reset_index()
    counts["of"] = counts.groupby(keys)["n"].transform("sum")
    counts["share"] = counts["n"] / counts["of"]
    order = {arm: place for place, arm in enumerate(arms)}
    bands = {band: place for place, band in enumerate(("all", *BANDS, NO_SCORE))}
    counts = counts.assign(first=counts["arm"].map(order), second=counts["band"].map(bands))
    counts = counts.sort_values(["first", "planned_day", "second", "reason"], ignore_index=True)
    return counts.drop(columns=["first", "second"])


def _bands(last: pd.Series) -> pd.Series:
    """Thirds of the scores of one wave; ties stay together."""
    out = pd.Series(NO_SCORE, index=last.index, dtype=object)
    known = last.dropna()
    if len(known):
        cuts = np.quantile(known, [1 / 3, 2 / 3])
        out[known.index] = np.array(BANDS, dtype=object)[np.searchsorted(cuts, known, side="left")]
    return out


def courses_by_leaving(
    repeated: pd.DataFrame,
    stays: pd.DataFrame,
    arms: Sequence[str],
    weeks: Sequence[int] = (2, 4),
) -> pd.DataFrame:
    """Describe the primary score by arm, planned week and time of leaving.

    Parameters
    ----------
    repeated : DataFrame
        As `repeated_table` gives it; only its `nearest` rows count.
    stays : DataFrame
        Episodes with discharge_day and discharge_reason.
    arms : sequence of str
    weeks : sequence of int
        Ends of the bands of leaving early, in weeks.

    Returns
    -------
    DataFrame
        arm, left ("left early, weeks 0 to 2", ..., "completed", "ended otherwise"),
        analysis_week, n, mean, sd, ci_low, ci_high (95% of plain means, own scale): who was
        measured then, ignoring clusters and what is missing. sd and interval are missing where
        n is 1.
    """
    band = pd.Series(_leaving(stays, weeks), index=stays["episode_id"].to_numpy())
    rows = repeated[repeated["nearest"] & repeated["arm"].isin(list(arms))]
    rows = rows.assign(left=rows["episode_id"].map(band))
    table = (
        rows.groupby(["arm", "left", "analysis_week"])["score"]
        .agg(n="count", mean="mean", sd="std")
        .reset_index()
    )
    n = table["n"].to_numpy(dtype=float)
    half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * table["sd"] / np.sqrt(n)
    table["ci_low"], table["ci_high"] = table["mean"] - half, table["mean"] + half
    order = table["arm"].map({arm: place for place, arm in enumerate(arms)})
    table = table.assign(order=order).sort_values(["order", "left", "analysis_week"])
    return table.drop(columns="order").reset_index(drop=True)


def _leaving(stays: pd.DataFrame, weeks: Sequence[int]) -> list[str]:
    names, first = [], 0
    for end in weeks:
        names.append(f"left early, weeks {first} to {end}")
        first = end
    names.append(f"left early, after week {first}")
    day = stays["discharge_day"].astype("float64").to_numpy()
    place = np.searchsorted([7 * end for end in weeks], day, side="left")
    early = [names[at] for at in place]
    reason = stays["discharge_reason"].astype(object).to_numpy()
    return [
        band if why == "left_early" else "completed" if why == "completed" else "ended otherwise"
        for band, why in zip(early, reason, strict=True)
    ]


def earlier_scores(repeated: pd.DataFrame, day: int) -> pd.DataFrame:
    """Spread the scores between baseline and outcome into columns, to help impute the outcome.

    Parameters
    ----------
    repeated : DataFrame
        As `repeated_table` gives it; only its `nearest` rows after the baseline window count.
    day : int
        Day of the outcome; scores of its week and later are left out.

    Returns
    -------
    DataFrame
        Index episode_id; a column ``week_1``, ``week_2`` ... for each planned week with a score.
    """
    rows = repeated[repeated["post"] & repeated["nearest"]]
    rows = rows[rows["analysis_week"] < (day + 3) // 7]
    table = rows.pivot(index="episode_id", columns="analysis_week", values="score")
    return (
        table.astype("float64")
        .rename(columns=lambda week: f"week_{week}")
        .rename_axis(columns=None)
    )
