"""Sensitivity to an unmeasured confounder: published values, R, and exact algebra."""

import numpy as np
import pytest
from scipy import stats
from tests.plan_limits import compare_weighted

from analysis.adjust.strength import (
    benchmark_strength,
    bias_of,
    robustness_value,
)
from analysis.adjust.unmeasured import measured_strength, unmeasured_confounding
from analysis.records.errors import ModelInputError


def rss(y, *columns):
    x = np.column_stack(columns)
    return float(((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2).sum())


def coefficient(y, *columns):
    return float(np.linalg.lstsq(np.column_stack(columns), y, rcond=None)[0][0])


def test_published_robustness_values():
    """Darfur example of Cinelli and Hazlett (2020): t 4.184 with 783 df; 0.139, at 5% 0.076."""
    assert robustness_value(4.184 / np.sqrt(783)) == pytest.approx(0.139, abs=5e-4)
    beyond = (4.184 - stats.t.ppf(0.975, 783)) / np.sqrt(783)
    assert robustness_value(beyond) == pytest.approx(0.076, abs=5e-4)


def test_a_confounder_of_the_robustness_value_causes_the_bias():
    value = robustness_value(0.3)
    assert bias_of(value, value, 2.0) == pytest.approx(0.6)


def test_the_bias_is_that_of_leaving_the_confounder_out():
    """Exact in any sample: least squares with and without the confounder."""
    rng = np.random.default_rng(6)
    x, u = rng.normal(size=(2, 200))
    one = np.ones(200)
    t = (x + u + rng.normal(size=200) > 0).astype(float)
    y = t + x + 0.7 * u + rng.normal(size=200)
    arm = 1 - rss(t, one, x, u) / rss(t, one, x)
    outcome = 1 - rss(y, t, one, x, u) / rss(y, t, one, x)
    scale = np.sqrt(rss(y, t, one, x) / rss(t, one, x))
    left_out = coefficient(y, t, one, x) - coefficient(y, t, one, x, u)
    assert bias_of(arm, outcome, scale) == pytest.approx(left_out)


def test_a_confounder_as_strong_as_a_covariate():
    """Made exchangeable and orthogonal: the covariate predicts the confounder's strength."""
    rng = np.random.default_rng(7)
    base = np.linalg.qr(np.column_stack([np.ones(80), rng.normal(size=(80, 4))]))[0]
    one, x, z, e1, e2 = base.T
    t = 0.4 * (x + z) + e1
    y = t + 0.5 * (x + z) + e2
    strength = benchmark_strength(
        1 - rss(t, one, x) / rss(t, one), 1 - rss(y, t, one, x) / rss(y, t, one)
    )
    assert strength[0] == pytest.approx(1 - rss(t, one, x, z) / rss(t, one, x))
    assert strength[1] == pytest.approx(1 - rss(y, t, one, x, z) / rss(y, t, one, x))


def test_no_confounder_can_be_stronger_than_all():
    assert benchmark_strength(0.6, 0.1) is None
    assert benchmark_strength(0.1, 0.1, times=20) is None


@pytest.fixture
def judged(study, contrast, outcome, covariates, designed):
    effect = compare_weighted(study, contrast, outcome, covariates=covariates)

    def run(margin, **more):
        strength = measured_strength(designed(), covariates, toward_better=-1)
        return unmeasured_confounding(strength, effect.ci90, margin=margin, **more)

    return effect, run


def test_benchmarks_equal_r(judged, reference):
    _, run = judged
    table = run(1.2).benchmarks.set_index("covariate")
    for name, own in reference["strength"].items():
        expected = benchmark_strength(own["arm"], own["outcome"])
        assert tuple(table.loc[name, ["r2_arm", "r2_outcome"]]) == pytest.approx(expected, rel=1e-6)
        bias = bias_of(*expected, reference["bias_scale"])
        assert table.loc[name, "bias"] == pytest.approx(float(bias), rel=1e-6)


def test_out_of_the_margin_and_into_it(judged):
    effect, run = judged
    low = effect.ci90[0]
    wide, narrow = run(abs(low) + 0.5), run(abs(low) - 0.2)
    assert wide.inside and wide.gap == pytest.approx(0.5)
    assert not narrow.inside and narrow.gap == pytest.approx(0.2)
    assert (wide.benchmarks["bound_after"] <= low).all()
    assert (narrow.benchmarks["bound_after"] >= low).all()
    assert narrow.robustness_value < wide.robustness_value


def test_the_upper_bound_mirrors_the_lower(judged, covariates, designed):
    effect, run = judged
    lower = run(2.0)
    turned = (-effect.ci90[1], -effect.ci90[0])
    strength = measured_strength(designed(), covariates, toward_better=1)
    upper = unmeasured_confounding(strength, turned, margin=2.0, bound="upper")
    assert (upper.inside, upper.gap) == (lower.inside, pytest.approx(lower.gap))
    assert upper.robustness_value == pytest.approx(lower.robustness_value)
    assert upper.benchmarks["bound_after"].to_numpy() == pytest.approx(
        -lower.benchmarks["bound_after"].to_numpy()
    )


def test_times_strongest_closes_the_gap(judged, reference):
    """A confounder that many times as strong as the strongest covariate causes exactly the gap."""
    _, run = judged
    found = run(2.5)
    own = reference["strength"][found.strongest]
    table = found.benchmarks.set_index("covariate")
    assert found.strongest == table["bias"].idxmax()
    like = benchmark_strength(own["arm"], own["outcome"], found.times_strongest)
    assert bias_of(*like, reference["bias_scale"]) == pytest.approx(found.gap, rel=1e-6)
    assert run(1000.0).times_strongest == np.inf


def test_simple_bias_is_imbalance_times_slope(judged, study):
    _, run = judged
    row = run(1.2).benchmarks.set_index("covariate").loc["baseline"]
    arm = study["arm"].eq("group")
    spread = np.sqrt(study.groupby("arm")["baseline"].var().mean())
    gap = study.loc[arm, "baseline"].mean() - study.loc[~arm, "baseline"].mean()
    assert row["imbalance"] == pytest.approx(gap / spread)
    assert row["simple_bias"] == pytest.approx(row["imbalance"] * row["slope"])
    assert row["simple_bias"] < 0  # more severe in group, and severity lowers the outcome


def test_contour(judged):
    _, run = judged
    found = run(2.0)
    grid = found.contour
    assert set(grid["inside"]) == {True, False}
    assert grid.loc[grid["bias"] < found.gap - 1e-9, "inside"].all()
    assert not grid.loc[grid["bias"] > found.gap + 1e-9, "inside"].any()


def test_a_margin_that_means_nothing(judged):
    _, run = judged
    with pytest.raises(ModelInputError):
        run(0.0)
