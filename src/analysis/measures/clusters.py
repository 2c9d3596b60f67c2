"""What clients share: the cluster of each episode, and the size of a contrast's design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.measures.ready import answered_primary
from analysis.measures.unknown import UNKNOWN, count_clusters

Tables = Mapping[str, pd.DataFrame]

PRESENT = ("attended", "left_early")


def cluster_of(tables: Tables, clusters: Mapping[str, str]) -> pd.Series:
    """Return the cluster of each episode in a contrast.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort.
    clusters : mapping
        Arm to ``therapy_group`` (the group of the primary membership), ``primary_therapist``
        or ``none``; arms that are not named share nothing.

    Returns
    -------
    Series of object
        Index episode_id; missing where the client shares nothing: in an arm that shares nothing, or
        without a group where attendance was recorded and the client came to no group session. What
        is not known is not nothing: a label of its own (`is_unknown`), a cluster of one.
    """
    episodes = tables["episodes"].set_index("episode_id")
    units = episodes["arm"].map(lambda arm: clusters.get(arm, "none"))
    found = pd.Series(None, index=episodes.index, dtype=object)
    if "memberships" in tables:
        rows = tables["memberships"]
        primary = rows[rows["primary"].fillna(False)].sort_values("from_day")
        group = primary.drop_duplicates("episode_id").set_index("episode_id")["group_id"]
        grouped = units.eq("therapy_group")
        found[grouped] = group.reindex(episodes.index)[grouped]
    treated = units.eq("primary_therapist")
    found[treated] = episodes.loc[treated, "primary_therapist_id"]
    unknown = found.isna() & (treated | (units.eq("therapy_group") & _may_have_a_group(tables)))
    alone = UNKNOWN + found.index.to_series().astype(object)
    return found.where(found.notna(), None).mask(unknown, alone).rename("cluster")


def _may_have_a_group(tables: Tables) -> pd.Series:
    """Say of each episode whether it may have had a group; not if it came to no group session."""
    ids = pd.Index(tables["episodes"]["episode_id"])
    if "attendance" not in tables or "sessions" not in tables:
        return pd.Series(True, index=ids)
    sessions, rows = tables["sessions"], tables["attendance"]
    groups = sessions.loc[sessions["format"].eq("group").fillna(False), "session_id"]
    came = rows["status"].isin(PRESENT) & rows["session_id"].isin(groups)
    if not came.any():
        return pd.Series(True, index=ids)
    return pd.Series(ids.isin(rows.loc[came, "episode_id"]), index=ids)


def designs(tables: Tables, config: Mapping[str, Any]) -> dict[str, dict[str, int | None]]:
    """Count each contrast's participants and clusters, without reading an outcome.

    Returns
    -------
    dict
        Contrast to ``n_comparison``, ``n_reference`` (episodes of the cohort),
        ``seen_comparison``, ``seen_reference`` (of those, with an answered primary instrument in
        the outcome's window; None where nobody of either arm has one yet) and
        ``clusters_comparison``, ``clusters_reference`` (None where the arm shares nothing).
    """
    arms = tables["episodes"].set_index("episode_id")["arm"]
    seen = answered_primary(tables, config)[1].set_axis(arms.index)
    found: dict[str, dict[str, int | None]] = {}
    for name, contrast in config["contrasts"].items():
        cluster = cluster_of(tables, contrast["clusters"])
        found[name] = {}
        followed = bool(seen[arms.isin([contrast["comparison"], contrast["reference"]])].any())
        for side in ("comparison", "reference"):
            inside = arms.eq(contrast[side])
            shared = contrast["clusters"].get(contrast[side], "none") != "none"
            found[name][f"n_{side}"] = int(inside.sum())
            found[name][f"seen_{side}"] = int((seen & inside).sum()) if followed else None
            found[name][f"clusters_{side}"] = count_clusters(cluster[inside]) if shared else None
    return found
