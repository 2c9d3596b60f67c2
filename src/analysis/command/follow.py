"""Run Snakemake and follow it: one line a step, and a failed step's own words."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def run_pipeline(study: str, cores: str, rest: list[str]) -> int:
    """Run the workflow on one study, showing its steps; return Snakemake's exit code.

    Parameters
    ----------
    study : str
        Name of a study in config/studies.
    cores : str
        A number, or ``all``.
    rest : list of str
        Further words for Snakemake.
    """
    command = [sys.executable, "-m", "snakemake", "--config", f"study={study}"]
    command += ["--cores", cores, *rest]
    said: list[str] = []
    interrupted: list[int] = []
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    ) as process:
        assert process.stderr is not None
        before = signal.signal(signal.SIGINT, lambda number, _: interrupted.append(number))
        for step in steps(process.stderr, said):  # Snakemake hears an interrupt, and ends itself
            print(step, flush=True)
    signal.signal(signal.SIGINT, before)
    output = "".join(said)
    if interrupted:
        return 130
    if process.returncode:
        print(explain(output), file=sys.stderr)
    elif "Nothing to be done" in output:
        print("  Nothing to be done: all results are up to date.")
    return process.returncode


def steps(lines: Iterable[str], said: list[str]) -> Iterator[str]:
    """Yield one line a started step and a count of those done; keep all lines in `said`."""
    rule = ""
    for line in lines:
        said.append(line)
        if found := re.match(r"(?:local)?rule (\w+):", line):
            rule = found[1]
        elif found := re.match(r"    wildcards: .*claim=(\w+)", line):
            rule = f"{rule} ({found[1]})"
        elif line.startswith("    resources: "):
            yield f"  started  {rule}"
        elif found := re.match(r"(\d+) of (\d+) steps", line):
            yield f"  {found[1]} of {found[2]} steps done"


FAILED = re.compile(r"^Error in rule \w+:(?:\n    .+)*?\n    log: (\S+)", re.MULTILINE)
NOISE = re.compile(r"^    (?:input|jobid|resources|message): .*\n", re.MULTILINE)


def explain(output: str) -> str:
    """Return the logs of the steps that failed; where they are empty, what Snakemake said."""
    logs = [Path(log) for log in dict.fromkeys(FAILED.findall(output))]
    texts = [log.read_text(encoding="utf-8").strip() for log in logs if log.exists()]
    if not any(texts):
        return NOISE.sub("", output)
    where = ", ".join(map(str, logs))
    return "\n" + "\n\n".join(texts) + f"\n\nThe run stopped there. This text is also in {where}."
