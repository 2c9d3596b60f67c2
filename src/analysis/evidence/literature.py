"""Consistency with a published predictive distribution; pooled effects as `Effect`s."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from analysis.evidence.errors import PoolInputError
from analysis.evidence.inputs import Vector
from analysis.evidence.result import Interval, Pooled, quantile, two_sided
from analysis.records.effect import Diagnostic, Effect

Said = Literal["consistent", "not consistent", "cannot tell"]

TOST_LEVEL = 0.90


@dataclass(frozen=True)
class PublishedLimits:
    """How a study is set beside published results; the plan has it (``limits.published``).

    Attributes
    ----------
    large : float
        A large effect, in SD: where one for group therapy and one against it were both to be
        expected, that an estimate lies between says nothing.
    """

    large: float


@dataclass(frozen=True)
class Consistency:
    """Whether an effect could well have come from the published distribution.

    Attributes
    ----------
    verdict : {"consistent", "not consistent", "cannot tell"}
        Never more than that: a study cannot be "better than the literature".
    distance : float
        Study minus pooled effect, in standard deviations of what was to be expected.
    p : float
        Two-sided probability of an effect at least as far away.
    expected : tuple of float
        Where an estimate with this standard error was to be expected, at `level`.
    level : float
    """

    verdict: Said
    distance: float
    p: float
    expected: Interval
    level: float


def consistency(
    effect_value: float,
    effect_se: float,
    pool_result: Pooled,
    *,
    large: float,
    level: float = 0.95,
) -> Consistency:
    """Set an effect against the predictive distribution of a new study's estimate.

    Its variance adds what is uncertain in the pooled effect, what varies between (and within)
    studies and the sampling variance of the effect in hand; reference distribution as of the
    pooled effect, averaged over what is known of the variance between studies
    (`heterogeneity.plausible_variances`). Simulated false alarms: docs/evidence.md.

    Parameters
    ----------
    effect_value, effect_se : float
        Same unit and sign as the pooled effect (positive = group better).
    pool_result : Pooled
    large : float
        See `PublishedLimits`.
    level : float

    Returns
    -------
    Consistency
        ``cannot tell`` where one study, or none beyond an assumed common effect, stands behind the
        pooled effect, so that no distribution between studies is known; and where the expected
        range reaches from a large effect to its opposite, so that all but absurd effects
        would be consistent.

    Raises
    ------
    PoolInputError
        If the effect is not finite or its standard error not above zero.
    """
    if not (math.isfinite(effect_value) and math.isfinite(effect_se) and effect_se > 0):
        raise PoolInputError(
            "the study's effect needs a finite value and a standard error above zero"
        )
    known = pool_result.omega2 + pool_result.se**2 + effect_se**2
    spreads = np.sqrt(np.array(pool_result.tau2_spread) + known)
    apart = effect_value - pool_result.estimate
    p = _beyond(abs(apart), spreads, pool_result.reference_df)
    half = _reach(1.0 - level, spreads, pool_result.reference_df)
    expected = (pool_result.estimate - half, pool_result.estimate + half)
    distance = apart / float(np.sqrt(np.mean(spreads**2)))
    wide = expected[0] < -large and expected[1] > large
    return Consistency(_verdict(p, wide, pool_result, level), distance, p, expected, level)


def _verdict(p: float, wide: bool, pool_result: Pooled, level: float) -> Said:
    if math.isnan(pool_result.prediction[0]):
        return "cannot tell"
    if p < 1.0 - level:
        return "not consistent"
    return "cannot tell" if wide else "consistent"


def _beyond(apart: float, spreads: Vector, df: float) -> float:
    """Two-sided probability of an effect at least as far away, averaged over the spreads."""
    return float(np.mean([two_sided(apart / one, df) for one in spreads]))


def _reach(alpha: float, spreads: Vector, df: float) -> float:
    """Distance that effects exceed with probability `alpha`."""
    ends = [quantile(1.0 - alpha / 2.0, df) * float(one) for one in (spreads.min(), spreads.max())]
    if ends[1] - ends[0] <= 1e-12 * ends[1]:
        return ends[1]
    return float(brentq(lambda at: _beyond(at, spreads, df) - alpha, *ends, xtol=1e-12))


def _diagnostics(pooled: Pooled) -> tuple[Diagnostic, ...]:
    low90, high90 = pooled.predict(TOST_LEVEL)
    low, high = pooled.predict(0.95)
    found = [
        Diagnostic("tau2", pooled.tau2 + pooled.omega2, "info", "Variance of true effects."),
        Diagnostic("i_squared", pooled.i2, "info", "Heterogeneity, percent of total variability."),
    ]
    if not math.isnan(low):
        for name, value, share in (
            ("prediction90_low", low90, 90),
            ("prediction90_high", high90, 90),
            ("prediction95_low", low, 95),
            ("prediction95_high", high, 95),
        ):
            text = f"End of the {share}% prediction interval for the true effect of a new study."
            found.append(Diagnostic(name, value, "info", text))
    found += [Diagnostic("pooling_note", None, "warn", f"{one}.") for one in pooled.notes]
    return tuple(found)


def as_effect(
    pooled: Pooled,
    *,
    id: str,
    contrast: str,
    construct: str,
    data_origin: str,
    instrument: str = "standardised, instruments differ by trial",
    time: str = "after treatment",
    sign: int = 1,
) -> Effect:
    """Turn a pooled effect into the `Effect` that the claims read.

    The equivalence verdict needs the 90% interval (`ci90`) and what the prediction interval says
    about it (diagnostics `prediction90_low`, ...); margins belong to the claims.

    Parameters
    ----------
    pooled : Pooled
    id, contrast, construct, data_origin, instrument, time : str
        As in `Effect`.
    sign : {1, -1}
        Turns the source's sign into positive = group better.

    Returns
    -------
    Effect

    Raises
    ------
    PoolInputError
        If the sign is neither 1 nor -1.
    """
    if sign not in (1, -1):
        raise PoolInputError("sign must be 1 or -1")
    turned = pooled if sign == 1 else pooled.reversed()
    robust = turned.test == "CR2"
    return Effect(
        id=id,
        contrast=contrast,
        construct=construct,
        instrument=instrument,
        time=time,
        estimand="mean of true effects over studies",
        model=f"random-effects meta-analysis, {turned.method}, {turned.test}",
        unit="SD",
        data_origin=data_origin,
        value=turned.estimate,
        se=turned.se,
        df=None if math.isinf(turned.reference_df) else turned.reference_df,
        df_method="Satterthwaite" if robust else "studies minus coefficients",
        ci90=turned.interval(TOST_LEVEL),
        ci95=turned.interval(0.95),
        standardised=turned.estimate,
        standardiser=1.0,
        n_used=turned.k,
        n_eligible=turned.k,
        unit_of_n="estimates",
        clusters=turned.studies,
        cluster_unit="study",
        boundary=turned.tau2 == 0.0,
        converged=True,
        diagnostics=_diagnostics(turned),
    )
