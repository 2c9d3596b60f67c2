"""Means over time by arm, for the trajectory figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats


def trajectories(repeated: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    """Describe the primary score by arm and planned week.

    The intervals are those of plain means (Student's t): they describe who was measured in that
    week, ignore clustering and missing data, and test nothing.

    Parameters
    ----------
    repeated : DataFrame
        As `repeated_table` gives it; only its `nearest` rows count.
    arms : sequence of str
        Arms to describe, in this order.

    Returns
    -------
    DataFrame
        By arm and week: arm, analysis_week, n, mean, sd, ci_low, ci_high (95%, own scale, points);
        sd and interval are missing where n is 1.
    """
    rows = repeated[repeated["nearest"] & repeated["arm"].isin(list(arms))]
    table = (
        rows.groupby(["arm", "analysis_week"])["score"]
        .agg(n="count", mean="mean", sd="std")
        .reset_index()
    )
    n = table["n"].to_numpy(dtype=float)
    half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * table["sd"] / np.sqrt(n)
    table["ci_low"], table["ci_high"] = table["mean"] - half, table["mean"] + half
    order = table["arm"].map({arm: place for place, arm in enumerate(arms)})
    return (
        table.assign(order=order)
        .sort_values(["order", "analysis_week"], ignore_index=True)
        .drop(columns="order")
    )
