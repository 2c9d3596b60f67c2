"""The verb ``archive``: set a study's plan log aside, so that a new one begins."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from analysis.claims.chain import HEAD_FILE
from analysis.study.lock import held

LOG = "plan_log.jsonl"


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Rename the log with what belongs to it; say where it is. Nothing is deleted."""
    with held(options.study):
        folder = Path("results") / options.study
        if not (folder / LOG).is_file():
            print(f"{folder} holds no {LOG}: there is nothing to archive.")
            return 1
        kept = folder / "archive" / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S%f")
        kept.mkdir(parents=True)
        for name in (LOG, "plan_log.set_aside", HEAD_FILE):
            if (folder / name).exists():
                (folder / name).rename(kept / name)
    print(
        f"The log is in {kept}. The next report begins a new one, and says that it has no record "
        "from before outcomes were read for as long as results of the old log are there."
    )
    return 0
