"""Intervals and the filling of an effect: hand-worked quantiles, and what is not a number."""

import math

import pytest

from analysis.records.effect import Effect
from analysis.records.errors import EstimationError
from analysis.records.intervals import estimated, interval

BLANK = Effect(
    *("id", "format", "depression", "PHQ-9", "day 42", "difference", "ancova", "points", "real"),
    standardiser=5.0,
)


def test_intervals_of_tables():
    """t(0.975; 10) = 2.2281 and z(0.975) = 1.9600, as printed in any table."""
    assert interval(1.0, 2.0, 10, 0.95) == pytest.approx((1 - 4.4563, 1 + 4.4563), abs=1e-4)
    assert interval(0.0, 1.0, math.inf, 0.95) == pytest.approx((-1.95996, 1.95996), abs=1e-5)


def test_an_effect_is_filled():
    found = estimated(BLANK, 1.0, 2.0, 10.0, "residual", n_used=12)
    assert found.standardised == pytest.approx(0.2)
    assert found.ci95 == interval(1.0, 2.0, 10, 0.95) and found.ci90 == interval(1.0, 2.0, 10, 0.9)
    assert (found.n_used, found.df, found.df_method) == (12, 10.0, "residual")
    assert estimated(BLANK, 1.0, 2.0, None, "normal").df is None


@pytest.mark.parametrize(
    "numbers",
    [
        (math.nan, 1.0, 5.0),
        (1.0, 0.0, 5.0),
        (1.0, math.inf, 5.0),
        (1.0, 1.0, math.nan),
        (1.0, 1.0, math.inf),
    ],
)
def test_what_is_not_a_number_is_a_failure(numbers):
    with pytest.raises(EstimationError, match="not finite"):
        estimated(BLANK, *numbers, "residual")
