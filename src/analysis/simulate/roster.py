"""Which therapy groups exist and who is in them: rolling membership in groups with few places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulate.truth import Truth

WEEKDAYS = {"process": (0, 2, 4), "psychoeducation": (1, 3), "skills": (3,), "class": (2,)}
MINUTES_WITHIN = (90, 105, 120)
MINUTES_WITHIN_SHARES = (0.35, 0.4, 0.25)
MINUTES_OUTSIDE = (75, 135)
SKILLS_SHARE = 0.7
NEW_DAYS, MERGE_BELOW = 21, 7
FOCUS_CONDITION = 0


@dataclass
class _Group:
    """A group while it runs: which episode has booked a place until which study day."""

    number: int
    opened: int
    closed: bool
    focus: int
    booked: dict[int, int]

    def admits(self, day: int, condition: int, truth: Truth, *, lasting: bool) -> bool:
        """Whether a client may join: a free place, doors still open, the right condition."""
        life = truth.closed_days if self.closed else truth.group_life_days
        doors_open = lasting or day - self.opened <= life
        welcome = self.focus in (-1, condition)
        return doors_open and welcome and self.enrolled(day) < truth.capacity

    def enrolled(self, day: int) -> int:
        """Return how many places are booked on a study day."""
        self.booked = {who: until for who, until in self.booked.items() if until >= day}
        return len(self.booked)


def draw_roster(
    people: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Place every client in groups, in order of intake.

    Group clients join a process group (primary, the cluster), a psychoeducation group and, most
    of them, a skills group; individual clients join a weekly psychoeducation class only. A client
    takes a place in a group for the own family of conditions alone, else in a closed group that is
    still admitting, else in the group nearest to six members; where there is none a group is
    formed. When few are left in a group they move together to another of its kind; their primary
    group stays the first.

    Parameters
    ----------
    people : DataFrame
        From `people.draw_people` with ``group`` (bool) and ``planned_days``, in order of intake.

    Returns
    -------
    groups : DataFrame
        group (number), site, kind, opened (study day), closed (bool), minutes, slot, mode,
        focus (condition code, -1 mixed).
    members : DataFrame
        episode (row of `people`), group, primary, joined (study day).
    """
    rooms: dict[tuple[int, str], list[_Group]] = {}
    formed: list[tuple[int, int, str, int, bool, int]] = []
    joined: list[tuple[int, int, bool, int]] = []
    skills = rng.random(len(people)) < SKILLS_SHARE
    closes = rng.random(len(people)) < truth.closed_share
    focuses = rng.random(len(people)) < truth.focus_share
    focuses &= people["condition"].eq(FOCUS_CONDITION).to_numpy()
    columns = people[["site", "start", "planned_days", "group", "condition"]]
    for episode, (site, start, stay, in_group_arm, condition) in enumerate(
        columns.itertuples(index=False)
    ):
        kinds = ["process", "psychoeducation"] + ["skills"] * bool(skills[episode])
        for kind in kinds if in_group_arm else ["class"]:
            running = rooms.setdefault((site, kind), [])
            process = kind == "process"
            joined += _merge(running, start, truth)
            group = _choose(running, start, condition, truth, lasting=not process)
            if group is None:
                closed = process and bool(closes[episode])
                focus = condition if process and focuses[episode] else -1
                group = _Group(len(formed), start, closed, focus, {})
                running.append(group)
                formed.append((group.number, site, kind, start, closed, focus))
            group.booked[episode] = start + stay
            joined.append((episode, group.number, process, start))
    groups = pd.DataFrame(formed, columns=["group", "site", "kind", "opened", "closed", "focus"])
    members = pd.DataFrame(joined, columns=["episode", "group", "primary", "joined"])
    return groups.assign(**_habits(groups, people, truth, rng)), members


def _choose(
    running: list[_Group], day: int, condition: int, truth: Truth, *, lasting: bool
) -> _Group | None:
    open_doors = [one for one in running if one.admits(day, condition, truth, lasting=lasting)]
    return max(
        open_doors,
        key=lambda one: (one.focus >= 0, one.closed, -abs(one.enrolled(day) - 6)),
        default=None,
    )


def _merge(running: list[_Group], day: int, truth: Truth) -> list[tuple[int, int, bool, int]]:
    """Move the last members of a group that is not new to one with places; return who joined."""
    for few in running:
        if day - few.opened < NEW_DAYS or not 0 < few.enrolled(day) < MERGE_BELOW:
            continue
        for other in sorted(running, key=lambda one: -one.enrolled(day)):
            lasting = other is not few and not other.closed and other.focus < 0
            if lasting and 0 < other.enrolled(day) <= truth.capacity - len(few.booked):
                running.remove(few)
                other.booked |= few.booked
                return [(episode, other.number, False, day) for episode in few.booked]
    return []


def _habits(
    groups: pd.DataFrame, people: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """How each group meets: scheduled minutes, time of day, mode."""
    count = len(groups)
    within = rng.choice(MINUTES_WITHIN, count, p=MINUTES_WITHIN_SHARES)
    outside = rng.choice(MINUTES_OUTSIDE, count)
    return {
        "minutes": np.where(rng.random(count) < truth.scheduled_within, within, outside),
        "slot": rng.choice(4, count, p=(0.35, 0.15, 0.25, 0.25)),
        "mode": draw_mode(groups["opened"].to_numpy(), people, truth, rng),
    }


def draw_mode(
    day: np.ndarray, people: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> np.ndarray:
    """Draw in person (0), online (1) or hybrid (2); online grows over the study's calendar."""
    last = max(int(people["start"].max()), 1)
    online = truth.online_start + (truth.online_end - truth.online_start) * np.minimum(
        day / last, 1
    )
    draw = rng.random(len(day))
    return np.where(draw < online, 1, np.where(draw > 0.92, 2, 0))
