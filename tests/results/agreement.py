"""What the pre-flight check promised of a study, held against what its report judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.claims.check import check_tables
from analysis.claims.judge import Case, judge_claim
from analysis.claims.plan import resolve_plan
from analysis.cohort import select_cohort
from analysis.effects.whole import estimate_claims
from analysis.evidence.store import named_sources
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.scoring import score_assessments
from analysis.study.capabilities import capabilities, supports
from analysis.study.documents import read_yaml
from analysis.study.reading import read_study

NOT_JUDGED = ("NOT TESTABLE", "ERROR")


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


def promises(config: dict[str, Any], root, folder) -> list[Promise]:
    """Check a study, then estimate and judge it in this process, part by part."""
    registry = load_instruments(root / "config" / "instruments.yaml")
    sources = named_sources(root / "data" / "raw" / "evidence")
    claims = read_yaml(root / "config" / "claims.yaml")
    plan = resolve_plan(claims, config)
    tables = read_study(config, folder, ranges(registry))
    checked = check_tables(tables, config, plan, registry, sources)
    cohort = select_cohort(tables, config).tables
    scores = score_assessments(cohort, registry)
    shared = (tables, cohort, scores, config, registry, plan["claims"])
    effects = estimate_claims(*shared, beside=False)
    found = capabilities(tables, config)
    kept = []
    for key, one in checked.claims.items():
        if one.published:
            continue
        case = Case(
            plan=plan,
            effects=effects,
            supports=lambda need: supports(found, need),
            designs={},
            status="planned",
            data_origin="synthetic",
            source=sources.get(key),
        )
        judged = dict(zip(one.obstacles, judge_claim(key, case), strict=False))
        kept += [
            Promise(config["study"], key, part, obstacle, judged[part].verdict, judged[part].reason)
            for part, obstacle in one.obstacles.items()
        ]
    return kept


def held(obstacles: Mapping[str, Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], study: str):
    """Return the promises of a check beside the verdicts of ``claims.json``."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:  # the study's own verdict stands before the published one of the same part
        found.setdefault((row["id"], row["part"]), row)
    return [
        Promise(study, key, part, said, found[key, part]["verdict"], found[key, part]["reason"])
        for key, parts in obstacles.items()
        for part, said in parts.items()
    ]


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
