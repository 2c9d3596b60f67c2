"""Numbers of a plan that contradict each other: decision tables, margins, windows, thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.claims.decide import OTHERWISE, numbers_needed, read_condition
from analysis.measures.instruments import Registry
from analysis.study.problems import nearest

Finding = tuple[str, str, str, str]  # key, expected, found, remedy
Entry = Mapping[str, Any]
# Limits of two values: which of the two, that passes or that fails, is the larger.
RISING = ("main", "higher", "preference", "weight_ratio", "trimmed", "balance", "weight_mean")


def table_findings(key: str, table: Entry) -> Iterator[Finding]:
    """Yield what is wrong with a decision table of the right shape."""
    rows = table["rows"]
    for number, row in enumerate(rows, start=1):
        place = f"{key}.rows.{number}.when"
        try:
            read_condition(row["when"])
        except ValueError as error:
            remedy = "Compare low, high, margin, threshold or a number by > < >= <=, with and, or."
            yield place, "a condition", str(error), remedy
        else:
            if (row["when"].strip() == OTHERWISE) != (number == len(rows)):
                remedy = "End the table with one row `when: otherwise`."
                yield place, "`otherwise` in the last row alone", "another order", remedy
    reasons = [row["reason"] for row in rows]
    for reason in sorted({one for one in reasons if reasons.count(one) > 1}):
        yield f"{key}.rows", "each reason once", f"{reason} twice", "Rename one of the two."


def needed_by(table: Entry) -> set[str]:
    """Return the numbers that a sound decision table reads."""
    return set().union(*(numbers_needed(row["when"]) for row in table["rows"]))


def limit_findings(limits: Entry) -> Iterator[Finding]:
    """Yield where the two values of a limit, or its days, are in the wrong order."""
    for group, named in limits.items():
        for name, one in named.items():
            value = one["value"] if isinstance(one["value"], list) else []
            falls = len(value) == 2 and name not in (*RISING, "waves")
            if sorted(value, reverse=falls) != value:
                expected = "the larger value first" if falls else "the smaller value first"
                yield f"limits.{group}.{name}", expected, "another order", "Swap them."


def window_findings(key: str, window: Entry) -> Iterator[Finding]:
    """Yield where a window is empty or open at both ends."""
    low, high = window["low"], window["high"]
    if low is None and high is None:
        yield key, "a lowest or a highest value", "neither", "Write low, high or both."
    elif None not in (low, high) and low > high:
        yield key, "low before high", "high before low", "Swap the two."


def margin_findings(
    key: str, margin: Entry, registry: Registry, sources: set[str]
) -> Iterator[Finding]:
    """Yield where the keys of a margin contradict each other or name what is not there."""
    ways = [one for one in ("value", "standardised", "published") if one in margin]
    if not ways or ("published" in ways and len(ways) > 1):
        remedy = "Write value, standardised or both; or published alone."
        yield key, "one way of fixing the margin", f"{len(ways)} of them", remedy
    if "published" in margin and margin["published"] not in sources:
        remedy = (
            f"{nearest(margin['published'], sources)}Name an id of data/raw/evidence/facts.csv."
        )
        yield f"{key}.published", "a published fact", "an unknown id", remedy
    if "published" not in margin and "source" not in margin:
        yield f"{key}.source", "where the margin comes from", "no such key", "Add the key."
    if "value" in margin and "unit" not in margin:
        yield f"{key}.unit", "the unit of the value", "no such key", "Add the key."
    if "instrument" in margin:
        yield from _in_points(key, margin, registry)
    elif str(margin.get("unit", "")).endswith(" points"):
        yield f"{key}.instrument", "the instrument of the points", "no such key", "Add the key."
    if margin.get("unit") == "share" and margin.get("value", 0) >= 1:
        yield f"{key}.value", "a share less than 1", "a larger number", "Write 0.1 for 10%."


def _in_points(key: str, margin: Entry, registry: Registry) -> Iterator[Finding]:
    name = margin["instrument"]
    if name not in registry:
        remedy = f"{nearest(name, registry)}Name one of config/instruments.yaml."
        yield f"{key}.instrument", "a known instrument", "an unknown one", remedy
        return
    if margin.get("unit", f"{name} points") != f"{name} points":
        remedy = "Write the margin anew in points of the instrument."
        yield f"{key}.unit", f"{name} points, as the instrument says", "another unit", remedy
    low, high = registry[name].range
    if not margin.get("value", 0) < max(high - low, high):
        remedy = "A margin is a small part of the scale."
        yield f"{key}.value", f"less than the scale of {name} is wide", "a larger number", remedy


def untreated_findings(key: str, claim: Entry, registry: Registry) -> Iterator[Finding]:
    """Yield where the change of untreated people is in other points than the claim's margin."""
    yield from _in_points(key, claim["untreated"], registry)
    instrument = claim.get("margin", {}).get("instrument")
    if instrument not in (None, claim["untreated"]["instrument"]):
        remedy = "Write both in points of one instrument."
        yield f"{key}.instrument", "the instrument of the margin", "another one", remedy


def comparison_findings(key: str, claim: Entry) -> Iterator[Finding]:
    """Yield what is wrong with the numbers of a comparison of two formats."""
    for name in [
        one for one in ("value", "sd", "instrument", "unit") if one not in claim["margin"]
    ]:
        remedy = "A comparison's margin is in points of one instrument, with its SD. Add the key."
        yield f"{key}.margin.{name}", "a value", "no such key", remedy
    if claim["unseen"]["fewest"] > claim["unseen"]["most"]:
        yield f"{key}.unseen.most", "at least `fewest`", "a smaller number", "Swap the two."
    yield from _deltas(f"{key}.delta_range", claim["delta_range"])
    for assignment, listed in claim["specifications"].items():
        place = f"{key}.specifications.{assignment}"
        names = [one["name"] for one in listed]
        for name in sorted({one for one in names if names.count(one) > 1}):
            yield place, "each name once", f"{name} twice", "Rename one of the two."
        for number, one in enumerate(listed, start=1):
            first, last = one.get("window", (0, 0))
            if first > last:
                here = f"{place}.{number}.window"
                yield here, "[first day, last day]", "the last day first", "Swap the two."


def _deltas(key: str, declared: Entry) -> Iterator[Finding]:
    """Yield where a delta range leaves out the unseen as imputed."""
    for role in ("comparison", "reference"):
        low, high = declared[role]
        if not low <= 0 <= high:
            remedy = "Write [least, most] with 0, the unseen as imputed, between or at the ends."
            yield f"{key}.{role}", "a range that holds 0", "another range", remedy
