"""The analysis plan: resolved for one study, hashed, and logged before outcomes are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from analysis.claims.estimand import with_estimands

DESIGN_KEYS = (
    "arms",
    "landmark",
    "contrasts",
    "outcome",
    "further_outcomes",
    "baseline",
    "instruments",
    "covariates",
    "cohort",
)
PROSE_KEYS = ("title", "block", "paragraph", "reference", "unlock")
Status = Literal["planned", "exploratory"]


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


def plan_hash(plan: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the plan in canonical JSON, as 64 hexadecimal digits."""
    return _digest(plan)


def claim_hashes(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return, per claim, a hash of all that may change its verdict.

    Titles and places in the article do not count. The study's design counts for claims that
    compare arms; of it only the cohort counts for the others.
    """
    return {key: _digest(_material(plan, claim)) for key, claim in plan["claims"].items()}


def record_plan(log: Path, plan: Mapping[str, Any]) -> None:
    """Append the plan's hashes to the log, unless its newest plan entry is the same."""
    entry = {"event": "plan", "hash": plan_hash(plan), "claims": claim_hashes(plan)}
    earlier = [one for one in read_log(log) if one["event"] == "plan"]
    if not earlier or earlier[-1]["hash"] != entry["hash"]:
        _append(log, entry)


def record_outcomes_read(log: Path, digest: str) -> None:
    """Append that outcomes were read, once for each state (`digest`) of the outcome table."""
    if not any(one.get("outcomes") == digest for one in read_log(log)):
        _append(log, {"event": "outcomes_read", "outcomes": digest})


def read_log(log: Path) -> list[dict[str, Any]]:
    """Return the log's entries in order; an absent log is empty."""
    if not log.exists():
        return []
    return [
        json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def claim_status(entries: list[dict[str, Any]], claim: str, digest: str) -> Status:
    """Return whether a claim stood in the log as it is now before outcomes were first read."""
    for entry in entries:
        if entry["event"] == "outcomes_read":
            return "exploratory"
        if entry["event"] == "plan" and entry["claims"].get(claim) == digest:
            return "planned"
    return "planned" if not entries else "exploratory"


def changed_after_outcomes(entries: list[dict[str, Any]]) -> bool:
    """Return whether a plan was recorded after outcomes were first read."""
    read = False
    for entry in entries:
        read = read or entry["event"] == "outcomes_read"
        if read and entry["event"] == "plan":
            return True
    return False


def public_log(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the log without clock times, so that equal runs give equal files."""
    return [
        {"order": order, "event": entry["event"], "hash": entry.get("hash", entry.get("outcomes"))}
        for order, entry in enumerate(entries, start=1)
    ]


def _material(plan: Mapping[str, Any], claim: Mapping[str, Any]) -> dict[str, Any]:
    design = plan["design"]
    seen = design if reads_design(claim) else {"cohort": design.get("cohort")}
    tables = {part["table"] for part in claim["parts"].values() if "table" in part}
    return {
        "claim": {key: value for key, value in claim.items() if key not in PROSE_KEYS},
        "tables": {name: plan["decision_tables"][name] for name in sorted(tables)},
        "design": seen,
    }


def _merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        nested = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = _merge(base[key], value) if nested else value
    return merged


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _append(log: Path, entry: dict[str, Any]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    stamped = {**entry, "time": datetime.now(UTC).isoformat(timespec="seconds")}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(stamped, sort_keys=True) + "\n")
