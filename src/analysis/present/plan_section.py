"""What a report says of the plan: what the log shows, how often data were looked at, deviations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analysis.present import numbers, wording
from analysis.present.labels import plain, sentence_case
from analysis.present.public import Public
from analysis.present.tables import Table

HEAD_SHOWN = 16
NO_RECORD = "No record from before outcomes were read"


def notices(state: Mapping[str, Any]) -> list[str]:
    """Return what the first screen says of the plan; nothing where it stood and was followed.

    Parameters
    ----------
    state : mapping
        `Public.plan_state`.
    """
    if not state.get("planned_before_outcomes", True):
        faults = state.get("faults") or ["the log names no plan before outcomes were read"]
        why = "; ".join(faults)
        return [f"{NO_RECORD}: {why}. Every claim is exploratory."]
    said = [wording.plan_changed(True)] if state.get("changed_after_outcomes") else []
    looks = state.get("looks") or 0
    if looks > 1:
        said.append(
            f"Outcomes were looked at {numbers.count(looks)} times, each time in other data; the "
            "intervals do not allow for that."
        )
    return said


def plan_section(public: Public) -> dict[str, Any]:
    """Return the contents of *Methods and plan*.

    Returns
    -------
    dict
        ``hash``, ``head``, ``dates``, ``changed``, ``registration``, ``deviations`` and ``log``
        (tables), and ``full`` (the plan as text).
    """
    state = public.plan_state
    registered = public.study.get("registration") or state.get("registration")
    return {
        "hash": state.get("hash", ""),
        "head": state.get("head", ""),
        "short_head": str(state.get("head", ""))[:HEAD_SHOWN],
        "dates": _dates(state),
        "changed": wording.plan_changed(state.get("changed_after_outcomes")),
        "registration": wording.registration(registered),
        "deviations": _deviations(state),
        "log": _log(state),
        "full": json.dumps(public.plan.get("plan") or {}, indent=1, ensure_ascii=False),
    }


def _dates(state: Mapping[str, Any]) -> str:
    """Say when the plan was logged, when outcomes were first read, and how often data were read."""
    if "looks" not in state:
        return ""
    plan = state.get("first_plan") or "not recorded"
    read = state.get("first_outcomes") or "not recorded"
    return (
        f"Plan first logged: {plan}. Outcomes first read: {read}. "
        f"Number of looks (states of the data whose outcomes were read): "
        f"{numbers.count(state['looks'])}."
    )


def _deviations(state: Mapping[str, Any]) -> Table:
    names = ("time", "outcomes", "kind", "what", "before", "now")
    return Table(
        "Deviations: what changed since the plan was first logged",
        ["When", "Outcomes then", "Kind", "What", "Before", "Now"],
        [[str(one.get(name, "")) for name in names] for one in state.get("deviations") or []],
    )


def _log(state: Mapping[str, Any]) -> Table:
    rows = [
        [
            numbers.count(one.get("order")),
            sentence_case(plain(one.get("event"))),
            str(one.get("time") or ""),
            str(one.get("hash") or ""),
        ]
        for one in state.get("log") or []
    ]
    return Table("Log of the plan, in order", ["Order", "Event", "Time", "Hash of the line"], rows)
