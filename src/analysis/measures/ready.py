"""What was read, arm by arm: rows, people, baselines, outcomes in their window, what is shared.

Only days and whether there is an answer are looked at, never a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.cohort import answered_within
from analysis.measures.outcomes import baseline_window
from analysis.study.store import Tables

NO_ARM = "in no declared arm"


def count_arms(tables: Tables, cohort: Tables, config: Mapping[str, Any]) -> pd.DataFrame:
    """Count what each arm of a study has.

    Parameters
    ----------
    tables, cohort : dict of str to DataFrame
        Canonical tables of the whole study, and of the episodes that count.
    config : mapping
        The study's config.

    Returns
    -------
    DataFrame
        One row an arm of the config (and `NO_ARM`, where there are such episodes), index the arm:
        rows (of all tables that name its episodes), episodes, baselines and outcomes (episodes with
        an answered primary instrument inside the window; missing without a primary outcome),
        counted (episodes of the cohort), seen (of those, with an outcome), therapy groups,
        therapists and sites.
    """
    episodes = tables["episodes"]
    arms = episodes["arm"].where(episodes["arm"].isin(list(config["arms"])), NO_ARM).astype(object)
    of_episode = arms.set_axis(episodes["episode_id"])
    rows = sum(
        one["episode_id"].map(of_episode).value_counts().reindex(arms.unique(), fill_value=0)
        for one in tables.values()
        if "episode_id" in one
    )
    before, after = answered_primary(tables, config)
    counts = episodes["episode_id"].isin(cohort["episodes"]["episode_id"]).astype(bool)
    found = pd.DataFrame(
        {
            "rows": rows,
            "episodes": arms.value_counts(),
            "baselines": before.groupby(arms).sum(),
            "outcomes": after.groupby(arms).sum(),
            "counted": counts.groupby(arms).sum(),
            "seen": (after & counts).groupby(arms).sum(),
            "therapy groups": _groups(tables, of_episode),
            "therapists": episodes["primary_therapist_id"].groupby(arms).nunique(),
            "sites": episodes["site_id"].groupby(arms).nunique(),
        }
    )
    named = [*config["arms"], *([NO_ARM] if NO_ARM in found.index else [])]
    found = found.reindex(named).fillna(0).astype("Int64")
    if "outcome" not in config or "assessments" not in tables:
        found[["baselines", "outcomes", "seen"]] = pd.NA
    return found


def answered_primary(
    tables: Mapping[str, pd.DataFrame], config: Mapping[str, Any]
) -> tuple[pd.Series, pd.Series]:
    """Say of each episode whether the primary instrument was answered at baseline and at outcome.

    False everywhere without a primary outcome or assessments; on the index of `episodes`.
    """
    if "outcome" not in config or "assessments" not in tables:
        nobody = pd.Series(False, index=tables["episodes"].index)
        return nobody, nobody
    instrument = config["instruments"][config["outcome"]["construct"]]
    windows = baseline_window(config), config["outcome"]["window"]
    before, after = (answered_within(tables, instrument, one) for one in windows)
    return before, after


def _groups(tables: Tables, of_episode: pd.Series) -> pd.Series:
    if "memberships" not in tables:
        return pd.Series(0, index=of_episode.unique())
    rows = tables["memberships"]
    return rows["group_id"].groupby(rows["episode_id"].map(of_episode)).nunique()
