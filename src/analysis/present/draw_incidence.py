"""How stays ended: cumulative incidence of leaving early and of completing, by arm."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_flow import ordered_arms
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

EVENTS = {"left": "left early", "completed": "completed", "other": "ended otherwise"}


def incidence(public: Public) -> Plot:
    """Return the share of stays that had ended in each way, by day and arm."""
    table = public.tables["incidence"]
    if table.empty:
        raise NothingToDraw("No stay was seen to end.")
    arms = ordered_arms(public, table)
    return Plot(
        "How stays ended: share of those who began",
        _alt(table, arms, public),
        table,
        (2.9, 5.8),
        partial(_paint, table=table, arms=arms, public=public),
    )


def _alt(table: pd.DataFrame, arms: list[str], public: Public) -> str:
    texts = []
    for arm in arms:
        mine = table[table["arm"] == arm]
        parts = []
        for event, words in EVENTS.items():
            last = mine[mine["event"] == event].sort_values("day").iloc[-1]
            ends = f"{numbers.percent(last['low'])} to {numbers.percent(last['high'])}"
            parts.append(f"{words} {numbers.percent(last['share'])} (95% interval {ends})")
        day, n = numbers.count(mine["day"].max()), numbers.count(mine["n"].iloc[0])
        texts.append(f"{public.arm_label(arm)}, by day {day}, n = {n}: {', '.join(parts)}.")
    return "Cumulative incidence, each way of ending competing with the others. " + " ".join(texts)


def _paint(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public
) -> None:
    grid = figure.subplots(*((3, 1) if narrow else (1, 3)), squeeze=False, sharex=True)
    few = table.loc[table["event"] != "completed", "high"].max()
    low = min(1.0, 0.1 * (int(10 * few) + 1))
    looks = style.arm_looks(list(public.arms) or arms)
    for axes, (event, words) in zip(grid.flat, EVENTS.items(), strict=True):
        style.quiet_grid(axes, "y")
        for arm in arms:
            rows = table[(table["arm"] == arm) & (table["event"] == event)].sort_values("day")
            look = {key: value for key, value in looks[arm].items() if key != "marker"}
            axes.step(
                rows["day"],
                rows["share"],
                where="post",
                linewidth=1.8,
                label=public.arm_label(arm),
                **look,
            )
            axes.fill_between(
                rows["day"],
                rows["low"],
                rows["high"],
                step="post",
                alpha=0.15,
                linewidth=0,
                color=look["color"],
            )
        axes.set_title(words, size=9)
        axes.set_ylim(0, 1 if event == "completed" else low)
        axes.yaxis.set_major_formatter(lambda value, _: numbers.percent(value))
        if not narrow or event == "other":
            axes.set_xlabel("day of stay", size=8.5)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=1 if narrow else 2, fontsize=8.5)
