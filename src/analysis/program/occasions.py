"""Repeated waves of the group arm: what goes with symptoms within a member, and between members.

A member's mean over waves takes out all that is lasting about the member; what is left is the part
within the member. Neither part says which of the two came first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from analysis.comparison.question import recorded
from analysis.engine import MarginalResult, MixedResult
from analysis.program.inputs import Program
from analysis.program.regress import TooFewError, fill, fitted
from analysis.records.effect import Diagnostic, Effect
from analysis.study.rowless import rowless

MODEL = "member and group means over waves"
Waves = Mapping[str, tuple[pd.Series, pd.Series]]
PARTS = {"over_time": "own", "members": "among", "groups": "theirs"}


def of_climate(program: Program, construct: str, blank: Effect) -> Effect:
    """Estimate the part within one member of what a rating made in groups goes with.

    Returns
    -------
    Effect
        Points of the primary outcome per standard deviation of the rating, both toward better.
    """
    sign, symptom = program.sign(construct), program.sign(program.symptom)
    reach = program.limits.wave_reach
    waves = {
        f"day {day}": (
            sign * program.score(construct, day, reach),
            symptom * program.score(program.symptom, day, reach),
        )
        for day in program.limits.waves
    }
    return _fit(program, construct, waves).part("over_time", blank)


def of_benefit(program: Program, construct: str, blank: Effect) -> list[Effect]:
    """Split what a benefit goes with into one member over time, members of a group, and groups.

    Waves: intake, midway, the outcome's day. Scores in standard deviations over all waves are
    centred at the member's mean, the member's mean at that of the group (Curran and Bauer 2011,
    doi 10.1146/annurev.psych.093008.100356); waves are a factor, so that what changes in everybody
    is in no part; participants nested in therapy groups are random.

    Returns
    -------
    list of Effect
        ``{id}.over_time``, ``{id}.members``, ``{id}.groups``: points of the primary outcome per
        standard deviation of the benefit, both toward better. Withheld where the benefit was not
        asked at two waves together with symptoms: the parts cannot be told apart.
    """
    fit = cache(lambda: _fit(program, construct, _benefit_waves(program, construct)))
    return [
        recorded(per_sd(program, blank, part), lambda b, part=part: fit().part(part, b))  # type: ignore[misc]
        for part in PARTS
    ]


def per_sd(program: Program, blank: Effect, part: str) -> Effect:
    """Return a blank for a part of an association, in points of the primary outcome per SD."""
    bound = program.config.get("outcome", {}).get("construct", "")
    instrument = program.config.get("instruments", {}).get(bound, "")
    estimand = f"association with the primary outcome, group arm: {part.replace('_', ' ')}"
    return replace(
        blank,
        id=f"{blank.id}.{part}",
        estimand=estimand,
        model=MODEL,
        unit=f"{instrument} points per SD",
    )


@rowless
@dataclass(frozen=True)
class _Split:
    """A fit of all parts at once, on how many participants, and at how many waves."""

    fit: MixedResult | MarginalResult
    counts: Mapping[str, int]
    waves: int

    def part(self, part: str, blank: Effect) -> Effect:
        told = Diagnostic(
            "waves",
            float(self.waves),
            "info",
            f"Asked together with symptoms at {self.waves} waves: enough to tell the part within "
            "a member from that between members, not which of the two came first.",
        )
        made = fill(blank, self.fit, {PARTS[part]: 1.0}, **self.counts)
        return replace(made, diagnostics=(*made.diagnostics, told))


def _benefit_waves(program: Program, construct: str) -> Waves:
    sign, symptom = program.sign(construct), program.sign(program.symptom)
    benefit, primary = program.outcome(construct, program.day), program.primary()
    day, reach = program.limits.early, program.limits.symptom_reach
    early = program.score(construct, day), program.score(program.symptom, day, reach)
    return {
        "intake": (sign * benefit["baseline"], symptom * primary["baseline"]),
        "midway": (sign * early[0], symptom * early[1]),
        "outcome": (sign * benefit["outcome"], symptom * primary["outcome"]),
    }


def _fit(program: Program, construct: str, waves: Waves) -> _Split:
    parts = [
        program.clustered.assign(score=score.astype(float), course=course.astype(float), wave=wave)
        for wave, (score, course) in waves.items()
    ]
    rows = pd.concat(parts, ignore_index=True).dropna()
    asked = rows["wave"].nunique()
    if asked < 2:
        raise TooFewError(f"{construct} was not asked at two waves together with the outcome")
    if rows["score"].nunique() < 2:
        raise TooFewError(f"{construct} does not vary between members and waves")
    score = rows["score"] / rows["score"].std(ddof=1)
    mine, theirs = (score.groupby(rows[one]).transform("mean") for one in ("episode_id", "cluster"))
    rows = rows.assign(own=score - mine, among=mine - theirs, theirs=theirs)
    formula = "course ~ own + among + theirs + C(wave)"
    fit, counts = fitted(
        rows.drop(columns="score"),
        formula,
        fewest=program.limits.fewest,
        participant="episode_id",
    )
    return _Split(fit, counts, asked)
