"""How many declared specifications, valid for the same estimand, come to a part's verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.claims.decide import verdict_of
from analysis.records.verdict import Verdict


def count_agreement(
    judged: Verdict, table: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """Judge every valid specification as the part itself is judged, and count.

    Parameters
    ----------
    judged : Verdict
        The part, with its margin.
    table : mapping
        The part's decision table.
    rows : sequence of mapping
        Specifications of the contrast: name, valid_for_estimand, status, and the interval that
        the table names, as ``ci90_low`` and so on.

    Returns
    -------
    dict or None
        ``k`` of ``m`` with the same verdict, ``without`` (valid ones that gave no estimate) and
        ``specifications`` (name to verdict). None where the part has no verdict of its own.
    """
    if judged.verdict in ("ERROR", "NOT TESTABLE"):
        return None
    valid = [row for row in rows if row["valid_for_estimand"]]
    verdicts = {
        row["name"]: verdict_of(row, table, judged.margin) for row in valid if row["status"] == "ok"
    }
    return {
        "k": sum(one == judged.verdict for one in verdicts.values()),
        "m": len(verdicts),
        "without": len(valid) - len(verdicts),
        "specifications": verdicts,
    }
