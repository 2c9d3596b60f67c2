"""From a scenario's name and a study's changes to the truth, with every wrong key named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite
from typing import Any

from analysis.simulate.truth import Truth
from analysis.study.problems import Problem, StudyError

SCENARIOS = ("confounded", "randomised")
MOST = 1000
SHARES = (
    *("follow_up_kept", "icc", "benefit_icc", "therapist_share", "climate_icc", "leaving_week"),
    *("seen_in_treatment", "seen_after_leaving", "within_minutes", "scheduled_within"),
    *("cancelled", "two_leaders", "three_leaders", "attends_in_person", "attends_online"),
    *("online_start", "online_end", "closed_share", "focus_share", "readmission", "medicated"),
    *("format_switch", "cohesion_correlation"),
)
LEAST = {
    **dict.fromkeys(SHARES, 0),
    **dict.fromkeys(("closed_days", "group_life_days", "capacity", "sites"), 1),
    **dict.fromkeys(("intakes_per_site_day", "baseline_sd", "residual_ratio"), 0.01),
    **dict.fromkeys(("occasion_sd", "response_sd", "online_stay_days"), 0),
}


def make_truth(scenario: str, changes: Mapping[str, Any] | None = None) -> Truth:
    """Return the scenario's truth with a study's changes.

    Parameters
    ----------
    scenario : {"confounded", "randomised"}
        `randomised` sets ``confounding`` to zero.
    changes : mapping, optional
        Attribute of `Truth` to value; a mapping changes only the entries that it names.

    Raises
    ------
    StudyError
        If the scenario, an attribute or an entry is unknown, or a value is not of its kind.
    """
    if scenario not in SCENARIOS:
        raise StudyError([_problem("scenario", f"one of {', '.join(SCENARIOS)}", "another word")])
    base = Truth(confounding=0.0 if scenario == "randomised" else 1.0)
    kinds = {one.name: getattr(base, one.name) for one in fields(Truth)}
    problems, values = [], {}
    for name, value in (changes or {}).items():
        fault = _fault(name, value, kinds)
        if fault:
            problems.append(fault)
        elif isinstance(kinds[name], dict):
            values[name] = kinds[name] | {key: float(one) for key, one in value.items()}
        else:
            values[name] = type(kinds[name])(value)
    if problems:
        raise StudyError(problems)
    return replace(base, **values)


def _fault(name: str, value: Any, kinds: Mapping[str, Any]) -> Problem | None:
    where = f"truth.{name}"
    if name not in kinds:
        return _problem(where, f"one of {', '.join(kinds)}", "an unknown key")
    if not isinstance(kinds[name], dict):
        low, high = LEAST.get(name, -MOST), 1 if name in SHARES else MOST
        if not _is_number(value) or (isinstance(kinds[name], int) and value != int(value)):
            return _problem(where, "a number", "something else")
        good = low <= value <= high
        return None if good else _problem(where, f"{low} to {high}", "a number outside")
    if not isinstance(value, Mapping):
        return _problem(where, "a mapping", "something else")
    if set(value) - set(kinds[name]):
        return _problem(where, f"keys among {', '.join(kinds[name])}", "an unknown key")
    good = all(_is_number(one) and abs(one) <= MOST for one in value.values())
    return None if good else _problem(where, f"numbers up to {MOST}", "something else")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _problem(column: str, expected: str, found: str) -> Problem:
    return Problem(
        file="the study's config",
        column=f"simulate.{column}",
        rows=(),
        expected=expected,
        found=found,
        remedy="Correct the entry; docs/simulator.md describes each.",
    )
