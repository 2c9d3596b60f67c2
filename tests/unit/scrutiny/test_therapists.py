"""Errors by therapist: who counts as the therapist, and which errors hold where they matter."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import WEIGHTING
from tests.plan_limits import compare_weighted, fit_propensity
from tests.unit.scrutiny.conftest import COVARIATES, people
from tests.unit.scrutiny.test_robustness import table_of

from analysis.adjust.design import clusters_of
from analysis.adjust.estimators import weighted
from analysis.adjust.sandwich import Working, clustered
from analysis.adjust.weights import balancing_weights
from analysis.comparison.question import Contrast
from analysis.scrutiny.therapists import (
    TherapistsUnknownError,
    by_therapist,
    main_therapists,
    therapist_estimate,
)

NESTED = {"group": "therapy_group", "individual": "none"}
CONTRAST = Contrast("format", "group", "individual", NESTED, "observational")
SPECIFICATION = {
    "name": "errors by therapist",
    "model": "weighted",
    "clustering": "therapist",
    "valid_for_estimand": True,
}


@pytest.fixture
def tables():
    """Return two groups of two members, and three clients of individual therapy."""
    arms = dict.fromkeys("abcd", "group") | dict.fromkeys("xyz", "individual")
    episodes = pd.DataFrame({"episode_id": list(arms), "arm": list(arms.values())})
    episodes["primary_therapist_id"] = ["t9"] * 4 + ["t2", None, None]
    memberships = pd.DataFrame({"episode_id": list("abcd"), "group_id": ["g1", "g1", "g2", "g2"]})
    memberships = memberships.assign(primary=True, from_day=0, to_day=30)
    held = [("s1", "g1"), ("s2", "g1"), ("s3", "g1"), ("s4", "g2"), ("s5", "g2")]
    sessions = pd.DataFrame(held, columns=["session_id", "group_id"])
    sessions = sessions.assign(format="group", status="held")
    single = pd.DataFrame({"session_id": ["i1", "i2", "i3"], "format": "individual"})
    sessions = pd.concat([sessions, single.assign(status=["held", "held", "cancelled"])])
    staff = [("s1", "t1", "leader"), ("s2", "t2", "leader"), ("s3", "t2", "leader")]
    staff += [("s1", "t3", "co_leader"), ("s2", "t3", "co_leader"), ("s3", "t3", "co_leader")]
    staff += [("s4", "t5", "leader"), ("s5", "t4", "leader"), ("i1", "t2", "leader")]
    staff += [("i2", "t6", "leader"), ("i3", "t6", "leader")]
    came = pd.DataFrame({"session_id": ["i1", "i2", "i3", "i3"], "episode_id": list("xyyz")})
    came["status"] = "attended"
    return {
        "episodes": episodes,
        "memberships": memberships,
        "sessions": sessions,
        "session_staff": pd.DataFrame(staff, columns=["session_id", "therapist_id", "role"]),
        "attendance": came,
    }


def test_a_group_belongs_to_whoever_led_most_of_it_and_a_client_to_the_one_on_record(tables):
    tables["attendance"].loc[3, "session_id"] = "i2"
    found = main_therapists(tables, CONTRAST, WEIGHTING.therapists_known)
    # g1: t2 led two of three; g2: t4 before t5; y and z: individual sessions held.
    assert found.to_dict() == dict(
        zip("abcdxyz", ["t2", "t2", "t4", "t4", "t2", "t6", "t6"], strict=True)
    )


def test_unknown_therapists_are_refused_by_arm(tables):
    with pytest.raises(TherapistsUnknownError, match="67% of the clients of arm 'individual'"):
        main_therapists(tables, CONTRAST, WEIGHTING.therapists_known)
    del tables["session_staff"]
    with pytest.raises(TherapistsUnknownError, match="0% of the clients of arm 'group'"):
        main_therapists(tables, CONTRAST, WEIGHTING.therapists_known)


def test_a_therapist_of_both_arms_is_one_cluster_and_holds_the_groups(tables):
    tables["attendance"].loc[3, "session_id"] = "i2"
    frame = tables["episodes"].assign(cluster=["g1", "g1", "g2", "g2", None, None, None])
    therapist = main_therapists(tables, CONTRAST, WEIGHTING.therapists_known)
    therapist[["c", "d", "z"]] = None
    moved, contrast = by_therapist(frame, CONTRAST, therapist)
    clusters = clusters_of(moved, contrast)
    assert clusters.code.tolist() == [0, 0, 1, 1, 0, 2, 3]
    assert clusters.shared.tolist() == [True] * 6 + [False]
    assert clusters.side.tolist() == [0.5, 1.0, 0.0, 0.0]


def test_errors_of_clusters_in_both_arms_are_the_paired_t_test():
    """Ten therapists with one client in each arm: the paired t-test, exactly."""
    draw = np.random.default_rng(2)
    y = np.repeat(draw.normal(size=10), 2) + draw.normal(size=20)
    frame = pd.DataFrame({"arm": ["group", "individual"] * 10, "cluster": np.repeat(range(10), 2)})
    contrast = replace(
        CONTRAST, clusters=dict.fromkeys(("group", "individual"), "primary_therapist")
    )
    linear = weighted(balancing_weights(fit_propensity(frame, contrast, [])))
    clusters = clusters_of(frame, contrast)
    robust = clustered(linear, linear.influence(y), clusters, Working(np.ones(20), np.ones(20)))
    apart = y[::2] - y[1::2]
    assert linear.estimate(y) == pytest.approx(apart.mean())
    assert robust.se == pytest.approx(apart.std(ddof=1) / np.sqrt(10), rel=1e-9)
    assert robust.df == pytest.approx(9, rel=1e-9)


def test_the_specification_has_the_same_estimate_or_the_reason_why_it_has_none(
    comparison_of, study
):
    caseload = np.arange(len(study)) % 24
    therapists = pd.Series([f"t{one}" for one in caseload], index=study["episode_id"])
    table, deciding = table_of(comparison_of(study), [SPECIFICATION], therapists=therapists)
    row = table.iloc[0]
    assert row["status"] == "ok" and row["value"] == pytest.approx(deciding.value, rel=1e-12)
    few = therapists.where(therapists.isin(["t1", "t2"]), "t3")
    for assignment, model in (("observational", "weighted"), ("randomised", "doubly_robust")):
        one = [SPECIFICATION | {"model": model, "weights": "ate"}]
        table, _ = table_of(comparison_of(study, assignment), one, therapists=few)
        assert table.loc[0, "status"] == "withheld"
        assert "3 clusters" in table.loc[0, "message"]

    def nobody():
        raise TherapistsUnknownError("nobody wrote it down")

    lacking = therapist_estimate(comparison_of(study), nobody, "weighted", "ato")
    assert (lacking.status, lacking.message) == ("withheld", "nobody wrote it down")


def test_only_errors_by_therapist_hold_where_therapists_matter(comparison_of):
    """Half of 32 therapists lead groups, half see clients alone; they differ by 1.2 points (SD).

    80 studies; 95% of intervals should hold the truth, two Monte-Carlo errors are 5%.
    """
    declared, by_therapists = [], []
    for seed in range(80):
        frame, therapist = with_therapists(seed)
        comparison = comparison_of(frame)
        pair = (comparison.contrast, comparison.outcome)
        one = compare_weighted(frame, *pair, covariates=COVARIATES, site="site_id")
        other = therapist_estimate(comparison, partial(pd.Series, therapist), "weighted", "ato")
        assert one.value == other.value
        declared.append(one.ci95[0] < 0 < one.ci95[1])
        by_therapists.append(other.ci95[0] < 0 < other.ci95[1])
    assert np.mean(declared) < 0.85
    assert np.mean(by_therapists) >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 80)


def with_therapists(seed):
    """Draw a study of no effect: 16 leaders with their groups, 16 therapists of single clients."""
    frame = people(n=600, seed=1000 + seed, strength=0.3)
    draw = np.random.default_rng([7, seed])
    leader = pd.to_numeric(frame["cluster"].str[1:]).fillna(0).to_numpy(dtype=int) % 16
    therapist = np.where(frame["arm"].eq("group"), leader, draw.integers(16, 32, len(frame)))
    frame["outcome"] += 1.2 * draw.normal(size=32)[therapist]
    return frame, pd.Series([f"t{one}" for one in therapist], index=frame["episode_id"])
