"""Gain of members by what their groups were like, level by level: what a figure can show.

Each level's mean gain is taken at the arm's mean intake score, with a random intercept per therapy
group. Nobody was assigned to a level, so differences between levels are associations.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.engine import fit_mixed
from analysis.program.anatomy import features
from analysis.program.inputs import Program
from analysis.program.regress import TooFewError, fill
from analysis.records.effect import Effect
from analysis.records.errors import EstimationError

COLUMNS = ["feature", "level", "from", "to", "members", "gain", "ci95_low", "ci95_high", "unit"]
# Feature to the limit that is the width of its levels.
WIDTHS = {"size": "size_step", "length": "length_step", "weekly_hours": "hours_step"}
# Names of the lower and the upper side of a feature between 0 and 1.
SIDES = {
    "two_leaders": ("mostly one leader", "mostly two leaders"),
    "psychoeducation": ("less psychoeducation", "more psychoeducation"),
    "closed": ("open groups", "closed groups"),
    "online": ("in person", "online"),
    "evening": ("by day", "mostly evening"),
    "homogeneous": ("mixed groups", "groups for one family"),
}


@dataclass(frozen=True)
class Shown:
    """Which periods and levels figures show; the plan gives the values (``limits.shown``).

    Attributes
    ----------
    quarter : int
        Days of the study clock that fidelity is shown for.
    size_step, length_step, hours_step : float
        Width of a level of group size (members), session length (minutes), weekly hours.
    two_leaders, psychoeducation, closed, online, evening, homogeneous : float
        Share of sessions at which the upper side begins.
    """

    quarter: int
    size_step: float
    length_step: float
    hours_step: float
    two_leaders: float
    psychoeducation: float
    closed: float
    online: float
    evening: float
    homogeneous: float


def profiles(program: Program, shown: Shown) -> pd.DataFrame:
    """Estimate the mean gain on the primary outcome at each level of each feature.

    Parameters
    ----------
    program : Program
    shown : Shown

    Returns
    -------
    DataFrame
        `COLUMNS`; points of the primary outcome, positive = gained. Levels with too few
        members are joined to the next one within; a feature with one level is left out.
        Empty where the study declares no primary outcome.
    """
    try:
        rows = _rows(program)
    except TooFewError:
        return pd.DataFrame(columns=COLUMNS)
    found = features(program).assign(weekly_hours=_weekly_hours(program))
    parts = []
    for name in (*WIDTHS, *SIDES):
        known = rows.assign(value=found[name]).dropna() if name in found else rows.iloc[:0]
        if len(known):
            parts.append(_profile(known, name, program, shown))
    kept = [one for one in parts if len(one)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=COLUMNS)


def levels(value: pd.Series, name: str, fewest: int, shown: Shown) -> pd.DataFrame:
    """Cut a feature into levels of enough members, by width or into two sides.

    Parameters
    ----------
    value : Series
        The feature of each member, none missing.
    name : str
        A key of `WIDTHS` or `SIDES`.
    fewest : int
        Members of a level.
    shown : Shown

    Returns
    -------
    DataFrame
        Index of `value`: label, low and high (ends of the level; missing for sides).
    """
    if name in SIDES:
        below, above = SIDES[name]
        label = value.ge(getattr(shown, name)).map({False: below, True: above})
        return pd.DataFrame({"label": label, "low": np.nan, "high": np.nan})
    width = float(getattr(shown, WIDTHS[name]))
    start = (value // width) * width
    for order in (sorted(start.unique()), sorted(start.unique(), reverse=True)):
        for one, inward in pairwise(order):
            if start.eq(one).sum() < fewest:
                start = start.replace(one, inward)
    ends = value.groupby(start).agg(["min", "max"])
    low = start.map(np.floor(ends["min"] / width) * width)
    high = start.map(np.floor(ends["max"] / width) * width + width)
    label = low.map("{:g}".format) + " to " + high.map("{:g}".format)
    return pd.DataFrame({"label": label, "low": low, "high": high})


def _rows(program: Program) -> pd.DataFrame:
    members = program.members
    primary = program.primary().reindex(members.index)
    intake = primary["baseline"].astype(float)
    return pd.DataFrame(
        {
            "gain": primary["change"].astype(float),
            "intake": intake - intake.mean(),
            "cluster": members["cluster"].fillna(members.index.to_series()).astype(object),
        }
    )


def _weekly_hours(program: Program) -> pd.Series:
    if program.weeks.empty:
        return pd.Series(dtype=float)
    full = program.weeks[program.weeks["full"].fillna(False).astype(bool)]
    return full.groupby("episode_id")["scheduled_hours"].mean().astype(float)


def _profile(rows: pd.DataFrame, name: str, program: Program, shown: Shown) -> pd.DataFrame:
    cut = levels(rows["value"], name, program.limits.fewest, shown)
    label = cut["label"]
    counts = label.value_counts()
    if len(counts) < 2 or counts.min() < program.limits.fewest:
        return pd.DataFrame(columns=COLUMNS)
    order = list(dict.fromkeys(label[rows["value"].sort_values(kind="stable").index]))
    marks = {f"level_{at}": label.eq(one).astype(float) for at, one in enumerate(order)}
    terms = [*list(marks)[1:], "intake"]
    try:
        marked = rows.assign(**marks, in_a_group=1.0)
        formula = f"gain ~ {' + '.join(terms)}"
        fit = fit_mixed(marked, formula, group="cluster", grouped="in_a_group")
    except (EstimationError, np.linalg.LinAlgError):
        return pd.DataFrame(columns=COLUMNS)
    unit = f"{program.instrument(program.symptom)} points"
    blank = Effect("", "", "", "", "", "", "", unit, "")
    records = []
    for at, one in enumerate(order):
        n, ends = int(counts[one]), cut.loc[label.eq(one), ["low", "high"]].iloc[0]
        weights = {"Intercept": 1.0} | ({f"level_{at}": 1.0} if at else {})
        made = fill(blank, fit, weights, n_used=n, n_eligible=n)
        records.append((name, one, *ends, n, made.value, *(made.ci95 or ()), unit))
    return pd.DataFrame(records, columns=COLUMNS)
