"""Make the environment, then do what was asked. Needs only Python 3.11 and its standard library.

`python run.py` lists the verbs. `make VERB` does the same.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

from analysis.__main__ import parse, print_anything  # noqa: E402  these need the standard library only
from analysis.command.environment import Refusal, environment, programs  # noqa: E402

ANALYSIS = [["python", "-m", "analysis"]]  # the verb follows; src/analysis/command does the work
PYTEST = [["python", "-m", "pytest", "-n", "auto", "--dist", "loadgroup"]]
PROSE = ["README.md", "CONTRIBUTING.md", "docs", "src", "workflow", "config"]
CHECKS = [
    ["ruff", "check", "--no-cache", "."],
    ["ruff", "format", "--check", "src", "tests", "workflow", "benchmarks", "run.py"],
    ["mypy"],
    ["codespell", *PROSE],
    ["snakefmt", "--check", "Snakefile", "workflow"],
    ["snakemake", "--lint"],
]
VERBS = {  # verb: its environment (a lock of requirements/), what runs there, in words
    "report": ("run", ANALYSIS, "run the pipeline and write the report"),
    "check": ("run", ANALYSIS, "say which claims a study can test, before any analysis"),
    "register": ("run", ANALYSIS, "write a registration form, before outcomes are read"),
    "fetch-study": ("run", ANALYSIS, "copy and convert an open study's files"),
    "new-study": (
        "run",
        ANALYSIS,
        "begin a study from your own files: a config and a filled-in map",
    ),
    "prepare": ("run", ANALYSIS, "turn your own files into a study's tables, as their map says"),
    "export": ("run", ANALYSIS, "write the analysis set as one documented file (private)"),
    "verify": ("run", ANALYSIS, "say what of a study's results is not as it was recorded"),
    "archive": ("run", ANALYSIS, "set a study's plan log aside, so that a new one begins"),
    "clean": ("run", ANALYSIS, "remove one study's results; its plan log stays"),
    "notebook": ("notebook", [["jupyter", "notebook", "notebooks"]], "open the notebooks"),
    "test": ("dev", PYTEST, "run the tests"),
    "lint": ("dev", CHECKS, "run the style, type and workflow checks"),
    "benchmark": ("dev", [["python", "benchmarks/mixed_models.py"]], "time the engine"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code. STUDY=name is taken as `make` takes it."""
    print_anything()
    words = sys.argv[1:] if arguments is None else arguments
    settings = [one for one in words if re.fullmatch(r"(STUDY|CORES)=\S+", one)]
    os.environ.update(one.split("=", 1) for one in settings)
    verb, rest = chosen([one for one in words if one not in settings])
    name, commands, _ = VERBS[verb]
    os.chdir(ROOT)
    try:
        refuse_unusable_machine()
        if commands is ANALYSIS:
            rest = [verb, *rest]
            parse(rest)  # leaves here, before an environment is made, where words are wrong
        with environment(ROOT, name) as folder:
            codes = [call(folder, [*command, *rest]) for command in commands]
    except Refusal as refusal:
        print(f"run.py: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        codes = [130]
    if 130 in codes:
        print("\nInterrupted. The same command goes on where it stopped.", file=sys.stderr)
    return next((code for code in codes if code), 0)


def chosen(words: list[str]) -> tuple[str, list[str]]:
    """Return the verb and the words after it; list the verbs where none is given."""
    top = argparse.ArgumentParser(
        prog="python run.py",
        description=__doc__.splitlines()[0],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {verb:<14}{row[-1]}" for verb, row in VERBS.items()),
    )
    top.add_argument("verb", choices=VERBS, metavar="VERB", help="one of those below")
    top.add_argument("words", nargs=argparse.REMAINDER, help="what the verb is told further")
    options = top.parse_args(words or ["--help"])
    return options.verb, options.words


def refuse_unusable_machine() -> None:
    """Stop where the pipeline is known not to work, and say what would."""
    if sys.version_info < (3, 11):  # noqa: UP036
        found = ".".join(map(str, sys.version_info[:2]))
        raise Refusal(f"Python 3.11 or newer is needed; this is {found}.")
    if any(character.isspace() for character in str(ROOT)):
        raise Refusal(
            f"the folder's path holds a space ({ROOT}). Snakemake cannot run scripts from "
            "such a path. Move or clone the project to a path without spaces."
        )


def call(folder: Path, command: list[str]) -> int:
    """Run a command with the environment's programs first on the path; return its exit code."""
    path = os.pathsep.join([str(programs(folder)), os.environ.get("PATH", "")])
    variables = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(folder)}
    for name in ("PYTHONHOME", "PYTHONPATH"):  # other packages than those of the lock
        variables.pop(name, None)
    program = shutil.which(command[0], path=path) or command[0]
    process = subprocess.Popen([program, *command[1:]], cwd=ROOT, env=variables)
    before = signal.signal(signal.SIGINT, lambda *_: None)  # the command hears it, and ends itself
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
