"""The verb ``check``: say, before any analysis, which claims a study can test."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.claims.check import check_study
from analysis.command.follow import run_pipeline
from analysis.pipeline.opening import open_study


def run(options: argparse.Namespace, rest: list[str]) -> int:
    """Make the tables of a simulated study where needed, then print what can be tested."""
    opened = open_study({"study": options.study}, Path())
    if "simulate" in opened.config:
        until = ["--until", "simulate_study", *rest]
        if code := run_pipeline(options.study, options.cores, until):
            return code
    print(check_study(opened.config, opened.plan, Path(), every=options.all, say=_say))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
