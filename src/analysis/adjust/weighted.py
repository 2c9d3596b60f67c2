"""`compare_weighted`: a contrast of two arms, weighted against confounding, as an `Effect`.

It mirrors `analysis.comparison.nested.compare`. The design is checked before the outcome is used: a
failed check withholds the estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.adjust import estimators
from analysis.adjust.bootstrap import bootstrap
from analysis.adjust.columns import Covariates
from analysis.adjust.design import Design, make_design
from analysis.adjust.diagnostics import Thresholds
from analysis.adjust.sandwich import (
    DF_METHOD,
    Robust,
    clustered,
    working_variances,
)
from analysis.adjust.weights import ESTIMANDS, Estimand
from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.records.effect import Effect
from analysis.records.intervals import estimated

SANDWICH = f"{DF_METHOD}; errors by stacked estimating equations"
Variance = Literal["m_estimation", "cluster_bootstrap"]


@dataclass(frozen=True)
class Draw:
    """How a cluster bootstrap draws; see `bootstrap`."""

    replicates: int
    seed: int
    n_jobs: int
    lost: float


def compare_weighted(
    frame: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    *,
    covariates: Covariates,
    thresholds: Thresholds,
    estimand: Estimand = "ato",
    doubly_robust: bool = False,
    variance: Variance = "m_estimation",
    replicates: int = 1000,
    seed: int = 0,
    n_jobs: int = 1,
    data_origin: str = "real",
    required: Collection[str] | None = None,
    **settings: Any,
) -> Effect:
    """Estimate the difference between arms in a target population, weighted by propensity.

    Parameters
    ----------
    frame : DataFrame
        One row an eligible participant: ``episode_id``, ``arm``, ``baseline``, ``outcome``,
        ``cluster`` (missing where there is none) and the covariates. A missing outcome counts as
        eligible and not used.
    contrast, outcome : Contrast, Outcome
    covariates : sequence of mapping
        ``column``, ``type``, ``role``; the baseline score enters without being named.
    thresholds : Thresholds
        Of the checks.
    estimand : {"ato", "ate", "att"}
        The overlap population, all participants, or those of the comparison arm.
    doubly_robust : bool
        Add outcome models by arm on the same terms.
    variance : {"m_estimation", "cluster_bootstrap"}
        Stacked estimating equations, or whole therapy groups (and single participants of an arm
        without groups) resampled; both refer to t with the degrees of freedom of `clustered`.
    replicates, seed, n_jobs : int
        Of the bootstrap; the same result for any number of threads.
    data_origin : {"real", "synthetic"}
    required : collection of str, optional
        Checks that withhold the estimate when they fail; None: all.
    **settings
        Further arguments of `make_design`: trim, products, site, therapist.

    Returns
    -------
    Effect
        In points of the instrument, positive = comparison arm better. ``status="withheld"``
        without numbers where a required check fails; ``status="error"`` where the design or the
        estimate is impossible; nothing is raised for either.
    """
    model = f"{'doubly_robust' if doubly_robust else 'weighted'}_{estimand}"
    model += "_bootstrap" if variance == "cluster_bootstrap" else ""
    blank = blank_effect(contrast, outcome, model, data_origin, frame, ESTIMANDS[estimand])
    settings |= {"thresholds": thresholds, "estimand": estimand}
    make = partial(make_design, frame, contrast, covariates, **settings)
    wanted = Draw(replicates, seed, n_jobs, thresholds.lost_replicates)
    draw = wanted if variance == "cluster_bootstrap" else None
    estimate = partial(estimate_means, outcome.toward_better, doubly_robust, draw)
    return attempt(blank, make, estimate, required)


def attempt(
    blank: Effect,
    make: Callable[[], Design],
    estimate: Callable[[Design, Effect], Effect],
    required: Collection[str] | None = None,
) -> Effect:
    """Make the design, check it, and only then estimate; failures are recorded, not raised.

    Parameters
    ----------
    blank : Effect
        Names without numbers.
    make : callable
        Makes the design.
    estimate : callable
        Takes the design and the effect with its diagnostics, and fills it in.
    required : collection of str, optional
        Checks that withhold the estimate when they fail; None: all.
    """

    def checked(blank: Effect) -> Effect:
        design = make()
        blank = replace(blank, diagnostics=design.diagnostics, n_used=len(design.kept))
        if failed := design.failing(required):
            return replace(blank, status="withheld", message=" ".join(one.text for one in failed))
        return estimate(design, blank)

    return recorded(blank, checked)


def estimate_means(
    toward_better: int,
    augmented: bool,
    draw: Draw | None,
    design: Design,
    blank: Effect,
) -> Effect:
    """Fill in the difference of means of a design that passed its checks.

    Parameters
    ----------
    toward_better : {1, -1}
        1 where higher outcomes are better.
    augmented : bool
        Doubly robust.
    draw : Draw or None
        None: stacked estimating equations.
    design : Design
    blank : Effect
    """
    y = design.kept["outcome"].to_numpy(dtype=float) * toward_better
    x = design.weights.propensity.x
    if augmented:
        linear = estimators.doubly_robust(design.weights, x)
    else:
        linear = estimators.weighted(design.weights)
    working = working_variances(y, x, design.clusters)
    robust = clustered(linear, linear.influence(y), design.clusters, working)
    method = SANDWICH
    if draw is not None:
        z = x if augmented else None
        drawn = bootstrap(design.weights, y, design.clusters, z=z, **asdict(draw))
        robust = replace(robust, se=float(drawn.std(ddof=1)))
        method = f"{DF_METHOD}; errors by a cluster bootstrap of {len(drawn)} replicates"
    return with_numbers(blank, linear.estimate(y), robust, design, method)


def with_numbers(
    blank: Effect, value: float, robust: Robust, design: Design, method: str
) -> Effect:
    """Fill an effect in.

    Raises
    ------
    EstimationError
        If the estimate or its standard error is not finite.
    """
    shared = design.clusters.code[design.clusters.shared]
    return estimated(
        blank,
        value,
        robust.se,
        robust.df,
        method,
        clusters=len(np.unique(shared)) or None,
        icc=robust.icc,
        converged=True,
    )
