"""Predeclared worlds of confounded assignment with a known effect, for `confounding.py`.

Each world draws participants, sends them to group or individual therapy by a propensity that
depends on their covariates, and adds a known effect; cells differ in what makes it hard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from analysis.adjust.weights import Estimand
from analysis.comparison.question import Contrast

MARGIN = 0.24
CONTRAST = Contrast(
    "format",
    "group",
    "individual",
    {"group": "therapy_group", "individual": "none"},
    "observational",
)
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
