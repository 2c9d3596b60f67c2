"""`pool` on awkward input: every container, few studies, no heterogeneity, and named errors."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence import build_v, pool
from analysis.evidence.errors import CovarianceError, PoolInputError
from analysis.records.errors import EstimationError

Y, V = [0.10, 0.32, -0.05, 0.41], [0.04, 0.05, 0.03, 0.08]


def test_containers_agree():
    frame = pd.DataFrame({"y": Y, "v": V}, index=[3, 1, 7, 2])
    results = [pool(Y, V), pool(np.array(Y), np.array(V)), pool(frame["y"], frame["v"])]
    assert results[0] == results[1] == results[2]


def test_hand_worked_common_effect():
    """Weights 1/.04 and 1/.01: mean (25 * .2 + 100 * .4) / 125 = .36, variance 1/125."""
    found = pool([0.2, 0.4], [0.04, 0.01], method="EE", test="z")
    assert found.estimate == pytest.approx(0.36)
    assert found.se == pytest.approx(math.sqrt(1 / 125))
    assert found.q == pytest.approx(25 * 0.16**2 + 100 * 0.04**2)
    assert found.tau2 == 0.0 and math.isnan(found.prediction[0])


def test_bcg_trials():
    """Thirteen trials of BCG vaccine (Colditz et al. 1994): -0.7145, tau squared .3132, published
    for REML by Viechtbauer 2010 (doi 10.18637/jss.v036.i03)."""
    cells = """4 119 11 128|6 300 29 274|3 228 11 209|62 13536 248 12619|33 5036 47 5761
    |180 1361 372 1079|8 2537 10 619|505 87886 499 87892|29 7470 45 7232|17 1699 65 1600
    |186 50448 141 27197|5 2493 3 2338|27 16886 29 17825"""
    a, b, c, d = np.array([one.split() for one in cells.split("|")], float).T
    yi = np.log(a / (a + b)) - np.log(c / (c + d))
    vi = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    found = pool(yi, vi, test="z")
    assert found.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert found.se == pytest.approx(0.1798, abs=5e-5)
    assert found.tau2 == pytest.approx(0.3132, abs=6e-5)
    assert found.i2 == pytest.approx(92.22, abs=5e-3)


def test_one_study_is_its_own_estimate():
    found = pool([0.3], [0.04])
    assert (found.estimate, found.se, found.k) == (0.3, 0.2, 1)
    assert found.ci == pytest.approx((0.3 - 1.959964 * 0.2, 0.3 + 1.959964 * 0.2))
    assert found.test == "z" and found.notes
    assert math.isnan(found.prediction[0]) and math.isnan(found.predict()[1])


def test_two_studies():
    found = pool([0.1, 0.5], [0.01, 0.01])
    assert found.df == 1 and found.tau2 == pytest.approx(0.08 - 0.01)
    assert found.estimate == pytest.approx(0.3)
    assert found.se == pytest.approx(0.2)


def test_no_heterogeneity_is_told():
    found = pool([0.2, 0.21, 0.19], [0.04, 0.05, 0.03], test="z")
    assert found.tau2 == 0.0
    assert "zero" in found.notes[0]
    assert found.prediction == pytest.approx(found.ci)


def test_identical_effects_give_zero_width_but_no_error():
    found = pool([0.2, 0.2, 0.2], [0.04, 0.05, 0.03], method="SJ")
    assert found.tau2 == 0.0 and found.se == pytest.approx(0.0, abs=1e-12)


def test_one_effect_a_study_is_univariate():
    assert pool(Y, V, study=["a", "b", "c", "d"]) == pool(Y, V)


def test_a_study_order_does_not_matter():
    study = np.array(["b", "a", "b", "c", "a", "c"])
    y, v = np.array([0.1, 0.4, 0.2, -0.1, 0.5, 0.1]), np.full(6, 0.04)
    order = np.array([5, 0, 3, 1, 4, 2])
    one = pool(y, v, study=study, rho=0.5)
    two = pool(y[order], v[order], study=study[order], rho=0.5)
    assert one.estimate == pytest.approx(two.estimate, abs=1e-9)
    assert one.df == pytest.approx(two.df, rel=1e-6)


def test_one_study_with_several_effects_says_what_it_cannot_tell():
    found = pool([0.1, 0.4, 0.2], [0.04, 0.05, 0.04], study=["a"] * 3, rho=0.5)
    assert found.test == "t" and "one block" in found.notes[0]


def test_dense_v_without_study_is_generalised_least_squares():
    """Equal variances, common correlation: the mean, with variance v (1 + (k - 1) rho) / k."""
    covariance = 0.04 * (0.5 * np.ones((4, 4)) + 0.5 * np.eye(4))
    found = pool([0.2, 0.2, 0.2, 0.2], V=covariance, method="EE", test="z")
    assert found.estimate == pytest.approx(0.2)
    assert found.se == pytest.approx(math.sqrt(0.04 * 2.5 / 4))


def test_robust_test_without_study_takes_every_estimate_as_a_study():
    found = pool(Y, V, test="CR2")
    assert found.test == "CR2" and 1.0 < found.df <= 3.0
    assert found.tau2 == pytest.approx(pool(Y, V).tau2, abs=1e-9)


def test_singular_v_still_pools():
    covariance = build_v([0.04, 0.04, 0.05], ["a", "a", "b"], rho=0.8, outcome=["x", "x", "x"])
    found = pool([0.1, 0.3, 0.2], V=covariance, study=["a", "a", "b"])
    assert math.isfinite(found.estimate) and math.isnan(found.q)


@pytest.mark.parametrize(
    ("arguments", "options", "word"),
    [
        (([0.1, math.nan], [0.1, 0.1]), {}, "position 1"),
        (([0.1, 0.2], [0.1, -0.1]), {}, "above zero"),
        (([0.1, 0.2], [0.1, 0.0]), {}, "above zero"),
        (([0.1, 0.2], [0.1, math.inf]), {}, "infinite"),
        (([0.1, 0.2], [0.1]), {}, "entries"),
        (([], []), {}, "empty"),
        (([[0.1, 0.2]], [0.1, 0.1]), {}, "one-dimensional"),
        ((["x", "y"], [0.1, 0.1]), {}, "numbers"),
        ((Y, V), {"method": "WLS"}, "method"),
        ((Y, V), {"test": "exact"}, "test"),
        ((Y, V), {"level": 1.0}, "level"),
        ((Y, V), {"rho": 0.5}, "study"),
        ((Y, V), {"study": ["a", "b"]}, "entries"),
        ((Y, V), {"study": ["a", None, "b", "b"]}, "position 1"),
        ((Y, V), {"study": ["a", "a", "b", "b"], "rho": 1.5}, "rho"),
        ((Y, V), {"study": ["a", "a", "b", "b"], "rho": 0.5, "method": "DL"}, "REML or ML"),
        ((Y, V), {"mods": [1, 1, 1, 1]}, "constant"),
        ((Y, V), {"mods": ["a", "b", "c", "d"]}, "numbers"),
        ((Y, V), {"mods": np.eye(4)}, "more estimates"),
        ((Y,), {}, "vi or V"),
    ],
)
def test_bad_input_is_named(arguments, options, word):
    with pytest.raises(PoolInputError, match=word):
        pool(*arguments, **options)


@pytest.mark.parametrize(
    ("covariance", "word"),
    [
        (np.eye(3), "shape"),
        (np.array([[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]), "symmetric"),
        (np.diag([1, 1, 1, 0.0]), "diagonal"),
        (np.full((4, 4), math.nan), "missing"),
        (np.eye(4) * 3 - 2 * np.ones((4, 4)), "above zero|semidefinite"),
        (np.eye(4) + 5 * (np.ones((4, 4)) - np.eye(4)), "semidefinite"),
    ],
)
def test_bad_covariance_is_named(covariance, word):
    with pytest.raises(CovarianceError, match=word):
        pool(Y, V=covariance)


def test_v_must_agree_with_vi_and_with_study():
    with pytest.raises(CovarianceError, match="differs"):
        pool(Y, V, V=np.eye(4))
    dense = 0.04 * (np.eye(4) + 0.2 * (np.ones((4, 4)) - np.eye(4)))
    with pytest.raises(CovarianceError, match="different studies"):
        pool(Y, V=dense, study=["a", "a", "b", "b"])


def test_messages_hold_no_value():
    with pytest.raises(EstimationError) as caught:
        pool([0.123456, 0.2], [0.1, -0.987654])
    assert "987654" not in str(caught.value) and "123456" not in str(caught.value)


def test_builder_wants_both_arms_and_different_ones():
    with pytest.raises(PoolInputError, match="both arms"):
        build_v([0.1, 0.1], ["a", "a"], rho=0.5, grp1=["t", "t"])
    with pytest.raises(PoolInputError, match="same arm"):
        build_v([0.1, 0.1], ["a", "a"], rho=0.5, grp1=["t", "c"], grp2=["c", "c"])


def test_shared_control_correlates_by_its_share():
    """Two treatments against one control of 50, arms of 50: correlation one half."""
    covariance = build_v(
        [0.04, 0.04], ["a", "a"], rho=0.8, outcome=["x", "x"],
        grp1=["t1", "t2"], n1=[50, 50], grp2=["c", "c"], n2=[50, 50],
    )  # fmt: skip
    assert covariance[0, 1] == pytest.approx(0.02)


effects = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 2.0)), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(effects, st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale(pairs, shift, scale):
    """Adding a constant moves the estimate; a change of unit scales everything with it."""
    y, v = np.array(pairs).T
    base = pool(y, v, method="DL")
    moved = pool(scale * y + shift, scale**2 * v, method="DL")
    assert moved.estimate == pytest.approx(scale * base.estimate + shift, abs=1e-7 * scale + 1e-7)
    assert moved.tau2 == pytest.approx(scale**2 * base.tau2, rel=1e-6, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(effects)
def test_pooled_effect_lies_among_the_estimates(pairs):
    y, v = np.array(pairs).T
    found = pool(y, v)
    assert y.min() - 1e-9 <= found.estimate <= y.max() + 1e-9
    assert found.tau2 >= 0.0 and 0.0 <= found.i2 <= 100.0


@pytest.mark.parametrize("dependent", [False, True])
@pytest.mark.parametrize(
    ("shift", "scale"),
    [(5000.0, 1.0), (-10_000.0, 1.0), (0.0, 1e-6), (0.0, 1e6), (10_000.0, 1e-3)],
)
def test_where_a_moderator_starts_changes_no_result(dependent, shift, scale):
    rng = np.random.default_rng(3)
    v, x = rng.uniform(0.02, 0.1, 30), rng.normal(size=30)
    y = 0.3 + 0.2 * x + rng.normal(0, np.sqrt(v + 0.05))
    more = {"study": np.arange(30) // 3, "rho": 0.5} if dependent else {}
    plain, found = (pool(y, v, mods=one, **more) for one in (x, x * scale + shift))
    a, b = plain.coefficients[1], found.coefficients[1]
    np.testing.assert_allclose(
        [b.estimate * scale, b.se * scale, b.df, found.tau2, found.omega2],
        [a.estimate, a.se, a.df, plain.tau2, plain.omega2],
        rtol=1e-6,
        atol=1e-9,
    )
    assert found.omnibus == pytest.approx(plain.omnibus, rel=1e-6, nan_ok=True)
    for level in ("constant", "twin"):
        mods = np.full(30, 5000.1) if level == "constant" else np.column_stack([x, 2000 - x])
        with pytest.raises(PoolInputError, match="linear combinations"):
            pool(y, v, mods=mods)
