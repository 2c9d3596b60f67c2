"""A large population under both formats: where the answer key's outcomes are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument, toward_better
from analysis.simulate import courses, people, questionnaires, roster, stays
from analysis.simulate.program import draw_scores
from analysis.simulate.tables import FROM_INPATIENT, TO_OUTPATIENT
from analysis.simulate.truth import Truth

SIZE = 40_000
MEMBERS = 8
MID, END = 3, 6


@dataclass(frozen=True)
class Population:
    """People with what they would score and do under the group (True) and individual format.

    Attributes
    ----------
    who : DataFrame
        From `people.draw_people`, with ``group`` (the format assigned).
    scores : dict of bool to dict of str to array, shape (n, 8)
        Points at every planned wave.
    completed : dict of bool to array of bool, shape (n,)
    reason : dict of bool to array of int, shape (n,)
        Codes of `stays.REASONS`.
    direction : dict of str to int
        Per construct, +1 where a higher score is better.
    online, focus : float
        PHQ-9 points at day 42 by which everybody in the group format would do better online than
        in person, and in a group for one family than in a mixed one, as scored.
    """

    who: pd.DataFrame
    scores: dict[bool, dict[str, np.ndarray]]
    completed: dict[bool, np.ndarray]
    reason: dict[bool, np.ndarray]
    direction: dict[str, int]
    online: float
    focus: float

    def difference(self, construct: str, wave: int) -> np.ndarray:
        """Return group less individual format in points toward better, shape (n,)."""
        both = self.scores[True][construct] - self.scores[False][construct]
        return np.asarray(self.direction[construct] * both[:, wave])

    def change(self, construct: str, wave: int) -> np.ndarray:
        """Return the gain since intake in the group format, points toward better, shape (n,)."""
        score = self.scores[True][construct]
        return np.asarray(self.direction[construct] * (score[:, wave] - score[:, 0]))

    def naive_difference(self) -> float:
        """Return the difference of the arms' day-42 PHQ-9 means as assigned."""
        group = self.who["group"].to_numpy()
        end = {arm: self.scores[arm]["depression"][:, END] for arm in (True, False)}
        return float(end[False][~group].mean() - end[True][group].mean())

    def baseline_difference(self) -> float:
        """Return the individual arm's mean intake PHQ-9 less the group arm's."""
        group = self.who["group"].to_numpy()
        intake = self.scores[True]["depression"][:, 0]
        return float(intake[~group].mean() - intake[group].mean())

    def correlation(self, construct: str) -> float:
        """Correlate day-21 scores with the PHQ-9 gain to day 42 in the group format."""
        return float(
            np.corrcoef(self.scores[True][construct][:, MID], self.change("depression", END))[0, 1]
        )

    def climate_icc(self, construct: str) -> float:
        """Return the therapy groups' share of variance at day 21 (one-way analysis of variance)."""
        by_group = self.scores[True][construct][:, MID].reshape(-1, MEMBERS)
        within = by_group.var(axis=1, ddof=1).mean()
        between = by_group.mean(axis=1).var(ddof=1) - within / MEMBERS
        return float(between / (between + within))

    def leaving_by_response(self) -> float:
        """Return how many more leave in the worse half of the gain by day 21, as assigned."""
        group = self.who["group"].to_numpy()
        score = np.where(
            group[:, None], self.scores[True]["depression"], self.scores[False]["depression"]
        )
        worse = score[:, MID] - score[:, 0]
        left = ~np.where(group, self.completed[True], self.completed[False])
        half = worse > np.median(worse)
        return float(left[half].mean() - left[~half].mean())

    def referred_from_inpatient(self) -> float:
        """Return the share of clients who come from inpatient or similar care."""
        severe = (self.who["intake"] > self.who["intake"].mean()).to_numpy()
        return float(np.where(severe, FROM_INPATIENT[1], FROM_INPATIENT[0]).mean())

    def discharged_to_outpatient(self) -> float:
        """Return the share of discharges to weekly outpatient care, as assigned."""
        reason = np.where(self.who["group"], self.reason[True], self.reason[False])
        return float(np.array(TO_OUTPATIENT)[reason].mean())


def draw_population(
    truth: Truth, instruments: Mapping[str, Instrument], seed: np.random.SeedSequence
) -> Population:
    """Draw people and both their outcomes; groups of `MEMBERS` share a group's part."""
    first_only = replace(truth, readmission=0.0)
    for_people, for_scores, for_stays = seed.spawn(3)
    rng = np.random.default_rng(for_people)
    who = people.draw_people(SIZE, first_only, rng)
    group, _ = people.assign_format(who, truth, rng)
    mode = roster.draw_mode(who["start"].to_numpy(), who, truth, rng)
    # Groups for one family are no part of it: what they add is centred at zero within the family.
    who = who.assign(
        group=group, mode=mode, planned_days=stays.draw_planned_days(SIZE, rng), focus=0.0
    )
    # Order of intake carries the study's calendar; mixing it keeps a group's members independent.
    cluster = rng.permutation(SIZE) // MEMBERS
    who = who.iloc[np.argsort(cluster, kind="stable")].reset_index(drop=True)
    parts = courses.draw_parts(truth, np.arange(SIZE) // MEMBERS, np.arange(SIZE), rng)
    days = np.tile(questionnaires.WAVE_DAYS, (SIZE, 1))
    scores, completed, reason = {}, {}, {}
    for arm in (True, False):
        under = np.full(SIZE, arm)
        scores[arm] = draw_scores(
            who, under, parts, truth, instruments, days, np.random.default_rng(for_scores)
        )
        stay = stays.draw_stays(
            who["planned_days"].to_numpy(), under, (who["mode"] == 1).to_numpy(),
            stays.behind_by_week(scores[arm]["depression"], days, truth), truth,
            np.random.default_rng(for_stays),
        )  # fmt: skip
        completed[arm], reason[arm] = ~stay["left"].to_numpy(), stay["reason"].to_numpy()
    direction = {construct: toward_better(one) for construct, one in instruments.items()}

    def phq(**changed: float) -> np.ndarray:
        rng = np.random.default_rng(for_scores)
        everyone = np.full(SIZE, True)
        found = draw_scores(who.assign(**changed), everyone, parts, truth, instruments, days, rng)
        return found["depression"][:, END]

    online = (phq(mode=0) - phq(mode=1)).mean() if truth.online_effect else 0.0
    focus = (phq(focus=0.0) - phq(focus=1.0)).mean() if truth.focus_effect else 0.0
    return Population(who, scores, completed, reason, direction, float(online), float(focus))
