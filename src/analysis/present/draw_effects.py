"""The primary contrast in its own unit against the margin: 90% and 95% intervals."""

from __future__ import annotations

from functools import partial
from typing import Any

from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_interval import (
    ROOM_NARROW,
    ROOM_WIDE,
    better_axis,
    interval,
    margin_band,
    reach,
    rows_behind,
    said,
)
from analysis.present.effects_view import drawable, margin_of, primary_effect, sides
from analysis.present.labels import construct_label, model_label, sentence_case, within
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


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
        rows_behind(public, rows, margin),
        (1.5 + 0.5 * len(rows), 1.45 + 0.38 * len(rows)),
        paint,
    )


def _alt(rows: list[dict[str, Any]], margin: float | None, better: str) -> str:
    text = f"Estimated difference, positive where {within(better)} did better. "
    text += " ".join(f"{sentence_case(model_label(e['model']))}: {said(e)}." for e in rows)
    if margin is None:
        return f"{text} No margin is set for this contrast."
    return f"{text} The margin is {numbers.plus_minus(margin, rows[0]['unit'])}."


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
    end = reach(rows, margin)
    axes.set_yticks([])
    axes.set_xlim(-end, end)
    axes.set_ylim(len(rows) - 0.35, -0.95)
    if margin is not None:
        margin_band(axes, margin, unit, narrow)
    axes.axvline(0, color=style.INK, linewidth=1)
    for y, effect in enumerate(rows):
        interval(axes, y, effect, filled=y == 0)
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
    better_axis(axes, sides, unit, ROOM_NARROW if narrow else ROOM_WIDE)
