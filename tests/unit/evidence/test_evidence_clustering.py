"""Correction for groups in one arm: the published worked values, limits, and simulated truth."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.evidence.clustering import correct_for_clustering, one_arm_clustering
from analysis.evidence.errors import PoolInputError
from analysis.evidence.smd import Smd, average, from_events, from_means, small_sample_factor


def test_worked_values_of_hedges_and_citkowicz():
    """N = 100, 60 of them in groups of ten, intraclass correlation .1."""
    found = one_arm_clustering(60, 40, 10, 0.1)
    assert found.gamma == pytest.approx(0.95102, abs=5e-6)
    assert math.sqrt(found.gamma) == pytest.approx(0.975, abs=5e-4)
    assert found.eta == pytest.approx(1.3)
    assert found.h == pytest.approx(93.02, abs=5e-3)


def test_no_correlation_changes_nothing():
    found = one_arm_clustering(60, 40, 10, 0.0)
    assert (found.gamma, found.eta, found.h) == (1.0, 1.0, 98.0)
    effect = Smd(0.4, 0.0425)
    assert correct_for_clustering(effect, 60, 40, 10, 0.0) == pytest.approx(effect)


def test_correction_shrinks_the_effect_and_widens_the_interval():
    plain = Smd(0.4, 0.0425)
    corrected = correct_for_clustering(plain, 60, 40, 10, 0.1)
    assert 0.97 < corrected.g / plain.g < 0.976
    assert 1.25 < corrected.v / plain.v < 1.30


def test_an_arm_smaller_than_a_group_is_one_group():
    assert one_arm_clustering(6, 20, 8, 0.1) == one_arm_clustering(6, 20, 6, 0.1)


@pytest.mark.parametrize(
    "bad", [(1, 40, 8, 0.1), (60, 1, 8, 0.1), (60, 40, 0, 0.1), (60, 40, 8, 1)]
)
def test_bad_sizes_are_named(bad):
    with pytest.raises(PoolInputError):
        one_arm_clustering(*bad)


def test_corrected_effects_of_the_review(shared_data):
    """The review's own corrected effects, to its rounding of the root of gamma (three digits)."""
    table = pd.read_csv(shared_data / "group_based" / "effects.csv")
    table = table[table["g"].abs() > 0.05]
    ratio = [
        correct_for_clustering(Smd(one.g, one.vg), one.N_t, one.N_c, one.avg_cl_size, one.icc).g
        / one.gt
        for one in table.itertuples()
    ]
    distance = np.abs(np.array(ratio) - 1.0)
    assert np.median(distance) < 1e-3
    assert np.quantile(distance, 0.9) < 2e-3


@pytest.mark.slow
def test_corrected_effect_and_variance_in_simulated_trials():
    """Truth .5 over the group arm's total standard deviation: corrected g is unbiased, its variance
    honest. The individual arm has the within-group variance only, as the formulas assume."""
    rng = np.random.default_rng(20261123)
    icc, size, groups, n_individual, truth, trials = 0.15, 8, 6, 48, 0.5, 20_000
    n_group = size * groups
    between = rng.normal(0, math.sqrt(icc), (trials, groups, 1))
    within = rng.normal(0, math.sqrt(1 - icc), (trials, groups, size))
    clustered = (truth + between + within).reshape(trials, n_group)
    alone = rng.normal(0, math.sqrt(1 - icc), (trials, n_individual))
    naive = [
        from_means(a.mean(), a.std(ddof=1), n_group, b.mean(), b.std(ddof=1), n_individual)
        for a, b in zip(clustered, alone, strict=True)
    ]
    fixed = [correct_for_clustering(one, n_group, n_individual, size, icc) for one in naive]
    g = np.array([one.g for one in fixed])
    assert g.mean() == pytest.approx(truth, abs=4 * g.std() / math.sqrt(trials))
    assert np.mean([one.v for one in fixed]) == pytest.approx(g.var(), rel=0.04)
    assert np.mean([one.v for one in naive]) < 0.8 * np.var([one.g for one in naive])


def test_hedges_g_by_hand():
    """Scott and Stradling 1990, BDI: 16.81 (10.58) n 27 and 13.82 (10.27) n 17; g .28."""
    found = from_means(16.81, 10.58, 27, 13.82, 10.27, 17)
    pooled = math.sqrt((26 * 10.58**2 + 16 * 10.27**2) / 42)
    assert found.g == pytest.approx(2.99 / pooled * (1 - 3 / 167))
    assert found.g == pytest.approx(0.28, abs=0.005)


def test_events_by_hand():
    """22 of 38 and 22 of 34: log odds ratio ln(22 * 16 / (12 * 22)) times sqrt(3) / pi."""
    found = from_events(22, 34, 22, 38)
    assert found.g == pytest.approx(math.log(16 / 12) * math.sqrt(3) / math.pi)
    cells = 1 / 22 + 1 / 12 + 1 / 22 + 1 / 16
    assert found.v == pytest.approx(cells * 3 / math.pi**2)


def test_average_of_equal_effects():
    """m effects of variance v and correlation r: v (1 + (m - 1) r) / m."""
    found = average([Smd(0.2, 0.04)] * 4, 0.5)
    assert (found.g, found.v) == pytest.approx((0.2, 0.04 * 2.5 / 4))


def test_empty_cell_spreadless_arm_and_no_effect_are_named():
    with pytest.raises(PoolInputError, match="cell"):
        from_events(0, 10, 3, 10)
    with pytest.raises(PoolInputError, match="standard deviation"):
        from_means(1, 0, 10, 2, 0, 10)
    with pytest.raises(PoolInputError, match="no effect"):
        average([], 0.5)
    assert small_sample_factor(28) == pytest.approx(1 - 3 / 111)
