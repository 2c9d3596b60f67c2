"""The plan held against its schema and against itself, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from analysis.claims.number_checks import Finding, limit_findings, table_findings
from analysis.claims.overrides import LIMITS, merged
from analysis.claims.part_checks import Known, claim_findings
from analysis.measures.instruments import Registry
from analysis.study.problems import Problem, nearest
from analysis.study.schema import schema_problems

SCHEMA = Path(__file__).with_name("claims.schema.yaml")
JUDGES_SCHEMA = Path(__file__).with_name("judges.schema.yaml")
EXAMPLE = "a working entry of the same file"
Document = Mapping[str, Any]


def check_plan(
    claims: Any,
    study: Document,
    registry: Registry,
    sources: set[str],
    judges: Document,
    *,
    file: str,
    study_file: str,
) -> list[Problem]:
    """Return everything that is wrong with a plan, and with a study's changes to it.

    Parameters
    ----------
    claims : object
        Contents of ``config/claims.yaml``, its templates written out.
    study : mapping
        The study's config; its schema holds.
    registry : mapping of str to Instrument
    sources : set of str
        Ids of the published facts and results.
    judges : mapping
        Contents of ``judges.yaml``; its schema holds.
    file, study_file : str
        Names of the two files, for the messages.

    Returns
    -------
    list of Problem
        Those of the plan itself; if there are none, those that the overrides bring in, with keys
        that begin with ``overrides``.
    """
    named = {key: one.get("judge") for key, one in judges["claims"].items()}
    constructs = {one.construct for one in registry.values()} | set(study.get("instruments", {}))
    known = Known(registry, constructs, sources, {}, named)
    if own := _problems(claims, known, file):
        return own
    overrides = study.get("overrides") or {}
    absent = [one for one in overrides if one not in (LIMITS, *claims["claims"])]
    found = [_no_such_claim(one, claims["claims"], study_file) for one in absent]
    changes = {key: one for key, one in overrides.items() if key not in absent}
    brought = _problems(merged(claims, changes), known, study_file) if changes else []
    found += [
        Problem(one.file, f"overrides.{one.column.removeprefix('claims.')}", *_rest(one))
        for one in brought
    ]
    found += _contrasts(study, claims["claims"], study_file)
    return found + list(_misspelt(study, registry, study_file))


def check_judges(judges: Any, sources: set[str], file: str) -> list[Problem]:
    """Return what is wrong with ``judges.yaml``: its shape, and sources that are nowhere."""
    if found := schema_problems(judges, JUDGES_SCHEMA, file=file, example=EXAMPLE):
        return found
    entries = {f"claims.{key}": one for key, one in judges["claims"].items()}
    for key, one in list(entries.items()):
        below = one.get("by_condition", {}).items()
        entries |= {f"{key}.by_condition.{name}": condition for name, condition in below}
    return [
        Problem(file, key, (), "a published source", f"{name}, which is in no table", remedy)
        for key, one in entries.items()
        for name in [*one["listed"], *([one["judge"]] if one["judge"] else [])]
        if name not in sources
        for remedy in [f"{nearest(name, sources)}Name an id of facts.csv or computed.csv."]
    ]


def _problems(document: Any, known: Known, file: str) -> list[Problem]:
    if shape := schema_problems(document, SCHEMA, file=file, example=EXAMPLE):
        return shape
    tables = document["decision_tables"]
    findings = [
        f for key, one in tables.items() for f in table_findings(f"decision_tables.{key}", one)
    ]
    findings += limit_findings(document["limits"])
    if not findings:
        known = Known(known.registry, known.constructs, known.sources, tables, known.judges)
        for key, claim in document["claims"].items():
            findings += claim_findings(f"claims.{key}", claim, known)
        findings += _whole(document)
    return [Problem(file, key, (), *rest) for key, *rest in findings]


def _whole(document: Document) -> Iterator[Finding]:
    """Yield what no claim can see by itself."""
    if document["claims"]["effectiveness"]["kind"] != "comparison":
        expected, remedy = "the kind comparison", "Other claims stand on this comparison."
        yield "claims.effectiveness.kind", expected, "another kind", remedy
    references = document["article"]["references"]
    for key, claim in document["claims"].items():
        if claim["reference"] is not None and str(claim["reference"]) not in references:
            remedy = "Name a number of article.references, or null."
            yield f"claims.{key}.reference", "a reference of the article", "an unknown one", remedy


def _no_such_claim(name: str, claims: Document, file: str) -> Problem:
    remedy = f"{nearest(name, claims)}Name a claim of config/claims.yaml."
    return Problem(file, f"overrides.{name}", (), "a claim of the plan", "an unknown one", remedy)


def _contrasts(study: Document, claims: Document, file: str) -> Iterator[Problem]:
    for name, contrast in study["contrasts"].items():
        for one in [claim for claim in contrast["claims"] if claim not in claims]:
            remedy = f"{nearest(one, claims)}Name a claim of config/claims.yaml."
            key = f"contrasts.{name}.claims"
            yield Problem(file, key, (), "a claim of the plan", "an unknown one", remedy)


def _misspelt(study: Document, registry: Registry, file: str) -> Iterator[Problem]:
    """Yield constructs of the study that are nearly, and not quite, what its instruments measure.

    A construct may be called anything; one that is misspelt would only be missed by the claims.
    """
    measured = {one.construct for one in registry.values()}
    bound = study.get("instruments", {})
    for construct in [one for one in bound if one not in measured]:
        close = get_close_matches(construct, measured - set(bound), n=1, cutoff=0.85)
        if close:
            remedy = f'Did you mean "{close[0]}"? Rename the construct if it is another one.'
            key = f"instruments.{construct}"
            yield Problem(file, key, (), "a construct of the plan", "a word much like one", remedy)


def _rest(one: Problem) -> tuple[tuple[int, ...], str, str, str]:
    return one.rows, one.expected, one.found, one.remedy
