"""A study beside the literature: consistency, effects for the claims, what may be said."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from benchmarks.plan_limits import PUBLISHED
from scipy import stats

from analysis.evidence import beside, literature, pool
from analysis.evidence.errors import PoolInputError
from analysis.evidence.facts import pooled_from_row
from analysis.evidence.literature import as_effect
from analysis.evidence.sources import Evidence
from analysis.records.effect import Effect

consistency = partial(literature.consistency, large=PUBLISHED.large)
beside_literature = partial(beside.beside_literature, large=PUBLISHED.large)
POOLED = pool([-0.7, -0.1, 0.3, -0.5, -0.2], [0.03, 0.02, 0.04, 0.03, 0.02])


MANY = pool([-0.4, -0.1, 0.1, -0.3, -0.2, 0.0, -0.25, -0.15, -0.05, -0.35], [0.03] * 10)
ONE_TAU = replace(POOLED, data=None)


def test_the_centre_is_consistent_and_the_far_is_not():
    near = consistency(MANY.estimate, 0.1, MANY)
    far = consistency(MANY.estimate + 5.0, 0.1, MANY)
    assert (near.verdict, near.distance) == ("consistent", 0.0)
    assert far.verdict == "not consistent" and far.p < 0.05
    assert far.distance > 0 and not hasattr(far, "better")


def test_expected_range_by_hand():
    """With one known variance: pooled, between studies, own sampling; t with four df."""
    found = consistency(0.0, 0.2, ONE_TAU)
    spread = math.sqrt(POOLED.se**2 + POOLED.tau2 + 0.04)
    half = 2.7764451 * spread
    assert found.expected == pytest.approx((POOLED.estimate - half, POOLED.estimate + half))
    low, high = found.expected
    assert low < POOLED.prediction[0] and POOLED.prediction[1] < high


def test_expected_range_averages_over_what_is_known_of_the_variance():
    """Two values of tau squared: the probability beyond the end is the mean of both."""
    two = replace(POOLED, data=None, known_spread=(0.0, 0.5))
    low, high = consistency(0.0, 0.2, two).expected
    own = POOLED.se**2 + 0.04
    beyond = [stats.t.sf((high - POOLED.estimate) / math.sqrt(own + t), 4) for t in (0.0, 0.5)]
    assert 2 * np.mean(beyond) == pytest.approx(0.05, abs=1e-9)
    assert POOLED.estimate - low == pytest.approx(high - POOLED.estimate)
    wider = consistency(0.0, 0.2, POOLED).expected
    assert wider[1] > consistency(0.0, 0.2, ONE_TAU).expected[1]


@pytest.mark.parametrize(
    ("literature", "se", "said"),
    [
        (POOLED, 0.1, "cannot tell"),
        (MANY, 0.1, "consistent"),
        (MANY, 0.3, "consistent"),
        (MANY, 0.6, "cannot tell"),
        (pool([-0.9, 0.8, 0.1, -0.4], [0.05] * 4), 0.1, "cannot tell"),
    ],
)
def test_a_range_that_holds_everything_says_nothing(literature, se, said):
    found = consistency(literature.estimate, se, literature)
    assert found.verdict == said
    low, high = found.expected
    assert (said == "cannot tell") == (low < -0.8 and high > 0.8)
    assert consistency(high + 0.1, se, literature).verdict == "not consistent"


def test_what_is_known_of_the_variance_survives_the_table(evidence):
    row = evidence.computed["h2h.main"]
    read = pooled_from_row(row)
    assert len(read.tau2_spread) == 20 and read.tau2_spread[0] == 0.0
    assert np.mean(read.tau2_spread) > read.tau2
    review = pooled_from_row(evidence.computed["review.hope"])
    assert review.tau2_spread == (review.tau2,)


def test_verdict_flips_at_the_end_of_the_expected_range():
    low, high = consistency(0.0, 0.2, MANY).expected
    assert consistency(high - 1e-6, 0.2, MANY).verdict == "consistent"
    assert consistency(high + 1e-6, 0.2, MANY).verdict == "not consistent"
    assert consistency(low - 1e-6, 0.2, MANY).verdict == "not consistent"


def test_without_a_distribution_nothing_is_said():
    assert consistency(0.1, 0.1, pool([0.2], [0.04])).verdict == "cannot tell"
    assert (
        consistency(0.1, 0.1, pool([0.2, 0.3], [0.04, 0.1], method="EE")).verdict == "cannot tell"
    )


@pytest.mark.parametrize("bad", [(math.nan, 0.1), (0.1, 0.0), (0.1, -1.0), (0.1, math.inf)])
def test_unusable_effects_are_named(bad):
    with pytest.raises(PoolInputError):
        consistency(*bad, POOLED)


@pytest.mark.slow
@pytest.mark.parametrize("k", [8, 12, 16, 20, 60])
@pytest.mark.parametrize("tau", [0.1, 0.2, 0.3])
def test_false_alarms_in_simulated_literatures(k, tau):
    """A study from the literature's own distribution is inconsistent about 5% of times."""
    rng = np.random.default_rng([k, round(100 * tau)])
    trials, alarms = 1500, 0
    for _ in range(trials):
        v = rng.uniform(0.02, 0.1, k)
        literature = pool(rng.normal(-0.1, np.sqrt(tau**2 + v)), v)
        own = rng.normal(-0.1, math.sqrt(tau**2 + 0.01))
        alarms += consistency(own, 0.1, literature).verdict == "not consistent"
    assert alarms / trials < 0.05 + 2.5 * math.sqrt(0.05 * 0.95 / trials)


def _effect(sign: int = 1) -> Effect:
    return as_effect(
        POOLED, id="x", contrast="group", construct="symptoms", data_origin="published", sign=sign
    )


def test_effect_carries_what_the_equivalence_rule_needs():
    effect = _effect()
    assert effect.ci90 == POOLED.interval(0.90) and effect.ci95 == POOLED.interval(0.95)
    named = {one.name: one.value for one in effect.diagnostics}
    assert (named["prediction90_low"], named["prediction90_high"]) == POOLED.predict(0.90)
    assert named["prediction90_low"] < effect.ci90[0]
    assert effect.df == 4 and effect.clusters == 5
    assert Effect.from_json(effect.to_json()) == effect


def test_sign_turns_everything():
    effect, turned = _effect(), _effect(-1)
    assert turned.value == -effect.value and turned.se == effect.se
    assert turned.ci90 == (-effect.ci90[1], -effect.ci90[0])
    named = {one.name: one.value for one in turned.diagnostics}
    assert named["prediction95_low"] == pytest.approx(-POOLED.prediction[1])
    with pytest.raises(PoolInputError):
        _effect(0)


@pytest.fixture(scope="module")
def evidence(root):
    return Evidence.read(root / "data" / "raw" / "evidence")


def _study(value, /, **changes) -> Effect:
    base = replace(_effect(), se=0.5, unit="PHQ-9 points", standardiser=5.5)
    return replace(base, **({"value": value, "standardised": value / 5.5} | changes))


def test_study_beside_the_direct_trials(evidence):
    published = evidence.published("effectiveness")
    found = beside_literature(_study(-1.0), published)
    assert found.outcome == "consistent" and found.judge == "h2h.main"
    assert beside_literature(_study(9.0), published).outcome == "not consistent"


def test_no_comparison_where_the_question_differs(evidence):
    found = beside_literature(_study(1.0), evidence.published("loneliness"))
    assert found.outcome == "not comparable" and "usual care" in found.reason
    assert found.consistency is None


def test_no_comparison_without_a_distribution_or_a_standardised_effect(evidence):
    assert beside_literature(_study(1.0), evidence.published("retention")).outcome == "cannot tell"
    main = evidence.published("effectiveness")
    assert beside_literature(None, main).outcome == "cannot tell"
    failed = _study(1.0, status="error", value=None)
    assert beside_literature(failed, main).outcome == "cannot tell"
    raw = _study(1.0, standardised=None)
    assert beside_literature(raw, main).outcome == "cannot tell"


def test_none_found_says_how_it_was_searched(evidence):
    found = beside_literature(_study(1.0), evidence.published("coping"))
    assert found.outcome == "none found"
    assert found.reason == "None found (non-systematic search, November 2026)."
