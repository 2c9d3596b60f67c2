"""Aggregates that a reader may see: flow, baseline, outcomes, sessions, hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.cohort import TOTAL
from analysis.measures.baseline import SIDES, baseline_table
from analysis.measures.exposure import attendance_rates
from analysis.measures.trajectories import trajectories

Tables = Mapping[str, pd.DataFrame]
CATEGORIES = ("improved", "unchanged", "deteriorated", "response", "remission")
HOUR_BIN = 1.0
MINUTE_BIN = 10.0


def describe_study(
    tables: dict[str, pd.DataFrame],
    flow: pd.DataFrame,
    outcomes: pd.DataFrame,
    repeated: pd.DataFrame,
    sessions: pd.DataFrame,
    weeks: pd.DataFrame,
    config: Mapping[str, Any],
    windows: Mapping[str, Mapping[str, Any]],
) -> dict[str, pd.DataFrame]:
    """Make every aggregate table that results/README.md lists, empty where nothing was recorded.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The cohort's canonical tables.
    flow, outcomes, repeated, sessions, weeks : DataFrame
        As `cohort`, `measures.outcomes` and `measures.exposure` give them.
    config : mapping
        The study's config.
    windows : mapping
        Claim to its window, for the figures' bands.
    """
    return {
        "flow": describe_flow(flow, outcomes),
        "baseline": describe_baseline(tables, outcomes, config),
        "trajectories": describe_trajectories(repeated, config),
        "outcomes": describe_outcomes(outcomes),
        "missing": describe_missing(outcomes),
        "session_length": describe_lengths(sessions, windows["duration"]),
        "group_size": describe_sizes(sessions, windows["size"]),
        "weekly_hours": describe_hours(weeks),
        "attendance": describe_attendance(tables),
    }


def describe_flow(flow: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Add to the flow who of the cohort has a score of the primary outcome, and at intake too.

    These are the numbers that the tables of what was observed and of the analysis have: an answer
    that is too incomplete has no score, and a change needs two.
    """
    primary = outcomes[outcomes["primary"]] if len(outcomes) else outcomes
    if primary.empty:
        return flow
    name = f"{primary['instrument'].iloc[0]} at {primary['time'].iloc[0]}"
    scored = primary["outcome"].notna()
    both = scored & primary["baseline"].notna()
    last, parts = flow[flow["step"].eq(flow["step"].max())], [flow]
    steps = {f"With a score of the {name}": scored, "With a score at intake too": both}
    for number, (label, passes) in enumerate(steps.items(), start=1):
        counts = primary.loc[passes, "arm"].value_counts()
        after = last["arm"].map(counts).fillna(0).astype(int)
        after = after.where(last["arm"].ne(TOTAL), int(passes.sum()))
        added: dict[str, Any] = {
            "step": last["step"] + number,
            "label": label,
            "kind": "information",
        }
        parts.append(last.assign(**added, excluded=0, after=after))
    return pd.concat(parts, ignore_index=True)


def describe_baseline(
    tables: dict[str, pd.DataFrame], outcomes: pd.DataFrame, config: Mapping[str, Any]
) -> pd.DataFrame:
    """Describe each contrast's arms before treatment, one row a covariate and level.

    ``value`` is a mean, or a share (0 to 1) for a level; ``smd`` a standardised difference.
    """
    sides = [f"{side}_{what}" for side in SIDES for what in ("n", "value", "sd")]
    columns = ["contrast", "covariate", "level", *sides, "smd"]
    parts = []
    for contrast in config["contrasts"]:
        rows = baseline_table(tables, outcomes, config, contrast)
        if rows.empty:
            continue
        rows = rows.assign(contrast=contrast, covariate=rows["label"])
        for side in SIDES:
            share = rows[f"percent_{side}"] / 100
            rows[f"{side}_n"] = rows[f"n_{side}"]
            rows[f"{side}_value"] = rows[f"mean_{side}"].fillna(share)
            rows[f"{side}_sd"] = rows[f"sd_{side}"]
        parts.append(rows[columns])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def describe_trajectories(repeated: pd.DataFrame, config: Mapping[str, Any]) -> pd.DataFrame:
    """Mean, SD, 95% interval and n of the primary score by arm and planned day."""
    columns = ["construct", "instrument", "arm", "day", "mean", "sd", "low", "high", "n"]
    if repeated.empty:
        return pd.DataFrame(columns=columns)
    rows = trajectories(repeated, list(config["arms"]))
    rows = rows.rename(columns={"ci_low": "low", "ci_high": "high"})
    first = repeated.iloc[0]
    rows = rows.assign(
        day=7 * rows["analysis_week"], construct=first["construct"], instrument=first["instrument"]
    )
    return rows[columns]


def describe_outcomes(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Count reliable change, response and remission by arm, of those who are known."""
    columns = ["construct", "instrument", "time", "arm", "category", "n", "of", "share"]
    records = []
    keys = ["construct", "instrument", "time", "arm"]
    for key, rows in outcomes.groupby(keys, sort=False) if len(outcomes) else ():
        for category in CATEGORIES:
            change = category in CATEGORIES[:3]
            known = rows["reliable_change" if change else category].dropna()
            hits = known.eq(category) if change else known.astype(bool)
            if len(known):
                n = int(hits.sum())
                records.append((*key, category, n, len(known), n / len(known)))
    return pd.DataFrame(records, columns=columns)


def describe_missing(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Count who was eligible and who was observed, by construct, arm and time."""
    columns = ["construct", "arm", "time", "n_eligible", "n_observed"]
    if outcomes.empty:
        return pd.DataFrame(columns=columns)
    grouped = outcomes.groupby(["construct", "arm", "time"], sort=False)["outcome"]
    counts = grouped.agg(n_eligible="size", n_observed="count").reset_index()
    return counts[columns]


def describe_lengths(sessions: pd.DataFrame, window: Mapping[str, Any]) -> pd.DataFrame:
    """Count held group sessions by length in minutes; a bin is ``from`` <= minutes < ``to``."""
    minutes = _group_sessions(sessions, "minutes")
    bins = _binned(minutes, MINUTE_BIN).rename(columns={"count": "sessions"})
    inside = _inside(minutes, window)
    per_bin = inside.groupby((minutes // MINUTE_BIN) * MINUTE_BIN).sum()
    return bins.assign(inside_window=bins["from"].map(per_bin).fillna(0).astype(int))


def describe_sizes(sessions: pd.DataFrame, window: Mapping[str, Any]) -> pd.DataFrame:
    """Count held group sessions by members enrolled and by members present."""
    parts = []
    for kind in ("enrolled", "present"):
        counts = _group_sessions(sessions, kind).astype(int).value_counts().sort_index()
        part = pd.DataFrame({"kind": kind, "size": counts.index, "sessions": counts.to_numpy()})
        part["inside_window"] = _inside(part["size"], window).astype(int) * part["sessions"]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def describe_hours(weeks: pd.DataFrame) -> pd.DataFrame:
    """Count full participant-weeks by hours scheduled and attended, by arm."""
    columns = ["arm", "kind", "from", "to", "weeks"]
    if weeks.empty:
        return pd.DataFrame(columns=columns)
    full = weeks[weeks["full"].fillna(False).astype(bool)]
    parts = []
    for arm, rows in full.groupby("arm", sort=True):
        for kind in ("scheduled", "attended"):
            bins = _binned(rows[f"{kind}_hours"].dropna(), HOUR_BIN)
            parts.append(bins.rename(columns={"count": "weeks"}).assign(arm=arm, kind=kind))
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def describe_attendance(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Add up held sessions expected and attended, by arm and format; ``rate`` is their ratio."""
    columns = ["arm", "format", "episodes", "expected", "present", "rate"]
    if not {"sessions", "attendance"} <= set(tables):
        return pd.DataFrame(columns=columns)
    rates = attendance_rates(tables)
    grouped = rates[rates["expected"] > 0].groupby(["arm", "format"], sort=True)
    sums = grouped.agg(
        episodes=("episode_id", "size"), expected=("expected", "sum"), present=("present", "sum")
    ).reset_index()
    sums["rate"] = sums["present"] / sums["expected"]
    return sums[columns]


def _group_sessions(sessions: pd.DataFrame, measure: str) -> pd.Series:
    if sessions.empty:
        return pd.Series(dtype=float)
    return sessions.loc[sessions["format"].eq("group"), measure].dropna().astype(float)


def _inside(values: pd.Series, window: Mapping[str, Any]) -> pd.Series:
    low = -np.inf if window["low"] is None else window["low"]
    high = np.inf if window["high"] is None else window["high"]
    return values.between(low, high)


def _binned(values: pd.Series, width: float) -> pd.DataFrame:
    if values.empty:
        return pd.DataFrame({"from": [], "to": [], "count": []}, dtype=float)
    start = (values.astype(float) // width) * width
    edges = np.arange(start.min(), start.max() + width / 2, width)
    counts = start.value_counts().reindex(edges, fill_value=0)
    return pd.DataFrame({"from": edges, "to": edges + width, "count": counts.to_numpy()})
