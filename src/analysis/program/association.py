"""What goes with the gain on the primary outcome inside the group arm: a correlation, its parts.

In all, after the day of the rating, between members of one group, and between groups; `occasions`
has one member over time. An association is not what a good climate does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analysis.comparison.question import recorded
from analysis.program import occasions
from analysis.program.inputs import Program
from analysis.program.regress import TooFewError, fill, fitted
from analysis.records.effect import Effect
from analysis.records.errors import TooFewGroupsError


def correlation(program: Program, construct: str, blank: Effect) -> Effect:
    """Correlate the day of ratings's score with the gain on the primary outcome.

    Returns
    -------
    Effect
        Pearson's r, positive = better score, more gain; `clustered_correlation`'s interval.
    """
    rows = _correlated(program, construct)
    return _as_effect(program, rows["score"], rows["gain"], rows["cluster"], blank)


def later_correlation(program: Program, construct: str, blank: Effect) -> Effect:
    """Correlate the day of ratings's score with the gain after it, symptoms of that day held equal.

    Gain before the rating can have brought the rating about; gain after it cannot. Both are taken
    as residuals on the symptoms at intake and at the day of ratings.

    Returns
    -------
    Effect
        Partial correlation, positive = better score, more later gain; interval as `correlation`.
    """
    rows = _correlated(program, construct)
    intake = program.primary()["baseline"].reindex(rows.index).astype(float)
    early = program.score(
        program.symptom, program.limits.rated, program.limits.symptom_reach
    ).reindex(rows.index)
    rows = rows.assign(intake=intake, early=early).dropna()
    if len(rows) < program.limits.fewest:
        raise TooFewError(f"{len(rows)} members have {construct} and symptoms at the same time")
    given = np.column_stack([np.ones(len(rows)), rows[["intake", "early"]]])
    score, gain = (
        rows[one] - given @ np.linalg.lstsq(given, rows[one], rcond=None)[0]
        for one in ("score", "gain")
    )
    return _as_effect(program, score, gain, rows["cluster"], blank)


def _correlated(program: Program, construct: str) -> pd.DataFrame:
    rows = _with_gain(program, construct)
    rows = rows.assign(cluster=rows["cluster"].fillna(rows["episode_id"])).dropna()
    if len(rows) < program.limits.fewest:
        raise TooFewError(f"{len(rows)} members have {construct} and the primary outcome")
    return rows


def _as_effect(
    program: Program, score: pd.Series, gain: pd.Series, cluster: pd.Series, blank: Effect
) -> Effect:
    return replace(
        blank,
        **clustered_correlation(score.to_numpy(), gain.to_numpy(), cluster.to_numpy()),
        df_method="clusters - 1",
        n_used=len(score),
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
    formula = "gain ~ own + theirs + intake"
    fit = cache(lambda: fitted(_split(program, construct), formula, fewest=program.limits.fewest))

    def part(b: Effect, term: str) -> Effect:
        found, counts = fit()
        return fill(b, found, {term: 1.0}, **counts)

    makers: dict[str, Callable[[Effect], Effect]] = {
        "members": lambda b: part(b, "own"),
        "groups": lambda b: part(b, "theirs"),
        "over_time": lambda b: occasions.of_climate(program, construct, b),
    }
    return [
        recorded(
            replace(occasions.per_sd(program, blank, name), model="multilevel association"), make
        )
        for name, make in makers.items()
    ]


def _split(program: Program, construct: str) -> pd.DataFrame:
    rows = _with_gain(program, construct).dropna()
    if len(rows) < program.limits.fewest:
        raise TooFewError(f"{len(rows)} members have {construct} and the primary outcome")
    sd = rows["score"].std(ddof=1)
    theirs = rows.groupby("cluster")["score"].transform("mean")
    intake = program.primary()["baseline"].reindex(rows.index).astype(float)
    return rows.assign(own=(rows["score"] - theirs) / sd, theirs=theirs / sd, intake=intake).drop(
        columns="score"
    )


def _with_gain(program: Program, construct: str) -> pd.DataFrame:
    gain = program.primary()["change"].astype(float)
    score = program.sign(construct) * program.score(construct, program.limits.rated)
    return program.clustered.assign(score=score, gain=gain)
