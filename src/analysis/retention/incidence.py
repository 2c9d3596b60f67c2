"""Cumulative incidence with competing events, its clustered uncertainty, and pseudo-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.measures.unknown import count_clusters
from analysis.records.errors import InsufficientDataError
from analysis.records.times import one_time, reach
from analysis.retention.stays import ENDS
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Incidence:
    """Aalen-Johansen estimate of one cause.

    Attributes
    ----------
    times : (T,) array
        Days on which any stay ended.
    share : (T,) array
        Share that has ended by the cause up to and including each day.
    influence : (n, T) array
        Infinitesimal jackknife values of each person; their squares (sums over a cluster squared)
        add up to the variance.
    at_risk : (T,) array
        People still in treatment and observed just before each day.
    """

    times: Floats
    share: Floats
    influence: Floats
    at_risk: Floats

    def se(self, cluster: Sequence[object] | None = None) -> Floats:
        """Return the standard error (T,), of independent people or of clusters."""
        if cluster is None:
            return np.asarray(np.sqrt((self.influence**2).sum(axis=0)))
        code = pd.factorize(np.asarray(cluster, dtype=object))[0]
        sums = np.zeros((code.max() + 1, len(self.times)))
        np.add.at(sums, code, self.influence)
        return np.asarray(np.sqrt((sums**2).sum(axis=0)))

    def at(self, day: float) -> int:
        """Return the place of the last time not after a day, or -1."""
        late = day + reach([day, *self.times[-1:]]) if np.isfinite(day) else day
        return int(np.searchsorted(self.times, late, side="right")) - 1

    def pseudo_values(self, day: float) -> Floats:
        """Return pseudo-values (n,) of the share by a day.

        Andersen, Klein and Rosthoj (2003, doi 10.1093/biomet/90.1.15), by the infinitesimal
        jackknife; without censoring they are the indicators themselves.
        """
        place = self.at(day)
        if place < 0:
            return np.zeros(len(self.influence))
        return np.asarray(self.share[place] + len(self.influence) * self.influence[:, place])


def incidence(day: Floats, event: Sequence[str], cause: str) -> Incidence:
    """Estimate the cumulative incidence of one cause (Aalen and Johansen 1978, SJS 5, 141-150).

    Parameters
    ----------
    day : (n,) array
        Day on which the stay ended or was last observed; days that differ in their last bits
        are one (`times.one_time`).
    event : sequence of str
        ``left``, ``completed``, ``other`` or ``censored``; censored people count as at risk on
        their last day.
    cause : str
        One of the first three.

    Raises
    ------
    ModelInputError
        If there is nobody, or no stay was seen to end.
    """
    day, kinds = one_time(day), np.asarray(event, dtype=object)
    ended = kinds != "censored"
    if not len(day) or not ended.any():
        raise InsufficientDataError("no stay was seen to end")
    times = np.unique(day[ended])
    risk = day[:, None] >= times
    happens = (day[:, None] == times) & ended[:, None]
    ours = happens & (kinds == cause)[:, None]
    count = risk.sum(axis=0)
    every, own = happens.sum(axis=0) / count, ours.sum(axis=0) / count
    before = np.concatenate([[1.0], np.cumprod(1 - every)[:-1]])
    moved_all, moved_own = (happens - risk * every) / count, (ours - risk * own) / count
    step = moved_all / np.where(every < 1, 1 - every, 1.0)
    moved_before = -before * np.hstack([np.zeros((len(day), 1)), np.cumsum(step, axis=1)[:, :-1]])
    influence = np.cumsum(before * moved_own + moved_before * own, axis=1)
    return Incidence(times, np.cumsum(before * own), influence, count.astype(float))


def incidence_table(stays: pd.DataFrame, arms: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Return cumulative incidences by arm and cause, for the figure.

    Parameters
    ----------
    stays : DataFrame
        As `stay_table` gives it.
    arms : sequence of str
    level : float
        Coverage of the pointwise intervals: complementary log-log scale, t with one df fewer than
        there are clusters where the arm has clusters.

    Returns
    -------
    DataFrame
        arm, event ("left", "completed", "other"), day, share, se, low, high, at_risk, n. A row of
        day 0 with share 0 starts each curve, unless stays ended on day 0.
    """
    parts = []
    for arm in arms:
        rows = stays[stays["arm"] == arm]
        shared = rows["cluster"].notna()
        cluster = rows["cluster"].where(shared, rows["episode_id"]).tolist()
        df = count_clusters(rows["cluster"]) - 1 if shared.any() else np.inf
        for cause in ENDS:
            found = incidence(rows["day"].to_numpy(float), rows["event"].tolist(), cause)
            low, high = _interval(found.share, found.se(cluster), df, level)
            table = pd.DataFrame(
                {
                    "day": found.times,
                    "share": found.share,
                    "se": found.se(cluster),
                    "low": low,
                    "high": high,
                    "at_risk": found.at_risk,
                }
            )
            if found.times[0] > 0:
                start = {name: [0.0] for name in ("day", "share", "se", "low", "high")}
                start["at_risk"] = [float(len(rows))]
                table = pd.concat([pd.DataFrame(start), table], ignore_index=True)
            table.insert(0, "arm", arm)
            table.insert(1, "event", cause)
            table["n"] = len(rows)
            parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _interval(share: Floats, se: Floats, df: float, level: float) -> tuple[Floats, Floats]:
    """Interval on the scale log(-log(1 - share)); the share itself where it is 0 or 1."""
    inside = (share > 0) & (share < 1) & (se > 0)
    p = np.where(inside, share, 0.5)
    reach = stdtrit(min(df, 1e9), 0.5 + level / 2) * se / -((1 - p) * np.log1p(-p))
    centre = np.log(-np.log1p(-p))
    ends = (1 - np.exp(-np.exp(centre + sign * reach)) for sign in (-1, 1))
    low, high = (np.where(inside, end, share) for end in ends)
    return low, high
