"""A shared group or therapist that is not known: a label of its own, never none."""

from __future__ import annotations

import pandas as pd

UNKNOWN = "not known: "


def is_unknown(cluster: pd.Series) -> pd.Series:
    """Say of each cluster that `cluster_of` gave whether it stands for one that is not known."""
    return cluster.map(lambda one: isinstance(one, str) and one.startswith(UNKNOWN)).astype(bool)


def count_clusters(cluster: pd.Series) -> int:
    """Count the known clusters."""
    return int(cluster[~is_unknown(cluster)].nunique())
