"""What was odd in the data as they came in: the share of rows of every doubt."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.present import numbers, style
from analysis.present.labels import sentence_case
from analysis.present.public import Public
from analysis.present.style import NothingToDraw, Plot


def doubts_of(public: Public) -> pd.DataFrame:
    """Return the rows of `quality.csv` that found something, the largest share first."""
    table = public.tables["quality"]
    if table.empty:
        return table
    found = table[table["rows"] > 0]
    return found.sort_values(["severity", "share"], ascending=[False, False], kind="stable")


def quality(public: Public) -> Plot:
    """Return one bar a doubt: the share of the rows looked at that it is about."""
    table = doubts_of(public)
    if public.tables["quality"].empty:
        raise NothingToDraw("No checks of the data were published.")
    if table.empty:
        raise NothingToDraw("No check found anything odd in the data.")
    lines = [_line(row) for row in table.to_dict("records")]
    heights = (1.0 + 0.5 * len(table), 1.0 + 0.75 * len(table))
    title = "What was odd in the data"
    return Plot(title, " ".join(lines), table, heights, partial(_paint, table=table))


def _line(row: dict[Any, Any]) -> str:
    share = f"{numbers.count(row['rows'])} of {numbers.count(row['of'])} rows"
    return f"{sentence_case(str(row['found']))} ({row['table']}): {share}."


def _paint(figure: Figure, narrow: bool, *, table: pd.DataFrame) -> None:
    axes = figure.subplots()
    style.quiet_grid(axes, "x")
    places = range(len(table))
    doubt = table["severity"].eq("doubt")
    colours = [style.VERMILION if one else style.BLUE for one in doubt]
    axes.barh(places, table["share"], height=0.42, color=colours)
    axes.set_ylim(len(table) - 0.4, -0.8)
    axes.set_xlim(0, max(1.6 * float(table["share"].max()), 0.01))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel("share of the rows looked at", size=8.5)
    names = []
    for place, row in zip(places, table.to_dict("records"), strict=True):
        count = f"{numbers.count(row['rows'])} of {numbers.count(row['of'])}"
        axes.annotate(
            count,
            (row["share"], place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=8,
        )
        names.append(sentence_case(str(row["found"])))
    if narrow:
        axes.set_yticks([])
        for place, name in zip(places, names, strict=True):
            axes.text(0, place - 0.28, style.wrap(name, 52), va="bottom", size=7.5)
    else:
        axes.set_yticks(list(places), [style.wrap(name, 46) for name in names], size=8)
