"""Two answers that must agree: by the format assigned, and per protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis.claims.decide import verdict_of
from analysis.records.verdict import Verdict

UNDECIDED = ("ERROR", "NOT TESTABLE")


def hold_to(
    judged: Verdict,
    part: Mapping[str, Any],
    table: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
) -> Verdict:
    """Hold a part to the second answer that the plan asks for, where it asks for one.

    Parameters
    ----------
    judged : Verdict
        The part, judged on the answer by the format assigned.
    part : mapping
        ``agrees_with`` names the specification of the second answer; absent: nothing is asked.
    table : mapping
        The part's decision table; ``unless_agreed`` says what SUPPORTED becomes where the second
        answer differs (``disagree``) or has no estimate (``absent``).
    rows : sequence of mapping
        Specifications of the contrast, as `count_agreement` takes them.

    Returns
    -------
    Verdict
        With ``per_protocol``: specification, verdict, agrees (None without an estimate), estimate,
        ci90, n_used, n_eligible, message.
    """
    name = part.get("agrees_with")
    if name is None or judged.verdict in UNDECIDED:
        return judged
    row = next((one for one in rows if one["name"] == name), None)
    second = _second(str(name), row, table, judged)
    judged = replace(judged, per_protocol=second)
    if judged.verdict != "SUPPORTED" or second["agrees"]:
        return judged
    why = "absent" if second["agrees"] is None else "disagree"
    return left_open(judged, table["unless_agreed"][why], f"unless per protocol agrees: {why}")


def left_open(judged: Verdict, fired: Mapping[str, str], why: str) -> Verdict:
    """Take SUPPORTED back for what a decision table says follows, with the rule that did it.

    Parameters
    ----------
    judged : Verdict
    fired : mapping
        ``verdict``, ``reason`` and ``says``.
    why : str
        What is added to the rule.
    """
    return replace(
        judged,
        verdict=fired["verdict"],
        reason=fired["reason"],
        reason_text=fired["says"],
        rule=f"{judged.rule}; {why}",
        recovered="undecided" if judged.recovered else "",
    )


def _second(
    name: str, row: Mapping[str, Any] | None, table: Mapping[str, Any], judged: Verdict
) -> dict[str, Any]:
    if row is None:
        return {"specification": name, "verdict": "", "agrees": None, "message": "not estimated"}
    verdict = verdict_of(row, table, judged.margin)
    shown = row["status"] == "ok"
    return {
        "specification": name,
        "verdict": verdict,
        "agrees": verdict == judged.verdict if verdict else None,
        "estimate": float(row["value"]) if shown else None,
        "ci90": (float(row["ci90_low"]), float(row["ci90_high"])) if shown else None,
        "n_used": int(row["n_used"]),
        "n_eligible": int(row["n_eligible"]),
        "message": "" if shown else str(row["message"]),
    }
