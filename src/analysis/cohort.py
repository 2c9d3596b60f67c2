"""Who counts: named inclusion steps, each with its numbers before and after. No scoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.study.rowless import rowless
from analysis.study.store import Tables

TOTAL = "total"
RESTRICTED = ("episodes", "memberships", "attendance", "assessments", "events")


@rowless
@dataclass(frozen=True)
class Cohort:
    """The episodes that count, and how they came to be the ones.

    Attributes
    ----------
    episodes : tuple of str
        Ids kept, in the order of the episodes table.
    tables : dict of str to DataFrame
        Canonical tables; those with one row or more per episode hold the kept episodes only, with
        their original index. `groups`, `sessions` and `session_staff` are whole: a session's size
        counts everyone in the room, so size is measured on the whole study (`session_facts`).
    flow : DataFrame
        One row per step and arm, and one per step for all arms ("total"): step (1, 2, ...), label,
        kind ("start", "exclusion" or "information"), arm, before, excluded, after. A step of kind
        "information" excludes nobody: there `after` counts whom it describes.
    """

    episodes: tuple[str, ...]
    tables: Tables
    flow: pd.DataFrame


def select_cohort(tables: Tables, config: Mapping[str, Any]) -> Cohort:
    """Apply the inclusion steps that the study's config asks for, in a fixed order.

    All episodes; in an arm of a contrast; in treatment on the landmark, where arms are fixed on
    one; first episode of the participant; observed until the day
    of the outcome (the end of observation, not of treatment); a baseline assessment of the primary
    instrument. No step uses an outcome: that an outcome is present is counted last, and excludes
    nobody. A step that the config or the tables give no ground for is left out.

    A participant's first episode is the first in the whole study, so that a readmission never
    counts as first because an earlier episode was in another arm.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables of the whole study.
    config : mapping
        The study's config, checked.

    Returns
    -------
    Cohort
    """
    episodes = tables["episodes"]
    kept = pd.Series(True, index=episodes.index)
    records = _record(1, "All episodes", "start", episodes["arm"], kept, kept)
    arms = _contrast_arms(config)
    for label, kind, passes in _steps(tables, config, arms):
        number = records[-1]["step"] + 1
        after = kept & passes
        in_arms = episodes["arm"] if number == 2 else episodes["arm"].where(kept)
        records += _record(number, label, kind, in_arms, kept, after, arms)
        kept = after if kind == "exclusion" else kept
    ids = episodes.loc[kept, "episode_id"]
    return Cohort(tuple(ids), restrict(tables, ids), pd.DataFrame(records))


def _steps(
    tables: Tables, config: Mapping[str, Any], arms: list[str]
) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield (label, kind, which episodes pass) in order."""
    episodes = tables["episodes"]
    rules = config.get("cohort", {})
    yield "In an arm of a contrast", "exclusion", episodes["arm"].isin(arms).astype(bool)
    if "landmark" in config:
        day = config["landmark"]["day"]
        stayed = ~episodes["discharge_day"].lt(day).fillna(False)
        yield f"In treatment on day {day}, the landmark", "exclusion", stayed.astype(bool)
    if rules.get("episodes", "first") == "first":
        number = episodes["episode_number"]
        first = number.eq(number.groupby(episodes["participant_id"]).transform("min"))
        yield "First episode of the participant", "exclusion", first.astype(bool)
    outcome = config.get("outcome")
    if outcome is None:
        return
    long_enough = episodes["observed_until_day"].ge(outcome["day"]).fillna(False)
    yield f"Observed until day {outcome['day']}", "exclusion", long_enough.astype(bool)
    if "assessments" not in tables:
        return
    instrument = config["instruments"][outcome["construct"]]
    if rules.get("require_baseline", True) and "baseline" in config:
        window = config["baseline"]["window"]
        measured = answered_within(tables, instrument, window)
        yield f"With a baseline {instrument}", "exclusion", measured
    measured = answered_within(tables, instrument, outcome["window"])
    label = f"Answered the {instrument} at day {outcome['day']}, if only in part"
    yield label, "information", measured


def _contrast_arms(config: Mapping[str, Any]) -> list[str]:
    """Return the arms of all contrasts, or every declared arm where there is no contrast."""
    contrasts = config["contrasts"].values()
    used = {contrast[side] for contrast in contrasts for side in ("comparison", "reference")}
    return [arm for arm in config["arms"] if arm in used or not used]


def answered_within(
    tables: Mapping[str, pd.DataFrame], instrument: str, window: Sequence[int]
) -> pd.Series:
    """Say of each episode whether an instrument was answered inside a window of days.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables; `episodes`, `assessments` and, where there is one, `items`.
    instrument : str
    window : (int, int)
        First and last day, both included.

    Returns
    -------
    Series of bool
        On the index of `episodes`. Only whether there is an answer is read, never which.
    """
    rows = tables["assessments"]
    answered = rows["score"].notna()
    if "items" in tables:
        items = tables["items"]
        with_items = items.loc[items["value"].notna(), "assessment_id"]
        answered = answered | rows["assessment_id"].isin(with_items)
    first, last = window
    inside = rows["day"].between(first, last).fillna(False).astype(bool)
    found = rows.loc[answered & inside & rows["instrument"].eq(instrument), "episode_id"]
    return tables["episodes"]["episode_id"].isin(found).astype(bool)


def _record(
    step: int,
    label: str,
    kind: str,
    arm: pd.Series,
    before: pd.Series,
    after: pd.Series,
    always: list[str] | None = None,
) -> list[dict[str, Any]]:
    """Return the flow's rows of one step: every arm that still has episodes, and the total."""
    present = arm.dropna().unique().tolist()
    named = list(dict.fromkeys([*(always or []), *sorted(present)]))
    records = []
    for name in [*named, TOTAL]:
        here = arm.eq(name).fillna(False) if name != TOTAL else pd.Series(True, index=arm.index)
        start, end = int((before & here).sum()), int((after & here).sum())
        records.append(
            {
                "step": step,
                "label": label,
                "kind": kind,
                "arm": name,
                "before": start,
                "excluded": 0 if kind == "information" else start - end,
                "after": end,
            }
        )
    return records


def restrict(tables: Tables, ids: pd.Series) -> Tables:
    """Return the tables with the rows of some episodes only.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables of the whole study.
    ids : Series of str
        Episodes that count, as `Cohort.episodes` lists them.

    Returns
    -------
    dict of str to DataFrame
        `groups`, `sessions` and `session_staff` stay whole (see `Cohort`).
    """
    kept = dict(tables)
    for name in RESTRICTED:
        if name in tables:
            kept[name] = tables[name][tables[name]["episode_id"].isin(ids)]
    if "items" in tables:
        ours = kept["assessments"]["assessment_id"]
        kept["items"] = tables["items"][tables["items"]["assessment_id"].isin(ours)]
    return kept
