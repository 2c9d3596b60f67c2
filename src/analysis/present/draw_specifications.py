"""The specification curve: every declared way to analyse the comparison, with its verdict."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style, vocabulary
from analysis.present.draw_balance import of_contrast
from analysis.present.draw_interval import better_axis
from analysis.present.effects_view import sides
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

VALID = "same estimand"
LOOKS = {
    VALID: style.BLUE,
    "another population": style.GREEN,
    "another estimand": style.PURPLE,
    "known to be wrong": style.VERMILION,
}


def kind_of(row: dict[Any, Any]) -> str:
    """Return which of `LOOKS` a specification belongs to."""
    return VALID if row["valid_for_estimand"] else str(row["note"] or "another population")


def specifications(public: Public, contrast: str = "") -> Plot:
    """Return every declared specification, those known to be wrong apart."""
    table = of_contrast(public, "specifications", contrast)
    table = table[table["status"] == "ok"] if len(table) else table
    if table.empty:
        raise NothingToDraw("No declared specification was estimated.")
    rows = table.to_dict("records")
    order = list(LOOKS)
    rows.sort(key=lambda row: order.index(kind_of(row)) if kind_of(row) in order else len(order))
    unit = str(rows[0]["unit"])
    alt = " ".join(
        f"{row['name']} ({kind_of(row)}): {numbers.with_unit(row['value'], unit)}, 90% interval "
        f"{numbers.interval((row['ci90_low'], row['ci90_high']), unit)}, {row['verdict']}."
        for row in rows
    )
    paint = partial(_paint, rows=rows, sides=sides(public, str(rows[0]["contrast"])), unit=unit)
    height = 1.5 + 0.25 * (len(rows) + len({kind_of(row) for row in rows}))
    return Plot(
        "Other ways to analyse the same comparison",
        alt,
        pd.DataFrame(rows),
        (height, height + 0.14 * len(rows)),
        paint,
    )


def _paint(
    figure: Figure,
    narrow: bool,
    *,
    rows: list[dict[Any, Any]],
    sides: tuple[str, str],
    unit: str,
) -> None:
    axes = figure.subplots()
    margin = rows[0]["margin"]
    if numbers.is_number(margin):
        axes.axvspan(-margin, margin, color=style.BAND, linewidth=0, zorder=0)
    axes.axvline(0, color=style.INK, linewidth=1)
    ends = [abs(row[f"ci95_{end}"]) for row in rows for end in ("low", "high")]
    reach = 1.08 * max([*ends, 1.2 * (margin or 0)])
    places, labels, y, before = [], [], 0.0, ""
    for row in rows:
        kind = kind_of(row)
        if kind != before:
            axes.annotate(
                kind,
                (-reach, y + 0.15),
                size=8.5,
                weight="bold",
                color=LOOKS.get(kind, style.MUTED),
                zorder=6,
            )
            y, before = y + 1, kind
        _one(axes, y, row, LOOKS.get(kind, style.MUTED), reach, narrow)
        places.append(y)
        labels.append(style.wrap(str(row["name"]), 15 if narrow else 34))
        y += 1
    axes.set_yticks(places, labels)
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.set_ylim(y - 0.4, -0.5)
    axes.set_xlim(-reach, reach)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xticks([one for one in axes.get_xticks() if abs(one) <= reach])
    axes.set_xlim(-reach, (1.35 if narrow else 1.75) * reach)
    better_axis(axes, sides, unit, 18 if narrow else 26)


def _one(
    axes: Axes, y: float, row: dict[Any, Any], colour: str, reach: float, narrow: bool
) -> None:
    axes.plot([row["ci95_low"], row["ci95_high"]], (y, y), color=colour, linewidth=1.2)
    axes.plot(
        [row["ci90_low"], row["ci90_high"]],
        (y, y),
        color=colour,
        linewidth=3.6,
        solid_capstyle="butt",
    )
    axes.plot([row["value"]], [y], marker="D", markersize=5, color=colour, markeredgecolor="white")
    symbol = vocabulary.SYMBOLS.get(str(row["verdict"]), "–")
    text = symbol if narrow else f"{symbol} {row['verdict']}"
    axes.annotate(text, (1.04 * reach, y), va="center", size=8, color=style.INK)
