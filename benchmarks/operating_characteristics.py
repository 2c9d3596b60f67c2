"""Simulates type I error, coverage, and how often SUPPORTED is wrong, in predeclared cells.

`python benchmarks/operating_characteristics.py` goes on where an earlier run stopped. A linear
mixed model is equivariant: the error of an estimate does not depend on the true difference, so one
set of trials without a difference answers for every truth. A cell's random numbers are its own.

SUPPORTED (no difference that matters) is claimed where the 90% interval lies inside the margin.
"wrong at margin" is how often that happens when the truth is the margin; "upper end below margin"
is the half of that event that carries the 5% promise also where the interval is wide.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from operating_cells import ENDPOINT, REPEATED, Cell, arguments, design, outcomes
from scipy import stats

from analysis.engine import fit_many

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "docs" / "operating_characteristics.csv"
KEYS = ["model", "groups", "size", "icc", "ratio"]
GATE = (0.94, 0.96)
GATED_FROM = 16


def main() -> int:
    """Run the cells that have too few trials, then say which gated cells fall outside."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--models", nargs="+", default=["M1", "M2"])
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--kept", action="store_true", help="beside variances kept at zero (M1)")
    options = parser.parse_args()
    if options.kept:
        return report_kept(options.trials)
    started, done = time.monotonic(), _read(options.table)
    wanted = [one for one in (*ENDPOINT, *REPEATED) if one.model in options.models]
    todo = [one for one in wanted if done.get(_key(one), {"trials": 0})["trials"] < options.trials]
    for number, cell in enumerate(todo, 1):
        if time.monotonic() - started > 60 * options.minutes:
            print(f"stopped after {options.minutes} minutes, {len(todo) - number + 1} cells left")
            break
        done[_key(cell)] = run(cell, options.trials)
        _write(done, options.table)
        clock = time.monotonic() - started
        print(f"{number}/{len(todo)} {cell} {clock:.0f} s", flush=True)
    return report(pd.DataFrame(done.values()))


def _key(cell: Cell) -> tuple[object, ...]:
    return tuple(getattr(cell, name) for name in KEYS)


def _read(path: Path) -> dict[tuple[object, ...], dict[str, float]]:
    if not path.exists():
        return {}
    rows = pd.read_csv(path).to_dict("records")
    return {tuple(row[name] for name in KEYS): row for row in rows}


def _write(done: dict[tuple[object, ...], dict[str, float]], path: Path) -> None:
    table = pd.DataFrame(done.values()).sort_values(KEYS)
    table.round(5).to_csv(path, index=False)


def run(cell: Cell, trials: int) -> dict[str, float]:
    """Simulate and fit one cell; return its row."""
    frame = design(cell)
    made = outcomes(cell, frame, trials)
    estimate, se, df, boundary = fit(cell, frame, made)
    return {
        **{name: getattr(cell, name) for name in KEYS},
        **characteristics(estimate, se, df, cell.margin),
        "boundary": float(np.mean(boundary)),
    }


def report_kept(trials: int) -> int:
    """Print coverage where what groups share may be negative, and where it is kept from that."""
    rows = []
    for cell in (one for one in ENDPOINT if one.groups >= GATED_FROM):
        frame, half = design(cell), {}
        made = outcomes(cell, frame, trials)
        for name, negative in (("may_be_negative", True), ("kept", False)):
            given = {**arguments(cell), "negative_icc": negative}
            found = fit_many(frame, outcomes=made, **given)
            half[name] = stats.t.ppf(0.975, found.df[:, 1]) * found.bse[:, 1]
            half[f"{name}_covers"] = np.mean(np.abs(found.params[:, 1]) <= half[name])
        widths = {"wider": np.mean(half.pop("kept")) / np.mean(half.pop("may_be_negative"))}
        rows.append({**{name: getattr(cell, name) for name in KEYS}, **half, **widths})
    table = pd.DataFrame(rows)
    print(table.round(4).to_string(index=False))
    print(table.groupby("icc")[["may_be_negative_covers", "kept_covers", "wider"]].describe().T)
    return 0


Fits = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def fit(cell: Cell, frame: pd.DataFrame, made: np.ndarray) -> Fits:
    """Fit every column of outcomes; a trial that cannot be fitted is nan."""
    found = fit_many(frame, outcomes=made, **arguments(cell))
    where = list(found.names).index("arm" if cell.model == "M1" else "arm:time")
    return found.params[:, where], found.bse[:, where], found.df[:, where], found.boundary


def characteristics(
    estimate: np.ndarray, se: np.ndarray, df: np.ndarray, margin: float
) -> dict[str, float]:
    """Summarise trials whose true difference is zero.

    Parameters
    ----------
    estimate, se, df : (trials,) arrays
        Fits; nan where a trial could not be fitted.
    margin : float
        Margin of equivalence, in the units of `estimate`.

    Returns
    -------
    dict
        Trials, failures, bias and empirical SD of the estimate, mean standard error over that SD,
        median df, coverage of 95% intervals, type I error, and error rates at truth = margin.
    """
    fitted = np.isfinite(se)
    value, spread, freedom = estimate[fitted], se[fitted], df[fitted]
    half_95 = stats.t.ppf(0.975, freedom) * spread
    half_90 = stats.t.ppf(0.95, freedom) * spread
    covered = np.abs(value) <= half_95
    below = value + half_90 < 0  # truth = margin: the interval's upper end is below the margin
    above = value - half_90 > -2 * margin
    return {
        "trials": len(estimate),
        "failures": int((~fitted).sum()),
        "bias": float(value.mean()),
        "sd": float(value.std(ddof=1)),
        "se_over_sd": float(np.sqrt(np.mean(spread**2)) / value.std(ddof=1)),
        "median_df": float(np.median(freedom)),
        "coverage": float(covered.mean()),
        "type_1_error": float(1 - covered.mean()),
        "supported_wrong_at_margin": float((below & above).mean()),
        "upper_end_below_margin": float(below.mean()),
    }


def report(table: pd.DataFrame) -> int:
    """Print the gate; return 1 if a gated cell is outside."""
    gated = table[table["groups"] >= GATED_FROM]
    outside = gated[~gated["coverage"].between(*GATE)]
    print(f"{len(table)} cells; {len(gated)} gated, {len(outside)} outside {GATE}")
    if len(outside):
        print(outside[[*KEYS, "coverage", "median_df", "boundary"]].to_string(index=False))
    print(
        table.groupby(["model", "groups"])[["coverage", "upper_end_below_margin"]]
        .describe()
        .xs("mean", axis=1, level=1)
        .to_string()
    )
    return int(len(outside) > 0)


if __name__ == "__main__":
    sys.exit(main())
