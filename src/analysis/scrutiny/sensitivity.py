"""What was not measured, as tables: the confounder that would change the margin's decision."""

from __future__ import annotations

import pandas as pd

from analysis.adjust import (
    Design,
    Strength,
    measured_strength,
    unmeasured_confounding,
)
from analysis.adjust.contrasts import Comparison
from analysis.adjust.unmeasured import Bound
from analysis.records.effect import Effect
from analysis.records.errors import EstimationError

BOUNDS: tuple[Bound, ...] = ("lower", "upper")
LEVEL = 0.90
STRENGTH = (
    *("contrast", "unit", "ci90_low", "ci90_high", "scale", "covariate"),
    *("own_r2_arm", "own_r2_outcome", "r2_arm", "r2_outcome", "bias"),
    *("imbalance", "slope", "simple_bias"),
)
UNMEASURED = (
    *("contrast", "bound", "coverage", "margin", "unit", "start", "inside", "gap"),
    *("robustness_value", "strongest", "times_strongest"),
    *("covariate", "r2_arm", "r2_outcome", "bias", "imbalance", "slope", "simple_bias"),
    "bound_after",
)
CONTOUR = ("contrast", "bound", "r2_arm", "r2_outcome", "bias", "bound_after", "inside")


def strength_table(comparison: Comparison, design: Design, effect: Effect) -> pd.DataFrame:
    """Return the measured covariates' strength beside the interval that a confounder would move.

    Parameters
    ----------
    comparison : Comparison
    design : Design
        Of the estimate.
    effect : Effect
        The weighted estimate, with its intervals.

    Returns
    -------
    DataFrame
        One row a covariate (`Strength.measured`), with contrast, unit, the 90% interval and the
        scale of the bias; empty where no covariate varies.
    """
    try:
        found = measured_strength(
            design, comparison.covariates, toward_better=comparison.outcome.toward_better
        )
    except EstimationError:
        return pd.DataFrame(columns=list(STRENGTH))
    low, high = effect.ci90 or (None, None)
    named = {"contrast": comparison.contrast.id, "unit": effect.unit}
    table = found.measured.assign(**named, ci90_low=low, ci90_high=high, scale=found.scale)
    return table[list(STRENGTH)]


def unmeasured_tables(strength: pd.DataFrame, margin: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold both ends of each contrast's 90% interval against the margin.

    Parameters
    ----------
    strength : DataFrame
        As `strength_table` gives it; several contrasts may stand in it.
    margin : float
        In points, positive.

    Returns
    -------
    DataFrame
        One row a contrast, bound and measured covariate: what `Unmeasured` holds, with `start`
        (the bound itself) and the covariate as a benchmark.
    DataFrame
        The grid of both bounds.

    Raises
    ------
    ModelInputError
        If the margin is not positive.
    """
    benchmarks: list[pd.DataFrame] = []
    grids: list[pd.DataFrame] = []
    for contrast, rows in strength.groupby("contrast", sort=False):
        first = rows.iloc[0]
        of_contrast = Strength(rows.reset_index(drop=True), float(first["scale"]))
        interval = (float(first["ci90_low"]), float(first["ci90_high"]))
        for start, bound in zip(interval, BOUNDS, strict=True):
            found = unmeasured_confounding(
                of_contrast, interval, margin=margin, level=LEVEL, bound=bound
            )
            named = {"contrast": contrast, "bound": bound}
            whole = ("inside", "gap", "robustness_value", "strongest", "times_strongest")
            common = {name: getattr(found, name) for name in whole} | named
            common |= {"coverage": found.level, "margin": margin, "unit": first["unit"]}
            benchmarks.append(found.benchmarks.assign(**common, start=start))
            grids.append(found.contour.assign(**named))
    if not benchmarks:
        return pd.DataFrame(columns=list(UNMEASURED)), pd.DataFrame(columns=list(CONTOUR))
    marks = pd.concat(benchmarks, ignore_index=True)[list(UNMEASURED)]
    return marks, pd.concat(grids, ignore_index=True)[list(CONTOUR)]
