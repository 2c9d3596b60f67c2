"""Reproduces the ranking of six analysis models of partially nested trials.

Candlish et al. 2018, doi 10.1186/s12874-018-0559-x: plain regression; fully clustered models with
the other arm coded as singleton clusters, as one cluster, or as pseudo-clusters; partially nested
models with one residual variance or with one for each arm. `python benchmarks/candlish.py`.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from operating_cells import Cell, design, outcomes
from operating_characteristics import characteristics

from analysis.engine import fit_many

TABLE = Path(__file__).resolve().parents[1] / "docs" / "candlish_ranking.csv"
CELLS = [Cell("M1", *one) for one in product((8, 16), (10,), (0.0, 0.05, 0.10), (0.25, 1.0, 4.0))]
MODELS = (
    "regression",
    "singleton clusters",
    "one cluster",
    "pseudo-clusters",
    "partially nested",
    "partially nested, variance by arm",
)


def coded(model: str, frame: pd.DataFrame, size: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the frame as one of the models codes it, and the arguments of the fit."""
    call: dict[str, Any] = {"formula": "y ~ arm", "group": "group", "grouped": "grouped"}
    if model.startswith("partially"):
        return frame, {**call, "residual_by": "arm"} if model.endswith("arm") else call
    free = (frame["group"] == 0).to_numpy()
    rank = np.cumsum(free) - 1
    codes = {"singleton clusters": rank, "one cluster": 0 * rank, "pseudo-clusters": rank // size}
    group = np.where(free, 1 + frame["group"].max() + codes[model], frame["group"])
    return frame.assign(group=group, grouped=1.0), call


def regression(frame: pd.DataFrame, made: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit ordinary regression on the arm: difference of means, pooled variance."""
    arm = frame["arm"].to_numpy() == 1
    first, second = made[arm], made[~arm]
    df = len(made) - 2
    within = ((first - first.mean(0)) ** 2).sum(0) + ((second - second.mean(0)) ** 2).sum(0)
    se = np.sqrt(within / df * (1 / len(first) + 1 / len(second)))
    return first.mean(0) - second.mean(0), se, np.full(made.shape[1], float(df))


def fit(
    model: str, cell: Cell, frame: pd.DataFrame, made: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimates, standard errors and df of the arm difference in every trial."""
    if model == "regression":
        return regression(frame, made)
    rows, call = coded(model, frame, cell.size)
    found = fit_many(rows, outcomes=made, **call)
    where = list(found.names).index("arm")
    return found.params[:, where], found.bse[:, where], found.df[:, where]


def ranking(trials: int, cells: list[Cell] = CELLS) -> pd.DataFrame:
    """Operating characteristics of every model in every cell."""
    rows = []
    for cell in cells:
        frame = design(cell)
        made = outcomes(cell, frame, trials)
        for model in MODELS:
            found = characteristics(*fit(model, cell, frame, made), cell.margin)
            rows.append(
                {"analysis": model, "groups": cell.groups, "icc": cell.icc, "ratio": cell.ratio}
                | found
            )
        print(cell, flush=True)
    return pd.DataFrame(rows)


def main() -> int:
    """Simulate and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=5000)
    table = ranking(parser.parse_args().trials)
    table.round(5).to_csv(TABLE, index=False)
    wide = table.pivot_table(
        index=["groups", "icc", "ratio"], columns="analysis", values="type_1_error"
    )
    print(wide[list(MODELS)].round(3).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
