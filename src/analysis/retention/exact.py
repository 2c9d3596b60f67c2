"""Difference of two shares of which one is 0 or 1, where least squares knows no uncertainty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.program.fidelity import clustered_share

Interval = tuple[float, float]


def independent_units(people: pd.DataFrame) -> pd.Series:
    """Return the label of each person's independent unit: the cluster, or the person."""
    alone = "participant " + people["episode_id"].astype(str)
    return people["cluster"].where(people["cluster"].notna(), alone)


def exact_difference(
    inside: pd.Series, in_comparison: pd.Series, unit: pd.Series
) -> tuple[float, float, float, dict[str, Interval]]:
    """Compare the shares of two arms by joining their own intervals.

    The arms' intervals are those of `clustered_share` (exact where all agree, each cluster counted
    as one unit), joined by the method of variance estimates recovery (Zou and Donner 2008,
    doi 10.1002/sim.3095).

    Parameters
    ----------
    inside : Series of float
        Ones and zeros.
    in_comparison : Series of float
        1 in the comparison arm, 0 in the reference arm.
    unit : Series
        Independent unit of each person.

    Returns
    -------
    value, se, df : float
        Difference, comparison less reference; df are the smaller arm's.
    intervals : dict
        ``ci90`` and ``ci95``.

    Raises
    ------
    TooFewGroupsError
        If an arm has one cluster.
    """
    one, two = (
        clustered_share(inside[at].to_numpy(float), unit[at].to_numpy())
        for at in (in_comparison == 1, in_comparison == 0)
    )
    value = one["share"] - two["share"]
    ends = {}
    for name in ("ci90", "ci95"):
        (low1, high1), (low2, high2) = one[name], two[name]
        below = np.hypot(one["share"] - low1, high2 - two["share"])
        above = np.hypot(high1 - one["share"], two["share"] - low2)
        ends[name] = (float(value - below), float(value + above))
    return value, float(np.hypot(one["se"], two["se"])), min(one["df"], two["df"]), ends
