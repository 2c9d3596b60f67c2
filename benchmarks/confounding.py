"""Known truth for the weighted comparisons: predeclared worlds of confounded assignment.

Each world draws participants, sends them to group or individual therapy by a propensity that
depends on their covariates, and adds a known effect; cells differ in what makes it hard. Every seed
is analysed by the naive difference, the weighted and the doubly robust estimate, and the
precision-weighted mixed model with its own (invalid) error. Results are kept in chunks, so that a
run that was stopped goes on where it was:

    python benchmarks/confounding.py --seeds 2000 --keep results/benchmarks/confounding
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import expit, ndtr

from analysis.effects.compare import Contrast, Outcome, interval
from analysis.effects.confounding.compare import attempt, blank_effect, estimate_means
from analysis.effects.confounding.prepare import Design, make_design
from analysis.effects.confounding.responders import estimate_risks
from analysis.effects.confounding.weights import Estimand
from analysis.effects.effect import Effect
from analysis.effects.errors import EstimationError

MARGIN = 0.24
CHUNK = 50
CONTRAST = Contrast(
    "format",
    "group",
    "individual",
    {"group": "therapy_group", "individual": "none"},
    "observational",
)
OUTCOME = Outcome("depression", "scale", "day 42", 42, "points", -1, 1.0)
RESPONSE = Outcome("response", "scale", "day 42", 42, "share", 1)
NEGATIVE = Outcome("negative control", "scale", "day 42", 42, "points", -1)
COVARIATES = (
    {"column": "age", "type": "numeric", "role": "baseline"},
    {"column": "chronic", "type": "categorical", "role": "baseline"},
    {"column": "site", "type": "categorical", "role": "baseline"},
)
CURVED = (("baseline", "baseline"), ("baseline", "age"))


@dataclass(frozen=True)
class Cell:
    """A predeclared world and how it is analysed.

    `strength` is the log odds of group per SD of baseline (age and chronicity half of it); `curve`
    adds a square and an interaction to both propensity and outcome; `modification` lets the effect
    grow with baseline; `slope` is the SD of therapy groups' slopes on baseline; `hidden` is an
    unmeasured confounder; `noise` is the residual SD of the group arm; `missing` makes outcomes
    missing by baseline and arm; `uneven` makes the largest therapy groups many times the smallest.
    """

    name: str
    n: int = 600
    strength: float = 0.5
    curve: float = 0.0
    modification: float = 0.0
    slope: float = 0.0
    hidden: float = 0.0
    noise: float = 1.0
    missing: float = 0.0
    icc: float = 0.06
    estimand: Estimand = "ato"
    products: tuple[tuple[str, str], ...] = ()
    bootstrap: bool = False
    uneven: bool = False


CELLS = (
    Cell("no confounding", strength=0.0),
    Cell("moderate", strength=0.5, bootstrap=True),
    Cell("strong", strength=1.0),
    Cell("strong, everyone", strength=1.0, estimand="ate"),
    Cell("strong, comparison arm", strength=1.0, estimand="att"),
    Cell("sixteen groups", n=256, strength=0.5, bootstrap=True),
    Cell("large", n=1500, strength=0.5),
    Cell("group slopes, unequal variances", slope=0.3, noise=1.4, icc=0.1),
    Cell("effect modification", modification=0.25, strength=0.8),
    Cell("missing outcomes", missing=1.0),
    Cell("curved, products declared", curve=0.5, products=CURVED),
    Cell("curved, products left out", curve=0.5),
    Cell("hidden confounder", hidden=0.7),
    Cell("overlap destroyed", strength=6.0),
    Cell("eight groups", n=128, strength=0.5),
    Cell("uneven groups", uneven=True, icc=0.1, bootstrap=True),
)


def people(cell: Cell, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw covariates, the true propensity and the mean outcome without effect (high = better)."""
    z, age, hidden = rng.normal(size=(3, n))
    chronic, site = (rng.random(n) < 0.4).astype(float), rng.integers(0, 4, n)
    bent = cell.curve * (z**2 - 1 + z * age)
    logit = cell.strength * (z + 0.5 * age + 0.5 * (chronic - 0.4)) + bent + cell.hidden * hidden
    logit += 0.3 * np.where(site == 1, cell.strength > 0, 0)
    mean = -0.5 * z + 0.2 * age - 0.3 * chronic - 0.1 * site - bent - cell.hidden * hidden
    frame = pd.DataFrame({"z": z, "age": age, "chronic": chronic, "site": site, "hidden": hidden})
    return frame.assign(e=expit(logit), mean=mean, gain=cell.modification * z)


def draw(cell: Cell, seed: int, effect: float = -MARGIN) -> pd.DataFrame:
    """Draw one study; `effect` is the true difference in the target population (points)."""
    rng = np.random.default_rng([CELLS.index(cell), seed])
    frame = people(cell, cell.n, rng)
    arm = rng.random(cell.n) < frame["e"].to_numpy()
    groups = max(int(arm.sum()) // 8, 1)
    member = np.full(cell.n, -1)
    if cell.uneven:
        groups = max(groups * 2 // 3, 1)
        member[arm] = rng.choice(groups, arm.sum(), p=rng.dirichlet(np.full(groups, 1.5)))
    else:
        member[arm] = rng.permutation(np.arange(arm.sum()) % groups)
    u = rng.normal(0, np.sqrt(cell.icc), groups)
    tilt = rng.normal(0, cell.slope, groups)
    shared = np.where(arm, u[member] + tilt[member] * frame["z"], 0.0)
    residual = rng.normal(size=cell.n) * np.where(arm, cell.noise, 1.0) * np.sqrt(1 - cell.icc)
    gain = (effect - shift(cell) + frame["gain"]) * arm
    better = frame["mean"] + gain + shared + residual
    seen = rng.random(cell.n) > cell.missing * expit(-1.5 + 0.5 * frame["z"] + 0.5 * arm)
    control = -0.5 * frame["z"] - cell.hidden * frame["hidden"] + rng.normal(size=cell.n)
    return pd.DataFrame(
        {
            "episode_id": np.arange(cell.n).astype(str),
            "arm": np.where(arm, "group", "individual"),
            "cluster": pd.Series(member).astype(str).where(arm, None),
            "baseline": 15 + 5 * frame["z"],
            "age": frame["age"],
            "chronic": np.where(frame["chronic"] == 1, "yes", "no"),
            "site": "site " + frame["site"].astype(str),
            "outcome": (-better).where(seen),
            "response": (better > 0.3).astype(float).where(seen),
            "negative": -control,
        }
    )


_SHIFTS: dict[str, float] = {}


def shift(cell: Cell) -> float:
    """Return the mean modification of the effect in the target population (two million drawn)."""
    if not cell.modification:
        return 0.0
    if cell.name not in _SHIFTS:
        big = people(cell, 2_000_000, np.random.default_rng(0))
        e = big["e"]
        h = {"ato": e * (1 - e), "ate": e**0, "att": e}[cell.estimand]
        _SHIFTS[cell.name] = float((h * big["gain"]).sum() / h.sum())
    return _SHIFTS[cell.name]


def naive(frame: pd.DataFrame) -> tuple[float, float, float]:
    """Return the difference of observed means and its Welch error: (value, se, df)."""
    sides = [frame.loc[frame["arm"].eq(arm), "outcome"].dropna() for arm in ("group", "individual")]
    parts = [side.var() / len(side) for side in sides]
    df = sum(parts) ** 2 / sum(p**2 / (len(s) - 1) for p, s in zip(parts, sides, strict=True))
    return -float(sides[0].mean() - sides[1].mean()), float(np.sqrt(sum(parts))), float(df)


def precision_weighted(design: Design) -> tuple[float, float, float]:
    """Random-intercept model with balancing weights as if they were precisions (invalid error)."""
    frame, t = design.kept, design.weights.propensity.treated
    x = np.column_stack([design.weights.propensity.x, t])
    k, weights = x.shape[1], design.weights.values[frame.index]
    weights = weights * design.weights.treated.map(design.weights.treated.value_counts())
    y, w = -frame["outcome"].to_numpy(), (weights / weights.mean()).to_numpy()
    code = pd.factorize(frame["cluster"].where(t == 1))[0]
    data = np.column_stack([x, y])
    total = (data.T * w) @ data
    inside = code >= 0
    sums = np.zeros((code.max() + 1, k + 1))
    np.add.at(sums, code[inside], data[inside] * w[inside, None])
    size = np.bincount(code[inside], w[inside])

    def solve(ratio: float) -> tuple[np.ndarray, np.ndarray, float]:
        cross = total - (sums.T * (ratio / (1 + ratio * size))) @ sums
        beta = np.linalg.solve(cross[:k, :k], cross[:k, k])
        return cross, beta, float(cross[k, k] - beta @ cross[:k, k]) / (len(y) - k)

    def criterion(ratio: float) -> float:
        cross, _, sigma2 = solve(ratio)
        logdet = np.linalg.slogdet(cross[:k, :k])[1] + np.log1p(ratio * size).sum()
        return float((len(y) - k) * np.log(sigma2) + logdet)

    best = minimize_scalar(criterion, bounds=(0, 2), method="bounded").x
    cross, beta, sigma2 = solve(best)
    error = np.sqrt(sigma2 * np.linalg.inv(cross[:k, :k])[-1, -1])
    return float(beta[-1]), float(error), float(len(size))


def analyse(cell: Cell, seed: int) -> list[dict[str, object]]:
    """Analyse one study by every method: one row a method. One design serves all of them."""
    frame = draw(cell, seed)
    rows = [_row(cell, seed, "naive", *naive(frame))]
    try:
        design = make_design(
            frame,
            CONTRAST,
            COVARIATES,
            estimand=cell.estimand,
            products=cell.products,
        )
    except EstimationError:
        return rows + [_row(cell, seed, name, status="error") for name in METHODS]
    if design.failing():
        return rows + [_row(cell, seed, name, status="withheld") for name in METHODS]
    blank = blank_effect(frame, CONTRAST, OUTCOME, "", cell.estimand, "synthetic")
    for name, estimate in _methods(cell, seed).items():
        column = {"negative_control": "negative", "risk_difference": "response"}.get(
            name, "outcome"
        )
        own = replace(design, people=design.people.assign(outcome=design.people[column]))
        one = attempt(blank, partial(_same, own), estimate)
        rows.append(_row(cell, seed, name, one.value, one.se, one.df, one.status))
    return [*rows, _row(cell, seed, "model_based", *precision_weighted(design))]


METHODS = ("weighted", "doubly_robust", "negative_control", "risk_difference", "model_based")


def _same(design: Design) -> Design:
    return design


def _methods(cell: Cell, seed: int) -> dict[str, Callable[[Design, Effect], Effect]]:
    found: dict[str, Callable[[Design, Effect], Effect]] = {
        "weighted": partial(estimate_means, -1, False, None),
        "doubly_robust": partial(estimate_means, -1, True, None),
        "negative_control": partial(estimate_means, -1, False, None),
        "risk_difference": partial(estimate_risks, 1, True, []),
    }
    if cell.bootstrap:
        found["bootstrap"] = partial(estimate_means, -1, False, (500, seed, 1))
    return found


def _row(
    cell: Cell,
    seed: int,
    method: str,
    value: float | None = None,
    se: float | None = None,
    df: float | None = None,
    status: str = "ok",
) -> dict[str, object]:
    return {
        "cell": cell.name, "seed": seed, "method": method,
        "value": value, "se": se, "df": df, "status": status,
    }  # fmt: skip


def risk_truth(cell: Cell, effect: float = -MARGIN) -> float:
    """Return the true difference of response risks in the target population (two million drawn)."""
    big = people(cell, 2_000_000, np.random.default_rng(0))
    e = big["e"]
    h = {"ato": e * (1 - e), "ate": e**0, "att": e}[cell.estimand]
    base, gain = big["mean"] - 0.3, effect - shift(cell) + big["gain"]
    residual = np.sqrt(1 - cell.icc)
    grouped = np.sqrt(cell.icc + (cell.slope * big["z"]) ** 2 + (cell.noise * residual) ** 2)
    difference = ndtr((base + gain) / grouped) - ndtr(base / residual)
    return float((h * difference).sum() / h.sum())


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell and method: bias, error, coverage, and how often the margin is crossed."""
    found = []
    for cell in CELLS:
        for method, part in rows[rows["cell"].eq(cell.name)].groupby("method", sort=False):
            truth = {"risk_difference": risk_truth, "negative_control": lambda _: 0.0}.get(
                str(method), lambda _: -MARGIN
            )(cell)
            found.append({"cell": cell.name, "method": method} | _summary(part, truth))
    return pd.DataFrame(found)


def _summary(part: pd.DataFrame, truth: float) -> dict[str, float]:
    ok = part[part["status"].eq("ok")]
    counts = part["status"].value_counts()
    row: dict[str, float] = {"seeds": len(part), "truth": round(truth, 4)}
    row |= {f"share_{name}": counts.get(name, 0) / len(part) for name in ("withheld", "error")}
    if len(ok) < 20:
        return row
    value, se = ok["value"].to_numpy(float), ok["se"].to_numpy(float)
    bounds = np.array(
        [
            (*interval(v, s, d, 0.90), *interval(v, s, d, 0.95))
            for v, s, d in zip(value, se, ok["df"], strict=True)
        ]
    )
    inside = (bounds[:, 2] <= truth) & (truth <= bounds[:, 3])
    return row | {
        "bias": value.mean() - truth,
        "bias_mcse": value.std(ddof=1) / np.sqrt(len(ok)),
        "sd": value.std(ddof=1),
        "mean_se": se.mean(),
        "median_df": ok["df"].median(),
        "coverage95": inside.mean(),
        "coverage95_mcse": np.sqrt(inside.mean() * (1 - inside.mean()) / len(ok)),
        "above_truth": (bounds[:, 0] > truth).sum() / len(part),
        "below_truth": (bounds[:, 1] < truth).sum() / len(part),
        "excludes_zero": ((bounds[:, 2] > 0) | (bounds[:, 3] < 0)).mean(),
    }


def run(seeds: int, keep: Path, cells: tuple[Cell, ...] = CELLS) -> pd.DataFrame:
    """Analyse all cells chunk by chunk; chunks that are there are not made again."""
    keep.mkdir(parents=True, exist_ok=True)
    for first in range(0, seeds, CHUNK):
        for cell in cells:
            path = keep / f"{cell.name.replace(' ', '_').replace(',', '')}.{first:06d}.csv"
            if not path.exists():
                rows = [row for seed in range(first, first + CHUNK) for row in analyse(cell, seed)]
                pd.DataFrame(rows).to_csv(path.with_suffix(".part"), index=False)
                path.with_suffix(".part").rename(path)
        print(f"{min(first + CHUNK, seeds)} of {seeds} seeds", flush=True)
    return pd.concat([pd.read_csv(path) for path in sorted(keep.glob("*.csv"))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--keep", type=Path, default=Path("results/benchmarks/confounding"))
    parser.add_argument("--summary", type=Path, default=Path("docs/confounding_benchmark.csv"))
    given = parser.parse_args()
    table = summarise(run(given.seeds, given.keep))
    table.to_csv(given.summary, index=False, float_format="%.4f")
    print(table.to_string())


if __name__ == "__main__":
    main()
