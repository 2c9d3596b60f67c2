"""The plan is held against its schema and itself before anything runs, overrides merged."""

import copy
from dataclasses import fields

import pytest

from analysis.adjust import Thresholds
from analysis.claims.part_checks import ESTIMATES
from analysis.claims.plan_checks import SCHEMA, check_judges, check_plan
from analysis.claims.templates import read_claims
from analysis.comparison.question import ClusterLimits
from analysis.dose import DoseThresholds
from analysis.evidence.literature import PublishedLimits
from analysis.measures.instruments import load_instruments
from analysis.pipeline.opening import published_ids
from analysis.present.first_screen import BLOCKS
from analysis.present.vocabulary import FACTS, KINDS, STANCES
from analysis.program import ProgramLimits, Shown
from analysis.program.anatomy import PER
from analysis.program.estimate import WORDS
from analysis.program.fidelity import WEEKLY
from analysis.retention.staying import PARTS
from analysis.scrutiny.robustness import CHOICES
from analysis.study.dictionary import dictionary
from analysis.study.documents import read_yaml
from analysis.unseen import MissingLimits


@pytest.fixture(scope="module")
def given(root):
    evidence = root / "data" / "raw" / "evidence"
    return {
        "claims": read_claims(root / "config" / "claims.yaml"),
        "study": read_yaml(root / "config" / "studies" / "example.yaml"),
        "registry": load_instruments(root / "config" / "instruments.yaml"),
        "sources": published_ids(evidence),
        "judges": read_yaml(evidence / "judges.yaml"),
    }


@pytest.fixture
def check(given):
    def run(claims=None, **study):
        changed = {**given, "claims": claims or given["claims"]}
        changed["study"] = {**given["study"], **study}
        found = check_plan(**changed, file="claims.yaml", study_file="mine.yaml")
        return {one.column: one for one in found}

    return run


@pytest.fixture
def claims(given):
    return copy.deepcopy(given["claims"])


def test_the_plan_is_sound(check):
    assert check() == {}


@pytest.mark.parametrize(
    "change",
    [
        {"effectiveness": {"margin": 1.3}},
        {"effectiveness": {"margin": {"value": 1.3}}},
        {"intensity": {"threshold": 0.7}},
        {"size": {"window": {"high": 12}}},
        {"hope": {"margin": {"standardised": 0.3}}},
        {"limits": {"program": {"waves": [10, 20, 40], "early": 20}}},
        {"limits": {"weighting": {"trim": {"value": 0.1, "source": "our own"}}}},
        {
            "effectiveness": {
                "margin": {"value": 2, "sd": 4.5, "unit": "GAD-7 points", "instrument": "GAD-7"}
            }
        },
        {"safety": {"parts": {"climate.level": {"margin": {"value": 2.5}}}}},
    ],
)
def test_overrides_that_make_sense(check, change):
    assert check(overrides=change) == {}


WRONG = [
    ({"effectiveness": {"margin": {"value": -0.1}}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": {"value": 0}}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": float("nan")}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": float("inf")}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": True}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": "1.3"}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": {"value": "1.3"}}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": {"value": 30}}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": {"valeu": 1.3}}}, "effectiveness.margin.valeu"),
    ({"effectiveness": {"margin": None}}, "effectiveness.margin.value"),
    ({"effectiveness": {"margin": {"instrument": "PHQ9"}}}, "effectiveness.margin.instrument"),
    ({"effectiveness": {"margin": {"instrument": "GAD-7"}}}, "effectiveness.margin.unit"),
    ({"effectivness": {"margin": 1.3}}, "effectivness"),
    ({1: {"margin": 1.3}}, "1"),
    ({None: {"margin": 1.3}}, "None"),
    (
        {"effectiveness": {"parts": {"equivalence": {"agree_with": "per protocol"}}}},
        "effectiveness.parts.equivalence.agree_with",
    ),
    (
        {"effectiveness": {"parts": {"equivalence": {"agrees_with": "per protocoll"}}}},
        "effectiveness.parts.equivalence.agrees_with",
    ),
    (
        {"effectiveness": {"parts": {"equivalence": {"agrees_with": "as planned"}}}},
        "effectiveness.parts.equivalence.agrees_with",
    ),
    (
        {"effectiveness": {"parts": {"equivalence": {"decides": True}}}},
        "effectiveness.parts",
    ),
    (
        {"effectiveness": {"parts": {"non_inferiority": {"decides": False}}}},
        "effectiveness.parts",
    ),
    (
        {"effectiveness": {"parts": {"difference": {"table": "diference"}}}},
        "effectiveness.parts.difference.table",
    ),
    ({"effectiveness": {"models": {"randomised": ["anova"]}}}, "effectiveness.models.randomised.1"),
    ({"effectiveness": {"unseen": {"fewest": 300}}}, "effectiveness.unseen.most"),
    (
        {"effectiveness": {"delta_range": {"comparison": [1, 2]}}},
        "effectiveness.delta_range.comparison",
    ),
    (
        {"effectiveness": {"delta_range": {"reference": [1, -1]}}},
        "effectiveness.delta_range.reference",
    ),
    ({"effectiveness": {"compares": ["group", "group"]}}, "effectiveness.compares"),
    ({"hope": {"margin": 0.3}}, "hope.margin"),
    ({"hope": {"margin": {"value": 3, "unit": "points"}}}, "hope.margin"),
    ({"hope": {"parts": {"change": {"construct": "hop"}}}}, "hope.parts.change.construct"),
    ({"hope": {"needs": ["instrument:hop"]}}, "hope.needs"),
    ({"hope": {"needs": ["sesions"]}}, "hope.needs"),
    ({"hope": {"threshold": {"value": 0.5, "source": "x"}}}, "hope.threshold"),
    ({"intensity": {"threshold": 1}}, "intensity.threshold.value"),
    ({"intensity": {"threshold": 80}}, "intensity.threshold.value"),
    ({"size": {"window": {"low": 11}}}, "size.window"),
    ({"size": {"window": {"low": None, "high": None}}}, "size.window"),
    ({"retention": {"margin": 10}}, "retention.margin.value"),
    (
        {"mechanism": {"parts": {"cohesion.published": {"margin": {"published": "A99"}}}}},
        "mechanism.parts.cohesion.published.margin.published",
    ),
    (
        {"mechanism": {"parts": {"cohesion.published": {"margin": {"published": "A58"}}}}},
        "mechanism.parts.cohesion.published.margin.published",
    ),
    (
        {"grouptype": {"parts": {"closed": {"table": "association"}}}},
        "grouptype.parts.closed.table",
    ),
    ({"stepdown": {"parts": {"x": {"statement": "New."}}}}, "stepdown.parts.x.estimate"),
    ({"limits": {"program": {"wave": [1, 2]}}}, "limits.program.wave"),
    ({"limits": {"program": {"waves": [20, 10]}}}, "limits.program.waves"),
    ({"limits": {"program": {"early": -3}}}, "limits.program.early.value"),
    ({"limits": {"weighting": {"equipoise": [0.2, 0.5]}}}, "limits.weighting.equipoise"),
    ({"burden": {"fact": {"published": {"G99": "none"}}}}, "burden.fact.published.G99"),
]


@pytest.mark.parametrize(("change", "key"), WRONG)
def test_overrides_that_do_not(check, change, key):
    found = check(overrides=change)
    assert f"overrides.{key}" in found, list(found)
    assert {one.file for one in found.values()} == {"mine.yaml"}


def test_the_nearest_word_is_suggested(check):
    found = check(overrides={"effectiveness": {"margin": {"valeu": 1.3}}, "hoppe": {}})
    assert 'Did you mean "value"?' in found["overrides.effectiveness.margin.valeu"].remedy
    assert 'Did you mean "hope"?' in found["overrides.hoppe"].remedy


def test_all_problems_come_in_one_list(check):
    change = {"effectiveness": {"margin": -1}, "size": {"window": {"lo": 1}}, "nonsense": {}}
    assert len(check(overrides=change)) == 3


@pytest.mark.parametrize(
    "when",
    [
        "low is 3",
        "low > nonsense",
        "low >",
        "low > inf",
        "low > 1e3",
        "__import__('os') > 1",
        "low > 1 >",
    ],
)
def test_a_condition_is_read_by_the_parser_that_decides(check, claims, when):
    claims["decision_tables"]["level"]["rows"][0]["when"] = when
    assert set(check(claims)) == {"decision_tables.level.rows.1.when"}


def test_a_table_ends_with_otherwise_and_tells_its_rows_apart(check, claims):
    rows = claims["decision_tables"]["level"]["rows"]
    rows[0]["reason"] = rows[1]["reason"]
    rows[2]["when"] = "low > 0"
    found = check(claims)
    assert set(found) == {"decision_tables.level.rows", "decision_tables.level.rows.3.when"}


def test_a_contrast_names_claims_of_the_plan(check, given):
    contrasts = copy.deepcopy(given["study"]["contrasts"])
    contrasts["format"]["claims"] = ["effectivness"]
    found = check(contrasts=contrasts)
    assert 'Did you mean "effectiveness"?' in found["contrasts.format.claims"].remedy


def test_a_construct_may_have_any_name_but_a_misspelt_one(check, given):
    bound = given["study"]["instruments"]
    assert check(instruments={**bound, "depression_self_rated": "PHQ-9"}) == {}
    others = {key: one for key, one in bound.items() if key != "self_esteem"}
    assert set(check(instruments={**others, "self_esteme": "RSES"})) == {"instruments.self_esteme"}


def test_judges_name_sources_that_are_there(given):
    judges = copy.deepcopy(given["judges"])
    assert check_judges(judges, given["sources"], "judges.yaml") == []
    judges["claims"]["retention"]["judge"] = "A999"
    judges["claims"]["conditions"]["by_condition"]["trauma"]["listed"] = ["A998"]
    found = check_judges(judges, given["sources"], "judges.yaml")
    keys = ["claims.retention", "claims.conditions.by_condition.trauma"]
    assert [one.column for one in found] == keys
    judges["claims"]["retention"]["jugde"] = "A05"
    (problem,) = check_judges(judges, given["sources"], "judges.yaml")
    assert 'Did you mean "judge"?' in problem.remedy


def test_the_words_of_the_schema_are_those_of_the_code(given):
    defined = read_yaml(SCHEMA)["$defs"]
    claim, part = defined["claim"]["properties"], defined["part"]["properties"]
    assert set(part["estimate"]["enum"]) == {*WORDS, "retention"} == set(ESTIMATES)
    assert set(part["feature"]["enum"]) == set(PER)
    assert set(part["measure_of_stay"]["enum"]) == set(PARTS)
    assert set(WEEKLY) <= set(part["measure"]["enum"])
    assert set(part["kind"]["enum"]) <= set(KINDS)
    assert set(claim["stance"]["enum"]) == set(STANCES)
    assert set(claim["block"]["enum"]) >= set(BLOCKS)
    assert set(claim["fact"]["properties"]["verdict"]["enum"]) <= set(FACTS)
    families = dictionary()["episodes"].field("condition").enum
    assert set(defined["family"]["enum"]) == set(families)
    specified = defined["specifications"]["items"]["properties"]
    assert {key: set(specified[key]["enum"]) for key in CHOICES} == {
        key: set(one) for key, one in CHOICES.items()
    }


def test_the_limits_of_the_schema_are_those_of_the_code():
    limits = read_yaml(SCHEMA)["properties"]["limits"]["properties"]
    kinds = {
        "weighting": Thresholds,
        "dose": DoseThresholds,
        "missing": MissingLimits,
        "program": ProgramLimits,
        "clusters": ClusterLimits,
        "published": PublishedLimits,
        "shown": Shown,
    }
    assert {key: set(one["properties"]) for key, one in limits.items()} == {
        key: {one.name for one in fields(kind)} for key, kind in kinds.items()
    }
