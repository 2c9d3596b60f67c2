"""What exists only in groups (climate, cohesion, therapeutic factors), inside the group arm.

Level, trend and intraclass correlation; `association` has what goes with the primary outcome. None
of it is a contrast of arms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.program.inputs import Program
from analysis.program.regress import TooFewError, regress
from analysis.records.effect import Effect
from analysis.records.errors import TooFewGroupsError


def level(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the mean score at the day of ratings, with therapy groups' interval.

    Returns
    -------
    Effect
        Points of the instrument's own scale.
    """
    rows = program.clustered.assign(score=program.score(construct, program.limits.rated))
    rows = rows[["episode_id", "cluster", "score"]]
    return regress(rows, "score ~ 1", {"Intercept": 1.0}, blank, fewest=program.limits.fewest)


def trend(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the mean change from the first wave to the outcome's day.

    The change of members with both scores, taken at the mean first score of all who gave one.
    """
    sign = program.sign(construct)
    limits = program.limits
    begun = program.score(construct, limits.waves[0], limits.wave_reach)
    first = begun.reindex(program.members.index)
    last = program.score(construct, program.day).reindex(program.members.index)
    rows = program.clustered.assign(change=sign * (last - first), first=first - first.mean())
    rows = rows[["episode_id", "cluster", "change", "first"]]
    return regress(rows, "change ~ first", {"Intercept": 1.0}, blank, fewest=limits.fewest)


def shared(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the intraclass correlation within therapy groups of the score at that day."""
    rows = program.clustered.assign(score=program.score(construct, program.limits.rated))
    rows = rows[["episode_id", "cluster", "score"]].dropna()
    if len(rows) < program.limits.fewest:
        raise TooFewError(f"{len(rows)} members have a score of {construct}")
    found = icc_interval(rows["score"].to_numpy(float), rows["cluster"].to_numpy())
    return replace(
        blank,
        value=found["icc"],
        ci90=found["ci90"],
        ci95=found["ci95"],
        icc=found["icc"],
        n_used=len(rows),
        n_eligible=len(program.members),
        clusters=int(found["groups"]),
        cluster_unit="therapy group",
        converged=True,
    )


def icc_interval(score: np.ndarray, group: np.ndarray) -> dict[str, Any]:
    """Intraclass correlation of single scores from one-way analysis of variance.

    ICC(1,1) and its F interval (Shrout and Fleiss 1979, doi 10.1037/0033-2909.86.2.420); with
    groups of unequal size their size is ``(N - sum n² / N) / (k - 1)`` (Donner 1986,
    doi 10.2307/1403259), and the interval is approximate.

    Parameters
    ----------
    score, group : arrays, shape (n,)

    Raises
    ------
    TooFewGroupsError
        With fewer than two groups, or no group of two.
    """
    codes, labels = pd.factorize(group)
    n, k = len(score), len(labels)
    if k < 2 or n <= k:
        raise TooFewGroupsError("the intraclass correlation needs two groups and members in them")
    size = np.bincount(codes)
    mean = np.bincount(codes, score) / size
    between = float(size @ (mean - score.mean()) ** 2) / (k - 1)
    within = float(np.sum((score - mean[codes]) ** 2)) / (n - k)
    m = (n - float(size @ size) / n) / (k - 1)
    f = between / within
    bounds = {}
    for percent in (90, 95):
        tail = 0.5 - percent / 200
        ends = (f / stats.f.isf(tail, k - 1, n - k), f * stats.f.isf(tail, n - k, k - 1))
        bounds[f"ci{percent}"] = tuple(float((one - 1) / (one + m - 1)) for one in ends)
    return {"icc": (f - 1) / (f + m - 1), "groups": float(k), **bounds}
