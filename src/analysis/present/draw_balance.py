"""How weighting changed the arms: differences before and after it, and propensities by arm."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.present import numbers, style
from analysis.present.draw_baseline import NEGLIGIBLE
from analysis.present.labels import term_label, within
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

ALL_SITES = "all"
HIGHER_SHOWN = 10


def of_contrast(public: Public, name: str, contrast: str = "") -> pd.DataFrame:
    """Return a table's rows of one contrast; of the study's first where none is named."""
    table = public.tables[name]
    wanted = contrast or next(iter(public.contrasts), "")
    return table if table.empty else table[table["contrast"] == wanted]


def balance(public: Public, contrast: str = "") -> Plot:
    """Return the Love plot of weighting: covariates, the largest other terms, and every site."""
    table = of_contrast(public, "balance", contrast)
    if table.empty:
        raise NothingToDraw("No contrast is weighted, or its propensity could not be fitted.")
    overall = table[table["site"] == ALL_SITES]
    main = overall[overall["kind"] == "main"]
    higher = overall[overall["kind"] != "main"]
    higher = higher.sort_values("smd_after", key=abs, ascending=False, kind="stable")
    sites = table[(table["site"] != ALL_SITES) & (table["kind"] == "main")]
    shown = pd.concat([main, higher.head(HIGHER_SHOWN)])
    count = len(shown) + sites["site"].nunique()
    return Plot(
        "Differences between the arms before and after weighting",
        _alt_balance(main, higher, sites),
        pd.concat([shown, sites]),
        (1.5 + 0.2 * count, 1.9 + 0.29 * count),
        partial(_paint_balance, shown=shown, sites=sites),
    )


def _alt_balance(main: pd.DataFrame, higher: pd.DataFrame, sites: pd.DataFrame) -> str:
    texts = [
        f"{len(rows)} {name}: the largest standardised difference was "
        f"{numbers.fixed(rows['smd_before'].abs().max(), 2)} before weighting and is "
        f"{numbers.fixed(rows['smd_after'].abs().max(), 2)} after it."
        for name, rows in (
            ("covariate terms", main),
            ("squares and interactions", higher),
            ("covariate terms within sites", sites),
        )
        if len(rows)
    ]
    return " ".join(texts)


def _paint_balance(
    figure: Figure, narrow: bool, *, shown: pd.DataFrame, sites: pd.DataFrame
) -> None:
    names = list(dict.fromkeys(sites["site"]))
    ratios = [len(shown), len(names)] if names else [len(shown)]
    axes = list(
        figure.subplots(len(ratios), 1, squeeze=False, sharex=True, height_ratios=ratios).flat
    )
    width = 27 if narrow else 44
    labels = [style.wrap(term_label(one), width) for one in shown["term"]]
    _marks(axes[0], shown, list(range(len(shown))), labels, 0.0)
    if narrow:
        axes[0].tick_params(axis="y", labelsize=6.5)
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=1 if narrow else 2
    )
    split = int(shown["kind"].eq("main").sum()) - 0.5
    if split < len(shown) - 1:
        axes[0].axhline(split, color=style.MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    if names:
        places = [names.index(one) for one in sites["site"]]
        _marks(axes[1], sites, places, [f"within {term_label(one)}" for one in names], 0.2)
    reach = 1.1 * max(
        float(pd.concat([shown, sites])[["smd_before", "smd_after"]].abs().max().max()),
        2.5 * NEGLIGIBLE,
    )
    axes[-1].set_xlim(-reach, reach)
    note = f"band: within {numbers.plus_minus(NEGLIGIBLE)}, customarily called negligible"
    axes[-1].set_xlabel(
        style.wrap("standardised difference, comparison minus reference", 28 if narrow else 60)
        + "\n"
        + style.wrap(note, 28 if narrow else 60),
        size=8.5,
    )


def _marks(
    axes: Axes, rows: pd.DataFrame, places: list[int], labels: list[str], apart: float
) -> None:
    style.quiet_grid(axes, "y")
    axes.axvspan(-NEGLIGIBLE, NEGLIGIBLE, color=style.BAND, linewidth=0, zorder=0)
    axes.axvline(0, color=style.INK, linewidth=1)
    for column, label, look in (
        ("smd_before", "before weighting", {"markerfacecolor": "white", "marker": "s"}),
        ("smd_after", "after weighting", {"markerfacecolor": style.BLUE, "marker": "o"}),
    ):
        colour, shift = (style.VERMILION, -apart) if column == "smd_before" else (style.BLUE, apart)
        axes.plot(
            list(rows[column]),
            [place + shift for place in places],
            linestyle="none",
            markersize=5,
            markeredgecolor=colour,
            label=label,
            zorder=3,
            **look,  # type: ignore[arg-type]
        )
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0, labelsize=7.5)
    axes.spines["left"].set_visible(False)


def overlap(public: Public, contrast: str = "") -> Plot:
    """Return the propensity of the comparison arm in each arm, as mirrored bars."""
    table = of_contrast(public, "overlap", contrast)
    if table.empty:
        raise NothingToDraw("No propensity was fitted.")
    arms = list(dict.fromkeys(table["arm"]))
    return Plot(
        "Who could have been in either arm",
        _alt_overlap(public, table, arms),
        table,
        (3.0, 3.1),
        partial(_paint_overlap, table=table, arms=arms, public=public),
    )


def _alt_overlap(public: Public, table: pd.DataFrame, arms: list[str]) -> str:
    texts = []
    for arm in arms:
        rows = table[(table["arm"] == arm) & (table["n"] > 0)]
        texts.append(
            f"{public.arm_label(arm)}: propensities from {numbers.fixed(rows['from'].min(), 2)} to "
            f"{numbers.fixed(rows['to'].max(), 2)}."
        )
    return (
        f"Share of each arm by the propensity of {within(public.arm_label(arms[0]))}, mirrored. "
        + " ".join(texts)
    )


def _paint_overlap(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public
) -> None:
    axes = figure.subplots()
    looks = style.arm_looks(list(public.arms) or arms)
    for sign, arm in zip((1, -1), arms, strict=True):
        rows = table[table["arm"] == arm]
        colour = looks[arm]["color"]
        centres = (rows["from"] + rows["to"]) / 2
        width = float((rows["to"] - rows["from"]).iloc[0])
        axes.bar(
            centres,
            sign * rows["share"],
            width=0.92 * width,
            color=colour,
            alpha=0.45,
            label=f"{public.arm_label(arm)}, as observed",
        )
        axes.step(
            [*rows["from"], float(rows["to"].iloc[-1])],
            [*(sign * rows["weighted"]), 0],
            where="post",
            color=colour,
            linewidth=1.6,
            label=f"{public.arm_label(arm)}, weighted",
        )
    axes.axhline(0, color=style.INK, linewidth=1)
    ticks = [one for one in axes.get_yticks() if abs(one) <= axes.get_ylim()[1] + 1e-9]
    axes.set_yticks(ticks, [numbers.percent(abs(one)) for one in ticks])
    axes.set_xlim(0, 1)
    axes.set_ylabel("share of the arm")
    axes.set_xlabel(
        f"propensity of {within(public.arm_label(arms[0]))}, given what was known at intake"
        if not narrow
        else f"propensity of {within(public.arm_label(arms[0]))}"
    )
    figure.legend(loc="outside lower left", ncols=1 if narrow else 2, fontsize=8.5)
