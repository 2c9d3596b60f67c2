"""The format-confounding trap: subgroups between trials against contrasts within trials.

Trials of group therapy and trials of individual therapy differ in populations, controls, sizes and
years; comparing their effects over control conditions is not a comparison of formats.
"""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from analysis.evidence.metapsy import SIGN, read_database
from analysis.evidence.pooling import pool
from analysis.evidence.result import Pooled, quantile

RHO = 0.5
FORMATS = ("group", "individual")
ADULT_DEPRESSION = "depression-psyctr"
_NO_FORMAT = ("bodily-distress-psyctr", "panic-psyctr")


def effects_over_controls(folder: Path, databases: tuple[str, ...]) -> pd.DataFrame:
    """Effects of group and of individual therapy over control conditions after treatment.

    Parameters
    ----------
    folder : Path
        Folder of the Metapsy databases.
    databases : tuple of str
        Names of the databases.

    Returns
    -------
    DataFrame
        `database`, `study` (unique over databases), `format`, `g` (positive = treated arm better),
        `v`.
    """
    parts = []
    for name in databases:
        one = read_database(folder, name)
        one = one[(one["time"] == "post") & one["format"].isin(FORMATS)]
        one = one[one["g"].notna() & (one["se"] > 0)]
        parts.append(
            pd.DataFrame(
                {
                    "database": name,
                    "study": name + ": " + one["study"],
                    "format": one["format"],
                    "g": one["g"],
                    "v": one["se"] ** 2,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _row(comparison: str, kind: str, found: Pooled, unit: str) -> dict[str, object]:
    return {
        "comparison": comparison,
        "kind": kind,
        "scale": unit,
        "studies": found.studies,
        "k": found.k,
        "estimate": found.estimate,
        "se": found.se,
        "ci_low": found.ci[0],
        "ci_high": found.ci[1],
        "tau": (found.tau2 + found.omega2) ** 0.5,
    }


def _difference(
    comparison: str, kind: str, estimate: float, se: float, found: Pooled
) -> dict[str, object]:
    half = quantile(0.975, math.inf) * se
    row = _row(comparison, kind, found, "group minus individual")
    return row | {
        "estimate": estimate,
        "se": se,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
    }


def _between(effects: pd.DataFrame, where: str) -> list[dict[str, object]]:
    """Each format over control, their naive difference, and the same with one heterogeneity."""
    kind, found = "between trials", {}
    for one in FORMATS:
        part = effects[effects["format"] == one]
        found[one] = pool(part["g"], part["v"], study=part["study"], rho=RHO)
    rows = [
        _row(f"{one} against control, {where}", kind, found[one], "over control") for one in FORMATS
    ]
    is_group = (effects["format"] == "group").astype(float).rename("group")
    both = pool(effects["g"], effects["v"], study=effects["study"], rho=RHO, mods=is_group)
    group, individual, slope = found["group"], found["individual"], both.coefficients[1]
    gap, gap_se = group.estimate - individual.estimate, math.hypot(group.se, individual.se)
    naive = _difference(f"difference of subgroups, {where}", kind, gap, gap_se, both)
    shared = _difference(
        f"difference by meta-regression, {where}", kind, slope.estimate, slope.se, both
    )
    low, high = slope.interval()
    return [*rows, naive | {"tau": math.nan}, shared | {"ci_low": low, "ci_high": high}]


def trap_table(folder: Path, trials: pd.DataFrame) -> pd.DataFrame:
    """Everything that the figure of the trap shows, one row a mark.

    Parameters
    ----------
    folder : Path
        Folder of the Metapsy databases.
    trials : DataFrame
        Head-to-head trials, as `head_to_head.trials` returns.

    Returns
    -------
    DataFrame
        `comparison`, `kind` (``between trials`` or ``within trials``), `scale`, `studies`, `k`,
        `estimate`, `se`, `ci_low`, `ci_high`, `tau`. Over control, positive = treatment better;
        group minus individual, positive = group better. Between trials:
        correlated-and-hierarchical effects model with correlation .5 within study, CR2; the
        difference of subgroups with a normal reference, as a naive reader would take it. Within
        trials: REML, Hartung-Knapp.
    """
    everywhere = tuple(name for name in SIGN if name not in _NO_FORMAT)
    rows = _between(effects_over_controls(folder, (ADULT_DEPRESSION,)), "adult depression")
    rows += _between(effects_over_controls(folder, everywhere), f"{len(everywhere)} databases")
    main = trials[trials["in_main"]]
    depression = main[main["dataset"] == ADULT_DEPRESSION]
    for label, part in (("adult depression", depression), ("all direct trials", main)):
        found = pool(part["g"], part["v"])
        name = f"direct comparison, {label}"
        rows.append(_row(name, "within trials", found, "group minus individual"))
    return pd.DataFrame(rows)
