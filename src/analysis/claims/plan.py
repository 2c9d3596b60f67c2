"""The analysis plan, resolved for one study, and the hashes of what decides in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.claims.estimand import with_estimands
from analysis.claims.overrides import with_overrides

DESIGN_KEYS = (
    "tables",
    "columns",
    "missing_codes",
    "waves",
    "arms",
    "landmark",
    "contrasts",
    "outcome",
    "further_outcomes",
    "baseline",
    "instruments",
    "covariates",
    "auxiliary",
    "cohort",
)
WHO_COUNTS = ("tables", "columns", "missing_codes", "waves", "arms", "landmark", "cohort")
OUTSIDE_KINDS = ("external_fact", "citation_check")
PROSE_KEYS = ("title", "block", "paragraph", "reference", "unlock")
WORDING_KEYS = ("why", "says")
SCORING_KEYS = (
    *("items", "scored_items", "item_range", "reversed_items", "scoring", "max_missing_items"),
    *("range", "direction", "sd", "reliability", "cutoff", "reliable_change", "response"),
    "defined_in",
)


def resolve_plan(
    claims: Mapping[str, Any],
    study: Mapping[str, Any],
    judges: Mapping[str, Any] | None = None,
    instruments: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Merge the claims with one study's overrides and design, and name each claim's source.

    Parameters
    ----------
    claims : mapping
        Contents of ``config/claims.yaml``.
    study : mapping
        Contents of the study's config file.
    judges : mapping, optional
        ``claims`` of ``data/raw/evidence/judges.yaml``: which published source judges which claim.
    instruments : mapping, optional
        ``instruments`` of ``config/instruments.yaml``.

    Returns
    -------
    dict
        ``claims`` (each with ``published``, where `judges` are given), ``decision_tables``,
        ``limits``, ``assumptions``, ``article``, ``design`` (the study's arms, contrasts with
        their estimands, outcome, windows, covariates and bindings) and ``instruments`` (those that
        the study binds or a margin is fixed in, as they are scored).

    Raises
    ------
    KeyError
        If the study overrides a claim or a limit that does not exist.
    """
    whole = with_overrides(claims, study.get("overrides") or {})
    resolved = whole["claims"]
    if judges is not None:
        for key, claim in resolved.items():
            named = judges.get(key, {})
            claim["published"] = {name: named.get(name) for name in ("judge", "comparable")}
    return {
        "article": claims["article"],
        "assumptions": claims["assumptions"],
        "limits": whole["limits"],
        "decision_tables": claims["decision_tables"],
        "claims": resolved,
        "design": with_estimands(
            {key: study[key] for key in DESIGN_KEYS if key in study},
            whole["limits"]["clusters"]["most_unknown"]["value"],
        ),
        "instruments": _as_scored(instruments or {}, study, resolved),
    }


def reads_design(claim: Mapping[str, Any]) -> bool:
    """Say whether a claim's verdict depends on the study's arms, outcome and instruments."""
    return _compares(claim) or any("estimate" in one for one in claim["parts"].values())


def _compares(claim: Mapping[str, Any]) -> bool:
    return bool(claim["kind"] == "comparison")


def limits_used(claim: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the groups of the plan's limits that a claim's verdict depends on."""
    if _compares(claim):
        return ("weighting", "dose", "missing", "clusters", "published")
    estimates = {one["estimate"] for one in claim["parts"].values() if "estimate" in one}
    if estimates - {"retention"}:
        return ("weighting", "program", "clusters", "published")
    return ("clusters", "published") if estimates else ()


def instruments_used(claim: Mapping[str, Any], design: Mapping[str, Any]) -> list[str]:
    """Return the instruments that a claim's verdict depends on, sorted by name."""
    if not reads_design(claim):
        return []
    outcomes = [design.get("outcome", {}), *design.get("further_outcomes", ())]
    constructs = {one.get("construct") for one in outcomes[: None if _compares(claim) else 1]}
    if _compares(claim):
        constructs |= set(design.get("auxiliary", ()))
    for part in claim["parts"].values():
        constructs |= {part.get("construct"), *part.get("constructs", ())}
    bound = design.get("instruments", {})
    named = {bound.get(one) for one in constructs} | {claim.get("margin", {}).get("instrument")}
    return sorted(named - {None})


def decisions(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that decides in a plan, without its prose: place in the plan to value.

    Places are written ``claims/size/window/high``; a list is one value; what is null or empty is
    left out.
    """
    shown = {
        "assumptions": plan["assumptions"],
        "limits": plan["limits"],
        "decision_tables": _without(plan["decision_tables"], WORDING_KEYS),
        "claims": {key: _without_prose(claim) for key, claim in plan["claims"].items()},
        "design": plan["design"],
        "instruments": plan["instruments"],
    }
    flat = dict(_flatten(shown, ()))
    found: dict[str, Any] = json.loads(json.dumps(flat, sort_keys=True))
    return found


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the places where two plans' decisions differ, with both values (None: absent)."""
    return {
        place: [before.get(place), now.get(place)]
        for place in sorted({*before, *now})
        if before.get(place) != now.get(place)
    }


def plan_hash(plan: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the plan's decisions, as 64 hexadecimal digits."""
    return decisions_hash(decisions(plan))


def decisions_hash(found: Mapping[str, Any]) -> str:
    """Return the SHA-256 of decisions in canonical JSON, as 64 hexadecimal digits."""
    return _digest(found)


def claim_hashes(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return, per claim, a hash of all that may change its verdict.

    Titles and places in the article do not count. The study's design counts for claims that
    compare arms; of it only the files, arms and cohort count for the others, and nothing for what
    is judged without the study.
    """
    return {key: _digest(_material(plan, claim)) for key, claim in plan["claims"].items()}


def _as_scored(
    instruments: Mapping[str, Any], study: Mapping[str, Any], claims: Mapping[str, Any]
) -> dict[str, Any]:
    bound = set((study.get("instruments") or {}).values())
    fixed = {claim.get("margin", {}).get("instrument") for claim in claims.values()}
    return {
        name: {key: one[key] for key in SCORING_KEYS if key in one}
        for name, one in instruments.items()
        if name in bound | fixed
    }


def _material(plan: Mapping[str, Any], claim: Mapping[str, Any]) -> dict[str, Any]:
    tables = {part["table"] for part in claim["parts"].values() if "table" in part}
    return {
        "claim": _without_prose(claim),
        "tables": {
            name: _without(plan["decision_tables"][name], WORDING_KEYS) for name in sorted(tables)
        },
        "limits": {name: plan["limits"][name] for name in limits_used(claim)},
        "design": _seen(plan["design"], claim),
        "instruments": {
            name: plan["instruments"].get(name) for name in instruments_used(claim, plan["design"])
        },
    }


def _seen(design: Mapping[str, Any], claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the study's design a claim's verdict depends on."""
    if claim["kind"] in OUTSIDE_KINDS:
        return {}
    if reads_design(claim):
        return dict(design)
    return {key: design[key] for key in WHO_COUNTS if design.get(key)}


def _without_prose(claim: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in claim.items() if key not in PROSE_KEYS}
    return {key: _without(value, WORDING_KEYS) for key, value in kept.items()}


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(one, keys) for key, one in value.items() if key not in keys}
    return [_without(one, keys) for one in value] if isinstance(value, list) else value


def _flatten(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flatten(one, (*place, str(key)))
    elif value is not None and value != []:
        yield "/".join(place), value


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
