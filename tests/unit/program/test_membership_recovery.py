"""Members who sat in several groups: the planted slope and spread of groups come back."""

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import regress

from analysis.records.effect import Effect

GROUPS, MEMBERS, SLOPE, BETWEEN, WITHIN, WORLDS = 30, 300, 0.4, 1.0, 4.0, 60


def world(rng):
    """Each member in one to three groups with random shares; the feature belongs to groups."""
    of_group, shared = rng.normal(size=GROUPS), rng.normal(0, np.sqrt(BETWEEN), GROUPS)
    parts = []
    for member in range(MEMBERS):
        mine = rng.choice(GROUPS, rng.integers(1, 4), replace=False)
        parts.append(
            pd.DataFrame(
                {
                    "episode_id": f"e{member}",
                    "cluster": [f"g{one}" for one in mine],
                    "weight": rng.dirichlet(np.full(len(mine), 2.0)),
                    "feature": of_group[mine],
                    "shared": shared[mine],
                }
            )
        )
    long = pd.concat(parts, ignore_index=True)
    carried = long[["feature", "shared"]].mul(long["weight"], axis=0).groupby(long["episode_id"])
    rows = carried.sum().reset_index()
    first = long.drop_duplicates("episode_id").set_index("episode_id")["cluster"]
    rows["cluster"] = rows["episode_id"].map(first)
    rows["gain"] = (
        SLOPE * rows["feature"] + rows["shared"] + rng.normal(0, np.sqrt(WITHIN), MEMBERS)
    )
    return rows.drop(columns="shared"), long[["episode_id", "cluster", "weight"]]


@pytest.fixture(scope="module")
def fitted():
    blank = Effect("x", "", "", "", "", "", "", "points", "synthetic")
    rng, found = np.random.default_rng(17), []
    for _ in range(WORLDS):
        rows, shares = world(rng)
        both = [
            regress(rows, "gain ~ feature", {"feature": 1.0}, blank, membership=one)
            for one in (shares, None)
        ]
        found.append(both)
    return found


def test_the_planted_slope_comes_back_with_honest_intervals(fitted):
    made = [both[0] for both in fitted]
    values = np.array([one.value for one in made])
    assert values.mean() == pytest.approx(SLOPE, abs=2.6 * values.std(ddof=1) / np.sqrt(WORLDS))
    held = np.mean([one.ci95[0] < SLOPE < one.ci95[1] for one in made])
    assert held >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / WORLDS)


def test_the_planted_spread_of_groups_comes_back(fitted):
    """A member's groups count by their squared shares: one, two or three groups, Dirichlet(2)."""
    icc = np.array([both[0].icc for both in fitted])
    squared = np.mean([(2 + 1) / (2 * groups + 1) for groups in (1, 2, 3)])
    planted = BETWEEN * squared / (BETWEEN * squared + WITHIN)
    assert icc.mean() == pytest.approx(planted, abs=2.6 * icc.std(ddof=1) / np.sqrt(WORLDS))


def test_counting_each_member_in_one_group_sees_less_of_the_spread(fitted):
    several, one = (np.mean([both[at].icc for both in fitted]) for at in (0, 1))
    assert one < 0.75 * several


def test_clusters_are_sets_of_groups_that_share_no_member():
    """Members of groups 0 to 14 and of 15 to 29 never meet: thirty groups, two clusters."""
    rows, shares = world(np.random.default_rng(3))
    number = shares["cluster"].str[1:].astype(int)
    side = number.groupby(shares["episode_id"]).transform("first") // 15
    apart = shares.assign(cluster="g" + (number % 15 + 15 * side).astype(str))
    blank = Effect("x", "", "", "", "", "", "", "points", "synthetic")
    linked = regress(rows, "gain ~ feature", {"feature": 1.0}, blank, membership=apart)
    single = regress(rows, "gain ~ feature", {"feature": 1.0}, blank)
    assert apart["cluster"].nunique() == GROUPS
    assert (linked.clusters, single.clusters) == (2, GROUPS)
