"""Moments add, travel as text, and are all that the fit needs."""

from __future__ import annotations

import json
from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import Moments, build_problem, collapse, fit_moments, gather
from analysis.engine.levels import SWEEP
from analysis.engine.sums import label_rows, second_moments
from analysis.records.errors import ModelInputError

ROLES = {"group": "group", "participant": "id", "slope": "time"}


def split(frame, parts: int, by: str):
    return [frame[frame[by] % parts == k] for k in range(parts)]


@pytest.mark.parametrize("irregular", [False, True])
def test_batches_give_the_pooled_fit(irregular: bool) -> None:
    frame = repeated(irregular=irregular)
    pooled = gather(build_problem(frame, M2, **ROLES))
    # participants are whole in every batch; therapy groups are not
    batches = [gather(build_problem(one, M2, **ROLES)) for one in split(frame, 3, "id")]
    joined = reduce(add, batches)
    assert (joined.n, set(joined.groups)) == (pooled.n, set(pooled.groups))
    ours, theirs = fit_moments(joined), fit_moments(pooled)
    assert abs(ours.criterion - theirs.criterion) < 1e-8
    np.testing.assert_allclose(ours.beta, theirs.beta, atol=1e-7)
    np.testing.assert_allclose(ours.theta, theirs.theta, rtol=1e-5)


def test_compact_moments_do_not_grow() -> None:
    frame = repeated(missing=0.0)
    pooled = gather(build_problem(frame, M2, **ROLES))
    joined = reduce(add, [gather(build_problem(s, M2, **ROLES)) for s in split(frame, 4, "id")])
    assert len(joined.pattern_stratum) == len(pooled.pattern_stratum) == 1
    assert len(joined.entry_group) == len(pooled.entry_group)
    assert (
        len(joined.outer) + len(joined.loose) <= 1 + joined.loose.shape[1] * joined.loose.shape[2]
    )


@pytest.mark.parametrize("by_arm", [False, True])
def test_round_trip_through_json(by_arm: bool) -> None:
    roles = {"group": "group"} | ({"residual_by": "arm"} if by_arm else {})
    moments = gather(build_problem(endpoint(), M1, **roles))
    again = Moments.from_dict(json.loads(json.dumps(moments.to_dict())))
    assert fit_moments(again).criterion == fit_moments(moments).criterion
    assert again.groups == moments.groups


def test_moments_of_different_models_do_not_add() -> None:
    frame = endpoint()
    one = gather(build_problem(frame, M1, group="group"))
    two = gather(build_problem(frame, "y ~ arm", group="group"))
    with pytest.raises(ModelInputError, match="different models"):
        one + two


def test_the_fit_of_m1_does_not_grow_with_the_rows() -> None:
    small = gather(build_problem(endpoint(groups=200, alone=100), M1, group="group"))
    large = gather(build_problem(endpoint(groups=200, alone=20_000), M1, group="group"))
    assert len(small.entry_sum) == len(large.entry_sum)
    assert not len(large.loose)


def equal_groups(seed: int):
    """Groups of four, five and six, ten of each."""
    frame = endpoint(groups=30, alone=90, size=20, seed=seed)
    place = frame.groupby("group").cumcount()
    return frame[frame["group"].isna() | (place < 4 + frame["group"] % 3)]


@pytest.mark.parametrize("by_arm", [False, True])
def test_pooled_moments_of_sites_give_the_pooled_fit(by_arm: bool) -> None:
    roles = {"group": "group"} | ({"residual_by": "arm"} if by_arm else {})
    sites = [equal_groups(1), equal_groups(2).assign(group=lambda d: d["group"] + 100)]
    sites = [site[site.groupby("group")["y"].transform("size").fillna(4) >= 4] for site in sites]
    whole = gather(build_problem(pd.concat(sites), M1, **roles))
    shipped = [collapse(gather(build_problem(site, M1, **roles)), 3) for site in sites]
    assert not shipped[0].groups and not len(shipped[0].entry_sum)
    joined = Moments.from_dict(json.loads(json.dumps((shipped[0] + shipped[1]).to_dict())))
    ours, theirs = fit_moments(joined), fit_moments(whole)
    assert abs(ours.criterion - theirs.criterion) < 1e-8
    np.testing.assert_allclose(ours.beta, theirs.beta, rtol=1e-6)
    np.testing.assert_allclose(ours.theta, theirs.theta, rtol=1e-4)


def test_small_cells_do_not_travel() -> None:
    with pytest.raises(ModelInputError, match="fewer than 3 times"):
        collapse(gather(build_problem(endpoint(), M1, group="group")), 3)
    with pytest.raises(ModelInputError, match="cannot be pooled"):
        collapse(gather(build_problem(repeated(), M2, **ROLES)), 3)


def test_equal_rows_have_equal_labels() -> None:
    """Shares, small whole numbers, a constant and numbers far apart, with their first rows."""
    rng = np.random.default_rng(5)
    n = 500
    columns = [
        np.full(n, 3.5),
        rng.integers(0, 4, n).astype(float),
        rng.choice([0.25, 0.5, 1e9], n),
        rng.integers(0, 2, n) * 10**12,
    ]
    codes, first = label_rows(columns)
    rows = np.column_stack(columns)
    assert len(first) == len(np.unique(rows, axis=0)) == codes.max() + 1
    np.testing.assert_array_equal(rows[first][codes], rows)
    assert [int(np.flatnonzero(codes == k)[0]) for k in range(len(first))] == first.tolist()


def test_second_moments_of_more_than_one_sweep() -> None:
    rng = np.random.default_rng(6)
    h = rng.normal(size=(3 * SWEEP, 2, 2))
    index = np.where(np.arange(len(h)) < 3, 1, 0)
    kept, outer, rare, loose = second_moments(h, index, 2)
    assert (kept.tolist(), rare.tolist()) == ([0], [1, 1, 1])
    flat = h[3:].reshape(-1, 4)
    np.testing.assert_allclose(outer[0], flat.T @ flat, rtol=1e-10, atol=1e-8)
    np.testing.assert_array_equal(loose, h[:3])
