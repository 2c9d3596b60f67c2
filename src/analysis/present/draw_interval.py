"""What figures of estimates share: an interval's marks, the axis in words, the rows behind it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.present import numbers, style
from analysis.present.effects_view import interval_name
from analysis.present.public import Public

ROOM_WIDE, ROOM_FURTHER, ROOM_NARROW = 42, 26, 18
SHOWN = [
    "id",
    "contrast",
    "construct",
    "instrument",
    "time",
    "model",
    "unit",
    "value",
    "ci90",
    "ci95",
    "n_used",
    "n_eligible",
]


def said(effect: dict[str, Any]) -> str:
    """Return an estimate with all its intervals, for a figure's alternative text."""
    unit = effect["unit"]
    text = (
        f"{numbers.with_unit(effect['value'], unit)}, 90% interval "
        f"{numbers.interval(effect['ci90'], unit)}, 95% interval "
        f"{numbers.interval(effect['ci95'], unit)}"
    )
    if not effect.get("simultaneous"):
        return text
    ends = numbers.interval(effect["simultaneous"], unit)
    return f"{text}, {interval_name(effect, 'simultaneous')} {ends}"


def rows_behind(public: Public, rows: list[dict[str, Any]], margin: float | None) -> pd.DataFrame:
    """Return the rows behind a figure of estimates, with the interval's ends as columns."""
    frame = pd.DataFrame([{key: row.get(key) for key in SHOWN} for row in rows])
    for name in ("ci90", "ci95"):
        pairs = frame.pop(name)
        frame[f"{name}_low"] = [low for low, _ in pairs]
        frame[f"{name}_high"] = [high for _, high in pairs]
    return frame.assign(margin=margin, data_origin=public.origin)


def reach(rows: list[dict[str, Any]], margin: float | None) -> float:
    """Return how far the axis goes to either side of zero."""
    ends = [abs(end) for e in rows for end in e["ci95"]]
    return 1.18 * max([*ends, 1.3 * (margin or 0)]) or 1.0


def interval(axes: Axes, y: float, effect: dict[str, Any], *, filled: bool) -> None:
    """Draw one estimate: a thick 90% bar, a thin 95% line and a diamond."""
    color = style.BLUE
    axes.plot(effect["ci95"], (y, y), color=color, linewidth=1.4, marker="|", markersize=9)
    axes.plot(effect["ci90"], (y, y), color=color, linewidth=4.6, solid_capstyle="butt")
    axes.plot(
        [effect["value"]],
        [y],
        marker="D",
        markersize=8,
        linestyle="none",
        zorder=4,
        markerfacecolor=color if filled else "white",
        markeredgecolor="white" if filled else color,
        markeredgewidth=1.2,
    )


def margin_band(axes: Axes, margin: float, unit: str, narrow: bool) -> None:
    """Shade the differences that the margin holds, and write the margin over them."""
    axes.axvspan(-margin, margin, color=style.BAND, linewidth=0, zorder=0)
    for edge in (-margin, margin):
        axes.axvline(edge, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        "margin " + numbers.plus_minus(margin, "" if narrow else unit),
        (0, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, -2),
        textcoords="offset points",
        ha="center",
        va="top",
        size=8.5,
        color=style.MUTED,
        bbox={"facecolor": style.BAND, "edgecolor": "none", "pad": 1},
    )


def better_axis(axes: Axes, sides: tuple[str, str], unit: str, room: int) -> None:
    """Say under the axis, in words, which side is better for whom, and what the bars are.

    `room` is the number of characters for each side's words.
    """
    narrow = room < ROOM_FURTHER
    better, worse = (
        style.wrap(one, room) for one in (f"{sides[0]} better →", f"← {sides[1]} better")
    )
    lines = max(better.count("\n"), worse.count("\n")) + 1
    axes.spines["left"].set_visible(False)
    gap = "\n" if narrow else "     "
    measure = f"difference in {unit}" if unit else "difference"
    axes.set_xlabel(
        f"{measure}{gap}thick bar 90% interval · thin line 95% interval",
        color=style.MUTED,
        size=8.5,
        labelpad=9 + 13 * lines,
    )
    for text, x, side in ((worse, 0, "left"), (better, 1, "right")):
        axes.annotate(
            text,
            (x, 0),
            xycoords="axes fraction",
            xytext=(0, -20),
            textcoords="offset points",
            ha=side,
            va="top",
            weight="bold",
            size=9,
            annotation_clip=False,
        )


def forest(axes: Axes, labels: list[str], narrow: bool, *, named: bool, lift: int = 8) -> None:
    """Prepare a panel with one row a label: names beside it, or above each row on a phone."""
    axes.axvline(0, color=style.INK, linewidth=1)
    style.quiet_grid(axes)
    axes.set_yticks([])
    axes.set_ylim(len(labels) - 0.4, -0.95 if narrow else -0.6)
    if narrow:
        for y, label in enumerate(labels):
            axes.annotate(
                label, (0, y), xycoords=("axes fraction", "data"), xytext=(0, lift),
                textcoords="offset points", size=8.5, path_effects=style.halo(),
            )  # fmt: skip
    elif named:
        axes.set_yticks(range(len(labels)), [style.wrap(one, 36) for one in labels])
        axes.tick_params(axis="y", length=0)
