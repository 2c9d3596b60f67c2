"""Categories of change at the outcome: reliable change, response, remission, by arm."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_flow import ordered_arms
from analysis.present.labels import construct_label
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

CHANGE = {
    "improved": {"color": style.BLUE, "hatch": ""},
    "unchanged": {"color": "#d8dce0", "hatch": ""},
    "deteriorated": {"color": style.VERMILION, "hatch": "////"},
}
REACHED = ("response", "remission")
ROOM = 0.6


def outcomes(public: Public) -> Plot:
    """Return the shares of reliable change, and of response and remission, by arm."""
    table = public.tables["outcomes"]
    construct = public.outcome.get("construct")
    rows = table[table["construct"] == construct] if "construct" in table else pd.DataFrame()
    if rows.empty:
        raise NothingToDraw("No categories of change were published for the primary outcome.")
    times, day = list(dict.fromkeys(rows["time"])), f"day {public.outcome.get('day')}"
    time = day if day in times else times[-1]
    rows = rows[rows["time"] == time]
    arms = ordered_arms(public, rows)
    reached = [one for one in REACHED if one in set(rows["category"])]
    paint = partial(_paint_outcomes, table=rows, arms=arms, public=public, reached=reached)
    title = f"Change in {construct_label(construct)} ({rows['instrument'].iloc[0]}), {time}"
    height = 0.3 + sum(_heights(rows, arms, reached)) + 0.3 * bool(reached)
    return Plot(
        title,
        _alt_outcomes(rows, arms, public),
        rows,
        (height, height + 0.4 + 0.2 * len(arms)),
        paint,
    )


def _alt_outcomes(table: pd.DataFrame, arms: list[str], public: Public) -> str:
    texts = []
    for arm in arms:
        rows = table[table["arm"] == arm]
        said = ", ".join(
            f"{row.category} {numbers.percent(row.share)} ({numbers.count(row.n)} of "
            f"{numbers.count(row.of)})"
            for row in rows.itertuples()
        )
        texts.append(f"{public.arm_label(arm)}: {said}.")
    return "Categories of change. " + " ".join(texts)


def _paint_outcomes(
    figure: Figure,
    narrow: bool,
    *,
    table: pd.DataFrame,
    arms: list[str],
    public: Public,
    reached: list[str],
) -> None:
    ratios = _heights(table, arms, reached)
    grid = list(figure.subplots(len(ratios), 1, squeeze=False, height_ratios=ratios).flat)
    names = [style.wrap(public.arm_label(arm), 14 if narrow else 22) for arm in arms]
    if table["category"].isin(CHANGE).any():
        _stack(grid[0], table, arms, names, narrow)
    if reached:
        _dots(grid[-1], table, arms, public, reached, narrow)


def _heights(table: pd.DataFrame, arms: list[str], reached: list[str]) -> list[float]:
    """Return the panels' heights in inches: reliable change if known, what was reached if known."""
    change = [0.5 * len(arms) + 0.25] if table["category"].isin(CHANGE).any() else []
    return change + ([0.24 * len(arms) * len(reached) + 0.25] if reached else [])


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
            range(len(arms)),
            width,
            left=left,
            height=0.62,
            color=look["color"],
            hatch=look["hatch"],
            edgecolor="white",
            label=category,
        )
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
        loc="lower left",
        bbox_to_anchor=(-0.4 if narrow else 0, 1),
        ncols=3,
        borderaxespad=0.1,
        handlelength=1.2,
        columnspacing=1,
        handletextpad=0.4,
        fontsize=8.5,
    )


def _label(axes: Axes, x: float, y: float, share: float, category: str) -> None:
    dark = category == "improved"
    box = (
        None
        if category != "deteriorated"
        else {"facecolor": "white", "edgecolor": "none", "pad": 1}
    )
    axes.text(
        x,
        y,
        numbers.percent(share),
        ha="center",
        va="center",
        size=9,
        bbox=box,
        color="white" if dark else style.INK,
        weight="bold" if dark else None,
    )


def _dots(
    axes: Axes,
    table: pd.DataFrame,
    arms: list[str],
    public: Public,
    reached: list[str],
    narrow: bool,
) -> None:
    looks = style.arm_looks(list(public.arms) or arms)
    style.quiet_grid(axes)
    for index, arm in enumerate(arms):
        rows = table[table["arm"] == arm].set_index("category")["share"]
        shares = [float(rows.get(one, 0.0)) for one in reached]
        look = looks.get(arm, style.ARM_LOOKS[index])
        shift = 0.2 * (2 * index - len(arms) + 1)
        axes.plot(
            shares,
            [y + shift for y in range(len(reached))],
            linestyle="none",
            marker=look["marker"],
            color=look["color"],
            markersize=7,
            label=public.arm_label(arm),
        )
        for y in range(len(reached)):
            shown = numbers.percent(shares[y])
            shown += "" if narrow else f"  {public.arm_label(arm)}"
            right = shares[y] < ROOM
            axes.annotate(
                shown,
                (shares[y], y + shift),
                va="center",
                ha="left" if right else "right",
                xytext=(7 if right else -7, 0),
                textcoords="offset points",
                size=8.5,
            )
    axes.set_yticks(range(len(reached)), reached)
    axes.set_ylim(len(reached) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [numbers.percent(one) for one in ticks])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if narrow:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.4, 1), borderaxespad=0.1, fontsize=8.5)
