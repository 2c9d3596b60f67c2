"""Two figures of the whole program: the article's benefits, and the families of conditions."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_interval import (
    ROOM_NARROW,
    better_axis,
    forest,
    interval,
    reach,
    said,
)
from analysis.present.effects_view import drawable
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
    "benefits": "Group less individual, where the study has both arms: its 95% interval is "
    "adjusted for all benefits. Change over time of the group arm is no comparison. Climate and "
    "cohesion exist in groups only and stand with their claim.",
    "conditions": "Diamond: the family pooled partially with the others; thick bar 90% interval, "
    "thin line 95% interval. Hollow circle: the family alone. Small families shrink most: in "
    "brackets, the part of the variance of the family’s own estimate that pooling removes.",
}
COLUMNS = ["panel", "label", "value", "ci95_low", "ci95_high", "unit", "n_used"]


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
        partial(_paint_conditions, pairs=list(pairs.values()), labels=list(labels.values())),
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
            found[label] = _in_sd(effect, float(by or 1))
    return found


def _usual(public: Public) -> str:
    return f"day {public.outcome.get('day')}"


def _in_sd(effect: dict[str, Any], by: float) -> dict[str, Any]:
    ends = {key: tuple(end / by for end in effect[key]) for key in ("ci90", "ci95")}
    return {**effect, **ends, "value": effect["value"] / by, "unit": "SD"}


def _rows(shown: list[tuple[str, str, dict[str, Any]]]) -> pd.DataFrame:
    records = [
        (panel, label, one["value"], *one["ci95"], one["unit"], one["n_used"])
        for panel, label, one in shown
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
                interval(axes, y, rows[label], filled=True)
        axes.set_xlabel("SD, positive = better" + ("" if kind == "superiority" else " than intake"))


def _paint_conditions(
    figure: Figure,
    narrow: bool,
    *,
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
    labels: list[str],
) -> None:
    axes = figure.subplots()
    forest(axes, labels, narrow, named=True, lift=14)
    end = reach([one for pair in pairs for one in pair if one], None)
    axes.set_xlim(-end, end)
    for y, (pooled, alone) in enumerate(pairs):
        interval(axes, y - 0.12, pooled, filled=True)
        if alone:
            axes.plot(alone["ci95"], (y + 0.2, y + 0.2), color=style.MUTED, linewidth=1)
            axes.plot(alone["value"], y + 0.2, "o", mfc="white", mec=style.MUTED, ms=4)
    better_axis(axes, ("Group", "Individual"), pairs[0][0]["unit"], ROOM_NARROW)
