"""Studies that are legal but odd end in a report: what cannot be done is said, the rest is judged.

A handful runs by default, one of each way in which a study can lack something; all of them, as they
are and as randomised trials, with `pytest -m slow`.
"""

import pytest
from tests.results import odder_studies  # noqa: F401  (lists its makers)
from tests.results.in_process import project, run_study
from tests.results.odd_studies import ODD, odd_study

FEW_IMPUTATIONS = {"effectiveness": {"unseen": {"fewest": 5, "most": 5}}}
QUICK = ("episodes_only", "twelve_participants", "covariates_with_reserved_names")
JUDGED = {"SUPPORTED", "CHANGE SEEN", "CONTRADICTED", "INCONCLUSIVE", "FINDING", "NOT TESTABLE"}
# What stays judged although something else is missing: study, claim, part.
STANDS = {
    "no_assessments": ("duration", "held"),
    "no_follow_up": ("duration", "held"),
    "all_scores_empty": ("duration", "held"),
    "constant_outcome": ("retention", "completion"),
    "covariate_called_baseline": ("effectiveness", "non_inferiority"),
    "covariate_with_a_space": ("effectiveness", "non_inferiority"),
    "covariate_missing_in_one_arm": ("duration", "held"),
    "all_in_person": ("duration", "held"),
    "empty_events": ("effectiveness", "non_inferiority"),
}


def of_the_study(run):
    """Return what the study's own data say of each part of a claim."""
    return [one for one in run.claims() if one["source"] == "study"]


def ends_in_a_report(name, folder, *, randomised=False):
    """Run a study; return its run after what must hold of every one of them."""
    folder = project(folder)
    config = odd_study(name, folder, randomised=randomised)
    run = run_study(folder, {**config, "overrides": FEW_IMPUTATIONS})
    assert run.failed == {} and run.code == 0, (run.failed, run.printed[-2000:])
    page = run.page()
    assert "Traceback" not in page and ">nan<" not in page
    for one in of_the_study(run):
        assert one["verdict"] in JUDGED, (one["id"], one["part"], one["message"])
        assert one["reason"] and one["reason_text"], (one["id"], one["part"])
    return run


@pytest.mark.parametrize("name", QUICK)
def test_an_odd_study_ends_in_a_report(name, tmp_path):
    run = ends_in_a_report(name, tmp_path / "project")
    own = [one for one in of_the_study(run) if one["id"] == "effectiveness"]
    assert {one["verdict"] for one in own} == {"NOT TESTABLE"}


@pytest.mark.slow
@pytest.mark.parametrize("randomised", [False, True], ids=["observed", "randomised"])
@pytest.mark.parametrize("name", ODD)
def test_every_odd_study_ends_in_a_report(name, randomised, tmp_path):
    if name == "landmark" and randomised:
        pytest.skip("a landmark fixes arms that chance did not")
    run = ends_in_a_report(name, tmp_path / "project", randomised=randomised)
    if name in STANDS and not randomised:
        claim, part = STANDS[name]
        (one,) = [e for e in of_the_study(run) if (e["id"], e["part"]) == (claim, part)]
        assert one["verdict"] != "NOT TESTABLE", one["message"]


@pytest.mark.slow
def test_swapped_arms_are_suspected_and_not_corrected(tmp_path):
    run = ends_in_a_report("arms_swapped", tmp_path / "swapped")
    assert "codes swapped?" in run.page()
    assert "codes swapped?" not in ends_in_a_report("plain", tmp_path / "plain").page()
