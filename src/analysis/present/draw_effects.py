"""Estimates against their margins: the primary contrast in its own unit, the others in SDs."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.effects_view import drawable, margin_of, primary_effect, sides
from analysis.present.labels import construct_label, model_label, sentence_case, within
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

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


def equivalence(public: Public) -> Plot:
    """Return the plot of the primary contrast: 90% and 95% intervals against the margin band."""
    first = primary_effect(public)
    if not first:
        raise NothingToDraw("No contrast of the primary outcome was estimated.")
    alike = [
        e
        for e in public.effects
        if drawable(e)
        and e["id"] != first["id"]
        and all(e.get(k) == first.get(k) for k in ("contrast", "construct", "time", "unit"))
    ]
    rows = [first, *alike]
    better, worse = sides(public, first["contrast"])
    margin = margin_of(public, first)
    title = f"{better} against {within(worse)}: {construct_label(first['construct'])}"
    if first.get("time"):
        title += f", {first['time']}"
    paint = partial(_paint_primary, rows=rows, margin=margin, sides=(better, worse))
    return Plot(
        title,
        _alt(rows, margin, better),
        _data(public, rows, margin),
        (1.5 + 0.5 * len(rows), 1.75 + 0.62 * len(rows)),
        paint,
    )


def further(public: Public) -> Plot:
    """Return the forest of every other estimate between arms, in standard deviations."""
    first = primary_effect(public)
    rows = [
        e
        for e in public.effects
        if e.get("contrast") in public.contrasts
        and drawable(e)
        and any(e.get(key) != first.get(key) for key in ("contrast", "construct", "time"))
        and numbers.is_number(e.get("standardiser"))
    ]
    if not rows:
        raise NothingToDraw("No further outcome was estimated between arms.")
    rows = [_in_sd(e) for e in rows]
    pairs = {sides(public, e["contrast"]) for e in rows}
    better, worse = pairs.pop() if len(pairs) == 1 else ("Comparison arm", "Reference arm")
    many = len({e["contrast"] for e in rows}) > 1
    labels = [_row_label(public, e, many) for e in rows]
    paint = partial(_paint_further, rows=rows, labels=labels, sides=(better, worse))
    alt = f"Differences in standard deviations, positive where {within(better)} did better. "
    alt += " ".join(f"{la}: {_said(e)}." for la, e in zip(labels, rows, strict=True))
    return Plot(
        "Further outcomes, in standard deviations",
        alt,
        _data(public, rows, None),
        (1.25 + 0.36 * len(rows), 1.35 + 0.56 * len(rows)),
        paint,
    )


def _in_sd(effect: dict[str, Any]) -> dict[str, Any]:
    """Turn an effect's own unit into standard deviations by the plan's standardiser."""
    by = effect["standardiser"]
    scaled = {k: (effect[k][0] / by, effect[k][1] / by) for k in ("ci90", "ci95")}
    return {**effect, **scaled, "value": effect["value"] / by, "unit": "SD"}


def _row_label(public: Public, effect: dict[str, Any], many: bool) -> str:
    label = f"{construct_label(effect['construct'])} ({effect['instrument']}), {effect['time']}"
    label = sentence_case(label)
    if many:
        label = f"{public.contrasts[effect['contrast']].get('label', effect['contrast'])}: {label}"
    return label


def _said(effect: dict[str, Any]) -> str:
    unit = effect["unit"]
    return (
        f"{numbers.with_unit(effect['value'], unit)}, 90% interval "
        f"{numbers.interval(effect['ci90'], unit)}, 95% interval "
        f"{numbers.interval(effect['ci95'], unit)}"
    )


def _alt(rows: list[dict[str, Any]], margin: float | None, better: str) -> str:
    text = f"Estimated difference, positive where {within(better)} did better. "
    text += " ".join(f"{sentence_case(model_label(e['model']))}: {_said(e)}." for e in rows)
    if margin is None:
        return f"{text} No margin is set for this contrast."
    return f"{text} The margin is {numbers.plus_minus(margin, rows[0]['unit'])}."


def _data(public: Public, rows: list[dict[str, Any]], margin: float | None) -> pd.DataFrame:
    frame = pd.DataFrame([{key: row.get(key) for key in SHOWN} for row in rows])
    for name in ("ci90", "ci95"):
        pairs = frame.pop(name)
        frame[f"{name}_low"] = [low for low, _ in pairs]
        frame[f"{name}_high"] = [high for _, high in pairs]
    return frame.assign(margin=margin, data_origin=public.origin)


def _paint_primary(
    figure: Figure,
    narrow: bool,
    *,
    rows: list[dict[str, Any]],
    margin: float | None,
    sides: tuple[str, str],
) -> None:
    axes = figure.subplots()
    unit = rows[0]["unit"]
    reach = _reach(rows, margin)
    axes.set_yticks([])
    axes.set_xlim(-reach, reach)
    axes.set_ylim(len(rows) - 0.35, -0.95)
    if margin is not None:
        _margin_band(axes, margin, unit, narrow)
    axes.axvline(0, color=style.INK, linewidth=1)
    for y, effect in enumerate(rows):
        _interval(axes, y, effect, filled=y == 0)
        label = f"{model_label(effect['model'])}: " if y > 0 else ""
        shown = numbers.estimate(effect["value"], effect["ci95"], unit)
        axes.annotate(
            f"{label}{shown}",
            (effect["value"], y),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=8.5 if narrow else 9,
            zorder=6,
            weight="bold" if y == 0 else None,
            path_effects=style.halo(),
        )
    _better_axis(axes, sides, unit, ROOM_NARROW if narrow else ROOM_WIDE)


def _paint_further(
    figure: Figure,
    narrow: bool,
    *,
    rows: list[dict[str, Any]],
    labels: list[str],
    sides: tuple[str, str],
) -> None:
    axes = figure.subplots()
    reach = _reach(rows, None)
    axes.set_xlim(-reach, reach)
    axes.set_yticks([])
    axes.axvline(0, color=style.INK, linewidth=1)
    style.quiet_grid(axes)
    for y, effect in enumerate(rows):
        _interval(axes, y, effect, filled=True)
    if narrow:
        for y, label in enumerate(labels):
            axes.annotate(
                label,
                (-reach, y),
                xytext=(0, 9),
                textcoords="offset points",
                size=8.5,
                path_effects=style.halo(),
            )
    else:
        axes.set_yticks(range(len(rows)), [style.wrap(one, 30) for one in labels])
        axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.4, -0.95 if narrow else -0.6)
    _better_axis(axes, sides, "SD", ROOM_NARROW if narrow else ROOM_FURTHER)


def _reach(rows: list[dict[str, Any]], margin: float | None) -> float:
    ends = [abs(end) for e in rows for end in e["ci95"]]
    return 1.18 * max([*ends, 1.3 * (margin or 0)]) or 1.0


def _margin_band(axes: Axes, margin: float, unit: str, narrow: bool) -> None:
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


def _interval(axes: Axes, y: float, effect: dict[str, Any], *, filled: bool) -> None:
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


def _better_axis(axes: Axes, sides: tuple[str, str], unit: str, room: int) -> None:
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
