"""Risk differences: a case worked by hand, signs, number needed to treat, failures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import WEIGHTING
from tests.plan_limits import risk_differences

from analysis.comparison.question import Outcome

RECOVERY = Outcome("recovery", "PHQ-9", "day 42", 42, "share", 1)
DETERIORATION = Outcome("deterioration", "PHQ-9", "day 42", 42, "share", -1)
LEVEL = [{"column": "level", "type": "categorical", "role": "baseline"}]


@pytest.fixture
def hand():
    """Return responses with an odds ratio of 4 in both levels.

    Level no: 10 of 20 in group, 4 of 20 in individual; yes: 32 of 40 and 10 of 20. The baseline
    score is the same in all four cells.
    """
    cells = [("group", "no", 20, 10), ("group", "yes", 40, 32)]
    cells += [("individual", "no", 20, 4), ("individual", "yes", 20, 10)]
    rows = [
        {"arm": arm, "level": level, "baseline": float(k % 2), "recovered": responses > place}
        for arm, level, n, responses in cells
        for place, k in enumerate(range(n))
    ]
    frame = pd.DataFrame(rows).assign(cluster=None)
    return frame.assign(episode_id=[f"e{k}" for k in range(len(frame))])


def level_only(frame, contrast, **settings):
    """The baseline score is constant, so that the logistic model is the one worked by hand."""
    rows = frame.assign(baseline=1.0)
    return risk_differences(rows, contrast, {"recovered": RECOVERY}, covariates=LEVEL, **settings)[
        0
    ]


def test_g_computation_by_hand(hand, contrast):
    """60 of 100 are at level yes: .6 * .8 + .4 * .5 = .68 against .6 * .5 + .4 * .2 = .38.

    The crude risks are 42/60 and 14/40, a difference of .35.
    """
    found = level_only(hand, contrast, estimand="ate", weighted=False)
    assert (found.comparison, found.reference) == pytest.approx((0.68, 0.38), abs=1e-8)
    assert found.effect.value == pytest.approx(0.30, abs=1e-8)
    assert found.needed_to_treat == pytest.approx(10 / 3, abs=1e-6)
    low, high = found.effect.ci95
    assert found.needed_interval == pytest.approx((1 / high, 1 / low))


def test_in_the_overlap_by_hand(hand, contrast):
    """Propensities 1/2 and 2/3, so h = 1/4 and 2/9: 10 and 40/3, of which 4/7 are at level yes."""
    found = level_only(hand, contrast, estimand="ato")
    assert found.comparison == pytest.approx(4 / 7 * 0.8 + 3 / 7 * 0.5)
    assert found.reference == pytest.approx(4 / 7 * 0.5 + 3 / 7 * 0.2)
    assert found.effect.id == "format.recovery.day42.risk_difference_ato"
    assert found.effect.unit == "share" and found.effect.estimand.startswith("difference of risks")


def test_deterioration_turns_the_sign_and_not_the_risks(hand, contrast):
    rows = hand.assign(worse=hand["recovered"])
    good, bad = risk_differences(
        rows, contrast, {"recovered": RECOVERY, "worse": DETERIORATION}, covariates=LEVEL
    )
    assert bad.effect.value == pytest.approx(-good.effect.value)
    assert bad.comparison == pytest.approx(good.comparison)
    assert bad.effect.ci95 == pytest.approx((-good.effect.ci95[1], -good.effect.ci95[0]))
    assert bad.needed_to_treat == pytest.approx(good.needed_to_treat)


def test_no_number_needed_where_the_interval_holds_zero(study, contrast, covariates):
    found = risk_differences(study, contrast, {"response": RECOVERY}, covariates=covariates)[0]
    low, high = found.effect.ci95
    assert low < 0 < high
    assert found.needed_to_treat is None and found.needed_interval is None
    assert found.comparison is not None


def test_its_error_is_clustered(study, contrast, covariates, reference):
    found = risk_differences(study, contrast, {"response": RECOVERY}, covariates=covariates)[0]
    assert found.effect.se > reference["risk_difference"]["ato"]["se"]
    assert found.effect.se == pytest.approx(reference["risk_difference"]["ato"]["se"], rel=0.06)
    assert found.effect.df < 160


def test_a_response_that_is_missing_is_not_a_failure_to_respond(hand, contrast):
    gaps = hand.assign(recovered=hand["recovered"].astype("boolean").where(hand.index % 10 > 0))
    found = level_only(gaps, contrast)
    assert (found.effect.n_used, found.effect.n_eligible) == (90, 100)


def test_nobody_responds_in_an_arm(hand, contrast):
    never = hand.assign(recovered=hand["recovered"] & hand["arm"].eq("group"))
    found = level_only(never, contrast)
    assert found.effect.status == "withheld" and found.comparison is None
    assert found.effect.message == "fewer than 5 in an arm have the response, or lack it"


def test_where_covariates_tell_who_responds_weighted_proportions_stand(hand, contrast):
    """No outcome model exists; overlap weights balance the level, so that the risks are equal."""
    fixed = hand.assign(recovered=hand["level"].eq("yes"))
    found = level_only(fixed, contrast)
    assert found.effect.status == "ok" and found.effect.model == "weighted_proportions_ato"
    assert found.comparison == pytest.approx(found.reference)
    people = hand.assign(e=hand.groupby("level")["arm"].transform(lambda a: a.eq("group").mean()))
    group = people[people["arm"].eq("group")]
    by_hand = np.average(group["level"].eq("yes"), weights=1 - group["e"])
    assert found.comparison == pytest.approx(by_hand)


def test_withheld(hand, contrast):
    found = level_only(hand, contrast, thresholds=replace(WEIGHTING, equipoise=(1.1, 1.1)))
    assert found.effect.status == "withheld" and found.effect.value is None
    assert found.comparison is None and np.isnan(found.effect.value or np.nan)
