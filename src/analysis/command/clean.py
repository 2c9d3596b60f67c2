"""The verb ``clean``: remove one study's results."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Remove the folder of the study's results."""
    shutil.rmtree(Path("results") / options.study, ignore_errors=True)
    return 0
