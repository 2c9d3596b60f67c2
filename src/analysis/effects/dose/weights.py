"""Stabilised weights of a weekly dose: what was likely without the symptoms over what was with.

Hours of a week are cut into levels, within each arm, and modelled by continuation-ratio logits,
which are logistic regressions over one row for each level that was reached (Naimi et al. 2014,
doi 10.1097/EDE.0000000000000053, find levels safer than a density of the hours). Leaving
treatment and having an outcome are logistic regressions too. Each is fitted twice: with baseline,
week and past hours (numerator), and with past symptoms as well (denominator). A participant's
weight is the product of all ratios (Robins, Hernan and Brumback 2000,
doi 10.1097/00001648-200009000-00011).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import qr

from analysis.effects.confounding.design import Covariates, Matrix, Vector, expand
from analysis.effects.confounding.logistic import expit
from analysis.effects.dose.errors import DoseModelError
from analysis.effects.dose.history import FORMATS, History

LEVELS = 8
PAST = [f"{name}_{when}" for name in FORMATS for when in ("before", "mean")]
SYMPTOMS = ["last", "before"]
STEPS = 50
# Keeps a level that nobody of some kind reached from an infinite coefficient.
RIDGE = 0.01


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
    y : array of shape (r,)
        0 or 1.
    known : array of shape (r, p)
        What the numerator holds.
    symptoms : array of shape (r, q)
        What the denominator holds besides.
    """

    name: str
    person: np.ndarray
    row: np.ndarray | None
    y: Vector
    known: Matrix
    symptoms: Matrix


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
        for events in _events(history, covariates, str(arm)):
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


def reached(level: np.ndarray) -> tuple[np.ndarray, np.ndarray, Vector]:
    """Lay ordered levels out as events: at each level reached but the last, whether it ended there.

    Parameters
    ----------
    level : array of int, shape (r,)
        Codes 0 to m.

    Returns
    -------
    of, at, stopped : arrays of shape (events,)
        Position in `level`, the level reached, and 1.0 where it is the level itself.
    """
    count = np.minimum(level + 1, int(level.max(initial=0)))
    of = np.repeat(np.arange(len(level)), count)
    at = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    return of, at, (level[of] == at).astype(np.float64)


def _events(history: History, covariates: Covariates, arm: str) -> Iterator[Events]:
    """Yield what happened in an arm: leaving, hours of each format, and having an outcome."""
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
    ends = rows["ends"].to_numpy(dtype=float)
    at = np.isin(week, np.unique(week[ends == 1]))
    yield Events("staying", person[at], mine[at], ends[at], known[at], symptoms[at])
    known = np.hstack([known, rows[["ends", "full"]].to_numpy(dtype=float)])
    for name in FORMATS:
        hours = rows[name].to_numpy(dtype=float)
        of, at, stopped = reached(levels_of(hours))
        steps = (at[:, None] == np.arange(at.max(initial=-1) + 1)).astype(float)
        # the higher the level, the less a covariate's slope on it: let slopes bend with the level
        bent = at[:, None] / max(at.max(initial=0), 1)
        table = np.hstack([steps, known[of], bent * known[of]])
        behind = np.hstack([symptoms[of], bent * symptoms[of]])
        yield Events(f"{name} hours", person[of], mine[of], stopped, table, behind)
        known = np.hstack([known, hours[:, None]])
    final = rows.groupby("person").tail(1)
    who = final["person"].to_numpy()
    doses = people.loc[who, list(FORMATS)].to_numpy(dtype=float)
    stay = final[["week", "ends"]].to_numpy(dtype=float)
    seen = people["outcome"].notna().to_numpy()[who].astype(float)
    latest = final[SYMPTOMS].to_numpy(dtype=float)
    yield Events("outcome", who, None, seen, np.hstack([fixed[who], doses, stay]), latest)


def _fit(events: Events, x: Matrix, n: int) -> tuple[Vector, Matrix, Matrix]:
    """Return each event's log likelihood, participants' scores (n, p), and inverse information."""
    if len(events.y) == 0 or np.ptp(events.y) == 0:
        return np.zeros(len(events.y)), np.zeros((n, 0)), np.zeros((0, 0))
    x = _independent(np.column_stack([np.ones(len(x)), x]))
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = expit(x @ beta)
        information = (x.T * (p * (1 - p))) @ x + RIDGE * np.eye(len(beta))
        step = np.linalg.solve(information, x.T @ (events.y - p) - RIDGE * beta)
        beta += step / max(1.0, np.abs(step).max() / 3.0)
        if np.abs(step).max() < 1e-8:
            break
    else:
        raise DoseModelError(f"the model of {events.name} has no finite estimate")
    p = expit(x @ beta)
    inverse = np.asarray(
        np.linalg.inv((x.T * (p * (1 - p))) @ x + RIDGE * np.eye(len(beta))), dtype=np.float64
    )
    score = np.zeros((n, x.shape[1]))
    np.add.at(score, events.person, (events.y - p)[:, None] * x)
    return np.asarray(np.log(np.where(events.y == 1, p, 1 - p))), score, inverse


def _independent(x: Matrix) -> Matrix:
    """Scale columns to length one and keep a set of them that spans the same space."""
    size = np.linalg.norm(x, axis=0)
    x = x[:, size > 0] / size[size > 0] * np.sqrt(len(x))
    _, r, order = qr(x, mode="economic", pivoting=True)
    kept = np.abs(np.diag(r)) > 1e-7 * abs(r[0, 0])
    return np.asarray(x[:, np.sort(order[: kept.sum()])])
