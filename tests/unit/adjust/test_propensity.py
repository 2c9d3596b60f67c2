"""The propensity against R and by hand, and every reason not to fit one."""

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import fit_propensity

from analysis.adjust import propensity
from analysis.adjust.errors import (
    CovariateMissingError,
    CovariateRoleError,
    OneArmSiteError,
    SeparationError,
    TooFewParticipantsError,
)
from analysis.adjust.logistic import Weighted, newton
from analysis.adjust.propensity import separated
from analysis.comparison.terms import BASELINE
from analysis.records.errors import EstimationError, ModelInputError, RankDeficientError

X = [{"column": "x", "type": "numeric"}]


def test_scores_equal_r(study, contrast, covariates, reference):
    fit = fit_propensity(study, contrast, [BASELINE, *covariates])
    assert np.allclose(fit.e[:12], reference["scores"], rtol=0, atol=1e-9)


def test_one_question_is_fitted_once(study, contrast, covariates, monkeypatch):
    fitted = []
    real = propensity.GLM.fit
    monkeypatch.setattr(
        propensity.GLM, "fit", lambda self, **how: fitted.append(1) or real(self, **how)
    )
    propensity._fitted.cache_clear()
    first = fit_propensity(study, contrast, [BASELINE, *covariates])
    first.score[:] = 0.5  # what a caller does to its own answer is not seen by the next
    again = fit_propensity(study, contrast, [BASELINE, *covariates])
    other = fit_propensity(study, contrast, [BASELINE])
    assert len(fitted) == 2
    assert not np.allclose(again.e, 0.5) and not np.allclose(again.e, other.e)


def test_scores_by_hand(strata, contrast):
    fit = fit_propensity(strata, contrast, X)
    assert np.allclose(fit.e, np.where(strata["x"] == 1, 0.75, 0.25), atol=1e-9)


def test_preference_takes_out_the_size_of_the_arms(strata, contrast):
    """Three times the individual arm: the odds are a third, the preference stays."""
    more = strata[strata["arm"].eq("individual")]
    many = pd.concat([strata, more, more], ignore_index=True)
    fit = fit_propensity(many, contrast, X)
    assert np.allclose(fit.e, np.where(many["x"] == 1, 0.5, 0.1), atol=1e-9)
    assert np.allclose(fit.preference, np.where(many["x"] == 1, 0.75, 0.25), atol=1e-9)


def test_newton_equals_statsmodels_and_refits(study, contrast, covariates):
    fit = fit_propensity(study, contrast, covariates)
    weights = np.vstack([np.ones(320), np.random.default_rng(1).integers(0, 4, 320)])
    found = newton(Weighted(fit.x), fit.treated, weights, np.zeros(fit.x.shape[1]))
    assert np.allclose(found[0], fit.coefficients, atol=1e-8)
    repeated = study.loc[study.index.repeat(weights[1].astype(int))].reset_index(drop=True)
    again = fit_propensity(repeated, contrast, covariates)
    one = 1 / (1 + np.exp(-fit.x @ found[1]))
    assert np.allclose(np.repeat(one, weights[1].astype(int)), again.e, atol=1e-8)


def test_newton_gives_nan_where_there_is_no_estimate():
    x = np.column_stack([np.ones(20), np.arange(20.0)])
    y = (np.arange(20) >= 10).astype(float)
    assert np.isnan(newton(Weighted(x), y, np.ones((1, 20)), np.zeros(2))).all()


def test_a_square_is_a_product_of_a_covariate_with_itself(study, contrast, covariates):
    fit = fit_propensity(study, contrast, covariates, products=[("age", "age"), ("age", "site")])
    assert fit.names[-3:] == ("age*age", "age*site[south]", "age*site[west]")
    with pytest.raises(ModelInputError, match="'weight'"):
        fit_propensity(study, contrast, covariates, products=[("age", "weight")])


def test_participants_with_a_missing_covariate_are_left_out(study, contrast, covariates):
    gaps = study.assign(age=study["age"].where(study.index > 9))
    assert len(fit_propensity(gaps, contrast, covariates).score) == 310


def test_a_covariate_missing_for_a_whole_arm(study, contrast, covariates):
    gaps = study.assign(age=study["age"].where(study["arm"].eq("group")))
    with pytest.raises(CovariateMissingError, match=r"'age'.*'individual'"):
        fit_propensity(gaps, contrast, covariates)


def test_a_covariate_after_baseline_is_refused(study, contrast):
    with pytest.raises(CovariateRoleError, match="age"):
        fit_propensity(study, contrast, [{"column": "age", "type": "numeric", "role": "outcome"}])


def test_perfect_separation_by_a_number(strata, contrast):
    apart = strata.assign(x=np.where(strata["arm"].eq("group"), 1.0, -1.0) * np.arange(1, 33))
    with pytest.raises(SeparationError):
        fit_propensity(apart, contrast, X)


def test_separation_is_found_by_a_direction_that_no_column_has():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(60), rng.normal(size=(60, 2))])
    assert separated(x, (x[:, 1] + x[:, 2] > 0).astype(float))
    assert not separated(x, rng.integers(0, 2, 60).astype(float))


def test_a_level_in_one_arm_only(strata, contrast):
    lone = strata.assign(level=["rare", *strata["level"][1:]])
    with pytest.raises(SeparationError, match="1 levels of 'level'"):
        fit_propensity(lone, contrast, [{"column": "level", "type": "categorical"}])


def test_a_site_with_one_arm_only(study, contrast, covariates):
    lone = study["site"].eq("west") & study["arm"].eq("individual")
    with pytest.raises(OneArmSiteError, match=r"1 of 3 sites \(column 'site'\)") as failure:
        fit_propensity(study[~lone], contrast, covariates, site="site")
    assert "west" not in str(failure.value)


def test_too_few_participants(strata, contrast):
    few = pd.concat([strata[strata["arm"].eq("group")], strata[strata["arm"].ne("group")][:9]])
    with pytest.raises(TooFewParticipantsError, match="9 participants"):
        fit_propensity(few, contrast, X)


def test_combinations_of_columns(study, contrast):
    double = [{"column": name, "type": "numeric"} for name in ("age", "months")]
    with pytest.raises(RankDeficientError):
        fit_propensity(study.assign(months=12 * study["age"]), contrast, double)


def test_all_failures_are_estimation_errors():
    for one in (CovariateMissingError, CovariateRoleError, OneArmSiteError, SeparationError):
        assert issubclass(one, EstimationError)
    assert issubclass(TooFewParticipantsError, EstimationError)
