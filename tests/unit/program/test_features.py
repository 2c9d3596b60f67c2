"""What a member's groups were like: hybrid sessions by hand, and gains level by level."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import PROGRAM, SHOWN

from analysis.program import anatomy
from analysis.program.profile import COLUMNS, levels, profiles


def sessions(*rows):
    table = pd.DataFrame(rows, columns=["session_id", "group_id", "mode"])
    return table.assign(
        format="group", unit="session", present=8, minutes=90.0, leaders=1, left_early=0,
        group_type="process", slot="morning",
    )  # fmt: skip


@pytest.fixture
def hybrid(program):
    """Two members of g1: e1 took part online at the hybrid sessions, e2's way is not known."""
    members = pd.DataFrame({"cluster": ["g1", "g1"]}, pd.Index(["e1", "e2"], name="episode_id"))
    came = [
        ("s1", "e1", "attended", None),
        ("s2", "e1", "attended", "online"),
        ("s3", "e1", "attended", "online"),
        ("s4", "e1", "no_show", None),
        ("s5", "e1", "attended", None),
        ("s6", "e1", "attended", None),
        ("s1", "e2", "left_early", None),
        ("s2", "e2", "attended", None),
    ]
    attendance = pd.DataFrame(came, columns=["session_id", "episode_id", "status", "mode"])
    made = replace(
        program,
        tables={"attendance": attendance, "episodes": program.tables["episodes"]},
        sessions=sessions(
            ("s1", "g1", "in_person"), ("s2", "g1", "hybrid"), ("s3", "g1", "hybrid"),
            ("s4", "g1", "online"), ("s5", "g2", "in_person"), ("s6", "g2", "in_person"),
        ),
        weeks=pd.DataFrame(),
    )  # fmt: skip
    made.__dict__["members"] = members
    return made


def test_a_hybrid_session_counts_by_the_way_in_which_a_member_took_part(hybrid):
    """e1: 2 of 3 sessions of the primary group online; e2: the hybrid session is left out."""
    found = anatomy.features(hybrid)["online"]
    assert found.to_dict() == {"e1": 1.0, "e2": 0.0}


def test_hybrid_sessions_are_no_part_of_the_comparison_of_attendance(program, blank):
    made = anatomy.attendance_by_mode(program, blank)
    kept = program.sessions["mode"].ne("hybrid")
    without = anatomy.attendance_by_mode(replace(program, sessions=program.sessions[kept]), blank)
    assert (made.value, made.se) == (without.value, without.se)


def test_levels_are_joined_until_ten_members_are_in_each():
    value = pd.Series([2.5] * 4 + [4.2] * 12 + [5.9] * 30 + [9.1] * 3)
    cut = levels(value, "size", PROGRAM.fewest, SHOWN)
    assert cut["label"].value_counts().to_dict() == {"5 to 10": 33, "2 to 5": 16}
    assert cut[["low", "high"]].drop_duplicates().to_numpy().tolist() == [[2, 5], [5, 10]]
    sides = levels(pd.Series([0.0, 0.49, 0.5, 1.0]), "two_leaders", PROGRAM.fewest, SHOWN)["label"]
    assert sides.tolist() == ["mostly one leader"] * 2 + ["mostly two leaders"] * 2


def test_gains_by_level_are_those_of_the_rows(program):
    table = profiles(program, SHOWN)
    assert list(table) == COLUMNS
    assert {"size", "length", "weekly_hours", "closed", "online"} <= set(table["feature"])
    assert (table["members"] >= 10).all()
    assert (table["ci95_low"] < table["gain"]).all() and (table["gain"] < table["ci95_high"]).all()
    whole = program.primary()["change"].reindex(program.members.index).astype(float).mean()
    for _, rows in table.groupby("feature"):
        average = np.average(rows["gain"], weights=rows["members"])
        assert average == pytest.approx(whole, abs=0.6)


def test_without_an_outcome_there_is_no_profile(program):
    silent = {k: v for k, v in program.config.items() if k != "outcome"}
    assert profiles(replace(program, config=silent), SHOWN).empty
