"""How strong an unmeasured confounder must be to move an interval across the margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.adjust.balance import pooled_spread, standardised_differences
from analysis.adjust.columns import Covariates, Matrix, Vector, expand
from analysis.adjust.design import Design
from analysis.adjust.strength import (
    benchmark_strength,
    bias_of,
    robustness_value,
)
from analysis.comparison.terms import BASELINE
from analysis.records.errors import EstimationError, ModelInputError
from analysis.study.rowless import rowless

Bound = Literal["lower", "upper"]


@rowless
@dataclass(frozen=True)
class Unmeasured:
    """Sensitivity of a margin decision to one unmeasured confounder.

    Attributes
    ----------
    bound : {"lower", "upper"}
        Which bound of the interval is held against which margin: lower against -margin (the
        comparison arm is not worse), upper against +margin (it is not better).
    level : float
        Coverage of the interval.
    inside : bool
        True where the bound is inside the margin now; the confounder would then move it out.
    gap : float
        Bias, in points, that puts the bound on the margin.
    robustness_value : float
        Partial R-squared that the confounder needs with both arm and outcome to cause that bias.
    strongest : str
        The measured covariate whose like would cause the largest bias.
    times_strongest : float
        How many times as strong as it (in both associations) the confounder must be; infinite where
        no such confounder can exist or do it.
    benchmarks : DataFrame
        One row a covariate: covariate, r2_arm, r2_outcome (of a confounder exactly as strong), bias
        (points it would cause), imbalance (standardised difference before weighting; the largest
        of its levels), slope (points of outcome per standard deviation, given the rest),
        simple_bias (imbalance times slope, points), bound_after (the bound moved by `bias` toward
        or across the margin).
    contour : DataFrame
        A grid for a figure: r2_arm, r2_outcome, bias, bound_after, inside.
    """

    bound: Bound
    level: float
    inside: bool
    gap: float
    robustness_value: float
    strongest: str
    times_strongest: float
    benchmarks: pd.DataFrame
    contour: pd.DataFrame


@rowless
@dataclass(frozen=True)
class Strength:
    """How strongly each measured covariate goes with arm and outcome.

    Attributes
    ----------
    measured : DataFrame
        One row a covariate: covariate, own_r2_arm, own_r2_outcome (partial R-squared given the
        rest), and r2_arm, r2_outcome, bias, imbalance, slope, simple_bias as in `Unmeasured`.
    scale : float
        Points of bias of a confounder for which both odds of partial R-squared multiply to one.
    """

    measured: pd.DataFrame
    scale: float


def measured_strength(design: Design, covariates: Covariates, *, toward_better: int) -> Strength:
    """Measure the covariates that an unmeasured confounder is compared with.

    Read from least squares of the outcome on arm and covariates among those analysed.

    Parameters
    ----------
    design : Design
        Of the estimate.
    covariates : sequence of mapping
        Benchmarks; the baseline score is added.
    toward_better : {1, -1}
        As the outcome's.

    Raises
    ------
    EstimationError
        If no covariate varies.
    """
    every = [BASELINE, *(one for one in covariates if one["column"] != "baseline")]
    y = design.kept["outcome"].to_numpy(dtype=float) * toward_better
    return Strength(*_measured(design, every, y))


def unmeasured_confounding(
    strength: Strength,
    interval: tuple[float, float],
    *,
    margin: float,
    level: float = 0.90,
    bound: Bound = "lower",
) -> Unmeasured:
    """Find the confounder that would change a margin decision.

    The bias moves the interval of the estimate given (whatever its weights) without changing its
    width. The E-value speaks of a null effect, this of a margin.

    Parameters
    ----------
    strength : Strength
        Of the estimate's design.
    interval : tuple of float
        In points; positive = comparison arm better.
    margin : float
        In points, positive.
    level : float
        Coverage of the interval.
    bound : {"lower", "upper"}

    Raises
    ------
    ModelInputError
        If the margin is not positive.
    """
    if not margin > 0:
        raise ModelInputError("a sensitivity needs a positive margin")
    start = interval[0] if bound == "lower" else interval[1]
    side = 1.0 if bound == "lower" else -1.0
    room = margin + side * start
    gap = abs(room)
    direction = -np.sign(room) * side
    measured = strength.measured.assign(bound_after=start + direction * strength.measured["bias"])
    strongest = measured.iloc[int(measured["bias"].argmax())]
    largest = measured[["r2_arm", "r2_outcome"]].max()
    own = (strongest["own_r2_arm"], strongest["own_r2_outcome"])
    columns = ["covariate", "r2_arm", "r2_outcome", "bias", "imbalance", "slope", "simple_bias"]
    return Unmeasured(
        bound,
        level,
        bool(room > 0),
        float(gap),
        robustness_value(gap / strength.scale),
        str(strongest["covariate"]),
        _times(*own, gap, strength.scale),
        measured[[*columns, "bound_after"]],
        _grid(strength.scale, start, direction, side, margin, largest),
    )


def _measured(design: Design, covariates: Covariates, y: Vector) -> tuple[pd.DataFrame, float]:
    """Strength of each measured covariate, and the scale of the bias, in points."""
    columns = expand(design.kept, covariates)
    if not columns.names:
        raise EstimationError("no covariate varies")
    t = design.weights.propensity.treated
    ones = np.ones((len(t), 1))
    x = np.hstack([ones, columns.matrix])
    full = np.column_stack([x, t])
    scale = float(np.sqrt(_rss(full, y) / _rss(x, t)))
    slopes, *_ = np.linalg.lstsq(full, y, rcond=None)
    spread = pooled_spread(columns.matrix, t)
    smd = standardised_differences(columns.matrix, t, np.ones_like(t), spread)
    rows = []
    for covariate in dict.fromkeys(columns.owners):
        at = columns.of(covariate)
        rest = np.delete(x, [place + 1 for place in at], axis=1)
        r2_arm = 1 - _rss(x, t) / _rss(rest, t)
        r2_outcome = 1 - _rss(full, y) / _rss(np.column_stack([rest, t]), y)
        like = benchmark_strength(r2_arm, r2_outcome) or (np.nan, np.nan)
        spot = max(at, key=lambda place: abs(smd[place] * slopes[place + 1] * spread[place]))
        slope = slopes[spot + 1] * spread[spot]
        rows.append(
            {
                "covariate": covariate,
                "own_r2_arm": r2_arm,
                "own_r2_outcome": r2_outcome,
                "r2_arm": like[0],
                "r2_outcome": like[1],
                "bias": float(bias_of(*like, scale)),
                "imbalance": smd[spot],
                "slope": slope,
                "simple_bias": smd[spot] * slope,
            }
        )
    return pd.DataFrame(rows), scale


def _rss(x: Matrix, y: Vector) -> float:
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    return float(((y - x @ beta) ** 2).sum())


def _times(r2_arm: float, r2_outcome: float, gap: float, scale: float) -> float:
    """Multiple of a covariate's strength whose bias equals `gap`, by bisection."""

    def enough(times: float) -> bool | None:
        like = benchmark_strength(r2_arm, r2_outcome, times)
        return None if like is None else bool(bias_of(*like, scale) >= gap)

    low, high = 0.0, 1.0
    while enough(high) is False and high < 1e6:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if enough(middle) is False else (low, middle)
    return high if enough(high) else float("inf")


def _grid(
    scale: float,
    start: float,
    direction: float,
    side: float,
    margin: float,
    largest: pd.Series,
    steps: int = 41,
) -> pd.DataFrame:
    """Bound after each confounder up to 0.4, or beyond the largest benchmark."""
    ends = (min(0.95, np.fmax(0.4, 1.15 * one)) for one in largest)
    arm, outcome = (
        part.ravel() for part in np.meshgrid(*(np.linspace(0, end, steps) for end in ends))
    )
    bias = bias_of(arm, outcome, scale)
    after = start + direction * bias
    inside = side * after > -margin
    return pd.DataFrame(
        {
            "r2_arm": arm,
            "r2_outcome": outcome,
            "bias": bias,
            "bound_after": after,
            "inside": inside,
        }
    )
