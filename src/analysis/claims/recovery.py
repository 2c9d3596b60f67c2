"""Whether a synthetic study came to the verdict that its planted truth deserves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.claims.apply import decide_interval
from analysis.records.verdict import Verdict


def came_back(judged: Verdict, table: Mapping[str, Any], planted: float) -> str:
    """Hold a verdict against the one that the planted value itself would get.

    Parameters
    ----------
    judged : Verdict
        With estimate, intervals, margin and threshold.
    table : mapping
        The part's decision table.
    planted : float
        The truth, in the estimate's unit.

    Returns
    -------
    {"yes", "no", "undecided"}
        ``"undecided"`` where the truth deserves a verdict and the sample cannot tell. Where the
        table only reports, whether the 95% interval holds the planted value.
    """
    if len(table["rows"]) == 1:
        low, high = judged.ci95 or (float("nan"), float("nan"))
        return "yes" if low <= planted <= high else "no"
    deserved, _ = decide_interval(judged, table, (planted, planted))
    if judged.verdict != deserved.verdict:
        return "undecided" if judged.verdict == "INCONCLUSIVE" else "no"
    if judged.reason == deserved.reason:
        return "yes"
    # Rows that share a word: "better" and "better within the margin" agree if the side does;
    # findings of different rows say different things.
    same_side = (judged.estimate or 0.0) * planted > 0
    return "yes" if same_side and judged.verdict != "FINDING" else "no"
