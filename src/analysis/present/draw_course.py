"""Course of scores by arm: means with intervals, and how many were observed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_flow import ordered_arms
from analysis.present.labels import construct_label, sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


def trajectories(public: Public) -> Plot:
    """Return mean scores of the primary outcome over time, with 95% intervals and n by arm."""
    table = public.tables["trajectories"]
    construct = public.outcome.get("construct")
    rows = table[table["construct"] == construct] if "construct" in table else pd.DataFrame()
    if rows.empty:
        raise NothingToDraw("The primary outcome has no scores over time.")
    arms = ordered_arms(public, rows)
    name = f"{construct_label(construct)} ({rows['instrument'].iloc[0]})"
    paint = partial(_paint_course, table=rows, arms=arms, public=public, name=name)
    extra = 0.19 * len(arms)
    return Plot(
        f"Course of {name} in each arm",
        _alt_course(rows, arms, public),
        rows,
        (2.9 + extra, 2.9 + 3 * extra),
        paint,
    )


def trajectories_further(public: Public) -> Plot:
    """Return small panels of every other construct's mean scores over time."""
    table = public.tables["trajectories"]
    if "construct" in table:
        table = table[table["construct"] != public.outcome.get("construct")]
    if table.empty:
        raise NothingToDraw("No further construct has scores over time.")
    arms = ordered_arms(public, table)
    panels = list(dict.fromkeys(table["construct"]))
    paint = partial(_paint_panels, table=table, arms=arms, public=public, panels=panels)
    rows = -(-len(panels) // 3), -(-len(panels) // 2)
    return Plot(
        "Course of the other measures in each arm",
        _alt_course(table, arms, public),
        table,
        (1.55 * rows[0] + 0.35, 1.5 * rows[1] + 0.45),
        paint,
    )


def _alt_course(table: pd.DataFrame, arms: list[str], public: Public) -> str:
    texts = []
    for (construct, arm), rows in table.groupby(["construct", "arm"], sort=False):
        first, last = rows.sort_values("day").iloc[[0, -1]].to_dict("records")
        texts.append(
            f"{sentence_case(construct_label(construct))}, {public.arm_label(str(arm))}: "
            f"{_at(first)}; {_at(last)}."
        )
    return "Mean scores with 95% intervals. " + " ".join(texts)


def _at(row: dict[Any, Any]) -> str:
    shown = numbers.estimate(row["mean"], (row["low"], row["high"]), "points")
    return f"day {numbers.count(row['day'])} mean {shown}, n = {numbers.count(row['n'])}"


def _lines(axes: Axes, table: pd.DataFrame, arms: list[str], public: Public, size: float) -> None:
    looks = style.arm_looks(list(public.arms) or arms)
    span = table["day"].max() - table["day"].min() or 1
    for index, arm in enumerate(arms):
        rows = table[table["arm"] == arm].sort_values("day")
        look = looks.get(arm, style.ARM_LOOKS[index])
        days = rows["day"] + span * 0.006 * (2 * index - len(arms) + 1)
        axes.errorbar(
            days,
            rows["mean"],
            yerr=[rows["mean"] - rows["low"], rows["high"] - rows["mean"]],
            markersize=size,
            linewidth=1.6,
            elinewidth=1.1,
            capsize=2.5,
            label=public.arm_label(arm),
            **look,
        )


def _paint_course(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public, name: str
) -> None:
    axes = figure.subplots()
    style.quiet_grid(axes, "y")
    _lines(axes, table, arms, public, 5.5)
    days = _spaced(sorted(table["day"].unique()), 8 if narrow else 14)
    axes.set_xticks(days, [numbers.count(day) for day in days])
    axes.set_xlabel("day of treatment", labelpad=2)
    direction = public.outcome.get("direction")
    note = f"\n({direction} is better)" if direction else ""
    axes.set_ylabel(f"mean {name}{note}", size=8.5 if narrow else 9)
    if narrow:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1), handlelength=3, fontsize=8.5)
    else:
        axes.legend(loc="best", handlelength=3)
    _counts(axes, table, arms, public, days, narrow)


def _counts(
    axes: Axes,
    table: pd.DataFrame,
    arms: list[str],
    public: Public,
    days: list[float],
    narrow: bool,
) -> None:
    """Write n of each arm under the axis; on a phone the arm's name has a line of its own."""
    place: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False, "size": 8}
    for index, arm in enumerate(arms):
        y = -46 - (26 * index + 13 if narrow else 13 * index)
        axes.annotate(
            f"n  {public.arm_label(arm)}",
            (0, 0),
            xycoords="axes fraction",
            xytext=(0, y + 13) if narrow else (-6, y),
            ha="left" if narrow else "right",
            color=style.MUTED,
            **place,
        )
        counts = table[table["arm"] == arm].set_index("day")["n"]
        for day, n in counts[counts.index.isin(days)].items():
            axes.annotate(
                numbers.count(n),
                (day, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, y),
                ha="center",
                **place,
            )


def _spaced(days: list[float], most: int) -> list[float]:
    """Keep days far enough from one another for their counts to be read; the last one stays."""
    gap = (days[-1] - days[0]) / most
    kept = [days[0]]
    for day in days[1:]:
        if day - kept[-1] >= gap:
            kept.append(day)
    return kept


def _paint_panels(
    figure: Figure,
    narrow: bool,
    *,
    table: pd.DataFrame,
    arms: list[str],
    public: Public,
    panels: list[str],
) -> None:
    columns = 2 if narrow else 3
    rows = -(-len(panels) // columns)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
    for axes, construct in zip(grid.flat, panels, strict=False):
        part = table[table["construct"] == construct]
        style.quiet_grid(axes, "y")
        _lines(axes, part, arms, public, 3.5)
        title = f"{construct_label(construct)} ({part['instrument'].iloc[0]})"
        axes.set_title(style.wrap(sentence_case(title), 20 if narrow else 26), size=8.5)
        axes.tick_params(labelsize=8)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, handlelength=3)
    for axes in list(grid.flat)[len(panels) - columns : len(panels)]:
        axes.set_xlabel("day of treatment", size=8)
        axes.tick_params(labelbottom=True)
