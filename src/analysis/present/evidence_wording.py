"""Every sentence on published evidence: what the named source says, and the study beside it.

The verdict's sentences are those of `wording`, spoken of published data. A study agrees with the
literature or it does not, or it cannot be told; it is never ranked against it.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.present import numbers, wording
from analysis.present.facts import Facts
from analysis.present.labels import sentence_case
from analysis.present.vocabulary import CONTRADICTED, INCONCLUSIVE, NOT_TESTABLE, SUPPORTED

NONE_FOUND = "none found"
OUTCOMES = {
    "consistent": "The study and the named source are consistent.",
    "not consistent": "The study and the named source are not consistent.",
    "cannot tell": "Whether the study and the named source are consistent cannot be told.",
    "not comparable": "The study and the named source are not compared: they ask different things.",
    "none found": "There is no published source to set beside the study.",
}

POSITIONS = {
    SUPPORTED: "the interval lies within the margin",
    CONTRADICTED: "the interval lies beyond the margin",
    INCONCLUSIVE: "the interval crosses the margin",
}
WHO_DID_BETTER = {
    "comparison_better": "group did better on average",
    "reference_better": "individual did better on average",
    "unclear": "the interval holds zero, so it cannot be told which did better",
}


def line(entry: dict[str, Any], estimate: str) -> str:
    """Return the first screen's words on the named source: verdict, estimate, source."""
    if entry["verdict"] == NONE_FOUND:
        return f"published: {NONE_FOUND}"
    literature = entry.get("literature") or {}
    source = short_citation(literature.get("citation") or "")
    if entry["verdict"] == NOT_TESTABLE:
        found = f", {estimate} against {literature.get('comparator')}" if estimate else ""
        return f"published: not judged{found} ({source})"
    studies = f", {literature['n_studies']} studies" if literature.get("n_studies") else ""
    return f"published: {entry['verdict']}, {estimate} ({source}{studies})"


def finding(entry: dict[str, Any], side: str, facts: Facts) -> str:
    """Return what the named source comes to by the plan's rule."""
    if entry["verdict"] == NONE_FOUND:
        return f"{sentence_case(facts.reason)}."
    if entry["verdict"] == NOT_TESTABLE:
        return f"Not judged: {facts.reason}."
    return wording.answer(entry["kind"], entry["verdict"], side, facts)


def brief(entry: dict[str, Any], side: str, source: str = "") -> str:
    """Return in a few words where a part that does not decide the claim stands.

    `source` is the part's own, where it is not that of the claim.
    """
    if entry["verdict"] == NONE_FOUND:
        return ""
    text = WHO_DID_BETTER[side] if entry["kind"] == "difference" else ""
    text = text or POSITIONS.get(entry["verdict"], "no rule of the plan judges it")
    found = entry.get("prediction")
    known = f"; by the prediction interval: {found['verdict']}" if found else ""
    return f"{text}{known}{f' ({source})' if source else ''}."


def prediction(found: dict[str, Any] | None, unit: str) -> str:
    """Return what the prediction interval says, judged by the same rule; empty where unknown."""
    if not found:
        return ""
    shown = numbers.interval(found["interval"], unit)
    return (
        f"True effects vary between trials: in a new one, the true effect is expected in {shown} "
        f"{unit} ({numbers.count(found['level'])}% prediction interval). Judged by the same rule, "
        f"that is {found['verdict']}."
    )


def beside(literature: dict[str, Any], *, synthetic: bool) -> str:
    """Say whether the study is consistent with the named source, and by which numbers."""
    outcome, reason = literature.get("outcome") or "", literature.get("reason") or ""
    if outcome not in OUTCOMES:
        return ""
    compared = outcome in ("consistent", "not consistent", "cannot tell")
    text = f"{OUTCOMES[outcome]} {true_minus(reason)}" if compared else OUTCOMES[outcome]
    if literature.get("p") is not None and synthetic:
        text += " The study is synthetic: this shows how the comparison works, and nothing else."
    return text


def beside_part(part: str) -> str:
    """Say that the source's value stands beside a part that does not decide the claim."""
    return f"Its value is compared in a part that does not decide the claim: {part}."


def short_citation(citation: str) -> str:
    """Return a citation up to its first year, or else up to its first comma."""
    found = re.match(r".*?\b\d{4}(?:/\d+)?", citation)
    return found[0] if found else citation.split(",")[0]


def true_minus(text: str) -> str:
    """Put a true minus sign before negative numbers of a sentence made elsewhere."""
    return re.sub(r"(?<![\w.])-(?=\.?\d)", numbers.MINUS, text)


def direct_trials(main: dict[str, str], sensitivity: list[tuple[str, str]]) -> str:
    """Describe the pool of direct comparisons and what other selections give."""
    others = "; ".join(f"{label}: {shown}" for label, shown in sensitivity)
    return (
        f"Pooled over {main['k']} trials with both formats, the difference is {main['estimate']} "
        f"(95% interval; positive where group did better), with true effects of new trials "
        f"expected in {main['prediction']}. Other selections and methods: {others}."
    )


def clustering(before: str, after: str) -> str:
    """Say what the correction for clustering changes."""
    return (
        "The trials took the members of a group as independent. With the one-arm correction for "
        f"groups, the pool changes from {before} to {after}: each trial’s effect shrinks a little "
        "and its interval widens, and less of the spread between trials is left to explain."
    )


def trap(shown: dict[str, str]) -> str:
    """Explain the format-confounding trap by the numbers of its figure."""
    return (
        f"Over control conditions, trials of group therapy report {shown['group']} and trials of "
        f"individual therapy {shown['individual']}. Read naively, as a comparison of formats, that "
        f"is a difference of {shown['naive']}. It is none: these are different trials, of "
        "different sizes, quality, controls and populations. Where both formats stand in the same "
        f"trial, the difference is {shown['depression']} in adult depression and {shown['all']} "
        "over all direct trials. Only the latter two compare formats."
    )
