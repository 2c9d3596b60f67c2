"""Aggregates for the report, by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures.describe import (
    describe_flow,
    describe_hours,
    describe_lengths,
    describe_missing,
    describe_outcomes,
    describe_sizes,
)

WINDOW = {"low": 90, "high": 120, "unit": "minutes"}


@pytest.fixture
def sessions():
    return pd.DataFrame(
        {
            "format": ["group"] * 4 + ["individual"],
            "minutes": [85.0, 90.0, 120.0, np.nan, 50.0],
            "enrolled": pd.array([6, 7, 10, None, None], dtype="Int64"),
            "present": pd.array([5, 7, 7, 7, None], dtype="Int64"),
        }
    )


def test_lengths_are_binned_and_the_window_is_inclusive(sessions):
    table = describe_lengths(sessions, WINDOW)
    assert table[["from", "to", "sessions", "inside_window"]].to_numpy().tolist() == [
        [80, 90, 1, 0], [90, 100, 1, 1], [100, 110, 0, 0], [110, 120, 0, 0], [120, 130, 1, 1],
    ]  # fmt: skip


def test_sizes_count_group_sessions_only(sessions):
    table = describe_sizes(sessions, {"low": 7, "high": 10})
    assert table.to_numpy().tolist() == [
        ["enrolled", 6, 1, 0], ["enrolled", 7, 1, 1], ["enrolled", 10, 1, 1],
        ["present", 5, 1, 0], ["present", 7, 3, 3],
    ]  # fmt: skip


def test_hours_are_counted_in_full_weeks():
    weeks = pd.DataFrame(
        {
            "arm": ["g", "g", "g"],
            "full": pd.array([True, True, False], dtype="boolean"),
            "scheduled_hours": [9.0, 10.5, 3.0],
            "attended_hours": [8.5, 10.0, 1.0],
        }
    )
    table = describe_hours(weeks)
    assert table["weeks"].sum() == 4
    assert table.query("kind == 'scheduled'")[["from", "weeks"]].to_numpy().tolist() == [
        [9, 1],
        [10, 1],
    ]


def test_categories_are_shares_of_those_known():
    outcomes = pd.DataFrame(
        {
            "construct": "depression", "instrument": "PHQ-9", "time": "day 42", "arm": ["g"] * 4,
            "reliable_change": ["improved", "improved", "unchanged", None],
            "response": pd.array([True, False, False, None], dtype="boolean"),
            "remission": pd.array([None] * 4, dtype="boolean"),
            "outcome": [5.0, 6.0, 9.0, np.nan],
        }
    )  # fmt: skip
    table = describe_outcomes(outcomes).set_index("category")
    assert table.loc["improved", ["n", "of"]].tolist() == [2, 3]
    assert table.loc["response", "share"] == pytest.approx(1 / 3)
    assert "remission" not in table.index
    missing = describe_missing(outcomes)
    assert missing[["n_eligible", "n_observed"]].to_numpy().tolist() == [[4, 3]]


def test_nothing_recorded_gives_empty_tables():
    nothing = pd.DataFrame()
    assert describe_lengths(nothing, WINDOW).empty
    assert describe_sizes(nothing, WINDOW).empty
    assert describe_hours(nothing).empty


def test_the_flow_ends_with_the_numbers_of_the_other_tables():
    """Four answered in part: three have a score, and two of them one at intake too."""
    step = {"step": 2, "label": "Answered", "kind": "information", "excluded": 0}
    flow = pd.DataFrame(
        [
            {**step, "arm": arm, "before": n, "after": n}
            for arm, n in (("g", 3), ("i", 1), ("total", 4))
        ]
    )
    outcomes = pd.DataFrame(
        {
            "primary": [True] * 4 + [False],
            "instrument": "PHQ-9",
            "time": "day 42",
            "arm": ["g", "g", "g", "i", "i"],
            "construct": ["depression"] * 4 + ["hope"],
            "outcome": [4.0, 5.0, np.nan, 6.0, 7.0],
            "baseline": [9.0, np.nan, 9.0, 9.0, 9.0],
        }
    )
    made = describe_flow(flow, outcomes)
    assert made[["step", "label", "arm", "after"]].iloc[3:].to_numpy().tolist() == [
        [3, "With a score of the PHQ-9 at day 42", "g", 2],
        [3, "With a score of the PHQ-9 at day 42", "i", 1],
        [3, "With a score of the PHQ-9 at day 42", "total", 3],
        [4, "With a score at intake too", "g", 1],
        [4, "With a score at intake too", "i", 1],
        [4, "With a score at intake too", "total", 2],
    ]
    missing = describe_missing(outcomes)
    observed = missing[missing["construct"] == "depression"].set_index("arm")["n_observed"]
    assert dict(observed) == {"g": 2, "i": 1}
    assert describe_flow(flow, outcomes[~outcomes["primary"]]) is flow
