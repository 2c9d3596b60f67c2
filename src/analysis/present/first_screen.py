"""What the report opens with: one answer, the count, a row a claim, and what cannot be tested."""

from __future__ import annotations

from typing import Any

from analysis.present import evidence_view, numbers, plan_section, vocabulary, wording
from analysis.present.claims_view import (
    Claim,
    contrast_of,
    direction_of,
    estimate_text,
    facts_of,
    in_turn,
    outcome_text,
    reason_of,
)
from analysis.present.effects_view import primary_effect, sides
from analysis.present.facts import Facts
from analysis.present.labels import plain, sentence_case, within
from analysis.present.public import Public

BLOCKS = ("comparison", "benefits", "how groups run", "about the article")


def first_screen(public: Public, claims: list[Claim]) -> dict[str, Any]:
    """Return the first screen's contents, as texts.

    Parameters
    ----------
    public : Public
    claims : list of Claim

    Returns
    -------
    dict
        ``headline``, ``sentence``, ``certainty`` (lines), ``reach``, ``count``, ``blocks`` (name,
        rows), ``exploratory`` (rows), ``untested`` (reason, claims) and ``notices``.
    """
    counted = [c for c in claims if not c.external and not c.exploratory]
    done = sum(c.testable for c in counted)
    shown = [c for c in claims if c.testable and not c.exploratory]
    return {
        **_answer(public, claims),
        "count": wording.testable(numbers.count(done), numbers.count(len(counted))),
        "blocks": _blocks(public, shown),
        "exploratory": [claim_row(public, c) for c in claims if c.exploratory and c.testable],
        "untested": untested(claims),
        "notices": _notices(public, claims),
    }


def claim_row(public: Public, claim: Claim) -> dict[str, Any]:
    """Return one claim's row: label, verdict, reason, planted truth, and the named source."""
    entry = claim.deciding
    return {
        "id": claim.id,
        "title": entry.get("title") or plain(claim.id),
        "verdict": claim.verdict,
        "symbol": vocabulary.SYMBOLS.get(claim.verdict, "–"),
        "reason": "; ".join(_short(public, one) for one in _said(public, claim)),
        "recovered": entry.get("recovered") or "",
        "external": claim.external,
        "literature": evidence_view.line(claim),
    }


def _said(public: Public, claim: Claim) -> list[dict[str, Any]]:
    """Return the parts that a row speaks of: the one that decides, then the other one in turn."""
    others = [one for one in in_turn(public, claim) if not one.get("deciding")]
    spoken = [one for one in others if one["verdict"] != vocabulary.NOT_TESTABLE]
    return [claim.deciding, *(spoken if claim.testable else ())]


def _short(public: Public, entry: dict[str, Any]) -> str:
    return wording.short(
        entry.get("kind", ""), entry["verdict"], direction_of(entry), facts_of(public, entry)
    )


def untested(claims: list[Claim]) -> list[dict[str, Any]]:
    """Return the claims that cannot be tested, by reason, each with what would unlock it."""
    groups: dict[str, list[dict[str, str]]] = {}
    for claim in claims:
        if claim.testable:
            continue
        entry = claim.deciding
        code = entry.get("reason") or ""
        known = vocabulary.REASONS.get(code, sentence_case(plain(code)))
        label = known or vocabulary.OTHER_REASON
        groups.setdefault(label, []).append(
            {
                "id": claim.id,
                "title": entry.get("title") or plain(claim.id),
                "reason": reason_of(entry),
                "unlock": entry.get("unlock") or "",
                "literature": evidence_view.line(claim),
            }
        )
    return [
        {"reason": label, "claims": rows, "n": numbers.count(len(rows))}
        for label, rows in groups.items()
    ]


def _blocks(public: Public, claims: list[Claim]) -> list[dict[str, Any]]:
    names = list(BLOCKS) + [str(c.deciding.get("block") or "other claims") for c in claims]
    blocks = []
    for name in dict.fromkeys(names):
        rows = [
            claim_row(public, c)
            for c in claims
            if (c.deciding.get("block") or "other claims") == name
        ]
        if rows:
            blocks.append({"name": name, "rows": rows})
    return blocks


def _answer(public: Public, claims: list[Claim]) -> dict[str, Any]:
    claim = next((c for c in claims if c.id == "effectiveness"), None)
    if claim is None:
        text = "The plan does not ask this."
        said = dict.fromkeys(("sentence", "reach", "literature"), "")
        return {**said, "headline": text, "certainty": [], "row": None}
    entry = claim.deciding
    facts = facts_of(public, entry)
    reason = entry.get("reason", "")
    contrast = contrast_of(public, entry)
    head = wording.headline(claim.verdict, reason, facts, open_confounding=confounded(contrast))
    sentence = wording.answer(entry.get("kind", ""), claim.verdict, direction_of(entry), facts)
    later = vocabulary.EXPLORATORY if claim.exploratory else ""
    lines, chances = [line for line in (later, *certainty(public, entry)) if line], reach(entry)
    if not claim.testable:
        sentence, lines = _own_contrast(public, sentence, facts)
        chances = ""
    return {
        "headline": head,
        "sentence": sentence,
        "certainty": lines,
        "reach": chances,
        "row": claim_row(public, claim),
        "literature": "" if claim.testable else evidence_view.line(claim),
    }


def _own_contrast(public: Public, sentence: str, facts: Facts) -> tuple[str, list[str]]:
    effect = primary_effect(public)
    if not effect:
        return sentence, []
    comparison, reference = sides(public, effect["contrast"])
    own = Facts(comparison=comparison, reference=reference, synthetic=facts.synthetic)
    label = public.contrasts[effect["contrast"]].get("label", effect["contrast"])
    said = wording.own_contrast(
        label, direction_of(effect), estimate_text(effect), outcome_text(public, effect), own
    )
    return said, certainty(public, {**effect, "effect_id": effect["id"]})


def certainty(public: Public, entry: dict[str, Any]) -> list[str]:
    """Return how sure an estimate is: direction, sample, clusters, and how arms came about."""
    if not estimate_text(entry):
        return []
    contrast = contrast_of(public, entry)
    better = within(public.arm_label(contrast.get("comparison", "")) or "the comparison arm")
    sample = f"{numbers.count(entry.get('n_used'))} of {numbers.count(entry.get('n_eligible'))} "
    sample += entry.get("unit_of_n") or "participants"
    if numbers.is_number(entry.get("clusters")):
        sample += (
            f", {numbers.count(entry['clusters'])} clusters ({plain(entry.get('cluster_unit'))})"
        )
    lines = [f"Positive means {better} did better. Based on {sample}."]
    return [*lines, assignment_text(contrast)] if contrast else lines


def assignment_text(contrast: dict[str, Any]) -> str:
    """Say how clients came to their arm, and what is known of confounding."""
    if contrast.get("assignment") == "randomised":
        return vocabulary.RANDOMISED
    if confounded(contrast):
        return vocabulary.CONFOUNDED
    return f"Clients were not assigned at random; confounding: {contrast['confounding']}."


def confounded(contrast: dict[str, Any]) -> bool:
    """Say whether confounding of a contrast is still to be examined."""
    observed = contrast.get("assignment") != "randomised"
    return observed and contrast.get("confounding") in (None, "", "not yet examined")


def reach(entry: dict[str, Any]) -> str:
    """Return which verdicts the sample size can reach; empty where that was not worked out."""
    found = entry.get("reachable") or {}
    if "supported_if_zero" in found:
        keys = ("supported_if_zero", "supported_at_margin", "inconclusive_if_zero")
        assumed = ("baseline_correlation", "icc")
        return wording.chances(
            *(numbers.chance(found.get(key)) for key in keys),
            *(numbers.fixed(found.get(key), 2) for key in assumed),
        )
    if "detectable_distance" in found:
        return wording.detectable(numbers.points(found["detectable_distance"]))
    return f"The check before outcomes found: {found['problem']}." if "problem" in found else ""


def _notices(public: Public, claims: list[Claim]) -> list[str]:
    notices = [] if public.synthetic else [vocabulary.UNPROTECTED]
    notices += public.study.get("suspicions", [])
    notices += plan_section.notices(public.plan_state)
    failed = [
        c.deciding.get("title") or c.id
        for c in claims
        if any(e["verdict"] == vocabulary.ERROR for e in c.parts)
    ]
    if failed:
        notices.append(f"The analysis of these claims failed: {', '.join(failed)}.")
    return notices
