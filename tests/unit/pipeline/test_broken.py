"""Every key of every shipped file, broken in many ways: a list of problems or a plan, never else.

The plan's places are many and alike: of those that differ only by a name or a position one is
taken, in the order of the file, with one in twelve of the ways.
"""

import json

import pytest
from tests.unit.pipeline.broken import VALUES, broken, places

from analysis.claims.plan import claim_hashes, plan_hash, resolve_plan
from analysis.claims.plan_checks import check_judges, check_plan
from analysis.claims.templates import write_out
from analysis.measures.instruments import load_instruments, registry_of
from analysis.pipeline.opening import published_ids
from analysis.study.config import check_config
from analysis.study.documents import read_yaml
from analysis.study.problems import StudyError

STUDIES = ("example", "example_randomised", "small", "bright", "reframed")


@pytest.fixture(scope="module")
def shipped(root):
    evidence = root / "data" / "raw" / "evidence"
    return {
        "claims": read_yaml(root / "config" / "claims.yaml"),
        "registry": load_instruments(root / "config" / "instruments.yaml"),
        "instruments": read_yaml(root / "config" / "instruments.yaml"),
        "sources": published_ids(evidence),
        "judges": read_yaml(evidence / "judges.yaml"),
    }


def study_of(root, name):
    return read_yaml(root / "config" / "studies" / f"{name}.yaml")


def resolves(shipped, claims, study):
    """Return whether a plan comes of it; raise what nobody could mend."""
    written, found = write_out(claims)
    named = {"file": "claims.yaml", "study_file": "mine.yaml"}
    known = {key: shipped[key] for key in ("registry", "sources", "judges")}
    if found or check_plan(written, study, **known, **named):
        return False
    scored, judges = shipped["instruments"]["instruments"], shipped["judges"]["claims"]
    plan = resolve_plan(written, study, judges, scored)
    assert plan_hash(plan) and set(claim_hashes(plan)) == set(plan["claims"])
    json.dumps(plan, allow_nan=False)
    return True


def alike(place):
    """Return a place without the names and positions that a plan is free to choose."""
    free = {"claims": 1, "parts": 1, "decision_tables": 1, "templates": 2}
    kept, skip = [], 0
    for step in place:
        kept.append("*" if skip or isinstance(step, int) else step)
        skip = max(skip - 1, 0) if skip else free.get(step, 0)
    return tuple(kept)


@pytest.mark.parametrize("name", STUDIES)
def test_a_studys_config(root, shipped, name):
    study, sound = study_of(root, name), 0
    for place in places(study):
        for _, changed in broken(study, place):
            file = f"config/studies/{name}.yaml"
            known = set(shipped["registry"])
            if not check_config(changed, file=file, known_instruments=known):
                sound += resolves(shipped, shipped["claims"], changed) if len(place) == 1 else 1
    assert sound


def test_the_plan(root, shipped):
    study, seen = study_of(root, "example"), set()
    for place in places(shipped["claims"]):
        if alike(place) in seen:
            continue
        seen.add(alike(place))
        for number, (_, changed) in enumerate(broken(shipped["claims"], place)):
            if number % 12 == len(seen) % 12:
                resolves(shipped, changed, study)


@pytest.mark.parametrize("key", ["margin", "threshold", "window", "parts", "needs", "models", "x"])
@pytest.mark.parametrize("claim", ["effectiveness", "intensity", "limits", "nonsense"])
def test_overrides(root, shipped, claim, key):
    study = study_of(root, "example")
    for value in VALUES.values():
        resolves(shipped, shipped["claims"], {**study, "overrides": {claim: {key: value}}})


def test_the_registry_and_the_judges(shipped):
    one = {"instruments": {"PHQ-9": shipped["instruments"]["instruments"]["PHQ-9"]}}
    for place in places(one):
        for _, changed in broken(one, place):
            try:
                registry_of(changed, "instruments.yaml")
            except StudyError:
                continue
    few = {**shipped["judges"], "claims": dict(list(shipped["judges"]["claims"].items())[:8])}
    for place in places(few):
        for _, changed in broken(few, place):
            check_judges(changed, shipped["sources"], "judges.yaml")
