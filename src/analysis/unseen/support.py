"""Which columns may help to impute: those in which the unseen lie among the seen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

CENTRAL = (0.025, 0.975)


def unsupported(frame: pd.DataFrame, names: Iterable[str], most: float) -> tuple[str, ...]:
    """Return the columns that separate the unseen from the seen in an arm.

    A regression among those seen says nothing of values that none of them has: predictions there
    are extrapolated, and their errors explode (King and Zeng 2006, doi 10.1093/pan/mpj004). The day
    of discharge is such a column where assessments end with treatment.

    Parameters
    ----------
    frame : DataFrame
        One row an eligible participant: ``arm``, ``outcome`` (missing where unseen), the columns.
    names : iterable of str
        Numeric columns.
    most : float
        Share of an arm's unseen that may lie outside the central 95% of its seen.
    """
    unseen = frame["outcome"].isna()
    by_arm = [(rows, unseen[rows.index]) for _, rows in frame.groupby("arm")]
    return tuple(
        name
        for name in names
        if any(_beyond(rows.loc[~gone, name], rows.loc[gone, name]) > most for rows, gone in by_arm)
    )


def _beyond(seen: pd.Series, unseen: pd.Series) -> float:
    known, apart = (one.dropna().to_numpy(dtype=float) for one in (seen, unseen))
    if not known.size or not apart.size:
        return 0.0
    low, high = np.quantile(known, CENTRAL)
    return float(((apart < low) | (apart > high)).mean())
