"""Who is in each arm at the start: covariates and baseline scores, and how far arms differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.store import Tables

SIDES = ("comparison", "reference")
FIGURES = ("n", "missing", "count", "percent", "mean", "sd")
COLUMNS = (
    *("covariate", "label", "type", "level"),
    *(f"{figure}_{side}" for side in SIDES for figure in FIGURES),
    "smd",
)


def baseline_table(
    tables: Tables, outcomes: pd.DataFrame, config: Mapping[str, Any], contrast: str
) -> pd.DataFrame:
    """Compare the arms of a contrast before treatment.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The cohort's canonical tables.
    outcomes : DataFrame
        As `outcome_table` gives it; its baseline scores are compared too, the primary first.
    config : mapping
        The study's config: covariates and contrasts.
    contrast : str
        Key of `contrasts`.

    Returns
    -------
    DataFrame
        One row per numeric covariate and per level of a categorical one: covariate, label, type,
        level (empty if numeric), and for each side (suffix `_comparison`, `_reference`) n (not
        missing), missing, count, percent (of those not missing), mean and sd; smd, the
        covariate's standardised mean difference, repeated on its levels. It is signed,
        comparison less reference, for numeric covariates and a distance (at least 0) for
        categorical ones; missing where a side has nobody, infinite where the sides differ
        without any spread.
    """
    episodes = tables["episodes"]
    arms = [config["contrasts"][contrast][side] for side in SIDES]
    rows: list[dict[str, Any]] = []
    for covariate in config.get("covariates", ()):
        if covariate["role"] == "baseline":
            values = _split(episodes[covariate["column"]], episodes["arm"], arms)
            describe = _numeric if covariate["type"] == "numeric" else _categorical
            name = covariate["column"]
            rows += [{"covariate": name, "label": name, **row} for row in describe(*values)]
    for (construct, instrument), part in outcomes.groupby(["construct", "instrument"], sort=False):
        scores = part.drop_duplicates("episode_id")
        if scores["baseline"].notna().any() and set(arms) <= set(scores["arm"]):
            values = _split(scores["baseline"], scores["arm"], arms)
            label = f"{construct} at baseline ({instrument})"
            name = f"baseline_{construct}"
            rows += [{"covariate": name, "label": label, **row} for row in _numeric(*values)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def smd_numeric(comparison: pd.Series, reference: pd.Series) -> float:
    """Return the standardised mean difference of a numeric covariate, comparison less reference.

    ``(m1 - m0) / sqrt((s1^2 + s0^2) / 2)`` (Austin 2009, doi 10.1002/sim.3697), missing left out.
    """
    one, zero = (side.dropna().to_numpy(dtype=float) for side in (comparison, reference))
    if len(one) < 2 or len(zero) < 2:
        return float("nan")
    difference = float(one.mean() - zero.mean())
    spread = float(np.sqrt((one.var(ddof=1) + zero.var(ddof=1)) / 2))
    if spread > 0:
        return difference / spread
    return float(np.copysign(np.inf, difference)) if difference else 0.0


def smd_categorical(comparison: pd.Series, reference: pd.Series) -> float:
    """Return the standardised difference of a categorical covariate, a distance of at least 0.

    ``sqrt((T - C)' S^-1 (T - C))`` with T and C the proportions of all levels but one and S the
    mean of their multinomial covariances (Yang and Dalton 2012, SAS Global Forum 335-2012); with
    two levels it is the absolute value of Austin's (2009, doi 10.1002/sim.3697). Missing left out.
    """
    one, zero = comparison.dropna(), reference.dropna()
    levels = sorted({*one.unique(), *zero.unique()}, key=str)
    if not len(one) or not len(zero):
        return float("nan")
    if len(levels) < 2:
        return 0.0
    t, c = (
        side.value_counts(normalize=True).reindex(levels[1:], fill_value=0).to_numpy(dtype=float)
        for side in (one, zero)
    )
    covariance = (np.diag(t) - np.outer(t, t) + np.diag(c) - np.outer(c, c)) / 2
    inverse = np.linalg.pinv(covariance, hermitian=True)
    difference = t - c
    if not np.allclose(covariance @ inverse @ difference, difference, atol=1e-9):
        return float("inf")
    return float(np.sqrt(difference @ inverse @ difference))


def _split(values: pd.Series, arm: pd.Series, arms: list[str]) -> tuple[pd.Series, pd.Series]:
    comparison, reference = (values[arm.eq(name).fillna(False)] for name in arms)
    return comparison, reference


def _numeric(comparison: pd.Series, reference: pd.Series) -> list[dict[str, Any]]:
    row: dict[str, Any] = {"type": "numeric", "level": ""}
    for side, values in zip(SIDES, (comparison, reference), strict=True):
        known = values.dropna().astype("float64")
        row |= {
            f"n_{side}": len(known),
            f"missing_{side}": len(values) - len(known),
            f"mean_{side}": known.mean(),
            f"sd_{side}": known.std(ddof=1),
        }
    return [row | {"smd": smd_numeric(comparison, reference)}]


def _categorical(comparison: pd.Series, reference: pd.Series) -> list[dict[str, Any]]:
    smd = smd_categorical(comparison, reference)
    levels = sorted({*comparison.dropna().unique(), *reference.dropna().unique()}, key=str)
    rows = []
    for level in levels:
        row: dict[str, Any] = {"type": "categorical", "level": str(level)}
        for side, values in zip(SIDES, (comparison, reference), strict=True):
            known = values.dropna()
            count = int(known.eq(level).sum())
            row |= {
                f"n_{side}": len(known),
                f"missing_{side}": len(values) - len(known),
                f"count_{side}": count,
                f"percent_{side}": 100 * count / len(known) if len(known) else float("nan"),
            }
        rows.append(row | {"smd": smd})
    return rows
