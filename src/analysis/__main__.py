"""The command line: ``check CONFIG`` and ``fetch-study NAME FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.study.problems import StudyError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 1 with one clear report of all problems."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except StudyError as error:
        print(error.report(), file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    check = verbs.add_parser("check", help="say which claims a study can test")
    check.add_argument("config", type=Path)
    check.set_defaults(action=_check)
    fetch = verbs.add_parser("fetch-study", help="copy and convert an open study's files")
    fetch.add_argument("name")
    fetch.add_argument("source", type=Path)
    fetch.set_defaults(action=_fetch)
    return parser


def _check(options: argparse.Namespace) -> int:
    from analysis.claims.check import check_study

    print(check_study(options.config, Path.cwd()))
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from analysis.study.fetch import fetch_study

    for path in fetch_study(options.name, options.source, Path("data/raw") / options.name):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
