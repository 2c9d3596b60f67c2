"""The figure of the benchmark: CPU seconds against rows, one panel a model."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

TITLES = {
    "M1": "One endpoint",
    "M2": "Repeated outcomes",
    "M2s": "Repeated outcomes, group slope",
    "M3": "One endpoint, variance by arm",
}


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw CPU seconds (log) against rows (log), lines labelled at their ends; write an SVG.

    The single Kenward-Roger fits stay in the table.
    """
    table = table[~table["peer"].isin(["engine KR", "pbkrtest"])]
    models = [model for model in TITLES if model in set(table["model"])]
    if not models:
        return
    figure, axes = plt.subplots(1, len(models), figsize=(4.2 * len(models), 4), squeeze=False)
    for axis, model in zip(axes[0], models, strict=True):
        for peer, part in table[table["model"] == model].groupby("peer"):
            line = part.dropna(subset=["cpu_seconds"]).sort_values("rows")
            if not len(line):
                continue
            ours = str(peer).startswith("engine")
            axis.plot(
                line["rows"],
                line["cpu_seconds"],
                marker="o",
                color="black" if ours else "grey",
                linewidth=2 if ours else 1,
            )
            axis.annotate(
                str(peer),
                (line["rows"].iloc[-1], line["cpu_seconds"].iloc[-1]),
                xytext=(5, 0),
                textcoords="offset points",
                fontsize=8,
                va="center",
            )
        axis.set(xscale="log", yscale="log", title=TITLES[model], xlabel="rows")
        axis.margins(x=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].set_ylabel("CPU seconds, one thread")
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
