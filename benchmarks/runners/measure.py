"""Times one job several times in this process and prints the result as JSON (for every runner)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measure(job: Callable[[], dict[str, Any]], repeats: int, seconds: float, **extra: Any) -> None:
    """Run `job` up to `repeats` times or until `seconds` of CPU are spent; print one JSON line."""
    times: list[float] = []
    found: dict[str, Any] = {}
    while len(times) < repeats and sum(times) < seconds:
        start = time.process_time()
        found = job()
        times.append(time.process_time() - start)
    json.dump({"times": times, "peak_mib": peak_mib(), **found, **extra}, sys.stdout)
    print()


def peak_mib() -> float | None:
    """Peak resident memory of this program alone (the kernel's own count outlives an exec)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    peak = next(
        line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM")
    )
    return float(peak.split()[1]) / 1024


def cpu(job: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, and what it gave."""
    start = time.process_time()
    value = job()
    return time.process_time() - start, value
