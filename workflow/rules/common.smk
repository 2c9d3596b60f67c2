# What all rules share: the checked config, the resolved plan, which code a rule depends on,
# the log of the plan before anything runs, and the account of why jobs ran.
# needs: config (one study), config/claims.yaml, config/instruments.yaml, data/raw/evidence
# gives: PLAN, TABLES, INSTRUMENTS, code(), settings(), and the handlers

import os
import re
import sys
from pathlib import Path

import yaml

from analysis.claims.chain import read_log
from analysis.claims.plan import claim_hashes, plan_hash, reads_design, resolve_plan
from analysis.claims.plan_log import State, claim_status, record_plan, record_report
from analysis.claims.versions import code_commit, code_digest, data_digest
from analysis.dependencies import dependencies
from analysis.effects.asked import fidelity_claims, program_claims, retention_claims
from analysis.study.config import check_config
from analysis.study.made import simulated_over_others
from analysis.study.problems import StudyError

ROOT = Path(os.path.relpath(workflow.basedir))
CLAIMS = ROOT / "config" / "claims.yaml"
INSTRUMENTS = str(ROOT / "config/instruments.yaml")
EVIDENCE = ROOT / "data" / "raw" / "evidence"
PACKAGE = ROOT / "src" / "analysis"


def stop_on_problems():
    """End with one clear text, before any job, where the config cannot be used."""
    shown = f"config/studies/{config.get('study', '')}.yaml"
    known = set(
        yaml.safe_load(Path(INSTRUMENTS).read_text(encoding="utf-8"))["instruments"]
    )
    problems = check_config(config, file=shown, known_instruments=known)
    problems = problems or simulated_over_others(config, Path())
    if problems:
        print(StudyError(problems).report(), file=sys.stderr)
        raise SystemExit(1)


def code(script):
    """List the source files that a script needs, so that editing them reruns what it must."""
    path = ROOT / "workflow" / "scripts" / f"{script}.py"
    return [str(one) for one in dependencies(path, ROOT / "src")]


def settings(*keys):
    """Take some keys of the study's config, for a rule's params."""
    return {key: config[key] for key in keys if key in config}


def declared_files():
    """List the declared files that exist; validate_study reports the others with all else."""
    if "simulate" in config:
        return [f"data/raw/{config['study']}/{table}.csv" for table in TABLES]
    return [path for path in config["tables"].values() if Path(path).exists()]


def answer_key(study):
    """Return the answer key of a synthetic study, an empty list for others."""
    return f"data/raw/{study}/truth.json" if "simulate" in config else []


def plan_for(claim):
    """Take from the plan what judging one claim needs, so that no other change re-judges it."""
    entry = PLAN["claims"][claim]
    tables = {part["table"] for part in entry["parts"].values() if "table" in part}
    return {
        "article": PLAN["article"],
        "assumptions": PLAN["assumptions"] if entry["kind"] == "comparison" else {},
        "decision_tables": {
            name: PLAN["decision_tables"][name] for name in sorted(tables)
        },
        "claims": {claim: entry},
        "design": PLAN["design"] if reads_design(entry) else {},
    }


def examined_by(*keys):
    """Take from the plan what the primary comparison is examined by."""
    return {key: PLAN["claims"][EXAMINED_CLAIM][key] for key in keys}


def deciding_table():
    """Take the decision table of the part that decides the examined claim."""
    parts = PLAN["claims"][EXAMINED_CLAIM]["parts"].values()
    name = next(part["table"] for part in parts if part.get("decides"))
    return PLAN["decision_tables"][name]


def specified(claim):
    """Return the table of a claim's declared specifications, an empty list for others."""
    table = "results/{study}/private/examined/specifications.parquet"
    return table if "specifications" in PLAN["claims"][claim] else []


def planned(claim):
    """Return whether a claim was in the log, as it is now, before outcomes were first read."""
    return claim_status(read_log(PLAN_LOG), claim, claim_hashes(PLAN)[claim])


def state():
    """Name the plan, the data and the code that this run's results depend on."""
    return State(
        plan_hash(PLAN), data_digest(config), code_digest(PACKAGE), code_commit(PACKAGE)
    )


SETTINGS_CHANGED = "its settings in the plan or in the study's config changed"


def shorten(reason, most=3):
    """Shorten a reason's lists of files to the first few names, and its settings to a word."""
    reason = re.sub(
        r"Params have changed since last execution: .*", SETTINGS_CHANGED, reason
    )
    parts = []
    for part in reason.split("; "):
        head, _, names = part.partition(": ")
        files = names.split(", ")
        more = f" and {len(files) - most} more" if len(files) > most else ""
        parts.append(f"{head}: {', '.join(files[:most])}{more}" if names else head)
    return "; ".join(parts)


def why_jobs_ran(logs):
    """Turn the reasons in Snakemake's log into why.txt: one line a job, in words."""
    text = "".join(
        Path(one).read_text(encoding="utf-8") for one in logs if Path(one).exists()
    )
    jobs = re.findall(r"(?m)^(?:local)?rule\s(\w+):\n((?:    .+\n)+)", text)
    lines = []
    for rule, details in jobs:
        reason = re.search(r"^    reason: (.+)$", details, flags=re.MULTILINE)
        wildcards = re.search(r"claim=(\w+)", details)
        name = f"{rule} ({wildcards[1]})" if wildcards else rule
        words = shorten(reason[1]) if reason else "no reason recorded"
        lines.append(f"{name}: {words}")
    target = Path("results") / config["study"] / "logs" / "why.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        "What ran in the last run that did anything, and why.\n\n"
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


if workflow.is_main_process:
    stop_on_problems()

PLAN = resolve_plan(
    yaml.safe_load(CLAIMS.read_text(encoding="utf-8")),
    config,
    yaml.safe_load((EVIDENCE / "judges.yaml").read_text(encoding="utf-8"))["claims"],
)
PLAN_LOG = Path("results") / config["study"] / "plan_log.jsonl"
TABLES = list(config["tables"])
DESCRIBED = [
    "flow",
    "baseline",
    "trajectories",
    "outcomes",
    "missing",
    "session_length",
    "group_size",
    "weekly_hours",
    "attendance",
]
PUBLISHED = [
    "evidence",
    "evidence_listed",
    "head_to_head",
    "clustering",
    "format_trap",
    "citations",
]
# The claim whose margin, deciding models and specifications the primary comparison is examined by.
EXAMINED_CLAIM = "effectiveness"
EXAMINED = [
    "intercurrent",
    "overlap",
    "population",
    "responders",
    "falsification",
    "dose",
    "dose_checks",
    "dose_curve",
    "dose_surface",
]
# What is estimated without the margin, and what comes of it once held against it.
UNJUDGED = ["specifications", "strength", "arm_change"]
# What is shown of the unseen, and what waits for the margin.
MISSING = ["plausible", "visits", "missingness", "courses"]
UNHELD = ["ladder", "tipping"]
JUDGED = ["specifications", "unmeasured", "contour", "assay", "arm_change", *UNHELD]
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
FIDELITY = fidelity_claims(PLAN["claims"])
PROGRAM = program_claims(PLAN["claims"])
RETENTION = retention_claims(PLAN["claims"])


wildcard_constraints:
    study=re.escape(config["study"]),
    claim="[a-z][a-z0-9_]*",


onstart:
    record_plan(PLAN_LOG, PLAN, state())


onsuccess:
    why_jobs_ran(log)
    record_report(PLAN_LOG.parent)


onerror:
    why_jobs_ran(log)
    record_report(PLAN_LOG.parent)
