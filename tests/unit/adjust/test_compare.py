"""`compare_weighted` as an `Effect`: names, signs, samples; nothing shown where a check fails."""

import dataclasses
import json
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.plan_limits import WEIGHTING
from tests.plan_limits import compare_weighted

from analysis.adjust.design import clusters_of
from analysis.records.effect import Effect

NUMBERS = ("value", "se", "df", "ci90", "ci95", "standardised", "icc", "clusters")


def test_names_numbers_and_sign(study, contrast, outcome, covariates, reference):
    """R's difference is of scores, where less is better; the effect is positive for better."""
    effect = compare_weighted(study, contrast, outcome, covariates=covariates, site="site")
    assert effect.id == "format.depression.day42.weighted_ato"
    assert effect.model == "weighted_ato" and "overlap population" in effect.estimand
    assert effect.value == pytest.approx(-reference["weighted"]["ato"]["value"])
    assert effect.standardised == pytest.approx(effect.value / 5)
    assert effect.ci95[0] < effect.ci90[0] < effect.value < effect.ci90[1] < effect.ci95[1]
    assert effect.clusters == study["cluster"].nunique()
    assert effect.cluster_unit == "therapy group"
    assert (effect.n_used, effect.n_eligible, effect.status) == (320, 320, "ok")
    robust = compare_weighted(study, contrast, outcome, covariates=covariates, doubly_robust=True)
    assert robust.id == "format.depression.day42.doubly_robust_ato"
    assert robust.value == pytest.approx(-reference["doubly_robust"]["ato"]["value"])


def test_swapping_the_arms_turns_the_overlap_estimate(study, contrast, outcome, covariates):
    turned = dataclasses.replace(contrast, comparison="individual", reference="group")
    one, two = (
        compare_weighted(study, c, outcome, covariates=covariates) for c in (contrast, turned)
    )
    assert two.value == pytest.approx(-one.value)
    assert (two.se, two.df) == pytest.approx((one.se, one.df))


def test_other_arms_and_the_order_of_rows_do_not_matter(study, contrast, outcome, covariates):
    import pandas as pd

    both = study.assign(arm="both", episode_id="x" + study["episode_id"], outcome=99.0)
    mixed = pd.concat([both, study]).sample(frac=1, random_state=1)
    one, two = (
        compare_weighted(rows, contrast, outcome, covariates=covariates) for rows in (study, mixed)
    )
    assert two.n_eligible == 320
    assert (two.value, two.se, two.df) == pytest.approx((one.value, one.se, one.df), rel=1e-7)


def test_missing_outcomes_are_eligible_and_not_used(study, contrast, outcome, covariates):
    gaps = study.assign(outcome=study["outcome"].where(study.index % 8 > 0))
    effect = compare_weighted(gaps, contrast, outcome, covariates=covariates)
    assert (effect.n_used, effect.n_eligible) == (280, 320)
    observed = effect.diagnostics[0]
    assert observed.name == "outcome_observed" and observed.value == pytest.approx(0.875)
    kept = compare_weighted(
        gaps.dropna(subset=["outcome"]), contrast, outcome, covariates=covariates
    )
    assert effect.value == pytest.approx(kept.value)


def test_a_failed_check_withholds_every_number(study, contrast, outcome, covariates):
    strict = replace(WEIGHTING, higher=(0.01, 0.02), alpha=1.0)
    effect = compare_weighted(study, contrast, outcome, covariates=covariates, thresholds=strict)
    assert effect.status == "withheld"
    assert all(getattr(effect, name) is None for name in NUMBERS)
    failed = [one for one in effect.diagnostics if one.status == "fail"]
    assert [one.name for one in failed] == ["balance_higher_order"]
    assert effect.message == failed[0].text
    assert (effect.n_used, effect.n_eligible) == (320, 320)


def test_withheld_numbers_do_not_depend_on_the_outcome(study, contrast, outcome, covariates):
    strict = replace(WEIGHTING, equipoise=(1.0, 1.0))
    one, two = (
        compare_weighted(rows, contrast, outcome, covariates=covariates, thresholds=strict)
        for rows in (study, study.assign(outcome=study["outcome"] * 3 + 100))
    )
    assert one.status == "withheld" and one == two


def test_only_required_checks_withhold(study, contrast, outcome, covariates):
    strict = replace(WEIGHTING, equipoise=(1.0, 1.0))
    settings = {"covariates": covariates, "thresholds": strict}
    named = compare_weighted(study, contrast, outcome, required=("equipoise",), **settings)
    others = compare_weighted(study, contrast, outcome, required=("balance_main",), **settings)
    assert (named.status, others.status) == ("withheld", "ok")


def test_overlap_destroyed_shows_nothing(worlds, contrast, outcome):
    cell = next(one for one in worlds.CELLS if one.name == "overlap destroyed")
    for seed in range(10):
        effect = compare_weighted(
            worlds.draw(cell, seed), contrast, outcome, covariates=worlds.COVARIATES
        )
        assert effect.status in {"withheld", "error"}
        assert effect.value is None and effect.ci95 is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows.assign(age=rows["age"].where(rows["arm"].eq("group"))), "missing for"),
        (lambda rows: rows[~(rows["site"].eq("west") & rows["arm"].eq("group"))], "sites"),
        (lambda rows: rows.assign(age=rows["arm"].eq("group") * 1.0), "tell perfectly"),
        (lambda rows: rows.groupby("arm").head(8), "participants"),
        (lambda rows: rows.iloc[:0], "participants"),
    ],
)
def test_an_impossible_design_is_withheld(study, contrast, outcome, covariates, change, says):
    effect = compare_weighted(change(study), contrast, outcome, covariates=covariates, site="site")
    assert effect.status == "withheld" and effect.value is None
    assert says in effect.message and "west" not in effect.message
    assert effect.diagnostics[-1].name == "design_impossible"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda rows: rows.assign(episode_id="e1"), "ModelInput"),
        (lambda rows: rows.drop(columns="age"), "ModelInput"),
        (lambda rows: rows.drop(columns="cluster"), "ModelInput"),
        (lambda rows: rows.assign(age="forty"), "ModelInput"),
        (lambda rows: rows.assign(age=np.inf), "ModelInput"),
        (lambda rows: rows.assign(site=rows["site"].where(rows.index > 0)), "ModelInput"),
    ],
)
def test_bad_input_is_an_error_with_its_name(study, contrast, outcome, covariates, change, name):
    effect = compare_weighted(change(study), contrast, outcome, covariates=covariates, site="site")
    assert effect.status == "error" and effect.value is None
    assert effect.message.startswith(name)
    assert "forty" not in effect.message and "west" not in effect.message


def test_a_covariate_after_intake_is_refused(study, contrast, outcome):
    late = [{"column": "age", "type": "numeric", "role": "exposure"}]
    effect = compare_weighted(study, contrast, outcome, covariates=late)
    assert effect.status == "error" and effect.message.startswith("CovariateRole")


def test_json_round_trip(study, contrast, outcome, covariates):
    effect = compare_weighted(
        study, contrast, outcome, covariates=covariates, data_origin="synthetic"
    )
    assert Effect.from_json(json.loads(json.dumps(effect.to_json()))) == effect


def test_clusters_are_groups_of_their_own_arm(contrast):
    """A name used in an arm without clusters, or no name, stands alone."""
    import pandas as pd

    frame = pd.DataFrame(
        {"arm": ["group"] * 4 + ["individual"] * 2, "cluster": ["a", "a", "b", None, "a", None]}
    )
    found = clusters_of(frame, contrast)
    assert found.code.tolist() == [0, 0, 1, 2, 3, 4]
    assert found.shared.tolist() == [True, True, True, False, False, False]
    assert np.array_equal(found.treated, [1, 1, 1, 1, 0, 0])
