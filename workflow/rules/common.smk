# What all rules share: the checked config, the resolved plan, which code a rule depends on,
# the log of the plan before anything runs, and the account of why jobs ran.
# needs: the study's name, config/studies/NAME.yaml, config/claims.yaml, config/instruments.yaml,
# data/raw/evidence/judges.yaml
# gives: config, PLAN, TABLES, INSTRUMENTS, code(), watched(), settings(), and the handlers

import os
import re
import sys
from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from snakemake.cli import parse_args

from analysis.claims.asked import fidelity_claims, program_claims, retention_claims
from analysis.claims.chain import read_log
from analysis.claims.events import State
from analysis.claims.plan import claim_hashes, plan_hash
from analysis.claims.plan_log import claim_status, record_plan, record_report
from analysis.claims.versions import code_commit, code_digest, data_digest
from analysis.dependencies import dependencies
from analysis.disclosure.record import altered
from analysis.pipeline import lists
from analysis.pipeline.lists import (
    DESCRIBED,
    EXAMINED,
    JUDGED,
    MISSING,
    OF_MISSING,
    PUBLISHED,
    UNHELD,
    UNJUDGED,
)
from analysis.pipeline.opening import (
    choose_study,
    keep_for_jobs,
    open_for_job,
    open_study,
)
from analysis.pipeline.readiness import look, prepare
from analysis.pipeline.why import write_reasons
from analysis.study.lock import release
from analysis.study.problems import Busy, StudyError
from analysis.study.safekeeping import OWNER_ONLY
from analysis.study.stamps import declared_files, is_stamped, write_stamp

os.umask(OWNER_ONLY)  # every job inherits it

ROOT = Path(os.path.relpath(workflow.basedir))
INSTRUMENTS = ancient(str(ROOT / "config/instruments.yaml"))
EVIDENCE = ROOT / "data" / "raw" / "evidence"
PACKAGE = ROOT / "src" / "analysis"


LOOKS = """dryrun lint list_rules list_target_rules list_untracked print_compilation dag rulegraph
filegraph d3dag summary detailed_summary list_changes list_input_changes list_params_changes
list_conda_envs unlock""".split()


def only_looks():
    """Return whether Snakemake was asked for what runs no job: then nothing may be written."""
    if not workflow.is_main_process:
        return False
    with redirect_stderr(StringIO()):  # it says again which profile it reads
        _, asked = parse_args(sys.argv[1:])
    return any(getattr(asked, one, None) not in (None, False) for one in LOOKS)


ONLY_LOOKS = only_looks()


def opened():
    """Open the study, or end with one clear text before any job; a job takes what the run opened."""
    from_file = bool(workflow.overwrite_configfiles)
    try:
        if workflow.is_main_process:
            found = open_study(config, ROOT, from_file=from_file)
            for line in (look if ONLY_LOOKS else prepare)(found.config):
                print(line, flush=True)
            return found
        return open_for_job(
            Path("results") / choose_study(config, from_file) / OPENED_FILE
        )
    except (StudyError, Busy) as error:
        print(error, file=sys.stderr)
        raise SystemExit(1)


OPENED_FILE = "private/opened.json"
OPENED = opened()
PLAN = OPENED.plan
RESULTS = Path("results") / OPENED.study
CLAIM_HASHES = claim_hashes(PLAN)
PLAN_LOG = RESULTS / "plan_log.jsonl"

config.clear()
config.update(OPENED.config)

TABLES = list(config["tables"])
FIDELITY = fidelity_claims(PLAN["claims"])
PROGRAM = program_claims(PLAN["claims"])
RETENTION = retention_claims(PLAN["claims"])

settings = partial(lists.take, config)
plan_for = partial(lists.plan_for, PLAN)
examined_by = partial(lists.examined_by, PLAN)
limits = partial(lists.limits, PLAN)


ELSEWHERE = TemporaryDirectory() if ONLY_LOOKS else None
AGAIN = altered(RESULTS) if ONLY_LOOKS else {}


def watched(name, files):
    """Return a stamp that changes when the content of some files does.

    Rules read it beside the files, whose dates say nothing: a new version may be the older file.
    A look finds a new stamp elsewhere, so that the plan of jobs is what a run's would be.
    """
    files = {Path(one).as_posix(): Path(one) for one in files}
    stamp = RESULTS / "private" / "stamps" / f"{name}.json"
    if ONLY_LOOKS and not is_stamped(stamp, files):
        stamp = Path(ELSEWHERE.name) / f"{name}.json"
    if workflow.is_main_process:
        write_stamp(stamp, files)
    return str(stamp)


def receipt(step):
    """Return the receipt of a step that publishes; for a look at altered files, one to be made."""
    again = "again/" if step in AGAIN else ""
    return f"results/{{study}}/private/published/{again}{step}.json"


def code(script):
    """Return a stamp of a script and the source files that it needs."""
    path = ROOT / "workflow" / "scripts" / f"{script}.py"
    return watched(f"code/{script}", [path, *dependencies(path, ROOT / "src")])


INSTRUMENTS_STAMP = watched("instruments", [INSTRUMENTS])


def answer_key(study):
    """Return the answer key of a synthetic study, an empty list for others."""
    return f"data/raw/{study}/truth.json" if "simulate" in config else []


def planned(claim):
    """Return whether a claim was in the log, as it is now, before outcomes were first read."""
    return claim_status(read_log(PLAN_LOG), claim, CLAIM_HASHES[claim])


def state():
    """Name the plan, the data and the code that this run's results depend on."""
    return State(
        plan_hash(PLAN), data_digest(config), code_digest(PACKAGE), code_commit(PACKAGE)
    )


wildcard_constraints:
    study=re.escape(OPENED.study),


onstart:
    keep_for_jobs(OPENED, RESULTS / OPENED_FILE)
    record_plan(PLAN_LOG, PLAN, state())


onsuccess:
    write_reasons(log, RESULTS / "logs" / "why.txt")
    record_report(RESULTS)
    release(OPENED.study)


onerror:
    write_reasons(log, RESULTS / "logs" / "why.txt")
    record_report(RESULTS)
    release(OPENED.study)
