"""The table of deviations, made from the plan's log: what changed, when, and what it did.

Registered studies rarely tell their deviations (Claesen et al. 2021, doi 10.1098/rsos.211037); here
they are not told by anybody, but read from the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.claims.chain import Log
from analysis.claims.lines import READ, REPORTED, RESOLVED, STATES, Entry

SHOWN = 12
COLUMNS = ("time", "outcomes", "kind", "what", "before", "now")
Row = dict[str, str]


def deviations(log: Log, verdicts: Mapping[str, str]) -> list[Row]:
    """Return what changed since the first plan, in order.

    Parameters
    ----------
    log : Log
    verdicts : mapping
        ``claim.part`` to its verdict, as they are now.

    Returns
    -------
    list of dict
        ``time``, ``outcomes`` (``not yet read`` or ``read``), ``kind`` (plan, data, code, verdict
        or log), ``what``, ``before`` and ``now``.
    """
    states = [at for at, one in enumerate(log.entries) if one.get("event") in STATES]
    if not states:
        return []
    shown = _reported(log.entries, states, verdicts)
    rows: list[Row] = []
    for number, at in enumerate(states):
        entry = log.entries[at]
        read = any(one.get("event") == READ for one in log.entries[:at])
        stamp = {"time": str(entry.get("time", "")), "outcomes": "read" if read else "not yet read"}
        found = [("log", text, "", "") for text in entry.get("found", [])]
        if number:
            earlier = log.entries[states[number - 1]]
            found += [*_states(earlier, entry), *_verdicts(earlier, entry, shown, number)]
        names = ("kind", "what", "before", "now")
        rows += [{**stamp, **dict(zip(names, one, strict=True))} for one in found]
    return rows


def _states(earlier: Entry, entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    if entry.get("event") == RESOLVED:
        yield from _plan(entry)
    for kind, what in (("data", "declared files"), ("code", "source of the program")):
        if earlier.get(kind) != entry.get(kind):
            yield kind, what, _version(earlier, kind), _version(entry, kind)


def _plan(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    if "changes" not in entry:
        yield "plan", "the plan before this one cannot be rebuilt from the log", "", ""
    for place, (before, now) in entry.get("changes", {}).items():
        yield "plan", place.replace("/", ": "), *_values(before, now)


def _values(before: Any, now: Any) -> tuple[str, str]:
    """Write two values; of two lists, only what the other one lacks."""
    if isinstance(before, list) and isinstance(now, list):
        kept = [one for one in before if one in now]
        if len(kept) < max(len(before), len(now)):
            before, now = ([one for one in side if one not in kept] for side in (before, now))
    return _text(before), _text(now)


def _text(value: Any) -> str:
    if value is None or value == []:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _version(entry: Entry, kind: str) -> str:
    commit = str(entry.get("commit", "")) if kind == "code" else ""
    digest = str(entry.get(kind, ""))[:SHOWN]
    return f"{digest} (commit {commit[:SHOWN]})" if commit else digest


def _reported(
    entries: Sequence[Entry], states: Sequence[int], verdicts: Mapping[str, str]
) -> list[Mapping[str, str] | None]:
    """Return the verdicts reported in each state; None where no report was made in it."""
    found: list[Mapping[str, str] | None] = []
    for at, end in zip(states, [*states[1:], len(entries)], strict=True):
        told = [one["verdicts"] for one in entries[at:end] if one.get("event") == REPORTED]
        found.append(told[-1] if told else None)
    return [*found[:-1], verdicts]


def _verdicts(
    earlier: Entry, entry: Entry, shown: Sequence[Mapping[str, str] | None], number: int
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the verdicts that differ from those last reported, and what had changed in between."""
    now = shown[number]
    before = next((one for one in reversed(shown[:number]) if one is not None), None)
    if before is None or now is None:
        return
    changed = [key for key in ("plan", "data", "code") if earlier.get(key) != entry.get(key)]
    for part in sorted({*before, *now}):
        if before.get(part) != now.get(part):
            told = f"{part} (after a change of {' and '.join(changed)})"
            yield "verdict", told, before.get(part, "none"), now.get(part, "none")
