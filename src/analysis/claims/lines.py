"""One line of the plan's log: the events, and the form in which each can be read.

The log is a file that anybody can write to. What is not of this form is taken as unreadable here,
so that nothing which reads the log has to doubt it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

RESOLVED, CORRECTION = "plan resolved", "correction"
READ, REPORTED = "outcomes read", "reported"
STATES = (RESOLVED, CORRECTION)
UNREADABLE = "unreadable"
STATE = ("plan", "data", "code")
NEEDED = {RESOLVED: (*STATE, "claims"), CORRECTION: STATE, REPORTED: ("verdicts",)}
Entry = dict[str, Any]


def read_line(line: bytes) -> Entry | None:
    """Return what a line says; None where it is no line of a log."""
    try:
        entry = json.loads(line)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()  # or could not be printed
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and _has_form(entry) else None


def _has_form(entry: Entry) -> bool:
    named = {"event", "before", *NEEDED.get(str(entry.get("event")), ())}
    return named <= set(entry) and all(FORMS[key](entry[key]) for key in FORMS if key in entry)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_named_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _is_changes(value: Any) -> bool:
    pairs = value.values() if isinstance(value, dict) else [None]
    return all(isinstance(one, list) and len(one) == 2 for one in pairs)


FORMS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("event", "before", "time", "commit", *STATE), _is_text),
    "claims": _is_named_texts,
    "verdicts": _is_named_texts,
    "found": _is_texts,
    "decisions": _is_mapping,
    "changes": _is_changes,
}
