"""The verb ``verify``: recompute what can be, and say what is not as the record says."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from analysis.claims.chain import read_log
from analysis.claims.plan_log import judged_otherwise, verdicts_of
from analysis.command.names import study_config
from analysis.disclosure.record import differences, recorded_data
from analysis.study.config import read_config
from analysis.study.lock import held
from analysis.study.stamps import declared_files, digests


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Print every difference; return 1 if there is any."""
    with held(options.study):
        found = list(verify(options.study))
    for line in found:
        print(line)
    if not found:
        print(f"{options.study}: public files, data and the plan's log are as the record says.")
    return int(bool(found))


def verify(study: str) -> Iterator[str]:
    """Yield what differs between a study's results, its record, its data and its plan's log.

    Parameters
    ----------
    study : str
        Name of a study; the working directory is the project's folder.
    """
    results = Path("results") / study
    if not results.is_dir():
        yield f"results/{study}: no results; run the report first"
        return
    yield from differences(results)
    config = read_config(study_config(study))
    read = recorded_data(results)
    now = digests(declared_files(config))
    for table in sorted({*read, *now}):
        if read and read.get(table) != now.get(table):
            yield f"{config['tables'].get(table, table)}: not the file that the results come from"
    log = results / "plan_log.jsonl"
    if not log.is_file():
        yield "plan_log.jsonl: no log of the plan"
    found = read_log(log)
    yield from (f"plan_log.jsonl: {one}" for one in found.faults)
    shown = judged(results / "public" / "claims.json")
    for part in [] if shown is None else judged_otherwise(found, shown):
        yield f"public/claims.json: {part} has another verdict than the log says was reported"


def judged(claims: Path) -> dict[str, str] | None:
    """Return the study's own verdicts; None where the file cannot be read, which is said before."""
    try:
        return verdicts_of(json.loads(claims.read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError):
        return None
