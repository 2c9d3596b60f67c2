"""Fidelity by site and over the study clock: one row a claim, a dot a site or quarter."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

SIDES = {"site": "By site", "study day": "From study day"}
CAPTION = (
    "Share inside the article’s window, with 95% intervals that know that units share clusters. "
    "Dotted line: the share that the plan asks for. Days count from the first of the study."
)
Row = tuple[str, float | None, pd.DataFrame]


def fidelity_spread(public: Public) -> Plot:
    """Return each deciding share of practice by site and by quarter of the study clock."""
    table = public.tables["fidelity_spread"]
    rows = _rows(public, table) if not table.empty else []
    if not rows:
        raise NothingToDraw("The study has no sessions whose sites or days are known.")
    alt = "Share of practice inside the article’s windows, by site and study day. " + " ".join(
        _said(*row) for row in rows
    )
    data = pd.concat([one for _, _, one in rows], ignore_index=True)
    return Plot(
        "Practice against the article, by site and over the study clock",
        alt,
        data,
        (1.1 * len(rows) + 0.3, 2.2 * len(rows) + 0.5),
        partial(_paint, rows=rows),
    )


def _rows(public: Public, table: pd.DataFrame) -> list[Row]:
    """Return title, threshold and rows of each claim's deciding part."""
    found = []
    for entry in public.claims:
        if entry.get("deciding") and entry.get("source") == "study":
            mine = table[(table["claim"] == entry["id"]) & (table["part"] == entry["part"])]
            if mine["share"].notna().any():
                found.append((str(entry["title"]), entry.get("threshold"), mine))
    return found


def _said(title: str, threshold: float | None, rows: pd.DataFrame) -> str:
    texts = []
    for by, name in SIDES.items():
        known = rows[(rows["by"] == by) & rows["share"].notna()]
        if len(known):
            low, high = (numbers.percent(known["share"].agg(one)) for one in ("min", "max"))
            texts.append(f"{name.lower()} {low} to {high} ({len(known)} levels)")
    asked = f"; the plan asks for {numbers.percent(threshold)}" if threshold else ""
    return f"{title}: {', '.join(texts)}{asked}."


def _paint(figure: Figure, narrow: bool, *, rows: list[Row]) -> None:
    shape = (2 * len(rows), 1) if narrow else (len(rows), 2)
    grid = figure.subplots(*shape, squeeze=False).ravel()
    for at, (title, threshold, table) in enumerate(rows):
        for side, (by, name) in enumerate(SIDES.items()):
            axes = grid[2 * at + side]
            axes.set_title(f"{title}: {name.lower()}" if narrow or side == 0 else name)
            _panel(axes, table[table["by"] == by], threshold)


def _panel(axes: Axes, rows: pd.DataFrame, threshold: Any) -> None:
    known = rows[rows["share"].notna()].reset_index(drop=True)
    axes.set_ylim(-0.05, 1.05)
    axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    style.quiet_grid(axes, "y")
    if threshold:
        axes.axhline(threshold, color=style.MUTED, linewidth=1, linestyle=(0, (1, 2)))
    axes.vlines(known.index, known["ci95_low"], known["ci95_high"], color=style.BLUE, linewidth=1.6)
    axes.plot(known.index, known["share"], "o", color=style.BLUE, markersize=4.5)
    labels = [one.partition(" to ")[0].replace("_", " ") for one in known["level"]]
    axes.set_xticks(known.index, labels, size=8)
    axes.set_xlim(-0.6, max(len(known) - 0.4, 0.6))
