"""What people answer: scores on each instrument's own scale, item answers, and what stays blank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument
from analysis.simulate.courses import BENEFIT_OCCASION_SD

WAVES = ("baseline", "week_1", "week_2", "mid", "week_4", "week_5", "end", "follow_up")
WAVE_DAYS = np.array([0, 7, 14, 21, 28, 35, 42, 90])
WEEKLY = tuple(range(8))
MAIN = (0, 3, 6, 7)
GROUP_ONLY = (1, 3, 6)
INSTRUMENTS = {
    "depression": "PHQ-9",
    "anxiety": "GAD-7",
    "self_esteem": "RSES",
    "shame": "OAS-2",
    "emotion_regulation": "DERS-16",
    "interpersonal_problems": "IIP-32",
    "coping": "CSES-26",
    "climate": "GCQ-S",
    "cohesion": "GQ-30",
    "therapeutic_factors": "TFI-S",
    "hope": "AHS",
    "loneliness": "UCLA-3",
}
WITH_ITEMS = ("PHQ-9", "GAD-7")
# Mean at intake as a share of the way from the scale's worst to its best end, and the spread as a
# share of its width. GAD-7: 14 (4.5) (C02.6); the rest are plausible, not published.
LEVEL = {
    "anxiety": (1 / 3, 4.5 / 21),
    "self_esteem": (0.45, 0.18),
    "shame": (0.5, 0.2),
    "emotion_regulation": (0.4, 0.19),
    "interpersonal_problems": (0.58, 0.15),
    "coping": (0.4, 0.17),
    "climate": (0.6, 0.15),
    "cohesion": (0.62, 0.15),
    "therapeutic_factors": (0.58, 0.15),
    "hope": (0.45, 0.17),
    "loneliness": (0.4, 0.25),
}
CLIMATE_LINK = {"climate": 0.7, "cohesion": 0.9, "therapeutic_factors": 0.8}
STEP_ORDER = 0.55
ITEM_DIFFICULTY = 0.5
SKIPS_ONE, SKIPS_THREE = 0.02, 0.005
SEEN_AT_INTAKE = 0.97


def draw_days(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the day of every planned wave, shape (n, 8); the end is never before day 42."""
    shift = rng.integers(-2, 3, (n, len(WAVE_DAYS)))
    shift[:, 0] = rng.integers(-6, 1, n)
    shift[:, 6] = rng.integers(0, 4, n)
    shift[:, -1] = rng.integers(-6, 7, n)
    return WAVE_DAYS + shift


def score_symptoms(points: np.ndarray, instrument: Instrument) -> np.ndarray:
    """Round latent points to whole ones and stop at the ends of the scale."""
    return np.clip(np.round(points), *instrument.range)


def score_benefit(
    level: np.ndarray, construct: str, instrument: Instrument, noise: np.ndarray
) -> np.ndarray:
    """Put a latent level (standard deviations, higher = better) on an instrument's own scale.

    Parameters
    ----------
    noise : array, same shape as `level`
        Standard normal error of the occasion.

    Returns
    -------
    array
        Scores in points: whole where the scale sums its items, two decimals where it averages.
    """
    low, high = instrument.range
    share, spread = LEVEL[construct]
    link = CLIMATE_LINK.get(construct)
    error = BENEFIT_OCCASION_SD if link is None else np.sqrt(1 - link**2)
    position = share + spread * ((1 if link is None else link) * level + error * noise)
    up = low + (high - low) * position
    score = up if instrument.direction == "higher" else high + low - up
    return np.asarray(np.clip(np.round(score, 0 if instrument.scoring == "sum" else 2), low, high))


def draw_items(total: np.ndarray, instrument: Instrument, rng: np.random.Generator) -> pd.DataFrame:
    """Split totals into item answers that add up to them; a few answers are skipped.

    Each item has as many steps as its range; a person takes as many steps as the total, easy and
    low steps first with some disorder. The disorder sets the items' internal consistency.

    Parameters
    ----------
    total : array of float, shape (n,)
        Whole scores of an instrument whose items start at zero.

    Returns
    -------
    DataFrame
        row (of `total`), item (from 1), value.
    """
    steps = int(instrument.item_range[1]) if instrument.item_range else 0
    items = instrument.items
    difficulty = np.linspace(-ITEM_DIFFICULTY, ITEM_DIFFICULTY, items)
    order = (
        difficulty[:, None] + STEP_ORDER * np.arange(steps) + rng.random((len(total), items, steps))
    )
    rank = order.reshape(len(total), -1).argsort(axis=1).argsort(axis=1)
    taken = (rank < total[:, None]).reshape(len(total), items, steps).sum(axis=2)
    draw = rng.random(len(total))
    skips = np.where(draw < SKIPS_THREE, 3, np.where(draw < SKIPS_THREE + SKIPS_ONE, 1, 0))
    kept = rng.random((len(total), items)).argsort(axis=1).argsort(axis=1) >= skips[:, None]
    row, item = np.nonzero(kept)
    return pd.DataFrame({"row": row, "item": item + 1, "value": taken[row, item].astype(float)})


def draw_blanks(
    days: np.ndarray,
    discharge_day: np.ndarray,
    left: np.ndarray,
    seen_in_treatment: float,
    seen_after_leaving: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw why planned assessments have no score, shape (n, waves).

    Returns
    -------
    array of int
        0 filled in, 1 left_treatment, 2 refused, 3 not_asked, 4 technical.
    """
    gone = left[:, None] & (days > discharge_day[:, None])
    chance = np.where(gone, seen_after_leaving, seen_in_treatment)
    chance[:, 0] = SEEN_AT_INTAKE
    seen = rng.random(days.shape) < chance
    other = rng.choice([2, 3, 4], days.shape, p=(0.3, 0.5, 0.2))
    return np.where(seen, 0, np.where(gone, 1, other))


def registered(registry: Mapping[str, Instrument]) -> dict[str, Instrument]:
    """Return construct to instrument for every instrument that the simulator fills in.

    Raises
    ------
    KeyError
        If the registry lacks one.
    """
    return {construct: registry[name] for construct, name in INSTRUMENTS.items()}


def waves_of(construct: str) -> tuple[int, ...]:
    """Return the positions in `WAVES` at which a construct is asked about."""
    if construct == "depression":
        return WEEKLY
    return GROUP_ONLY if construct in CLIMATE_LINK else MAIN
