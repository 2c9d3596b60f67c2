"""Sentences on how far a weighted answer carries: unmeasured confounding, controls, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.present import numbers
from analysis.present.labels import covariate_label, within

Row = dict[Any, Any]


def unmeasured(rows: Sequence[Row]) -> list[str]:
    """Return one sentence for each bound of the interval that is held against the margin."""
    found = []
    for bound in dict.fromkeys(row["bound"] for row in rows):
        found.append(_bound(next(row for row in rows if row["bound"] == bound)))
    return found


def _bound(row: Row) -> str:
    unit, margin = row["unit"], row["margin"] if row["bound"] == "upper" else -row["margin"]
    strongest = within(covariate_label(row["strongest"]))
    move = "out of" if row["inside"] else "into"
    side = "inside" if row["inside"] else "outside"
    times = row["times_strongest"]
    like = (
        f"{numbers.fixed(times, 1)} times as strongly associated with both as {strongest} is, the "
        "strongest measured covariate"
        if numbers.is_number(times)
        else f"stronger than any multiple of {strongest}, the strongest measured covariate"
    )
    return (
        f"The {row['bound']} end of the {numbers.percent(row['coverage'])} interval, "
        f"{numbers.with_unit(row['start'], unit)}, lies {side} the margin at "
        f"{numbers.number(margin, unit)}. An unmeasured confounder that explains "
        f"{numbers.percent(row['robustness_value'], 1)} of what is left of both arm and outcome "
        f"would move it {move} the margin ({numbers.with_unit(row['gap'], unit)}). That is {like}."
    )


def falsification(rows: Sequence[Row], status: str) -> str:
    """Return what the falsification tests came to, or that none is declared."""
    if status in ("withheld", "error"):
        return "Falsification tests are not made where the comparison itself has no estimate."
    if not rows:
        return (
            "None declared: no outcome that the format cannot have changed, and no change before "
            "intake, was named for this study. Hidden confounding is therefore not tested for."
        )
    known = [row for row in rows if row["status"] == "ok"]
    flagged = [row for row in known if row["flagged"] is True or row["flagged"] == "True"]
    if flagged:
        return (
            f"{len(flagged)} of {len(known)} falsification tests found a difference where there "
            "can be none: the arms differ in ways that the design did not remove."
        )
    return (
        f"None of {len(known)} falsification tests found a difference where there can be none. "
        "That proves nothing: a test is as weak as its interval is wide."
    )


def flag(row: Row) -> str:
    """Return the result of one falsification test in words."""
    if row["status"] != "ok":
        return "no estimate"
    flagged = row["flagged"] is True or row["flagged"] == "True"
    return "differs where it cannot" if flagged else "interval holds zero"


def needed(row: Row) -> str:
    """Return a number needed to treat, where the 95% interval excludes zero."""
    if not numbers.is_number(row["needed_to_treat"]):
        return "not given: interval holds zero" if row["status"] == "ok" else numbers.ABSENT
    low, high = (numbers.fixed(row[f"needed_{end}"], 0) for end in ("low", "high"))
    return f"{numbers.fixed(row['needed_to_treat'], 0)} [{low}, {high}]"


def protocol(entry: Row) -> str:
    """Return whether the answer per protocol agrees with the one by the format assigned."""
    second = entry.get("per_protocol")
    if not second:
        return ""
    if not second.get("verdict"):
        return f"Per protocol there is no estimate ({second['message']}), so nothing can agree."
    used = f"{numbers.count(second['n_used'])} of {numbers.count(second['n_eligible'])}"
    agrees = "agree" if second["agrees"] else "do not agree"
    unit = entry.get("unit") or ""
    return (
        f"Per protocol, among the {used} clients who received their format as planned and were "
        f"assessed, the difference is {numbers.with_unit(second['estimate'], unit)}, 90% interval "
        f"{numbers.interval(second['ci90'], unit)}: {second['verdict']} by the same rule. The two "
        f"answers {agrees}. Who kept to the plan was not drawn by lot; the arms are balanced among "
        "those who did by weights, as far as baseline covariates go."
    )


def assay(rows: Sequence[Row], changes: Sequence[Row]) -> str:
    """Return whether the study could have told a difference of the margin's size.

    `changes` holds the arms' mean changes, each with the arm's ``label``.
    """
    if not rows:
        return ""
    row = rows[0]
    unit = row["unit"]
    changed = "; ".join(
        f"{within(one['label'])} {numbers.with_unit(one['value'], unit)}, 95% interval "
        f"{numbers.interval((one['ci95_low'], one['ci95_high']), unit)}"
        for one in changes
    )
    opening = (
        "The study could have shown a difference, had there been one:"
        if str(row["sensitive"]) == "True"
        else "That the study could have shown a difference, had there been one, is not established:"
    )
    return (
        f"{opening} a true difference of the margin ({numbers.with_unit(row['margin'], unit)}) "
        f"would have been told from zero with a chance of {numbers.chance(row['power'])} (asked: "
        f"{numbers.chance(row['asked'])}; with that chance it tells "
        f"{numbers.with_unit(row['detectable'], unit)}), and the mean change from intake, which "
        f"treatment leads one to expect, was seen in {numbers.count(row['arms_changed'])} of "
        f"{numbers.count(row['arms'])} arms ({changed})."
    )


def agreement(rows: Sequence[Row]) -> str:
    """Return how many valid specifications come to the deciding one's verdict."""
    valid = [row for row in rows if row["valid_for_estimand"] and row["status"] == "ok"]
    deciding = next((row for row in valid if row["note"] == "decides"), None)
    if deciding is None:
        return ""
    same = sum(row["verdict"] == deciding["verdict"] for row in valid)
    others = sum(1 for row in rows if not row["valid_for_estimand"])
    without = sum(1 for row in rows if row["valid_for_estimand"]) - len(valid)
    failed = f" {without} more gave no estimate." if without else ""
    return (
        f"{same} of {len(valid)} declared analyses of the same estimand come to "
        f"{deciding['verdict']} (not worse by the margin).{failed} The other {others} answer for "
        "another population or estimand, or are known to be wrong; they are shown apart and not "
        "counted."
    )
