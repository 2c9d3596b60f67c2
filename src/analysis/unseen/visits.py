"""Visits driven by symptoms: what the last score says of whether, and when, the next is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.adjust.logistic import Weighted, expit, newton
from analysis.engine import fit_mixed
from analysis.records.errors import ConvergenceError, InsufficientDataError
from analysis.records.intervals import interval
from analysis.records.times import one_time
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Visits:
    """What the last score says of the next assessment.

    Attributes
    ----------
    table : DataFrame
        One row a question: question ("whether", "when"), unit ("log odds ratio" of being
        assessed, "days" later than planned), value, se, df, low, high (95%), rows, episodes. Per
        standard deviation of the last score, in the direction of worse.
    """

    table: pd.DataFrame


def symptom_driven_visits(rows: pd.DataFrame, toward_better: int) -> Visits:
    """Ask whether assessments depend on the symptoms of the one before.

    Whether: discrete-time logistic regression of being assessed at each planned wave on the last
    score seen, arm and wave (Singer and Willett 1993, doi 10.3102/10769986018002155), errors
    clustered by therapy group or else by episode (Liang and Zeger 1986,
    doi 10.1093/biomet/73.1.13), t with clusters less one df. When: least squares of the day less
    the wave's median day on the same, CR2; left out where all were taken on the planned day.

    Parameters
    ----------
    rows : DataFrame
        One row a planned assessment after baseline: ``episode_id``, ``arm``, ``cluster`` (missing
        where none), ``wave``, ``seen`` (bool), ``day`` (missing where not seen) and ``last`` (the
        score before, on its own scale; rows without are left out).
    toward_better : {1, -1}
        1 where higher scores are better.

    Raises
    ------
    ModelInputError
        If all planned assessments, or none, were taken.
    ConvergenceError
        If the logistic regression has no maximum.
    """
    used = rows.dropna(subset=["last"]).reset_index(drop=True)
    if used["seen"].nunique() < 2:
        raise InsufficientDataError("all planned assessments were taken, or none")
    spread = float(used["last"].std())
    if not spread > 0:
        raise InsufficientDataError("the last scores are all alike")
    used["worse"] = -toward_better * (used["last"] - used["last"].mean()) / spread
    alone = "episode " + used["episode_id"].astype(str)
    used["unit"] = used["cluster"].where(used["cluster"].notna(), alone)
    taken = used[used["seen"]].dropna(subset=["day"])
    taken = taken.assign(day=one_time(taken["day"].astype(float)))
    planned = taken.groupby("wave")["day"].transform("median")
    taken = taken.assign(late=taken["day"] - planned)
    table = [_whether(used)]
    if taken["late"].nunique() > 1:
        table.append(_when(taken))
    return Visits(pd.DataFrame(table))


def _whether(used: pd.DataFrame) -> dict[str, object]:
    levels = pd.get_dummies(used[["arm", "wave"]].astype(str), drop_first=True, dtype=float)
    x = np.column_stack([np.ones(len(used)), used["worse"], levels])
    y = used["seen"].to_numpy(dtype=float)
    gamma = newton(Weighted(x), y, np.ones((1, len(y))), np.zeros(x.shape[1]))[0]
    if not np.isfinite(gamma).all():
        raise ConvergenceError("the model of who is assessed has no maximum")
    chance = expit(x @ gamma)
    bread = np.linalg.inv(x.T @ (x * (chance * (1 - chance))[:, None]))
    code = pd.factorize(used["unit"])[0]
    sums = np.zeros((code.max() + 1, x.shape[1]))
    np.add.at(sums, code, x * (y - chance)[:, None])
    units = len(sums)
    cov = bread @ (sums.T @ sums) @ bread * units / (units - 1)
    return _row("whether", "log odds ratio", gamma[1], np.sqrt(cov[1, 1]), units - 1, used)


def _when(used: pd.DataFrame) -> dict[str, object]:
    waves = " + C(wave)" if used["wave"].nunique() > 1 else ""
    fit = fit_mixed(
        used.assign(weight=1.0, in_a_unit=1.0),
        f"late ~ worse + C(arm){waves}",
        group="unit",
        grouped="in_a_unit",
        sampling_weights="weight",
    )
    found = fit.contrast({"worse": 1.0})
    return _row("when", "days", found.estimate, found.se, found.df, used)


def _row(
    question: str, unit: str, value: float, se: float, df: float, used: pd.DataFrame
) -> dict[str, object]:
    low, high = interval(float(value), float(se), float(df), 0.95)
    return {
        "question": question,
        "unit": unit,
        "value": float(value),
        "se": float(se),
        "df": float(df),
        "low": low,
        "high": high,
        "rows": len(used),
        "episodes": int(used["episode_id"].nunique()),
    }
