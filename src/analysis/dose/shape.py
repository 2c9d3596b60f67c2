"""The shape of an outcome over hours: curves along each arm's hours, and the surface of cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust.columns import Matrix, Vector
from analysis.adjust.contrasts import Comparison
from analysis.dose.estimate import Regression, hour_terms
from analysis.dose.history import FORMATS, History
from analysis.records.intervals import interval

CURVE = (
    *("contrast", "arm", "format", "analysis", "unit", "hours", "reference"),
    *("value", "ci95_low", "ci95_high", "n"),
)
SURFACE = (
    *("contrast", "arm", "group_from", "individual_from", "width"),
    *("group_hours", "individual_hours", "n", "value", "unit"),
)
POINTS = 21
ENDS = (0.05, 0.95)
CELL = 1.0


def curve_rows(
    comparison: Comparison, history: History, fit: Regression, analysis: str, df: float
) -> list[dict[str, Any]]:
    """Return the outcome along each format's hours in each arm, the other format at its mean.

    Parameters
    ----------
    comparison : Comparison
    history : History
    fit : Regression
        The curved one.
    analysis : {"weighted", "naive"}
    df : float
        Degrees of freedom of the pointwise intervals.

    Returns
    -------
    list of dict
        Rows of `CURVE` from the 5th to the 95th percentile of the arm's hours: points of the
        outcome against the arm's mean hours (``reference``), positive = better.
    """
    beta, cov, seen = fit.coefficients[:5], fit.covariance(5), fit.w > 0
    rows: list[dict[str, Any]] = []
    for arm in dict.fromkeys(history.people["arm"]):
        inside = history.people["arm"].eq(arm).to_numpy() & seen
        hours = history.people.loc[inside, list(FORMATS)].to_numpy(dtype=float)
        mean = hours.mean(axis=0)
        for place, name in enumerate(FORMATS):
            low, high = np.quantile(hours[:, place], ENDS)
            grid = np.tile(mean, (POINTS, 1))
            grid[:, place] = np.linspace(low, high, POINTS)
            away = hour_terms(grid, curved=True) - hour_terms(mean[None, :], curved=True)
            named = {"contrast": comparison.contrast.id, "arm": arm, "format": name}
            named |= {"analysis": analysis, "unit": comparison.outcome.unit}
            for at, value, error in zip(
                grid[:, place], away @ beta, _errors(away, cov), strict=True
            ):
                ends = interval(float(value), float(error), df, 0.95)
                row = {"hours": at, "reference": mean[place], "value": value, "n": len(hours)}
                rows.append(named | row | {"ci95_low": ends[0], "ci95_high": ends[1]})
    return rows


def _errors(away: Matrix, cov: Matrix) -> Vector:
    return np.asarray(np.sqrt(np.maximum(np.einsum("rk,rk->r", away @ cov, away), 0.0)))


def surface_table(
    comparison: Comparison, history: History, fit: Regression, fewest: int
) -> pd.DataFrame:
    """Return the fitted outcome in cells of one hour by one hour, only where participants are.

    Parameters
    ----------
    comparison : Comparison
    history : History
    fit : Regression
        The curved one, weighted.
    fewest : int
        Participants of a cell that is shown.

    Returns
    -------
    DataFrame
        `SURFACE`: an arm's cells with enough participants, their mean hours, and points of
        the outcome against the arm's mean hours, positive = better.
    """
    beta, seen = fit.coefficients[:5], fit.w > 0
    parts = []
    for arm in dict.fromkeys(history.people["arm"]):
        people = history.people[history.people["arm"].eq(arm).to_numpy() & seen]
        hours = people[list(FORMATS)].astype(float)
        corner = (hours // CELL * CELL).rename(columns={name: f"{name}_from" for name in FORMATS})
        named = hours.rename(columns={name: f"{name}_hours" for name in FORMATS}).assign(n=1)
        cells = named.join(corner).groupby(list(corner), as_index=False)
        table = cells.agg({**{name: "mean" for name in named}, "n": "size"})
        table = table[table["n"] >= fewest]
        at = table[[f"{name}_hours" for name in FORMATS]].to_numpy(dtype=float)
        centre = hours.to_numpy(dtype=float).mean(axis=0, keepdims=True)
        away = hour_terms(at, curved=True) - hour_terms(centre, curved=True)
        parts.append(table.assign(value=away @ beta, arm=arm))
    table = pd.concat(parts, ignore_index=True)
    table = table.assign(contrast=comparison.contrast.id, unit=comparison.outcome.unit, width=CELL)
    return table[list(SURFACE)]
