"""Coverage of the intervals in simulated literatures whose truth is known."""

import numpy as np
import pytest

from analysis.evidence import pool

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("k", [8, 16])
def test_hartung_knapp_covers_where_wald_does_not(k):
    rng = np.random.default_rng(k)
    trials, covered = 2000, {"hartung-knapp": 0, "z": 0}
    for _ in range(trials):
        v = rng.uniform(0.02, 0.1, k)
        y = rng.normal(-0.1, np.sqrt(0.04 + v))
        for test in covered:
            low, high = pool(y, v, test=test).ci
            covered[test] += low < -0.1 < high
    assert covered["hartung-knapp"] / trials == pytest.approx(0.95, abs=0.012)
    assert covered["z"] < covered["hartung-knapp"]


def test_cr2_covers_under_a_wrong_working_correlation():
    """True correlation .8 of outcomes in a study, .2 assumed; twelve studies, 2 to 5 effects."""
    rng = np.random.default_rng(12)
    trials, robust, model = 600, 0, 0
    for _ in range(trials):
        sizes = rng.integers(2, 6, 12)
        study = np.repeat(np.arange(12), sizes)
        v = rng.uniform(0.02, 0.08, 12)[study]
        shared = rng.normal(0, 1, 12)[study] * np.sqrt(0.8)
        noise = np.sqrt(v) * (shared + rng.normal(0, np.sqrt(0.2), study.size))
        y = 0.2 + rng.normal(0, 0.15, 12)[study] + noise
        options = {"study": study, "rho": 0.2}
        for test in ("CR2", "z"):
            low, high = pool(y, v, test=test, **options).ci
            hit = low < 0.2 < high
            robust, model = robust + (hit and test == "CR2"), model + (hit and test == "z")
    assert robust / trials == pytest.approx(0.95, abs=0.025)
    assert model < robust


def test_reml_variance_is_nearly_unbiased():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(2000):
        v = rng.uniform(0.02, 0.1, 30)
        found.append(pool(rng.normal(0, np.sqrt(0.09 + v)), v).tau2)
    assert np.mean(found) == pytest.approx(0.09, abs=0.003)
