"""What nobody saw, held against a margin: the ladder of assumptions and the tipping surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.claims.decide import verdict_of
from analysis.unseen.tipping import Rule, hold, read_off

#: Answers that are read off the surface: the unseen of the comparison arm under a null.
NULLS = {"null_inferiority": 1.0, "null_superiority": -1.0}
NUMBERS = ("value", "se", "df", "ci90_low", "ci90_high", "ci95_low", "ci95_high")
OUTSIDE = "the margin lies outside the tipping surface"
RULES: dict[bool, Rule] = {True: "non_inferiority", False: "difference"}


def judge_unseen(
    made: Mapping[str, pd.DataFrame],
    table: Mapping[str, Any],
    margin: Mapping[str, Any],
    bearing: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Hold what `unseen.examine_missing` made against the margin of the plan.

    A contrast that bears on the claim, on the margin's instrument, is held against the margin, and
    gets two answers more: the unseen of the comparison arm imputed under the null that
    non-inferiority must beat, and under the other one, for equivalence. Any other contrast asks
    who did better: its 95% interval must leave out zero.

    Parameters
    ----------
    made : mapping of str to DataFrame
        ``ladder`` and ``tipping``.
    table : mapping
        The decision table of the deciding part.
    margin : mapping
        ``value`` in points and its ``instrument``.
    bearing : sequence of str
        Contrasts that bear on the claim.

    Returns
    -------
    dict of str to DataFrame
        ``ladder`` with rule, margin, verdict (empty without a margin or an estimate) and holds;
        ``tipping`` with rule, margin, slack and holds.
    """
    points = float(margin["value"])
    ladder, surface = made["ladder"], made["tipping"]
    rungs = [pd.DataFrame(columns=[*ladder.columns, "rule", "margin", "verdict", "holds"])]
    held = [pd.DataFrame(columns=[*surface.columns, "rule", "margin", "slack", "holds"])]
    for case, rows in ladder.groupby("case", sort=False):
        first = rows.iloc[0]
        bears = first["contrast"] in bearing and first["instrument"] == margin["instrument"]
        mine = surface[surface["case"].eq(case)]
        if bears and len(mine):
            rows = pd.concat([rows, pd.DataFrame(_nulls(rows, mine, points))], ignore_index=True)
        rungs.append(_rungs(rows, bears, table, points))
        if len(mine):
            tipped = hold(mine, RULES[bears], points).surface
            held.append(tipped.assign(rule=RULES[bears], margin=points if bears else None))
    return {"ladder": _joined(rungs), "tipping": _joined(held)}


def _nulls(rows: pd.DataFrame, surface: pd.DataFrame, margin: float) -> list[dict[str, Any]]:
    """Return the two rungs that a margin adds, read off the surface."""
    imputed = rows[rows["answer"].eq("imputed")].iloc[0]
    like = {str(name): value for name, value in imputed.items()}
    blank = {**dict.fromkeys(NUMBERS), "status": "withheld", "message": OUTSIDE}
    found = []
    for answer, sign in NULLS.items():
        named: dict[str, Any] = {
            "answer": answer,
            "id": f"{like['case']}.imputed_{answer}",
            "worse_comparison": sign * margin,
            "note": "",
        }
        found.append({**like, **named, **(read_off(surface, sign * margin) or blank)})
    return found


def _rungs(
    rows: pd.DataFrame, bears: bool, table: Mapping[str, Any], margin: float
) -> pd.DataFrame:
    records = rows.to_dict("records")
    ok = rows["status"].eq("ok")
    if bears:
        holds = rows["ci90_low"] > -margin
        verdicts = [verdict_of(row, table, margin) for row in records]
    else:
        holds = (rows["ci95_low"] > 0) | (rows["ci95_high"] < 0)
        verdicts = [""] * len(rows)
    return rows.assign(
        rule=RULES[bears],
        margin=margin if bears else None,
        verdict=verdicts,
        holds=holds.astype("boolean").where(ok),
    )


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts[1:] or parts, ignore_index=True)
