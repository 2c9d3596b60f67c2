"""Reliable change after Jacobson and Truax: which changes are more than measurement error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument

Z = 1.959963984540054  # two-sided 5% of the standard normal
Basis = Literal[
    "published", "computed from a published SD", "computed from the study's baseline SD"
]


@dataclass(frozen=True)
class Threshold:
    """The change, in points, from which on a change is reliable.

    Attributes
    ----------
    points : float
        A change of at least this size, either way, is reliable.
    basis : str
        Where it comes from, in the words of `Basis`.
    source : str
        Citation of the threshold, or of the numbers that it was computed from.
    unverified : bool
        True if any number behind it was recalled, not read.
    """

    points: float
    basis: Basis
    source: str
    unverified: bool


def difference_se(sd: float, reliability: float) -> float:
    """Return the standard error of the difference of two scores, in points.

    ``S_diff = sqrt(2 S_E^2)`` with ``S_E = sd sqrt(1 - reliability)`` (Jacobson and Truax 1991,
    doi 10.1037/0022-006X.59.1.12).

    Parameters
    ----------
    sd : float
        Standard deviation of the score before treatment, in points.
    reliability : float
        Reliability coefficient, at least 0 and below 1.

    Raises
    ------
    ValueError
        If `sd` is not positive or `reliability` is outside [0, 1).
    """
    if not sd > 0 or not 0 <= reliability < 1:
        raise ValueError("A reliable change needs a positive SD and a reliability in [0, 1).")
    return sd * math.sqrt(2 * (1 - reliability))


def reliable_change_index(change: float, sd: float, reliability: float) -> float:
    """Return the reliable change index: `change` in units of `difference_se`.

    Beyond ±1.96 a change is unlikely to be measurement error alone (Jacobson and Truax 1991,
    doi 10.1037/0022-006X.59.1.12). The sign is the sign of `change`.
    """
    return change / difference_se(sd, reliability)


def threshold(instrument: Instrument, baseline_sd: float | None = None) -> Threshold | None:
    """Return an instrument's threshold of reliable change.

    A published threshold comes first; else 1.96 `difference_se` with the registry's SD, or with
    the study's own where the registry has none.

    Parameters
    ----------
    instrument : Instrument
        Registry entry.
    baseline_sd : float, optional
        SD of the study's baseline scores over all arms, in points.

    Returns
    -------
    Threshold or None
        None where the reliability, or every SD, is unknown.
    """
    if instrument.reliable_change is not None:
        return Threshold(
            points=instrument.reliable_change,
            basis="published",
            source=str(instrument.reliable_change_source),
            unverified="reliable_change" in instrument.unverified,
        )
    if instrument.reliability is None:
        return None
    recalled = "reliability" in instrument.unverified
    if instrument.sd is not None:
        return Threshold(
            points=Z * difference_se(instrument.sd, instrument.reliability),
            basis="computed from a published SD",
            source=f"{instrument.reliability_source}; {instrument.sd_source}",
            unverified=recalled or "sd" in instrument.unverified,
        )
    if baseline_sd is None or not baseline_sd > 0:
        return None
    return Threshold(
        points=Z * difference_se(baseline_sd, instrument.reliability),
        basis="computed from the study's baseline SD",
        source=str(instrument.reliability_source),
        unverified=recalled,
    )


def classify(change: pd.Series, points: float | None) -> pd.Series:
    """Say of each person whether the change is reliable.

    Parameters
    ----------
    change : Series of float
        Change in points, positive = improved; missing where a score is missing.
    points : float or None
        Threshold; None where there is none.

    Returns
    -------
    Series of string
        "improved", "unchanged" or "deteriorated"; missing where `change` or `points` is.
    """
    if points is None:
        return pd.Series(pd.NA, index=change.index, dtype="string")
    values = change.to_numpy(dtype=float, na_value=np.nan)
    words = np.select(
        [values >= points, values <= -points], ["improved", "deteriorated"], "unchanged"
    )
    return pd.Series(words, index=change.index, dtype="string").mask(np.isnan(values))
