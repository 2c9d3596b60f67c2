from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.program import anatomy
from analysis.program.fidelity import clustered_share, estimate_fidelity, estimate_share
from analysis.program.fidelity_spread import spread_fidelity
from analysis.records.errors import TooFewGroupsError


def test_by_hand():
    """Clusters with 2 of 2, 1 of 2, 0 of 2 inside: residual totals 1, 0, -1; 3/2 * 2 / 36."""
    found = clustered_share(np.array([1, 1, 1, 0, 0, 0.0]), np.array(list("aabbcc")))
    assert found["share"] == 0.5
    assert found["se"] == pytest.approx(np.sqrt(1.5 * 2) / 6)
    assert found["df"] == 2


def test_clopper_pearson_where_all_agree():
    """20 of 20: the exact 95% lower limit is 0.8316 (0.025 ** (1 / 20))."""
    found = clustered_share(np.ones(40), np.repeat(np.arange(20), 2))
    assert found["ci95"] == (pytest.approx(0.025 ** (1 / 20)), 1.0)
    none = clustered_share(np.zeros(40), np.repeat(np.arange(20), 2))
    assert none["ci95"] == (0.0, pytest.approx(1 - 0.025 ** (1 / 20)))


def test_one_cluster_is_refused():
    with pytest.raises(TooFewGroupsError):
        clustered_share(np.ones(5), np.zeros(5))


def test_coverage_with_clustered_units():
    """95% intervals hold the true share in 92 to 97 of 100 runs, 25 clusters, ICC near .1."""
    rng = np.random.default_rng(7)
    runs, clusters, size, share = 1500, 25, 12, 0.6
    held = 0
    for _ in range(runs):
        chance = rng.beta(share * 9, (1 - share) * 9, clusters)
        inside = rng.random((clusters, size)) < chance[:, None]
        low, high = clustered_share(
            inside.ravel().astype(float), np.repeat(np.arange(clusters), size)
        )["ci95"]
        held += low <= share <= high
    assert 0.92 < held / runs < 0.97


def test_window_is_inclusive_and_missing_units_are_counted():
    frame = pd.DataFrame({"minutes": [90.0, 120.0, 121.0, np.nan], "cluster": list("abab")})
    found = estimate_share(
        frame,
        "minutes",
        {"low": 90, "high": 120},
        claim="duration",
        part="held",
        cluster_unit="therapy group",
        unit_of_n="sessions",
        data_origin="real",
    )
    assert found.value == pytest.approx(2 / 3)
    assert (found.n_used, found.n_eligible, found.clusters) == (3, 4, 2)


def test_one_cluster_has_no_interval_and_is_withheld():
    frame = pd.DataFrame({"minutes": [90.0], "cluster": ["a"]})
    found = estimate_share(
        frame,
        "minutes",
        {"low": 90, "high": None},
        claim="duration",
        part="held",
        cluster_unit="therapy group",
        unit_of_n="sessions",
        data_origin="real",
    )
    assert found.status == "withheld" and found.value is None
    assert "at least two" in found.message


def test_members_weigh_sessions_by_hand():
    """Sizes of 2, 8 and 10: in the window 7 to 10 are 18 of 20 members, 2 of 3 sessions."""
    found = clustered_share(np.array([0.0, 1, 1]), np.array(list("abc")), np.array([2.0, 8, 10]))
    assert found["share"] == pytest.approx(0.9)
    totals = np.array([2 * (0 - 0.9), 8 * 0.1, 10 * 0.1])
    assert found["se"] == pytest.approx(np.sqrt(1.5 * (totals**2).sum()) / 20)


ARMS = {"group": {"format": "group"}, "individual": {"format": "individual"}}
SHARE = {"parts": {"p": {"measure": "group_share"}}, "window": {"low": 0.5, "high": None}}
HOURS = {"parts": {"p": {"measure": "scheduled_hours"}}, "window": {"low": 9, "high": None}}
SIZE = {
    "parts": {
        "session": {"measure": "present"},
        "member": {"measure": "present", "weight": "member"},
        "few": {"measure": "present", "window": {"low": None, "high": 3}},
    },
    "window": {"low": 7, "high": 10},
}


@pytest.fixture
def weeks():
    """Three clients: full weeks with 6 of 10, 2 of 8 and 0 of 0 hours in groups, and part weeks."""
    return pd.DataFrame(
        {
            "episode_id": ["e1", "e1", "e2", "e2", "e3", "e4"],
            "arm": ["group", "group", "group", "group", "group", "individual"],
            "week": [0, 1, 0, 1, 0, 13],
            "full": [True, False, True, False, True, True],
            "scheduled_hours": [10.0, 9.0, 8.0, 9.0, 0.0, 9.0],
            "group_scheduled_hours": [6.0, 9.0, 2.0, 9.0, 0.0, 0.0],
        }
    )


@pytest.fixture
def sessions():
    """Held sessions of two sites; one hybrid, at which five came in person and three online."""
    return pd.DataFrame(
        {
            "format": ["group", "group", "group", "individual", "group"],
            "unit": ["session", "session", "session", "session", "billing_block"],
            "mode": ["hybrid", "in_person", "online", "online", "online"],
            "group_id": ["g1", "g2", "g3", None, "g1"],
            "site_id": ["a", "b", "a", "a", "a"],
            "study_day": [0, 90, 91, 5, 6],
            "present": [8, 2, 10, 1, 9],
        }
    ).astype({"present": "Int64", "study_day": "Int64"})


def test_partial_weeks_are_left_out_and_a_week_without_hours_is_zero_hours(weeks, sessions):
    claims = {"intensity": HOURS, "frequency": SHARE}
    hours, share = estimate_fidelity(sessions, weeks, claims, ARMS, "real")
    # Full weeks: 10, 8, 0 and 9 hours. Shares of the group arm: .6 and .25; none of nothing.
    assert (hours.value, hours.n_used) == (0.5, 4)
    assert (share.value, share.n_used, share.n_eligible) == (0.5, 2, 3)


def test_sessions_count_once_or_by_members_and_blocks_and_single_sessions_never(weeks, sessions):
    by_session, by_member, few = estimate_fidelity(sessions, weeks, {"size": SIZE}, ARMS, "real")
    # 8 (hybrid, all who were present), 2 and 10 members.
    assert by_session.value == pytest.approx(2 / 3)
    assert by_member.value == pytest.approx(18 / 20)
    assert by_member.unit_of_n == "members at group sessions"
    assert few.value == pytest.approx(1 / 3)


def test_a_source_without_a_held_session_withholds_and_does_not_fail(weeks, sessions):
    found = estimate_fidelity(sessions.iloc[:0], weeks, {"size": SIZE}, ARMS, "real")
    assert {one.status for one in found} == {"withheld"}


def test_by_site_and_over_the_study_clock(weeks, sessions):
    episodes = pd.DataFrame(
        {
            "episode_id": ["e1", "e2", "e3", "e4"],
            "site_id": ["a", "a", "b", "b"],
            "start_study_day": [0, 10, 20, 0],
        }
    )
    found = (
        spread_fidelity(sessions, weeks, episodes, {"size": SIZE, "intensity": HOURS}, ARMS, 91)
        .set_index(["claim", "part", "by", "level"])
        .sort_index()
    )
    site = found.loc["size", "session", "site"]
    assert site.loc["a", ["share", "units", "clusters"]].tolist() == [1.0, 2, 2]
    # One group alone has no interval, so nothing is said of it.
    assert np.isnan(site.loc["b", "share"]) and site.loc["b", "units"] == 1
    clock = found.loc["size", "session", "study day"]
    assert clock.index.tolist() == ["0 to 90", "91 to 181"]
    assert clock.loc["0 to 90", "share"] == 0.5
    hours = found.loc["intensity", "p", "study day"]
    assert hours["units"].tolist() == [3, 1]  # e4 is in week 13 of the study clock
    assert found.loc["intensity", "p", "site"].loc["b", "share"] == 0.5


@pytest.mark.parametrize(
    ("apart", "hours", "share"),
    [([], 3 / 5, 0.5), (["individual"], 1 / 3, 0.5), (["group"], 1.0, None)],
)
def test_an_arm_outside_the_program_is_not_in_the_denominator(weeks, sessions, apart, hours, share):
    """Nine hours a week: of e1, e2 and e3 one of three, of e4 (individual) the one week."""
    arms = {key: {**one, "iop": key not in apart} for key, one in ARMS.items()}
    two = pd.concat([weeks, weeks.iloc[[-1]].assign(episode_id="e5")])
    found, groups = estimate_fidelity(
        sessions, two, {"intensity": HOURS, "frequency": SHARE}, arms, "real"
    )
    assert found.value == pytest.approx(hours)
    assert groups.value == (pytest.approx(share) if share else None)
    noted = next(one for one in found.diagnostics if one.name == "arms_in_program")
    assert noted.value == 2 - len(apart)


def test_the_share_of_episodes_counts_those_in_the_program(program, blank):
    values = ["outpatient"]
    whole = anatomy.share_of_episodes(program, "discharge_level", values, blank)
    arms = {key: {**one, "iop": one["format"] == "group"} for key, one in
            program.config["arms"].items()}  # fmt: skip
    inside = replace(program, config={**program.config, "arms": arms})
    made = anatomy.share_of_episodes(inside, "discharge_level", values, blank)
    level = program.members["discharge_level"].dropna()
    assert made.value == pytest.approx(level.isin(values).mean())
    assert made.n_eligible == len(program.members) < whole.n_eligible
