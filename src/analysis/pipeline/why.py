"""Why each job of the last run ran, in words, from what Snakemake logged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

SETTINGS_CHANGED = "its settings in the plan or in the study's config changed"
JOBS = re.compile(r"^(?:local)?rule\s(\w+):\n((?:    .+\n)+)", re.MULTILINE)
REASON = re.compile(r"^    reason: (.+)$", re.MULTILINE)


def shorten(reason: str, most: int = 3) -> str:
    """Shorten a reason's lists of files to the first few names, and its settings to a word."""
    reason = re.sub(r"Params have changed since last execution: .*", SETTINGS_CHANGED, reason)
    parts = []
    for part in reason.split("; "):
        head, _, names = part.partition(": ")
        files = names.split(", ")
        more = f" and {len(files) - most} more" if len(files) > most else ""
        parts.append(f"{head}: {', '.join(files[:most])}{more}" if names else head)
    return "; ".join(parts)


def reasons(text: str) -> list[str]:
    """Return one line a job: the rule, and why it ran."""
    lines = []
    for rule, details in JOBS.findall(text):
        reason = REASON.search(details)
        lines.append(f"{rule}: {shorten(reason[1]) if reason else 'no reason recorded'}")
    return lines


def write_reasons(logs: Iterable[str], target: Path) -> None:
    """Write the reasons of a run's jobs, in Snakemake's own logs, to a file."""
    found = [Path(one) for one in logs if Path(one).exists()]
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in found)
    target.parent.mkdir(parents=True, exist_ok=True)
    heading = "What ran in the last run that did anything, and why."
    target.write_text("\n".join([heading, "", *reasons(text), ""]), encoding="utf-8")
