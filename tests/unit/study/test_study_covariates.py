"""Names of covariates: the user's in the file, safe ones inside; what may not be a covariate."""

import pytest

from analysis.study.covariates import safely_named, unfit_covariates


def config(*columns, **more):
    entries = [{"column": one, "type": "numeric", "role": "baseline"} for one in columns]
    return {"tables": {"episodes": "in/episodes.csv"}, "covariates": entries, **more}


def test_names_that_mean_something_else_are_told_apart():
    found = safely_named(
        config("baseline", "prior tx", "prior-tx", "C", "größe", "start_study_day")
    )
    names = [one["column"] for one in found["covariates"]]
    assert names == [
        "covariate_baseline",
        "covariate_prior_tx",
        "covariate_prior_tx_3",
        "covariate_c",
        "covariate_gr_e",
        "start_study_day",
    ]
    assert found["columns"]["episodes"]["covariate_prior_tx"] == "prior tx"
    assert safely_named(found) == found


def test_declared_names_and_codes_follow():
    given = config(
        "severity",
        columns={"episodes": {"severity": "sev"}, "groups": {"group_id": "g"}},
        missing_codes={"episodes": {"severity": [-9]}},
    )
    found = safely_named(given)
    assert found["columns"] == {
        "episodes": {"covariate_severity": "sev"},
        "groups": {"group_id": "g"},
    }
    assert found["missing_codes"] == {"episodes": {"covariate_severity": [-9]}}
    assert given["columns"]["episodes"] == {"severity": "sev"}


@pytest.mark.parametrize("column", ["arm", "episode_id", "discharge_day", "gender"])
def test_what_is_no_numeric_covariate_is_a_problem_of_the_config(column):
    ((key, *_),) = unfit_covariates(config(column))
    assert key == f"covariates.{column}"


def test_a_study_without_covariates_is_left_alone():
    assert safely_named({"tables": {}}) == {"tables": {}}
