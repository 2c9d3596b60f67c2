"""True shares of weeks and sessions inside the article's windows, over many programs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from analysis.measures.instruments import Instrument
from analysis.simulate.program import Program, run_program
from analysis.simulate.truth import Truth

HOURS, GROUPS_A_WEEK, CORE = 9, 3, 0.5
MINUTES, MEMBERS = (90, 120), (7, 10)
CLIENTS, FEWEST_PROGRAMS, MOST_PROGRAMS = 6000, 4, 12


def true_shares(
    truth: Truth,
    episodes: int,
    instruments: Mapping[str, Instrument],
    seed: np.random.SeedSequence,
) -> list[tuple[str, str, float, str]]:
    """Return claim, part, share and what it is a share of.

    Lengths as held and leaders are planted; weeks, sizes and scheduled lengths are pooled over
    programs of the same size as the study.
    """
    wanted = min(max(math.ceil(CLIENTS / episodes), FEWEST_PROGRAMS), MOST_PROGRAMS)
    counts = np.sum(
        [_counts(run_program(episodes, truth, instruments, one)) for one in seed.spawn(wanted)],
        axis=0,
    )
    scheduled, attended, weeks, offered, core, group_weeks, with_hours = counts[:7]
    enrolled, present, planned, sessions, by_member, members = counts[7:]
    in_weeks = "full weeks of treatment, first episodes"
    return [
        ("intensity", "scheduled", scheduled / weeks, in_weeks),
        ("intensity", "attended", attended / weeks, in_weeks),
        ("frequency", "offered", offered / group_weeks, f"{in_weeks}, group arm"),
        ("frequency", "core", core / with_hours, f"{in_weeks} with any hours, group arm"),
        ("duration", "held", truth.within_minutes, "group sessions held"),
        ("duration", "scheduled", planned / sessions, "group sessions held"),
        ("size", "enrolled", enrolled / sessions, "group sessions held"),
        ("size", "present", present / sessions, "group sessions held"),
        ("size", "present_by_member", by_member / members, "members present at group sessions"),
        ("leaders", "one_or_two", 1 - truth.three_leaders, "group sessions held"),
    ]


def _counts(program: Program) -> np.ndarray:
    """Return what `_weeks` and `_sessions` count, in a row."""
    return np.array([*_weeks(program), *_sessions(program)], dtype=float)


def _weeks(program: Program) -> tuple[float, ...]:
    """Weeks: long enough as scheduled, as attended, all; group arm's: with groups, core, all."""
    who, service = program.people, program.service
    full = (who["discharge_day"].to_numpy() + 1) // 7
    length = int(max(full.max(), service.attendance["day"].max() // 7 + 1))
    rows = service.attendance
    session = service.sessions.iloc[rows["session"].to_numpy()]
    cell = rows["episode"].to_numpy() * length + rows["day"].to_numpy() // 7
    first = (who["episode_number"] == 1).to_numpy()
    counts = (np.arange(length) < full[:, None]) & first[:, None]

    def weekly(values: np.ndarray) -> np.ndarray:
        return np.bincount(cell, values, minlength=len(who) * length).reshape(-1, length)[counts]

    group_arm = np.broadcast_to(who["group"].to_numpy()[:, None], counts.shape)[counts]
    groups = (session["format"] == 0).to_numpy(float)
    planned = session["scheduled"].to_numpy(float)
    hours, in_groups = weekly(planned), weekly(planned * groups)
    some = group_arm & (hours > 0)
    return (
        (hours >= 60 * HOURS).sum(),
        (weekly(rows["minutes"].to_numpy(float)) >= 60 * HOURS).sum(),
        counts.sum(),
        (weekly(groups)[group_arm] >= GROUPS_A_WEEK).sum(),
        (in_groups[some] >= CORE * hours[some]).sum(),
        group_arm.sum(),
        some.sum(),
    )


def _sessions(program: Program) -> tuple[float, ...]:
    """Sessions in the windows: enrolled, present, scheduled, all; members in the window, all."""
    sessions, rows = program.service.sessions, program.service.attendance
    here = (rows["status"] <= 1).to_numpy(float)
    number = rows["session"].to_numpy()
    enrolled = np.bincount(number, minlength=len(sessions))
    present = np.bincount(number, here, minlength=len(sessions))
    held = ((sessions["format"] == 0) & sessions["held"]).to_numpy()
    return (
        _inside(enrolled[held], MEMBERS),
        _inside(present[held], MEMBERS),
        _inside(sessions["scheduled"].to_numpy()[held], MINUTES),
        held.sum(),
        present[held & (present >= MEMBERS[0]) & (present <= MEMBERS[1])].sum(),
        present[held].sum(),
    )


def _inside(values: np.ndarray, window: tuple[int, int]) -> float:
    return float(((values >= window[0]) & (values <= window[1])).sum())
