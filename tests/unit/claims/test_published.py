"""The published side is judged by the same tables, on its own margin, and outside every count."""

from dataclasses import replace

import pytest

from analysis.claims.judge import judge_claim
from analysis.claims.plan import claim_hashes, resolve_plan
from analysis.claims.published import citations_in_words, margin_in
from analysis.evidence.store import named_sources
from analysis.records.verdict import Verdict
from analysis.study.documents import read_yaml

FOLDER = ("data", "raw", "evidence")


@pytest.fixture(scope="session")
def sources(root):
    return named_sources(root.joinpath(*FOLDER))


@pytest.fixture
def judged(case, sources):
    """Judge a claim with its named source; return the study's and the published entries by part."""

    def judge(claim, *, source=None, **changes):
        one = replace(case(**changes), source=source or sources[claim])
        found = judge_claim(claim, one)
        own = {v.part: v for v in found if v.source == "study"}
        return own, {v.part: v for v in found if v.source == "published"}

    return judge


def shifted(source, low, high):
    """Give a source an interval of our choosing."""
    effect = replace(
        source.published.effect, value=(low + high) / 2, ci90=(low, high), ci95=(low, high)
    )
    return replace(source, published=replace(source.published, effect=effect))


def test_head_to_head_trials_are_judged_part_by_part(judged):
    own, published = judged("effectiveness")
    assert list(published) == list(own) == ["non_inferiority", "equivalence", "difference"]
    assert published["non_inferiority"].verdict == "INCONCLUSIVE"
    assert published["equivalence"].verdict == "INCONCLUSIVE"
    assert published["difference"].reason == "reference_better"
    for one in published.values():
        assert (one.margin, one.unit) == (0.24, "SD")
        assert one.estimate == pytest.approx(-0.1785, abs=5e-5)
        assert one.data_origin == "published"
        assert not one.deciding


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((-0.2, 0.1), "SUPPORTED"),
        ((-0.23, 0.5), "SUPPORTED"),
        ((-0.3, 0.1), "INCONCLUSIVE"),
        ((-0.6, -0.3), "CONTRADICTED"),
    ],
)
def test_the_same_table_judges_on_the_standardised_margin(judged, sources, interval, verdict):
    _, published = judged("effectiveness", source=shifted(sources["effectiveness"], *interval))
    assert published["non_inferiority"].verdict == verdict
    assert published["non_inferiority"].rule.startswith("ci90: ")


def test_a_positive_published_effect_means_group_better(judged, sources):
    _, published = judged("effectiveness", source=shifted(sources["effectiveness"], 0.1, 0.2))
    assert published["difference"].reason == "comparison_better_within_margin"


def test_the_prediction_interval_has_its_say(judged):
    _, published = judged("effectiveness")
    said = published["equivalence"].prediction
    assert said["level"] == 90
    assert said["interval"] == pytest.approx([-0.5463, 0.1892], abs=5e-5)
    assert said["verdict"] == "INCONCLUSIVE"
    assert published["difference"].prediction["interval"] == pytest.approx(
        [-0.6257, 0.2686], abs=5e-5
    )


def test_a_pool_within_the_margin_can_have_a_prediction_beyond_it(judged, sources):
    """The pooled effect is equivalent; a new program's effect need not be."""
    _, published = judged("effectiveness", source=shifted(sources["effectiveness"], -0.1, 0.1))
    assert published["equivalence"].verdict == "SUPPORTED"
    assert published["equivalence"].prediction["verdict"] == "INCONCLUSIVE"


@pytest.mark.parametrize(
    ("value", "outcome"), [(0.1, "consistent"), (-1.2, "consistent"), (9.0, "not consistent")]
)
def test_the_study_is_set_beside_the_published_distribution(judged, value, outcome):
    _, published = judged("effectiveness", value=value, standardised=value / 5.5)
    for one in published.values():
        assert one.literature["outcome"] == outcome
        assert "better than" not in one.literature["reason"]


def test_a_study_without_the_contrast_cannot_tell(judged, study):
    own, published = judged("effectiveness", study={**study, "contrasts": {}})
    assert own["non_inferiority"].verdict == "NOT TESTABLE"
    assert published["non_inferiority"].verdict == "INCONCLUSIVE"
    assert published["non_inferiority"].literature["outcome"] == "cannot tell"


def test_a_source_that_answers_another_question_is_not_judged(judged):
    _, published = judged("intensity")
    assert list(published) == ["scheduled"]
    found = published["scheduled"]
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "other_question")
    assert "9 hours a week for adults" in found.reason_text
    assert found.literature["outcome"] == "not comparable"


def test_a_comparison_with_usual_care_never_judges_the_formats(judged, sources):
    _, published = judged("effectiveness", source=sources["selfesteem"])
    found = published["non_inferiority"]
    assert (found.verdict, found.reason) == ("NOT TESTABLE", "other_question")
    assert found.estimate == pytest.approx(0.424, abs=5e-4)


def test_without_a_source_it_says_so_with_month_and_year(judged):
    _, published = judged("leaders")
    found = published["one_or_two"]
    assert found.verdict == "none found"
    assert found.reason_text == "none found (non-systematic search, November 2026)"
    assert found.literature["judge"] == ""


def test_no_margin_in_the_sources_unit_is_not_testable(judged, sources):
    _, published = judged("effectiveness", source=sources["retention"])
    assert published["non_inferiority"].reason == "margin_not_defined"


def test_margins_by_unit(claims):
    claim = claims["claims"]["effectiveness"]
    assert margin_in(claim, "SD") == 0.24
    assert margin_in(claim, "PHQ-9 points") == 1.32
    assert margin_in(claim, "PCL-5 points") is None
    margin = claim["margin"]
    assert margin["standardised"] * margin["sd"] == pytest.approx(margin["value"])


def test_external_facts_have_one_entry_and_name_their_source(judged):
    own, published = judged("burden")
    assert own == {}
    assert published["figure"].deciding and published["figure"].verdict == "superseded"
    assert "970" in published["figure"].literature["statement"]


def test_the_references_are_judged_from_the_citation_check(judged):
    own, published = judged("sources")
    assert own == {}
    found = published["references"]
    assert (found.verdict, found.data_origin) == ("checked in part", "published")
    assert found.reason_text == (
        "of 7 sentences that cite a reference, 3 are supported by it, 1 in part and 0 not; "
        "3 could not be checked"
    )


@pytest.mark.parametrize(
    ("verdicts", "word"),
    [
        (["supports"], "all supported"),
        (["supports", "supports in part"], "supported in part"),
        (["supports", "not checked"], "checked in part"),
        (["supports", "does not support", "not checked"], "not all supported"),
        (["not checked"], "not checked"),
        ([], "not checked"),
    ],
)
def test_the_word_for_all_references_follows_from_each(verdicts, word):
    assert citations_in_words(verdicts)[0] == word


def test_a_condition_has_a_source_of_its_own(judged):
    """Of the families, only depression and anxiety have a source in the margin's unit."""
    _, published = judged("conditions")
    shown = {part: (one.verdict, one.reason) for part, one in published.items()}
    assert shown.pop("seven.difference") == ("none found", "none_found")
    assert shown.pop("mood_anxiety.difference") == ("INCONCLUSIVE", "interval_straddles_margin")
    assert shown.pop("trauma.difference") == ("NOT TESTABLE", "margin_not_defined")
    assert len(shown) == 5 and {one[0] for one in shown.values()} == {"none found"}
    found = published["mood_anxiety.difference"]
    assert (found.estimate, found.margin) == (pytest.approx(-0.2), 0.24)
    assert found.literature["doi"] == "10.4321/S0213-61632008000100005"
    assert found.prediction is None


def test_every_claim_of_the_plan_has_a_published_side(claims, judged):
    for key, claim in claims["claims"].items():
        own, published = judged(key)
        assert published, key
        words = {one.verdict for one in published.values()}
        known = {"SUPPORTED", "CONTRADICTED", "INCONCLUSIVE", "NOT TESTABLE", "none found"}
        assert words <= known or claim["kind"] in ("external_fact", "citation_check"), key
        for one in published.values():
            assert (one.source, one.data_origin) == ("published", "published"), key
            assert one.deciding == (not own), key


def test_only_the_named_source_is_in_the_entry(judged):
    _, published = judged("effectiveness")
    text = str(published["non_inferiority"].to_json())
    assert "Metapsy" in text
    assert "Cuijpers, van Straten" not in text and "Burlingame" not in text


def test_published_entries_survive_json(judged):
    _, published = judged("effectiveness")
    for one in published.values():
        assert Verdict.from_json(one.to_json()) == one


def test_the_source_is_part_of_the_plan(claims, study, root):
    path = root.joinpath(*FOLDER, "judges.yaml")
    judges = read_yaml(path)["claims"]
    plan = resolve_plan(claims, study, judges)
    assert plan["claims"]["effectiveness"]["published"] == {"judge": "h2h.main", "comparable": True}
    other = {**judges, "effectiveness": {**judges["effectiveness"], "judge": "A04"}}
    before, after = (claim_hashes(resolve_plan(claims, study, one)) for one in (judges, other))
    assert {key for key in before if before[key] != after[key]} == {"effectiveness"}
