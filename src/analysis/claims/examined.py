"""What was examined, held against a margin: specifications judged, confounders weighed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.claims.assay import assay_table
from analysis.claims.decide import verdict_of
from analysis.effects.scrutiny.sensitivity import unmeasured_tables


def judge_examined(
    examined: Mapping[str, pd.DataFrame],
    table: Mapping[str, Any],
    margin: float,
    asked: float,
) -> dict[str, pd.DataFrame]:
    """Hold what was examined against the margin of the plan.

    Parameters
    ----------
    examined : mapping of str to DataFrame
        ``specifications``, ``arm_change`` and ``strength``, as `effects.scrutiny.examine` gives
        them.
    table : mapping
        The decision table of the deciding part.
    margin : float
        In points of the outcome, positive.
    asked : float
        The chance of telling a difference of the margin that the plan asks for.

    Returns
    -------
    dict of str to DataFrame
        ``specifications`` with verdict (empty without an estimate) and margin; ``unmeasured`` and
        ``contour`` (`unmeasured_tables`); ``assay`` (`assay_table`) and
        ``arm_change`` as given.

    Raises
    ------
    ModelInputError
        If the margin is not positive.
    """
    declared = examined["specifications"]
    verdicts = [verdict_of(row, table, margin) for row in declared.to_dict("records")]
    unmeasured, contour = unmeasured_tables(examined["strength"], margin)
    return {
        "specifications": declared.assign(verdict=verdicts, margin=margin),
        "unmeasured": unmeasured,
        "contour": contour,
        "arm_change": examined["arm_change"],
        "assay": assay_table(declared, examined["arm_change"], margin, asked),
    }
