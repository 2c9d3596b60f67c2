"""What exists only in groups (climate, cohesion, therapeutic factors), inside the group arm.

Level, trend, intraclass correlation, and association with the primary outcome: in all, between
members of one group, between groups, and within one member over time. None of it is a contrast of
arms, and association is not what a good climate does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import stdtrit

from analysis.effects.effect import Effect
from analysis.effects.errors import TooFewGroupsError
from analysis.effects.program.inputs import Program
from analysis.effects.program.regress import FEWEST, TooFewError, recorded, regress

FIRST, MIDDLE = 7, 21
WAVES = (7, 21, 42)


def level(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the mean score at the middle wave, with therapy groups' interval.

    Returns
    -------
    Effect
        Points of the instrument's own scale.
    """
    rows = _members(program).assign(score=program.score(construct, MIDDLE))
    rows = rows[["episode_id", "cluster", "score"]]
    return regress(rows, "score ~ 1", {"Intercept": 1.0}, blank)


def trend(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the mean change from the first wave to the outcome's day.

    The change of members with both scores, taken at the mean first score of all who gave one.
    """
    sign = program.sign(construct)
    first = program.score(construct, FIRST, 3).reindex(program.members.index)
    last = program.score(construct, program.day).reindex(program.members.index)
    rows = _members(program).assign(change=sign * (last - first), first=first - first.mean())
    rows = rows[["episode_id", "cluster", "change", "first"]]
    return regress(rows, "change ~ first", {"Intercept": 1.0}, blank)


def shared(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the intraclass correlation of the middle wave's score within therapy groups."""
    rows = _members(program).assign(score=program.score(construct, MIDDLE))
    rows = rows[["episode_id", "cluster", "score"]].dropna()
    if len(rows) < FEWEST:
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


def association(program: Program, construct: str, blank: Effect) -> Effect:
    """Correlate the middle wave's score with the gain on the primary outcome.

    Returns
    -------
    Effect
        Pearson's r, positive = better score, more gain; `clustered_correlation`'s interval.
    """
    rows = _with_gain(program, construct)
    rows = rows.assign(cluster=rows["cluster"].fillna(rows["episode_id"])).dropna()
    if len(rows) < FEWEST:
        raise TooFewError(f"{len(rows)} members have {construct} and the primary outcome")
    found = clustered_correlation(*(rows[n].to_numpy() for n in ("score", "gain", "cluster")))
    return replace(
        blank,
        **found,
        df_method="clusters - 1",
        n_used=len(rows),
        n_eligible=len(program.members),
        cluster_unit="therapy group",
        converged=True,
    )


def clustered_correlation(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> dict[str, Any]:
    """Pearson's correlation with an interval that knows that rows share clusters.

    The standard error sums the influence function ``zx zy - r (zx² + zy²) / 2`` (Devlin,
    Gnanadesikan and Kettenring 1975, doi 10.1093/biomet/62.3.531) within clusters; the interval is
    a t interval on Fisher's scale with clusters - 1 degrees of freedom.

    Parameters
    ----------
    x, y : arrays of float, shape (n,)
    cluster : array, shape (n,)

    Raises
    ------
    TooFewGroupsError
        With fewer than two clusters.
    """
    codes, labels = pd.factorize(cluster)
    clusters = len(labels)
    if clusters < 2:
        raise TooFewGroupsError(f"{clusters} cluster: an interval needs at least two")
    zx, zy = (
        (one - one.mean()) / one.std() for one in (np.asarray(x, float), np.asarray(y, float))
    )
    r = float(np.mean(zx * zy))
    totals = np.bincount(codes, zx * zy - r * (zx**2 + zy**2) / 2, minlength=clusters)
    se = float(np.sqrt(clusters / (clusters - 1) * np.sum(totals**2)) / len(zx))
    z, half = np.arctanh(r), se / (1 - r**2)
    ends = {}
    for percent in (90, 95):
        reach = float(stdtrit(clusters - 1, 0.5 + percent / 200)) * half
        ends[f"ci{percent}"] = (float(np.tanh(z - reach)), float(np.tanh(z + reach)))
    return {"value": r, "se": se, "df": float(clusters - 1), "clusters": clusters, **ends}


def levels_of_association(program: Program, construct: str, blank: Effect) -> list[Effect]:
    """Split the association into members of one group, groups, and one member over time.

    The score in standard deviations is centred at the group's mean and, for the third, at the
    member's own mean over waves (Curran and Bauer 2011, doi 10.1146/annurev.psych.093008.100356).

    Returns
    -------
    list of Effect
        ``{id}.members``, ``{id}.groups``, ``{id}.over_time``: points of the primary outcome
        gained per standard deviation of the score.
    """
    makers = {"members": _between_members, "groups": _between_groups, "over_time": _over_time}
    bound = program.config.get("outcome", {}).get("construct", "")
    unit = f"{program.config['instruments'].get(bound, '')} points per SD"
    effects = []
    for part, make in makers.items():
        one = replace(blank, id=f"{blank.id}.{part}", unit=unit, model="multilevel association")
        effects.append(recorded(one, lambda b, make=make: make(program, construct, b)))  # type: ignore[misc]
    return effects


def _between_members(program: Program, construct: str, blank: Effect) -> Effect:
    return regress(_split(program, construct), "gain ~ own + theirs + intake", {"own": 1.0}, blank)


def _between_groups(program: Program, construct: str, blank: Effect) -> Effect:
    return regress(
        _split(program, construct), "gain ~ own + theirs + intake", {"theirs": 1.0}, blank
    )


def _split(program: Program, construct: str) -> pd.DataFrame:
    rows = _with_gain(program, construct).dropna()
    if len(rows) < FEWEST:
        raise TooFewError(f"{len(rows)} members have {construct} and the primary outcome")
    sd = rows["score"].std(ddof=1)
    theirs = rows.groupby("cluster")["score"].transform("mean")
    intake = program.primary()["baseline"].reindex(rows.index).astype(float)
    return rows.assign(own=(rows["score"] - theirs) / sd, theirs=theirs / sd, intake=intake).drop(
        columns="score"
    )


def _over_time(program: Program, construct: str, blank: Effect) -> Effect:
    outcome = program.symptom
    parts = []
    for wave in WAVES:
        score = program.sign(construct) * program.score(construct, wave, 3)
        course = program.sign(outcome) * program.score(outcome, wave, 3)
        rows = _members(program).assign(score=score, course=course, wave=f"day {wave}")
        parts.append(rows[["episode_id", "cluster", "score", "course", "wave"]])
    long = pd.concat(parts, ignore_index=True).dropna()
    if long["wave"].nunique() < 2:
        raise TooFewError(f"{construct} was not asked at two waves together with the outcome")
    average = long.groupby("episode_id")["score"].transform("mean")
    sd = long["score"].std(ddof=1)
    long = long.assign(own=(long["score"] - average) / sd, average=average / sd)
    formula = "course ~ own + average + C(wave)"
    return regress(
        long.drop(columns="score"), formula, {"own": 1.0}, blank, participant="episode_id"
    )


def _members(program: Program) -> pd.DataFrame:
    members = program.members
    return pd.DataFrame({"episode_id": members.index, "cluster": members["cluster"]}, members.index)


def _with_gain(program: Program, construct: str) -> pd.DataFrame:
    gain = program.primary()["change"].astype(float)
    score = program.sign(construct) * program.score(construct, MIDDLE)
    return _members(program).assign(score=score, gain=gain)
