"""The verb ``fetch-study``: copy an open study's files into data/raw and convert them."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.study.fetch import fetch_study


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Print what was written."""
    for path in fetch_study(options.name, options.source, Path("data/raw") / options.name):
        print(path)
    return 0
