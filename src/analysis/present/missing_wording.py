"""Sentences on what nobody saw: who is missing, what was assumed, how wrong it must be to matter.

What goes with missing is written as going with it and no more, and a verdict that the data leave
open is never written as sameness. `tests/unit/present/test_missing_wording.py` reads them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.present import numbers
from analysis.present.labels import within

Row = dict[Any, Any]
NON_INFERIORITY = "non_inferiority"
NO_REFERENCE = (
    "Reference-based imputation (those who left on the other arm’s course) is not made for this "
    "contrast: it makes the arms alike, and would manufacture the claim that they do equally well. "
    "The unseen are imputed under the null that the claim must beat instead."
)
NO_IMPUTATION = "No answer with the unseen imputed: {reason}."


def said(value: Any, low: Any, high: Any, unit: str) -> str:
    """Return a value with its unit and 95% interval."""
    return f"{numbers.with_unit(value, unit)} {numbers.interval((low, high), unit)}"


def observed(label: str, seen: float, eligible: float) -> str:
    """Say how many of an arm were seen at the outcome."""
    return (
        f"{label}: {numbers.count(seen)} of {numbers.count(eligible)} eligible participants were "
        f"seen at the outcome ({numbers.percent(1 - seen / eligible)} unseen)."
    )


def agreement(rows: Sequence[Row]) -> str:
    """Say how many answers under other assumptions come to that of those seen."""
    known = [row for row in rows if row["status"] == "ok"]
    seen = next((row for row in known if row["answer"] == "seen"), None)
    if seen is None:
        return ""
    others = [row for row in known if row is not seen]
    if not others:
        return ""
    if seen["rule"] == NON_INFERIORITY:
        same = sum(row["verdict"] == seen["verdict"] for row in others)
        said_of = f"come to {seen['verdict']} (not worse by the margin), as those seen do"
    else:
        same = sum(_holds(row) == _holds(seen) for row in others)
        way = "leaves out zero" if _holds(seen) else "holds zero"
        said_of = f"have a 95% interval that {way}, as that of those seen does"
    return f"{same} of {len(others)} answers under other assumptions {said_of}."


def imputed(row: Row) -> str:
    """Say how many imputations were made, and what that leaves to chance."""
    if row["status"] != "ok":
        return NO_IMPUTATION.format(reason=str(row["message"]).rstrip("."))
    return (
        f"{numbers.count(row['imputations'])} imputations; "
        f"{numbers.percent(row['missing_information'])} of the information on the difference is "
        "missing; as many imputations again would move the estimate by about "
        f"{numbers.percent(row['monte_carlo_error'], 1)} of its standard error."
    )


def tipping(rule: str, at_zero: bool, crossing: float | None, reach: float, arm: str) -> str:
    """Say how much worse the unseen of the comparison arm must have done for the answer to change.

    Parameters
    ----------
    rule : {"non_inferiority", "difference"}
    at_zero : bool
        Whether the claim holds with the unseen as imputed.
    crossing : float or None
        Points worse (negative: better) than imputed at which that changes; None: nowhere examined.
    reach : float
        Largest delta examined, in points.
    arm : str
        Label of the comparison arm.
    """
    what = "not worse by the margin" if rule == NON_INFERIORITY else "an interval clear of zero"
    start = f"With the unseen as imputed, “{what}” {'holds' if at_zero else 'does not hold'}."
    if crossing is None:
        return (
            f"{start} That changes nowhere between {numbers.fixed(reach, 1)} points better and as "
            f"many worse for the unseen of {within(arm)}, those of the other arm as imputed."
        )
    way = "worse" if crossing > 0 else "better"
    return (
        f"{start} That changes where the unseen of {within(arm)} did "
        f"{numbers.fixed(abs(crossing), 1)} points {way} than imputed, those of the other arm as "
        "imputed."
    )


def plausible(row: Row, label: str) -> str:
    """Say how those who left and were seen later did beside those who stayed."""
    if not numbers.is_number(row["worse"]):
        return (
            f"{label}: {numbers.count(row['n_left_seen'])} who left early were seen later, too few "
            "to say how they did beside those who stayed."
        )
    way = "worse" if row["worse"] >= 0 else "better"
    ends = f"[{numbers.fixed(row['low'], 2)}, {numbers.fixed(row['high'], 2)}]"
    return (
        f"{label}: the {numbers.count(row['n_left_seen'])} who left early and were seen later did "
        f"{numbers.fixed(abs(row['worse']), 2)} points {way} than those who stayed (95% interval, "
        f"worse positive, {ends}), given their scores before; "
        f"{numbers.count(row['n_left_unseen'])} who left were not seen."
    )


def throughout(entry: Row) -> str:
    """Say whether a verdict stands whatever the plan allows of those whose outcome nobody saw."""
    found = entry.get("delta_range")
    if not found or (found["holds"] and entry["verdict"] == "INCONCLUSIVE"):
        return ""
    allowed = _allowed(found, entry.get("unit") or "")
    if found["holds"] is None:
        return f"Whether that stands throughout the plan’s range ({allowed}) is unknown."
    stands = "stands" if found["holds"] else "does not stand"
    unit = entry.get("unit") or ""
    return (
        f"With the unseen imputed, that {stands} throughout the plan’s range ({allowed}): least "
        f"favourable, {numbers.with_unit(found['estimate'], unit)}, interval "
        f"{numbers.interval(found['interval'], unit)}."
    )


def promise(entry: Row) -> str:
    """Say where error rates are promised, and where they are not."""
    found = entry.get("delta_range")
    if not found:
        return ""
    allowed = _allowed(found, entry.get("unit") or "")
    return (
        "The chance of a wrong verdict is held down only where those whose outcome nobody saw did "
        f"as the plan’s range allows ({allowed}). Beyond it nothing is promised."
    )


def _allowed(found: Row, unit: str) -> str:
    arms = [
        f"{role} arm {numbers.interval(found[role], unit)} worse than imputed"
        + (", widened by leavers seen later" if role in found["widened"] else "")
        for role in ("comparison", "reference")
    ]
    return "; ".join(arms)


def region(inside: float) -> str:
    """Say how much of the plausible region lies where the claim holds."""
    if inside >= 1:
        where = "wholly where the answer with the unseen as imputed stands"
    elif inside <= 0:
        where = "wholly where that answer changes"
    else:
        where = f"to {numbers.percent(inside)} where that answer stands"
    return (
        f"The region that those dropouts mark lies {where}. Those never seen may have done worse."
    )


def visits(row: Row) -> str:
    """Say whether the last score goes with whether, or when, the next assessment is taken."""
    if not numbers.is_number(row["value"]):
        return f"Visits driven by symptoms: not estimated, {str(row['message']).rstrip('.')}."
    what = {
        "whether": "the next assessment being taken (log odds ratio a standard deviation worse)",
        "when": "the next assessment being taken later than planned (days a standard deviation "
        "worse)",
    }[row["question"]]
    ends = f"{numbers.fixed(row['value'], 2)} {numbers.interval((row['low'], row['high']))}"
    if row["low"] <= 0 <= row["high"]:
        return f"These data cannot tell whether a worse last score goes with {what}: {ends}."
    word = "more" if row["value"] > 0 else "less"
    return f"A worse last score goes with {what} {word}: {ends}."


def published(row: Row, here: Row) -> str:
    """Set a published figure of the study beside the same outcome here.

    The figure is reproduced where it equals ours as printed; what it says, where both 95%
    intervals lie on the same side of zero, or both hold it.
    """
    unit = str(here["unit"])
    theirs = numbers.with_unit(row["value"], unit)
    if numbers.is_number(row.get("low")) and numbers.is_number(row.get("high")):
        theirs += f" {numbers.interval((row['low'], row['high']), unit)}"
    ours = said(here["value"], here["ci95_low"], here["ci95_high"], unit)
    start = f"Published ({row['source']}): {theirs}. Here, {ANSWERS[here['answer']][0]}: {ours}."
    if numbers.number(row["value"], unit) == numbers.number(here["value"], unit):
        return f"{start} Reproduced."
    return f"{start} Not reproduced; {_same_answer(row, here)}."


def _same_answer(row: Row, here: Row) -> str:
    """Say whether a figure that is not reproduced tells the same as ours."""
    if not (numbers.is_number(row.get("low")) and numbers.is_number(row.get("high"))):
        agree = (row["value"] > 0) == (here["value"] > 0)
        return f"the sign {'agrees' if agree else 'does not agree'}"
    theirs, ours = (
        (low > 0) - (high < 0)
        for low, high in ((row["low"], row["high"]), (here["ci95_low"], here["ci95_high"]))
    )
    inside = row["low"] <= here["value"] <= row["high"]
    where = "our figure lies inside its interval" if inside else "our figure lies outside it"
    if theirs != ours:
        return f"{where}, and the intervals do not agree about zero"
    return f"{where}, and both intervals {'leave out zero' if ours else 'hold zero'}"


def _holds(row: Row) -> bool:
    return str(row["holds"]) == "True"


#: Answer to its name and what it assumes of those whose outcome nobody saw.
ANSWERS: dict[str, tuple[str, str]] = {
    "seen": (
        "those seen at the outcome",
        "as those seen, given arm, baseline and covariates",
    ),
    "repeated": (
        "mixed model on all scores",
        "missing at random given the scores before; arms adjusted, not weighted",
    ),
    "imputed": (
        "imputed, missing at random",
        "missing at random given earlier scores and day of discharge too",
    ),
    "worse_in_comparison": (
        "the unseen of the comparison arm worse",
        "worse than imputed by {worse_comparison} points in the comparison arm",
    ),
    "worse_in_reference": (
        "the unseen of the reference arm worse",
        "worse than imputed by {worse_reference} points in the reference arm",
    ),
    "worse_in_both": (
        "the unseen of both arms worse",
        "worse than imputed by {worse_comparison} points in both arms",
    ),
    "null_inferiority": (
        "imputed under the null of inferiority",
        "worse than imputed by the margin, {worse_comparison} points, in the comparison arm: what "
        "“not worse” must beat",
    ),
    "null_superiority": (
        "imputed under the null of superiority",
        "better than imputed by the margin in the comparison arm: what equivalence must beat too",
    ),
    "jump_to_reference": (
        "those who left on the reference arm’s course",
        "from their last score on the course of the reference arm",
    ),
    "copy_increments": (
        "those who left changing as the reference arm",
        "from their last score changing as the reference arm does",
    ),
    "remaining_weights": (
        "weighted by the chance of remaining",
        "as those seen who were alike in baseline, covariates and last score",
    ),
    "participant_average": (
        "each participant counts alike",
        "as those seen; each participant counts alike",
    ),
    "cluster_average": (
        "each therapy group counts alike",
        "as those seen; each therapy group counts alike",
    ),
}
