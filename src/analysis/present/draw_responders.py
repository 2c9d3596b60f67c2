"""Responder outcomes between arms: risk differences with their intervals."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_balance import of_contrast
from analysis.present.effects_view import sides
from analysis.present.labels import response_label, within
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


def responders(public: Public, contrast: str = "") -> Plot:
    """Return the risk differences of the primary outcome's responses."""
    table = of_contrast(public, "responders", contrast)
    table = table[table["status"] == "ok"] if len(table) else table
    if table.empty:
        raise NothingToDraw("No responder outcome was estimated between arms.")
    pair = sides(public, str(table["contrast"].iloc[0]))
    alt = f"Risk differences, positive where {within(pair[0])} did better. " + " ".join(
        f"{response_label(r['category'])}: {said(r)}." for r in table.to_dict("records")
    )
    height = 1.2 + 0.36 * len(table)
    return Plot(
        "Responders: risk differences between arms",
        alt,
        table,
        (height, height + 0.3 + 0.2 * len(table)),
        partial(_paint, rows=table.to_dict("records"), sides=pair),
    )


def said(row: dict[Any, Any]) -> str:
    """Return a risk difference with its 95% interval, in percentage points."""
    low, high = (numbers.fixed(100 * row[f"ci95_{end}"], 1) for end in ("low", "high"))
    return f"{numbers.fixed(100 * row['value'], 1)} points, 95% interval [{low}, {high}]"


def _paint(
    figure: Figure, narrow: bool, *, rows: list[dict[Any, Any]], sides: tuple[str, str]
) -> None:
    axes = figure.subplots()
    style.quiet_grid(axes)
    axes.axvline(0, color=style.INK, linewidth=1)
    frame = pd.DataFrame(rows)
    for y, row in enumerate(rows):
        for ends, width in ((("ci95_low", "ci95_high"), 1.4), (("ci90_low", "ci90_high"), 4.6)):
            axes.plot(
                [100 * row[one] for one in ends],
                (y, y),
                color=style.BLUE,
                linewidth=width,
                solid_capstyle="butt",
            )
        axes.plot(
            [100 * row["value"]],
            [y],
            marker="D",
            markersize=7,
            color=style.BLUE,
            markeredgecolor="white",
            zorder=4,
        )
    reach = 118 * float(frame[["ci95_low", "ci95_high"]].abs().max().max()) or 1.0
    axes.set_xlim(-reach, reach)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    width = 14 if narrow else 30
    labels = [style.wrap(response_label(row["category"]), width) for row in rows]
    axes.set_yticks(range(len(rows)), labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(
        style.wrap(f"← {sides[1]} better · {sides[0]} better →", 36 if narrow else 80)
        + "\nrisk difference in percentage points"
    )
