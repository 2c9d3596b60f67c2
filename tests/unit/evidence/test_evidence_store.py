"""The published side as the pipeline passes it on: JSON round trip, tables, one sign everywhere."""

import json

import pytest
from benchmarks.plan_limits import PUBLISHED

from analysis.evidence.beside import beside_literature
from analysis.evidence.sources import Evidence
from analysis.evidence.store import NamedSource, named_sources
from analysis.evidence.tables import TABLES, evidence_tables


@pytest.fixture(scope="module")
def folder(root):
    return root / "data" / "raw" / "evidence"


@pytest.fixture(scope="module")
def sources(folder):
    return named_sources(folder)


@pytest.fixture(scope="module")
def tables(folder):
    return evidence_tables(folder)


def test_every_source_survives_json(sources):
    for claim, one in sources.items():
        back = NamedSource.from_json(json.loads(json.dumps(one.to_json(), allow_nan=False)))
        assert back.to_json() == one.to_json(), claim


def test_a_source_read_back_judges_consistency_as_before(sources, folder):
    effect = sources["effectiveness"].published.effect
    back = NamedSource.from_json(json.loads(json.dumps(sources["effectiveness"].to_json())))
    first = Evidence.read(folder).published("effectiveness")
    found = [beside_literature(effect, one, PUBLISHED.large) for one in (back.published, first)]
    assert found[0] == found[1]


def test_each_named_source_says_whose_it_is(sources):
    for claim, one in sources.items():
        if one.published.judge:
            wanted = ("citation", "comparator", "population", "obtained", "certainty")
            assert all(one.details[key] for key in wanted), claim
        else:
            assert one.details == {}, claim


def test_citations_stand_with_the_claim_on_the_references_only(sources):
    assert [claim for claim, one in sources.items() if one.citations] == ["sources"]
    assert [claim for claim, one in sources.items() if one.conditions] == ["conditions"]
    assert sources["sources"].citations.count("supports") == 3


#: Which side of zero each named source's effect lies on, positive = group better. The source's own
#: sign is in its row; here stands what a reader of the source would say.
SIDES = {
    "effectiveness": "individual",
    "retention": "individual",
    "selfesteem": "group",
    "social": "group",
    "hope": "group",
    "loneliness": "group",
}


def test_the_sign_is_ours_for_each_named_source(sources, tables):
    shown = tables["evidence"][tables["evidence"]["condition"] == ""].set_index("claim")
    for claim, one in sources.items():
        effect = one.published.effect
        assert (effect is not None) == (claim in SIDES), claim
        if effect is not None:
            side = "group" if effect.value > 0 else "individual"
            assert side == SIDES[claim], claim
            assert shown.loc[claim, "value"] == effect.value


def test_the_sign_is_ours_for_each_named_source_of_a_condition(tables):
    shown = tables["evidence"].set_index(["claim", "condition"])["value"]
    assert shown["conditions", "mood_anxiety"] == pytest.approx(-0.20)
    assert shown["conditions", "trauma"] == pytest.approx(-2.55)


def test_tables_are_the_declared_ones(tables):
    assert tuple(tables) == TABLES
    for name, table in tables.items():
        assert "data_origin" not in table and len(table), name


def test_trials_and_pools_stand_in_one_table(tables):
    marks = tables["head_to_head"].set_index("id")
    trials = marks[marks["kind"] == "trial"]
    assert len(trials) == 18 and (trials["in_main"] == "True").sum() == 16
    assert marks["label"].is_unique and not marks["label"].str.contains(",\\d").any()
    shown = {
        "h2h.main": (-0.179, -0.346, -0.011),
        "h2h.main_wald": (-0.179, -0.335, -0.022),
        "h2h.with_kahn": (-0.152, -0.319, 0.016),
        "h2h.all": (-0.161, -0.315, -0.008),
        "h2h.same_therapy": (-0.224, -0.418, -0.031),
        "h2h.main_corrected": (-0.181, -0.344, -0.017),
    }
    for key, numbers in shown.items():
        found = marks.loc[key, ["estimate", "ci_low", "ci_high"]]
        assert tuple(found.astype(float).round(3)) == pytest.approx(numbers, abs=5.1e-4), key


def test_correction_shrinks_each_trial_and_widens_it(tables):
    trials = tables["head_to_head"].query("kind == 'trial'")
    assert (trials["corrected"].abs() < trials["estimate"].abs()).all()
    before = trials["ci_high"] - trials["ci_low"]
    assert (trials["corrected_high"] - trials["corrected_low"] > before).all()
