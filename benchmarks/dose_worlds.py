"""Predeclared worlds in which symptoms and weekly hours drive each other, for `dose.py`.

Each world draws clients of two arms, week by week: a score, then hours of both formats that depend
on the score (and leaving that does), then the next score, which depends on the hours as declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from plan_limits import WEIGHTING
from scipy.special import expit

from analysis.adjust.contrasts import Comparison
from analysis.comparison.question import Contrast, Outcome

WEEKS = 6
CONTRAST = Contrast(
    "format",
    "group",
    "individual",
    {"group": "therapy_group", "individual": "none"},
    "observational",
)
OUTCOME = Outcome("depression", "scale", "day 42", 42, "points", -1, 5.0)
COVARIATES: list[Mapping[str, str]] = [{"column": "age", "type": "numeric", "role": "baseline"}]


@dataclass(frozen=True)
class World:
    """A predeclared world.

    `drive` is how many group hours more somebody attends in a week per standard deviation of
    symptoms (and half as many individual hours fewer); `effect` is the change of the final
    score, in points and positive = better, per hour a week over all weeks, of both formats;
    `leaving` is the log odds of leaving in a week per standard deviation of symptoms; `hidden` is
    what drives both hours and outcome beside the symptoms; `missing` lets outcomes be missing the
    more, the worse the score of the week before.
    """

    name: str
    n: int = 600
    drive: float = 0.3
    effect: tuple[float, float] = (0.0, 0.0)
    leaving: float = 0.0
    hidden: float = 0.0
    missing: float = 0.0


WORLDS = (
    World("no drive, null", drive=0.0),
    World("symptoms drive hours, null"),
    World("symptoms drive hours, group hours help", effect=(0.5, 0.0)),
    World("symptoms drive hours and leaving, null", leaving=0.6),
    World("outcomes missing by symptoms, null", missing=0.8),
    World("hidden drive, null", hidden=1.0),
    World("hours follow symptoms alone", drive=6.0),
    World("symptoms drive hours, null, large", n=2400),
)
USUAL = {"group": (7.0, 2.0), "individual": (2.0, 7.0)}


@dataclass(frozen=True)
class Study:
    """One drawn study in the shape that `dose_tables` takes."""

    comparison: Comparison
    outcomes: pd.DataFrame
    episodes: pd.DataFrame
    weeks: pd.DataFrame
    repeated: pd.DataFrame


def draw(world: World, seed: int) -> Study:
    """Draw one study; the score is in points, higher = worse, standard deviation about 5."""
    rng = np.random.default_rng([WORLDS.index(world), seed])
    n = world.n
    arm = np.where(np.arange(n) % 2 == 0, "group", "individual")
    age, hidden = rng.normal(size=(2, n))
    start = rng.normal(size=n)
    usual = np.array([USUAL[one] for one in arm])
    shared = rng.normal(0, 0.25, n // 16 + 1)[np.arange(n) // 16] * (arm == "group")
    state, here = start.copy(), np.ones(n, dtype=bool)
    done = np.zeros((n, 2))
    stayed = np.full(n, 7 * WEEKS)
    weekly, scores = [], [(0, 15 + 5 * start)]
    for week in range(WEEKS):
        seen = (scores[-1][1] - 15) / 5
        pull = world.drive * seen + 0.3 * age + world.hidden * hidden
        hours = usual + np.outer(pull, (1.0, -0.5)) + rng.normal(0, (1.5, 0.9), (n, 2))
        hours = np.maximum(hours, 0) * here[:, None]
        goes = here & (week < WEEKS - 1)
        goes &= rng.random(n) < expit(-3.2 + world.leaving * seen) * (world.leaving > 0)
        weekly += [(week, here.copy(), goes, hours)]
        done += hours
        stayed[goes] = 7 * week + 6
        here &= ~goes
        change = rng.normal(0, 0.45, n) - 0.2 * state + 0.1 * shared
        state = state + change - (hours @ np.array(world.effect)) / (5 * WEEKS)
        scores.append((7 * (week + 1), 15 + 5 * (state + rng.normal(0, 0.1, n))))
    final = scores[-1][1] + 2 * world.hidden * hidden - age
    lost = rng.random(n) < world.missing * expit((scores[-2][1] - 15) / 5)
    return _written(arm, age, scores, np.where(lost, np.nan, final), weekly, stayed)


def _written(
    arm: np.ndarray,
    age: np.ndarray,
    scores: list[tuple[int, np.ndarray]],
    final: np.ndarray,
    weekly: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]],
    stayed: np.ndarray,
) -> Study:
    n = len(arm)
    ids = np.array([f"e{one}" for one in range(n)], dtype=object)
    cluster = pd.Series([f"g{one // 16}" for one in range(n)], dtype=object).where(arm == "group")
    once = pd.DataFrame({"episode_id": ids, "arm": arm, "baseline": scores[0][1], "age": age})
    once = once.assign(outcome=final, cluster=cluster.where(cluster.notna(), None))
    parts = []
    for week, here, goes, hours in weekly:
        part = {"episode_id": ids, "arm": arm, "week": week, "full": True, "ends": goes}
        frame = pd.DataFrame(part | {"group_hours": hours[:, 0], "individual_hours": hours[:, 1]})
        parts.append(frame[here])
    repeated = pd.concat(
        [pd.DataFrame({"episode_id": ids, "day": day, "score": one}) for day, one in scores[:-1]]
    )
    outcomes = once[["episode_id"]].assign(outcome_day=np.where(np.isfinite(final), 42, np.nan))
    episodes = once[["episode_id"]].assign(discharge_day=stayed)
    comparison = Comparison(CONTRAST, OUTCOME, once, once, COVARIATES, "synthetic", WEIGHTING)
    return Study(comparison, outcomes, episodes, pd.concat(parts, ignore_index=True), repeated)
