"""From scores to outcomes: baseline, outcome, change, response, remission, recovery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.measures.instruments import Instrument, Registry, toward_better
from analysis.measures.reliable_change import Threshold, classify, threshold
from analysis.study.dictionary import dictionary
from analysis.study.store import Tables

BASELINE_DAY = 0
IN_GROUPS = ("group", "both")
COLUMNS = (
    "episode_id",
    "arm",
    "construct",
    "instrument",
    "time",
    "day",
    "primary",
    "baseline",
    "baseline_day",
    "outcome",
    "outcome_day",
    "change",
    "reliable_change",
    "response",
    "remission",
    "recovered",
    "baseline_missing",
    "outcome_missing",
)


def pick(scores: pd.DataFrame, instrument: str, day: int, window: tuple[int, int]) -> pd.DataFrame:
    """Take each episode's scored assessment nearest to a day.

    Of two equally near the earlier counts; of several on one day, `one_a_day`.

    Parameters
    ----------
    scores : DataFrame
        As `score_assessments` gives it.
    instrument : str
        Instrument to take.
    day : int
        Target, on the episode's clock.
    window : (int, int)
        First and last day that may stand for it, both included.

    Returns
    -------
    DataFrame
        Index episode_id; score (points) and day. Episodes without one have no row.
    """
    usable = scores["instrument"].eq(instrument) & scores["score"].notna()
    return nearest(one_a_day(scores[usable]), day, window)[["score", "day"]]


def one_a_day(scores: pd.DataFrame) -> pd.DataFrame:
    """Keep one score per episode, instrument and day, whatever its assessment is called.

    The rater listed first in the dictionary counts (the self-report before others); several scores
    of that rater count with their mean.

    Parameters
    ----------
    scores : DataFrame
        Scored assessments, as `score_assessments` gives them.

    Returns
    -------
    DataFrame
        A subset of the rows, in their order; `score` is the mean where there were several.
    """
    key = ["episode_id", "instrument", "day"]
    several = scores.duplicated(key, keep=False) & scores["day"].notna()
    if not several.any():
        return scores
    order = dictionary()["assessments"].field("rater").enum
    rows = scores[several]
    rank = rows["rater"].map({one: place for place, one in enumerate(order)}).astype("float64")
    keys = [rows[name].astype(object) for name in key]
    rows = rows[rank.eq(rank.groupby(keys).transform("min"))]
    keys = [rows[name].astype(object) for name in key]
    rows = rows.assign(score=rows["score"].groupby(keys).transform("mean"))
    return pd.concat([scores[~several], rows.drop_duplicates(key)]).sort_index()


def nearest(assessments: pd.DataFrame, day: int, window: tuple[int, int]) -> pd.DataFrame:
    """Take each episode's assessment nearest to a day, as `pick` does; index episode_id."""
    inside = assessments["day"].between(*window).fillna(False).astype(bool)
    rows = assessments[inside]
    rows = rows.assign(distance=(rows["day"] - day).abs())
    rows = rows.sort_values(["episode_id", "distance", "day", "assessment_id"])
    return rows.drop_duplicates("episode_id").set_index("episode_id")


def outcome_table(
    tables: Tables, scores: pd.DataFrame, config: Mapping[str, Any], registry: Registry
) -> pd.DataFrame:
    """Make one row per episode, construct and outcome time.

    The primary outcome, `further_outcomes`, and every bound construct at the primary outcome's
    day. Constructs that exist only in groups have rows only in arms whose format has groups.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The cohort's canonical tables.
    scores : DataFrame
        As `score_assessments` gives it.
    config : mapping
        The study's config; without `outcome` the table is empty.
    registry : mapping of str to Instrument
        Instruments by name.

    Returns
    -------
    DataFrame
        episode_id, arm, construct, instrument, time ("day 42"), day, primary; baseline and outcome
        (own scale, points) with baseline_day and outcome_day; change (points, positive =
        improved, whatever the scale's direction); reliable_change ("improved", "unchanged",
        "deteriorated"); response (improved by the instrument's share of the baseline score);
        remission (clinical at baseline and no longer; missing where not clinical at baseline);
        recovered (remission and reliably improved, Jacobson and Truax 1991,
        doi 10.1037/0022-006X.59.1.12); baseline_missing, outcome_missing. What cannot be known is
        missing, never False.
    """
    parts = []
    for number, wanted in enumerate(_outcomes(config)):
        instrument = registry[config["instruments"][wanted["construct"]]]
        part = _scores_of(tables, scores, config, instrument, wanted)
        part["primary"] = number == 0
        parts.append(_derive(part, instrument)[list(COLUMNS)])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def thresholds(outcomes: pd.DataFrame, registry: Registry) -> dict[str, Threshold]:
    """Return the reliable-change threshold used for each instrument of an outcome table.

    Instruments without one (no published threshold, no reliability) are left out.
    """
    found = {}
    for name, rows in outcomes.groupby("instrument", sort=False):
        one = threshold(registry[str(name)], _baseline_sd(rows))
        if one is not None:
            found[str(name)] = one
    return found


def repeated_table(
    tables: Tables, scores: pd.DataFrame, config: Mapping[str, Any], registry: Registry
) -> pd.DataFrame:
    """List every scored assessment of the primary construct, for repeated-measures models.

    Parameters
    ----------
    tables, scores, config, registry
        As in `outcome_table`.

    Returns
    -------
    DataFrame
        One row per day with a score (`one_a_day`), by episode and day: episode_id, arm, construct,
        instrument, day, analysis_week (0 inside the baseline window; else the week of the wave's
        median day, so that a wave stays together; without waves week w holds days 7w-3 to
        7w+3), nearest
        (True for the one assessment of the episode and week that is nearest to day 7w, the earlier
        of two), score, baseline, baseline_day, post (after the baseline window), change (points
        since baseline, positive = improved). Empty without `outcome`.
    """
    if "outcome" not in config:
        return pd.DataFrame()
    construct = config["outcome"]["construct"]
    instrument = registry[config["instruments"][construct]]
    window = baseline_window(config)
    rows = scores[scores["instrument"].eq(instrument.name)].dropna(subset=["score", "day"])
    rows = one_a_day(rows)
    rows = rows.merge(tables["episodes"][["episode_id", "arm"]], on="episode_id")
    rows["construct"] = pd.Series(construct, index=rows.index, dtype="string")
    rows["analysis_week"] = _analysis_week(rows, window)
    rows["distance"] = (rows["day"] - 7 * rows["analysis_week"]).abs()
    rows = rows.sort_values(["episode_id", "analysis_week", "distance", "day", "assessment_id"])
    rows["nearest"] = ~rows.duplicated(["episode_id", "analysis_week"])
    baseline = pick(scores, instrument.name, BASELINE_DAY, window).add_prefix("baseline_")
    rows = rows.join(baseline, on="episode_id").rename(columns={"baseline_score": "baseline"})
    rows["post"] = rows["day"] > window[1]
    rows["change"] = toward_better(instrument) * (rows["score"] - rows["baseline"])
    columns = ["episode_id", "arm", "construct", "instrument", "day", "analysis_week", "nearest"]
    columns += ["score", "baseline", "baseline_day", "post", "change"]
    return rows.sort_values(["episode_id", "day", "assessment_id"], ignore_index=True)[columns]


def _analysis_week(rows: pd.DataFrame, baseline: tuple[int, int]) -> pd.Series:
    """Return the planned week that each assessment stands for."""
    median = rows["day"].astype("float64").groupby(rows["wave"].astype(object)).transform("median")
    planned = median.fillna(rows["day"].astype("float64"))
    week = ((planned + 3) // 7).astype("Int64")
    return week.mask(rows["day"].between(*baseline, inclusive="both"), 0)


def outcome_window(config: Mapping[str, Any], construct: str, day: int) -> tuple[int, int]:
    """Return the first and last day that may stand for an outcome of a construct."""
    for one in _outcomes(config):
        if (one["construct"], one["day"]) == (construct, day):
            first, last = one["window"]
            return int(first), int(last)
    return day, day


def _outcomes(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the wanted outcomes, primary first, each construct and day once."""
    if "outcome" not in config:
        return []
    primary = config["outcome"]
    bound = [{**primary, "construct": construct} for construct in config["instruments"]]
    wanted = [primary, *config.get("further_outcomes", ()), *bound]
    once: dict[tuple[str, int], dict[str, Any]] = {}
    for one in wanted:
        once.setdefault((one["construct"], one["day"]), one)
    return list(once.values())


def baseline_window(config: Mapping[str, Any]) -> tuple[int, int]:
    """Return the first and last day that may stand for baseline."""
    first, last = config.get("baseline", {"window": (BASELINE_DAY, BASELINE_DAY)})["window"]
    return first, last


def _scores_of(
    tables: Tables,
    scores: pd.DataFrame,
    config: Mapping[str, Any],
    instrument: Instrument,
    wanted: Mapping[str, Any],
) -> pd.DataFrame:
    """Return one row per episode with baseline and outcome of one construct at one time."""
    rows = tables["episodes"][["episode_id", "arm"]].copy()
    if instrument.defined_in == "group":
        arms = [name for name, arm in config["arms"].items() if arm["format"] in IN_GROUPS]
        rows = rows[rows["arm"].isin(arms)]
    rows = rows.assign(
        construct=wanted["construct"],
        instrument=instrument.name,
        time=f"day {wanted['day']}",
        day=wanted["day"],
    ).astype({"construct": "string", "instrument": "string", "time": "string", "day": "Int64"})
    first, last = wanted["window"]
    before = pick(scores, instrument.name, BASELINE_DAY, baseline_window(config))
    after = pick(scores, instrument.name, wanted["day"], (first, last))
    for name, found in (("baseline", before), ("outcome", after)):
        found = found.reindex(rows["episode_id"]).set_axis(rows.index)
        if name == "outcome":  # one answer is never both
            found = found.mask(found["day"].le(rows["baseline_day"]).fillna(False).astype(bool))
        rows[name] = found["score"].astype("float64")
        rows[f"{name}_day"] = found["day"].astype("Int64")
        rows[f"{name}_missing"] = found["score"].isna().astype("boolean")
    return rows


def _derive(rows: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Add change and what is judged from it."""
    better = toward_better(instrument)
    rows["change"] = better * (rows["outcome"] - rows["baseline"])
    used = threshold(instrument, _baseline_sd(rows))
    rows["reliable_change"] = classify(rows["change"], used.points if used else None)
    known = rows["change"].notna()
    rows["response"] = pd.Series(pd.NA, index=rows.index, dtype="boolean")
    if instrument.response is not None:
        enough = rows["change"] >= instrument.response * rows["baseline"]
        rows["response"] = enough.astype("boolean").where(known & rows["baseline"].gt(0))
    rows["remission"] = pd.Series(pd.NA, index=rows.index, dtype="boolean")
    if instrument.cutoff is not None:
        well = ~_clinical(rows["outcome"], instrument)
        ill = _clinical(rows["baseline"], instrument)
        rows["remission"] = well.astype("boolean").where(known & ill)
    improved = rows["reliable_change"].eq("improved").astype("boolean")
    rows["recovered"] = (rows["remission"] & improved).where(
        rows["remission"].notna() & rows["reliable_change"].notna()
    )
    return rows


def _clinical(score: pd.Series, instrument: Instrument) -> pd.Series:
    """Say whether a score is on the clinical side of the cut-off (False where it is missing)."""
    return (
        score < instrument.cutoff
        if instrument.direction == "higher"
        else score >= instrument.cutoff
    )


def _baseline_sd(rows: pd.DataFrame) -> float | None:
    """Return the SD of the baseline scores of all arms together, one score per episode."""
    scores = rows.drop_duplicates("episode_id")["baseline"].dropna()
    return float(scores.std(ddof=1)) if len(scores) > 1 else None
