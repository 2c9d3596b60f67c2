"""Intervals of tau squared and I squared against metafor's and against simulated truth."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from analysis.evidence import pool

FILE = Path(__file__).resolve().parents[2] / "reference" / "evidence" / "q_profile.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
NAMES = [f"{one['data']}-{'mods-' * bool(one['mods'])}{one['level']}" for one in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_intervals_equal_metafor(case):
    found = pool(case["yi"], case["vi"], mods=case["mods"], level=case["level"])
    np.testing.assert_allclose(found.tau2_ci, case["tau2"], rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(found.i2_ci, case["i2"], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("unit", [1e-4, 1e4])
def test_intervals_scale_with_the_effects(unit):
    case = next(one for one in CASES if one["data"] == "k12")
    y, v = np.array(case["yi"]), np.array(case["vi"])
    plain, found = pool(y, v), pool(y * unit, v * unit**2)
    np.testing.assert_allclose(np.array(found.tau2_ci) / unit**2, plain.tau2_ci, rtol=1e-9)
    np.testing.assert_allclose(found.i2_ci, plain.i2_ci, rtol=1e-9)
    assert found.reversed().tau2_ci == found.tau2_ci


def test_intervals_contain_the_true_variance_as_often_as_they_say():
    rng, tau2, hits = np.random.default_rng(5), 0.05, 0
    for _ in range(1000):
        v = rng.uniform(0.02, 0.2, 8)
        low, high = pool(rng.normal(0.3, np.sqrt(tau2 + v)), v).tau2_ci
        hits += low <= tau2 <= high
    assert abs(hits / 1000 - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 1000)


def test_without_a_variance_there_is_no_interval():
    alone = pool([0.3], [0.1])
    several = pool([0.1, 0.2, 0.4], [0.1] * 3, study=["a", "a", "b"])
    equal = pool([0.1, 0.4, 0.9], [0.01] * 3, method="EE")
    for found in (alone, several, equal):
        assert np.isnan(found.tau2_ci).all() and np.isnan(found.i2_ci).all()
    assert "yi" not in repr(alone) and "data=" not in repr(equal)
