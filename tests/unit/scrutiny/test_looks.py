"""Responders, overlap, events, controls and sensitivity, by hand or against a known truth."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.plan_limits import make_design

from analysis.adjust.contrasts import estimate
from analysis.comparison.question import Outcome
from analysis.scrutiny.controls import change_before, falsification_table
from analysis.scrutiny.intercurrent import intercurrent_events
from analysis.scrutiny.overlap import overlap_table, population_table
from analysis.scrutiny.responders import responder_table
from analysis.scrutiny.sensitivity import strength_table, unmeasured_tables


def responses(frame, improved):
    """Return an outcome table in which `improved` improved and the others deteriorated."""
    change = pd.Series(improved, index=frame.index).map({True: "improved", False: "deteriorated"})
    return frame[["episode_id"]].assign(
        reliable_change=change.astype("string"),
        recovered=pd.Series(improved, index=frame.index, dtype="boolean"),
        response=pd.Series(pd.NA, index=frame.index, dtype="boolean"),
        remission=pd.Series(pd.NA, index=frame.index, dtype="boolean"),
    )


@pytest.fixture
def trial():
    """Return 80 participants of a trial: 30 of 40 improve in groups, 20 of 40 elsewhere."""
    arms = ["group"] * 40 + ["individual"] * 40
    improved = [True] * 30 + [False] * 10 + [True] * 20 + [False] * 20
    frame = pd.DataFrame({"episode_id": [f"e{i}" for i in range(80)], "arm": arms})
    # groups of eight, six of whom improve but for one member more and less in two of them
    place = [i % 5 for i in range(40)]
    frame["cluster"] = [f"g{one}" for one in place] + [None] * 40
    frame = frame.assign(baseline=15.0, outcome=[5.0 if one else 12.0 for one in improved])
    return frame, responses(frame, improved)


def test_risk_differences_of_a_trial_are_the_plain_ones(comparison_of, trial):
    frame, outcomes = trial
    comparison = comparison_of(frame, "randomised", covariates=[])
    table = responder_table(comparison, outcomes, None).set_index("category")
    assert list(table.index) == ["improvement", "recovery", "deterioration"]
    better = table.loc["improvement"]
    assert (better["comparison"], better["reference"]) == pytest.approx((0.75, 0.5))
    assert better["value"] == pytest.approx(0.25)
    worse = table.loc["deterioration"]
    assert (worse["comparison"], worse["reference"]) == pytest.approx((0.25, 0.5))
    assert worse["value"] == pytest.approx(0.25)
    assert better["needed_to_treat"] == pytest.approx(4.0)
    assert better["needed_low"] == pytest.approx(1 / better["ci95_high"])


def test_no_number_needed_to_treat_where_the_interval_holds_zero(comparison_of, trial):
    frame, _ = trial
    same = responses(frame, [i % 2 == 0 for i in range(80)])
    comparison = comparison_of(frame, "randomised", covariates=[])
    table = responder_table(comparison, same, None)
    assert table["value"].abs().max() < 1e-9
    assert table["needed_to_treat"].isna().all()


def test_responders_take_over_a_withheld_estimate(comparison_of, trial):
    frame, outcomes = trial
    comparison = comparison_of(frame, covariates=[])
    gone = replace(estimate(comparison)[0], status="withheld", message="No overlap.", value=None)
    table = responder_table(comparison, outcomes, gone)
    assert set(table["status"]) == {"withheld"} and set(table["message"]) == {"No overlap."}
    assert table[["comparison", "reference", "needed_to_treat"]].isna().all().all()


def test_confounded_responders_are_put_right(comparison_of, study):
    """Without any effect, more improve in the arm of the healthier; weighted, none do."""
    comparison = comparison_of(study)
    improved = (study["outcome"] < 15).to_numpy()
    crude = pd.Series(improved).groupby(study["arm"]).mean()
    table = responder_table(comparison, responses(study, improved), estimate(comparison)[0])
    one = table.set_index("category").loc["improvement"]
    assert crude["group"] - crude["individual"] > 0.25
    assert one["ci95_low"] < 0 < one["ci95_high"]


def test_overlap_is_counted_by_arm_and_meets_after_weighting(comparison_of, study):
    comparison = comparison_of(study)
    design = make_design(study, comparison.contrast, comparison.covariates, site="site_id")
    table = overlap_table(design, "format", ("group", "individual"))
    sums = table.groupby("arm")[["n", "share", "weighted"]].sum()
    assert sums["n"].to_dict() == study["arm"].value_counts().to_dict()
    assert sums[["share", "weighted"]].to_numpy() == pytest.approx(1)
    wide = table.pivot(index="from", columns="arm", values=["share", "weighted"])
    apart = {
        one: (wide[one]["group"] - wide[one]["individual"]).abs().sum()
        for one in ("share", "weighted")
    }
    assert apart["weighted"] < apart["share"] / 2
    people = population_table(design, "format", comparison.covariates).set_index("term")
    score = design.weights.propensity.e
    tilt = score * (1 - score) / (score * (1 - score)).sum()
    assert people.loc["age", "target"] == pytest.approx(tilt @ study["age"].to_numpy())


def test_intercurrent_events_before_the_day_are_counted_once_a_client():
    episodes = pd.DataFrame(
        {
            "episode_id": ["a", "b", "c", "d"],
            "arm": ["group", "group", "individual", "individual"],
            "discharge_day": pd.array([30, 50, pd.NA, 41], dtype="Int64"),
            "discharge_reason": ["left_early", "left_early", None, "completed"],
        }
    )
    rows = [("a", 5, "medication_start"), ("a", 9, "medication_start"), ("b", 42, "format_switch")]
    rows += [("c", 41, "format_switch"), ("d", 0, "medication_start")]
    events = pd.DataFrame(rows, columns=["episode_id", "day", "type"])
    config = {
        "outcome": {"day": 42},
        "contrasts": {"format": {"comparison": "group", "reference": "individual"}},
    }
    table = intercurrent_events({"episodes": episodes, "events": events}, config)
    found = {(row.arm, row.event): (row.n, row.of) for row in table.itertuples()}
    assert found == {
        ("group", "switching_format"): (0, 2),
        ("group", "starting_medication"): (1, 2),
        ("group", "discharge"): (1, 2),
        ("group", "leaving_early"): (1, 2),
        ("individual", "switching_format"): (1, 2),
        ("individual", "starting_medication"): (0, 2),
        ("individual", "discharge"): (1, 2),
        ("individual", "leaving_early"): (0, 2),
    }
    plain = {"episodes": episodes.assign(discharge_reason=None)}
    assert set(intercurrent_events(plain, config)["event"]) == {"discharge"}
    assert intercurrent_events({"episodes": episodes}, {"contrasts": {}}).empty


def test_change_before_is_the_last_earlier_score_less_the_baseline():
    rows = [("a", -40, 12.0, 15.0, 0), ("a", -20, 18.0, 15.0, 0), ("a", 0, 15.0, 15.0, 0)]
    rows += [("b", -90, 10.0, 11.0, -2), ("c", -25, 9.0, None, None)]
    names = ["episode_id", "day", "score", "baseline", "baseline_day"]
    found = change_before(pd.DataFrame(rows, columns=names), (-60, -15))
    assert found.to_dict() == {"a": 3.0}


@pytest.mark.parametrize(("bias", "flagged"), [(0.0, False), (3.0, True)])
def test_a_negative_control_flags_an_injected_bias(comparison_of, study, bias, flagged):
    comparison = comparison_of(study)
    control = Outcome("sleep", "scale", "day 42", 42, "points", 1)
    other = study["outcome"] + bias * study["arm"].eq("group")
    rows = study[["episode_id"]].assign(outcome=other)
    before = (
        pd.Series(0.0, index=study["episode_id"])
        + (study["outcome"] - bias * study["arm"].eq("group")).to_numpy()
    )
    deciding = estimate(comparison)[0]
    table = falsification_table(comparison, [(control, rows)], before, deciding)
    assert table["kind"].tolist() == ["negative_control", "pre_period"]
    assert table["flagged"].tolist() == [flagged, flagged]
    assert falsification_table(comparison, [], None, deciding).empty
    gone = replace(deciding, status="withheld")
    assert falsification_table(comparison, [(control, rows)], None, gone).empty


def test_both_ends_are_held_against_the_margin(comparison_of, study):
    comparison = comparison_of(study)
    effect = estimate(comparison)[0]
    design = make_design(study, comparison.contrast, comparison.covariates, site="site_id")
    table, grid = unmeasured_tables(strength_table(comparison, design, effect), 1.32)
    low, high = effect.ci90
    one = table.drop_duplicates("bound").set_index("bound")
    assert one.loc["lower", "gap"] == pytest.approx(abs(low + 1.32))
    assert one.loc["upper", "gap"] == pytest.approx(abs(1.32 - high))
    assert one.loc["lower", "inside"] == (low > -1.32)
    assert set(table["covariate"]) == {"baseline", "age", "site_id"}
    largest = table["r2_outcome"].max()
    assert grid["r2_outcome"].max() >= largest and grid["r2_arm"].max() >= table["r2_arm"].max()
