"""Times that differ in their last bits are one time, wherever times are told apart."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, Outcome
from analysis.records.times import one_time
from analysis.retention.incidence import incidence, incidence_table

TIED = [
    (0.1 + 0.2, 0.3),
    (1.1 * 3, 3.3),
    (14 / 30.5 * 30.5 / 7, 2.0 + 2**-51),
    (sum([0.1] * 7), 0.7),
    (365.25 * 2.3 / 365.25, 2.3),
    (1e6 + 0.1 + 0.2, 1e6 + 0.3),
]


@pytest.mark.parametrize(("a", "b"), TIED)
def test_a_tie_is_found_whatever_the_last_bit(a, b):
    found = incidence(np.array([a, b, 5.0 + b]), ["left", "left", "left"], "left")
    assert len(found.times) == 2 and found.at_risk.tolist() == [3.0, 1.0]
    assert found.share[found.at(a)] == found.share[found.at(b)] == pytest.approx(2 / 3)


def test_times_that_do_differ_stay_apart():
    for close in ([0.0, 1e-6, 2e-6], [10_000.0, 10_000.000001], [0.3, 0.3 + 1e-9]):
        assert len(np.unique(one_time(close))) == len(close)
    kept = one_time([np.nan, np.inf, -np.inf, 1.0])
    assert np.isnan(kept[0]) and kept[1] == np.inf and kept[3] == 1.0
    assert one_time([]).size == 0


def test_ties_give_what_equal_times_give():
    rng = np.random.default_rng(1)
    weeks = rng.integers(1, 8, 60)
    exact = weeks * 7 / 30.5
    rounded = np.where(rng.random(60) < 0.5, np.nextafter(exact, 9), exact)
    kinds = rng.choice(["left", "completed", "censored"], 60)
    one, other = (incidence(day, kinds.tolist(), "left") for day in (exact, rounded))
    np.testing.assert_allclose(one.share, other.share)
    np.testing.assert_allclose(one.se(), other.se())
    stays = pd.DataFrame(
        {
            "arm": "group",
            "day": rounded,
            "event": kinds,
            "cluster": None,
            "episode_id": np.arange(60).astype(str),
        }
    )
    assert incidence_table(stays, ["group"])["day"].nunique() == len(one.times) + 1


def test_one_day_of_assessment_is_not_two():
    rng = np.random.default_rng(2)
    n = 40
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "arm": ["group", "individual"] * (n // 2),
            "cluster": None,
            "baseline": rng.normal(15, 4, n),
            "outcome": rng.normal(11, 5, n),
            "day": np.where(np.arange(n) % 2, 4.2, 4.2 + 2**-50),
        }
    )
    contrast = Contrast(
        "format", "group", "individual", {"group": "none", "individual": "none"}, "randomised"
    )
    outcome = Outcome("depression", "PHQ-9", "day 42", 42, "points", -1, 5.5)
    found = compare(frame, contrast, outcome, model="repeated")
    assert found.status == "withheld" and "two days of assessment" in found.message
