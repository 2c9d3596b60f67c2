"""Who was not seen, why, and how those who left had fared: by arm, wave, reason, earlier score."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.present import numbers, style
from analysis.present.draw_flow import ordered_arms
from analysis.present.labels import plain, sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot

SEEN, ALL = "observed", "all"
BANDS = ("lower third", "middle third", "upper third")
FILLS = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#8a8f95", "#c9ced4")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "")
FEWEST = 2


def missingness(public: Public) -> Plot:
    """Return the share of planned assessments not taken: by reason, and by the score before."""
    table = public.tables["missingness"]
    if table.empty or (table["reason"] == SEEN).all():
        raise NothingToDraw("No planned assessment of the primary outcome is missing.")
    arms = ordered_arms(public, table)
    return Plot(
        "Assessments not taken, by wave, reason and the score before",
        _alt(table, arms, public),
        table,
        (4.6, 2.3 * len(arms) * 2 + 0.6),
        partial(_paint, table=table, arms=arms, public=public),
    )


def _alt(table: pd.DataFrame, arms: list[str], public: Public) -> str:
    texts = []
    for arm in arms:
        rows = table[(table["arm"] == arm) & (table["band"] == ALL)]
        lost = _unseen(rows)
        texts.append(
            f"{public.arm_label(arm)}: "
            + "; ".join(
                f"day {numbers.count(day)}: {numbers.percent(share)} not taken"
                for day, share in lost.items()
            )
            + "."
        )
        last = rows["planned_day"].max()
        by = table[
            (table["arm"] == arm) & (table["planned_day"] == last) & table["band"].isin(BANDS)
        ]
        thirds = {band: _unseen(by[by["band"] == band]) for band in BANDS}
        told = [
            f"{band} {numbers.percent(one.iloc[0])}" for band, one in thirds.items() if len(one)
        ]
        if told:
            texts.append(f"On the last day by the score before: {', '.join(told)}.")
    return "Share of planned assessments not taken. " + " ".join(texts)


def _unseen(rows: pd.DataFrame) -> pd.Series:
    """Share not taken by planned day."""
    seen = rows[rows["reason"] == SEEN].groupby("planned_day")["share"].sum()
    days = sorted(rows["planned_day"].unique())
    return 1 - seen.reindex(days, fill_value=0.0)


def _paint(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public
) -> None:
    shape = (2 * len(arms), 1) if narrow else (2, len(arms))
    grid = figure.subplots(*shape, squeeze=False, sharey=True, sharex=True)
    reasons = [one for one in dict.fromkeys(table["reason"]) if one != SEEN]
    for number, arm in enumerate(arms):
        place = (2 * number, 0) if narrow else (0, number)
        below = (2 * number + 1, 0) if narrow else (1, number)
        mine = table[table["arm"] == arm]
        _reasons(grid[place], mine, reasons)
        _thirds(grid[below], mine)
        grid[place].set_title(style.wrap(public.arm_label(arm), 30), size=9)
        for axes in (grid[place], grid[below]):
            style.quiet_grid(axes, "y")
            axes.yaxis.set_major_formatter(lambda value, _: numbers.percent(value))
        if number == 0 or narrow:
            grid[place].set_ylabel("not taken,\nby reason", size=8.5)
            grid[below].set_ylabel("not taken, by\nthe score before", size=8.5)
        grid[below].set_xlabel("planned day", size=8.5)
    named = [grid[place, 0].get_legend_handles_labels() for place in (0, 1)]
    handles = [one for found, _ in named for one in found]
    labels = [one for _, found in named for one in found]
    figure.legend(handles, labels, loc="outside lower left", ncols=1 if narrow else 3, fontsize=8)


def _reasons(axes: Axes, mine: pd.DataFrame, reasons: list[str]) -> None:
    rows = mine[mine["band"] == ALL]
    days = sorted(rows["planned_day"].unique())
    places = range(len(days))
    bottom = pd.Series(0.0, index=days)
    for number, reason in enumerate(reasons):
        share = rows[rows["reason"] == reason].groupby("planned_day")["share"].sum()
        share = share.reindex(days, fill_value=0.0)
        axes.bar(
            places,
            share,
            0.7,
            bottom=bottom,
            color=FILLS[number % len(FILLS)],
            hatch=HATCHES[number % len(HATCHES)],
            edgecolor="white",
            linewidth=0.4,
            label=plain(reason),
        )
        bottom += share
    axes.set_xticks(places, [numbers.count(day) for day in days], size=8)


def _thirds(axes: Axes, mine: pd.DataFrame) -> None:
    days = sorted(mine.loc[mine["band"] == ALL, "planned_day"].unique())
    where = {day: place for place, day in enumerate(days)}
    for band, look in zip(BANDS, style.ARM_LOOKS[:0:-1], strict=True):
        share = _unseen(mine[mine["band"] == band])
        axes.plot(
            [where[day] for day in share.index],
            share,
            markersize=4.5,
            linewidth=1.4,
            label=f"{band} of the score before",
            **look,
        )


def courses(public: Public) -> Plot:
    """Return the primary score by planned week, for those who left early, when, and who stayed."""
    table = public.tables["courses"]
    if not table.empty:
        table = table[table["n"] >= FEWEST]
    if table.empty or not table["left"].str.startswith("left").any():
        raise NothingToDraw("Nobody is known to have left early with scores before.")
    arms = ordered_arms(public, table)
    return Plot(
        "Scores by time of leaving",
        _alt_courses(table, arms, public),
        table,
        (3.3, 2.5 * len(arms) + 0.9),
        partial(_paint_courses, table=table, arms=arms, public=public),
    )


def _alt_courses(table: pd.DataFrame, arms: list[str], public: Public) -> str:
    texts = []
    for arm in arms:
        for left, rows in table[table["arm"] == arm].groupby("left", sort=True):
            first, last = rows.sort_values("analysis_week").iloc[[0, -1]].to_dict("records")
            texts.append(
                f"{public.arm_label(arm)}, {left}: week {numbers.count(first['analysis_week'])} "
                f"mean {numbers.fixed(first['mean'], 2)} (n = {numbers.count(first['n'])}), week "
                f"{numbers.count(last['analysis_week'])} {numbers.fixed(last['mean'], 2)} "
                f"(n = {numbers.count(last['n'])})."
            )
    return "Mean scores of those measured. " + " ".join(texts)


def _order(band: str) -> tuple[bool, bool, bool, str]:
    """Those who completed first, then those who left early by time, then the others."""
    early = band.startswith("left")
    return (band != "completed", not early, "after" in band, band)


def _paint_courses(
    figure: Figure, narrow: bool, *, table: pd.DataFrame, arms: list[str], public: Public
) -> None:
    shape = (len(arms), 1) if narrow else (1, len(arms))
    grid = figure.subplots(*shape, squeeze=False, sharey=True)
    bands = sorted(table["left"].unique(), key=_order)
    for axes, arm in zip(grid.flat, arms, strict=True):
        style.quiet_grid(axes, "y")
        for number, band in enumerate(bands):
            rows = table[(table["arm"] == arm) & (table["left"] == band)]
            rows = rows.sort_values("analysis_week")
            look = style.ARM_LOOKS[number % len(style.ARM_LOOKS)]
            if number >= len(style.ARM_LOOKS):
                look = {"color": style.MUTED, "marker": "x", "linestyle": ":"}
            half = [rows["mean"] - rows["ci_low"], rows["ci_high"] - rows["mean"]]
            axes.errorbar(
                rows["analysis_week"] + 0.06 * (number - len(bands) / 2),
                rows["mean"],
                yerr=half,
                markersize=4.5,
                linewidth=1.4,
                elinewidth=0.6,
                label=sentence_case(str(band)),
                **look,
            )
        axes.set_title(style.wrap(public.arm_label(arm), 30), size=9)
        axes.set_xlabel("planned week", size=8.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    name = str(public.outcome.get("instrument", "score"))
    direction = public.outcome.get("direction")
    note = f" ({direction} is better)" if direction else ""
    for axes in grid[:, 0]:
        axes.set_ylabel(f"mean {name}{note}", size=8.5)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=1 if narrow else 2, fontsize=8)
