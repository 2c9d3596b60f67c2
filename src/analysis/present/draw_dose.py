"""Outcome over hours: curves weighted and naive, and the surface where there are participants."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis.present import numbers, style
from analysis.present.draw_balance import of_contrast
from analysis.present.labels import within
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

LINES: dict[str, object] = {"weighted": "-", "naive": (0, (4, 2))}
MANY_COLUMNS = 5
WORSE_TO_BETTER = LinearSegmentedColormap.from_list(
    "worse_to_better", [style.VERMILION, "#ffffff", style.BLUE]
)


def dose_curve(public: Public, contrast: str = "") -> Plot:
    """Return the outcome along each format's hours in each arm, weighted beside naive."""
    table = of_contrast(public, "dose_curve", contrast)
    if table.empty:
        raise NothingToDraw("The outcome was not set against hours; the text says why.")
    texts = []
    pairs = table[["format", "arm"]].drop_duplicates().astype(str).to_numpy().tolist()
    for name, arm in pairs:
        rows = table[(table["format"] == name) & (table["arm"] == arm)].sort_values("hours")
        values = {
            str(analysis): part["value"].tolist()
            for analysis, part in rows.groupby("analysis", sort=False)
        }
        said = "; ".join(
            f"{analysis} from {numbers.fixed(one[0], 2)} to {numbers.fixed(one[-1], 2)} points"
            for analysis, one in values.items()
        )
        span = f"{numbers.fixed(rows['hours'].min(), 1)} to {numbers.fixed(rows['hours'].max(), 1)}"
        texts.append(f"{name} hours in {within(public.arm_label(arm))}, {span} a week: {said}.")
    alt = "Outcome against that at the arm’s mean hours, positive = better. " + " ".join(texts)
    labels = _labels(public, table)
    return Plot(
        "Outcome and hours attended, weighted and naive",
        alt,
        table,
        (3.5, 5.6),
        partial(_paint_curves, table=table, labels=labels),
    )


def _labels(public: Public, table: pd.DataFrame) -> dict[str, str]:
    """Return the labels of the arms in a table, in the study's order."""
    inside = set(table["arm"])
    return {arm: label for arm, label in public.arms.items() if arm in inside}


def _paint_curves(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, labels: dict[str, str]
) -> None:
    formats = list(dict.fromkeys(table["format"]))
    shape = (len(formats), 1) if narrow else (1, len(formats))
    panels = figure.subplots(*shape, sharey=True, squeeze=False).ravel()
    looks = style.arm_looks(list(labels))
    for axes, name in zip(panels, formats, strict=True):
        style.quiet_grid(axes, "both")
        axes.axhline(0, color=style.INK, linewidth=0.8)
        for (arm, analysis), rows in table[table["format"] == name].groupby(
            ["arm", "analysis"], sort=False
        ):
            colour = looks[str(arm)]["color"]
            if analysis == "weighted":
                ends = (rows["ci95_low"], rows["ci95_high"])
                axes.fill_between(rows["hours"], *ends, color=colour, alpha=0.16, linewidth=0)
            line = LINES[str(analysis)]
            axes.plot(rows["hours"], rows["value"], color=colour, linestyle=line, linewidth=1.8)
        axes.set_xlabel(f"{name} hours a week")
    unit = str(table["unit"].iloc[0])
    panels[0].set_ylabel(style.wrap(f"{unit} against the arm’s mean hours (up = better)", 30))
    marks = [Line2D([], [], color=looks[arm]["color"], label=labels[arm]) for arm in labels]
    said = {"weighted": "weighted, 95% interval", "naive": "naive"}
    marks += [
        Line2D([], [], color=style.MUTED, linestyle=LINES[one], label=text)  # type: ignore[arg-type]
        for one, text in said.items()
    ]
    figure.legend(handles=marks, loc="outside lower left", ncols=1 if narrow else 4, fontsize=8.5)


def dose_surface(public: Public, contrast: str = "") -> Plot:
    """Return the outcome over group and individual hours, one panel an arm, where data are."""
    table = of_contrast(public, "dose_surface", contrast)
    if table.empty:
        raise NothingToDraw("The outcome was not set against hours; the text says why.")
    ordered = table.sort_values("value", kind="stable").to_dict("records")
    where = " to ".join(
        f"{numbers.fixed(row['value'], 2)} points at {numbers.fixed(row['group_hours'], 1)} group "
        f"and {numbers.fixed(row['individual_hours'], 1)} individual hours in "
        f"{within(public.arm_label(row['arm']))}"
        for row in (ordered[0], ordered[-1])
    )
    alt = (
        f"{len(table)} cells of one hour by one hour with ten participants or more, against the "
        f"arm’s mean hours, positive = better: from {where}."
    )
    labels = _labels(public, table)
    return Plot(
        "Outcome over hours of both formats, where clients are",
        alt,
        table,
        (3.3, 5.8),
        partial(_paint_surface, table=table, labels=labels),
    )


def _paint_surface(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, labels: dict[str, str]
) -> None:
    shape = (len(labels), 1) if narrow else (1, len(labels))
    panels = figure.subplots(*shape, squeeze=False).ravel()
    reach = float(table["value"].abs().max()) or 1.0
    shade = ScalarMappable(Normalize(-reach, reach), WORSE_TO_BETTER)
    for axes, (arm, label) in zip(panels, labels.items(), strict=True):
        _cells(axes, table[table["arm"] == arm], shade)
        axes.set_title(style.wrap(label, 30))
        axes.set_xlabel("group hours a week")
        axes.set_ylabel("individual hours a week")
    bar = figure.colorbar(shade, ax=list(panels), aspect=28)
    unit = str(table["unit"].iloc[0])
    bar.set_label(style.wrap(f"{unit} against the arm’s mean hours (blue = better)", 34), size=8.5)


def _cells(axes: Axes, rows: pd.DataFrame, shade: ScalarMappable) -> None:
    turned = 90 if rows["group_from"].nunique() > MANY_COLUMNS else 0
    for row in rows.to_dict("records"):
        corner, width = (row["group_from"], row["individual_from"]), row["width"]
        colour = np.asarray(shade.to_rgba(row["value"]))
        axes.add_patch(
            Rectangle(
                corner, width, width, facecolor=tuple(colour), edgecolor=style.HAIR, linewidth=0.8
            )
        )
        dark = np.dot(colour[:3], (0.3, 0.59, 0.11)) < 0.55
        axes.annotate(
            numbers.fixed(row["value"], 1),
            (corner[0] + width / 2, corner[1] + width / 2),
            ha="center",
            va="center",
            rotation=turned,
            size=7,
            color="white" if dark else style.INK,
        )
    low_x, low_y = rows["group_from"].min(), rows["individual_from"].min()
    axes.set_xlim(low_x - 0.3, rows["group_from"].max() + rows["width"].max() + 0.3)
    axes.set_ylim(low_y - 0.3, rows["individual_from"].max() + rows["width"].max() + 0.3)
