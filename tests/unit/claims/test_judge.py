import pytest
from scipy import stats

from analysis.claims.judge import judge_claim
from analysis.records.verdict import Verdict


def deciding(verdicts):
    return next(one for one in verdicts if one.deciding)


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [((-0.5, 0.5), "SUPPORTED"), ((-2.0, 0.5), "INCONCLUSIVE"), ((-4.0, -2.0), "CONTRADICTED")],
)
def test_non_inferiority_decides_effectiveness(case, interval, verdict):
    found = judge_claim("effectiveness", case(interval=interval))
    assert [one.part for one in found] == ["non_inferiority", "equivalence", "difference"]
    assert deciding(found).verdict == verdict
    assert deciding(found).part == "non_inferiority"


def test_group_better_beyond_the_margin_does_not_contradict(case):
    found = {one.part: one for one in judge_claim("effectiveness", case(interval=(2.0, 3.0)))}
    assert found["non_inferiority"].verdict == "SUPPORTED"
    assert found["equivalence"].verdict == "CONTRADICTED"
    assert found["difference"].reason == "comparison_better"


def test_a_failed_fit_is_an_error_and_never_a_verdict(case):
    broken = case(status="error", message="ConvergenceError: no optimum", value=None, ci90=None)
    for verdict in judge_claim("effectiveness", broken):
        assert verdict.verdict == "ERROR"
        assert "ConvergenceError" in verdict.message
        assert verdict.estimate is None


def test_a_withheld_estimate_is_not_testable_and_not_shown(case):
    held = case(status="withheld", message="imbalance after weighting")
    for verdict in judge_claim("effectiveness", held):
        assert (verdict.verdict, verdict.estimate, verdict.ci95) == ("NOT TESTABLE", None, None)


def test_missing_data_are_named(case):
    found = deciding(judge_claim("intensity", case(missing={"attendance"})))
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "data_missing")
    assert found.reason_text == "no attendance"


def test_billing_blocks_have_a_reason_of_their_own(case):
    found = deciding(judge_claim("duration", case(missing={"unit:session"})))
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "source_records_blocks")


def test_another_comparator_is_not_individual_therapy(case, study):
    arms = {**study["arms"], "i": {"label": "Usual care", "format": "other"}}
    found = deciding(judge_claim("effectiveness", case(study={**study, "arms": arms})))
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "comparator_not_individual")


def test_one_arm_has_no_comparator(case, study):
    found = deciding(judge_claim("effectiveness", case(study={**study, "contrasts": {}})))
    assert found.reason == "no_comparator"


def test_the_margin_is_tied_to_its_instrument(case, study):
    bound = {**study, "instruments": {"depression": "BDI-II"}}
    found = deciding(judge_claim("effectiveness", case(study=bound)))
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "margin_not_defined")


def test_planted_truth_is_judged_by_the_same_rule(case):
    truths = {("effectiveness", "non_inferiority"): 0.0}
    good = deciding(judge_claim("effectiveness", case(interval=(-0.5, 0.5), truths=truths)))
    vague = deciding(judge_claim("effectiveness", case(interval=(-2.0, 2.0), truths=truths)))
    assert (good.recovered, vague.recovered) == ("yes", "undecided")
    wrong = deciding(judge_claim("effectiveness", case(interval=(-3.0, -2.0), truths=truths)))
    assert wrong.recovered == "no"


def test_an_external_fact_stays_outside_the_verdicts(case):
    found = deciding(judge_claim("burden", case()))
    assert (found.verdict, found.source) == ("superseded", "published")


def test_the_chance_at_the_margin_is_the_nominal_error(case):
    reach = deciding(judge_claim("effectiveness", case())).reachable
    assert reach["supported_at_margin"] == pytest.approx(0.05)
    assert 0 < reach["supported_if_zero"] < 1


def test_an_observational_contrast_is_decided_by_weights(case, study):
    contrast = {**study["contrasts"]["format"], "assignment": "observational"}
    found = deciding(
        judge_claim("effectiveness", case(study={**study, "contrasts": {"format": contrast}}))
    )
    assert (found.verdict, found.message) == (
        "ERROR",
        "no effect 'format.depression.day42.weighted_ato'",
    )


def test_both_one_sided_tests_agree_with_the_interval(case):
    """The 90% interval lies inside the margin exactly where both p-values are below .05."""
    found = {
        one.part: one for one in judge_claim("effectiveness", case(value=0.4, se=0.5, df=20.0))
    }
    lower, upper = found["equivalence"].tests
    assert lower["t"] == pytest.approx((0.4 + 1.32) / 0.5)
    assert lower["p"] == pytest.approx(stats.t.sf(3.44, 20))
    assert upper["p"] == pytest.approx(stats.t.cdf(-1.84, 20))


def test_json_round_trip(case):
    for verdict in judge_claim("effectiveness", case()):
        assert Verdict.from_json(verdict.to_json()) == verdict
