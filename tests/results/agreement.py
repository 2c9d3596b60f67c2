"""What the pre-flight check promised of a study, held against what its report judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.claims.check import check_tables
from analysis.claims.judge import Case, judge_claim
from analysis.claims.plan import resolve_plan
from analysis.claims.rehearsal import estimate_claims
from analysis.claims.templates import read_claims
from analysis.cohort import select_cohort
from analysis.evidence.store import named_sources
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.scoring import score_assessments
from analysis.study.capabilities import capabilities, supports
from analysis.study.covariates import safely_named
from analysis.study.reading import read_study

NOT_JUDGED = ("NOT TESTABLE", "ERROR")
ENDED = ("verdict", "reason")


@dataclass(frozen=True)
class Promise:
    """One part of a claim: what the check said of it, and what became of it."""

    study: str
    claim: str
    part: str
    obstacle: tuple[str, str] | None
    verdict: str
    reason: str

    @property
    def withdrawn(self) -> bool:
        return self.obstacle is None and self.verdict in NOT_JUDGED

    @property
    def judged_after_all(self) -> bool:
        return self.obstacle is not None and self.verdict not in NOT_JUDGED


def promises(config: dict[str, Any], root: Path, folder: Path) -> list[Promise]:
    """Check a study, then estimate and judge it in this process, part by part."""
    config = safely_named(config)
    tables, plan, registry = read(config, root, folder)
    cohort = select_cohort(tables, config).tables
    scores = score_assessments(cohort, registry)
    shared = (tables, cohort, scores, config, registry, plan)
    found = capabilities(tables, config)
    case = Case(
        plan=plan,
        effects=estimate_claims(*shared, beside=False),
        supports=lambda need: supports(found, need),
        designs={},
        status="planned",
        data_origin="synthetic",
    )
    sources = named_sources(root / "data" / "raw" / "evidence")
    rows = [
        one.to_json()
        for key in plan["claims"]
        for one in judge_claim(key, replace(case, source=sources.get(key)))
    ]
    return held(rows, config, root, folder)


def held(
    rows: Sequence[Mapping[str, Any]], config: dict[str, Any], root: Path, folder: Path
) -> list[Promise]:
    """Check a study, and set what it promises beside the verdicts of its ``claims.json``."""
    config = safely_named(config)
    tables, plan, registry = read(config, root, folder)
    sources = named_sources(root / "data" / "raw" / "evidence")
    claims = check_tables(tables, config, plan, registry, sources).claims
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        if row["source"] == "study":
            found[row["id"], row["part"]] = row
    return [
        Promise(config["study"], key, part, obstacle, *(found[key, part][one] for one in ENDED))
        for key, claim in claims.items()
        if not claim.published
        for part, obstacle in claim.obstacles.items()
    ]


def read(config: dict[str, Any], root: Path, folder: Path) -> tuple[Any, Any, Any]:
    """Return a study's tables, its plan and the instruments."""
    registry = load_instruments(root / "config" / "instruments.yaml")
    claims = read_claims(root / "config" / "claims.yaml")
    return read_study(config, folder, ranges(registry)), resolve_plan(claims, config), registry


def in_words(kept: Iterable[Promise]) -> str:
    """List what was not kept, with the reasons."""
    return "\n".join(
        f"{one.study} {one.claim}.{one.part}: check {one.obstacle or 'testable'}, "
        f"report {one.verdict} ({one.reason})"
        for one in kept
        if one.withdrawn or one.judged_after_all
    )


def count(kept: Sequence[Promise]) -> tuple[int, int, int, int]:
    """Return parts called testable, of these withdrawn, called not testable, of these judged."""
    yes = sum(one.obstacle is None for one in kept)
    return (
        yes,
        sum(one.withdrawn for one in kept),
        len(kept) - yes,
        sum(one.judged_after_all for one in kept),
    )
