"""Which outcomes of a study are looked at for what nobody saw, and what helps to impute them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust.contrasts import Comparison, comparisons
from analysis.adjust.measured import Measured
from analysis.comparison.question import Outcome
from analysis.measures.half_answered import half_answered
from analysis.measures.missingness import earlier_scores
from analysis.measures.outcomes import (
    BASELINE_DAY,
    baseline_window,
    outcome_window,
    repeated_table,
)
from analysis.study.rowless import rowless
from analysis.unseen.remaining import MissingLimits
from analysis.unseen.support import unsupported


@rowless
@dataclass(frozen=True, kw_only=True)
class Material(Measured):
    """A study's measures, and the limits of what is said of the unseen."""

    limits: MissingLimits


@rowless
@dataclass(frozen=True)
class IncompleteOutcome:
    """One outcome of one contrast, with the columns that know something of who was not seen.

    Attributes
    ----------
    comparison : Comparison
    primary : bool
    frame : DataFrame
        `Comparison.once` of both arms, rows numbered from 0, with the earlier scores, ``last`` (the
        last of them seen, else the baseline), ``discharge_day`` and ``left`` (left early; missing
        where the study does not say).
    waves : tuple of str
        Earlier scores of the same instrument, in order.
    auxiliary : tuple of str
        All columns that help to impute.
    left_out : tuple of str
        Columns that could help, and do not: they separate the unseen from the seen (`unsupported`).
        Earlier scores of the outcome's own instrument always help: leaving may follow them.
    parts : mapping of str to tuple of str
        ``outcome`` and ``baseline`` to the columns of their half-answered questionnaires.
    superiority : bool
        Whether the contrast bears on no claim of the plan, so that it asks who did better.
    limits : MissingLimits
    """

    comparison: Comparison
    primary: bool
    frame: pd.DataFrame
    waves: tuple[str, ...]
    auxiliary: tuple[str, ...]
    left_out: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    superiority: bool
    limits: MissingLimits

    @property
    def stem(self) -> str:
        """Contrast, construct and time: what the ids of its estimates begin with."""
        outcome = self.comparison.outcome
        return f"{self.comparison.contrast.id}.{outcome.construct}.{outcome.time.replace(' ', '')}"


def missing_cases(material: Material) -> Iterator[IncompleteOutcome]:
    """Yield the primary outcome of each contrast, and each further one that the study declares.

    Parameters
    ----------
    material : Material
        Its config may name ``further_outcomes``, and ``auxiliary`` constructs, whose earlier
        scores help to impute.
    """
    wanted = {(one["construct"], one["day"]) for one in material.config.get("further_outcomes", ())}
    for comparison in comparisons(material):
        primary = comparison.often is not None
        outcome = comparison.outcome
        if primary or (outcome.construct, outcome.day) in wanted:
            yield _case(material, comparison, primary)


def _case(material: Material, comparison: Comparison, primary: bool) -> IncompleteOutcome:
    contrast, outcome = comparison.contrast, comparison.outcome
    arms = comparison.once["arm"].isin([contrast.comparison, contrast.reference])
    frame = comparison.once[arms].reset_index(drop=True)
    helping: list[str] = []
    waves: list[str] = []
    for construct in dict.fromkeys([outcome.construct, *material.config.get("auxiliary", ())]):
        own = construct == outcome.construct
        earlier = _earlier(material, construct, _until(material.config, outcome, own))
        names = [f"{construct}_{name}" for name in earlier]
        frame = frame.join(earlier.set_axis(names, axis=1), on="episode_id")
        waves += names if own else []
        helping += names
    frame["last"] = frame[waves].ffill(axis=1).iloc[:, -1] if waves else np.nan
    frame["last"] = frame["last"].fillna(frame["baseline"])
    frame = frame.join(_stays(material.tables["episodes"]), on="episode_id")
    parts = {}
    for variable, answered in _half_answered(material, outcome).items():
        frame = frame.join(answered, on="episode_id")
        parts[variable] = tuple(answered.columns)
    helping.append("discharge_day")
    others = [name for name in helping if name not in waves]
    left_out = unsupported(frame, others, material.limits.beyond)
    bears = material.config["contrasts"][contrast.id]["claims"]
    return IncompleteOutcome(
        comparison,
        primary,
        frame,
        tuple(waves),
        tuple(name for name in helping if name not in left_out),
        left_out,
        parts,
        superiority=not bears,
        limits=material.limits,
    )


def _until(config: Mapping[str, Any], outcome: Outcome, own: bool) -> int:
    """Return the day before which scores are earlier ones.

    A score of the outcome's own instrument inside the outcome's window stands for the outcome, so
    that it cannot help where the outcome is missing.
    """
    if not own:
        return outcome.day
    return min(outcome_window(config, outcome.construct, outcome.day)[0], outcome.day)


def _earlier(material: Material, construct: str, day: int) -> pd.DataFrame:
    """Return the scores of a construct between baseline and outcome, a column a week."""
    config = material.config
    if construct == config["outcome"]["construct"]:
        return earlier_scores(material.repeated, day)
    asked = {**config, "outcome": {**config["outcome"], "construct": construct}}
    return earlier_scores(
        repeated_table(material.tables, material.scores, asked, material.registry), day
    )


def _half_answered(material: Material, outcome: Outcome) -> dict[str, pd.DataFrame]:
    """Return the answered parts of outcome and baseline of those who have no score."""
    instrument = material.registry[outcome.instrument]
    windows = {
        "outcome": (outcome.day, outcome_window(material.config, outcome.construct, outcome.day)),
        "baseline": (BASELINE_DAY, baseline_window(material.config)),
    }
    items = material.tables.get("items")
    return {
        name: half_answered(items, material.scores, instrument, day, window).add_prefix(f"{name}_")
        for name, (day, window) in windows.items()
    }


def _stays(episodes: pd.DataFrame) -> pd.DataFrame:
    """Return the day of discharge and whether it was early, by episode."""
    known = episodes.set_index("episode_id")
    reason = known["discharge_reason"]
    left = reason.eq("left_early").astype("boolean").where(reason.notna())
    return pd.DataFrame({"discharge_day": known["discharge_day"].astype("float64"), "left": left})
