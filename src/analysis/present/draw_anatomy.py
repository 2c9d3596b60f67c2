"""What members' groups were like, and how they fared: gain at each level, the windows marked."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.present import numbers, style
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

#: Feature to its name, unit, and the claim whose window is marked.
BY_SIZE = {
    "size": ("Members present", "members", "size"),
    "length": ("Length of sessions", "minutes", "duration"),
    "weekly_hours": ("Hours offered a week", "hours", "intensity"),
}
IN_SIDES = {
    "two_leaders": "Leaders",
    "psychoeducation": "Type",
    "closed": "Enrolment",
    "homogeneous": "Conditions",
    "online": "Mode",
    "evening": "Time of day",
}
CAPTION = (
    "Mean gain at the arm’s mean intake score, with 95% intervals that know that members share "
    "groups; each point is an average over a member’s sessions, levels of fewer than ten members "
    "are joined. Band: the article’s window. Nobody was assigned to any of this: an association."
)


def anatomy(public: Public) -> Plot:
    """Return the gain of group members by size, length, hours, and six kinds of group."""
    table = public.tables["anatomy"]
    if table.empty:
        raise NothingToDraw("What members’ groups were like was not recorded beside the outcome.")
    present = list(dict.fromkeys(table["feature"]))
    measured = [one for one in BY_SIZE if one in present]
    sides = [one for one in IN_SIDES if one in present]
    unit = str(table["unit"].iloc[0])
    alt = f"Mean gain in {unit} of group members, by what their groups were like. " + " ".join(
        _said(one, table[table["feature"] == one]) for one in (*measured, *sides)
    )
    return Plot(
        "How members’ groups were run, and how members fared",
        alt,
        table,
        (
            (2.1 if measured else 0) + 0.42 * len(sides) + (0.55 if sides else 0),
            2.0 * len(measured) + 0.62 * len(sides) + 0.5,
        ),
        partial(_paint, table=table, measured=measured, sides=sides, public=public, unit=unit),
    )


def _said(feature: str, rows: pd.DataFrame) -> str:
    name = BY_SIZE[feature][0] if feature in BY_SIZE else IN_SIDES[feature]
    texts = [
        f"{row['level']}: {numbers.fixed(row['gain'], 1)} (n = {numbers.count(row['members'])})"
        for _, row in rows.iterrows()
    ]
    return f"{name}: {', '.join(texts)}."


def _paint(
    figure: Figure,
    narrow: bool,
    *,
    table: pd.DataFrame,
    measured: list[str],
    sides: list[str],
    public: Public,
    unit: str,
) -> None:
    parts = [2.1] * bool(measured) + [0.42 * len(sides) + 0.55] * bool(sides)
    if narrow:
        parts = [2.0 * len(measured)] * bool(measured) + [0.62 * len(sides) + 0.5] * bool(sides)
    blocks = list(figure.subfigures(len(parts), 1, height_ratios=parts, squeeze=False).ravel())
    if measured:
        shape = (len(measured), 1) if narrow else (1, len(measured))
        grid = blocks.pop(0).subplots(*shape, squeeze=False, sharey=True).ravel()
        for axes, feature in zip(grid, measured, strict=True):
            _curve(axes, table[table["feature"] == feature], feature, public)
            axes.set_ylabel(f"gain, {unit}" if narrow or axes is grid[0] else "", size=8.5)
    if sides:
        _sides(blocks.pop(0).subplots(), table, sides, narrow, unit)


def _curve(axes: Axes, rows: pd.DataFrame, feature: str, public: Public) -> None:
    name, unit, claim = BY_SIZE[feature]
    middle = (rows["from"] + rows["to"]) / 2
    window = public.plan_of(claim).get("window") or {}
    low, high = window.get("low"), window.get("high")
    ends = (min(rows["from"].min(), low or 1e9), max(rows["to"].max(), high or low or 0))
    if low is not None:
        axes.axvspan(low, ends[1] if high is None else high, color=style.BAND, lw=0, zorder=0)
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    axes.vlines(middle, rows["ci95_low"], rows["ci95_high"], color=style.BLUE, linewidth=1.6)
    axes.plot(middle, rows["gain"], "o", color=style.BLUE, markersize=4.5)
    axes.set_xlim(ends[0] - 0.02 * (ends[1] - ends[0]), ends[1] + 0.02 * (ends[1] - ends[0]))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_title(name)
    axes.set_xlabel(unit, size=8.5)
    style.quiet_grid(axes, "y")


def _sides(axes: Axes, table: pd.DataFrame, sides: list[str], narrow: bool, unit: str) -> None:
    """Draw two rows a feature: its lower side hollow, its upper side filled."""
    labels, places = [], []
    for at, feature in enumerate(sides):
        for side, (_, row) in enumerate(table[table["feature"] == feature].iterrows()):
            y = at + 0.34 * side - 0.17
            ends = (row["ci95_low"], row["ci95_high"])
            axes.plot(ends, (y, y), color=style.BLUE, linewidth=1.6)
            fill = style.BLUE if side else "white"
            axes.plot(row["gain"], y, "o", mfc=fill, mec=style.BLUE, markersize=4.5)
            labels.append(f"{row['level']} ({numbers.count(row['members'])})")
            places.append(y)
    axes.set_yticks(places, labels, size=7.5 if narrow else 8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(sides) - 0.45, -0.55)
    axes.set_xlabel(f"gain, {unit}", size=8.5)
    style.quiet_grid(axes)
