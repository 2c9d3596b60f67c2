"""Simulates bias and coverage of what is done about missing outcomes, in predeclared cells.

`python benchmarks/missing_data.py` goes on where an earlier run stopped. Every trial's random
numbers come from (seed, cell, trial), so stopping and resuming changes nothing. A trial has weekly
scores at days 14, 28 and 42, therapy groups in one arm whose part grows with time, and a third
unseen at day 42:

- mcar: whoever;
- mar: those worse at day 28 in the group arm, those better in the individual arm;
- mnar: whoever, but the unseen of the group arm did three points worse.

complete_case is ANCOVA on those seen at day 42; mixed the repeated-measures model on all scores;
imputed ten imputations with the earlier scores; delta the same, the unseen of the group arm three
points worse; weighted the inverse probability of remaining.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from plan_limits import MISSING

from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, Outcome
from analysis.records.effect import Effect
from analysis.unseen import Plan, compare_remaining, compare_shifted, impute_contrast

TABLE = Path(__file__).resolve().parent.parent / "docs" / "missing_data.csv"
SEED = 20261123
DAYS = (14, 28, 42)
EFFECT, WORSE, UNSEEN = 1.0, 3.0, 1 / 3
AUXILIARY = ["day_14", "day_28"]
METHODS = ("complete_case", "mixed", "imputed", "delta", "weighted")
CONTRAST = Contrast("format", "group", "individual", {"group": "therapy_group"}, "randomised")
SYMPTOM = Outcome("depression", "PHQ-9", "day 42", 42, "points", -1)


@dataclass(frozen=True)
class Cell:
    """One situation: mechanism, therapy groups and their size."""

    mechanism: str
    groups: int
    size: int

    @property
    def truth(self) -> float:
        """True difference at day 42, positive = group better, had everybody been seen."""
        return EFFECT - (UNSEEN * WORSE if self.mechanism == "mnar" else 0.0)


CELLS = (
    Cell("mcar", 24, 8),
    Cell("mar", 24, 8),
    Cell("mnar", 24, 8),
    Cell("mar", 8, 8),
)


def simulate(cell: Cell, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one trial, one row a participant; the individual arm is as large as the group arm."""
    n = cell.groups * cell.size
    group = np.repeat([1.0, 0.0], n)
    cluster = np.r_[np.repeat(np.arange(cell.groups), cell.size), np.full(n, -1)]
    shared = np.r_[rng.normal(0, 1.2, cell.groups), 0.0][cluster]
    baseline = rng.normal(15, 4, 2 * n)
    start, slope = 5 + 0.6 * baseline + rng.normal(0, 2, 2 * n), rng.normal(-3, 3, 2 * n)
    scores = {}
    for day in DAYS:
        t = day / DAYS[-1]
        scores[day] = start + t * (slope + shared - EFFECT * group) + rng.normal(0, 2, 2 * n)
    chance = np.full(2 * n, UNSEEN)
    if cell.mechanism == "mar":
        behind = scores[28] - np.where(group, scores[28][:n].mean(), scores[28][n:].mean())
        chance = 1 / (1 + np.exp(0.8 - 0.35 * behind * (2 * group - 1)))
    gone = rng.random(2 * n) < chance
    return pd.DataFrame(
        {
            "episode_id": np.arange(2 * n),
            "arm": np.where(group, "group", "individual"),
            "cluster": pd.Series(cluster).map(lambda c: f"g{c}" if c >= 0 else None),
            "baseline": baseline,
            "day_14": scores[14],
            "day_28": scores[28],
            "outcome": np.where(gone, np.nan, scores[42]),
        }
    )


def estimates(frame: pd.DataFrame, seed: int) -> dict[str, Effect]:
    """Estimate the difference of one trial by every method."""
    long = frame.rename(columns={"outcome": "day_42"}).melt(
        ["episode_id", "arm", "cluster", "baseline"], value_name="outcome", var_name="wave"
    )
    long["day"] = long["wave"].str.removeprefix("day_").astype(int)
    made = impute_contrast(
        frame, CONTRAST, auxiliary=AUXILIARY, plan=Plan(seed=seed, pilot=10, most=10)
    )
    return {
        "complete_case": compare(frame, CONTRAST, SYMPTOM),
        "mixed": compare(long, CONTRAST, SYMPTOM, model="repeated"),
        "imputed": compare_shifted(made, CONTRAST, SYMPTOM, comparison=0.0, reference=0.0),
        "delta": compare_shifted(made, CONTRAST, SYMPTOM, comparison=WORSE, reference=0.0),
        "weighted": compare_remaining(frame, CONTRAST, SYMPTOM, limits=MISSING, history=AUXILIARY),
    }


def run(cell: Cell, first: int, last: int) -> pd.DataFrame:
    """Run trials `first` to `last` - 1 of a cell; one row a trial and method."""
    place, rows = CELLS.index(cell), []
    for trial in range(first, last):
        rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(place, trial)))
        for method, found in estimates(simulate(cell, rng), trial).items():
            ok = found.status == "ok"
            inside = ok and found.ci95[0] <= cell.truth <= found.ci95[1]
            error, se = (found.value - cell.truth, found.se) if ok else (np.nan, np.nan)
            rows.append((method, error, se, float(inside) if ok else np.nan))
    return pd.DataFrame(rows, columns=["method", "error", "se", "inside"])


def summarise(cell: Cell, trials: pd.DataFrame) -> list[dict[str, object]]:
    """One row a method: bias, spread, mean standard error and coverage with Monte-Carlo error."""
    rows = []
    for method, found in trials.groupby("method", sort=False):
        good = found.dropna()
        n, cover = len(good), good["inside"].mean()
        rows.append(
            {
                "mechanism": cell.mechanism,
                "groups": cell.groups,
                "size": cell.size,
                "method": method,
                "truth": cell.truth,
                "trials": len(found),
                "failed": len(found) - n,
                "bias": good["error"].mean(),
                "bias_mcse": good["error"].std() / np.sqrt(n),
                "empirical_se": good["error"].std(),
                "mean_se": good["se"].mean(),
                "coverage": cover,
                "coverage_mcse": np.sqrt(max(cover * (1 - cover), 1 / n) / n),
            }
        )
    return rows


def main() -> None:
    """Run what is missing, a block of trials of each cell in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--block", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--raw", type=Path, default=Path("results/missing_data"))
    parser.add_argument("--table", type=Path, default=TABLE)
    options = parser.parse_args()
    options.raw.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    for first in range(0, options.trials, options.block):
        for place, cell in enumerate(CELLS):
            path = options.raw / f"cell{place}_{first:05d}.csv"
            if time.monotonic() - started > 60 * options.minutes:
                return
            if not path.exists():
                run(cell, first, first + options.block).to_csv(path, index=False)
        write(options.raw, options.table)
        print(f"{first + options.block} trials, {time.monotonic() - started:.0f} s", flush=True)


def write(raw: Path, table: Path) -> None:
    """Write the summary of every block so far."""
    rows = []
    for place, cell in enumerate(CELLS):
        blocks = [pd.read_csv(path) for path in sorted(raw.glob(f"cell{place}_*.csv"))]
        if blocks:
            rows += summarise(cell, pd.concat(blocks))
    pd.DataFrame(rows).round(4).to_csv(table, index=False)


if __name__ == "__main__":
    main()
