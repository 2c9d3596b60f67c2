"""What an unmeasured confounder would do to the interval's bound: contours against the margin."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_balance import of_contrast
from analysis.present.labels import covariate_label
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

BOUND = "lower"
NAMED = 2


def unmeasured(public: Public, contrast: str = "") -> Plot:
    """Return the contours of the lower bound over the strength of one confounder."""
    grid, marks = (of_contrast(public, name, contrast) for name in ("contour", "unmeasured"))
    if grid.empty or marks.empty:
        raise NothingToDraw("No weighted estimate is held against a margin.")
    grid, marks = (one[one["bound"] == BOUND] for one in (grid, marks))
    first = marks.iloc[0]
    unit = str(first["unit"])
    alt = (
        f"The lower bound of the 90% interval is {numbers.with_unit(first.start, unit)}; the "
        f"margin is at {numbers.number(-first.margin, unit)}. A confounder exactly as strong "
        "as a measured covariate moves it: "
        + "; ".join(
            f"{covariate_label(row.covariate)} to {numbers.number(row.bound_after, unit)}"
            for row in marks.itertuples()
            if numbers.is_number(row.bound_after)
        )
        + "."
    )
    return Plot(
        "What one unmeasured confounder would do to the lower bound",
        alt,
        marks,
        (3.6, 3.7),
        partial(_paint, grid=grid, marks=marks),
    )


def _paint(figure: Figure, narrow: bool, *, grid: pd.DataFrame, marks: pd.DataFrame) -> None:
    axes = figure.subplots()
    shape = grid.pivot_table(index="r2_outcome", columns="r2_arm", values="bound_after")
    x, y = shape.columns.to_numpy(dtype=float), shape.index.to_numpy(dtype=float)
    values = shape.to_numpy(dtype=float)
    edge = -float(marks["margin"].iloc[0])
    known = marks[marks["r2_arm"].notna() & marks["r2_outcome"].notna()]
    lines = axes.contour(
        x, y, values, levels=6, colors=style.MUTED, linewidths=0.8, linestyles="solid"
    )
    axes.clabel(lines, fontsize=7.5, fmt=lambda one: numbers.fixed(one, 1))
    axes.contourf(x, y, values, levels=[edge, np.inf], colors=[style.BAND], zorder=0)
    axes.contour(
        x, y, values, levels=[edge], colors=style.VERMILION, linewidths=2, linestyles="solid"
    )
    axes.plot([], [], color=style.VERMILION, linewidth=2, label="bound on the margin")
    axes.plot(
        known["r2_arm"],
        known["r2_outcome"],
        linestyle="none",
        marker="D",
        color=style.BLUE,
        markersize=6,
        zorder=5,
        clip_on=False,
        label="as strong as a measured covariate",
    )
    for row in known.sort_values("bias", ascending=False).head(NAMED).itertuples():
        axes.annotate(
            covariate_label(row.covariate),
            (row.r2_arm, row.r2_outcome),
            xytext=(6, 5),
            textcoords="offset points",
            size=8.5,
            path_effects=style.halo(),
            annotation_clip=False,
            zorder=6,
        )
    axes.set_xlim(0, float(x.max()))
    axes.set_ylim(0, float(y.max()))
    axes.set_xlabel("partial R² of the confounder with the arm")
    axes.set_ylabel("partial R² with the outcome")
    figure.legend(loc="outside lower left", ncols=1 if narrow else 2, fontsize=8.5)
