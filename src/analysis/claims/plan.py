"""The analysis plan, resolved for one study, and the hashes of what decides in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.claims.estimand import with_estimands

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


def resolve_plan(
    claims: Mapping[str, Any],
    study: Mapping[str, Any],
    judges: Mapping[str, Any] | None = None,
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

    Returns
    -------
    dict
        ``claims`` (each with ``published``, where `judges` are given), ``decision_tables``,
        ``assumptions``, ``article`` and ``design`` (the study's arms, contrasts with their
        estimands, outcome, windows, covariates and bindings).

    Raises
    ------
    KeyError
        If the study overrides a claim that does not exist.
    """
    overrides = study.get("overrides") or {}
    unknown = sorted(set(overrides) - set(claims["claims"]))
    if unknown:
        raise KeyError(f"overrides name claims that do not exist: {', '.join(unknown)}")
    resolved = {
        key: _merge(claim, overrides.get(key, {})) for key, claim in claims["claims"].items()
    }
    if judges is not None:
        for key, claim in resolved.items():
            named = judges.get(key, {})
            claim["published"] = {name: named.get(name) for name in ("judge", "comparable")}
    return {
        "article": claims["article"],
        "assumptions": claims["assumptions"],
        "decision_tables": claims["decision_tables"],
        "claims": resolved,
        "design": with_estimands({key: study[key] for key in DESIGN_KEYS if key in study}),
    }


def reads_design(claim: Mapping[str, Any]) -> bool:
    """Say whether a claim's verdict depends on the study's arms, outcome and instruments."""
    return claim["kind"] == "comparison" or any(
        "estimate" in one for one in claim["parts"].values()
    )


def decisions(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that decides in a plan, without its prose: place in the plan to value.

    Places are written ``claims/size/window/high``; a list is one value; what is null or empty is
    left out.
    """
    shown = {
        "assumptions": plan["assumptions"],
        "decision_tables": _without(plan["decision_tables"], WORDING_KEYS),
        "claims": {key: _without_prose(claim) for key, claim in plan["claims"].items()},
        "design": plan["design"],
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


def _material(plan: Mapping[str, Any], claim: Mapping[str, Any]) -> dict[str, Any]:
    tables = {part["table"] for part in claim["parts"].values() if "table" in part}
    return {
        "claim": _without_prose(claim),
        "tables": {
            name: _without(plan["decision_tables"][name], WORDING_KEYS) for name in sorted(tables)
        },
        "design": _seen(plan["design"], claim),
    }


def _seen(design: Mapping[str, Any], claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the study's design a claim's verdict depends on."""
    if claim["kind"] in OUTSIDE_KINDS:
        return {}
    if reads_design(claim):
        return dict(design)
    return {key: design[key] for key in WHO_COUNTS if design.get(key)}


def _without_prose(claim: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in claim.items() if key not in PROSE_KEYS}


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


def _merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        nested = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = _merge(base[key], value) if nested else value
    return merged


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
