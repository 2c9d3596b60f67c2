"""Stabilised weights of a weekly dose: what was likely without the symptoms over what was with.

Hours of a week are cut into levels, within each arm, and modelled by an ordered probit, which needs
no density of the hours (Naimi et al. 2014, doi 10.1097/EDE.0000000000000053, find levels safer than
a density). Leaving treatment and having an outcome are probits of two levels. Each is fitted twice:
with baseline, week and past hours (numerator), and with past symptoms as well (denominator). A
participant's weight is the product of all ratios (Robins, Hernan and Brumback 2000,
doi 10.1097/00001648-200009000-00011).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import qr
from scipy.special import ndtr, ndtri

from analysis.adjust.columns import Covariates, Matrix, Vector, expand
from analysis.dose.errors import DoseModelError
from analysis.dose.history import FORMATS, History
from analysis.study.rowless import rowless

LEVELS = 12
PAST = [f"{name}_{when}" for name in FORMATS for when in ("before", "mean")]
SYMPTOMS = ["last", "before"]
STEPS = 50
# Keeps a level that nobody of some kind reached from an infinite slope.
RIDGE = 0.01


@rowless
@dataclass(frozen=True)
class Events:
    """Events of one kind in one arm, r of them.

    Attributes
    ----------
    name : str
        Such as ``group hours``.
    person : array of int, shape (r,)
        Row of ``History.people``.
    row : array of int, shape (r,), or None
        Row of ``History.weeks``; None for an event after all weeks.
    level : array of int, shape (r,)
        What happened: codes from 0, in order.
    known : array of shape (r, p)
        What the numerator holds.
    symptoms : array of shape (r, q)
        What the denominator holds besides.
    """

    name: str
    person: np.ndarray
    row: np.ndarray | None
    level: np.ndarray
    known: Matrix
    symptoms: Matrix


@rowless
@dataclass(frozen=True)
class DoseWeights:
    """Stabilised weights with what their estimation adds to an error.

    Attributes
    ----------
    values : array of shape (n,)
        Mean near one where the models fit.
    slope : array of shape (n, q)
        Derivative of each participant's log weight by every coefficient of every model.
    influence : array of shape (n, q)
        Each participant's part in the error of those coefficients.
    weekly : array of shape (r,)
        Weight up to each row of ``History.weeks``, its own week included.
    """

    values: Vector
    slope: Matrix
    influence: Matrix
    weekly: Vector


def dose_weights(history: History, covariates: Covariates) -> DoseWeights:
    """Estimate the weights of all participants.

    Parameters
    ----------
    history : History
    covariates : sequence of mapping
        Baseline covariates; the baseline score enters without being named.

    Raises
    ------
    DoseModelError
        If a model has no finite estimate.
    """
    n = len(history.people)
    logs, weekly = np.zeros(n), np.zeros(len(history.weeks))
    slopes, influences = [], []
    for arm in dict.fromkeys(history.people["arm"]):
        for events in weekly_events(history, covariates, str(arm)):
            both = np.hstack([events.known, events.symptoms])
            for x, sign in ((events.known, 1.0), (both, -1.0)):
                log, score, inverse = _fit(events, x, n)
                logs += sign * np.bincount(events.person, log, n)
                if events.row is not None:
                    weekly += sign * np.bincount(events.row, log, len(weekly))
                slopes.append(sign * score)
                influences.append(score @ inverse)
    so_far = pd.Series(weekly).groupby(history.weeks["person"]).cumsum().to_numpy()
    return DoseWeights(np.exp(logs), np.hstack(slopes), np.hstack(influences), np.exp(so_far))


def levels_of(hours: Vector, most: int = LEVELS) -> np.ndarray:
    """Cut hours at their quantiles into at most `most` levels: codes from 0; ties stay together."""
    edges = np.unique(np.quantile(hours, np.linspace(0, 1, most + 1)[1:-1]))
    codes = np.searchsorted(edges, hours, side="left")
    return np.unique(codes, return_inverse=True)[1]


def weekly_events(history: History, covariates: Covariates, arm: str) -> Iterator[Events]:
    """Yield what happened in an arm: leaving, hours of each format, and having an outcome.

    Parameters
    ----------
    history : History
    covariates : sequence of mapping
    arm : str

    Yields
    ------
    Events
        Named ``staying``, ``group hours``, ``individual hours`` and ``outcome``.
    """
    people, weeks = history.people, history.weeks
    inside = people["arm"].eq(arm).to_numpy()
    every = [{"column": "baseline", "type": "numeric"}, *covariates]
    columns = expand(people[inside], every).matrix
    fixed = np.zeros((len(people), columns.shape[1]))
    fixed[inside] = columns
    mine = np.flatnonzero(inside[weeks["person"].to_numpy()])
    rows = weeks.iloc[mine]
    person = rows["person"].to_numpy()
    symptoms = rows[SYMPTOMS].to_numpy(dtype=float)
    week = rows["week"].to_numpy()
    when = (week[:, None] == np.unique(week)[1:]).astype(float)
    known = np.hstack([fixed[person], when, rows[PAST].to_numpy(dtype=float)])
    ends = rows["ends"].to_numpy(dtype=int)
    at = np.isin(week, np.unique(week[ends == 1]))
    yield Events("staying", person[at], mine[at], ends[at], known[at], symptoms[at])
    known = np.hstack([known, rows[["ends", "full"]].to_numpy(dtype=float)])
    for name in FORMATS:
        hours = rows[name].to_numpy(dtype=float)
        yield Events(f"{name} hours", person, mine, levels_of(hours), known, symptoms)
        known = np.hstack([known, hours[:, None]])
    final = rows.groupby("person").tail(1)
    who = final["person"].to_numpy()
    doses = people.loc[who, list(FORMATS)].to_numpy(dtype=float)
    stay = final[["week", "ends"]].to_numpy(dtype=float)
    seen = people["outcome"].notna().to_numpy()[who].astype(int)
    latest = final[SYMPTOMS].to_numpy(dtype=float)
    yield Events("outcome", who, None, seen, np.hstack([fixed[who], doses, stay]), latest)


def _fit(events: Events, x: Matrix, n: int) -> tuple[Vector, Matrix, Matrix]:
    """Return each event's log likelihood, participants' scores (n, p), and inverse information.

    An ordered probit by Fisher scoring: level k where a normal variable about x'b lies between the
    cuts k and k + 1 (McKelvey and Zavoina 1975, doi 10.1080/0022250X.1975.9989847).
    """
    level = events.level
    shares = np.bincount(level) / max(len(level), 1)
    if len(shares) < 2 or shares.min() == 0:
        return np.zeros(len(level)), np.zeros((n, 0)), np.zeros((0, 0))
    x = independent(x - x.mean(axis=0))
    cuts = len(shares) - 1
    theta = np.r_[ndtri(np.cumsum(shares)[:-1]), np.zeros(x.shape[1])]
    ridge = np.r_[np.zeros(cuts), np.full(x.shape[1], RIDGE)]
    for _ in range(STEPS):
        log, own, information = _likelihood(theta, x, level)
        information += np.diag(ridge)
        step = np.linalg.solve(information, own.sum(axis=0) - ridge * theta)
        while cuts > 1 and np.diff((theta + step)[:cuts]).min() <= 0:
            step /= 2
        theta = theta + step / max(1.0, np.abs(step).max() / 3.0)
        if np.abs(step).max() < 1e-8:
            break
    else:
        raise DoseModelError(f"the model of {events.name} has no finite estimate")
    score = np.zeros((n, len(theta)))
    np.add.at(score, events.person, own)
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return log, score, inverse


def _likelihood(theta: Vector, x: Matrix, level: np.ndarray) -> tuple[Vector, Matrix, Matrix]:
    """Return each event's log likelihood and score, and the expected information.

    Only the two cuts next to a level and the slopes move its chance, so that the information is
    summed by blocks: cuts (tridiagonal), cuts by slopes, and slopes.
    """
    cuts, rows = len(theta) - x.shape[1], np.arange(len(x))
    away = theta[:cuts, None] - x @ theta[cuts:]
    edge = np.zeros((1, len(x)))
    below = np.vstack([edge, ndtr(away), edge + 1])
    height = np.vstack([edge, np.exp(-0.5 * away**2) / np.sqrt(2 * np.pi), edge])
    p, drop = np.maximum(np.diff(below, axis=0), 1e-12), np.diff(height, axis=0)
    mine = p[level, rows]
    own = np.zeros((len(x), len(theta) + 2))
    own[rows, level + 1] = height[level + 1, rows] / mine
    own[rows, level] = -height[level, rows] / mine
    own = np.delete(own, [0, cuts + 1], axis=1)
    own[:, cuts:] = -(drop[level, rows] / mine)[:, None] * x
    inner, ratio = height[1:-1], drop / p
    between = -(inner[1:] * inner[:-1] / p[1:-1]).sum(axis=1)
    by_cut = np.diag((inner**2 * (1 / p[1:] + 1 / p[:-1])).sum(axis=1))
    by_cut += np.diag(between, 1) + np.diag(between, -1)
    crossed = (inner * np.diff(ratio, axis=0)) @ x
    by_slope = (x * (drop * ratio).sum(axis=0)[:, None]).T @ x
    return np.log(mine), own, np.block([[by_cut, crossed], [crossed.T, by_slope]])


def independent(x: Matrix) -> Matrix:
    """Scale columns to a mean square of one and keep some that span the same space.

    Parameters
    ----------
    x : array of shape (r, p)

    Returns
    -------
    array of shape (r, at most p)
    """
    size = np.linalg.norm(x, axis=0)
    varies = size > 1e-9 * max(float(size.max(initial=0.0)), 1e-300)
    x = x[:, varies] / size[varies] * np.sqrt(len(x))
    if x.shape[1] == 0:
        return x
    _, r, order = qr(x, mode="economic", pivoting=True)
    kept = np.abs(np.diag(r)) > 1e-7 * abs(r[0, 0])
    return np.asarray(x[:, np.sort(order[: kept.sum()])])
