"""What members of a group share, and how many clusters stand apart, in closed and open groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, endpoint, repeated

from analysis.engine import MixedResult, build_problem, diagnose, fit_mixed
from analysis.engine.clustering import intraclass_correlation, separate_clusters
from analysis.engine.robust import covariance_block

SESSIONS = 6
FRAME = repeated(people=80)
ROLES = {"group": "group", "participant": "id"}


def attended(frame: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """Equal shares over the two or three sessions of one's own therapy group."""
    rng = np.random.default_rng(seed)
    members = frame.dropna(subset="group").drop_duplicates("id")
    rows = [
        (person, f"{group:.0f}.{session}", 1 / count)
        for person, group in zip(members["id"], members["group"], strict=True)
        for count in [rng.integers(2, 4)]
        for session in rng.choice(SESSIONS, count, replace=False)
    ]
    return pd.DataFrame(rows, columns=["id", "group", "weight"])


@pytest.fixture(scope="module")
def opened() -> MixedResult:
    return fit_mixed(FRAME, "y ~ arm * time", **ROLES, membership=attended(FRAME))


def test_icc_of_open_groups_is_the_correlation_of_equal_memberships(opened: MixedResult) -> None:
    """Shares of half give half of the group variance, shares of a third a third."""
    residual, person, group = opened.fit.theta
    table = attended(FRAME)
    squares = (table["weight"] ** 2).groupby(table["id"]).sum()
    acting = FRAME["id"][FRAME["group"].notna()].map(squares)
    shared = group * acting.mean()
    assert opened.icc == pytest.approx(shared / (shared + person + residual), rel=1e-12)
    assert group > 0 and opened.icc < group / (group + person + residual)


def test_one_membership_of_weight_one_is_a_closed_group() -> None:
    table = FRAME.dropna(subset="group")[["id", "group"]].drop_duplicates().assign(weight=1.0)
    as_table = fit_mixed(FRAME, "y ~ arm * time", **ROLES, membership=table)
    closed = fit_mixed(FRAME, "y ~ arm * time", **ROLES)
    assert as_table.icc == pytest.approx(closed.icc, rel=1e-4)
    assert separate_clusters(as_table.problem) == separate_clusters(closed.problem) == 5


def test_icc_of_partial_exposure_is_read_off_the_covariance_matrix() -> None:
    """Two members of equal exposure z correlate by z² group variance over their variance."""
    half = endpoint().assign(exposure=lambda rows: 0.5 * rows["group"].notna())
    found = fit_mixed(half, M1, group="group", grouped="exposure")
    rows = np.flatnonzero(found.problem.group.codes == 0)
    block = covariance_block(found.problem, found.fit, rows)
    assert block[0, 1] > 0
    assert intraclass_correlation(found.problem, found.fit) == pytest.approx(
        block[0, 1] / block[0, 0], rel=1e-12
    )


def test_sessions_of_five_groups_are_five_clusters(opened: MixedResult) -> None:
    assert opened.n_groups > 16
    assert separate_clusters(opened.problem) == 5
    found = {one.name: one for one in diagnose(opened, {"arm": 1.0})}["groups"]
    assert (found.value, found.status) == (5.0, "warn")
    assert f"{opened.n_groups} attended units" in found.text and "5 clusters" in found.text
    assert f"{opened.n_groups} units of membership" in opened.summary()


def test_one_member_of_two_groups_links_them() -> None:
    table = attended(FRAME)
    one = table["id"].iloc[0]
    other = table[table["group"].str[0] != table["group"].iloc[0][0]]["group"].iloc[0]
    joined = pd.concat([table, pd.DataFrame({"id": [one], "group": [other], "weight": [0.5]})])
    roles = {**ROLES, "membership": joined}
    assert separate_clusters(build_problem(FRAME, "y ~ arm * time", **roles)) == 4
