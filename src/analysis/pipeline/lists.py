"""What the rules take of a study's config and plan: each depends on no more than it uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.claims.plan import reads_design
from analysis.records.public_tables import public_tables, tables_of

Plan = Mapping[str, Any]

TABLES = tuple(public_tables())
DESCRIBED = tables_of("describe_study")
PUBLISHED = tables_of("read_evidence")
# The claim whose margin, deciding models and specifications the primary comparison is examined by.
EXAMINED_CLAIM = "effectiveness"
EXAMINED = tables_of("examine_comparisons")
# What is estimated without the margin, and what comes of it once held against it.
UNJUDGED = ("specifications", "strength", "arm_change")
# What is shown of the unseen, and what waits for the margin.
MISSING = tables_of("examine_missing")
UNHELD = ("ladder", "tipping")
JUDGED = tables_of("judge_claims")
OF_MISSING = (
    "data_origin",
    "arms",
    "contrasts",
    "outcome",
    "further_outcomes",
    "baseline",
    "instruments",
    "covariates",
    "auxiliary",
)


def take(config: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Take some keys of the study's config, for a rule's params."""
    return {key: config[key] for key in keys if key in config}


def simulated_tables(config: Mapping[str, Any]) -> list[str]:
    """Name the tables that the simulator writes; none where the study's files were received."""
    if "simulate" not in config:
        return []
    return [f"data/raw/{config['study']}/{table}.csv" for table in config["tables"]]


def plan_for(plan: Plan, claim: str) -> dict[str, Any]:
    """Take from the plan what judging one claim needs, so that no other change re-judges it."""
    entry = plan["claims"][claim]
    tables = {part["table"] for part in entry["parts"].values() if "table" in part}
    return {
        "article": plan["article"],
        "assumptions": plan["assumptions"] if entry["kind"] == "comparison" else {},
        "decision_tables": {name: plan["decision_tables"][name] for name in sorted(tables)},
        "claims": {claim: entry},
        "limits": limits(plan, "published"),
        "design": plan["design"] if reads_design(entry) else {},
    }


def examined_by(plan: Plan, *keys: str) -> dict[str, Any]:
    """Take from the plan what the primary comparison is examined by."""
    return take(plan["claims"][EXAMINED_CLAIM], *keys)


def limits(plan: Plan, *groups: str) -> dict[str, Any]:
    """Take groups of the plan's limits, so that a changed one reruns what depends on it."""
    return take(plan["limits"], *groups)


def examined(plan: Plan, config: Mapping[str, Any]) -> dict[str, Any]:
    """Take what the examined claim is judged by: as `claims.examined.judge_examined` takes it."""
    claim = plan["claims"][EXAMINED_CLAIM]
    deciding = next(one for one in claim["parts"].values() if one.get("decides") is True)
    return {
        "table": plan["decision_tables"][deciding["table"]],
        "margin": claim["margin"],
        "asked": claim["assay"]["chance"],
        "bearing": [
            key for key, one in config["contrasts"].items() if EXAMINED_CLAIM in one["claims"]
        ],
    }
