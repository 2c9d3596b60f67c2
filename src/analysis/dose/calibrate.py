"""Weights of a dose, truncated and then calibrated: hours go with no symptom that came before them.

Products of many ratios have heavy tails, and what their models miss stays in the estimate. So the
weights of each arm are truncated at two percentiles (Cole and Hernan 2008, doi 10.1093/aje/kwn164)
and then moved as little as may be, in entropy (Hainmueller 2012, doi 10.1093/pan/mpr025), until
what the right weights would give on average holds in the sample: the week's hours, less what past
hours and baseline foretell, are uncorrelated with symptoms before them (Yiu and Su 2018,
doi 10.1093/biomet/asy015).
"""

from __future__ import annotations

import numpy as np

from analysis.adjust.columns import Covariates, Matrix, Vector
from analysis.dose.errors import DoseModelError
from analysis.dose.history import FORMATS, History
from analysis.dose.weights import DoseWeights, independent, weekly_events

STEPS = 100


def calibrated_weights(
    history: History, covariates: Covariates, weights: DoseWeights, truncated: float
) -> DoseWeights:
    """Truncate and calibrate the weights of all participants with an outcome, arm by arm.

    Parameters
    ----------
    history : History
    covariates : sequence of mapping
        As `dose_weights` took them.
    weights : DoseWeights
        From `dose_weights`.
    truncated : float
        Share of an arm's weights that is truncated at either end.

    Returns
    -------
    DoseWeights
        Mean one in each arm, zero without an outcome; ``slope`` and ``influence`` hold the
        multipliers of the calibration as further coefficients; ``weekly`` is as it was.

    Raises
    ------
    DoseModelError
        If no weights satisfy the conditions.
    """
    arm = history.people["arm"].to_numpy()
    seen = history.people["outcome"].notna().to_numpy()
    values, slope = np.zeros(len(arm)), weights.slope.copy()
    slopes, influences = [slope], [weights.influence]
    for name in dict.fromkeys(arm):
        inside = seen & (arm == name)
        low, high = np.quantile(weights.values[inside], [truncated, 1 - truncated])
        slope[inside & ((weights.values < low) | (weights.values > high))] = 0.0
        begun = np.clip(weights.values, low, high) * inside
        products = _products(history, covariates, str(name)) * inside[:, None]
        conditions = np.column_stack([inside, independent(products)])
        tilted = _tilted(begun, conditions, inside)
        values += tilted
        part = conditions * tilted[:, None]
        own = part.copy()
        own[:, 0] -= inside
        moved = own + weights.influence @ (slope.T @ part)
        slopes.append(conditions)
        influences.append(-np.linalg.solve(part.T @ conditions, moved.T).T)
    return DoseWeights(values, np.hstack(slopes), np.hstack(influences), weights.weekly)


def _products(history: History, covariates: Covariates, arm: str) -> Matrix:
    """Sum over each participant's weeks: hours not foretold, times what was known before them."""
    n, columns = len(history.people), []
    baseline = history.people["baseline"].to_numpy(dtype=float)
    weeks = history.weeks["week"].to_numpy(dtype=float)
    for events in weekly_events(history, covariates, arm):
        name = events.name.removesuffix(" hours")
        if name not in FORMATS:
            continue
        hours = history.weeks[name].to_numpy(dtype=float)[events.row]
        x = np.column_stack([np.ones(len(hours)), events.known])
        left = hours - x @ np.linalg.lstsq(x, hours, rcond=None)[0]
        last, before = events.symptoms.T
        week = weeks[events.row] - weeks[events.row].mean()
        centred = baseline[events.person] - baseline[events.person].mean()
        past = (np.ones(len(hours)), centred, last, before, last * week)
        columns += [np.bincount(events.person, left * one, n) for one in past]
    return np.column_stack(columns)


def _tilted(begun: Vector, conditions: Matrix, inside: np.ndarray) -> Vector:
    """Return ``begun * exp(conditions @ t)`` with t such that the conditions hold, by Newton."""
    wanted, at = np.zeros(conditions.shape[1]), np.zeros(conditions.shape[1])
    wanted[0] = inside.sum()
    at[0] = np.log(inside.sum() / begun.sum())
    for _ in range(STEPS):
        values = begun * np.exp(conditions @ at)
        part = conditions * values[:, None]
        try:
            step = np.linalg.solve(part.T @ conditions, wanted - part.sum(axis=0))
        except np.linalg.LinAlgError:
            break
        at += step / max(1.0, float(np.abs(conditions @ step).max()))
        if np.abs(step).max() < 1e-9:
            return np.asarray(begun * np.exp(conditions @ at))
    raise DoseModelError("no weights make the hours of a week independent of symptoms before them")
