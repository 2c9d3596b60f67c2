"""Checks of a dose analysis, made before outcomes are used; a failed one withholds every number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.adjust.columns import Matrix, Vector
from analysis.adjust.diagnostics import (
    Thresholds,
    effective_size,
    higher_is_better,
    lower_is_better,
)
from analysis.adjust.sandwich import Clusters
from analysis.dose.history import FORMATS, History
from analysis.dose.weights import PAST, DoseWeights, levels_of
from analysis.records.effect import Diagnostic


@dataclass(frozen=True)
class DoseThresholds:
    """Where each check of a dose analysis passes and where it fails; between the two it warns.

    The plan gives the values, with their sources (``limits.dose``).

    Attributes
    ----------
    balance : (float, float)
        Largest absolute weighted correlation of a week's hours with the symptoms before it, given
        what the numerator holds: passes below the first, fails from the second on.
    weight_mean : (float, float)
        Distance of the weights' mean from one.
    positivity : (float, float)
        Smallest share that a third of hours has in a third of symptoms: passes from the first on,
        fails below the second.
    fewest : int
        Participants of an arm with a known dose and the outcome.
    varies : float
        Hours a week that the dose must vary by (standard deviation, given arm and covariates).
    truncated : float
        Share of the weights that is truncated at either end.
    fewest_in_cell : int
        Participants of a cell of hours that is shown.
    """

    balance: tuple[float, float]
    weight_mean: tuple[float, float]
    positivity: tuple[float, float]
    fewest: int
    varies: float
    truncated: float
    fewest_in_cell: int


def dose_checks(
    history: History,
    weights: DoseWeights,
    clusters: Clusters,
    limits: DoseThresholds,
    thresholds: Thresholds,
) -> tuple[Diagnostic, ...]:
    """Check the weights of a dose analysis; of the outcome only whether it is missing is used.

    Parameters
    ----------
    history : History
    weights : DoseWeights
        As the models of hours give them: what calibration makes true by itself proves nothing.
    clusters : Clusters
        Of ``history.people``.
    limits : DoseThresholds
    thresholds : Thresholds
        Of the checks that a weighted comparison shares.

    Returns
    -------
    tuple of Diagnostic
        symptom_balance, weight_mean, largest_weight, effective_sample_size, positivity,
        dose_known, and clusters where an arm has therapy groups.
    """
    seen = history.people["outcome"].notna().to_numpy()
    used, code = weights.values[seen], history.people["arm"].to_numpy()[seen]
    found = [_balance(history, weights, limits), *_extremes(used, code, limits, thresholds)]
    found += [_positivity(history, limits), _known(history, seen, thresholds)]
    if clusters.shared.any():
        count = len(np.unique(clusters.code[clusters.shared & seen]))
        status = higher_is_better(count, thresholds.clusters)
        text = f"The members of {count} therapy groups have a known dose and an outcome."
        found.append(Diagnostic("clusters", float(count), status, text))
    return tuple(found)


def symptom_correlations(history: History, weekly: Vector) -> pd.Series:
    """Correlate each week's hours with the latest score before it, given the past and baseline.

    Parameters
    ----------
    history : History
    weekly : array of shape (r,)
        Weight of each row of ``history.weeks``; ones for the correlation before weighting.

    Returns
    -------
    Series
        Weighted partial correlation, -1 to 1, indexed by arm and format.
    """
    weeks = history.weeks
    arm = history.people["arm"].to_numpy()[weeks["person"]]
    baseline = history.people["baseline"].to_numpy(dtype=float)[weeks["person"]]
    found = {}
    for name in dict.fromkeys(arm):
        at = arm == name
        rows, w = weeks[at], np.sqrt(weekly[at])
        past = [np.ones(len(rows)), baseline[at], rows["week"], rows["ends"], rows["full"]]
        x = np.column_stack([*past, *(rows[one] for one in PAST)]).astype(float)
        left = _residual(x * w[:, None], rows["last"].to_numpy(dtype=float) * w)
        for one in FORMATS:
            right = _residual(x * w[:, None], rows[one].to_numpy(dtype=float) * w)
            size = float(np.sqrt((left @ left) * (right @ right)))
            found[(str(name), one)] = float(left @ right) / size if size > 1e-9 else 0.0
    return pd.Series(found)


def _residual(x: Matrix, y: Vector) -> Vector:
    return np.asarray(y - x @ np.linalg.lstsq(x, y, rcond=None)[0])


def _balance(history: History, weights: DoseWeights, limits: DoseThresholds) -> Diagnostic:
    before = symptom_correlations(history, np.ones(len(history.weeks))).abs().max()
    after = symptom_correlations(history, weights.weekly).abs().max()
    return Diagnostic(
        "symptom_balance",
        float(after),
        lower_is_better(float(after), limits.balance),
        "The largest correlation of a week's hours with the symptoms before it, given what came "
        f"before, is {after:.2f} after weighting ({before:.2f} before).",
    )


def _extremes(
    used: Vector, arm: np.ndarray, limits: DoseThresholds, thresholds: Thresholds
) -> list[Diagnostic]:
    mean, largest = float(used.mean()), float(used.max() / used.mean())
    sizes = {one: effective_size(used[arm == one]) for one in dict.fromkeys(arm)}
    least = min(sizes, key=lambda one: sizes[one])
    return [
        Diagnostic(
            "weight_mean",
            mean,
            lower_is_better(abs(mean - 1), limits.weight_mean),
            f"The stabilised weights have the mean {mean:.2f}; it should be one.",
        ),
        Diagnostic(
            "largest_weight",
            largest,
            lower_is_better(largest, thresholds.weight_ratio),
            f"The largest weight is {largest:.1f} times the mean weight.",
        ),
        Diagnostic(
            "effective_sample_size",
            sizes[least],
            higher_is_better(sizes[least], thresholds.effective_size),
            f"Weighted, arm '{least}' is worth {sizes[least]:.0f} of its "
            f"{int((arm == least).sum())} participants.",
        ),
    ]


def _positivity(history: History, limits: DoseThresholds) -> Diagnostic:
    weeks = history.weeks
    arm = history.people["arm"].to_numpy()[weeks["person"]]
    shares = []
    for name in dict.fromkeys(arm):
        rows = weeks[arm == name]
        symptoms = levels_of(rows["last"].to_numpy(dtype=float), 3)
        for one in FORMATS:
            hours = levels_of(rows[one].to_numpy(dtype=float), 3)
            table = pd.crosstab(symptoms, hours, normalize="index").to_numpy()
            shares.append(table.min() if table.shape[1] > 1 else 1.0)
    least = float(min(shares))
    return Diagnostic(
        "positivity",
        least,
        higher_is_better(least, limits.positivity),
        f"In every third of symptoms, each third of hours has at least {least:.0%} of the weeks.",
    )


def _known(history: History, seen: np.ndarray, thresholds: Thresholds) -> Diagnostic:
    share = float(seen.sum()) / history.n_eligible
    return Diagnostic(
        "dose_known",
        share,
        higher_is_better(share, thresholds.observed),
        f"{int(seen.sum())} of {history.n_eligible} eligible participants have a known dose, the "
        "outcome, the baseline and all covariates.",
    )
