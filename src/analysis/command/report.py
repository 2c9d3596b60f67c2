"""The verb ``report``: run the pipeline on one study and say where its report is."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from analysis.command.follow import run_pipeline


def run(options: argparse.Namespace, rest: list[str]) -> int:
    """Return Snakemake's exit code; `rest` are further words for Snakemake."""
    started = time.monotonic()
    code = run_pipeline(options.study, options.cores, rest)
    page = Path("results") / options.study / "public" / "report" / "report.html"
    if page.exists():
        print(f"\nReport: {page}   ({time.monotonic() - started:.0f} s)")
    return code
