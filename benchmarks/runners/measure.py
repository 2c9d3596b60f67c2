"""Times one job several times in this process and prints the result as JSON (for every runner)."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any


def measure(job: Callable[[], dict[str, Any]], repeats: int, seconds: float, **extra: Any) -> None:
    """Run `job` up to `repeats` times or until `seconds` of CPU are spent; print one JSON line."""
    times: list[float] = []
    found: dict[str, Any] = {}
    while len(times) < repeats and sum(times) < seconds:
        start = time.process_time()
        found = job()
        times.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"times": times, "peak_mib": peak, **found, **extra}, sys.stdout)
    print()


def cpu(job: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, and what it gave."""
    start = time.process_time()
    value = job()
    return time.process_time() - start, value
