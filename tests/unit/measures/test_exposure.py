"""Exposure by hand: sizes, leaders, hours by week, attendance, frequency."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.exposure import (
    attendance_rates,
    group_weeks,
    participant_weeks,
    session_facts,
)
from analysis.measures.roll import on_roll


def session(session_id, **other):
    row = {"format": "group", "group_id": "g1", "site_id": "s1", "unit": "session"}
    row |= {"status": "held", "scheduled_minutes": 90}
    return {"session_id": session_id, **row, **other}


def attended(session_id, episode_id, status="attended", **other):
    return {"session_id": session_id, "episode_id": episode_id, "status": status, **other}


@pytest.fixture
def tables(table, episode):
    """Two members of an open group: e1 from study day 0, e2 from study day 3 until 9."""
    return {
        "episodes": table(
            "episodes",
            [
                episode("e1", start_study_day=0, discharge_day=13),
                episode("e2", start_study_day=3, discharge_day=6, arm="individual"),
            ],
        ),
        "groups": table(
            "groups",
            [{"group_id": "g1", "site_id": "s1", "group_type": "process", "enrolment": "open"}],
        ),
        "memberships": table(
            "memberships",
            [
                {"group_id": "g1", "episode_id": "e1", "from_day": 0, "primary": True},
                {"group_id": "g1", "episode_id": "e2", "from_day": 0, "to_day": 6, "primary": True},
            ],
        ),
        "sessions": table(
            "sessions",
            [
                session("x1", study_day=1, minutes=80),
                session("x2", study_day=3, minutes=100),
                session("x3", study_day=9),
                session("x4", study_day=10, status="cancelled"),
                session("x5", study_day=24),
                session("x6", study_day=4, format="individual", group_id=None, minutes=50),
                session("x7", study_day=5, unit="billing_block", minutes=30, scheduled_minutes=30),
            ],
        ),
        "session_staff": table(
            "session_staff",
            [
                {"session_id": "x1", "therapist_id": "t1", "role": "leader"},
                {"session_id": "x1", "therapist_id": "t2", "role": "co_leader"},
                {"session_id": "x1", "therapist_id": "t3", "role": "observer"},
                {"session_id": "x2", "therapist_id": "t1", "role": "leader"},
                {"session_id": "x3", "therapist_id": "t3", "role": "observer"},
            ],
        ),
        "attendance": table(
            "attendance",
            [
                attended("x1", "e1"),
                attended("x2", "e1", "left_early", minutes_attended=30),
                attended("x2", "e2"),
                attended("x3", "e1", "no_show"),
                attended("x3", "e2", "excused"),
                attended("x4", "e1"),
                attended("x6", "e1", day=4),
                attended("x7", "e1"),
            ],
        ),
    }


def test_sessions_by_hand(tables):
    facts = session_facts(tables).set_index("session_id")
    assert facts.index.tolist() == ["x1", "x2", "x3", "x5", "x6", "x7"]  # x4 was cancelled
    na = pd.NA
    # e2 is on the roll from study day 3 to 9; e1 is discharged on study day 13.
    assert facts["enrolled"].tolist() == [1, 2, 2, 0, na, na]
    assert facts["expected"].tolist() == [1, 2, 2, na, 1, na]
    assert facts["present"].tolist() == [1, 2, 0, na, 1, na]
    assert facts["left_early"].tolist() == [0, 1, 0, na, 0, 0]
    assert facts["leaders"].tolist() == [2, 1, 0, na, na, na]
    assert facts.loc["x1", ["minutes", "scheduled_minutes"]].tolist() == [80, 90]
    assert np.isnan(facts.loc["x7", "minutes"])  # a billing block has no length
    assert facts["group_type"].tolist() == ["process"] * 4 + [na, "process"]


def test_sessions_without_the_other_tables(tables):
    facts = session_facts({name: tables[name] for name in ("episodes", "sessions")})
    for name in ("enrolled", "expected", "present", "leaders", "group_type"):
        assert facts[name].isna().all()


def test_no_roll_without_a_study_clock(tables):
    tables["episodes"]["start_study_day"] = pd.Series([0, pd.NA], dtype="Int64")
    assert session_facts(tables)["enrolled"].isna().all()


def test_weeks_by_hand(tables):
    weeks = participant_weeks(tables)
    assert weeks["episode_id"].tolist() == ["e1", "e1", "e2"]
    assert weeks["week"].tolist() == [0, 1, 0]
    assert weeks["full"].tolist() == [True, True, True]  # days 0-13 and 0-6
    # e1, week 0: x1 and x2 (90 each), x6 (90), x7 (30). Week 1: x3 (90) and x4 (90, cancelled).
    # e2's x3 falls on its day 6.
    assert weeks["scheduled_hours"].tolist() == [5.0, 3.0, 3.0]
    assert weeks["cancelled_hours"].tolist() == [0.0, 1.5, 0.0]
    # e1: 80 + 30 (left early) + 50 + 30 = 190 minutes; e2: 100.
    assert weeks["attended_hours"].tolist() == pytest.approx([190 / 60, 0, 100 / 60])
    assert weeks["group_hours"].tolist() == pytest.approx([140 / 60, 0, 100 / 60])
    assert weeks["individual_hours"].tolist() == pytest.approx([50 / 60, 0, 0])
    planned = weeks["group_scheduled_hours"] + weeks["individual_scheduled_hours"]
    assert planned.tolist() == weeks["scheduled_hours"].tolist()
    assert weeks["individual_scheduled_hours"].tolist() == [1.5, 0.0, 0.0]
    assert weeks["groups_offered"].tolist() == [2, 1, 2]  # neither the block nor the cancelled one
    assert weeks["left_early_unknown"].tolist() == [0, 0, 0]


def test_a_last_week_in_part_is_marked_and_a_week_without_sessions_counts(tables):
    tables["episodes"]["discharge_day"] = pd.Series([20, 5], dtype="Int64")
    weeks = participant_weeks(tables)
    assert weeks["week"].tolist() == [0, 1, 2, 0]
    assert weeks["full"].tolist() == [True, True, True, False]
    assert weeks.loc[2, ["scheduled_hours", "attended_hours", "groups_offered"]].tolist() == [0] * 3


def test_without_discharge_treatment_lasts_as_long_as_observation(tables):
    tables["episodes"]["discharge_day"] = pd.Series([pd.NA, 5], dtype="Int64")
    tables["episodes"]["observed_until_day"] = pd.Series([8, 90], dtype="Int64")
    weeks = participant_weeks(tables)
    assert weeks["full"].tolist() == [True, False, False]


def test_left_early_without_minutes_adds_nothing_and_says_so(tables):
    tables["attendance"]["minutes_attended"] = np.nan
    weeks = participant_weeks(tables)
    assert weeks["attended_hours"].tolist() == pytest.approx([160 / 60, 0, 100 / 60])
    assert weeks["left_early_unknown"].tolist() == [1, 0, 0]


def test_unknown_lengths_make_the_weeks_hours_missing(tables):
    tables["sessions"][["minutes", "scheduled_minutes"]] = np.nan
    weeks = participant_weeks(tables)
    assert weeks["attended_hours"].isna().tolist() == [True, False, True]
    assert weeks["scheduled_hours"].isna().all()
    assert weeks["groups_offered"].tolist() == [2, 1, 2]


def test_an_arm_whose_sessions_were_not_recorded_has_no_hours(tables):
    only = tables["attendance"]["episode_id"] == "e1"
    weeks = participant_weeks({**tables, "attendance": tables["attendance"][only]})
    assert weeks["attended_hours"].isna().tolist() == [False, False, True]
    tables["episodes"]["arm"] = pd.Series(["group", "group"], dtype="string")
    weeks = participant_weeks({**tables, "attendance": tables["attendance"][only]})
    assert weeks["attended_hours"].tolist()[2] == 0


def test_a_session_without_a_day_makes_the_episodes_hours_missing(tables):
    tables["sessions"]["study_day"] = pd.Series(pd.NA, index=range(7), dtype="Int64")
    weeks = participant_weeks(tables)
    # x6 has a day of its own, but e1's other sessions have none.
    assert weeks["attended_hours"].isna().all()
    assert len(weeks) == 3


def test_rates_by_hand(tables):
    rates = attendance_rates(tables).set_index(["episode_id", "format"])
    # x4 was cancelled: nobody was expected.
    counts = ["expected", "present", "excused", "no_show"]
    assert rates.loc[("e1", "all"), counts].tolist() == [5, 4, 0, 1]
    assert rates.loc[("e1", "individual"), counts].tolist() == [1, 1, 0, 0]
    assert rates.loc[("e2", "all"), counts].tolist() == [2, 1, 1, 0]
    assert rates.loc[("e1", "all"), "rate"] == pytest.approx(0.8)
    assert rates.loc[("e2", "group"), "rate"] == pytest.approx(0.5)


def test_an_episode_that_was_never_expected_has_no_rate(tables):
    tables["attendance"] = tables["attendance"][tables["attendance"]["episode_id"] == "e1"]
    rates = attendance_rates(tables).set_index(["episode_id", "format"])
    assert rates.loc[("e2", "all"), "expected"] == 0
    assert np.isnan(rates.loc[("e2", "all"), "rate"])


def test_group_weeks_by_hand(tables):
    weeks = group_weeks(tables)
    # Group sessions on study days 1, 3 | 9, 10 (cancelled) | none | 24; the block does not count.
    assert weeks["week"].tolist() == [0, 1, 2, 3]
    assert weeks["held"].tolist() == [2, 1, 0, 1]
    assert weeks["cancelled"].tolist() == [0, 1, 0, 0]
    assert weeks["edge"].tolist() == [True, False, False, True]


def test_group_weeks_without_study_days_are_empty(tables):
    tables["sessions"]["study_day"] = pd.Series(pd.NA, index=range(7), dtype="Int64")
    assert group_weeks(tables).empty


SPELL = st.tuples(st.sampled_from("ab"), st.integers(-9, 30), st.integers(0, 20), st.integers(0, 9))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(SPELL, min_size=1, max_size=12),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(-20, 60)), max_size=12),
)
def test_the_roll_agrees_with_counting_one_by_one(make, spells, sessions):
    table, episode = make
    members = [(f"e{i}", *spell) for i, spell in enumerate(spells)]
    tables = {
        "episodes": table("episodes", [episode(e, start_study_day=s) for e, _, s, _, _ in members]),
        "memberships": table(
            "memberships",
            [
                {"episode_id": e, "group_id": g, "from_day": f, "to_day": f + n, "primary": True}
                for e, g, _, f, n in members
            ],
        ),
    }
    rows = table("sessions", [{"group_id": g, "study_day": d} for g, d in sessions])
    counted = [
        sum(g == group and s + f <= day <= s + f + n for _, g, s, f, n in members)
        if any(g == group for _, g, *_ in members)
        else pd.NA
        for group, day in sessions
    ]
    assert on_roll(rows, tables).tolist() == counted


@pytest.fixture(scope="module")
def make(table, episode):
    return table, episode


def test_a_hundred_thousand_rows_take_about_a_second(table, episode):
    rng = np.random.default_rng(7)
    n = {"episodes": 2_000, "sessions": 12_000, "attendance": 100_000}
    episodes = [
        episode(f"e{i}", start_study_day=int(d), discharge_day=60)
        for i, d in enumerate(rng.integers(0, 365, n["episodes"]))
    ]
    tables = {
        "episodes": table("episodes", episodes),
        "sessions": table(
            "sessions",
            [
                session(f"x{i}", study_day=int(d), minutes=90, group_id=f"g{i % 200}")
                for i, d in enumerate(rng.integers(0, 425, n["sessions"]))
            ],
        ),
        "memberships": table(
            "memberships",
            [
                {"group_id": f"g{i % 200}", "episode_id": f"e{i}", "from_day": 0, "primary": True}
                for i in range(n["episodes"])
            ],
        ),
        "attendance": table(
            "attendance",
            [
                attended(f"x{s}", f"e{e}", day=int(d))
                for s, e, d in zip(
                    rng.integers(0, n["sessions"], n["attendance"]),
                    rng.integers(0, n["episodes"], n["attendance"]),
                    rng.integers(0, 60, n["attendance"]),
                    strict=True,
                )
            ],
        ),
    }
    began = time.process_time()
    session_facts(tables), participant_weeks(tables), attendance_rates(tables), group_weeks(tables)
    assert time.process_time() - began < 3  # 0.6 s on the machine that it was written on
