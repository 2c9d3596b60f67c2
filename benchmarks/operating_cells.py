"""Predeclared cells of the simulation study: designs, and outcomes simulated under each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.engine import may_be_negative

SEED = 20180559
MARGIN_SHARE = 0.24
TIMES = np.arange(4.0)
PERSON = np.array([[0.5, -0.05], [-0.05, 0.1]])
OCCASION = 0.5


@dataclass(frozen=True)
class Cell:
    """One design.

    Attributes
    ----------
    model : {"M1", "M2"}
        One endpoint with residual variance by arm, or repeated outcomes with a group slope.
    groups, size : int
        Therapy groups in the group arm and their size; the other arm has as many participants.
    icc : float
        Intraclass correlation in the group arm (M2: of intercept and slope alike).
    ratio : float
        Residual variance of the group arm over that of the other (M1).
    """

    model: str
    groups: int
    size: int
    icc: float
    ratio: float

    def generator(self) -> np.random.Generator:
        """Return the generator of this cell alone, whatever the order of the runs."""
        code = [self.groups, self.size, round(1000 * self.icc), round(100 * self.ratio)]
        return np.random.default_rng(np.random.SeedSequence([SEED, int(self.model[1]), *code]))

    @property
    def margin(self) -> float:
        """0.24 standard deviations of the other arm's outcome, on the estimate's scale.

        M2 estimates a slope; its margin is met at the last occasion.
        """
        if self.model == "M1":
            return MARGIN_SHARE
        last = np.array([1.0, TIMES[-1]])
        return MARGIN_SHARE * float(np.sqrt(last @ PERSON @ last + OCCASION)) / float(TIMES[-1])


ENDPOINT = [
    Cell("M1", *one)
    for one in product((4, 8, 16, 32), (4, 8, 15, 30), (0.0, 0.05, 0.10, 0.15), (0.25, 1.0, 4.0))
]
REPEATED = [
    Cell("M2", groups, size, icc, 1.0)
    for size, icc, groups in product((8, 15), (0.05, 0.0, 0.10), (16, 8, 32))
]
FIXED_SET = [
    Cell("M1", 16, 8, 0.05, 1.0),
    Cell("M1", 16, 8, 0.10, 4.0),
    Cell("M1", 32, 4, 0.15, 1.0),
]
"""A small set for the test suite."""


def design(cell: Cell) -> pd.DataFrame:
    """Rows of the trial without its outcome; `group` 0 where no group acts."""
    n = cell.groups * cell.size
    arm = np.repeat([1.0, 0.0], n)
    group = np.concatenate([1 + np.arange(n) // cell.size, np.zeros(n, int)])
    people = pd.DataFrame({"id": np.arange(2 * n), "arm": arm, "group": group, "grouped": arm})
    if cell.model == "M1":
        return people
    frame = people.loc[people.index.repeat(len(TIMES))].reset_index(drop=True)
    return frame.assign(time=np.tile(TIMES, 2 * n))


def outcomes(cell: Cell, frame: pd.DataFrame, trials: int) -> np.ndarray:
    """Outcomes without any difference between the arms, (rows, trials)."""
    rng = cell.generator()
    odds = cell.icc / (1 - cell.icc)
    grouped, group = frame["grouped"].to_numpy()[:, None], frame["group"].to_numpy()
    if cell.model == "M1":
        variance = np.where(grouped == 1, cell.ratio, 1.0)
        effects = rng.normal(0, np.sqrt(odds * cell.ratio), (cell.groups + 1, trials))[group]
        return grouped * effects + rng.normal(size=(len(frame), trials)) * np.sqrt(variance)
    time, who = frame["time"].to_numpy()[:, None], frame["id"].to_numpy()
    people = rng.multivariate_normal([0, 0], PERSON, (who.max() + 1, trials))[who]
    groups = rng.multivariate_normal([0, 0], odds * PERSON, (cell.groups + 1, trials))[group]
    both = people + grouped[:, :, None] * groups
    noise = rng.normal(0, np.sqrt(OCCASION), (len(frame), trials))
    return both[:, :, 0] + time * both[:, :, 1] + noise


def arguments(cell: Cell) -> dict[str, Any]:
    """Return the arguments of the default analysis, the sign of what groups share included."""
    shared = {"group": "group", "grouped": "grouped", "negative_icc": may_be_negative(cell.groups)}
    if cell.model == "M1":
        return {"formula": "y ~ arm", "residual_by": "arm", **shared}
    return {"formula": "y ~ arm * time", "participant": "id", "slope": "time", **shared}
