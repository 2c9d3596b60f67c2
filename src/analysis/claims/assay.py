"""Assay sensitivity: whether a study could have told a difference of the margin's size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from scipy.special import nctdtr, stdtrit

COLUMNS = (
    *("contrast", "unit", "margin", "se", "df", "power", "asked", "detectable"),
    *("arms", "arms_changed", "sensitive"),
)
LEVEL = 0.95


def assay_table(
    specifications: pd.DataFrame, changes: pd.DataFrame, margin: float, asked: float
) -> pd.DataFrame:
    """Say for each contrast whether equivalence could have been refuted had it been false.

    A result of no difference speaks for equivalence only where the study would have shown a
    difference that exists (ICH E10, 2000, section 1.5.1: assay sensitivity). Two signs of that are
    read here: the chance that a 95% interval with the standard error found leaves out zero where
    the truth is the margin, and whether each arm changed from intake, as treated clients do.

    Parameters
    ----------
    specifications : DataFrame
        Declared specifications; those whose note says that they decide are read.
    changes : DataFrame
        As `scrutiny.assay.arm_changes` gives them.
    margin : float
        In points, positive.
    asked : float
        The chance that the plan asks for.

    Returns
    -------
    DataFrame
        One row a contrast with an estimate: power (chance), detectable (the difference that would
        be told with the chance asked, normal approximation to its noncentral t), arms,
        arms_changed, sensitive (True where both signs hold).
    """
    rows = []
    deciding = specifications[specifications["note"].eq("decides")]
    for one in deciding[deciding["status"].eq("ok")].to_dict("records"):
        mine = changes[changes["contrast"].eq(one["contrast"])]
        changed = int(mine["detected"].astype(bool).sum())
        power = chance_of_telling(margin, one)
        reach = stdtrit(one["df"], 0.5 + LEVEL / 2) + stdtrit(one["df"], asked)
        row = {"contrast": one["contrast"], "unit": one["unit"], "margin": margin}
        row |= {"se": one["se"], "df": one["df"], "power": power, "asked": asked}
        row |= {"detectable": float(reach * one["se"]), "arms": len(mine), "arms_changed": changed}
        rows.append(row | {"sensitive": power >= asked and 0 < len(mine) == changed})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def chance_of_telling(difference: float, estimate: Mapping[Any, Any]) -> float:
    """Return the chance that a 95% interval leaves out zero where `difference` is true.

    The t statistic is noncentral with noncentrality difference over standard error (Johnson, Kotz
    and Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 31).
    """
    df, shift = float(estimate["df"]), difference / float(estimate["se"])
    bound = float(stdtrit(df, 0.5 + LEVEL / 2))
    return float(1 - nctdtr(df, shift, bound) + nctdtr(df, shift, -bound))
