"""Two figures of the whole program: the article's benefits, and the families of conditions."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_interval import (
    ROOM_NARROW,
    better_axis,
    forest,
    interval,
    margin_band,
    reach,
    said,
)
from analysis.present.effects_view import drawable, margin_of
from analysis.present.labels import construct_label, plain, sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

CHANGE = "clustered change"
FAMILIES = {
    "adhd": "ADHD",
    "behavioural": "behavioural problems",
    "relationship": "relationship problems",
    "medical": "linked to medical problems",
    "mood_anxiety": "depression, anxiety, bipolar",
    "other": "other problems",
}
PANELS = {
    "superiority": "Group less individual",
    "change": "Change, group arm",
}
CAPTIONS = {
    "benefits": "Group less individual, where the study has both arms: thin line the simultaneous "
    "95% interval of all benefits together, which decides; thick bar the 95% interval of the one "
    "alone; the shaded band is the margin, which says how large a difference is. Change, group "
    "arm: thin line 95% interval, thick bar 90% interval. Change over time of the group arm is no "
    "comparison. Climate and cohesion exist in groups only and stand with their claim.",
    "conditions": "Diamond: the family pooled partially with the others; thick bar 90% interval, "
    "thin line 95% interval; the shaded band is the margin. Hollow circle: the family alone. Small "
    "families shrink most: in brackets, the part of the variance of the family’s own estimate that "
    "pooling removes.",
}
COLUMNS = ["panel", "label", "value", "interval", "low", "high", "unit", "n_used"]


def benefits(public: Public) -> Plot:
    """Return both sides of each benefit: difference between arms, and change in the group arm."""
    panels = {kind: _benefits(public, kind) for kind in PANELS}
    labels = list(dict.fromkeys(label for rows in panels.values() for label in rows))
    if not labels:
        raise NothingToDraw("No benefit of the article was measured.")
    shown = [
        (PANELS[kind], label, effect)
        for kind, rows in panels.items()
        for label, effect in rows.items()
    ]
    alt = "The article's benefits in standard deviations at intake. " + " ".join(
        f"{panel}, {label}: {said(effect)}." for panel, label, effect in shown
    )
    size = 0.55 + 0.36 * len(labels)
    return Plot(
        "The article’s benefits, in standard deviations at intake",
        alt,
        _rows(shown),
        (size + 0.4, 2 * size + 0.9 + 0.3 * len(labels)),
        partial(_paint_benefits, panels=panels, labels=labels),
    )


def conditions(public: Public) -> Plot:
    """Return the contrast in each family of conditions, pooled partially, and alone."""
    stem = "program.conditions."
    pairs = {
        effect["id"].split(".")[2]: (effect, public.effect(f"{effect['id']}.raw"))
        for effect in public.effects
        if effect["id"].startswith(stem)
        and effect["id"].endswith(".difference")
        and drawable(effect)
        and public.effect(f"{effect['id']}.raw")
    }
    if not pairs:
        raise NothingToDraw("No family of conditions was large enough in both arms.")
    labels = {
        key: f"{sentence_case(FAMILIES.get(key, plain(key)))} (n = {numbers.count(one['n_used'])}"
        f"{_pooled(public, one['id'])})"
        for key, (one, _) in pairs.items()
    }
    shown = [
        (panel, labels[key], effect)
        for key, both in pairs.items()
        for panel, effect in zip(("Pooled partially", "Family alone"), both, strict=True)
    ]
    alt = "Group less individual by family of conditions. " + " ".join(
        f"{label}, {panel.lower()}: {said(effect)}." for panel, label, effect in shown
    )
    return Plot(
        "Group less individual, by family of conditions",
        alt,
        _rows(shown),
        (1.2 + 0.42 * len(pairs), 1.3 + 0.62 * len(pairs)),
        partial(
            _paint_conditions,
            pairs=list(pairs.values()),
            labels=list(labels.values()),
            margin=next((margin_of(public, one) for one, _ in pairs.values()), None),
        ),
    )


def _pooled(public: Public, effect_id: str) -> str:
    """Say how much of a family's own estimate pooling removed; empty where it is not known."""
    table = public.tables["diagnostics"]
    if table.empty:
        return ""
    mine = table[(table["effect_id"] == effect_id) & (table["name"] == "shrinkage")]["value"]
    return f", {numbers.percent(max(float(mine.iloc[0]), 0.0))} pooled" if len(mine) else ""


def _benefits(public: Public, kind: str) -> dict[str, dict[str, Any]]:
    """Return label to effect, in standard deviations, of one side of the benefits."""
    found = {}
    for effect in public.effects:
        by = effect.get("standardiser")
        mine = effect["id"].startswith("program.") and drawable(effect) and numbers.is_number(by)
        if mine and (effect["model"] == CHANGE) == (kind == "change"):
            label = sentence_case(construct_label(effect["construct"]))
            label += "" if effect["time"] == _usual(public) else f", {effect['time']}"
            found[label] = _in_sd(effect, float(by or 1), margin_of(public, effect))
    return found


def _usual(public: Public) -> str:
    return f"day {public.outcome.get('day')}"


def _in_sd(effect: dict[str, Any], by: float, margin: float | None) -> dict[str, Any]:
    known = [key for key in ("ci90", "ci95", "simultaneous") if effect.get(key)]
    ends = {key: tuple(end / by for end in effect[key]) for key in known}
    shown = None if margin is None else margin / by
    return {**effect, **ends, "value": effect["value"] / by, "unit": "SD", "margin": shown}


def _widest(effect: dict[str, Any]) -> str:
    """Return the name of the interval that a thin line draws: the one that decides."""
    return "simultaneous" if effect.get("simultaneous") else "ci95"


def _rows(shown: list[tuple[str, str, dict[str, Any]]]) -> pd.DataFrame:
    records = [
        (panel, label, one["value"], name, *one[name], one["unit"], one["n_used"])
        for panel, label, one in shown
        for name in (_widest(one), "ci95")[: 1 if _widest(one) == "ci95" else 2]
    ]
    return pd.DataFrame(records, columns=COLUMNS)


def _paint_benefits(
    figure: Figure,
    narrow: bool,
    *,
    panels: dict[str, dict[str, dict[str, Any]]],
    labels: list[str],
) -> None:
    drawn = {kind: rows for kind, rows in panels.items() if rows}
    shape = (len(drawn), 1) if narrow else (1, len(drawn))
    grid = figure.subplots(*shape, squeeze=False).ravel()
    for at, (axes, (kind, rows)) in enumerate(zip(grid, drawn.items(), strict=True)):
        axes.set_title(PANELS[kind])
        forest(axes, labels, narrow, named=at == 0 or narrow)
        for y, label in enumerate(labels):
            if label in rows:
                interval(axes, y, _bars(rows[label]), filled=True)
        _shade(axes, list(rows.values()), narrow)
        axes.set_xlabel("SD, positive = better" + ("" if kind == "superiority" else " than intake"))


def _bars(effect: dict[str, Any]) -> dict[str, Any]:
    """Return an effect whose thin line is the interval that decides, the thick one within it."""
    if _widest(effect) == "ci95":
        return effect
    return {**effect, "ci90": effect["ci95"], "ci95": effect["simultaneous"]}


def _shade(axes: Axes, rows: list[dict[str, Any]], narrow: bool) -> None:
    """Shade the margin where all rows have the same one."""
    margins = {round(one["margin"], 6) for one in rows if numbers.is_number(one.get("margin"))}
    if len(margins) == 1:
        margin_band(axes, margins.pop(), rows[0]["unit"], narrow)


def _paint_conditions(
    figure: Figure,
    narrow: bool,
    *,
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
    labels: list[str],
    margin: float | None,
) -> None:
    axes = figure.subplots()
    forest(axes, labels, narrow, named=True, lift=14)
    end = reach([one for pair in pairs for one in pair if one], margin)
    axes.set_xlim(-end, end)
    _shade(axes, [{**one, "margin": margin} for one, _ in pairs], narrow)
    for y, (pooled, alone) in enumerate(pairs):
        interval(axes, y - 0.12, pooled, filled=True)
        if alone:
            axes.plot(alone["ci95"], (y + 0.2, y + 0.2), color=style.MUTED, linewidth=1)
            axes.plot(alone["value"], y + 0.2, "o", mfc="white", mec=style.MUTED, ms=4)
    better_axis(axes, ("Group", "Individual"), pairs[0][0]["unit"], ROOM_NARROW)
