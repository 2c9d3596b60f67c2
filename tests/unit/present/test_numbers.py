"""How numbers look: minus sign, decimals by unit, percentages, intervals."""

import numpy as np
import pytest

from analysis.present import numbers


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.35, "PHQ-9 points", "0.35"),
        (-1.3249, "PHQ-9 points", "−1.32"),
        (-0.004, "PHQ-9 points", "0.00"),
        (1234.5, "minutes", "1,234"),
        (9.04, "hours", "9.0"),
        (0.9125, "share", "91.2%"),
        (-0.031, "SD", "−0.03"),
        (np.float64(2.5), "", "2.50"),
        (None, "SD", "–"),
        (float("nan"), "SD", "–"),
        (float("inf"), "SD", "–"),
        (True, "SD", "–"),
    ],
)
def test_number(value: object, unit: str, shown: str) -> None:
    assert numbers.number(value, unit) == shown


def test_interval_is_written_as_in_a_journal() -> None:
    assert numbers.estimate(0.35, (-0.2, 0.9), "PHQ-9 points") == "0.35 [−0.20, 0.90]"
    assert numbers.interval([0.88, 0.94], "share") == "[88.0%, 94.0%]"
    assert numbers.interval(None) == numbers.ABSENT
    assert numbers.interval([0.1, None]) == numbers.ABSENT


def test_with_unit_gives_a_percentage_no_unit() -> None:
    assert numbers.with_unit(1.32, "PHQ-9 points") == "1.32 PHQ-9 points"
    assert numbers.with_unit(0.5, "share") == "50.0%"
    assert numbers.plus_minus(-1.32, "SD") == "±1.32 SD"


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0.0, "less than 1%"),
        (2e-7, "less than 1%"),
        (0.05, "5%"),
        (0.9949, "more than 99%"),
        (1.0, "more than 99%"),
        (None, "–"),
    ],
)
def test_chance_never_claims_certainty(probability: object, shown: str) -> None:
    assert numbers.chance(probability) == shown


def test_p_value_and_points() -> None:
    assert numbers.p_value(0.0301) == "0.030"
    assert numbers.p_value(1e-9) == "< 0.001"
    assert numbers.points(0.079) == "8 percentage points"
