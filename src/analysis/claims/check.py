"""The pre-flight check: which claims a study can test, and which verdicts it can reach."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis.claims.judge import find_contrast, find_obstacle, find_reach
from analysis.claims.kinds import INSTRUMENT_ABSENT
from analysis.claims.plan import resolve_plan
from analysis.claims.preflight import Design
from analysis.cohort import select_cohort
from analysis.measures.clusters import designs
from analysis.measures.instruments import load_instruments, ranges
from analysis.study.capabilities import capabilities, supports
from analysis.study.config import check_config, read_config
from analysis.study.problems import StudyError
from analysis.study.reading import Tables, read_study


def check_study(config_path: Path, root: Path) -> str:
    """Say in plain text which claims a study can test, before any analysis.

    No outcome after baseline is used: such scores are blanked before anything is counted.

    Parameters
    ----------
    config_path : Path
        The study's config.
    root : Path
        The project's folder, with ``config`` and the files that the study names.

    Returns
    -------
    str
        One paragraph a claim.

    Raises
    ------
    StudyError
        With every problem of the config and of the tables.
    """
    config = read_config(config_path)
    registry = load_instruments(root / "config" / "instruments.yaml")
    problems = check_config(config, file=str(config_path), known_instruments=set(registry))
    if problems:
        raise StudyError(problems)
    tables = blank_outcomes(read_study(config, root, ranges(registry)), config)
    plan = resolve_plan(
        yaml.safe_load((root / "config" / "claims.yaml").read_text(encoding="utf-8")), config
    )
    cohort = select_cohort(tables, config)
    sizes = {key: Design.from_json(one) for key, one in designs(cohort.tables, config).items()}
    found = capabilities(tables, config)
    lines = [f"{config['title']}: what this study can test", ""]
    for key in plan["claims"]:
        lines += _claim_lines(key, plan, found, sizes)
    return "\n".join(lines)


def blank_outcomes(tables: Tables, config: Mapping[str, Any]) -> Tables:
    """Replace every score after the baseline window by the same constant: the score was there.

    Items of such assessments are replaced too, so that nothing of an outcome's size is left.
    """
    if "assessments" not in tables or "baseline" not in config:
        return tables
    rows = tables["assessments"]
    later = ~(rows["day"] <= config["baseline"]["window"][1]).fillna(False).astype(bool)
    blanked = {
        **tables,
        "assessments": rows.assign(score=rows["score"].mask(later & rows["score"].notna(), 0.0)),
    }
    if "items" in tables:
        items = tables["items"]
        after = items["assessment_id"].isin(rows.loc[later, "assessment_id"])
        value = items["value"].mask(after & items["value"].notna(), 0.0)
        blanked["items"] = items.assign(value=value)
    return blanked


def _claim_lines(
    key: str, plan: Mapping[str, Any], found: dict[str, Any], sizes: Mapping[str, Design]
) -> list[str]:
    claim = plan["claims"][key]
    obstacles = {
        part: find_obstacle(key, part, plan, lambda need: supports(found, need))
        for part in claim["parts"]
    }
    lines = [f"{key} ({claim['title']})"]
    for part, obstacle in obstacles.items():
        lines.append(f"  {part}: {f'NOT TESTABLE: {obstacle[1]}' if obstacle else 'testable'}")
    if any(one and one[0] != INSTRUMENT_ABSENT for one in obstacles.values()):
        lines.append(f"  to unlock, collect {claim['unlock']}")
    return [*lines, *_reach_lines(key, claim, plan, sizes), ""]


def _reach_lines(
    key: str, claim: Mapping[str, Any], plan: Mapping[str, Any], sizes: Mapping[str, Design]
) -> list[str]:
    if claim["kind"] != "comparison":
        return []
    contrast, _ = find_contrast(key, claim, plan["design"])
    reach = find_reach(claim, sizes.get(str(contrast)), plan)
    if contrast is None or reach is None:
        return []
    if "problem" in reach:
        return [f"  chances: none: {reach['problem']}"]
    percent = {name: f"{100 * value:.0f}%" for name, value in reach.items()}
    return [
        f"  if the formats truly do not differ: SUPPORTED {percent['supported_if_zero']}, "
        f"INCONCLUSIVE {percent['inconclusive_if_zero']}, "
        f"CONTRADICTED {percent['contradicted_if_zero']}; "
        f"equivalence shown {percent['equivalent_if_zero']}",
        f"  if group is truly worse by the margin: SUPPORTED {percent['supported_at_margin']}",
    ]
