"""What happened to a study's plan, in order: resolved, corrected, outcomes read, reported.

The log's lines are chained (`claims.chain`). A line is written for each new state of plan, data and
code, so that a run with nothing new writes none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from analysis.claims.chain import FIRST, Log, append, read_log
from analysis.claims.events import State, once
from analysis.claims.lines import CORRECTION, READ, REPORTED, RESOLVED, STATES, Entry
from analysis.claims.plan import changes, claim_hashes, decisions, decisions_hash

Status = Literal["planned", "exploratory"]
EITHER = (*STATES, REPORTED)


def record_plan(path: Path, plan: Mapping[str, Any], state: State) -> Entry | None:
    """Log the state at the start of a run, unless it is the newest one in the log.

    The first line holds the whole plan, a later one what it changed: ``decisions`` or ``changes``
    (place in the plan, to the value before and the value now). A line whose plan is the old one and
    whose data or code are new is a correction.
    """

    def line(log: Log) -> Mapping[str, Any] | None:
        last = latest_state(log.entries)
        if last is not None and State.of(last).key == state.key:
            return None
        same = last is not None and last["plan"] == state.plan
        content = {"event": CORRECTION if same else RESOLVED, **asdict(state)}
        if same:
            return content
        content["claims"] = claim_hashes(plan)
        logged, known = logged_plan(log.entries)
        if logged and known:
            return {**content, "changes": changes(logged, decisions(plan))}
        return {**content, "decisions": decisions(plan)}

    return append(path, line)


def record_reported(path: Path, verdicts: Mapping[str, str]) -> Entry | None:
    """Log that a report shows the log's newest state, once for each state.

    Parameters
    ----------
    path : Path
    verdicts : mapping
        ``claim.part`` to its verdict.
    """
    return append(path, lambda log: once(log, REPORTED, {"verdicts": dict(verdicts)}))


def record_report(results: Path) -> Entry | None:
    """Log that a study's report was made, where its public files are those of the newest state.

    Parameters
    ----------
    results : Path
        ``results/<study>``.
    """
    path, public = results / "plan_log.jsonl", results / "public"
    shown, judged = (public / name for name in ("plan.json", "claims.json"))
    if not (shown.exists() and judged.exists() and (public / "report" / "report.html").exists()):
        return None
    told = json.loads(shown.read_text(encoding="utf-8"))
    if told.get("head") != plan_state(read_log(path))["head"]:
        return None
    return record_reported(path, verdicts_of(json.loads(judged.read_text(encoding="utf-8"))))


def verdicts_of(claims: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return ``claim.part`` to verdict of the study's own entries of ``claims.json``."""
    mine = (one for one in claims if one["source"] == "study")
    return {f"{one['id']}.{one['part']}": one["verdict"] for one in mine}


def judged_otherwise(log: Log, verdicts: Mapping[str, str]) -> list[str]:
    """Return the parts whose verdict is not the one that was reported of the newest state.

    Parameters
    ----------
    log : Log
    verdicts : mapping
        ``claim.part`` to its verdict now, as `verdicts_of` gives it.
    """
    newest = next((one for one in reversed(log.entries) if one.get("event") in EITHER), {})
    told = newest.get("verdicts", verdicts)
    return [one for one in sorted({*told, *verdicts}) if told.get(one) != verdicts.get(one)]


def latest_state(entries: Iterable[Entry]) -> Entry | None:
    """Return the newest line that names a state of plan, data and code, or None."""
    return next((one for one in reversed(list(entries)) if one.get("event") in STATES), None)


def logged_plan(entries: Iterable[Entry]) -> tuple[dict[str, Any], bool]:
    """Return the newest plan in the log, rebuilt from its lines, and whether its hash agrees."""
    plan: dict[str, Any] = {}
    named = ""
    for one in entries:
        if one.get("event") != RESOLVED:
            continue
        named = str(one.get("plan"))
        if "decisions" in one:
            plan = dict(one["decisions"])
        for place, (_, now) in one.get("changes", {}).items():
            plan.pop(place, None)
            plan |= {} if now is None else {place: now}
    return plan, decisions_hash(plan) == named


def claim_status(log: Log, claim: str, digest: str) -> Status:
    """Say whether a claim stood in the log as it is now before outcomes were first read.

    A log with a fault shows that of no claim.
    """
    if log.faults:
        return "exploratory"
    for entry in log.entries:
        if entry["event"] == READ:
            return "exploratory"
        if entry["event"] == RESOLVED and entry["claims"].get(claim) == digest:
            return "planned"
    return "exploratory" if log.entries and latest_state(log.entries) is None else "planned"


def plan_state(log: Log) -> dict[str, Any]:
    """Return what a report says of the plan's log, whatever was reported since.

    Returns
    -------
    dict
        ``head`` (hash of the newest line that is not a report of the newest state), ``faults``,
        ``looks`` (states of the data whose outcomes were read), ``first_plan`` and
        ``first_outcomes`` (times, None where there is none), ``changed_after_outcomes``,
        ``planned_before_outcomes`` and ``log`` (order, event, time, hash of the line).
    """
    shown = _before_report(log)
    entries = log.entries[:shown]
    events = [one.get("event") for one in entries]
    first = {name: events.index(name) if name in events else None for name in (RESOLVED, READ)}
    read = len(events) if first[READ] is None else first[READ]
    times = {name: None if at is None else entries[at].get("time") for name, at in first.items()}
    return {
        "head": log.hashes[shown - 1] if shown else FIRST,
        "faults": list(log.faults),
        "looks": len({one.get("data") for one in entries if one.get("event") == READ}),
        "first_plan": times[RESOLVED],
        "first_outcomes": times[READ],
        "planned_before_outcomes": not log.faults and RESOLVED in events[:read],
        "changed_after_outcomes": RESOLVED in events[read:],
        "log": [
            {"order": order, "event": one.get("event"), "time": one.get("time"), "hash": digest}
            for order, (one, digest) in enumerate(zip(entries, log.hashes, strict=False), start=1)
        ],
    }


def _before_report(log: Log) -> int:
    """Return how many lines stand before the reports of the newest state."""
    count = len(log.entries)
    while count and log.entries[count - 1].get("event") == REPORTED:
        count -= 1
    return count
