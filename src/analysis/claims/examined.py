"""What was examined, held against a margin: specifications, confounders, and what nobody saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.claims.assay import assay_table
from analysis.claims.decide import verdict_of
from analysis.claims.unseen import judge_unseen
from analysis.scrutiny.sensitivity import unmeasured_tables


def judge_examined(
    examined: Mapping[str, pd.DataFrame],
    table: Mapping[str, Any],
    margin: Mapping[str, Any],
    *,
    asked: float,
    bearing: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Hold what was examined against the margin of the plan.

    Parameters
    ----------
    examined : mapping of str to DataFrame
        ``specifications``, ``arm_change`` and ``strength``, as `scrutiny.examine` gives
        them; ``ladder`` and ``tipping``, as `unseen.examine_missing` does.
    table : mapping
        The decision table of the deciding part.
    margin : mapping
        ``value`` in points of the outcome, positive, and its ``instrument``.
    asked : float
        The chance of telling a difference of the margin that the plan asks for.
    bearing : sequence of str
        Contrasts that bear on the claim.

    Returns
    -------
    dict of str to DataFrame
        ``specifications`` with verdict (empty without an estimate) and margin; ``unmeasured`` and
        ``contour`` (`unmeasured_tables`); ``assay`` (`assay_table`); ``arm_change`` as given;
        ``ladder`` and ``tipping`` (`judge_unseen`).

    Raises
    ------
    ModelInputError
        If the margin is not positive.
    """
    points = float(margin["value"])
    declared = examined["specifications"]
    verdicts = [verdict_of(row, table, points) for row in declared.to_dict("records")]
    unmeasured, contour = unmeasured_tables(examined["strength"], points)
    return {
        "specifications": declared.assign(verdict=verdicts, margin=points),
        "unmeasured": unmeasured,
        "contour": contour,
        "arm_change": examined["arm_change"],
        "assay": assay_table(declared, examined["arm_change"], points, asked),
        **judge_unseen(examined, table, margin, bearing),
    }
