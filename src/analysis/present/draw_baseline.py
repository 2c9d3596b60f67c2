"""Baseline balance: standardised differences between the arms of each contrast (Love plot)."""

from __future__ import annotations

import math
from functools import partial
from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.labels import covariate_label, plain
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

#: Customary limit of a negligible imbalance (Austin 2009, doi 10.1002/sim.3697).
NEGLIGIBLE = 0.1


def love(public: Public) -> Plot:
    """Return the Love plot, one row a covariate's level and one mark a contrast."""
    table = public.tables["baseline"]
    table = table[table["smd"].notna()] if "smd" in table else pd.DataFrame()
    if table.empty:
        raise NothingToDraw("No baseline covariates are compared between arms.")
    table = one_row_each(table)
    table = table.assign(
        row=[_row(*pair) for pair in zip(table.covariate, table.level, strict=True)]
    )
    count = table["row"].nunique()
    labels = {
        key: public.contrasts.get(key, {}).get("label", plain(key))
        for key in dict.fromkeys(table["contrast"])
    }
    paint = partial(_paint, table=table, labels=labels)
    height = 1.0 + 0.235 * count + 0.22 * (len(labels) > 1) * len(labels)
    return Plot(
        "Baseline differences between arms",
        _alt(table, labels),
        table.drop(columns="row"),
        (height, height + 0.12 * count),
        paint,
    )


def one_row_each(table: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of a covariate whose levels share one difference, without its level."""
    keys = ["contrast", "covariate"]
    shared = table.groupby(keys, sort=False)["smd"].transform("nunique").eq(1)
    several = table.groupby(keys, sort=False)["smd"].transform("size").gt(1)
    joint = shared & several
    table = table.assign(level=table["level"].mask(joint, ""))
    return table[~(joint & table.duplicated(keys))]


def _row(covariate: str, level: str) -> str:
    name = covariate_label(covariate)
    return f"{name}: {plain(level)}" if level else name


def _alt(table: pd.DataFrame, labels: dict[str, str]) -> str:
    texts = []
    for key, label in labels.items():
        rows = table[table["contrast"] == key]
        large = rows[rows["smd"].abs() > NEGLIGIBLE]
        widest = rows.sort_values("smd", key=abs, ascending=False, kind="stable").iloc[0]
        texts.append(
            f"{label}: {len(large)} of {len(rows)} standardised differences lie beyond "
            f"{numbers.plus_minus(NEGLIGIBLE)}; the largest is {widest['row']}, "
            f"{numbers.number(widest['smd'])}."
        )
    return " ".join(texts)


def _paint(figure: Figure, narrow: bool, *, table: pd.DataFrame, labels: dict[str, str]) -> None:
    axes = figure.subplots()
    order = list(dict.fromkeys(table["row"]))
    style.quiet_grid(axes, "y")
    axes.axvspan(-NEGLIGIBLE, NEGLIGIBLE, color=style.BAND, linewidth=0, zorder=0)
    axes.axvline(0, color=style.INK, linewidth=1)
    for look, (key, label) in zip(cycle(style.ARM_LOOKS), labels.items()):
        rows = table[table["contrast"] == key]
        axes.plot(
            list(rows["smd"]),
            [order.index(one) for one in rows["row"]],
            linestyle="none",
            marker=str(look["marker"]),
            color=str(look["color"]),
            markersize=6,
            label=label,
            zorder=3,
        )
    sizes = table["smd"].abs()
    known = sizes[sizes < math.inf].max()
    reach = max(1.15 * known, 2.5 * NEGLIGIBLE) if known > 0 else 2.5 * NEGLIGIBLE
    axes.set_xlim(-reach, reach)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_yticks(range(len(order)), [style.wrap(one, 24 if narrow else 48) for one in order])
    axes.tick_params(axis="y", length=0, labelsize=8 if narrow else 8.5)
    axes.spines["left"].set_visible(False)
    note = f"band: within {numbers.plus_minus(NEGLIGIBLE)}, customarily called negligible"
    axes.set_xlabel(
        "standardised difference, comparison minus reference\n" + note
        if not narrow
        else "standardised difference,\ncomparison minus reference\n" + style.wrap(note, 34),
        size=8.5,
    )
    if len(labels) > 1:
        figure.legend(loc="outside lower left", ncols=1)
