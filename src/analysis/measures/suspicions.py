"""What makes a study's tables unfit for what its config asks, though they are legal.

Said, never corrected; file and column are named, never a value of a participant. What is odd in the
tables by themselves, whatever the config asks, is a `Doubt` of `study.reading.examine_study`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.cohort import answered_within
from analysis.measures.outcomes import baseline_window
from analysis.study.dictionary import dictionary
from analysis.study.store import Tables

PRESENT = ("attended", "left_early")
# Days counted by a spreadsheet from 1900: 2009 to 2064.
SERIALS = (40_000, 60_000)
SIDES = ("comparison", "reference")


def suspicions(tables: Tables, cohort: Tables, config: Mapping[str, Any]) -> list[str]:
    """List what looks like a mistake, a sentence each.

    Parameters
    ----------
    tables, cohort : dict of str to DataFrame
        Canonical tables of the whole study, and of the episodes that count.
    config : mapping
        The study's config.
    """
    return [
        *_serial_days(tables, config),
        *_turned_days(tables, config),
        *_empty_windows(tables, config),
        *_swapped_arms(tables, config),
        *_covariates(cohort, config),
    ]


def _serial_days(tables: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    for name, table in tables.items():
        for field in dictionary()[name].fields:
            if field.type != "integer" or not field.name.endswith("day"):
                continue
            serial = int(table[field.name].between(*SERIALS).fillna(False).sum())
            if serial:
                yield (
                    f"{_place(config, name, field.name)}: {serial} rows look like a spreadsheet's "
                    "dates. A day is counted from the start of the episode (a study day from the "
                    "start of the study)."
                )


def _turned_days(tables: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    if "assessments" not in tables:
        return
    day = tables["assessments"]["day"].dropna().astype(float)
    first = baseline_window(config)[0]
    early, mirrored = int((day < first).sum()), int((-day < first).sum())
    if early > mirrored and 4 * early > len(day):
        yield (
            f"{_place(config, 'assessments', 'day')}: {early} of {len(day)} rows lie before the "
            "baseline window, as if days were counted backwards. Days after the start are positive."
        )


def _empty_windows(tables: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    if "assessments" not in tables or "outcome" not in config:
        return
    rows, arms = tables["assessments"], tables["episodes"]["arm"]
    for wanted in (config["outcome"], *config.get("further_outcomes", [])):
        instrument = config["instruments"][wanted["construct"]]
        if not rows["instrument"].eq(instrument).any():
            continue
        inside = answered_within(tables, instrument, wanted["window"])
        yield from _empty(inside, arms, instrument, wanted["window"], rows, config)
    instrument = config["instruments"][config["outcome"]["construct"]]
    if rows["instrument"].eq(instrument).any():
        window = baseline_window(config)
        inside = answered_within(tables, instrument, window)
        yield from _empty(inside, arms, instrument, window, rows, config)


def _empty(
    inside: pd.Series,
    arms: pd.Series,
    instrument: str,
    window: Any,
    rows: pd.DataFrame,
    config: Mapping[str, Any],
) -> Iterator[str]:
    days = rows.loc[rows["instrument"].eq(instrument), "day"].dropna()
    span = f"; its days run from {days.min()} to {days.max()}" if len(days) else ""
    where = f"{config['tables']['assessments']}: no {instrument} was answered on days "
    asked = f"{where}{window[0]} to {window[1]}"
    if not inside.any():
        yield f"{asked}{span}. Correct the days, or the window in the config."
        return
    for arm in config["arms"]:
        if arms.eq(arm).any() and not inside[arms.eq(arm).fillna(False)].any():
            yield f"{asked} in the arm '{arm}', though there are some in another."


def _swapped_arms(tables: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    """Compare the format of each arm with what its clients mostly attended."""
    if not {"sessions", "attendance"} <= set(tables) or "landmark" in config:
        return
    came = tables["attendance"]
    came = came[came["status"].isin(PRESENT)]
    kind = came["session_id"].map(tables["sessions"].set_index("session_id")["format"])
    arm = came["episode_id"].map(tables["episodes"].set_index("episode_id")["arm"])
    either = kind.isin(["group", "individual"])
    share = kind[either].eq("group").astype(float).groupby(arm[either].astype(object)).mean()
    formats = {name: one["format"] for name, one in config["arms"].items()}
    of = {
        form: [share[name] for name, one in formats.items() if one == form and name in share]
        for form in ("group", "individual")
    }
    if of["group"] and of["individual"] and np.max(of["group"]) < np.min(of["individual"]):
        yield (
            f"{_place(config, 'episodes', 'arm')}: clients of the individual arm attended a larger "
            "share of group sessions than those of the group arm. Are the arms' codes swapped?"
        )


def _covariates(cohort: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    episodes = cohort["episodes"]
    arms = sorted({one[side] for one in config["contrasts"].values() for side in SIDES})
    people = episodes[episodes["arm"].isin(arms)]
    if people.empty:
        return
    for one in config.get("covariates", []):
        column = one["column"]
        if said := _unusable(people[column].astype(object), people["arm"], one["type"]):
            yield f"{_place(config, 'episodes', column)}: the covariate {said}."


def _unusable(values: pd.Series, arm: pd.Series, kind: str) -> str | None:
    """Say why a covariate cannot be adjusted for as it is, or None."""
    known = values.dropna()
    if known.empty:
        return "has no value for anybody who counts"
    empty = [name for name, rows in values.groupby(arm.astype(object)) if rows.isna().all()]
    if empty:
        return f"has no value in the arm '{empty[0]}': the arms cannot be compared given it"
    if known.nunique() < 2:
        return "is the same for everybody, so it is left out"
    if len(known) < 0.7 * len(values):
        return f"is known for {len(known)} of {len(values)} only; the others are left out"
    if kind == "categorical":
        arms = arm[known.index].astype(object).groupby(known).nunique()
        lone = int((arms < 2).sum()) if arm.nunique() > 1 else 0
        if lone:
            return (
                f"has {lone} of {len(arms)} levels in one arm only: merge them, or leave them out "
                "by a declared rule"
            )
    return None


def _place(config: Mapping[str, Any], table: str, column: str) -> str:
    name = config.get("columns", {}).get(table, {}).get(column, column)
    return f'{config["tables"][table]}, column "{name}"'
