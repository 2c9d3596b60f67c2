"""The tipping surface: where the answer changes with what the unseen of either arm did."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.present import numbers, style
from analysis.present.draw_balance import of_contrast
from analysis.present.effects_view import sides
from analysis.present.labels import within
from analysis.present.missing_view import Surface, surface_of
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

CLAIM = {
    "non_inferiority": "not worse by the margin",
    "difference": "95% interval clear of zero",
}


def tipping(public: Public, contrast: str = "") -> Plot:
    """Return the surface of a contrast's primary outcome, with the plausible region."""
    found = surface_of(public, contrast or next(iter(public.contrasts), ""))
    if found is None:
        raise NothingToDraw("No outcome was imputed, so there is no surface.")
    region = of_contrast(public, "plausible", contrast)
    pair = sides(public, found.contrast)
    return Plot(
        "How much worse must the unseen have done?",
        _alt(found, region, pair),
        found.rows,
        (4.1, 4.6),
        partial(_paint, found=found, region=region, pair=pair),
    )


def _alt(found: Surface, region: pd.DataFrame, pair: tuple[str, str]) -> str:
    share = numbers.percent(found.rows["holds"].astype(str).eq("True").mean())
    texts = [
        "Difference if the unseen did worse than imputed, from "
        f"{numbers.fixed(-found.reach, 1)} to {numbers.fixed(found.reach, 1)} points in each arm. "
        f"“{CLAIM[found.rule]}” holds on "
        f"{share} of the pairs."
    ]
    at_zero = "holds" if found.at_zero else "does not hold"
    crossing = found.crossing
    edge = (
        f"changes at {numbers.fixed(crossing, 1)} points"
        if crossing is not None
        else "changes nowhere"
    )
    texts.append(
        f"With both arms as imputed it {at_zero}; along {within(pair[0])} alone it {edge}."
    )
    for row in region.to_dict("records"):
        if numbers.is_number(row["worse"]):
            ends = f"{numbers.fixed(row['low'], 1)} to {numbers.fixed(row['high'], 1)}"
            label = pair[0] if row["role"] == "comparison" else pair[1]
            texts.append(f"Dropouts seen later, {within(label)}: {ends} points worse.")
    return " ".join(texts)


def _paint(
    figure: Figure,
    narrow: bool,
    *,
    found: Surface,
    region: pd.DataFrame,
    pair: tuple[str, str],
) -> None:
    axes = figure.subplots()
    x, y, slack = found.grid("slack")
    _, _, value = found.grid("value")
    if slack.max() > 0:
        axes.contourf(x, y, slack, levels=[0, np.inf], colors=[style.BAND], zorder=0)
    lines = axes.contour(x, y, value, levels=7, colors=style.MUTED, linewidths=0.8)
    for collection in axes.collections[-1:]:
        collection.set_linestyle("solid")
    axes.clabel(lines, fontsize=7.5, fmt=lambda one: numbers.fixed(one, 1))
    if slack.min() < 0 < slack.max():
        axes.contour(x, y, slack, levels=[0], colors=style.VERMILION, linewidths=2.2)
        axes.plot([], [], color=style.VERMILION, linewidth=2.2, label="here the answer changes")
    _region(axes, region)
    axes.plot([0], [0], "D", color=style.BLUE, markeredgecolor="white", markersize=8,
              linestyle="none", zorder=6, label="as imputed, missing at random")  # fmt: skip
    if numbers.is_number(found.margin):
        axes.plot([found.margin], [0], "s", color=style.INK, markersize=6, linestyle="none",
                  zorder=6, label="under the null of inferiority")  # fmt: skip
    axes.add_patch(Rectangle((0, 0), 0, 0, color=style.BAND, label=CLAIM[found.rule]))
    width = 34 if narrow else 46
    axes.set_xlabel(style.wrap(f"unseen of {within(pair[0])}: points worse than imputed", width))
    axes.set_ylabel(style.wrap(f"unseen of {within(pair[1])}: points worse than imputed", width))
    axes.set_xlim(x.min(), x.max())
    axes.set_ylim(y.min(), y.max())
    figure.legend(loc="outside lower left", ncols=1 if narrow else 2, fontsize=8)


def _region(axes: Axes, region: pd.DataFrame) -> None:
    """Draw what the study's own dropouts mark: a box, or a strip where one arm has none."""
    ends = {
        row["role"]: (row["low"], row["high"])
        for row in region.to_dict("records")
        if numbers.is_number(row["low"])
    }
    if not ends:
        return
    across = ends.get("comparison", axes.get_xlim())
    upward = ends.get("reference", axes.get_ylim())
    axes.add_patch(
        Rectangle(
            (across[0], upward[0]),
            across[1] - across[0],
            upward[1] - upward[0],
            facecolor="none",
            edgecolor=style.PURPLE,
            hatch="...",
            linewidth=1.6,
            zorder=4,
            label="plausible: dropouts who were seen later",
        )
    )
