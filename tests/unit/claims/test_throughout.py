"""SUPPORTED holds throughout the plan's range for the unseen, or stays open; by hand on a plane."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.claims.judge import judge_claim
from analysis.claims.throughout import widened

STEM = "format.depression.day42"
DECLARED = {"comparison": [0, 1], "reference": [0, 1]}
SE = 0.5 / 1.6449


def surface(value=0.0, comparison=0.25, reference=0.25, reach=8.0, case=STEM):
    """A share of each arm unseen; the 90% interval is half a point to either side."""
    grid = np.linspace(-reach, reach, 9)
    a, b = (each.ravel() for each in np.meshgrid(grid, grid, indexing="ij"))
    table = pd.DataFrame({"case": case, "worse_comparison": a, "worse_reference": b})
    return table.assign(value=value - comparison * a + reference * b, se=SE, df=1e6)


def plausible(**rows):
    return pd.DataFrame(
        [
            {"case": STEM, "role": role, "worse": worse, "low": low, "high": high}
            for role, (worse, low, high) in rows.items()
        ],
        columns=["case", "role", "worse", "low", "high"],
    )


@pytest.fixture
def parts(case):
    """Return the parts of the primary claim, judged with what nobody saw."""

    def make(interval, tipping, later=None):
        unseen = {"tipping": tipping, "plausible": plausible() if later is None else later}
        rows = (
            {
                **{"name": "per protocol", "contrast": "format", "status": "ok", "value": 0.0},
                **{"ci90_low": -0.1, "ci90_high": 0.1, "n_used": 1, "n_eligible": 1},
                **{"message": "", "valid_for_estimand": False},
            },
        )
        built = replace(case(interval=interval), unseen=unseen, specifications=rows)
        return {one.part: one for one in judge_claim("effectiveness", built)}

    return make


def test_a_verdict_that_stands_throughout_the_range_is_left(parts):
    """A quarter of an arm unseen, 1.32 points worse: a third of a point, and the margin holds."""
    found = parts((-0.5, 0.5), surface())["non_inferiority"]
    assert found.verdict == "SUPPORTED"
    held = found.delta_range
    assert held["holds"] is True and held["widened"] == []
    assert (held["worse_comparison"], held["worse_reference"]) == (1.32, 0.0)
    assert held["estimate"] == pytest.approx(-0.33)
    assert held["interval"] == pytest.approx((-0.83, 0.17), abs=1e-3)


def test_a_verdict_that_tips_inside_the_range_stays_open(parts):
    """-0.6 among the imputed, a third of a point less at the corner: below the margin."""
    found = parts((-1.1, -0.1), surface(value=-0.6))["non_inferiority"]
    assert (found.verdict, found.reason) == ("INCONCLUSIVE", "unseen_could_tip")
    assert found.delta_range["interval"][0] == pytest.approx(-1.43, abs=1e-3)
    assert found.rule == "ci90: low > -margin; unless throughout the delta range: tips"


def test_equivalence_is_held_to_the_unseen_of_the_other_arm_too(parts):
    found = parts((0.1, 1.1), surface(value=0.6))
    assert found["non_inferiority"].verdict == "SUPPORTED"
    assert found["equivalence"].reason == "unseen_could_tip"
    assert found["equivalence"].delta_range["worse_reference"] == 1.32


def test_a_difference_is_held_to_the_range(parts):
    assert parts((0.5, 1.5), surface(value=1.0))["difference"].verdict == "SUPPORTED"
    found = parts((0.1, 1.1), surface(value=0.6))["difference"]
    assert (found.verdict, found.reason) == ("INCONCLUSIVE", "unseen_could_tip")


def test_the_range_never_makes_a_verdict(parts):
    found = parts((-2.0, 0.5), surface())["non_inferiority"]
    assert (found.verdict, found.reason) == ("INCONCLUSIVE", "interval_straddles_margin")


@pytest.mark.parametrize("tipping", [surface(case="another"), surface(reach=1.0)])
def test_what_could_not_be_looked_at_stays_open(parts, tipping):
    found = parts((-0.5, 0.5), tipping)["non_inferiority"]
    assert (found.verdict, found.reason) == ("INCONCLUSIVE", "unseen_not_examined")
    assert found.delta_range["holds"] is None


def test_nobody_unseen_costs_nothing(parts):
    seen = parts((-1.2, 0.0), surface(value=-0.7, comparison=0, reference=0))
    assert seen["non_inferiority"].verdict == "SUPPORTED"


def test_leavers_seen_later_widen_the_range_and_never_narrow_it(parts):
    ends, wider = widened(
        DECLARED, 1.32, plausible(comparison=(3.0, 2.0, 4.0), reference=(0.2, 0.1, 0.3))
    )
    assert ends == {"comparison": (0.0, 3.0), "reference": (0.0, 1.32)}
    assert wider == ["comparison"]
    ends, _ = widened(
        DECLARED,
        1.32,
        plausible(comparison=(-2.0, -3.0, -1.0), reference=(np.nan, np.nan, np.nan)),
    )
    assert ends == {"comparison": (-2.0, 1.32), "reference": (0.0, 1.32)}
    later = plausible(comparison=(4.0, 2.0, 6.0))
    found = parts((-0.5, 0.5), surface(), later)["non_inferiority"]
    assert found.reason == "unseen_could_tip" and found.delta_range["widened"] == ["comparison"]


def test_chance_does_not_widen_the_range():
    ends, wider = widened(DECLARED, 1.32, plausible(comparison=(3.0, 1.0, 5.0)))
    assert ends["comparison"] == (0.0, 1.32) and wider == []


def test_nothing_is_asked_where_everybody_was_seen(case):
    """A study without anybody unseen has no surface, and needs none."""
    seen = case(interval=(0.3, 0.6), n_used=500, n_eligible=500)
    nobody = {"tipping": surface().iloc[:0], "plausible": plausible()}
    found = {
        one.part: one
        for one in judge_claim("effectiveness", replace(seen, unseen=nobody))
        if one.source == "study"
    }
    assert found["non_inferiority"].verdict == "SUPPORTED"
    some = {
        one.part: one
        for one in judge_claim(
            "effectiveness",
            replace(case(interval=(0.3, 0.6), n_used=499, n_eligible=500), unseen=nobody),
        )
        if one.source == "study"
    }
    assert some["non_inferiority"].reason == "unseen_not_examined"
