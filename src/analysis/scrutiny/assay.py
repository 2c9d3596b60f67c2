"""Change from intake in each arm: whether the study saw a change that was to be expected."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.adjust.contrasts import Comparison
from analysis.records.intervals import interval

COLUMNS = (
    *("contrast", "arm", "unit", "n", "clusters", "value", "se", "df"),
    *("ci95_low", "ci95_high", "detected"),
)


def arm_changes(comparison: Comparison) -> pd.DataFrame:
    """Estimate the mean change from intake to the outcome in each arm, of those observed.

    The error is that of a mean with independent clusters (Cochran 1977, Sampling Techniques,
    section 9A.2), t with one degree of freedom less than there are clusters.

    Returns
    -------
    DataFrame
        contrast, arm, unit, n, clusters (therapy groups, and clients of none), value (points,
        positive = improved), se, df, ci95_low, ci95_high, and detected: whether the interval lies
        above zero. Arms with fewer than two clusters have no row.
    """
    contrast, outcome = comparison.contrast, comparison.outcome
    seen = comparison.once.dropna(subset=["outcome", "baseline"])
    rows = []
    for arm in (contrast.comparison, contrast.reference):
        mine = seen[seen["arm"].eq(arm)]
        change = outcome.toward_better * (mine["outcome"] - mine["baseline"]).to_numpy(dtype=float)
        alone = pd.Series(range(len(mine)), index=mine.index).astype(str)
        shared = contrast.clusters.get(arm, "none") != "none"
        label = mine["cluster"].astype(object) if shared else alone
        code, names = pd.factorize(label.where(label.notna(), alone))
        if len(names) < 2:
            continue
        value, count = float(change.mean()), len(names)
        sums = np.bincount(code, change - value)
        se = float(np.sqrt(count / (count - 1) * (sums @ sums))) / len(mine)
        low, high = interval(value, se, count - 1, 0.95)
        row = {"contrast": contrast.id, "arm": arm, "unit": outcome.unit, "n": len(mine)}
        row |= {"clusters": count, "value": value, "se": se, "df": float(count - 1)}
        rows.append(row | {"ci95_low": low, "ci95_high": high, "detected": low > 0})
    return pd.DataFrame(rows, columns=list(COLUMNS))
