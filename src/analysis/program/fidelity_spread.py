"""Fidelity by site and over the study clock: where and when practice was as described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.program.fidelity import WEEKLY, Arms, counted, units_of, window_share
from analysis.records.errors import EstimationError

COLUMNS = [
    "claim", "part", "by", "level", "share", "ci95_low", "ci95_high", "units", "counted",
    "clusters",
]  # fmt: skip


def spread_fidelity(
    sessions: pd.DataFrame,
    weeks: pd.DataFrame,
    episodes: pd.DataFrame,
    claims: Mapping[str, Any],
    arms: Arms,
    period: int,
) -> pd.DataFrame:
    """Estimate each part's share in every site and in every quarter of the study clock.

    Parameters
    ----------
    sessions, weeks : DataFrame
        As `measures.exposure` gives them; empty where the study has no sessions.
    episodes : DataFrame
        The canonical table: site and first study day of each episode.
    claims : mapping
        As `estimate_fidelity` takes them.
    arms : mapping
        As `estimate_fidelity` takes them.
    period : int
        Days of a quarter of the study clock.

    Returns
    -------
    DataFrame
        `COLUMNS`: ``by`` is ``site`` or ``study day``; ``level`` the site, or the first and last
        study day of a quarter. The share is missing where fewer than two clusters are known.
    """
    records: list[tuple[Any, ...]] = []
    for claim, entry in claims.items():
        for part, how in entry["parts"].items():
            units = _placed(how["measure"], sessions, weeks, episodes, arms)
            if units.empty:
                continue
            units["period"] = units["day"].astype("Float64") // period
            window = how.get("window", entry["window"])
            known = units.dropna(subset=[how["measure"], "cluster"])
            for by, level in (("site", "site_id"), ("study day", "period")):
                groups: Any = known.groupby(level, sort=True)
                for name, rows in groups:
                    label = str(name) if by == "site" else _days(int(name), period)
                    records.append((claim, part, by, label, *_share(rows, how, window)))
    return pd.DataFrame(records, columns=COLUMNS)


def _share(
    rows: pd.DataFrame, how: Mapping[str, Any], window: Mapping[str, Any]
) -> tuple[Any, ...]:
    size = (len(rows), counted(how), int(rows["cluster"].nunique()))
    try:
        found = window_share(rows, how["measure"], window, by_member=how.get("weight") == "member")
    except EstimationError:
        return (None, None, None, *size)
    return (found["share"], *found["ci95"], *size)


def _placed(
    measure: str,
    sessions: pd.DataFrame,
    weeks: pd.DataFrame,
    episodes: pd.DataFrame,
    arms: Arms,
) -> pd.DataFrame:
    """Return a measure's units with their site and their day of the study clock."""
    units = units_of(measure, sessions, weeks, arms)
    if units.empty:
        return units
    day = units["study_day"] if measure not in WEEKLY else None
    if day is None:
        home = episodes.set_index("episode_id")
        start = units["cluster"].map(home["start_study_day"])
        day = start.astype("Float64") + 7 * units["week"].astype("Float64")
        units = units.assign(site_id=units["cluster"].map(home["site_id"]))
    return units.assign(day=day)


def _days(number: int, period: int) -> str:
    return f"{period * number} to {period * (number + 1) - 1}"
