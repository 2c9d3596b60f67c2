"""Judge the published side of a claim by the same tables, and set the study beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from analysis.claims.apply import LEVELS, carry_decision, carry_effect, decide_interval
from analysis.evidence.beside import beside_literature
from analysis.evidence.store import NamedSource
from analysis.records.effect import Effect
from analysis.records.verdict import Verdict

ORIGIN: Literal["published"] = "published"
NONE_FOUND = "none found"
CITATION_VERDICTS = ("supports", "supports in part", "does not support", "not checked")
Claim = Mapping[str, Any]


def judge_source(
    blanks: Mapping[str, Verdict],
    claim: Claim,
    source: NamedSource,
    tables: Mapping[str, Any],
    effect: Effect | None,
    large: float,
) -> list[Verdict]:
    """Return the verdicts of the source that the plan names for a claim.

    Parameters
    ----------
    blanks : mapping of str to Verdict
        Part to a verdict that says all but what was found, in the plan's order.
    claim : mapping
        The claim of the plan. Its margin judges effects in the margin's unit, its ``standardised``
        margin those in standard deviations.
    source : NamedSource
        Effects positive where group did better.
    tables : mapping
        The plan's decision tables.
    effect : Effect or None
        The study's effect that decides the claim, to be set beside the published distribution.
    large : float
        The plan's large effect, in SD.

    Returns
    -------
    list of Verdict
        ``source`` is published and ``deciding`` False, so that no count of the study holds them:
        one a part of a comparison that the source can be judged on, else one for the part that
        decides (or the first).
    """
    beside = beside_literature(effect, source.published, large)
    found = beside.consistency
    literature = source_in_brief(source) | {
        "outcome": beside.outcome,
        "reason": beside.reason,
        "p": found.p if found else None,
        "expected": list(found.expected) if found else None,
    }
    ready = {name: as_published(one, literature) for name, one in blanks.items()}
    parts = claim["parts"]
    first = next((name for name in ready if parts[name].get("decides") is True), next(iter(ready)))
    obstacle = source_obstacle(claim, source)
    if obstacle:
        return [_not_judged(ready[first], source, *obstacle)]
    judged = ready if claim["kind"] == "comparison" else [first]
    return [_judge(ready[name], claim, source, tables[parts[name]["table"]]) for name in judged]


def as_published(blank: Verdict, literature: dict[str, Any]) -> Verdict:
    """Turn a study's blank verdict into one of a published source."""
    return replace(blank, source=ORIGIN, data_origin=ORIGIN, deciding=False, literature=literature)


def source_in_brief(source: NamedSource) -> dict[str, Any]:
    """Return who says it and what, for the report: the source that the plan names, no other."""
    one = source.published
    return {
        "judge": one.judge,
        "statement": one.statement,
        "answers": one.answers,
        "why": one.why,
        "figure": source.figure,
        **source.details,
    }


def source_obstacle(claim: Claim, source: NamedSource) -> tuple[str, str, str] | None:
    """Return verdict, reason code and words where a source cannot be judged; None where it can."""
    one = source.published
    if not one.judge:
        return NONE_FOUND, "none_found", one.statement
    if not one.comparable:
        text = f"the source answers another question: {one.answers}"
        return "NOT TESTABLE", "other_question", text
    if one.effect is None or one.effect.ci95 is None:
        return "NOT TESTABLE", "interval_not_seen", "no interval of the source was seen"
    if margin_in(claim, one.effect.unit) is None:
        text = f"the claim has no margin in the source's unit, {one.effect.unit}"
        return "NOT TESTABLE", "margin_not_defined", text
    return None


def margin_in(claim: Claim, unit: str) -> float | None:
    """Return the claim's margin in a unit: its own, or standard deviations; else None."""
    margin = claim.get("margin") or {}
    value = margin.get("value") if unit == margin.get("unit") else None
    value = margin.get("standardised") if unit == "SD" else value
    return None if value is None else float(value)


def citations_in_words(verdicts: Sequence[str]) -> tuple[str, str]:
    """Return the verdict on all references together, and how many sentences got which."""
    counts = Counter(verdicts)
    supports, in_part, against, unread = (counts[one] for one in CITATION_VERDICTS)
    text = (
        f"of {len(verdicts)} sentences that cite a reference, {supports} are supported by it, "
        f"{in_part} in part and {against} not; {unread} could not be checked"
    )
    if unread == len(verdicts):
        return "not checked", text
    if against:
        return "not all supported", text
    if unread:
        return "checked in part", text
    return ("supported in part" if in_part else "all supported"), text


def _not_judged(
    blank: Verdict, source: NamedSource, verdict: str, reason: str, text: str
) -> Verdict:
    effect = source.published.effect
    shown = carry_effect(blank, effect) if effect else blank
    return replace(shown, verdict=verdict, reason=reason, reason_text=text)


def _judge(blank: Verdict, claim: Claim, source: NamedSource, table: Mapping[str, Any]) -> Verdict:
    effect = source.published.effect
    assert effect is not None and effect.ci95 is not None
    ready = replace(carry_effect(blank, effect), margin=margin_in(claim, effect.unit))
    judged = carry_decision(ready, table, effect)
    return replace(judged, prediction=_prediction(ready, effect, table))


def _prediction(blank: Verdict, effect: Effect, table: Mapping[str, Any]) -> dict[str, Any] | None:
    """Judge the effect to be expected in a new study's population by the same table."""
    level = LEVELS[table["interval"]]
    known = {one.name: one.value for one in effect.diagnostics}
    low, high = (known.get(f"prediction{level}_{end}") for end in ("low", "high"))
    if low is None or high is None:
        return None
    decision, _ = decide_interval(blank, table, (low, high))
    return {
        "level": level,
        "interval": [low, high],
        "verdict": decision.verdict,
        "reason": decision.reason,
    }
