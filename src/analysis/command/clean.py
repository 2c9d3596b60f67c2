"""The verb ``clean``: remove what the pipeline made of one study, and nothing else."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from analysis.study.lock import held

MADE = ("private", "public", "logs")


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Remove the study's results; say what else lies there and stays, the plan's log first."""
    folder = Path("results") / options.study
    if folder.is_symlink():
        print(f"{folder} is a link. Nothing was removed: remove what it leads to yourself.")
        return 1
    with held(options.study):
        for name in MADE:
            remove(folder / name)
    left = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    if left:
        print(f"Kept in {folder}: {', '.join(left)}.")
    elif folder.is_dir():
        folder.rmdir()
    return 0


def remove(path: Path) -> None:
    """Remove a folder with all below it; of a link the link, never what it leads to."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
