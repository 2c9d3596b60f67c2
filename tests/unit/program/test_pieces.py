"""Pieces against published numbers, hand-worked cases and simulation."""

import numpy as np
import pandas as pd
import pytest

from analysis.program.association import clustered_correlation
from analysis.program.climate import icc_interval
from analysis.program.crossed import Crossed
from analysis.program.pooling import partial_pooling
from analysis.records.errors import TooFewGroupsError

# Ratings of six targets by four judges (Shrout and Fleiss 1979, table 2).
RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Effects of coaching in eight schools (Rubin 1981; Gelman et al. 2013, table 5.2).
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def test_icc_of_shrout_and_fleiss():
    found = icc_interval(np.ravel(RATINGS).astype(float), np.repeat(np.arange(6), 4))
    assert found["icc"] == pytest.approx(0.17, abs=0.005)
    assert found["ci95"] == pytest.approx((-0.13, 0.72), abs=0.005)


def test_icc_needs_groups():
    with pytest.raises(TooFewGroupsError):
        icc_interval(np.arange(5.0), np.zeros(5))
    with pytest.raises(TooFewGroupsError):
        icc_interval(np.arange(5.0), np.arange(5))


def test_eight_schools():
    """Posterior means with a flat prior on the spread, as the book's exact draws give them."""
    found = partial_pooling(SCHOOLS, np.diag(ERRORS**2))
    book = [11.4, 7.9, 6.1, 7.6, 5.1, 6.1, 10.6, 8.4]
    assert found.mean == pytest.approx(book, abs=0.4)
    assert found.overall == pytest.approx(7.9, abs=0.3)
    weights = ERRORS**-2
    centre = weights @ SCHOOLS / weights.sum()
    assert found.q == pytest.approx(weights @ (SCHOOLS - centre) ** 2)
    assert found.df == 7 and 0.69 < found.p < 0.70


def test_pooling_follows_the_data_where_they_are_sure():
    exact = partial_pooling(np.array([1.0, 5.0, 9.0]), 1e-6 * np.eye(3))
    assert exact.mean == pytest.approx([1, 5, 9], abs=1e-3)
    with pytest.raises(ValueError, match="three families"):
        partial_pooling(np.array([1.0, 2.0]), np.eye(2))


def test_pooled_intervals_hold_the_truth(rng):
    """Sets of eight families: 95% intervals hold the family's own value about as often."""
    held, closer = [], []
    for _ in range(100):
        truth = rng.normal(0.5, 0.6, 8)
        se = rng.uniform(0.3, 1.2, 8)
        seen = rng.normal(truth, se)
        found = partial_pooling(seen, np.diag(se**2))
        held.append(np.abs(found.mean - truth) < 1.96 * found.se)
        closer.append(np.mean((found.mean - truth) ** 2) < np.mean((seen - truth) ** 2))
    assert 0.93 < np.mean(held) < 0.985
    assert np.mean(closer) > 0.8


def test_correlation_without_clusters_is_the_textbooks(rng):
    x = rng.normal(size=4000)
    y = 0.5 * x + np.sqrt(0.75) * rng.normal(size=4000)
    found = clustered_correlation(x, y, np.arange(4000))
    r = np.corrcoef(x, y)[0, 1]
    assert found["value"] == pytest.approx(r)
    assert found["se"] == pytest.approx((1 - r**2) / np.sqrt(4000), rel=0.06)
    z = np.arctanh(r)
    assert found["ci95"] == pytest.approx(np.tanh([z - 0.031, z + 0.031]), abs=0.002)


def test_correlation_knows_clusters():
    """Each row four times over: the interval is that of the rows, not of the copies."""
    x, y = np.array([1.0, 2, 3, 4, 5, 7]), np.array([2.0, 1, 4, 3, 6, 5])
    once = clustered_correlation(x, y, np.arange(6))
    copied = clustered_correlation(np.repeat(x, 4), np.repeat(y, 4), np.repeat(np.arange(6), 4))
    assert copied["ci95"] == pytest.approx(once["ci95"])
    with pytest.raises(TooFewGroupsError):
        clustered_correlation(x, y, np.zeros(6))


@pytest.fixture
def crossed(rng):
    n = 600
    rows = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    rows["y"] = 2 * rows["x"] - rows["z"] + rng.normal(size=n)
    return rows, Crossed.of(rows, pd.Series(np.arange(n) // 5), pd.Series(np.arange(n) // 300))


def test_slopes_are_least_squares(crossed):
    rows, made = crossed
    design = np.column_stack([np.ones(len(rows)), rows["x"], rows["z"]])
    wanted = np.linalg.lstsq(design, rows["y"], rcond=None)[0]
    found = made.slopes(made.gram.sum(axis=0)[None], "y", ["one", "x", "z"])[0]
    assert found == pytest.approx(wanted, abs=1e-6)


def test_partial_correlation_is_that_of_residuals(crossed):
    rows, made = crossed
    design = np.column_stack([np.ones(len(rows)), rows["z"]])
    left = rows[["x", "y"]] - design @ np.linalg.lstsq(design, rows[["x", "y"]], rcond=None)[0]
    found = made.partial(made.gram.sum(axis=0), "x", "y", ["one", "z"])
    assert found == pytest.approx(np.corrcoef(left.to_numpy().T)[0, 1])


def test_draws_keep_each_arm_and_repeat_with_their_seed(crossed):
    _, made = crossed
    first, again, other = made.draws(50, 1), made.draws(50, 1), made.draws(50, 2)
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert first[:, 0, 0] == pytest.approx(600)
    slopes = made.slopes(made.draws(800, 3), "y", ["one", "x", "z"])[:, 1]
    assert slopes.std() == pytest.approx(1 / np.sqrt(600), rel=0.2)


def test_intervals_of_few_clusters_reach_further():
    """30 clusters: t(29) has 2.0452 at 97.5%, times sqrt(30 / 29) is 2.0802; normal tail .01875."""
    made = Crossed(("one",), np.zeros((70, 1, 1)), np.repeat([0, 1], [30, 40]), 70)
    assert made.tail(0.95) == pytest.approx(0.01875, abs=1e-5)
    assert made.tail(0.90) < 0.05


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_a_ridge_does_not_depend_on_units(scale):
    rng = np.random.default_rng(8)
    rows = pd.DataFrame(rng.normal(size=(60, 3)), columns=["x", "z", "y"])
    rows["y"] += rows["x"] + rows["z"]
    unit, stratum = pd.Series(np.arange(60) // 5), pd.Series(np.arange(60) // 30)
    a, b = (
        made.slopes(made.gram.sum(axis=0)[None], "y", ["x", "z", "one"])[0]
        for made in (
            Crossed.of(one, unit, stratum) for one in (rows, rows.assign(z=rows["z"] * scale))
        )
    )
    assert b[0] == pytest.approx(a[0], rel=1e-8)
    assert b[1] * scale == pytest.approx(a[1], rel=1e-8)
