"""Judge one claim: from effects, capabilities and the plan to verdicts with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.claims.agreement import hold_to
from analysis.claims.apply import carry_decision, carry_effect
from analysis.claims.kinds import (
    UNLESS_SUPPORTED,
    decided_in_turn,
    effect_id,
    instrument_obstacle,
    kind_of,
    margin_of,
)
from analysis.claims.number_checks import needed_by
from analysis.claims.plan_log import Status
from analysis.claims.preflight import SampleDesign, comparison_reach, share_reach
from analysis.claims.published import (
    as_published,
    citations_in_words,
    judge_source,
    source_in_brief,
)
from analysis.claims.recovery import came_back
from analysis.claims.robustness import count_agreement
from analysis.claims.throughout import hold_throughout
from analysis.evidence.literature import PublishedLimits
from analysis.evidence.store import NamedSource
from analysis.records.effect import Effect
from analysis.records.limits import limits_of
from analysis.records.verdict import Verdict
from analysis.study.declared import find_formats

Supports = Callable[[str], str | None]
Part = Mapping[str, Any]
ON_EFFECTIVENESS = "effectiveness"  # other claims use the contrast that bears on this one
NO_PUBLISHED_VALUE = (
    "published_value_unknown",
    "the source that the plan names gives no value in the unit of the estimate",
)


@dataclass(frozen=True)
class Case:
    """All that judging needs to know besides the claim.

    Attributes
    ----------
    plan : mapping
        The resolved plan.
    effects : sequence of Effect
    supports : callable
        Takes a need (such as ``sessions.minutes``), gives None or what is missing in words.
    designs : mapping
        Contrast to `preflight.SampleDesign`.
    status : {"planned", "exploratory"}
    data_origin : {"real", "synthetic"}
    truths : mapping or None
        (claim, part) to the planted value of a synthetic study.
    source : NamedSource or None
        What published evidence says of the claim; None leaves the published side out.
    specifications : sequence of mapping
        The declared specifications of the study's contrasts, as `count_agreement` takes them.
    unseen : mapping of str to DataFrame or None
        ``tipping`` and ``plausible``, as `unseen.examine_missing` makes them; None asks nothing of
        those whose outcome nobody saw.
    """

    plan: Mapping[str, Any]
    effects: Sequence[Effect]
    supports: Supports
    designs: Mapping[str, SampleDesign]
    status: Status
    data_origin: str
    truths: Mapping[tuple[str, str], float] | None = None
    source: NamedSource | None = None
    specifications: Sequence[Mapping[str, Any]] = ()
    unseen: Mapping[str, pd.DataFrame] | None = None


def judge_claim(key: str, case: Case) -> list[Verdict]:
    """Return a verdict for each part of a claim, in the plan's order; then the published side's.

    Parameters
    ----------
    key : str
        Claim of the plan.
    case : Case

    Raises
    ------
    KeyError
        If the plan has no such claim.
    """
    claim = case.plan["claims"][key]
    blanks = {
        name: blank_verdict(key, claim, name, part, case) for name, part in claim["parts"].items()
    }
    if claim["kind"] in ("external_fact", "citation_check"):
        return [_outside(blank, claim, case.source) for blank in blanks.values()]
    own = [_judge_part(blank, claim, claim["parts"][name], case) for name, blank in blanks.items()]
    own = decided_in_turn(claim, own)
    if case.source is None:
        return own
    return [*own, *_published_side(claim, blanks, own, case.source, case)]


def _published_side(
    claim: Part,
    blanks: Mapping[str, Verdict],
    own: Sequence[Verdict],
    source: NamedSource,
    case: Case,
) -> list[Verdict]:
    """Judge the claim's source, and those of its conditions on ``<condition>.difference``."""
    tables, effects = case.plan["decision_tables"], {one.id: one for one in case.effects}
    shown = {one.part: effects.get(one.effect_id) for one in own if one.estimate is not None}
    decides = _set_beside(claim, own)
    large = limits_of(PublishedLimits, case.plan["limits"]["published"]).large
    found = judge_source(blanks, claim, source, tables, shown.get(decides), large)
    for condition, named in source.conditions.items():
        part = f"{condition}.difference"
        if part in blanks:
            one = {part: blanks[part]}
            found += judge_source(one, claim, named, tables, shown.get(part), large)
    return found


def _set_beside(claim: Part, own: Sequence[Verdict]) -> str:
    """Return the part that published differences are set beside: never a change over time."""
    parts = claim["parts"]
    decides = next(one.part for one in own if one.deciding)
    if parts[decides].get("decides") != UNLESS_SUPPORTED:
        return decides
    return next(str(name) for name, part in parts.items() if part.get("decides") is True)


def find_obstacle(
    key: str, part: str, plan: Mapping[str, Any], supports: Supports
) -> tuple[str, str] | None:
    """Return why a part of a claim cannot be tested (reason code, words), or None if it can.

    Parameters
    ----------
    key, part : str
        Claim and part of the plan.
    plan : mapping
        The resolved plan.
    supports : callable
        As in `Case`.
    """
    claim, entry = plan["claims"][key], plan["claims"][key]["parts"][part]
    if absent := instrument_obstacle(entry, claim, plan["design"]):
        return absent
    needs = [*claim["needs"], *entry.get("needs", [])]
    missing: dict[str, str] = {}
    for need in needs:
        if text := supports(need):
            missing.setdefault(text, need)
    if missing:
        units_only = all(need.startswith("unit:") for need in missing.values())
        return "source_records_blocks" if units_only else "data_missing", " ".join(missing)
    if "estimate" in entry and "compares" in entry:
        contrast, problem = find_contrast(ON_EFFECTIVENESS, entry, plan["design"])
        return problem if contrast is None else None
    if claim["kind"] != "comparison":
        return None
    contrast, problem = find_contrast(key, claim, plan["design"])
    return problem if contrast is None else _outcome_obstacle(claim, plan["design"])


def _outcome_obstacle(claim: Part, design: Mapping[str, Any]) -> tuple[str, str] | None:
    if "outcome" not in design:
        return "outcome_not_declared", "the study declares no primary outcome"
    construct = design["outcome"]["construct"]
    instrument = design["instruments"][construct]
    fixed_in = claim["margin"]["instrument"]
    if fixed_in == instrument:
        return None
    return (
        "margin_not_defined",
        f"the margin is fixed in points of {fixed_in}; "
        f"the study measures {construct} with {instrument}",
    )


def _judge_part(blank: Verdict, claim: Part, part: Part, case: Case) -> Verdict:
    obstacle = find_obstacle(blank.id, blank.part, case.plan, case.supports)
    if obstacle:
        return _not_testable(blank, *obstacle)
    if claim["kind"] == "comparison":
        return _judge_comparison(blank, claim, part, case)
    return _judge_effect(blank, effect_id(blank.id, blank.part, part), claim, part, case)


def blank_verdict(key: str, claim: Part, name: str, part: Part, case: Case) -> Verdict:
    """Fill in what the plan says of a part of a claim, before anything is judged."""
    references = case.plan["article"]["references"]
    number = claim["reference"]
    return Verdict(
        id=key,
        part=name,
        title=claim["title"],
        block=claim["block"],
        stance=claim["stance"],
        kind=kind_of(claim, part),
        statement=part["statement"],
        verdict="",
        reason="",
        reason_text="",
        data_origin=case.data_origin,
        deciding=part.get("decides") is True,
        status=case.status,
        phrase=claim["phrase"],
        paragraph=claim["paragraph"],
        reference="none" if number is None else references.get(str(number), "none"),
        unlock=claim["unlock"],
    )


def _outside(blank: Verdict, claim: Part, source: NamedSource | None) -> Verdict:
    """Judge what no study decides: a published figure, or the article's references."""
    if claim["kind"] == "external_fact":
        fact = claim["fact"]
        verdict, reason, text = fact["verdict"], fact["reason"], fact["says"]
    else:
        verdict, text = citations_in_words(source.citations if source else ())
        reason = "citations_checked"
    literature = source_in_brief(source) if source and source.published.judge else {}
    outside = replace(as_published(blank, literature), deciding=blank.deciding, status="planned")
    return replace(outside, verdict=verdict, reason=reason, reason_text=text)


def _not_testable(blank: Verdict, reason: str, text: str) -> Verdict:
    return replace(blank, verdict="NOT TESTABLE", reason=reason, reason_text=text)


def _judge_comparison(blank: Verdict, claim: Part, part: Part, case: Case) -> Verdict:
    design = case.plan["design"]
    contrast, _ = find_contrast(blank.id, claim, design)
    outcome = design["outcome"]
    stem = f"{contrast}.{outcome['construct']}.day{outcome['day']}"
    model = claim["models"][design["contrasts"][contrast]["assignment"]][0]
    blank = replace(
        blank,
        margin=float(claim["margin"]["value"]),
        reachable=find_reach(claim, case.designs.get(str(contrast)), case.plan),
    )
    judged = _judge_effect(blank, f"{stem}.{model}", claim, part, case)
    rows = [one for one in case.specifications if one["contrast"] == contrast]
    table = case.plan["decision_tables"][part["table"]]
    counted = count_agreement(judged, table, rows) if rows else None
    judged = hold_to(replace(judged, robustness=counted), part, table, rows)
    if case.unseen is None:
        return judged
    return hold_throughout(judged, claim["delta_range"], table, case.unseen, stem)


def find_contrast(
    key: str, claim: Part, design: Mapping[str, Any]
) -> tuple[str | None, tuple[str, str]]:
    """Return the contrast that bears on a claim, or why none does (reason code, words)."""
    name = find_formats(design, claim["compares"], key)
    if name is not None:
        return name, ("", "")
    if not design["contrasts"]:
        return None, ("no_comparator", "the study has one arm: there is nothing to compare with")
    wanted = f"{claim['compares'][0]} with {claim['compares'][1]} therapy"
    return None, ("comparator_not_individual", f"no contrast of the study compares {wanted}")


def find_reach(
    claim: Part, design: SampleDesign | None, plan: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the chances of a comparison's verdicts for the sample at hand; None without one."""
    if design is None:
        return None
    margin = claim["margin"]
    try:
        return comparison_reach(
            design, float(margin["value"]), float(margin["sd"]), plan["assumptions"]
        )
    except ValueError as problem:
        return {"problem": str(problem)}


def _judge_effect(blank: Verdict, effect_id: str, claim: Part, part: Part, case: Case) -> Verdict:
    effect = next((one for one in case.effects if one.id == effect_id), None)
    if effect is None:
        return replace(
            blank,
            verdict="ERROR",
            reason="not_estimated",
            reason_text="the estimate that this part needs was not made",
            message=f"no effect '{effect_id}'",
        )
    blank = carry_effect(blank, effect)
    if effect.status == "error":
        return replace(
            blank,
            verdict="ERROR",
            reason="estimation_failed",
            reason_text="the estimate failed",
            message=effect.message,
        )
    if effect.status == "withheld":
        failed = [one.name for one in effect.diagnostics if one.status == "fail"]
        return _not_testable(blank, failed[0] if failed else "withheld", effect.message)
    table = case.plan["decision_tables"][part["table"]]
    threshold = claim.get("threshold", {}).get("value")
    read = needed_by(table)
    margin = margin_of(claim, part, effect, case.source) if "estimate" in part else blank.margin
    if margin is None and "published" in part.get("margin", {}):
        return _not_testable(blank, *NO_PUBLISHED_VALUE)
    untreated = claim.get("untreated", {}) if "beyond" in read else {}
    ready = replace(
        blank,
        threshold=threshold,
        margin=margin if "margin" in read else None,
        untreated=untreated.get("value"),
        untreated_se=untreated.get("se"),
    )
    judged = carry_decision(ready, table, effect)
    if judged.kind == "fidelity" and effect.clusters:
        judged = replace(judged, reachable=share_reach(effect.clusters, threshold))
    return _with_truth(judged, table, case)


def _with_truth(judged: Verdict, table: Part, case: Case) -> Verdict:
    planted = (case.truths or {}).get((judged.id, judged.part))
    if planted is None:
        return judged
    return replace(judged, planted=planted, recovered=came_back(judged, table, planted))
