"""Every verdict of a study in this process: simulate, read, measure, estimate, judge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.claims.judge import Case, judge_claim
from analysis.claims.plan import resolve_plan
from analysis.claims.rehearsal import estimate_claims
from analysis.claims.templates import read_claims
from analysis.cohort import select_cohort
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.scoring import score_assessments
from analysis.records.effect import Effect
from analysis.records.verdict import Verdict
from analysis.simulate import simulate_study, write_simulated
from analysis.study.capabilities import capabilities, supports
from analysis.study.covariates import safely_named
from analysis.study.reading import read_study

Config = dict[str, Any]
NOT_OF_A_STUDY = ("external_fact", "citation_check")


def judge_study(config: Config, root: Path, folder: Path) -> dict[tuple[str, str], Verdict]:
    """Return each part's verdict, by (claim, part); external facts are left out."""
    config = safely_named(config)
    registry = load_instruments(root / "config" / "instruments.yaml")
    made = simulate_study(**config["simulate"], registry=registry)
    write_simulated(made, folder / Path(config["tables"]["episodes"]).parent)
    tables = read_study(config, folder, ranges(registry))
    plan = resolve_plan(read_claims(root / "config" / "claims.yaml"), config)
    found = capabilities(tables, config)
    case = Case(
        plan=plan,
        effects=estimate_all(tables, config, plan, registry),
        supports=lambda need: supports(found, need),
        designs={},
        status="planned",
        data_origin="synthetic",
        truths={(one["claim"], one["part"]): one["value"] for one in made.answers["answers"]},
    )
    keys = [key for key, one in plan["claims"].items() if one["kind"] not in NOT_OF_A_STUDY]
    return {(one.id, one.part): one for key in keys for one in judge_claim(key, case)}


def estimate_all(tables, config: Config, plan: Mapping[str, Any], registry) -> list[Effect]:
    """Return every effect that a claim of the plan is judged on, and those beside it."""
    cohort = select_cohort(tables, config).tables
    scores = score_assessments(cohort, registry)
    return estimate_claims(tables, cohort, scores, config, registry, plan)
