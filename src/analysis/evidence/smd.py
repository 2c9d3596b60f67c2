"""Standardised mean differences from what trials report: means, changes or events."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.evidence.errors import PoolInputError


@dataclass(frozen=True)
class Smd:
    """A standardised difference `g` with sampling variance `v`."""

    g: float
    v: float


def small_sample_factor(df: float) -> float:
    """Small-sample correction 1 - 3 / (4 df - 1) (Hedges 1981, doi 10.2307/1164588)."""
    return 1.0 - 3.0 / (4.0 * df - 1.0)


def from_means(
    mean_a: float, sd_a: float, n_a: float, mean_b: float, sd_b: float, n_b: float
) -> Smd:
    """Hedges' g of two arms, positive where arm a has the higher mean.

    Pooled standard deviation; variance as in Borenstein et al. 2009 (doi 10.1002/9780470743386),
    chapter 4.

    Raises
    ------
    PoolInputError
        If an arm has fewer than two participants or no spread.
    """
    if min(n_a, n_b) < 2 or not (sd_a >= 0 and sd_b >= 0 and sd_a + sd_b > 0):
        raise PoolInputError("an arm needs two participants and a standard deviation")
    pooled = math.sqrt(((n_a - 1) * sd_a**2 + (n_b - 1) * sd_b**2) / (n_a + n_b - 2))
    d, factor = (mean_a - mean_b) / pooled, small_sample_factor(n_a + n_b - 2.0)
    v = (n_a + n_b) / (n_a * n_b) + d * d / (2.0 * (n_a + n_b))
    return Smd(d * factor, v * factor**2)


def from_events(events_a: float, n_a: float, events_b: float, n_b: float) -> Smd:
    """Standardised difference from a log odds ratio, positive where arm a has more events.

    Times the square root of 3 over pi (Chinn 2000,
    doi 10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M).

    Raises
    ------
    PoolInputError
        If a cell is empty, so that the odds ratio is not finite.
    """
    cells = (events_a, n_a - events_a, events_b, n_b - events_b)
    if min(cells) <= 0:
        raise PoolInputError("a cell of the two-by-two table is empty")
    log_odds = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    scale = math.sqrt(3.0) / math.pi
    return Smd(log_odds * scale, sum(1.0 / one for one in cells) * scale**2)


def average(effects: list[Smd], correlation: float) -> Smd:
    """Mean of several effects of one trial whose sampling errors correlate alike.

    Borenstein et al. 2009 (doi 10.1002/9780470743386), chapter 24.

    Raises
    ------
    PoolInputError
        If there is no effect.
    """
    m = len(effects)
    if m == 0:
        raise PoolInputError("there is no effect to average")
    spreads = [math.sqrt(one.v) for one in effects]
    own = sum(one.v for one in effects)
    cross = sum(spreads) ** 2 - own
    return Smd(sum(one.g for one in effects) / m, (own + correlation * cross) / m**2)
