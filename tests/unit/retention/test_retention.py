import json

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.question import Contrast
from analysis.measures.unknown import is_unknown
from analysis.records.errors import ModelInputError, RankDeficientError
from analysis.retention import (
    compare_retention,
    incidence,
    incidence_table,
    stay_table,
)
from analysis.retention.hazard import leaving_hazard

NESTED = Contrast("format", "group", "individual", {"group": "therapy_group"}, "randomised")


@pytest.fixture(scope="module")
def folder(root):
    return root / "tests" / "reference" / "missing"


@pytest.fixture(scope="module")
def reference(folder):
    return json.loads((folder / "retention.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def stays(folder):
    frame = pd.read_csv(folder / "stays.csv")
    frame["arm"] = np.where(frame["group"] == 1, "group", "individual")
    frame["own"] = frame["cluster"]
    frame["cluster"] = frame["cluster"].where(frame["group"] == 1, None)
    frame["episode_id"] = [f"e{k}" for k in range(len(frame))]
    frame["observed_until_day"] = np.where(frame["event"] == "censored", frame["day"], 120.0)
    frame["attended"] = True
    return frame


@pytest.mark.parametrize("arm", ["group", "individual"])
@pytest.mark.parametrize("cause", ["left", "completed"])
def test_incidence_equals_survfit(stays, reference, arm, cause):
    rows, known = stays[stays["arm"] == arm], reference["incidence"][arm]
    found = incidence(rows["day"], rows["event"], cause)
    at = [found.at(day) for day in known["times"]]
    assert found.share[at] == pytest.approx(known[cause], rel=1e-12)
    assert found.se()[at] == pytest.approx(known[f"{cause}_se"], rel=1e-10)
    if arm == "group":
        clustered = found.se(rows["cluster"].tolist())
        assert clustered[at] == pytest.approx(known[f"{cause}_se_clustered"], rel=1e-10)


def test_incidence_by_hand():
    """Four people: leaves day 1, censored day 2, completes day 3, leaves day 3."""
    day, event = [1, 2, 3, 3], ["left", "censored", "completed", "left"]
    left, done = incidence(day, event, "left"), incidence(day, event, "completed")
    assert left.times.tolist() == [1, 3]
    assert left.share.tolist() == pytest.approx([0.25, 0.25 + 0.75 / 2])
    assert done.share.tolist() == pytest.approx([0.0, 0.375])
    assert left.pseudo_values(3).mean() == pytest.approx(0.625)


def test_pseudo_values_without_censoring_are_the_indicators(stays):
    rows = stays[stays["event"] != "censored"]
    found = incidence(rows["day"], rows["event"], "completed").pseudo_values(np.inf)
    assert found == pytest.approx((rows["event"] == "completed").to_numpy(float), abs=1e-9)


def test_nobody_ending_is_refused():
    with pytest.raises(ModelInputError):
        incidence([3, 4], ["censored", "censored"], "left")


def test_incidences_of_all_causes_and_those_still_there_add_to_one(stays):
    table = incidence_table(stays, ["group", "individual"])
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    by_cause = table.pivot(index=["arm", "day"], columns="event", values="share").ffill()
    assert (by_cause.sum(axis=1) <= 1 + 1e-12).all()
    assert (table.groupby(["arm", "event"])["share"].diff().dropna() >= -1e-12).all()


@pytest.mark.parametrize("name", ["plain", "adjusted"])
def test_clustered_cox_equals_coxph(stays, reference, name):
    """Coefficients to R's own convergence, errors to 1e-10: the same residuals, ties and all."""
    covariates = stays[["age"]] if name == "adjusted" else stays[[]]
    in_comparison = (stays["arm"] == "group").astype(float)
    found = leaving_hazard(stays, in_comparison, stays["own"], covariates)
    known = reference["hazards"][name]
    first = {key: np.atleast_1d(value)[0] for key, value in known.items()}
    assert found.log_ratio == pytest.approx(first["coef"], rel=1e-8)
    assert found.se == pytest.approx(first["robust_se"], rel=1e-10)
    assert found.clusters == 175


def test_a_level_in_which_nobody_left_does_not_cost_the_arms(stays):
    """Its own ratio runs off to zero; the arms' is then that of everybody else."""
    level = pd.Series(np.arange(len(stays)) % 30 == 0, index=stays.index)
    told = stays.assign(event=stays["event"].mask(level & (stays["event"] == "left"), "censored"))
    arm = told["arm"].eq("group").astype(float)
    whole = leaving_hazard(told, arm, told["own"], pd.DataFrame({"level": level.astype(float)}))
    rest = told[~level]
    alone = leaving_hazard(rest, arm[~level], rest["own"], rest[[]])
    assert whole.log_ratio == pytest.approx(alone.log_ratio, rel=1e-6)
    assert whole.se == pytest.approx(alone.se, rel=1e-6)


def test_a_covariate_that_repeats_the_arm_is_named_for_what_it_is(stays):
    arm = stays["arm"].eq("group").astype(float)
    with pytest.raises(RankDeficientError):
        leaving_hazard(stays, arm, stays["own"], pd.DataFrame({"again": 2 * arm}))


def test_effects_favour_the_arm_that_keeps_people(stays, reference):
    completion, _, hazard = compare_retention(stays, NESTED)
    known = reference["incidence"]
    difference = known["group"]["completed"][-1] - known["individual"]["completed"][-1]
    assert completion.id == "format.retention.completion"
    assert completion.value == pytest.approx(difference, abs=1e-9)
    assert (completion.clusters, completion.n_used) == (25, 300)
    assert completion.diagnostics[0].value == pytest.approx((stays["event"] == "censored").mean())
    assert hazard.value == pytest.approx(-reference["hazards"]["plain"]["coef"], rel=1e-8)
    raw = reference["hazards"]["plain"]["robust_se"]
    assert hazard.se == pytest.approx(raw * np.sqrt(25 / 24), rel=1e-10)
    assert hazard.df == 24


def test_completion_error_is_near_that_of_the_clustered_curves(stays, reference):
    completion = compare_retention(stays, NESTED, parts=["completion"])[0]
    known = reference["incidence"]
    arms = (known["group"]["completed_se_clustered"][-1], known["individual"]["completed_se"][-1])
    assert completion.se == pytest.approx(np.hypot(*arms), rel=0.05)


def test_uptake_and_unknown_attendance(stays):
    came = stays.assign(attended=np.arange(len(stays)) % 10 > (stays["arm"] == "group"))
    uptake = compare_retention(came, NESTED)[1]
    assert uptake.value == pytest.approx(-0.1)
    unknown = compare_retention(stays.assign(attended=pd.NA), NESTED)[1]
    assert unknown.status == "withheld" and unknown.value is None
    assert unknown.message.startswith("attendance was not recorded")


def test_uptake_of_everybody_has_an_exact_interval(stays):
    """25 groups, 150 people, all of whom came: Clopper-Pearson limits of each arm, joined."""
    uptake = compare_retention(stays, NESTED, parts=["uptake"])[0]
    assert (uptake.status, uptake.value, uptake.model) == ("ok", 0.0, "exact_shares")
    assert uptake.ci95 == (
        pytest.approx(-(1 - 0.025 ** (1 / 25))),
        pytest.approx(1 - 0.025 ** (1 / 150)),
    )


def test_observation_that_ends_with_the_stay_is_said(stays):
    good = compare_retention(stays, NESTED)[0].diagnostics[1]
    suspect = compare_retention(stays.assign(observed_until_day=stays["day"]), NESTED)[0]
    assert (good.status, suspect.diagnostics[1].status) == ("pass", "warn")


def test_stays_are_read_from_the_tables():
    episodes = pd.DataFrame(
        {
            "episode_id": list("abcde"),
            "arm": ["group"] * 3 + ["individual"] * 2,
            "observed_until_day": pd.array([90, 20, 90, 90, 90], dtype="Int64"),
            "discharge_day": pd.array([30, 25, 12, None, 40], dtype="Int64"),
            "discharge_reason": ["completed", "completed", "left_early", None, "stepped_up"],
            "primary_therapist_id": None,
        }
    )
    attendance = pd.DataFrame(
        {"episode_id": list("abce"), "status": ["attended"] * 3 + ["no_show"]}
    )
    memberships = pd.DataFrame(
        {"group_id": ["g1"], "episode_id": ["a"], "from_day": [0], "primary": [True]}
    )
    tables = {"episodes": episodes, "attendance": attendance, "memberships": memberships}
    found = stay_table(tables, {"group": "therapy_group"}, [])
    assert found["event"].tolist() == ["completed", "censored", "left", "censored", "other"]
    assert found["day"].tolist() == [30, 20, 12, 90, 40]
    assert found["attended"].tolist() == [True, True, True, False, False]
    assert (
        found["cluster"].tolist()[0] == "g1" and found["cluster"].isna().tolist()[3:] == [True] * 2
    )
    assert is_unknown(found["cluster"]).tolist() == [False, True, True, False, False]


@pytest.mark.slow
def test_coverage_with_clusters_and_censoring():
    """95% intervals of the completion difference hold the truth 95 times in 100 (here 200 runs)."""
    rng = np.random.default_rng(21)
    runs, held, groups, size = 200, 0, 20, 8
    n = groups * size
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{k}" for k in range(2 * n)],
            "arm": np.repeat(["group", "individual"], n),
            "cluster": np.r_[np.repeat([f"g{k}" for k in range(groups)], size), np.full(n, None)],
            "attended": np.arange(2 * n) % 3 > 0,
        }
    )
    for _ in range(runs):
        # Mean of a Beta(7, 3) is 0.7: both arms complete in 70 of 100, groups differ.
        chance = np.r_[np.repeat(rng.beta(7, 3, groups), size), np.full(n, 0.7)]
        leaves = rng.random(2 * n) > chance
        end = np.where(leaves, rng.integers(1, 36, 2 * n), 36)
        lock = rng.integers(10, 90, 2 * n)
        event = np.where(lock < end, "censored", np.where(leaves, "left", "completed"))
        made = frame.assign(day=np.minimum(end, lock), event=event, observed_until_day=lock)
        low, high = compare_retention(made, NESTED, parts=["completion"])[0].ci95
        held += low <= 0 <= high
    assert 0.91 < held / runs < 0.985
