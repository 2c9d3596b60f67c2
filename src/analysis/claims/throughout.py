"""SUPPORTED must hold throughout the plan's delta range: what is allowed of the unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd

from analysis.claims.agreement import UNDECIDED, left_open
from analysis.claims.decide import verdict_of
from analysis.records.verdict import Verdict
from analysis.unseen.tipping import read_off

ROLES = ("comparison", "reference")
Range = Mapping[str, Any]
Ends = dict[str, tuple[float, float]]


def hold_throughout(
    judged: Verdict,
    declared: Range,
    table: Mapping[str, Any],
    unseen: Mapping[str, pd.DataFrame],
    case: str,
) -> Verdict:
    """Hold a part's SUPPORTED to every assumption of the declared range about the unseen.

    Delta-adjusted controlled multiple imputation (Cro et al. 2020, doi 10.1002/sim.8569). The
    difference is linear in the deltas and its standard error convex, so that the ends of an
    interval are least favourable at a corner of the range: the four corners decide.

    Parameters
    ----------
    judged : Verdict
    declared : mapping
        ``comparison`` and ``reference``: the least and the most by which the unseen of the arm did
        worse than imputed, in margins. Leavers who were seen later may widen it (`widened`).
    table : mapping
        The part's decision table; ``unless_throughout`` says what SUPPORTED becomes where it tips
        inside the range (``tips``), or where nobody could look (``absent``). Without it nothing is
        asked.
    unseen : mapping of str to DataFrame
        ``tipping`` and ``plausible``, as `unseen.examine_missing` makes them.
    case : str
        Contrast, construct and time: whose rows are read.

    Returns
    -------
    Verdict
        With ``delta_range``: comparison, reference (points), widened (arms), holds (None where
        nobody could look) and the corner of the least favourable answer: worse_comparison,
        worse_reference, estimate, interval (that which decides), verdict.
    """
    if "unless_throughout" not in table or judged.verdict in UNDECIDED:
        return judged
    if judged.n_used is not None and judged.n_used == judged.n_eligible:
        return judged  # nobody is unseen
    surface = unseen["tipping"]
    plausible = unseen["plausible"]
    later = plausible[plausible["case"].eq(case)]
    ends, wider = widened(declared, float(judged.margin or 0.0), later)
    found: dict[str, Any] = {**ends, "widened": wider}
    corners = _corners(surface[surface["case"].eq(case)], ends, table, judged.margin)
    if corners is None:
        fired, why = table["unless_throughout"]["absent"], "could not be looked at"
        found["holds"] = None
    else:
        fired, why = table["unless_throughout"]["tips"], "tips"
        tips = [one for one in corners if one["verdict"] != judged.verdict]
        found |= {"holds": not tips, **_least(tips or corners)}
    judged = replace(judged, delta_range=found)
    if judged.verdict != "SUPPORTED" or found["holds"]:
        return judged
    return left_open(judged, fired, f"unless throughout the delta range: {why}")


def widened(declared: Range, margin: float, plausible: pd.DataFrame) -> tuple[Ends, list[str]]:
    """Widen the declared range where leavers who were seen later did worse (or better) than it.

    An end moves to the estimate of those leavers where the whole 95% interval of the estimate lies
    beyond it. Nothing narrows the range.

    Parameters
    ----------
    declared : mapping
        In margins.
    margin : float
        Points.
    plausible : DataFrame
        Rows of one case, as `unseen.plausible_region` gives them: role, worse, low, high.

    Returns
    -------
    dict
        Role to its ends, points.
    list of str
        Roles of the arms whose range was widened.
    """
    ends = {role: (declared[role][0] * margin, declared[role][1] * margin) for role in ROLES}
    wider = []
    for row in plausible.to_dict("records"):
        low, high = ends[row["role"]]
        if row["low"] > high or row["high"] < low:
            ends[row["role"]] = (min(low, row["worse"]), max(high, row["worse"]))
            wider.append(row["role"])
    return ends, wider


def _corners(
    surface: pd.DataFrame, ends: Ends, table: Mapping[str, Any], margin: float | None
) -> list[dict[str, Any]] | None:
    """Judge each corner of the range; None where one of them lies outside what was looked at."""
    found = []
    for deltas in product(ends["comparison"], ends["reference"]):
        read = read_off(surface, *deltas)
        if read is None:
            return None
        verdict = verdict_of({"status": "ok", **read}, table, margin)
        interval = tuple(read[f"{table['interval']}_{end}"] for end in ("low", "high"))
        corner = {f"worse_{role}": delta for role, delta in zip(ROLES, deltas, strict=True)}
        found.append(
            {**corner, "estimate": read["value"], "interval": interval, "verdict": verdict}
        )
    return found


def _least(corners: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the corner where the comparison arm comes off worst."""
    return min(corners, key=lambda one: float(one["estimate"]))
