"""The verb ``register``: write a registration form of a study, before its outcomes are read."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from analysis.claims.chain import read_log
from analysis.claims.events import State
from analysis.claims.lines import READ, REPORTED
from analysis.claims.plan import plan_hash
from analysis.claims.plan_log import record_plan
from analysis.claims.registration import BY_HAND, Handling, as_text, registration_form
from analysis.claims.versions import code_commit, code_digest, data_digest
from analysis.pipeline.opening import open_study
from analysis.study.lock import hold
from analysis.study.made import keep_others, write_made

PACKAGE = Path(__file__).resolve().parents[1]


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Log the plan as it stands, and write the form with the log's head; no table is opened."""
    hold(options.study)
    opened = open_study({"study": options.study}, Path())
    config, plan = opened.config, opened.plan
    results = Path("results") / options.study
    log = results / "plan_log.jsonl"
    record_plan(log, plan, state_of(config, plan))
    form = registration_form(config, plan, read_log(log).head, handling(config, results))
    folder = results / "registration"
    written = {
        "registration.md": as_text(config["title"], form),
        "registration.json": json.dumps(form, indent=1, ensure_ascii=False) + "\n",
        "protocol.json": json.dumps(plan, indent=1, ensure_ascii=False) + "\n",
    }
    for path in keep_others(folder, written):
        print(f"Filled in or changed by somebody, so kept beside the new one: {path}")
    write_made(folder, {name: text.encode() for name, text in written.items()})
    left = [one["id"] for one in form if BY_HAND in one["answer"]]
    print(
        f"Registration form: {folder / 'registration.md'}\n"
        f"To be filled in by hand: {', '.join(left)}. Then upload it with protocol.json (at "
        "osf.io: the template Real World Evidence), and name its address in the study's config:\n"
        "registration: https://..."
    )
    return 0


def state_of(config: dict[str, Any], plan: dict[str, Any]) -> State:
    """Name the plan, the data and the code as they are."""
    return State(plan_hash(plan), data_digest(config), code_digest(PACKAGE), code_commit(PACKAGE))


def handling(config: dict[str, Any], results: Path) -> Handling:
    """Say how far the data were handled: from the log, and from which files are there."""
    log = read_log(results / "plan_log.jsonl")
    events = {one.get("event") for one in log.entries}
    return Handling(
        files=any(Path(path).exists() for path in config["tables"].values()),
        tables=(results / "private" / "tables").is_dir(),
        outcomes_read=READ in events,
        reported=REPORTED in events,
        faults=log.faults,
    )
