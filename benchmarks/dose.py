"""Known truth for the dose analysis: whether weights recover what the naive curve misses.

Every seed of every world of `dose_worlds.py` is analysed; results are kept in chunks, so that a run
that was stopped goes on where it was; the table goes into the page between its two marks:

    python benchmarks/dose.py --seeds 2000
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from dose_worlds import WORLDS, World, draw
from plan_limits import DOSE
from seeds import analysed, write_between

from analysis.dose import dose_tables

KEPT = ["analysis", "term", "value", "se", "df", "ci95_low", "ci95_high", "status"]


def truth_of(world: World, term: str) -> float:
    """Return the true effect of an hour a week over all weeks, in points, positive = better."""
    group, individual = world.effect
    # a score moves back by a fifth a week, so that early hours count less at the end
    left = float(np.mean(0.8 ** np.arange(len(range(6)))[::-1]))
    whole = {"group_hours": group, "individual_hours": individual}
    return left * whole.get(term, group - individual)


def analyse(world: World, seed: int) -> pd.DataFrame:
    """Analyse one study: one row an analysis and term."""
    study = draw(world, seed)
    found = dose_tables(
        study.comparison, study.outcomes, study.episodes, study.weeks, study.repeated, DOSE
    )["dose"]
    return found[KEPT].assign(world=world.name, seed=seed)


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a world, analysis and term: bias, errors, coverage, share withheld."""
    found = []
    for world in WORLDS:
        mine = rows[rows["world"].eq(world.name)]
        for (analysis, term), part in mine.groupby(["analysis", "term"], sort=False):
            truth, ok = truth_of(world, str(term)), part[part["status"].eq("ok")]
            row = {"world": world.name, "analysis": analysis, "term": term, "truth": truth}
            row |= {"seeds": mine["seed"].nunique()}
            row |= {"withheld": (part["status"] == "withheld").mean()}
            if len(ok) >= 20:
                inside = ok["ci95_low"].le(truth) & ok["ci95_high"].ge(truth)
                row |= {"bias": ok["value"].mean() - truth, "sd": ok["value"].std()}
                row |= {"bias_mcse": ok["value"].std() / np.sqrt(len(ok))}
                row |= {"mean_se": ok["se"].mean(), "coverage95": inside.mean()}
            found.append(row)
    return pd.DataFrame(found)


MARKS = ("<!-- dose, written by benchmarks/dose.py -->", "<!-- end of dose -->")
SAID = {"group_hours": "group", "individual_hours": "individual", "equal_hours": "equal hours"}


def page(table: pd.DataFrame) -> str:
    """Return the summary as a table of the page."""
    head = "world | analysis | hour | seeds | withheld | truth | bias (error) | SD | mean SE "
    head += "| coverage of 95%"
    lines = [f"| {head} |", "|" + "---|" * (head.count("|") + 1)]
    for row in table.to_dict("records"):
        cells = [row["world"], row["analysis"], SAID[row["term"]], f"{row['seeds']:,}"]
        cells += [f"{row['withheld']:.1%}", f"{row['truth']:.3f}"]
        if row["bias"] == row["bias"]:
            cells.append(f"{row['bias']:+.3f} ({row['bias_mcse']:.3f})".replace("-", "−"))
            cells += [f"{row['sd']:.3f}", f"{row['mean_se']:.3f}", f"{row['coverage95']:.1%}"]
        else:
            cells += [""] * 4
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--keep", type=Path, default=Path("results/benchmarks/dose"))
    parser.add_argument("--page", type=Path, default=Path("docs/dose.md"))
    given = parser.parse_args()
    table = summarise(analysed(WORLDS, given.seeds, given.keep, analyse))
    write_between(given.page, MARKS, page(table))
    print(table.to_string())


if __name__ == "__main__":
    main()
