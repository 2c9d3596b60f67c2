"""Flow of participants: every step of inclusion with its count in each arm (STROBE, CONSORT)."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


def flow(public: Public) -> Plot:
    """Return the flow diagram, one column an arm and one row a step."""
    table = public.tables["flow"]
    if table.empty:
        raise NothingToDraw("No flow of participants was published.")
    arms = ordered_arms(public, table)
    steps = table.drop_duplicates("step")[["step", "label"]]
    labels = {arm: public.arm_label(arm) for arm in arms}
    rows = len(steps)
    paint = partial(_paint, table=table, steps=steps, labels=labels)
    return Plot("Flow of participants", _alt(table, steps, labels), table,
                (0.5 + 0.74 * (rows + 1), 0.6 + 0.98 * (rows + 1)), paint)  # fmt: skip


def ordered_arms(public: Public, table: pd.DataFrame) -> list[str]:
    """Return the arms that a table holds, in the study's order, others after them."""
    present = list(dict.fromkeys(table["arm"]))
    known = [arm for arm in public.arms if arm in present]
    return known + [arm for arm in present if arm not in known]


def _alt(table: pd.DataFrame, steps: pd.DataFrame, labels: dict[str, str]) -> str:
    texts = []
    for arm, label in labels.items():
        rows = table[table["arm"] == arm]
        losses = "; ".join(
            f"{row.label}: {numbers.count(row.excluded)} left out, {numbers.count(row.after)} remain"
            for row in rows.itertuples()
        )
        texts.append(f"{label}: {numbers.count(rows['before'].iloc[0])} at the start; {losses}.")
    return " ".join(texts)


def _paint(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, steps: pd.DataFrame,
    labels: dict[str, str],
) -> None:  # fmt: skip
    axes = figure.subplots()
    axes.set_axis_off()
    left = 0.0 if narrow else 1.5
    axes.set_xlim(-left, len(labels))
    axes.set_ylim(len(steps) + 0.4, -0.75)
    size = 9 if narrow else 9.5
    for column, (arm, label) in enumerate(labels.items()):
        rows = table[table["arm"] == arm].set_index("step")
        axes.text(
            column + 0.5, -0.5 if narrow else -0.42, style.wrap(label, 18 if narrow else 24), ha="center", va="bottom",
            weight="bold", size=size,
        )  # fmt: skip
        _column(axes, column + 0.5, steps, rows, narrow)
    names = ["In the data", *steps["label"]]
    for y, name in enumerate(names):
        x, side = (len(labels) / 2, "center") if narrow else (-left, "left")
        axes.text(
            x, y - (0.36 if narrow else 0), name if narrow else style.wrap(name, 24), ha=side,
            va="center", size=size - 0.5, color=style.MUTED if narrow else style.INK, zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def _column(axes: Axes, x: float, steps: pd.DataFrame, rows: pd.DataFrame, narrow: bool) -> None:
    """Draw one arm: a box with the count before the first step and after each step."""
    counts = [rows["before"].iloc[0]]
    size, tip, middle = (9, 0.5, 0.63) if narrow else (9.5, 0.22, 0.52)
    for y, step in enumerate(steps["step"], start=1):
        if step not in rows.index:
            counts.append(counts[-1])
            continue
        row = rows.loc[step]
        counts.append(row["after"])
        axes.annotate(
            "", (x, y - tip), (x, y - 0.78),
            arrowprops={"arrowstyle": "-|>", "color": style.MUTED, "linewidth": 0.9},
        )  # fmt: skip
        left_out = row["excluded"]
        axes.text(
            x + 0.04, y - middle, f"{numbers.count(left_out)} left out", size=size - 1,
            va="center", color=style.INK if left_out else style.MUTED, zorder=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    for y, count in enumerate(counts):
        last = y == len(counts) - 1
        axes.text(
            x, y, f"n = {numbers.count(count)}", ha="center", va="center", size=size,
            weight="bold" if last else None, zorder=8,
            bbox={"boxstyle": "round,pad=0.42,rounding_size=0.15", "linewidth": 0.9,
                  "facecolor": style.BAND if last else "white", "edgecolor": style.MUTED},
        )  # fmt: skip
