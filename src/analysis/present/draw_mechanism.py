"""What goes with gain: cohesion beside its published correlation; benefits, within and between."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_interval import forest, interval, said
from analysis.present.effects_view import drawable
from analysis.present.evidence_wording import short_citation
from analysis.present.labels import construct_label, sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

CLAIM, PUBLISHED = "mechanism", "published"
STUDY = f"program.{CLAIM}.cohesion.published"
OWN = {STUDY: "This study, whole gain", f"{STUDY}.later": "This study, gain after the rating"}
THROUGH = f"program.{CLAIM}.through."
PARTS = {"over_time": "within a member", "members": "between members", "groups": "between groups"}
DRAWN = ("over_time", "members")
CAPTION = (
    "Above: cohesion rated in treatment and gain on the primary outcome, members of groups. "
    "Gain after the rating is read at equal symptoms until then. Squares are published means over "
    "studies that differ among themselves. Below: filled, one member’s own waves compared with "
    "each other; hollow, members of one group compared by their means over waves. Thick bar 90% "
    "interval, thin line 95% interval. Neither says which came first. Parts between groups stand "
    "in the rows behind the figure."
)
COLUMNS = ["panel", "label", "value", "ci95_low", "ci95_high", "unit", "n_used", "data_origin"]


def mechanism(public: Public) -> Plot:
    """Return both panels: correlations of cohesion, and what goes with each benefit."""
    own = {name: one for key, name in OWN.items() if drawable(one := public.effect(key))}
    split = _split(public)
    if not own and not split:
        raise NothingToDraw("Neither cohesion nor a benefit was measured together with symptoms.")
    published = _published(public) if own else []
    rows = [_row("cohesion and gain", name, one, public.origin) for name, one in own.items()]
    rows += [_row("cohesion and gain", one["label"], one, PUBLISHED) for one in published]
    rows += [
        _row(f"benefit and symptoms, {PARTS[part]}", label, one, public.origin)
        for label, parts in split.items()
        for part, one in parts.items()
    ]
    alt = "Cohesion and gain: " if own else ""
    alt += " ".join(f"{name}, {said(one)}." for name, one in own.items())
    alt += "".join(f" {_said(one)}" for one in published)
    alt += "".join(
        f" {label}, {PARTS[part]}: {said(one)}."
        for label, parts in split.items()
        for part, one in parts.items()
    )
    above, below = len(own) + len(published), len(split)
    extra = 0.9 * bool(above) + 0.9 * bool(below)
    return Plot(
        "What goes with gain inside therapy groups",
        alt.strip(),
        pd.DataFrame(rows, columns=COLUMNS),
        (extra + 0.3 * above + 0.42 * below, extra + 0.44 * above + 0.56 * below),
        partial(_paint, own=own, published=published, split=split),
    )


def _split(public: Public) -> dict[str, dict[str, dict[str, Any]]]:
    """Return benefit to its parts within and between members."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for effect in public.effects:
        construct, _, part = effect["id"].removeprefix(THROUGH).rpartition(".")
        if effect["id"].startswith(THROUGH) and part in PARTS and drawable(effect):
            found.setdefault(sentence_case(construct_label(construct)), {})[part] = effect
    return found


def _published(public: Public) -> list[dict[str, Any]]:
    """Return the named source and the others of the claim that state a correlation."""
    entries = [one for one in public.claims if one["id"] == CLAIM]
    known = [one["literature"] for one in entries if one.get("literature")]
    literature: dict[str, Any] = known[0] if known else {}
    named = [{**literature["figure"], **literature}] if literature.get("figure") else []
    listed = public.tables["evidence_listed"]
    others = listed[listed["claim"] == CLAIM].to_dict("records") if len(listed) else []
    return [_source(one) for one in [*named, *others] if one["unit"] == "r"]


def _source(row: dict[Any, Any]) -> dict[str, Any]:
    ends = (row["ci_low"], row["ci_high"])
    return {
        "label": f"Published: {short_citation(row['citation'])}",
        "value": float(row["value"]),
        "ci95": tuple(map(float, ends)) if all(ends) else None,
        "unit": "r",
    }


def _row(panel: str, label: str, one: dict[str, Any], origin: str) -> tuple[Any, ...]:
    low, high = one["ci95"] or (None, None)
    return panel, label, one["value"], low, high, one["unit"], one.get("n_used"), origin


def _said(source: dict[str, Any]) -> str:
    ends = source["ci95"]
    known = f"95% interval {numbers.interval(ends, 'r')}" if ends else "no interval of it was seen"
    return f"{source['label']}, {numbers.with_unit(source['value'], 'r')}, {known}."


def _paint(
    figure: Figure,
    narrow: bool,
    *,
    own: dict[str, dict[str, Any]],
    published: list[dict[str, Any]],
    split: dict[str, dict[str, dict[str, Any]]],
) -> None:
    shares = [len(own) + len(published), 1.4 * len(split)]
    kept = [one for one in shares if one]
    grid = figure.subplots(len(kept), 1, height_ratios=[one + 1 for one in kept], squeeze=False)
    at = iter(grid.ravel())
    if own:
        _paint_cohesion(next(at), narrow, own, published)
    if split:
        _paint_split(next(at), narrow, split)


def _paint_cohesion(
    axes: Axes, narrow: bool, own: dict[str, dict[str, Any]], published: list[dict[str, Any]]
) -> None:
    axes.set_title("Cohesion and gain")
    forest(axes, [*own, *(one["label"] for one in published)], narrow, named=True)
    for y, one in enumerate(own.values()):
        interval(axes, y, one, filled=True)
    for y, one in enumerate(published, start=len(own)):
        if one["ci95"]:
            axes.plot(one["ci95"], (y, y), color=style.PURPLE, linewidth=1.4)
        axes.plot(one["value"], y, "s", color=style.PURPLE, markersize=6)
    if published:
        axes.axvline(published[0]["value"], color=style.PURPLE, linewidth=0.9, linestyle=":")
    axes.set_xlabel("correlation (r), positive = better together")


def _paint_split(axes: Axes, narrow: bool, split: dict[str, dict[str, dict[str, Any]]]) -> None:
    axes.set_title("Benefit and symptoms over the waves")
    forest(axes, list(split), narrow, named=True, lift=11)
    for y, parts in enumerate(split.values()):
        for part, shift in zip(DRAWN, (-0.13, 0.17), strict=True):
            if part in parts:
                interval(axes, y + shift, parts[part], filled=part == DRAWN[0])
    unit = next(iter(next(iter(split.values())).values()))["unit"]
    axes.set_xlabel(style.wrap(f"{unit} of the benefit, positive = better together", 44))
