"""One claim's section: what was tested, the answer, the design behind it, its checks and limits."""

from __future__ import annotations

from typing import Any

from analysis.present import (
    evidence_view,
    missing_wording,
    numbers,
    scrutiny_wording,
    tables,
    vocabulary,
    wording,
)
from analysis.present.claims_view import Claim, contrast_of, direction_of, facts_of, in_turn
from analysis.present.first_screen import assignment_text, claim_row, reach
from analysis.present.labels import (
    cluster_label,
    construct_label,
    method_label,
    model_label,
    part_label,
    plain,
    sentence_case,
)
from analysis.present.public import Public

FIGURES = {
    "effectiveness": ("equivalence", "trajectories"),
    "intensity": ("weekly_hours",),
    "duration": ("session_length",),
    "size": ("group_size",),
    "conditions": ("conditions",),
    "mechanism": ("mechanism",),
}
MOST_SPOKEN = 6
ALWAYS_SPOKEN = ("against_published",)


def claim_section(public: Public, claim: Claim) -> dict[str, Any]:
    """Return the contents of one claim's section, as texts and tables."""
    entry = claim.deciding
    kinds = {e.get("kind"): e for e in claim.parts}
    return {
        **claim_row(public, claim),
        "phrase": entry.get("phrase") or "",
        "source": _source(entry),
        "statement": entry.get("statement") or "",
        "answers": [_answer(public, e) for e in _spoken(public, claim)],
        "status": entry.get("status") or "planned",
        "stance": vocabulary.STANCES.get(entry.get("stance", ""), ""),
        "design": design(public, claim),
        "reach": reach(entry),
        "tests": tables.one_sided_tests(kinds.get("equivalence", {}), facts_of(public, entry)),
        "decision": tables.decision(public, entry),
        "parts": tables.parts(claim) if not claim.external else None,
        "diagnostics": tables.diagnostics(public, entry.get("effect_id") or ""),
        "limits": limits(public, claim),
        "published": evidence_view.block(public, claim),
        "figures": FIGURES.get(claim.id, ()) if claim.testable else (),
    }


def _spoken(public: Public, claim: Claim) -> tuple[dict[str, Any], ...]:
    """Return the parts that get sentences; of a long claim few, for the table has them all."""
    if not claim.testable or len(claim.parts) <= MOST_SPOKEN:
        return claim.parts
    named = in_turn(public, claim)
    more = (one for one in claim.parts if one.get("kind") in ALWAYS_SPOKEN or one in named)
    return (claim.deciding, *(one for one in more if one is not claim.deciding))


def _source(entry: dict[str, Any]) -> str:
    reference = entry.get("reference")
    cites = f"cites {reference}" if reference and reference != "none" else "cites nothing for it"
    where = f"{entry['paragraph']}; " if entry.get("paragraph") else ""
    return f"{where}the article {cites}"


def _answer(public: Public, entry: dict[str, Any]) -> dict[str, str]:
    text = wording.answer(
        entry.get("kind", ""), entry["verdict"], direction_of(entry), facts_of(public, entry)
    )
    unseen = missing_wording.throughout(entry)
    second = scrutiny_wording.protocol(entry)
    return {
        "part": sentence_case(part_label(entry["part"])),
        "text": " ".join(one for one in (text, unseen, second) if one),
        "verdict": entry["verdict"],
        "symbol": vocabulary.SYMBOLS.get(entry["verdict"], "–"),
        "statement": entry.get("statement") or "",
    }


def design(public: Public, claim: Claim) -> list[tuple[str, str]]:
    """Return contrast, arms, estimand, model, clusters and degrees of freedom behind a claim."""
    entry = claim.deciding
    effect = public.effect(entry.get("effect_id")) or entry
    if not entry.get("effect_id"):
        return []
    contrast = public.contrasts.get(effect.get("contrast", ""), {})
    pairs = [*_contrast(public, contrast)] if contrast else []
    pairs += [
        ("Estimand", sentence_case(plain(effect.get("estimand")))),
        ("Outcome", _outcome(public, effect) if contrast else ""),
        ("Margin", _margin(public, claim)),
        ("Threshold", _threshold(public, claim)),
        ("What counts", sentence_case(public.plan_of(claim.id).get("counts") or "")),
        ("Window", (public.plan_of(claim.id).get("window") or {}).get("source") or ""),
        ("Model", sentence_case(model_label(effect.get("model")))),
        (
            "Sample",
            f"{numbers.count(effect.get('n_used'))} of "
            f"{numbers.count(effect.get('n_eligible'))} {effect.get('unit_of_n') or ''}",
        ),
        ("Clusters", _clusters(effect)),
        ("Degrees of freedom", _df(effect)),
    ]
    return [(name, text) for name, text in pairs if text]


def _contrast(public: Public, contrast: dict[str, Any]) -> list[tuple[str, str]]:
    clusters = contrast.get("clusters") or {}
    arms = []
    for side in ("comparison", "reference"):
        arm = contrast.get(side, "")
        shared = cluster_label(clusters.get(arm, "none"))
        n = contrast.get(f"n_{side}")
        size = f"n = {numbers.count(n)}, " if numbers.is_number(n) else ""
        arms.append(f"{public.arm_label(arm)} ({size}shared by clients: {shared})")
    return [
        ("Contrast", contrast.get("label", "")),
        ("Arms", "; ".join(arms)),
        ("Assignment", sentence_case(contrast.get("assignment", ""))),
    ]


def _outcome(public: Public, effect: dict[str, Any]) -> str:
    text = f"{sentence_case(construct_label(effect['construct']))} ({effect['instrument']})"
    text += f" at {effect['time']}" if effect.get("time") else ""
    window = public.outcome.get("window")
    if window and effect["construct"] == public.outcome.get("construct"):
        text += f"; assessments of days {numbers.count(window[0])} to {numbers.count(window[1])}"
    return text


def _margin(public: Public, claim: Claim) -> str:
    value = claim.deciding.get("margin")
    if not numbers.is_number(value):
        return ""
    source = (public.plan_of(claim.id).get("margin") or {}).get("source")
    text = numbers.plus_minus(value, claim.deciding.get("unit") or "")
    return f"{text}; {source}" if source else text


def _threshold(public: Public, claim: Claim) -> str:
    value = claim.deciding.get("threshold")
    if not numbers.is_number(value):
        return ""
    source = (public.plan_of(claim.id).get("threshold") or {}).get("source")
    return f"{numbers.percent(value)}; {source}" if source else numbers.percent(value)


def _clusters(effect: dict[str, Any]) -> str:
    if not numbers.is_number(effect.get("clusters")):
        return ""
    text = f"{numbers.count(effect['clusters'])} ({plain(effect.get('cluster_unit'))})"
    icc = effect.get("icc")
    return text + (f"; intraclass correlation {numbers.fixed(icc, 3)}" if icc is not None else "")


def _df(effect: dict[str, Any]) -> str:
    if not numbers.is_number(effect.get("df")):
        return ""
    return f"{numbers.fixed(effect['df'], 1)} ({method_label(effect.get('df_method'))})"


def limits(public: Public, claim: Claim) -> list[str]:
    """Return what a reader must bear in mind of this claim."""
    entry = claim.deciding
    effect = public.effect(entry.get("effect_id"))
    found: list[str] = []
    if effect.get("contrast") in public.contrasts or entry.get("kind") in vocabulary.BETWEEN_ARMS:
        found.append(assignment_text(contrast_of(public, entry)))
    robustness = entry.get("robustness") or {}
    if "k" in robustness and "m" in robustness:
        found.append(
            f"{numbers.count(robustness['k'])} of {numbers.count(robustness['m'])} specifications "
            "declared beforehand give the same verdict."
        )
    if promised := missing_wording.promise(entry):
        found.append(promised)
    if entry.get("status") == "exploratory":
        found.append(vocabulary.EXPLORATORY)
    return [*found, vocabulary.PROVIDER]
