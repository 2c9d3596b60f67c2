import numpy as np
import pytest
from scipy import stats

from analysis.claims.preflight import SampleDesign, comparison_reach, share_reach

ASSUMED = {
    "alpha": {"value": 0.05},
    "icc": {"value": 0.06},
    "follow_up": {"value": 1.0},
    "baseline_correlation": {"value": 0.0},
    "cluster_size": {"value": 8},
}


def test_standard_error_by_hand():
    reach = comparison_reach(SampleDesign(80, 100, 10, None), 1.0, 2.0, ASSUMED)
    expected = np.sqrt(4 * (1 + 7 * 0.06) / 80 + 4 / 100)
    assert reach["se"] == pytest.approx(expected, rel=1e-12)


def test_unclustered_chance_agrees_with_a_normal_calculation():
    """595 participants reach 80% for equivalence at 0.24 SD without clustering (D11)."""
    reach = comparison_reach(SampleDesign(298, 298, None, None), 0.24, 1.0, ASSUMED)
    assert reach["equivalent_if_zero"] == pytest.approx(0.80, abs=0.005)


def test_164_participants_never_reach_equivalence():
    reach = comparison_reach(SampleDesign(82, 82, 10, None), 0.24, 1.0, ASSUMED)
    assert reach["equivalent_if_zero"] == 0


def test_chances_agree_with_simulation():
    design, margin = SampleDesign(120, 120, 15, None), 0.3
    reach = comparison_reach(design, margin, 1.0, ASSUMED)
    rng = np.random.default_rng(1)
    runs = 4000
    tau = np.sqrt(0.06)
    group = rng.normal(0, tau, (runs, 15)).repeat(8, axis=1)
    group += rng.normal(0, np.sqrt(0.94), (runs, 120))
    single = rng.normal(size=(runs, 120))
    means = group.reshape(runs, 15, 8).mean(axis=2)
    variances = means.var(axis=1, ddof=1) / 15 + single.var(axis=1, ddof=1) / 120
    difference = group.mean(axis=1) - single.mean(axis=1)
    quantile = stats.t.ppf(0.95, reach["df"])
    share = np.mean(difference - quantile * np.sqrt(variances) > -margin)
    assert share == pytest.approx(reach["supported_if_zero"], abs=0.03)


def test_too_few_participants_are_refused():
    with pytest.raises(ValueError, match="fewer than two"):
        comparison_reach(SampleDesign(1, 80, 1, None), 1.0, 1.0, ASSUMED)


def test_share_distance_by_hand():
    assert share_reach(25, 0.5)["detectable_distance"] == pytest.approx(1.96 * 0.1)


def test_what_baseline_explains_of_the_outcome_makes_the_error_smaller():
    """A correlation of 0.6 leaves 1 - 0.36 of the variance: an error of four fifths."""
    design = SampleDesign(80, 100, 10, None)
    none = comparison_reach(design, 1.0, 2.0, ASSUMED)
    some = comparison_reach(design, 1.0, 2.0, {**ASSUMED, "baseline_correlation": {"value": 0.6}})
    assert some["se"] == pytest.approx(0.8 * none["se"], rel=1e-12)
    assert (some["baseline_correlation"], some["icc"]) == (0.6, 0.06)


def test_the_plan_assumes_a_published_correlation_with_baseline(claims):
    assumed = claims["assumptions"]["baseline_correlation"]
    assert 0 < assumed["value"] < 1 and "doi" in assumed["source"]
