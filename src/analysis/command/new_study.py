"""The verb ``new-study``: begin a study from a folder of files: a config, and a map of guesses."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from analysis.intake.newstudy import in_words, new_study
from analysis.study.safekeeping import OWNER_ONLY


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Write both files and say what was recognised; no row of a file is shown."""
    os.umask(OWNER_ONLY)
    begun = new_study(options.name, options.source, Path(), _say)
    print(in_words(options.name, begun))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
