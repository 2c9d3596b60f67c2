"""The verb ``prepare``: turn a user's own files into a study's tables, as their map says."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from analysis.intake.prepare import in_words, prepare_study
from analysis.study.lock import held
from analysis.study.safekeeping import OWNER_ONLY


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Write data/raw/NAME and say what is in it; nothing is written where anything is wrong."""
    os.umask(OWNER_ONLY)
    with held(options.name):
        done = prepare_study(options.name, options.source, Path(), _say, options.map)
    print(in_words(options.name, done))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
