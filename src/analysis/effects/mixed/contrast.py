"""A linear function of the fixed effects: its weights, estimate, test and interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.effects.errors import ModelInputError

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Contrast:
    """A linear function of the fixed effects, in the outcome's units.

    `t` and `p` test zero, two-sided; `ci` is at `level`.
    """

    estimate: float
    se: float
    df: float
    t: float
    p: float
    ci: tuple[float, float]
    level: float
    method: str


def contrast_row(
    names: tuple[str, ...], weights: Mapping[str, float] | Sequence[float] | Floats
) -> Floats:
    """Weights of a contrast in the order of the fixed effects, (p,).

    Raises
    ------
    ModelInputError
        If a name is unknown or the length is not p.
    """
    if isinstance(weights, Mapping):
        unknown = [name for name in weights if name not in names]
        if unknown:
            raise ModelInputError("no fixed effect is called " + ", ".join(unknown))
        return np.array([float(weights.get(name, 0.0)) for name in names])
    row = np.asarray(weights, dtype=float).ravel()
    if len(row) != len(names):
        raise ModelInputError(f"a contrast needs {len(names)} weights, not {len(row)}")
    return row


def make_contrast(estimate: float, se: float, df: float, level: float, method: str) -> Contrast:
    """Student t test and interval of one estimate."""
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Contrast(
        estimate=estimate,
        se=se,
        df=df,
        t=estimate / se,
        p=float(2 * stats.t.sf(abs(estimate / se), df)),
        ci=(estimate - half, estimate + half),
        level=level,
        method=method,
    )
