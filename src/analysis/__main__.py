"""The verbs that work on a study. Standard library only, until a verb runs."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

from analysis.command.names import name_of_study, study_name
from analysis.study.problems import Busy, StudyError

VERBS = {  # each is a module of analysis.command
    "report": "run the pipeline and write the report",
    "check": "say which claims a study can test, before any analysis",
    "register": "write a registration form, before outcomes are read",
    "fetch-study": "copy and convert an open study's files",
    "new-study": "begin a study from your own files: a config and a map, filled in with guesses",
    "prepare": "turn your own files into a study's tables, as their map says",
    "export": "write the analysis set as one documented file, for a statistician (private)",
    "verify": "recompute the record of one study's results, and say what differs",
    "archive": "set one study's plan log aside, so that a new one begins",
    "clean": "remove one study's results; its plan log stays",
}
OF_A_FOLDER = ("new-study", "prepare")  # verbs on files that lie outside the project


def main(words: list[str]) -> int:
    """Run one verb; return 0, or 1 with one clear report of all problems."""
    print_anything()
    options, rest = parse(words)
    verb = import_module(f"analysis.command.{options.verb.replace('-', '_')}")
    try:
        return int(verb.run(options, rest))
    except (StudyError, Busy) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def print_anything() -> None:
    """Let no character stop a run: what the terminal cannot show is written as its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def parse(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return a verb's options, and further words; leave with code 2 where they cannot be meant.

    A study may be named as `VERB NAME`, `VERB --study NAME` or by the variable STUDY.
    """
    top = argparse.ArgumentParser(prog="python run.py")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text)
        if name == "fetch-study":
            _describe_source(verb)
        elif name in OF_A_FOLDER:
            _describe_folder(verb, name)
        else:
            _describe_study(verb)
        if name == "export":
            _describe_export(verb)
        if name == "check":
            text = "also each part, its chances and what would unlock it"
            verb.add_argument("--all", action="store_true", help=text)
    by_place = words[0] in ("fetch-study", *OF_A_FOLDER)
    named = len(words) > 1 and not by_place and not words[1].startswith("-")
    return top.parse_known_args([words[0], "--study", *words[1:]] if named else words)


def _describe_study(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--study",
        type=study_name,
        default=os.environ.get("STUDY") or "example",
        help="name of a file in config/studies (or just the name, or STUDY=name)",
    )
    verb.add_argument("--cores", default=os.environ.get("CORES") or "all")


def _describe_export(verb: argparse.ArgumentParser) -> None:
    text = "a folder outside the project"
    verb.add_argument("--to", dest="folder", type=Path, required=True, help=text)
    formats = ("csv", "sav", "dta", "parquet")
    verb.add_argument("--as", dest="format", choices=formats, default="csv", help="file format")


def _describe_folder(verb: argparse.ArgumentParser, name: str) -> None:
    verb.add_argument("name", type=name_of_study, help="name of the study")
    text = "your own folder, outside the project, that holds your files"
    verb.add_argument("--from", dest="source", type=Path, required=True, help=text)
    if name == "prepare":
        text = "the map's file in that folder, if not map.xlsx or map.csv"
        verb.add_argument("--map", default="", help=text)


def _describe_source(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", help="bright or reframed")
    verb.add_argument(
        "--from",
        dest="source",
        type=Path,
        default=Path("..") / "shared" / "data",
        help="folder that holds the study's files",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
