"""One synthetic program: people, groups, courses, stays and service, as plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument
from analysis.simulate import courses, people, questionnaires, roster, service, stays
from analysis.simulate import spells as spells_of
from analysis.simulate.truth import Truth

THERAPISTS_PER_SITE = 10


@dataclass(frozen=True)
class Program:
    """Everything that happened, before it is written down in the canonical shape.

    Attributes
    ----------
    people : DataFrame
        One row an episode; see `people.draw_people`, and what the other steps add.
    groups, spells, events : DataFrame
    service : Service
    days : array, shape (n, 8)
        Day of each planned wave.
    scores : dict of str to array, shape (n, 8)
        Per construct; missing where the wave is not planned for the instrument.
    blanks : dict of str to array of int, shape (n, 8)
        Why a planned score is blank; 0 where it is not.
    latent : DataFrame
        Per episode: true PHQ-9 at day 42 under either format, propensity, group part (points).
    """

    people: pd.DataFrame
    groups: pd.DataFrame
    spells: pd.DataFrame
    events: pd.DataFrame
    service: service.Service
    days: np.ndarray
    scores: dict[str, np.ndarray]
    blanks: dict[str, np.ndarray]
    latent: pd.DataFrame


def run_program(
    episodes: int,
    truth: Truth,
    instruments: Mapping[str, Instrument],
    seed: np.random.SeedSequence,
) -> Program:
    """Draw one program.

    Parameters
    ----------
    instruments : mapping
        Construct to instrument, from `questionnaires.registered`.
    seed : SeedSequence
        Each part has a child of its own, so that a change in one leaves the others' draws alone.
    """
    rngs = [np.random.default_rng(child) for child in seed.spawn(6)]
    who, groups, members, cluster = _enrol(episodes, truth, rngs[0], rngs[1])
    parts = courses.draw_parts(truth, cluster, who["therapist"].to_numpy(), rngs[2])
    days = questionnaires.draw_days(len(who), rngs[2])
    scores = draw_scores(who, who["group"].to_numpy(), parts, truth, instruments, days, rngs[2])
    behind = stays.behind_by_week(scores["depression"], days, truth)
    who = _leave(who, behind, truth, rngs[3])
    formats, events = spells_of.draw_switches(who, truth, rngs[3])
    spells = spells_of.memberships(who, members, formats, groups)
    blanks = _blanks(who, scores, days, truth, episodes, rngs[5])
    return Program(
        who,
        groups,
        spells,
        events,
        service.draw_service(who, groups, spells, formats, behind, truth, rngs[4]),
        days,
        scores,
        blanks,
        _latent(who, parts, truth),
    )


def _enrol(
    episodes: int, truth: Truth, rng: np.random.Generator, rng_rooms: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Draw people, their format and planned stay, their groups, and the cluster of each."""
    who = people.draw_people(episodes, truth, rng)
    group, propensity = people.assign_format(who, truth, rng)
    n = len(who)
    who = who.assign(
        group=group,
        propensity=propensity,
        planned_days=stays.draw_planned_days(n, rng),
        therapist=who["site"] * THERAPISTS_PER_SITE + rng.integers(0, THERAPISTS_PER_SITE, n),
        slot=rng.choice(4, n, p=(0.3, 0.25, 0.3, 0.15)),
    )
    groups, members = roster.draw_roster(who, truth, rng_rooms)
    own_mode = roster.draw_mode(who["start"].to_numpy(), who, truth, rng_rooms)
    primary = members[members["primary"]].set_index("episode")["group"].reindex(range(n))
    group_mode = groups["mode"].reindex(primary.fillna(-1)).to_numpy()
    mode = np.where(group, group_mode, np.where(own_mode == 2, 0, own_mode)).astype(int)
    alone = pd.Series(len(groups) + np.arange(n))
    cluster = primary.fillna(alone).astype(int).to_numpy()
    focus = _focus(who, groups["focus"].reindex(primary.fillna(-1)).ge(0).to_numpy())
    return who.assign(mode=mode, cluster=cluster, focus=focus), groups, members, cluster


def _focus(who: pd.DataFrame, in_focus: np.ndarray) -> np.ndarray:
    """Whether a client's group is for one family, less the share of the family's group clients."""
    could = (who["group"] & who["condition"].eq(roster.FOCUS_CONDITION)).to_numpy()
    share = in_focus[could].mean() if could.any() else 0.0
    return np.where(could, in_focus - share, 0.0)


def draw_scores(
    who: pd.DataFrame,
    group: np.ndarray,
    parts: courses.Draws,
    truth: Truth,
    instruments: Mapping[str, Instrument],
    days: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Draw what everybody would score at every wave under the format `group`.

    Returns
    -------
    dict of str to array, shape (n, waves)
        Points on each instrument's own scale; missing for members of no group where the
        instrument is about the group.
    """
    online = (who["mode"] == 1).to_numpy()
    course = courses.symptom_course(who, group, online, parts, truth, np.maximum(days, 0))
    points = course + truth.occasion_sd * rng.normal(size=days.shape)
    points[:, 0] = who["intake"]
    scores = {"depression": questionnaires.score_symptoms(points, instruments["depression"])}
    climate = courses.climate_course(parts, truth, days)
    for construct in questionnaires.LEVEL:
        noise = rng.normal(size=days.shape)
        if construct in courses.CLIMATE:
            level = np.where(group[:, None], climate, np.nan)
        else:
            level = courses.benefit_course(who, group, parts, truth, np.maximum(days, 0), construct)
        scores[construct] = questionnaires.score_benefit(
            level, construct, instruments[construct], noise
        )
    return scores


def _leave(
    who: pd.DataFrame, behind: np.ndarray, truth: Truth, rng: np.random.Generator
) -> pd.DataFrame:
    """Add discharge and medication."""
    online = (who["mode"] == 1).to_numpy()
    left = stays.draw_stays(
        who["planned_days"].to_numpy(), who["group"].to_numpy(), online, behind, truth, rng
    )
    draw = rng.random(len(who))
    starts_late = rng.integers(3, 25, len(who))
    from_day = np.where(
        draw < truth.medicated * 0.7, 0, np.where(draw < truth.medicated, starts_late, -1)
    )
    from_day = np.where(from_day < left["discharge_day"], from_day, -1)
    return who.assign(**left, medicated_from=from_day)


def _blanks(
    who: pd.DataFrame,
    scores: Mapping[str, np.ndarray],
    days: np.ndarray,
    truth: Truth,
    episodes: int,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Which planned scores are blank (-1: after the data lock): a visit missed, or one form."""
    until = stays.observed_until(who["start"].to_numpy(), truth.intake_days(episodes))
    visit = questionnaires.draw_blanks(
        days,
        who["discharge_day"].to_numpy(),
        who["left"].to_numpy(),
        truth.seen_in_treatment,
        truth.seen_after_leaving,
        rng,
    )
    blanks = {}
    for construct in scores:
        skipped = rng.random(days.shape) < 0.01
        blank = np.where((visit == 0) & skipped, 2, visit)
        blanks[construct] = np.where(days <= until[:, None], blank, -1)
    return blanks


def _latent(who: pd.DataFrame, parts: courses.Draws, truth: Truth) -> pd.DataFrame:
    online = (who["mode"] == 1).to_numpy()
    at_end = np.full((len(who), 1), courses.END)
    n = len(who)
    under = {
        name: courses.symptom_course(who, np.full(n, arm), online, parts, truth, at_end)[:, 0]
        for name, arm in (("day42_group", True), ("day42_individual", False))
    }
    shared = np.sqrt(courses.residual_variances(truth)["group_shared"]) * parts.group_part
    return who[["group", "propensity", "cluster"]].assign(**under, group_part=shared)
