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
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
RUN = (ROOT / ".venv", ROOT / "requirements" / "run.lock")
DEVELOPMENT = (ROOT / ".venv-dev", ROOT / "requirements" / "dev.lock")
Environment = tuple[Path, Path]


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code. STUDY=name is taken as `make` takes it."""
    words = sys.argv[1:] if arguments is None else arguments
    settings = [one for one in words if re.fullmatch(r"(STUDY|CORES)=\S+", one)]
    os.environ.update(one.split("=", 1) for one in settings)
    options, rest = parser().parse_known_args([one for one in words if one not in settings])
    try:
        refuse_unusable_machine()
        return options.action(options, rest)
    except Refusal as refusal:
        print(f"run.py: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on where it stopped.", file=sys.stderr)
        return 130


class Refusal(Exception):
    """A reason for stopping that a person can act on."""


def parser() -> argparse.ArgumentParser:
    """Describe the verbs."""
    top = argparse.ArgumentParser(prog="python run.py", description=__doc__.splitlines()[0])
    verbs = top.add_subparsers(required=True, metavar="VERB")
    for name, action, text, wants_study in VERBS:
        verb = verbs.add_parser(name, help=text, description=text)
        verb.set_defaults(action=action)
        if wants_study:
            verb.add_argument(
                "--study",
                default=os.environ.get("STUDY") or "example",
                help="name of a file in config/studies (or STUDY=name)",
            )
            verb.add_argument("--cores", default=os.environ.get("CORES") or "all")
        if name == "fetch-study":
            verb.add_argument("name", help="bright or reframed")
            verb.add_argument(
                "--from",
                dest="source",
                default=str(ROOT.parent / "shared" / "data"),
                help="folder that holds the study's files",
            )
    return top


def report(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the pipeline on one study and say where its report is."""
    config = study_config(options.study)
    environment = ensure(RUN)
    started = time.monotonic()
    command = ["snakemake", "--cores", options.cores, "--configfile", str(config)]
    code = follow(environment, [*command, "--rerun-incomplete", *rest])
    page = ROOT / "results" / options.study / "public" / "report" / "report.html"
    if page.exists():
        took = time.monotonic() - started
        print(f"\nReport: {page.relative_to(ROOT)}   ({took:.0f} s)")
    return code


def follow(environment: Path, command: list[str]) -> int:
    """Run Snakemake, showing one line a step; on failure show the failed step's own log."""
    process = start(environment, command, stderr=subprocess.PIPE)
    lines, rule = [], ""
    for line in process.stderr:
        lines.append(line)
        if found := re.match(r"(?:local)?rule (\w+):", line):
            rule = found[1]
        elif found := re.match(r"    wildcards: .*claim=(\w+)", line):
            rule = f"{rule} ({found[1]})"
        elif line.startswith("    resources: "):
            print(f"  started  {rule}", flush=True)
        elif found := re.match(r"(\d+) of (\d+) steps", line):
            print(f"  {found[1]} of {found[2]} steps done", flush=True)
    code = process.wait()
    if code:
        print(explain("".join(lines)), file=sys.stderr)
    elif "Nothing to be done" in "".join(lines):
        print("  Nothing to be done: all results are up to date.")
    return code


FAILED = re.compile(r"^Error in rule \w+:(?:\n    .+)*?\n    log: (\S+)", re.MULTILINE)
NOISE = re.compile(r"^    (?:input|jobid|resources|message): .*\n", re.MULTILINE)


def explain(output: str) -> str:
    """Return the logs of the steps that failed; where they are empty, what Snakemake said."""
    logs = [ROOT / log for log in dict.fromkeys(FAILED.findall(output))]
    texts = [log.read_text(encoding="utf-8").strip() for log in logs if log.exists()]
    if not any(texts):
        return NOISE.sub("", output)
    where = ", ".join(str(log.relative_to(ROOT)) for log in logs)
    return "\n" + "\n\n".join(texts) + f"\n\nThe run stopped there. This text is also in {where}."


def check(options: argparse.Namespace, rest: list[str]) -> int:
    """Say, before any analysis, which claims a study can test."""
    config = study_config(options.study)
    environment = ensure(RUN)
    if re.search(r"^simulate:", (ROOT / config).read_text(encoding="utf-8"), flags=re.MULTILINE):
        made = ["snakemake", "--cores", options.cores, "--configfile", str(config)]
        if code := follow(environment, [*made, "--until", "simulate_study"]):
            return code
    return call(environment, ["python", "-m", "analysis", "check", str(config), *rest])


def fetch_study(options: argparse.Namespace, rest: list[str]) -> int:
    """Copy an open study's files into data/raw and convert them."""
    command = ["python", "-m", "analysis", "fetch-study", options.name, options.source, *rest]
    return call(ensure(RUN), command)


def test(_: argparse.Namespace, rest: list[str]) -> int:
    """Run the tests."""
    together = ["-n", "auto", "--dist", "loadgroup"]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread a worker: the cores are taken
    return call(ensure(DEVELOPMENT), ["python", "-m", "pytest", *together, *rest])


def lint(_: argparse.Namespace, rest: list[str]) -> int:
    """Run the style, type and workflow checks."""
    environment = ensure(DEVELOPMENT)
    checks = [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "src", "tests", "workflow", "benchmarks"],
        ["mypy"],
        ["codespell", "README.md", "CONTRIBUTING.md", "docs", "src", "workflow", "config"],
        ["snakefmt", "--check", "Snakefile", "workflow"],
        ["snakemake", "--lint"],
    ]
    return max(call(environment, [*one, *rest]) for one in checks)


def benchmark(_: argparse.Namespace, rest: list[str]) -> int:
    """Time the mixed-model engine beside the peers that are installed."""
    return call(ensure(DEVELOPMENT), ["python", "benchmarks/mixed_models.py", *rest])


def notebook(_: argparse.Namespace, rest: list[str]) -> int:
    """Open the notebooks beside the results."""
    return call(ensure(RUN), ["jupyter", "notebook", "notebooks", *rest])


def clean(options: argparse.Namespace, _: list[str]) -> int:
    """Remove one study's results."""
    shutil.rmtree(ROOT / "results" / options.study, ignore_errors=True)
    return 0


VERBS = [
    ("report", report, "run the pipeline and write the report", True),
    ("check", check, "say which claims a study can test, before any analysis", True),
    ("fetch-study", fetch_study, "copy and convert an open study's files", False),
    ("test", test, "run the tests", False),
    ("lint", lint, "run the style, type and workflow checks", False),
    ("benchmark", benchmark, "time the engine beside its peers", False),
    ("notebook", notebook, "open the notebooks", False),
    ("clean", clean, "remove one study's results", True),
]


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


def study_config(study: str) -> Path:
    """Return the study's config file, or say which studies there are."""
    config = ROOT / "config" / "studies" / f"{study}.yaml"
    if not config.exists():
        known = ", ".join(sorted(path.stem for path in config.parent.glob("*.yaml")))
        raise Refusal(f"no study '{study}': config/studies holds {known}.")
    return config.relative_to(ROOT)


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
