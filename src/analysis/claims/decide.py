"""Decision tables: from the position of an interval to a verdict, by rows fixed in the plan."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMPARISONS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
OTHERWISE = "otherwise"


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
        ``low`` and ``high`` of the interval, ``margin``, ``threshold``.

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
    """Evaluate one condition of a decision table."""
    if condition.strip() == OTHERWISE:
        return True
    return any(
        all(_compare(one, numbers) for one in alternative.split(" and "))
        for alternative in condition.split(" or ")
    )


def _compare(comparison: str, numbers: Mapping[str, float | None]) -> bool:
    words = comparison.split()
    if len(words) != 3 or words[1] not in COMPARISONS:
        raise ValueError(f"cannot read the condition '{comparison.strip()}'")
    return bool(COMPARISONS[words[1]](_term(words[0], numbers), _term(words[2], numbers)))


def _term(word: str, numbers: Mapping[str, float | None]) -> float:
    sign, name = (-1.0, word[1:]) if word.startswith("-") else (1.0, word)
    value = numbers.get(name)
    if value is None:
        try:
            value = float(name)
        except ValueError:
            raise ValueError(f"the decision table needs '{name}', which is not given") from None
    return sign * value
