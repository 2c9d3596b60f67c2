"""From an estimate and its standard error to a filled `Effect` with its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import ndtri, stdtrit

from analysis.records.effect import Effect
from analysis.records.errors import EstimationError


def interval(value: float, se: float, df: float, level: float) -> tuple[float, float]:
    """Return the two-sided t interval of an estimate.

    Parameters
    ----------
    value, se : float
        In the same unit; `se` positive.
    df : float
        Degrees of freedom; infinity gives the normal interval.
    level : float
        Coverage, such as 0.95.
    """
    tail = 0.5 + level / 2
    half = se * float(ndtri(tail) if np.isinf(df) else stdtrit(df, tail))
    return value - half, value + half


def estimated(
    blank: Effect, value: float, se: float, df: float | None, method: str, **more: Any
) -> Effect:
    """Fill a blank effect with an estimate and its t intervals.

    Parameters
    ----------
    blank : Effect
        What is estimated; its ``standardiser``, where it has one, gives the standardised value.
    value, se : float
        In the effect's unit, positive = group (the comparison arm) better.
    df : float or None
        Degrees of freedom; None for a normal reference.
    method : str
        How `df` was found.
    **more
        Other fields of `Effect`.

    Raises
    ------
    EstimationError
        If a number is not finite or the standard error is not positive.
    """
    value, se = float(value), float(se)
    if not np.isfinite([value, se, df or 1.0]).all() or se <= 0:
        raise EstimationError("the estimate or its standard error is not finite")
    reference = np.inf if df is None else float(df)
    return replace(
        blank,
        value=value,
        se=se,
        df=None if df is None else float(df),
        df_method=method,
        ci90=interval(value, se, reference, 0.90),
        ci95=interval(value, se, reference, 0.95),
        standardised=None if not blank.standardiser else value / blank.standardiser,
        **more,
    )


def simultaneously(effects: Sequence[Effect], family: str) -> list[Effect]:
    """Give estimates the intervals that all hold at once in 95 of 100 studies.

    Each of m has level 1 - 0.05 / m (Dunn 1961, doi 10.1080/01621459.1961.10482090), whatever the
    estimates' correlation; `ci90` and `ci95` stay those of each estimate alone.

    Parameters
    ----------
    effects : sequence of Effect
        Those with a value are the family; the others are returned as they are.
    family : str
        What they are, such as ``differences between arms``.

    Returns
    -------
    list of Effect
        In the same order.
    """
    estimated_ones = [one for one in effects if one.value is not None]
    level = 1 - 0.05 / max(len(estimated_ones), 1)
    return [
        replace(
            one,
            simultaneous=interval(one.value, one.se, one.df or np.inf, level),
            simultaneous_level=level,
            simultaneous_family=f"{len(estimated_ones)} {family}",
        )
        if one.value is not None and one.se is not None
        else one
        for one in effects
    ]
