"""Every verdict of a study in this process: simulate, read, measure, estimate, judge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis.claims.judge import Case, judge_claim
from analysis.claims.plan import resolve_plan
from analysis.claims.verdict import Verdict
from analysis.cohort import select_cohort
from analysis.effects.contrasts import estimate_contrasts
from analysis.effects.effect import Effect
from analysis.effects.fidelity import estimate_fidelity
from analysis.effects.program import Program, estimate_program
from analysis.effects.retention import estimate_retention
from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.outcomes import outcome_table, repeated_table
from analysis.measures.scoring import score_assessments
from analysis.simulate import simulate_study, write_simulated
from analysis.study.capabilities import capabilities, supports
from analysis.study.reading import read_study

Config = dict[str, Any]
NOT_OF_A_STUDY = ("external_fact", "citation_check")


def judge_study(config: Config, root: Path, folder: Path) -> dict[tuple[str, str], Verdict]:
    """Return each part's verdict, by (claim, part); external facts are left out."""
    registry = load_instruments(root / "config" / "instruments.yaml")
    made = simulate_study(**config["simulate"], registry=registry)
    write_simulated(made, folder / Path(config["tables"]["episodes"]).parent)
    tables = read_study(config, folder, ranges(registry))
    plan = resolve_plan(
        yaml.safe_load((root / "config" / "claims.yaml").read_text(encoding="utf-8")), config
    )
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
    """Return every effect that a claim of the plan is judged on."""
    cohort = select_cohort(tables, config).tables
    scores = score_assessments(cohort, registry)
    outcomes = outcome_table(cohort, scores, config, registry)
    repeated = repeated_table(cohort, scores, config, registry)
    compared, _ = estimate_contrasts(cohort, outcomes, repeated, config, registry)
    sessions, weeks = session_facts(tables), participant_weeks(cohort)
    program = Program(
        tables=cohort,
        scores=scores,
        outcomes=outcomes,
        sessions=sessions,
        weeks=weeks,
        comparisons=compared,
        config=config,
        registry=registry,
    )
    group_arms = [arm for arm, one in config["arms"].items() if one["format"] == "group"]
    claims = plan["claims"]
    fidelity = {key: one for key, one in claims.items() if one["kind"] == "fidelity"}
    estimated, staying = {}, {}
    for key, one in claims.items():
        parts = {n: part for n, part in one["parts"].items() if "estimate" in part}
        stays = {n: p["measure_of_stay"] for n, p in parts.items() if p["estimate"] == "retention"}
        staying |= {key: stays} if stays else {}
        rest = {n: part for n, part in parts.items() if n not in stays}
        estimated |= {key: {"margin": one.get("margin", {}), "parts": rest}} if rest else {}
    return [
        *compared,
        *estimate_fidelity(sessions, weeks, fidelity, group_arms, config["data_origin"]),
        *estimate_program(program, estimated),
        *estimate_retention(cohort, config, staying)[0],
    ]
