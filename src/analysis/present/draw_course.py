"""Course of scores by arm, and the categories of change at the outcome."""

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

CHANGE = {
    "improved": {"color": style.BLUE, "hatch": ""},
    "unchanged": {"color": "#d8dce0", "hatch": ""},
    "deteriorated": {"color": style.VERMILLION, "hatch": "////"},
}
REACHED = ("response", "remission")
ROOM = 0.6


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
    return Plot(f"Course of {name} in each arm", _alt_course(rows, arms, public), rows,
                (2.9 + extra, 2.8 + extra), paint)  # fmt: skip


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
    return Plot("Course of the other measures in each arm", _alt_course(table, arms, public), table,
                (1.55 * rows[0] + 0.35, 1.5 * rows[1] + 0.45), paint)  # fmt: skip


def outcomes(public: Public) -> Plot:
    """Return the shares of reliable change, and of response and remission, by arm."""
    table = public.tables["outcomes"]
    construct = public.outcome.get("construct")
    rows = table[table["construct"] == construct] if "construct" in table else pd.DataFrame()
    if rows.empty:
        raise NothingToDraw("No categories of change were published for the primary outcome.")
    time = list(dict.fromkeys(rows["time"]))[-1]
    rows = rows[rows["time"] == time]
    arms = ordered_arms(public, rows)
    reached = [one for one in REACHED if one in set(rows["category"])]
    paint = partial(_paint_outcomes, table=rows, arms=arms, public=public, reached=reached)
    title = f"Change in {construct_label(construct)} ({rows['instrument'].iloc[0]}), {time}"
    height = 0.6 + 0.5 * len(arms) + (0.24 * len(arms) * len(reached) + 0.5) * bool(reached)
    return Plot(title, _alt_outcomes(rows, arms, public), rows, (height, height + 0.3), paint)


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
            days, rows["mean"], yerr=[rows["mean"] - rows["low"], rows["high"] - rows["mean"]],
            markersize=size, linewidth=1.6, elinewidth=1.1, capsize=2.5,
            label=public.arm_label(arm), **look,
        )  # fmt: skip


def _paint_course(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public, name: str
) -> None:
    axes = figure.subplots()
    style.quiet_grid(axes, "y")
    _lines(axes, table, arms, public, 5.5)
    days = sorted(table["day"].unique())
    axes.set_xticks(days, [numbers.count(day) for day in days])
    axes.set_xlabel("day of treatment", labelpad=2)
    direction = public.outcome.get("direction")
    note = f"\n({direction} is better)" if direction else ""
    axes.set_ylabel(f"mean {name}{note}", size=8.5 if narrow else 9)
    axes.legend(loc="best", handlelength=3)
    below = -46
    for index, arm in enumerate(arms):
        rows = table[table["arm"] == arm].set_index("day")["n"]
        y = below - 13 * index
        label = public.arm_label(arm)
        axes.annotate(
            f"n  {label if not narrow else style.wrap(label, 11).splitlines()[0]}", (0, 0),
            xycoords="axes fraction", xytext=(-6, y), textcoords="offset points", ha="right",
            size=8, color=style.MUTED, annotation_clip=False,
        )  # fmt: skip
        for day, n in zip(rows.index, rows, strict=True):
            axes.annotate(
                numbers.count(n), (day, 0), xycoords=("data", "axes fraction"),
                xytext=(0, y), textcoords="offset points", ha="center", size=8,
                annotation_clip=False,
            )  # fmt: skip


def _paint_panels(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public,
    panels: list[str],
) -> None:  # fmt: skip
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


def _alt_outcomes(table: pd.DataFrame, arms: list[str], public: Public) -> str:
    texts = []
    for arm in arms:
        rows = table[table["arm"] == arm]
        said = ", ".join(
            f"{row.category} {numbers.percent(row.share)} ({numbers.count(row.n)} of "
            f"{numbers.count(row.of)})" for row in rows.itertuples()
        )  # fmt: skip
        texts.append(f"{public.arm_label(arm)}: {said}.")
    return "Categories of change. " + " ".join(texts)


def _paint_outcomes(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public,
    reached: list[str],
) -> None:  # fmt: skip
    ratios = [0.5 * len(arms)] + ([0.24 * len(arms) * len(reached) + 0.3] if reached else [])
    grid = figure.subplots(len(ratios), 1, squeeze=False, height_ratios=ratios).flat
    names = [style.wrap(public.arm_label(arm), 14 if narrow else 22) for arm in arms]
    _stack(grid[0], table, arms, names, narrow)
    if reached:
        _dots(grid[1], table, arms, public, reached)


def _stack(
    axes: Axes, table: pd.DataFrame, arms: list[str], names: list[str], narrow: bool
) -> None:
    shares = table.pivot_table(index="arm", columns="category", values="share").reindex(arms)
    left = pd.Series(0.0, index=arms)
    for category, look in CHANGE.items():
        if category not in shares:
            continue
        width = shares[category].fillna(0)
        axes.barh(
            range(len(arms)), width, left=left, height=0.62, color=look["color"],
            hatch=look["hatch"], edgecolor="white", label=category,
        )  # fmt: skip
        for y, (start, share) in enumerate(zip(left, width, strict=True)):
            if share > 0.05:
                _label(axes, start + share / 2, y, share, category)
        left = left + width
    axes.set_yticks(range(len(arms)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.4 if narrow else 0, 1), ncols=3, borderaxespad=0.1,
        handlelength=1.2, columnspacing=1, handletextpad=0.4, fontsize=8.5,
    )  # fmt: skip


def _label(axes: Axes, x: float, y: float, share: float, category: str) -> None:
    dark = category == "improved"
    box = None if category != "deteriorated" else {"facecolor": "white", "edgecolor": "none",
                                                   "pad": 1}  # fmt: skip
    axes.text(x, y, numbers.percent(share), ha="center", va="center", size=9, bbox=box,
              color="white" if dark else style.INK, weight="bold" if dark else None)  # fmt: skip


def _dots(
    axes: Axes, table: pd.DataFrame, arms: list[str], public: Public, reached: list[str]
) -> None:
    looks = style.arm_looks(list(public.arms) or arms)
    style.quiet_grid(axes)
    for index, arm in enumerate(arms):
        rows = table[table["arm"] == arm].set_index("category")["share"]
        shares = [float(rows.get(one, 0.0)) for one in reached]
        look = looks.get(arm, style.ARM_LOOKS[index])
        shift = 0.2 * (2 * index - len(arms) + 1)
        axes.plot(
            shares, [y + shift for y in range(len(reached))],
            linestyle="none", marker=look["marker"], color=look["color"], markersize=7,
        )  # fmt: skip
        for y in range(len(reached)):
            shown = f"{numbers.percent(shares[y])}  {public.arm_label(arm)}"
            right = shares[y] < ROOM
            axes.annotate(
                shown, (shares[y], y + shift), va="center", ha="left" if right else "right",
                xytext=(7 if right else -7, 0), textcoords="offset points", size=8.5,
            )  # fmt: skip
    axes.set_yticks(range(len(reached)), reached)
    axes.set_ylim(len(reached) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [numbers.percent(one) for one in ticks])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
