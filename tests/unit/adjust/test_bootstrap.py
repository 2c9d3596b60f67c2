"""The cluster bootstrap: what is drawn, the same for any cores, equal to single refits, fast."""

import time

import numpy as np
import pytest
from tests.plan_limits import compare_weighted, fit_propensity, make_design

from analysis.adjust.bootstrap import bootstrap, replicate_estimates, resample
from analysis.adjust.errors import BootstrapError
from analysis.adjust.estimators import doubly_robust, weighted
from analysis.adjust.weights import balancing_weights


def test_whole_groups_are_drawn_within_arms(designed):
    clusters = designed().clusters
    drawn = resample(clusters, 40, np.random.default_rng(3))
    for code in np.unique(clusters.code[clusters.shared]):
        assert (np.ptp(drawn[:, clusters.code == code], axis=1) == 0).all()
    arm = clusters.side == 1
    _, member = np.unique(clusters.code, return_index=True)
    one = drawn[:, member]
    assert one[:, arm].sum(axis=1) == pytest.approx(np.full(40, arm.sum()))
    assert one[:, ~arm].sum(axis=1) == pytest.approx(np.full(40, (~arm).sum()))
    assert len(np.unique(one[:, ~arm])) > 2


@pytest.mark.parametrize("estimand", ["ato", "ate", "att"])
@pytest.mark.parametrize("augmented", [False, True])
def test_replicates_equal_refits_one_by_one(designed, study, contrast, estimand, augmented):
    """Case weights that are counts give the estimate of the rows repeated so often."""
    design = designed(estimand)
    z = design.weights.propensity.x
    counts = np.random.default_rng(4).integers(0, 3, len(z))
    y = design.kept["outcome"].to_numpy(float)
    columns = [{"column": f"x{k}", "type": "numeric"} for k in range(1, z.shape[1])]
    rows = study.assign(**{f"x{k}": z[:, k] for k in range(1, z.shape[1])})
    rows = rows.loc[rows.index.repeat(counts)].reset_index(drop=True)
    weights = balancing_weights(fit_propensity(rows, contrast, columns), estimand)
    x = weights.propensity.x
    again = doubly_robust(weights, x) if augmented else weighted(weights)
    found = replicate_estimates(
        design.weights, y, counts[None, :].astype(float), z if augmented else None
    )
    assert found[0] == pytest.approx(again.estimate(np.repeat(y, counts)), rel=1e-6)


def test_the_same_for_any_number_of_cores(designed):
    design = designed()
    y = design.kept["outcome"].to_numpy(float)
    one, three = (
        bootstrap(
            design.weights, y, design.clusters, lost=0.02, replicates=230, seed=7, n_jobs=jobs
        )
        for jobs in (1, 3)
    )
    assert len(one) == 230
    assert np.array_equal(one, three)
    other = bootstrap(design.weights, y, design.clusters, lost=0.02, replicates=230, seed=8)
    assert not np.array_equal(one, other)


def test_its_error_is_that_of_the_estimating_equations(study, contrast, outcome, covariates):
    sandwich, drawn = (
        compare_weighted(
            study, contrast, outcome, covariates=covariates, variance=how, replicates=2000, seed=1
        )
        for how in ("m_estimation", "cluster_bootstrap")
    )
    assert drawn.value == sandwich.value and drawn.df == sandwich.df
    assert drawn.se == pytest.approx(sandwich.se, rel=0.06)
    assert drawn.id == sandwich.id + "_bootstrap"


def test_replicates_without_an_estimate_are_counted(strata, contrast):
    frame = strata.assign(
        episode_id=np.arange(32).astype(str),
        baseline=np.arange(32) % 5.0,
        cluster=None,
        outcome=1.0,
    )
    design = make_design(frame, contrast, [])
    y = np.full(32, np.nan)
    with pytest.raises(BootstrapError, match="100 of 100"):
        bootstrap(design.weights, y, design.clusters, lost=0.02, replicates=100)


def test_one_group_cannot_be_drawn_again(study, contrast, outcome, covariates):
    one = study.assign(cluster="c1")
    effect = compare_weighted(
        one, contrast, outcome, covariates=covariates, variance="cluster_bootstrap", required=()
    )
    assert effect.status == "error" and effect.message.startswith("BootstrapError")


def test_a_thousand_replicates_of_1500_participants_take_seconds(worlds, contrast, outcome):
    frame = worlds.draw(next(cell for cell in worlds.CELLS if cell.name == "large"), 1)
    start = time.process_time()
    effect = compare_weighted(
        frame, contrast, outcome, covariates=worlds.COVARIATES, variance="cluster_bootstrap"
    )
    assert effect.status == "ok" and effect.n_used == 1500
    assert time.process_time() - start < 20
