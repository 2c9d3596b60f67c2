"""What was delivered against the stated windows: group size, session length, weekly hours."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.present import numbers, style
from analysis.present.draw_flow import ordered_arms
from analysis.present.labels import plain, sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

Window = dict[str, Any]
Panel = tuple[str, pd.DataFrame]
PALE = "#9fb6c6"


def group_size(public: Public) -> Plot:
    """Return sessions by number of members, enrolled and present, with the stated window."""
    table = public.tables["group_size"]
    if table.empty:
        raise NothingToDraw("The study has no group sessions with members.")
    window = _window(public, "size")
    data = table.rename(columns={"sessions": "count"})
    data = data.assign(start=data["size"] - 0.5, end=data["size"] + 0.5)
    panels = [
        (sentence_case(kind), data[data["kind"] == kind]) for kind in dict.fromkeys(data["kind"])
    ]
    wide = {
        **window,
        "low": _shift(window.get("low"), -0.5),
        "high": _shift(window.get("high"), 0.5),
    }
    return _plot("Members of a group session", table, panels, window, wide, "members", "sessions")


def session_length(public: Public) -> Plot:
    """Return sessions by minutes, with the stated window."""
    table = public.tables["session_length"]
    if table.empty:
        raise NothingToDraw("The study has no sessions with minutes.")
    window = _window(public, "duration")
    data = table.rename(columns={"from": "start", "to": "end", "sessions": "count"})
    return _plot(
        "Length of group sessions", table, [("", data)], window, window, "minutes", "sessions"
    )


def weekly_hours(public: Public) -> Plot:
    """Return weeks of treatment by hours, scheduled and attended, with the stated minimum."""
    table = public.tables["weekly_hours"]
    if table.empty:
        raise NothingToDraw("The study has no sessions from which weekly hours follow.")
    window = _window(public, "intensity")
    data = table.rename(columns={"from": "start", "to": "end", "weeks": "count"})
    panels = [
        (f"{public.arm_label(arm)}, {kind}", data[(data["arm"] == arm) & (data["kind"] == kind)])
        for arm in ordered_arms(public, table)
        for kind in dict.fromkeys(table["kind"])
    ]
    panels = [(name, rows) for name, rows in panels if not rows.empty]
    return _plot("Hours of service a week", table, panels, window, window, "hours", "weeks")


def _window(public: Public, claim: str) -> Window:
    return dict(public.plan_of(claim).get("window") or {})


def _shift(value: Any, by: float) -> float | None:
    return value + by if numbers.is_number(value) else None


def _plot(
    title: str,
    table: pd.DataFrame,
    panels: list[Panel],
    window: Window,
    drawn: Window,
    unit: str,
    counted: str,
) -> Plot:
    paint = partial(
        _paint, panels=panels, window=drawn, said=window_text(window), unit=unit, counted=counted
    )
    rows = -(-len(panels) // 2)
    heights = (1.75 * rows + 0.5, 1.55 * len(panels) + 0.55)
    return Plot(title, _alt(panels, window, unit, counted), table, heights, paint)


def window_text(window: Window) -> str:
    """Say a window in words; empty where the plan states none."""
    low, high = window.get("low"), window.get("high")
    unit = window.get("unit", "")
    if numbers.is_number(low) and numbers.is_number(high):
        return f"{numbers.count(low)} to {numbers.count(high)} {unit}".strip()
    if numbers.is_number(low):
        return f"at least {numbers.count(low)} {unit}".strip()
    return f"at most {numbers.count(high)} {unit}".strip() if numbers.is_number(high) else ""


def _alt(panels: list[Panel], window: Window, unit: str, counted: str) -> str:
    texts = [f"The article states {window_text(window)}."] if window_text(window) else []
    for name, rows in panels:
        if rows["count"].sum() == 0:
            continue
        top = rows.sort_values("count", ascending=False, kind="stable").iloc[0]
        filled = rows[rows["count"] > 0]
        ends = ("size", "size") if "size" in rows else ("start", "end")
        mode = numbers.count(top[ends[0]])
        if ends[0] != ends[1]:
            mode += f" to {numbers.count(top[ends[1]])}"
        text = (
            f"most frequent: {mode} {unit} ({numbers.count(top['count'])} of "
            f"{numbers.count(rows['count'].sum())} {counted}); range "
            f"{numbers.count(filled[ends[0]].min())} to {numbers.count(filled[ends[1]].max())}."
        )
        texts.append(f"{name}: {text}" if name else sentence_case(text))
    return " ".join(texts)


def _paint(
    figure: Figure,
    narrow: bool,
    *,
    panels: list[Panel],
    window: Window,
    said: str,
    unit: str,
    counted: str,
) -> None:
    columns = 1 if narrow or len(panels) == 1 else 2
    rows = -(-len(panels) // columns)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
    for axes, (name, data) in zip(grid.flat, panels, strict=False):
        style.quiet_grid(axes, "y")
        _band(axes, window, data)
        _bars(axes, data, window)
        axes.set_title(plain(name), size=9)
        axes.set_ylabel(counted, size=8.5)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    note = f"band: {said}, as the article states" if said else ""
    both = "\n" if narrow else "   ·   "
    figure.supxlabel(unit + (both + note if note else ""), size=8.5)


def _band(axes: Axes, window: Window, data: pd.DataFrame) -> None:
    low, high = window.get("low"), window.get("high")
    if low is None and high is None:
        return
    start, end = data["start"].min(), data["end"].max()
    axes.axvspan(
        start if low is None else low,
        max(end, low or end) if high is None else high,
        color=style.BAND,
        linewidth=0,
        zorder=0,
    )
    for edge in (low, high):
        if edge is not None:
            axes.axvline(edge, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)


def _bars(axes: Axes, data: pd.DataFrame, window: Window) -> None:
    """Draw bars: solid for what lies inside the window, light and hatched for the rest."""
    inside = data["inside_window"] if "inside_window" in data else _inside(data, window)
    parts = ((inside, 0 * inside, style.BLUE, ""), (data["count"] - inside, inside, PALE, "///"))
    for height, bottom, color, hatch in parts:
        axes.bar(
            data["start"],
            height,
            bottom=bottom,
            width=data["end"] - data["start"],
            align="edge",
            color=color,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.8,
            zorder=2,
        )


def _inside(data: pd.DataFrame, window: Window) -> pd.Series:
    """Return the counts of the bins that lie wholly inside the window."""
    low, high = window.get("low"), window.get("high")
    keep = data["start"].ge(low if numbers.is_number(low) else data["start"].min())
    keep &= data["end"].le(high if numbers.is_number(high) else data["end"].max())
    return data["count"].where(keep, 0)
