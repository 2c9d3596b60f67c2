"""A shared group that is not known is counted and shown, is never none, and withholds estimates."""

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import compare_weighted

from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, Outcome
from analysis.measures.clusters import cluster_of, designs
from analysis.measures.unknown import count_clusters, is_unknown
from analysis.retention.staying import compare_retention

NESTED = {"group": "therapy_group", "individual": "none"}
OUTCOME = Outcome("depression", "PHQ-9", "day 42", 42, "points", -1, 5.5)


def tables(n=128, groups=16):
    episodes = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(2 * n)],
            "arm": np.repeat(["group", "individual"], n),
            "primary_therapist_id": "t1",
        }
    ).astype("string")
    members = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "group_id": [f"g{i % groups}" for i in range(n)],
        }
    ).astype("string")
    return {"episodes": episodes, "memberships": members.assign(from_day=0, primary=True)}


def lose(found, share, seed=1):
    members = found["memberships"]
    lost = members.sample(frac=share, random_state=seed).index
    return {**found, "memberships": members.drop(index=lost)}


def frame(found, seed=1, icc=0.1):
    rng = np.random.default_rng(seed)
    people = found["episodes"][["episode_id", "arm"]].astype(object)
    baseline = rng.normal(15, 4, len(people))
    group = np.arange(len(people)) % 16
    shared = np.where(people["arm"] == "group", rng.normal(0, 5 * icc**0.5, 16)[group], 0)
    return people.assign(
        baseline=baseline, outcome=baseline / 2 + shared + rng.normal(0, 5, len(people))
    ).join(cluster_of(found, NESTED), on="episode_id")


def contrast(assignment="randomised"):
    return Contrast("format", "group", "individual", NESTED, assignment, most_unknown=0.05)


def test_what_is_not_known_is_a_cluster_of_one_and_never_none():
    found = lose(tables(), 0.5)
    cluster = cluster_of(found, NESTED)
    assert is_unknown(cluster).sum() == 64
    assert cluster[is_unknown(cluster)].nunique() == 64
    assert cluster[found["episodes"].set_index("episode_id")["arm"].eq("individual")].isna().all()
    assert count_clusters(cluster) == 16
    config = {
        "contrasts": {
            "format": {"comparison": "group", "reference": "individual", "clusters": NESTED}
        }
    }
    assert designs(found, config)["format"]["clusters_comparison"] == 16


def test_without_a_table_of_memberships_no_group_is_known():
    found = tables()
    del found["memberships"]
    assert is_unknown(cluster_of(found, NESTED)).sum() == 128


def test_who_came_to_no_group_session_shares_none_where_attendance_was_recorded():
    found = lose(tables(), 0.5)
    sessions = pd.DataFrame({"session_id": ["x", "y"], "format": ["group", "individual"]})
    rows = [("x", "e0", "attended"), ("x", "e1", "no_show"), ("y", "e2", "attended")]
    attendance = pd.DataFrame(rows, columns=["session_id", "episode_id", "status"])
    found |= {"sessions": sessions, "attendance": attendance}
    found["memberships"] = found["memberships"][
        ~found["memberships"]["episode_id"].isin(["e0", "e1", "e2"])
    ]
    cluster = cluster_of(found, NESTED)
    assert is_unknown(cluster)["e0"]
    assert cluster[["e1", "e2"]].isna().all()


def test_an_unknown_therapist_is_not_none_either():
    found = tables()
    found["episodes"].loc[130:140, "primary_therapist_id"] = pd.NA
    cluster = cluster_of(found, {"individual": "primary_therapist"})
    assert is_unknown(cluster).sum() == 11


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_above_the_plans_share_nothing_is_estimated(share):
    rows = frame(lose(tables(), share))
    effects = [
        compare(rows, contrast(), OUTCOME),
        compare_weighted(rows, contrast("observational"), OUTCOME, covariates=(), required=()),
    ]
    for one in effects:
        assert one.status == "withheld" and one.value is None
        n = round(128 * share)
        assert f"therapy group of {n} of 128 clients of the arm 'group' is not known" in one.message
        assert one.diagnostics[-1].name == "clusters_known"


def test_below_it_the_estimate_stands_and_says_how_many():
    whole, some = tables(), lose(tables(), 0.04)
    for make in (
        lambda rows: compare(rows, contrast(), OUTCOME),
        lambda rows: compare_weighted(
            rows, contrast("observational"), OUTCOME, covariates=(), required=()
        ),
    ):
        all_known, partly = make(frame(whole)), make(frame(some))
        assert partly.status == "ok" and partly.n_used == 256
        assert partly.se == pytest.approx(all_known.se, rel=0.05)
        assert "5 of 128" in next(
            one.text for one in partly.diagnostics if one.name == "clusters_known"
        )
        assert "clusters_known" not in [one.name for one in all_known.diagnostics]


def test_the_plan_fixes_the_share():
    entry = {"comparison": "group", "reference": "individual", "clusters": NESTED}
    entry |= {"assignment": "randomised", "most_unknown_clusters": 0.6}
    assert (
        compare(frame(lose(tables(), 0.5)), Contrast.from_config("format", entry), OUTCOME).status
        == "ok"
    )


def test_staying_is_withheld_as_well():
    found = lose(tables(), 0.5)
    rng = np.random.default_rng(1)
    stays = frame(found).assign(
        day=rng.integers(5, 60, 256).astype(float),
        event=rng.choice(["left", "completed"], 256),
        attended=True,
        observed_until_day=90.0,
    )
    for one in compare_retention(stays, contrast(), data_origin="real"):
        assert one.status == "withheld" and "64 of 128" in one.message
