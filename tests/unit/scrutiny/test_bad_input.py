"""Designs that cannot be: each withholds the estimate with its reason, never as a number."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.scrutiny.conftest import COVARIATES, people

from analysis.adjust.contrasts import estimate


def missing_in_an_arm(frame):
    return frame.assign(age=frame["age"].where(frame["arm"].eq("group")))


def separated(frame):
    return frame.assign(age=np.where(frame["arm"].eq("group"), 1.0, -1.0) + 0.1 * frame["age"])


def one_arm_site(frame):
    alone = frame["arm"].eq("group").cumsum().le(10) & frame["arm"].eq("group")
    return frame.assign(site_id=frame["site_id"].mask(alone, "s9"))


def hardly_overlapping(_):
    return people(strength=7.0)


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        (missing_in_an_arm, "withheld", "covariate 'age' is missing for all"),
        (separated, "withheld", "covariates together tell perfectly"),
        (one_arm_site, "withheld", "1 of 4 sites"),
        (hardly_overlapping, "withheld", "could well have been in either arm"),
    ],
)
def test_an_impossible_design_has_a_reason_and_no_number(
    comparison_of, study, change, status, reason
):
    comparison = comparison_of(change(study))
    decides = estimate(comparison)[0]
    assert decides.model == "weighted_ato"
    assert decides.status == status and reason in decides.message
    assert decides.value is None and decides.ci90 is None


@pytest.mark.parametrize("change", [missing_in_an_arm, separated, one_arm_site])
def test_an_impossible_design_leaves_no_number_by_any_model(comparison_of, study, change):
    effects = estimate(comparison_of(change(study)))
    assert {one.status for one in effects} == {"withheld"}
    assert {one.value for one in effects} == {None}
    assert len({one.id for one in effects}) == len(effects)


def test_a_failed_design_withholds_every_model(comparison_of):
    effects = estimate(comparison_of(people(strength=7.0)))
    assert {one.status for one in effects} == {"withheld"}
    assert {one.value for one in effects} == {None}


def test_a_covariate_measured_after_intake_is_refused(comparison_of, study):
    after = [*COVARIATES, {"column": "week_two", "type": "numeric", "role": "after"}]
    frame = study.assign(week_two=pd.Series(np.arange(len(study)), dtype=float))
    decides = estimate(comparison_of(frame, covariates=after))[0]
    assert decides.status == "error"
    assert decides.message.startswith("CovariateRoleError: covariate 'week_two'")


def test_therapists_of_one_arm_are_said_to_be_inseparable_from_it(comparison_of, study):
    crossed = study.assign(primary_therapist_id=[f"t{one % 7}" for one in range(len(study))])
    by_arm = crossed["primary_therapist_id"] + study["arm"]
    for frame, status, text in (
        (crossed, "pass", "7 of 7 therapists work in both arms."),
        (crossed.assign(primary_therapist_id=by_arm), "warn", "0 of 14 therapists"),
    ):
        checks = {one.name: one for one in estimate(comparison_of(frame))[0].diagnostics}
        assert checks["therapists"].status == status and text in checks["therapists"].text
    unknown = estimate(comparison_of(study))[0].diagnostics
    assert "therapists" not in {one.name for one in unknown}
