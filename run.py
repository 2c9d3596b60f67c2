"""Make the environment, then do what was asked. Needs only Python 3.11 and its standard library.

`python run.py` lists the verbs. `make VERB` does the same.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
RUN = (ROOT / ".venv", ROOT / "requirements" / "run.lock")
DEVELOPMENT = (ROOT / ".venv-dev", ROOT / "requirements" / "dev.lock")
Environment = tuple[Path, Path]

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
VERBS = {  # verb: its environment, what runs there, in words
    "report": (RUN, ANALYSIS, "run the pipeline and write the report"),
    "check": (RUN, ANALYSIS, "say which claims a study can test, before any analysis"),
    "fetch-study": (RUN, ANALYSIS, "copy and convert an open study's files"),
    "clean": (RUN, ANALYSIS, "remove one study's results"),
    "notebook": (RUN, [["jupyter", "notebook", "notebooks"]], "open the notebooks"),
    "test": (DEVELOPMENT, PYTEST, "run the tests"),
    "lint": (DEVELOPMENT, CHECKS, "run the style, type and workflow checks"),
    "benchmark": (DEVELOPMENT, [["python", "benchmarks/mixed_models.py"]], "time the engine"),
}


class Refusal(Exception):
    """A reason for stopping that a person can act on."""


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code. STUDY=name is taken as `make` takes it."""
    words = sys.argv[1:] if arguments is None else arguments
    settings = [one for one in words if re.fullmatch(r"(STUDY|CORES)=\S+", one)]
    os.environ.update(one.split("=", 1) for one in settings)
    verb, rest = chosen([one for one in words if one not in settings])
    environment, commands, _ = VERBS[verb]
    os.chdir(ROOT)
    try:
        refuse_unusable_machine()
        if commands is ANALYSIS:
            rest = [verb, *rest]
            refuse_wrong_words(rest)
        folder = ensure(environment)
        return max(call(folder, [*command, *rest]) for command in commands)
    except Refusal as refusal:
        print(f"run.py: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on where it stopped.", file=sys.stderr)
        return 130


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


def refuse_wrong_words(words: list[str]) -> None:
    """Leave, before an environment is made, where the package would not understand."""
    sys.path.insert(0, str(ROOT / "src"))
    from analysis.__main__ import parse  # needs the standard library only

    parse(words)


def refuse_unusable_machine() -> None:
    """Stop where the pipeline is known not to work, and say what would."""
    if sys.version_info < (3, 11):  # noqa: UP036
        found = ".".join(map(str, sys.version_info[:2]))
        raise Refusal(f"Python 3.11 or newer is needed; this is {found}.")
    if any(character.isspace() for character in str(ROOT)):
        raise Refusal(
            f"the folder's path holds a space ({ROOT}). Snakemake cannot run scripts from such a "
            "path. Move or clone the project to a path without spaces."
        )


def ensure(environment: Environment) -> Path:
    """Create the environment from its lock unless it already matches; return its folder."""
    folder, lock = environment
    stamp = folder / "lock.sha256"
    wanted = hashlib.sha256(lock.read_bytes() + str(ROOT).encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return folder
    if folder.is_symlink():
        raise Refusal(f"{folder.name} is a link to another folder's environment: remove the link.")
    print(
        f"Making {folder.name} from {lock.relative_to(ROOT)} (once; a few minutes) ...", flush=True
    )
    venv.create(folder, with_pip=True, clear=True)
    pip = ["python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = [
        [*pip, "--require-hashes", "-r", str(lock)],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    ]
    for step in steps:
        if call(folder, step):
            raise Refusal("the environment could not be made: see pip's message above.")
    stamp.write_text(wanted, encoding="utf-8")
    return folder


def call(environment: Path, command: list[str]) -> int:
    """Run a command of the environment; return its exit code."""
    return start(environment, command).wait()


def start(environment: Path, command: list[str], **streams) -> subprocess.Popen:
    """Start a command with the environment's programs first on the path."""
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    variables = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(environment)}
    variables.pop("PYTHONHOME", None)
    program = shutil.which(command[0], path=path)
    if program is None:
        raise Refusal(f"{command[0]} is not in {environment.name}.")
    return subprocess.Popen(
        [program, *command[1:]], cwd=ROOT, env=variables, text=True, encoding="utf-8", **streams
    )


if __name__ == "__main__":
    sys.exit(main())
