"""Figures of published evidence: trials with both formats and their pools; the format trap."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.labels import sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

ORIGIN = "published"
UNIT = "SD"
OVER_CONTROL = "over control"
CORRECTION = {"dy": 0.26, "markersize": 4.0}
ABSENT = "No published evidence was read."


def head_to_head(public: Public) -> Plot:
    """Return the forest of trials with both formats, their pool, and what other choices give."""
    marks = public.tables["head_to_head"]
    if marks.empty:
        raise NothingToDraw(ABSENT)
    trials = marks[marks["kind"] == "trial"].sort_values(
        ["in_main", "estimate"], ascending=[False, False], kind="stable"
    )
    pools = marks[marks["kind"] == "pool"]
    rows = [*trials.to_dict("records"), *pools.to_dict("records")]

    alt = "Difference between group and individual therapy within trials, positive where group "
    alt += "did better. " + " ".join(f"{_label(row)}: {_shown(row)}." for row in rows)
    return Plot(
        "Group against individual therapy in the same trial, symptoms after treatment",
        alt,
        pd.DataFrame(rows).drop(columns="data_origin", errors="ignore"),
        (0.95 + 0.235 * len(rows), 1.1 + 0.25 * len(rows)),
        partial(_paint_forest, rows=rows),
        origin=ORIGIN,
    )


def format_trap(public: Public) -> Plot:
    """Return the figure of the trap: subgroups between trials, contrasts within trials."""
    table = public.tables["format_trap"]
    if table.empty:
        raise NothingToDraw(ABSENT)
    rows = table.to_dict("records")

    alt = "Effects over control are compared between different trials; only direct comparisons "
    alt += "are made within a trial. "
    alt += " ".join(f"{sentence_case(row['comparison'])}: {_shown(row)}." for row in rows)
    return Plot(
        "Formats compared between trials, and within trials",
        alt,
        table.drop(columns="data_origin", errors="ignore"),
        (1.75 + 0.36 * len(rows), 1.9 + 0.5 * len(rows)),
        partial(_paint_trap, rows=rows),
        origin=ORIGIN,
    )


def _label(row: dict[Any, Any]) -> str:
    label = str(row["label"])
    return f"{label} (left out of the main pool)" if _left_out(row) else label


def _left_out(row: dict[Any, Any]) -> bool:
    return row["kind"] == "trial" and str(row["in_main"]) != "True"


def _shown(row: dict[Any, Any]) -> str:
    interval = numbers.interval([row["ci_low"], row["ci_high"]], UNIT)
    return f"{numbers.with_unit(row['estimate'], UNIT)} {interval}"


def _paint_forest(figure: Figure, narrow: bool, rows: list[dict[Any, Any]]) -> None:
    axes = figure.subplots()
    trials = sum(row["kind"] == "trial" for row in rows)
    places = [y if y < trials else y + 0.6 for y in range(len(rows))]
    for y, row in zip(places, rows, strict=True):
        if row["kind"] == "trial":
            _trial(axes, y, row)
        else:
            _pool(axes, y, row, first=y == places[trials])
    axes.axvline(0, color=style.INK, linewidth=1, zorder=1)
    axes.axhline(trials - 0.2, color=style.HAIR, linewidth=1)
    style.quiet_grid(axes)
    axes.set_ylim(places[-1] + 0.7, -0.7)
    labels = [style.wrap(str(row["label"]), 20) if narrow else str(row["label"]) for row in rows]
    axes.set_yticks(places, labels, size=7.5 if narrow else 8.5, linespacing=0.9)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if not narrow:
        for y, row in zip(places, rows, strict=True):
            _beside(axes, y, row)
    _sides(axes, narrow)


def _trial(axes: Axes, y: float, row: dict[Any, Any]) -> None:
    out = _left_out(row)
    axes.plot((row["ci_low"], row["ci_high"]), (y, y), color=style.BLUE, linewidth=1.2)
    axes.plot(
        [row["estimate"]],
        [y],
        marker="s",
        markersize=6,
        markerfacecolor="white" if out else style.BLUE,
        markeredgecolor=style.BLUE,
        zorder=4,
    )
    low = y + CORRECTION["dy"]
    axes.plot(
        (row["corrected_low"], row["corrected_high"]), (low, low), color=style.MUTED, linewidth=0.7
    )
    axes.plot(
        [row["corrected"]],
        [low],
        marker="o",
        markersize=CORRECTION["markersize"],
        markerfacecolor="white",
        markeredgecolor=style.MUTED,
        markeredgewidth=0.8,
    )


def _pool(axes: Axes, y: float, row: dict[Any, Any], *, first: bool) -> None:
    color = style.VERMILION
    ends = (row["prediction_low"], row["prediction_high"])
    axes.plot(ends, (y, y), color=color, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.plot(
        (row["ci_low"], row["ci_high"]), (y, y), color=color, linewidth=3.6, solid_capstyle="butt"
    )
    axes.plot(
        [row["estimate"]],
        [y],
        marker="D",
        markersize=7 if first else 5.5,
        markerfacecolor=color if first else "white",
        markeredgecolor=color,
        zorder=4,
    )


def _beside(axes: Axes, y: float, row: dict[Any, Any]) -> None:
    """Print the estimate and its interval to the right of the plot."""
    axes.annotate(
        numbers.estimate(row["estimate"], [row["ci_low"], row["ci_high"]], UNIT),
        (1.02, y),
        xycoords=("axes fraction", "data"),
        va="center",
        size=8,
        annotation_clip=False,
    )


def _sides(axes: Axes, narrow: bool) -> None:
    axes.set_xlabel(
        "\ndifference in SD", color=style.MUTED, size=8.5, labelpad=2 if not narrow else 6
    )
    for text, x, side in (("← Individual better", 0, "left"), ("Group better →", 1, "right")):
        axes.annotate(
            text,
            (x, 0),
            xycoords="axes fraction",
            xytext=(0, -17),
            textcoords="offset points",
            ha=side,
            va="top",
            weight="bold",
            size=8 if narrow else 9,
            annotation_clip=False,
        )


def _paint_trap(figure: Figure, narrow: bool, rows: list[dict[Any, Any]]) -> None:
    over = [row for row in rows if row["scale"] == OVER_CONTROL]
    between = [row for row in rows if row["scale"] != OVER_CONTROL]
    upper, lower = figure.subplots(2, 1, height_ratios=[len(over) + 0.6, len(between) + 0.6])
    _panel(upper, over, narrow, "Each format over control")
    upper.set_xlim(0, None)
    upper.set_xlabel("effect over control in SD", color=style.MUTED, size=8.5)
    _panel(lower, between, narrow, "Group minus individual")
    _sides(lower, narrow)


def _panel(axes: Axes, rows: list[dict[Any, Any]], narrow: bool, title: str) -> None:
    axes.set_title(title, loc="left", size=9, weight="bold", color=style.INK)
    for y, row in enumerate(rows):
        within = row["kind"] == "within trials"
        color = style.BLUE if within else style.VERMILION
        ends = (row["ci_low"], row["ci_high"])
        axes.plot(ends, (y, y), color=color, linewidth=2.2 if within else 1.3)
        axes.plot(
            [row["estimate"]],
            [y],
            marker="s" if within else "o",
            markersize=7,
            markerfacecolor=color if within else "white",
            markeredgecolor=color,
            zorder=4,
        )
        if not narrow:
            _beside(axes, y, row)
    axes.axvline(0, color=style.INK, linewidth=1)
    style.quiet_grid(axes)
    width = 22 if narrow else 40
    labels = [style.wrap(sentence_case(str(row["comparison"])), width) for row in rows]
    axes.set_yticks(range(len(rows)), labels, size=7.5 if narrow else 8.5, linespacing=0.95)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
