"""What a config of the right shape says and cannot mean: files, days and names that mislead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.study.problems import nearest

Finding = tuple[str, str, str, str]  # key, expected, found, remedy
ENDINGS = (".csv", ".tsv", ".parquet", ".xlsx", ".sav", ".dta")


def misleading(config: dict[str, Any]) -> Iterator[Finding]:
    """Yield them for a config that follows study.schema.yaml.

    Yields
    ------
    tuple of str
        The dotted key, what is expected there, the kind of thing found, and what to do.
    """
    for table, path in config["tables"].items():
        yield from _file(f"tables.{table}", path)
    yield from _columns(config)
    yield from _arms(config)
    yield from _days(config)
    yield from _constructs(config)


def _file(key: str, path: str) -> Iterator[Finding]:
    if not path.isprintable() or "://" in path or set(path) & set("{}"):
        remedy = "Name a file by its path, without brackets or control characters."
        yield key, "the path of a file", "something else", remedy
    elif not path.lower().endswith(ENDINGS):
        yield key, f"a file that ends in {', '.join(ENDINGS)}", "another file", "Export the table."
    elif Path(path).exists() and not Path(path).is_file():
        yield key, "a file", "a folder or a device", "Name the file itself."


def _columns(config: dict[str, Any]) -> Iterator[Finding]:
    for table, columns in config.get("columns", {}).items():
        for name, count in Counter(columns.values()).items():
            if count > 1:
                remedy = "Give each canonical column a column of its own."
                yield f"columns.{table}", f'"{name}" once', f"it {count} times", remedy


def _arms(config: dict[str, Any]) -> Iterator[Finding]:
    for name, contrast in config["contrasts"].items():
        for side in ("comparison", "reference"):
            arm = contrast[side]
            if arm in config["arms"] and arm not in contrast["clusters"]:
                remedy = "Say what its clients share: therapy_group, primary_therapist or none."
                yield f"contrasts.{name}.clusters.{arm}", "a value", "no such key", remedy


def _days(config: dict[str, Any]) -> Iterator[Finding]:
    before = config.get("baseline", {}).get("window", [None, None])
    for name, contrast in config["contrasts"].items():
        first, last = contrast.get("pre_period", (0, 0))
        if first > last or (
            "pre_period" in contrast and before[0] is not None and last >= before[0]
        ):
            remedy = "Write [first day, last day], both before the baseline's window."
            yield f"contrasts.{name}.pre_period", "days before the baseline", "others", remedy
    asked = Counter((one["construct"], one["day"]) for _, one in _outcomes(config))
    for construct, day in sorted(one for one, count in asked.items() if count > 1):
        found = f"{construct} on day {day} twice"
        yield "further_outcomes", "each outcome once", found, "Keep one of the two."


def _constructs(config: dict[str, Any]) -> Iterator[Finding]:
    bound = config.get("instruments", {})
    for one in [each for each in config.get("auxiliary", ()) if each not in bound]:
        remedy = f"{nearest(one, bound)}Bind it under `instruments`."
        yield "auxiliary", "a construct bound to an instrument", f"{one}, which is not", remedy
    asked = {(one["construct"], one["day"]) for _, one in _outcomes(config)}
    for number, one in enumerate(config.get("published_results", ()), start=1):
        key = f"published_results.{number}"
        if (one["construct"], one["day"]) not in asked:
            remedy = "Name the construct and the day of the outcome or of a further one."
            yield key, "an outcome of the study", "another construct or day", remedy
        low, high = one.get("low", one["value"]), one.get("high", one["value"])
        if not low <= one["value"] <= high:
            yield key, "a value between low and high", "one outside", "Check the three numbers."


def _outcomes(config: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    further = enumerate(config.get("further_outcomes", ()), start=1)
    first = [("outcome", config["outcome"])] if "outcome" in config else []
    return first + [(f"further_outcomes.{number}", one) for number, one in further]
