"""Everything that decides is in the plan: limits, days, and instruments as they are scored."""

import copy
import re
from dataclasses import fields

import pytest

from analysis.adjust import Thresholds
from analysis.claims.plan import claim_hashes, decisions, limits_used, plan_hash, resolve_plan
from analysis.comparison.question import ClusterLimits
from analysis.dose import DoseThresholds
from analysis.evidence.literature import PublishedLimits
from analysis.program import ProgramLimits, Shown
from analysis.records.limits import limits_of
from analysis.study.documents import read_yaml
from analysis.unseen import MissingLimits

GROUPS = {
    "weighting": Thresholds,
    "dose": DoseThresholds,
    "missing": MissingLimits,
    "program": ProgramLimits,
    "clusters": ClusterLimits,
    "published": PublishedLimits,
    "shown": Shown,
}


def changed_claims(before, after):
    one, other = claim_hashes(before), claim_hashes(after)
    return {key for key in one if one[key] != other[key]}


@pytest.fixture(scope="module")
def registry(root):
    path = root / "config" / "instruments.yaml"
    return read_yaml(path)["instruments"]


def test_every_limit_has_its_value_in_the_plan_with_a_source_and_nowhere_else(claims):
    assert claims["limits"].keys() == GROUPS.keys()
    for group, kind in GROUPS.items():
        entry = claims["limits"][group]
        assert entry.keys() == {one.name for one in fields(kind)}
        assert all(one["source"] for one in entry.values())
        assert limits_of(kind, entry)
        with pytest.raises(TypeError):
            kind()


@pytest.mark.parametrize("group", GROUPS)
def test_a_limit_changes_the_claims_that_depend_on_it_and_no_other(claims, study, group):
    base = resolve_plan(claims, study)
    used = {key for key, one in base["claims"].items() if group in limits_used(one)}
    assert used != set(base["claims"])
    assert bool(used) == (group != "shown")  # what figures show decides no claim
    for name, one in claims["limits"][group].items():
        value = one["value"]
        other = [2 * each for each in value] if isinstance(value, list) else 2 * value
        plan = resolve_plan(claims, {**study, "overrides": {"limits": {group: {name: other}}}})
        assert plan["limits"][group][name] == {"value": other, "source": "the study's own"}
        assert plan_hash(plan) != plan_hash(base)
        assert changed_claims(base, plan) == used


def test_a_limit_that_does_not_exist_is_refused(claims, study):
    for wrong in ({"program": {"wave": [1]}}, {"programme": {"waves": [1]}}):
        with pytest.raises(KeyError, match="limits that do not exist"):
            resolve_plan(claims, {**study, "overrides": {"limits": wrong}})


@pytest.mark.parametrize(
    ("key", "value"), [("reliable_change", 5), ("direction", "higher"), ("reversed_items", [1])]
)
def test_an_instrument_as_it_is_scored_is_in_the_hash(claims, study, registry, key, value):
    changed = copy.deepcopy(registry)
    changed["PHQ-9"][key] = value
    base, plan = (resolve_plan(claims, study, None, one) for one in (registry, changed))
    assert plan_hash(base) != plan_hash(plan)
    assert "effectiveness" in changed_claims(base, plan)
    assert not {"size", "burden", "leaders"} & changed_claims(base, plan)


def test_an_instrument_that_a_study_does_not_use_is_not(claims, study, registry):
    changed = copy.deepcopy(registry)
    changed["RSES"]["reliable_change"] = 5
    changed["PHQ-9"]["licence"] = "another"
    plans = [resolve_plan(claims, study, None, one) for one in (registry, changed)]
    assert plan_hash(plans[0]) == plan_hash(plans[1])


def test_decisions_hold_no_prose(claims, study):
    places = decisions(resolve_plan(claims, study))
    assert not [one for one in places if re.search(r"/(title|paragraph|unlock|why|says)$", one)]
