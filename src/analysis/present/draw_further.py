"""Every other estimate between arms, in standard deviations, one row an outcome and time."""

from __future__ import annotations

from functools import partial
from typing import Any

from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_interval import (
    ROOM_FURTHER,
    ROOM_NARROW,
    better_axis,
    interval,
    reach,
    rows_behind,
    said,
)
from analysis.present.effects_view import drawable, primary_effect, sides
from analysis.present.labels import construct_label, sentence_case, within
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


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
    rows = _first_model_each(rows)
    if not rows:
        raise NothingToDraw("No further outcome was estimated between arms.")
    rows = [_in_sd(e) for e in rows]
    pairs = {sides(public, e["contrast"]) for e in rows}
    better, worse = pairs.pop() if len(pairs) == 1 else ("Comparison arm", "Reference arm")
    many = len({e["contrast"] for e in rows}) > 1
    labels = [_row_label(public, e, many) for e in rows]
    paint = partial(_paint_further, rows=rows, labels=labels, sides=(better, worse))
    alt = f"Differences in standard deviations, positive where {within(better)} did better. "
    alt += " ".join(f"{la}: {said(e)}." for la, e in zip(labels, rows, strict=True))
    return Plot(
        "Further outcomes, in standard deviations",
        alt,
        rows_behind(public, rows, None),
        (1.25 + 0.36 * len(rows), 1.35 + 0.56 * len(rows)),
        paint,
    )


def _first_model_each(effects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep, of each outcome and time, the estimate by the model that stands first."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for effect in effects:
        kept.setdefault((effect["contrast"], effect["construct"], effect.get("time")), effect)
    return list(kept.values())


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


def _paint_further(
    figure: Figure,
    narrow: bool,
    *,
    rows: list[dict[str, Any]],
    labels: list[str],
    sides: tuple[str, str],
) -> None:
    axes = figure.subplots()
    end = reach(rows, None)
    axes.set_xlim(-end, end)
    axes.set_yticks([])
    axes.axvline(0, color=style.INK, linewidth=1)
    style.quiet_grid(axes)
    for y, effect in enumerate(rows):
        interval(axes, y, effect, filled=True)
    if narrow:
        for y, label in enumerate(labels):
            axes.annotate(
                label,
                (-end, y),
                xytext=(0, 9),
                textcoords="offset points",
                size=8.5,
                path_effects=style.halo(),
            )
    else:
        axes.set_yticks(range(len(rows)), [style.wrap(one, 30) for one in labels])
        axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.4, -0.95 if narrow else -0.6)
    better_axis(axes, sides, "SD", ROOM_NARROW if narrow else ROOM_FURTHER)
