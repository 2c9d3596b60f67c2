"""From a scenario's name and a study's changes to the truth, with every wrong key named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from analysis.simulate.truth import Truth
from analysis.study.problems import Problem, StudyError

SCENARIOS = ("confounded", "randomised")


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
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = not isinstance(kinds[name], int) or (number and float(value).is_integer())
        return None if number and whole else _problem(where, "a number", "something else")
    if not isinstance(value, Mapping):
        return _problem(where, "a mapping", "something else")
    unknown = set(value) - set(kinds[name])
    if unknown:
        return _problem(where, f"keys among {', '.join(kinds[name])}", "an unknown key")
    return None


def _problem(column: str, expected: str, found: str) -> Problem:
    return Problem(
        file="the study's config",
        column=f"simulate.{column}",
        rows=(),
        expected=expected,
        found=found,
        remedy="Correct the entry; docs/simulator.md describes each.",
    )
