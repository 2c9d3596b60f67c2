"""What was not measured, as tables: the confounder that would change the margin's decision."""

from __future__ import annotations

import pandas as pd

from analysis.effects.confounding import Design, unmeasured_confounding
from analysis.effects.confounding.unmeasured import Bound
from analysis.effects.contrasts import Comparison
from analysis.effects.effect import Effect

BOUNDS: tuple[Bound, ...] = ("lower", "upper")
LEVEL = 0.90
UNMEASURED = (
    *("contrast", "bound", "coverage", "margin", "unit", "start", "inside", "gap"),
    *("robustness_value", "strongest", "times_strongest"),
    *("covariate", "r2_arm", "r2_outcome", "bias", "imbalance", "slope", "simple_bias"),
    "bound_after",
)
CONTOUR = ("contrast", "bound", "r2_arm", "r2_outcome", "bias", "bound_after", "inside")


def unmeasured_tables(
    comparison: Comparison, design: Design, effect: Effect, margin: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold both ends of the 90% interval against the margin.

    Parameters
    ----------
    comparison : Comparison
    design : Design
        Of the estimate.
    effect : Effect
        The weighted estimate, with its intervals.
    margin : float
        In points, positive.

    Returns
    -------
    DataFrame
        One row a bound and measured covariate: what `Unmeasured` holds, with `start` (the bound
        itself) and the covariate as a benchmark.
    DataFrame
        The grid of both bounds.

    Raises
    ------
    EstimationError
        See `unmeasured_confounding`.
    """
    benchmarks, grids = [], []
    for bound in BOUNDS:
        found = unmeasured_confounding(
            design,
            effect,
            comparison.covariates,
            margin=margin,
            toward_better=comparison.outcome.toward_better,
            level=LEVEL,
            bound=bound,
        )
        named = {"contrast": comparison.contrast.id, "bound": bound}
        whole = ("inside", "gap", "robustness_value", "strongest", "times_strongest")
        low, high = effect.ci90 or (None, None)
        benchmarks.append(
            found.benchmarks.assign(
                **named,
                **{name: getattr(found, name) for name in whole},
                coverage=found.level,
                margin=margin,
                unit=effect.unit,
                start=low if bound == "lower" else high,
            )
        )
        grids.append(found.contour.assign(**named))
    tables = (pd.concat(benchmarks, ignore_index=True), pd.concat(grids, ignore_index=True))
    return tables[0][list(UNMEASURED)], tables[1][list(CONTOUR)]
