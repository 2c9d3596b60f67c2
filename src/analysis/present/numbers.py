"""How numbers look in the report: minus sign, decimals by unit, percentages, intervals."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, TypeGuard

import numpy as np

MINUS = "−"
ABSENT = "–"

#: Decimals by the last word of a unit; shares are shown as percentages.
DECIMALS = {"points": 2, "sd": 2, "hours": 1, "minutes": 0, "days": 0, "share": 1, "sessions": 0}
DEFAULT_DECIMALS = 2


def is_number(value: Any) -> TypeGuard[float]:
    """Say whether `value` is a finite number (a boolean is not)."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        return False
    return math.isfinite(value)


def decimals(unit: str) -> int:
    """Return how many decimals a value in `unit` is shown with."""
    words = unit.lower().split()
    return DECIMALS.get(words[-1], DEFAULT_DECIMALS) if words else DEFAULT_DECIMALS


def is_share(unit: str) -> bool:
    """Say whether `unit` is a share between zero and one, shown as a percentage."""
    return unit.strip().lower().split(" ")[0] in {"share", "proportion"}


def fixed(value: Any, places: int) -> str:
    """Return `value` with `places` decimals, a true minus sign and thousands separated.

    A missing or infinite value is shown as a dash. Zero never carries a sign.
    """
    if not is_number(value):
        return ABSENT
    text = f"{abs(float(value)):,.{places}f}"
    negative = float(value) < 0 and any(digit in text for digit in "123456789")
    return MINUS + text if negative else text


def number(value: Any, unit: str = "") -> str:
    """Return `value` as it is shown in `unit`, without the unit's name."""
    if is_share(unit):
        return percent(value, DECIMALS["share"])
    return fixed(value, decimals(unit))


def count(value: Any) -> str:
    """Return a count with thousands separated."""
    return fixed(value, 0)


def percent(share: Any, places: int = 0) -> str:
    """Return a share between zero and one as a percentage."""
    return fixed(100 * float(share), places) + "%" if is_number(share) else ABSENT


def points(share: Any) -> str:
    """Return a difference of shares in percentage points."""
    return fixed(100 * float(share), 0) + " percentage points" if is_number(share) else ABSENT


def chance(probability: Any) -> str:
    """Return a probability as a whole percentage that never claims certainty."""
    if not is_number(probability):
        return ABSENT
    if 0 < probability < 0.01 or probability <= 0:
        return "less than 1%"
    return "more than 99%" if probability > 0.99 else percent(probability)


def p_value(value: Any) -> str:
    """Return a p-value with three decimals, or that it is below the last of them."""
    if not is_number(value):
        return ABSENT
    return "< 0.001" if value < 0.001 else fixed(value, 3)


def interval(bounds: Any, unit: str = "") -> str:
    """Return ``[low, high]``; a dash where a bound is missing."""
    if not isinstance(bounds, list | tuple) or len(bounds) != 2 or not all(map(is_number, bounds)):
        return ABSENT
    return f"[{number(bounds[0], unit)}, {number(bounds[1], unit)}]"


def estimate(value: Any, bounds: Any, unit: str = "") -> str:
    """Return ``value [low, high]``, such as ``0.35 [−0.20, 0.90]``."""
    return f"{number(value, unit)} {interval(bounds, unit)}"


def with_unit(value: Any, unit: str) -> str:
    """Return a value followed by its unit's name; a percentage needs none."""
    shown = number(value, unit)
    return shown if is_share(unit) or not unit or shown == ABSENT else f"{shown} {unit}"


def plus_minus(value: Any, unit: str = "") -> str:
    """Return ``±value unit``."""
    return ABSENT if not is_number(value) else "±" + with_unit(abs(value), unit)
