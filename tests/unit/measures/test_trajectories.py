"""Trajectories by hand."""

import math

import pandas as pd
import pytest

from analysis.measures.trajectories import trajectories


def test_means_and_intervals_by_hand():
    repeated = pd.DataFrame(
        {
            "arm": ["b", "a", "a", "a", "a", "c"],
            "analysis_week": pd.Series([0, 1, 0, 0, 0, 0], dtype="Int64"),
            "nearest": [True, True, True, True, False, True],
            "score": [5.0, 4.0, 8.0, 12.0, 99.0, 7.0],
        }
    )
    found = trajectories(repeated, ["b", "a"])
    assert found[["arm", "analysis_week", "n"]].to_numpy().tolist() == [
        ["b", 0, 1],
        ["a", 0, 2],
        ["a", 1, 1],
    ]
    assert found["mean"].tolist() == [5, 10, 4]
    # 8 and 12: SD sqrt(8), standard error 2, t(1) = 12.706
    assert found["sd"][1] == pytest.approx(math.sqrt(8))
    assert found["ci_low"][1] == pytest.approx(10 - 2 * 12.7062, abs=1e-3)
    assert found["ci_high"][1] == pytest.approx(10 + 2 * 12.7062, abs=1e-3)
    assert found[["sd", "ci_low", "ci_high"]].isna().all(axis=1).tolist() == [True, False, True]
