import math

import numpy as np
import pytest

from analysis.unseen import ImputationError, imputations_needed, pool


def test_pool_equals_mice(reference):
    for case in reference["pooling"]:
        found = pool(np.array(case["q"]), np.array(case["u"]), case["dfcom"])
        assert found.value == pytest.approx(case["qbar"], rel=1e-12)
        assert found.se == pytest.approx(case["se"], rel=1e-12)
        assert found.df == pytest.approx(case["df"], rel=1e-9)
        assert found.fmi == pytest.approx(case["fmi"], rel=1e-9)


def test_pool_by_hand():
    """Estimates 1, 3; variances 1, 1: T = 1 + 1.5 * 2 = 4, share 3/4, old df 1 / (9/16)."""
    found = pool(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    assert (found.value, found.se) == (2.0, 2.0)
    assert found.df == pytest.approx(16 / 9)
    assert found.mcse == pytest.approx(1.0)


def test_nothing_missing_keeps_the_complete_df():
    found = pool(np.array([0.5, 0.5, 0.5]), np.array([0.04, 0.04, 0.04]), 60.0)
    assert found.se == pytest.approx(0.2)
    assert found.df == pytest.approx(61 / 63 * 60, rel=1e-3)


def test_pool_refuses_what_it_cannot_pool():
    with pytest.raises(ImputationError):
        pool(np.array([1.0]), np.array([1.0]))
    with pytest.raises(ImputationError):
        pool(np.array([1.0, math.nan]), np.array([1.0, 1.0]))


def test_imputations_needed_by_hand():
    """Share .5, pilot 20: limit expit(1.96 sqrt(.1)) = .6501; 1 + (.6501 / .05)^2 / 2 = 85.5."""
    assert imputations_needed(0.5, 20) == 86
    assert imputations_needed(0.5, 20, 0.1) == 23
    assert imputations_needed(0.02, 20) < 20
