"""Decision tables: from the position of an interval to a verdict, by rows fixed in the plan."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

COMPARISONS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
OTHERWISE = "otherwise"
NAMES = ("low", "high", "beyond", "margin", "threshold")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
Comparison = tuple[str, str, str]  # term, sign of comparison, term


@dataclass(frozen=True)
class Decision:
    """The row that fired: its verdict, its reason code and its words."""

    verdict: str
    reason: str
    says: str


def decide(table: Mapping[str, Any], numbers: Mapping[str, float | None]) -> Decision:
    """Return the first row of a decision table whose condition holds.

    Parameters
    ----------
    table : mapping
        ``rows`` is a list of ``{when, verdict, reason, says}``. A condition joins comparisons of
        two terms with ``and`` or ``or`` (``and`` binds tighter); a term is a number or one of
        the names in `numbers`, optionally with a minus sign; ``otherwise`` always holds.
    numbers : mapping
        ``low`` and ``high`` of the interval, ``beyond`` (lower end of what exceeds the published
        change of untreated people), ``margin``, ``threshold``.

    Raises
    ------
    ValueError
        If a condition cannot be read, needs a number that is missing, or no row holds.
    """
    for row in table["rows"]:
        if holds(row["when"], numbers):
            return Decision(row["verdict"], row["reason"], row["says"])
    raise ValueError("no row of the decision table holds; end it with `when: otherwise`")


def verdict_of(row: Mapping[Any, Any], table: Mapping[str, Any], margin: float | None) -> str:
    """Return the verdict that a decision table gives one specification.

    Parameters
    ----------
    row : mapping
        ``status`` and the interval that the table names, as ``ci90_low`` and so on.
    table : mapping
        Its ``interval`` names the interval that decides.
    margin : float or None
        In the interval's unit.

    Returns
    -------
    str
        Empty where the specification has no estimate.
    """
    if row["status"] != "ok":
        return ""
    numbers = {end: row[f"{table['interval']}_{end}"] for end in ("low", "high")}
    return decide(table, {**numbers, "margin": margin}).verdict


def holds(condition: str, numbers: Mapping[str, float | None]) -> bool:
    """Evaluate one condition of a decision table.

    Raises
    ------
    ValueError
        If it cannot be read, or needs a number that is missing.
    """
    return any(
        all(
            COMPARISONS[sign](_value(one, numbers), _value(two, numbers)) for one, sign, two in each
        )
        for each in read_condition(condition)
    )


@cache
def read_condition(condition: str) -> tuple[tuple[Comparison, ...], ...]:
    """Return a condition's alternatives, each the comparisons that must all hold.

    Raises
    ------
    ValueError
        If it is no condition as `decide` describes it.
    """
    if condition.strip() == OTHERWISE:
        return ((),)
    return tuple(
        tuple(_comparison(one) for one in alternative.split(" and "))
        for alternative in condition.split(" or ")
    )


def numbers_needed(condition: str) -> set[str]:
    """Return those of `NAMES` that a condition reads."""
    terms = (term for each in read_condition(condition) for one in each for term in one[::2])
    return {term.removeprefix("-") for term in terms} & set(NAMES)


def _comparison(text: str) -> Comparison:
    words = text.split()
    if len(words) != 3 or words[1] not in COMPARISONS:
        raise ValueError(f"cannot read the condition '{text.strip()}'")
    for term in (words[0], words[2]):
        name = term.removeprefix("-")
        if name not in NAMES and not NUMBER.fullmatch(name):
            raise ValueError(f"cannot read '{term}' in the condition '{text.strip()}'")
    return words[0], words[1], words[2]


def _value(term: str, numbers: Mapping[str, float | None]) -> float:
    sign, name = (-1.0, term[1:]) if term.startswith("-") else (1.0, term)
    if name not in NAMES:
        return sign * float(name)
    value = numbers.get(name)
    if value is None:
        raise ValueError(f"the decision table needs '{name}', which is not given")
    return sign * value
