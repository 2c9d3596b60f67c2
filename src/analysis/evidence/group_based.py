"""The Campbell review of group-based interventions (Dalgaard, Vembye et al. 2025/26), recomputed.

Effects against mostly usual care, positive = group better; only 7 of 349 effects compare with
individual treatment. Specification, read in the review's open code: V from shared arms with
correlation .8 within study and outcome at one time, random study and effect, CR2 by study.
Estimates by construct: the same model in each construct apart, to which the review's joint model
with variances by construct is equal.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.evidence.covariance import build_v
from analysis.evidence.errors import SourceError
from analysis.evidence.pooling import pool
from analysis.evidence.result import Pooled

RHO = 0.8
REINTEGRATION = "Reintegrational outcome"
MENTAL_HEALTH = "Mental health outcome"
INDIVIDUAL_CONTROL = "Individual treatment"

CONSTRUCTS: dict[str, str] = {
    "selfesteem": "Self-esteem",
    "hope": "Hope, empowerment & self-efficacy",
    "loneliness": "Loneliness",
    "social": "Social functioning (degree of impairment)",
    "wellbeing": "Wellbeing and quality of life",
    "substance use": "Alcohol and drug abuse/misuse",
}
"""Our name of a construct (a claim's id where it is one) and the review's."""


def read_effects(path: Path) -> pd.DataFrame:
    """Read the review's effects.

    Parameters
    ----------
    path : Path
        The file `effects.csv` of the shared data.

    Raises
    ------
    SourceError
        If the file is not there.
    """
    if not path.is_file():
        raise SourceError("the effects of the review of group-based interventions are not there")
    return pd.read_csv(path, encoding="utf-8")


def pool_effects(
    effects: pd.DataFrame, *, effect: str = "gt_pop", variance: str = "vgt_pop", rho: float = RHO
) -> Pooled:
    """Pool a part of the review's effects by its specification.

    Parameters
    ----------
    effects : DataFrame
        Rows of `read_effects`.
    effect, variance : str
        Columns to pool: corrected for groups (``gt_pop``, ``vgt_pop``) or not (``g``, ``vg``).
    rho : float
        Correlation of different outcomes of one study.
    """
    e = effects.dropna(subset=[effect, variance])
    covariance = build_v(
        e[variance],
        e["study"],
        rho=rho,
        outcome=e["outcome"] + " at " + e["time"].astype(str),
        grp1=e["trt_name"],
        n1=e["N_t"],
        grp2=e["control"],
        n2=e["N_c"],
    )
    return pool(e[effect], e[variance], study=e["study"], V=covariance)


def review_estimates(effects: pd.DataFrame) -> pd.DataFrame:
    """Pool the review's main outcomes, its constructs and its contrast with individual treatment.

    Returns
    -------
    DataFrame
        `part`, `comparator`, the numbers of `Pooled.to_row`, `notes`; positive = group better.
    """
    usual = "usual care or waiting list (mostly)"
    parts = {
        "social reintegration": (effects["outcome_construct"] == REINTEGRATION, usual),
        "mental health": (effects["outcome_construct"] == MENTAL_HEALTH, usual),
    }
    for ours, theirs in CONSTRUCTS.items():
        parts[ours] = (effects["analysis_plan"] == theirs, usual)
    parts["against individual treatment"] = (
        effects["control"] == INDIVIDUAL_CONTROL,
        "individual treatment",
    )
    rows = []
    for part, (keep, comparator) in parts.items():
        found = pool_effects(effects[keep])
        notes = "; ".join(found.notes)
        rows.append({"part": part, "comparator": comparator, **found.to_row(), "notes": notes})
    return pd.DataFrame(rows)
