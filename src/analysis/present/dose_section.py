"""Hours on the page: which question a dose analysis answers, its sentences and its tables."""

from __future__ import annotations

from typing import Any

from analysis.present import numbers
from analysis.present.design_tables import rows_of
from analysis.present.labels import plain, sentence_case, within
from analysis.present.public import Public
from analysis.present.tables import Table

Row = dict[Any, Any]
QUESTION = (
    "This is a question of its own. The comparison of arms asks who did better by the format "
    "assigned at intake; per protocol it asks that of those who received it. Here it is asked, "
    "among clients assigned to the same arm, how the outcome goes with the hours of each format "
    "that they attended: mean hours a week from intake to the outcome, none after discharge."
)
METHOD = (
    "How a client fares decides how many hours follow, so hours and outcome go together even where "
    "hours change nothing. The weighted analysis makes each week’s hours unrelated to the scores "
    "known before that week (marginal structural model: Robins, Hernán and Brumback 2000, doi "
    "10.1097/00001648-200009000-00011); leaving and missing outcomes are weighted likewise. The "
    "naive analysis is the same regression without weights."
)
LIMIT = (
    "Nobody’s hours were drawn by lot: this is an association, which anything that was not "
    "measured from week to week may explain. It does not say what other hours would have done."
)
PLANTED = (
    "The simulator lets hours change no outcome, and lets attendance follow the last score known "
    "when a week begins: by construction the naive analysis finds what is not there, and the truth "
    "for the weighted one is zero."
)
TERMS = {
    "group_hours": "One group hour a week more",
    "individual_hours": "One individual hour a week more",
    "equal_hours": "One group hour more and one individual hour less (equal hours)",
}


def dose(public: Public, contrast: str) -> dict[str, Any] | None:
    """Return texts and tables of a contrast's dose analysis; None where none was published."""
    rows = rows_of(public, "dose", contrast)
    if not rows:
        return None
    checks = rows_of(public, "dose_checks", contrast)
    body = [
        [sentence_case(plain(r["name"])), numbers.fixed(r["value"], 2), r["status"], r["text"]]
        for r in checks
    ]
    columns = ["Check", "Value", "Status", "In words"]
    return {
        "texts": [QUESTION, *sentences(rows), *([PLANTED] if public.synthetic else [])],
        "table": _table(rows),
        "checks": Table("Checks of the weights of hours", columns, body) if body else None,
    }


def sentences(rows: list[Row]) -> list[str]:
    """Return what the analysis came to, or why it came to nothing."""
    weighted = {row["term"]: row for row in rows if row["analysis"] == "weighted"}
    failed = next((row for row in weighted.values() if row["status"] != "ok"), None)
    if failed is not None:
        return [f"No estimate of dose. {sentence_case(str(failed['message']))}"]
    naive = {row["term"]: row for row in rows if row["analysis"] == "naive"}
    said = "; ".join(f"{within(TERMS[term])}: {_said(row)}" for term, row in weighted.items())
    plainly = "; ".join(f"{within(TERMS[term])}: {_points(row)}" for term, row in naive.items())
    return [
        METHOD,
        f"Weighted, positive = better by {next(iter(weighted.values()))['time']}: {said}.",
        f"Naive, for comparison: {plainly}. What lies between the two goes with earlier symptoms, "
        "with leaving and with missing outcomes.",
        LIMIT,
    ]


def _points(row: Row) -> str:
    return numbers.with_unit(row["value"], row["unit"])


def _said(row: Row) -> str:
    low, high = row["ci95_low"], row["ci95_high"]
    told = (
        "goes with a better outcome"
        if low > 0
        else "goes with a worse outcome"
        if high < 0
        else "these data cannot tell"
    )
    return f"{_points(row)}, 95% interval {numbers.interval((low, high), row['unit'])} ({told})"


def _table(rows: list[Row]) -> Table | None:
    known = [row for row in rows if row["status"] == "ok"]
    if not known:
        return None
    body = [
        [
            TERMS[row["term"]],
            row["analysis"],
            numbers.estimate(row["value"], (row["ci95_low"], row["ci95_high"]), row["unit"]),
            f"{numbers.count(row['n_used'])} of {numbers.count(row['n_eligible'])}",
            numbers.count(row["clusters"]),
        ]
        for row in known
    ]
    columns = ["Hours a week", "Analysis", "Points, positive = better [95%]", "Participants"]
    return Table("Outcome and hours of each format", [*columns, "Therapy groups"], body)
