"""Each check's value, by hand where it can be, and its status by the thresholds given."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.plan_limits import WEIGHTING
from tests.plan_limits import design_diagnostics

from analysis.adjust.design import clusters_of
from analysis.adjust.diagnostics import higher_is_better, lower_is_better
from analysis.comparison.terms import BASELINE


@pytest.fixture
def checks(study, contrast, covariates, designed):
    def run(estimand="ato", more=None, people=None, therapist=None, **thresholds):
        design = designed(estimand, **(more or {}))
        found = design_diagnostics(
            study if people is None else people,
            design.weights,
            [BASELINE, *covariates],
            clusters=design.clusters,
            site="site",
            therapist=therapist,
            thresholds=replace(WEIGHTING, **thresholds),
        )
        return {one.name: one for one in found}

    return run


def test_statuses():
    assert [lower_is_better(x, (0.1, 0.2)) for x in (0.09, 0.1, 0.2)] == ["pass", "warn", "fail"]
    assert [higher_is_better(x, (0.5, 0.2)) for x in (0.5, 0.2, 0.19)] == ["pass", "warn", "fail"]


def test_what_is_checked(checks):
    assert list(checks()) == [
        "balance_main",
        "balance_higher_order",
        "equipoise",
        "effective_sample_size",
        "largest_weight",
        "clusters",
        "balance_by_site",
    ]


def test_overlap_weights_pass_their_own_terms_and_are_judged_by_the_others(checks):
    found = checks()
    assert found["balance_main"].value < 1e-7
    assert found["balance_main"].status == "pass"
    assert found["balance_higher_order"].value > 0.1
    assert found["balance_higher_order"].status != "pass"


def test_chance_excuses_only_what_it_can(checks):
    """A hard limit of .12 fails; the allowance for many terms turns that into a warning."""
    assert checks(higher=(0.1, 0.12), alpha=1.0)["balance_higher_order"].status == "fail"
    assert checks(higher=(0.1, 0.12), alpha=0.05)["balance_higher_order"].status == "warn"
    assert checks("ate", main=(1e-6, 2e-6))["balance_main"].status == "fail"


def test_equipoise_counts_preference_scores(checks, designed):
    preference = designed().weights.untrimmed.preference
    share = ((preference >= 0.3) & (preference <= 0.7)).mean()
    found = checks(equipoise=(share, share))["equipoise"]
    assert (found.value, found.status) == (pytest.approx(share), "pass")
    assert checks(equipoise=(1.0, share + 0.01))["equipoise"].status == "fail"


def test_exploding_weights(checks, designed):
    weights = designed("ate").weights
    ratio = max(side.max() / side.mean() for _, side in weights.values.groupby(weights.treated))
    found = checks("ate", weight_ratio=(1.0, ratio))["largest_weight"]
    assert (found.value, found.status) == (pytest.approx(ratio), "fail")


def test_clusters_are_counted_and_weighed(checks, study):
    groups = study["cluster"].nunique()
    found = checks()["clusters"]
    assert found.value == groups
    assert checks(clusters=(groups + 1, groups))["clusters"].status == "warn"
    assert checks(clusters=(groups + 9, groups + 1))["clusters"].status == "fail"


def test_effective_size_by_thresholds(checks):
    size = checks()["effective_sample_size"].value
    assert checks(effective_size=(size + 1, size + 0.5))["effective_sample_size"].status == "fail"


def test_trimming_is_reported(checks, designed):
    share = designed("ate", trim=0.2).weights.trimmed_share
    found = checks("ate", {"trim": 0.2}, trimmed=(0.01, share - 0.01))["trimmed"]
    assert (found.value, found.status) == (pytest.approx(share), "fail")


def test_therapists_in_one_arm_only(checks, study):
    both = np.where(study.index % 2, "t1", "t2")
    found = checks(people=study.assign(t=both), therapist="t")["therapists"]
    assert (found.value, found.status) == (1.0, "pass")
    apart = np.where(study["arm"].eq("group"), "t1", both)
    assert set(apart[study["arm"].eq("individual")]) == {"t1", "t2"}
    found = checks(people=study.assign(t=apart), therapist="t")["therapists"]
    assert (found.value, found.status) == (0.5, "warn")
    assert "1 of 2 therapists work in both arms" in found.text


def test_no_groups_no_count(study, contrast, covariates, designed):
    weights = designed().weights
    alone = clusters_of(study.assign(cluster=None), contrast)
    found = design_diagnostics(study, weights, covariates, clusters=alone)
    assert "clusters" not in {one.name for one in found}


def test_texts_hold_no_participants_value(checks, study):
    text = " ".join(one.text for one in checks().values())
    assert not any(site in text for site in study["site"].unique())
