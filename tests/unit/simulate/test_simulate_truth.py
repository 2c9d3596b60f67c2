"""What is planted is there: the sample agrees with the answer key within Monte-Carlo error."""

import numpy as np
import pandas as pd
import pytest
from plain_reml import fit_partially_nested

from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.scoring import score_assessments
from analysis.simulate import simulate_study
from analysis.simulate.courses import residual_variances
from analysis.simulate.stays import behind_by_week
from analysis.simulate.truth import Truth


def answer(study, claim, part):
    return next(
        one["value"]
        for one in study.answers["answers"]
        if (one["claim"], one["part"]) == (claim, part)
    )


def fact(study, name):
    return next(one["value"] for one in study.answers["facts"] if one["name"] == name)


def scores_by_wave(study, registry, instrument="PHQ-9"):
    scores = score_assessments(study.tables, registry)
    waves = study.tables["assessments"].set_index("assessment_id")["wave"]
    scores = scores.assign(wave=scores["assessment_id"].map(waves))
    mine = scores[(scores["instrument"] == instrument) & scores["score"].notna()]
    wide = mine.pivot(index="episode_id", columns="wave", values="score").astype(float)
    episodes = study.tables["episodes"].set_index("episode_id")
    return episodes[episodes["episode_number"] == 1].join(wide)


def design(rows):
    group = (rows["arm"] == "group").to_numpy()
    words = rows[["condition", "site_id", "age_band", "gender"]]
    coded = pd.get_dummies(words, drop_first=True).to_numpy(float)
    numbers = [np.ones(len(rows)), -1.0 * group, rows["baseline"], rows["prior_episodes"]]
    return np.column_stack([*numbers, coded]).astype(float), group


def fitted(study, registry):
    rows = scores_by_wave(study, registry).dropna(subset=["baseline", "end"])
    members = study.tables["memberships"]
    primary = members[members["primary"]].set_index("episode_id")["group_id"]
    cluster = primary.reindex(rows.index).fillna("").to_numpy(dtype=str)
    x, group = design(rows)
    return fit_partially_nested(rows["end"].to_numpy(float), x, group, cluster)


def naive(study, registry):
    rows = scores_by_wave(study, registry).dropna(subset=["end"])
    group = rows["arm"] == "group"
    difference = rows.loc[~group, "end"].mean() - rows.loc[group, "end"].mean()
    error = np.sqrt(sum(rows.loc[one, "end"].var() / one.sum() for one in (group, ~group)))
    return difference, error


@pytest.mark.parametrize("scenario", ["confounded", "randomised"])
def test_partially_nested_model_recovers_the_difference(scenario, request, registry):
    study = request.getfixturevalue(scenario)
    fit = fitted(study, registry)
    planted = answer(study, "effectiveness", "difference")
    assert abs(fit["beta"][1] - planted) < 2.5 * fit["se"][1]
    assert abs(planted) < 1.32 / 4


def test_default_design_is_precise_enough_for_the_margin(confounded, registry):
    fit = fitted(confounded, registry)
    assert fit["groups"] >= 40
    # 1.68: one-sided 5% point of t with 40 df; 1.30: 90% power.
    assert (1.68 + 1.30) * fit["se"][1] < 1.32 - 0.1


def test_naive_difference_misleads_when_confounded_and_not_when_randomised(
    confounded, randomised, registry
):
    truth = answer(confounded, "effectiveness", "difference")
    difference, error = naive(confounded, registry)
    assert fact(confounded, "naive_bias") == pytest.approx(2.05, abs=0.15)
    assert abs(difference - truth - fact(confounded, "naive_bias")) < 3 * error
    assert difference - truth > 1.32
    difference, error = naive(randomised, registry)
    assert abs(fact(randomised, "naive_bias")) < 0.15
    assert abs(difference - truth) < 3 * error


def test_overlap_stays_good(confounded):
    propensity = confounded.latent["propensity"]
    assert propensity.between(0.1, 0.9).mean() > 0.93
    assert propensity.min() > 0.02


def test_therapy_groups_share_what_is_planted(registry):
    study = simulate_study(
        scenario="randomised", episodes=3000, seed=21, registry=registry,
        truth={"icc": 0.2, "intakes_per_site_day": 2.05},
    )  # fmt: skip
    fit = fitted(study, registry)
    # Monte-Carlo error of an intraclass correlation with about 80 groups is about .03.
    assert fit["icc"] == pytest.approx(0.2, abs=0.06)
    latent = study.latent[study.latent["group"]].groupby("cluster")["group_part"]
    assert latent.nunique().eq(1).all()
    planted = residual_variances(Truth(icc=0.2))["group_shared"]
    error = np.sqrt(2 / (latent.ngroups - 1))
    assert latent.first().var() == pytest.approx(planted, rel=3 * error)


def test_group_part_is_absent_at_intake_and_grows(registry):
    study = simulate_study(
        scenario="randomised", episodes=3000, seed=22, registry=registry,
        truth={"icc": 0.5, "intakes_per_site_day": 2.05},
    )  # fmt: skip
    rows = scores_by_wave(study, registry)
    rows = rows[rows["arm"] == "group"]
    members = study.tables["memberships"]
    primary = members[members["primary"]].set_index("episode_id")["group_id"]

    def share(wave):
        by_group = rows.dropna(subset=[wave]).groupby(primary.reindex(rows.index))[wave]
        count, mean, within = by_group.size(), by_group.mean(), by_group.var()
        enough = count >= 8
        noise = (within / count)[enough].mean()
        return (mean[enough].var() - noise) / rows[wave].var()

    assert abs(share("baseline")) < 0.06
    assert share("baseline") < share("mid") < share("end")
    assert share("end") > 0.2


def test_residual_variance_differs_by_arm(registry):
    study = simulate_study(
        scenario="randomised", episodes=3000, seed=23, registry=registry,
        truth={"residual_ratio": 2.5, "intakes_per_site_day": 2.05},
    )  # fmt: skip
    fit = fitted(study, registry)
    assert fit["own"] / fit["single"] > 1.25


def test_anchors_hold_in_a_sample(confounded, registry):
    rows = scores_by_wave(confounded, registry)
    assert rows["baseline"].mean() == pytest.approx(15.4, abs=0.4)
    assert rows["baseline"].std() == pytest.approx(5.5, abs=0.5)
    assert (rows["baseline"] - rows["end"]).mean() > 5
    left = (confounded.tables["episodes"]["discharge_reason"] == "left_early").mean()
    assert left == pytest.approx(0.187, abs=0.035)


def test_items_are_as_consistent_as_the_registry_says(confounded, registry):
    items = confounded.tables["items"]
    answers = confounded.tables["assessments"].set_index("assessment_id")
    for name in ("PHQ-9", "GAD-7"):
        at_intake = (answers["instrument"] == name) & (answers["wave"] == "baseline")
        wide = items[items["assessment_id"].isin(answers.index[at_intake])].pivot(
            index="assessment_id", columns="item", values="value"
        )
        whole = wide.dropna()
        k = registry[name].items
        alpha = k / (k - 1) * (1 - whole.var().sum() / whole.sum(axis=1).var())
        assert alpha == pytest.approx(registry[name].reliability, abs=0.05)
        assert 0.01 < 1 - len(whole) / len(wide) < 0.05


def test_those_who_respond_less_leave_and_then_answer_less(confounded, registry):
    rows = scores_by_wave(confounded, registry)
    early = rows[rows["discharge_day"] > 14]
    left = early["discharge_reason"] != "completed"
    worse = early["week_2"] - early["baseline"]
    assert worse[left].mean() - worse[~left].mean() > 0.3
    assert fact(confounded, "leaving_given_response") > 0.05
    answers = confounded.tables["assessments"]
    late = answers[(answers["instrument"] == "PHQ-9") & (answers["wave"] == "end")]
    gone = late["episode_id"].map(rows["discharge_reason"].ne("completed")).fillna(False)
    blank = late["missing_reason"].notna()
    assert blank[gone.astype(bool)].mean() > 0.4
    assert blank[~gone.astype(bool)].mean() < 0.15
    assert late.loc[blank, "missing_reason"].eq("left_treatment").any()


def test_what_is_known_in_a_week_was_measured_before_it():
    phq = np.array([[20.0, 14.0, 18.0, 15.0, 10.0, 9.0, 8.0]])
    days = np.array([[-3, 7, 15, 19, 28, 36, 43]])
    expected = 20 - np.arange(7)
    above = (phq - expected)[0]
    # The second score comes a day after the third week began, the last after the seventh.
    waves = [0, 1, 1, 3, 4, 4, 5, 6]
    found = behind_by_week(phq, days, Truth(gain=6.0))
    np.testing.assert_allclose(found, above[waves][None], rtol=1e-12)


def test_attendance_follows_the_last_known_score_and_nothing_later(confounded, registry):
    rows = scores_by_wave(confounded, registry)
    came = confounded.tables["attendance"].merge(
        confounded.tables["sessions"][["session_id", "study_day"]], on="session_id"
    )
    came["day"] = came["study_day"] - came["episode_id"].map(rows["start_study_day"])
    came["here"] = came["status"].isin(["attended", "left_early"]).astype(float)

    def tie(first, last, wave):
        share = came[came["day"].between(first, last)].groupby("episode_id")["here"].mean()
        change = rows[wave] - rows["baseline"]
        both = pd.concat([share, change], axis=1).dropna().to_numpy(float)
        return np.corrcoef(both.T)[0, 1] * np.sqrt(len(both))

    # In standard errors of a correlation.
    assert abs(tie(0, 6, "mid")) < 3
    assert tie(28, 41, "mid") < -3


def test_fidelity_agrees_with_the_rooms_that_measure_it(confounded):
    tables = confounded.tables
    facts = session_facts(tables)
    facts = facts[facts["format"] == "group"]
    weeks = participant_weeks(tables)
    weeks = weeks[weeks["full"]]
    in_groups = weeks[weeks["arm"] == "group"]
    measured = {
        ("duration", "held"): facts["minutes"].between(90, 120).mean(),
        ("duration", "scheduled"): facts["scheduled_minutes"].between(90, 120).mean(),
        ("size", "enrolled"): facts["enrolled"].between(7, 10).mean(),
        ("size", "present"): facts["present"].between(7, 10).mean(),
        ("leaders", "one_or_two"): facts["leaders"].between(1, 2).mean(),
        ("intensity", "scheduled"): (weeks["scheduled_hours"] >= 9).mean(),
        ("intensity", "attended"): (weeks["attended_hours"] >= 9).mean(),
        ("frequency", "offered"): (in_groups["groups_offered"] >= 3).mean(),
    }
    # Size and scheduled length belong to whole groups, and there are only about 80.
    room = {"size": 0.08, "duration": 0.1}
    for (claim, part), share in measured.items():
        assert share == pytest.approx(answer(confounded, claim, part), abs=room.get(claim, 0.03)), (
            claim,
            part,
        )
    assert measured["duration", "held"] == pytest.approx(0.85, abs=0.02)


def test_benefits_move_as_planted(registry):
    study = simulate_study(
        scenario="randomised", episodes=3000, seed=24, registry=registry,
        truth={"benefit_effects": {"self_esteem": 1.0}},
    )  # fmt: skip
    for claim, part, name, sign in (
        ("selfesteem", "difference", "RSES", 1),
        ("coping", "difference", "CSES-26", 1),
        ("loneliness", "difference", "UCLA-3", -1),
        ("social", "follow_up_difference", "IIP-32", -1),
    ):
        rows = scores_by_wave(study, registry, name)
        wave = "follow_up" if "follow" in part else "end"
        rows = rows.dropna(subset=[wave])
        group = rows["arm"] == "group"
        difference = sign * (rows.loc[group, wave].mean() - rows.loc[~group, wave].mean())
        error = np.sqrt(sum(rows.loc[one, wave].var() / one.sum() for one in (group, ~group)))
        assert abs(difference - answer(study, claim, part)) < 3.5 * error, claim
    assert answer(study, "selfesteem", "difference") > 4


def test_cohesion_goes_with_gain_about_as_published(confounded, registry):
    assert answer(confounded, "mechanism", "cohesion") == pytest.approx(0.26, abs=0.03)
    cohesion = scores_by_wave(confounded, registry, "GQ-30")["mid"]
    phq = scores_by_wave(confounded, registry)
    both = pd.concat([cohesion, phq["baseline"] - phq["end"]], axis=1).dropna().to_numpy(float)
    assert np.corrcoef(both.T)[0, 1] == pytest.approx(0.26, abs=0.12)


def test_early_gain_carries_over_to_later_symptoms(registry):
    correlation = {}
    for path in (0.0, 4.0):
        study = simulate_study(
            scenario="randomised", episodes=1500, seed=25, registry=registry,
            truth={"mediator_paths": {"hope": path}, "benefit_effects": {"hope": 1.0}},
        )  # fmt: skip
        assert answer(study, "mechanism", "through.hope") == pytest.approx(path / 2)
        hope, phq = scores_by_wave(study, registry, "AHS"), scores_by_wave(study, registry)
        gain, later = hope["mid"] - hope["baseline"], phq["mid"] - phq["end"]
        both = pd.concat([gain, later], axis=1).dropna().to_numpy(float)
        correlation[path] = np.corrcoef(both.T)[0, 1]
    # Two Monte-Carlo errors of a correlation of about 1,200 people are .06.
    assert abs(correlation[0.0]) < 0.06 + 0.02
    assert correlation[4.0] - correlation[0.0] > 0.12


def test_online_grows_over_the_year_and_stays_are_longer(confounded):
    episodes = confounded.tables["episodes"]
    online = episodes["program_track"] == "online"
    half = episodes["start_study_day"] > episodes["start_study_day"].median()
    # Individual clients choose one by one; groups are few, and one draw places many clients.
    alone = episodes["arm"] == "individual"
    assert online[half & alone].mean() > online[~half & alone].mean() + 0.08
    done = episodes["discharge_reason"] == "completed"
    stay = episodes.loc[done, "discharge_day"].astype(float)
    assert stay[online].mean() - stay[~online].mean() == pytest.approx(5, abs=1.2)
