"""Flow of participants: every step of inclusion with its count in each arm (STROBE, CONSORT)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.labels import TOTAL
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


def flow(public: Public) -> Plot:
    """Return the flow diagram, one column an arm and one row a step."""
    table = public.tables["flow"]
    if table.empty:
        raise NothingToDraw("No flow of participants was published.")
    labels = {arm: public.arm_label(arm) for arm in ordered_arms(public, table)}
    if TOTAL in labels:
        labels = {TOTAL: "All"} | {arm: label for arm, label in labels.items() if arm != TOTAL}
    steps = table.drop_duplicates("step")
    if "kind" not in steps:
        steps = steps.assign(kind="exclusion")
    start = steps.loc[steps["kind"] == "start", "label"]
    steps = steps[steps["kind"] != "start"]
    first = str(start.iloc[0]) if len(start) else "In the data"
    paint = partial(_paint, table=table, steps=steps, labels=labels, first=first)
    rows = len(steps) + 1
    return Plot(
        "Flow of participants",
        _alt(table, steps, labels),
        table,
        (0.4 + 0.66 * rows, 0.5 + 0.92 * rows),
        paint,
    )


def ordered_arms(public: Public, table: pd.DataFrame) -> list[str]:
    """Return the arms that a table holds, in the study's order, others after them."""
    present = list(dict.fromkeys(table["arm"]))
    known = [arm for arm in public.arms if arm in present]
    return known + [arm for arm in present if arm not in known]


def _alt(table: pd.DataFrame, steps: pd.DataFrame, labels: dict[str, str]) -> str:
    texts = []
    for arm, label in labels.items():
        rows = table[table["arm"] == arm]
        start = numbers.count(rows["before"].iloc[0])
        rows = rows[rows["step"].isin(steps["step"])]
        losses = "; ".join(_said(row, steps) for row in rows.to_dict("records"))
        texts.append(f"{label}: {start} at the start; {losses}.")
    return " ".join(texts)


def _said(row: dict[Any, Any], steps: pd.DataFrame) -> str:
    after = numbers.count(row["after"])
    if row["step"] in _informing(steps):
        return f"{row['label']}: {after}"
    return f"{row['label']}: {numbers.count(row['excluded'])} left out, {after} remain"


def _informing(steps: pd.DataFrame) -> set[Any]:
    """Return the steps that only inform: nobody is left out by them."""
    return set(steps.loc[steps["kind"] == "information", "step"])


def _paint(
    figure: Figure,
    narrow: bool,
    *,
    table: pd.DataFrame,
    steps: pd.DataFrame,
    labels: dict[str, str],
    first: str,
) -> None:
    axes = figure.subplots()
    axes.set_axis_off()
    left = 0.0 if narrow else 1.5
    axes.set_xlim(-left, len(labels))
    axes.set_ylim(len(steps) + 0.4, -0.75)
    size = 9 if narrow else 9.5
    for column, (arm, label) in enumerate(labels.items()):
        rows = table[table["arm"] == arm].set_index("step")
        axes.text(
            column + 0.5,
            -0.5 if narrow else -0.42,
            style.wrap(label, (36 if narrow else 60) // len(labels)),
            ha="center",
            va="bottom",
            weight="bold",
            size=size,
        )
        _column(axes, column + 0.5, steps, rows, narrow)
    names = [first, *steps["label"]]
    for y, name in enumerate(names):
        x, side = (len(labels) / 2, "center") if narrow else (-left, "left")
        axes.text(
            x,
            y - (0.36 if narrow else 0),
            name if narrow else style.wrap(name, 24),
            ha=side,
            va="center",
            size=size - 0.5,
            color=style.MUTED if narrow else style.INK,
            zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _column(axes: Axes, x: float, steps: pd.DataFrame, rows: pd.DataFrame, narrow: bool) -> None:
    """Draw one arm: a box with the count before the first step and after each step."""
    size, tip, middle = (9, 0.5, 0.63) if narrow else (9.5, 0.24, 0.52)
    informing = _informing(steps)
    kept = [step for step in steps["step"] if step not in informing]
    counts = [rows["before"].iloc[0], *rows["after"].reindex(steps["step"])]
    for y, step in enumerate(steps["step"], start=1):
        line = ":" if step in informing else "-"
        axes.annotate(
            "",
            (x, y - tip),
            (x, y - 0.76),
            arrowprops={
                "arrowstyle": "-|>",
                "color": style.MUTED,
                "linewidth": 0.9,
                "linestyle": line,
            },
        )
        left_out = rows["excluded"].get(step, 0)
        text = "of these" if step in informing else f"{numbers.count(left_out)} left out"
        axes.text(
            x + 0.05,
            y - middle,
            text,
            size=size - 1,
            va="center",
            zorder=7,
            color=style.INK if left_out else style.MUTED,
        )
    for y, (step, count) in enumerate(zip([None, *steps["step"]], counts, strict=True)):
        last = step == kept[-1] if kept else y == 0
        axes.text(
            x,
            y,
            f"n = {numbers.count(count)}",
            ha="center",
            va="center",
            size=size,
            weight="bold" if last else None,
            zorder=8,
            bbox={
                "boxstyle": "round,pad=0.4,rounding_size=0.15",
                "linewidth": 0.9,
                "facecolor": style.BAND if last else "white",
                "edgecolor": style.MUTED,
                "linestyle": ":" if step in informing else "-",
            },
        )
