"""The instrument registry: `config/instruments.yaml` read, checked and held as frozen records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from analysis.study.documents import read_yaml
from analysis.study.problems import Problem, StudyError
from analysis.study.schema import schema_problems

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = Path(__file__).with_name("instruments.schema.yaml")
EXAMPLE = "a working entry of config/instruments.yaml"
SOURCED = ("sd", "reliability", "cutoff", "reliable_change")


@dataclass(frozen=True)
class Instrument:
    """One scale: what it measures, how it is scored, which way it points.

    The attributes are the keys of the registry, described in `instruments.schema.yaml`; here
    `scored_items` always lists the numbers of the items, and `name` is the instrument's key.
    """

    name: str
    construct: str
    label: str
    items: int
    scored_items: tuple[int, ...]
    item_range: tuple[float, float] | None
    reversed_items: tuple[int, ...]
    scoring: Literal["sum", "mean"]
    max_missing_items: int
    range: tuple[float, float]
    direction: Literal["lower", "higher"]
    sd: float | None
    sd_source: str | None
    reliability: float | None
    reliability_source: str | None
    cutoff: float | None
    cutoff_source: str | None
    reliable_change: float | None
    reliable_change_source: str | None
    response: float | None
    defined_in: Literal["all", "group"]
    licence: str
    source: str
    unverified: tuple[str, ...]


Registry = Mapping[str, Instrument]


def load_instruments(path: Path | str) -> dict[str, Instrument]:
    """Read and check the registry.

    Parameters
    ----------
    path : path
        A file shaped as `config/instruments.yaml`.

    Returns
    -------
    dict of str to Instrument
        In the file's order.

    Raises
    ------
    StudyError
        If the file cannot be read, breaks its schema or contradicts itself; lists every problem.
    """
    return registry_of(read_yaml(path), path)


def registry_of(document: Any, path: Path | str) -> dict[str, Instrument]:
    """Check what was read of a registry, as `load_instruments` does."""
    broken = schema_problems(document, SCHEMA, file=str(path), example=EXAMPLE)
    if broken:
        raise StudyError(broken)
    registry = {name: _instrument(name, entry) for name, entry in document["instruments"].items()}
    broken = [
        Problem(
            file=str(path),
            column=f"instruments.{name}.{key}",
            rows=(),
            expected=expected,
            found="an entry that contradicts another",
            remedy="Correct one of the two in the registry.",
        )
        for name, instrument in registry.items()
        for key, expected in _contradictions(instrument)
    ]
    if broken:
        raise StudyError(broken)
    return registry


def ranges(registry: Registry) -> dict[str, tuple[float, float]]:
    """Return the lowest and highest possible score of each instrument, in points."""
    return {name: instrument.range for name, instrument in registry.items()}


def turned(items: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Return the answers of one instrument's items, those to reversed items turned round."""
    value = items["value"].astype("float64")
    if instrument.item_range is None:
        return value
    reverse = items["item"].isin(instrument.reversed_items)
    return value.mask(reverse, sum(instrument.item_range) - value)


def toward_better(instrument: Instrument) -> int:
    """Return +1 where a higher score is better, -1 where a lower one is.

    A change multiplied by this number is positive when the person improved.
    """
    return 1 if instrument.direction == "higher" else -1


def _instrument(name: str, entry: Mapping[str, Any]) -> Instrument:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    if values["scored_items"] == "all":
        values["scored_items"] = tuple(range(1, values["items"] + 1))
    return Instrument(name=name, **values)


def _contradictions(one: Instrument) -> Iterator[tuple[str, str]]:
    """Yield (key, what was expected) where an entry contradicts another of the same instrument."""
    low, high = one.range
    scored = len(one.scored_items)
    if not low < high:
        yield "range", "the lowest score before the highest"
    if not set(one.scored_items) <= set(range(1, one.items + 1)):
        yield "scored_items", "numbers from 1 to items"
    if not set(one.reversed_items) <= set(one.scored_items):
        yield "reversed_items", "only items that are scored"
    if one.item_range is not None:
        factor = scored if one.scoring == "sum" else 1
        if (one.item_range[0] * factor, one.item_range[1] * factor) != (low, high):
            yield "range", "the range that the scored items and item_range give"
    elif one.reversed_items or one.max_missing_items:
        yield "item_range", "a range where items are reversed or may be missing"
    if one.max_missing_items >= scored:
        yield "max_missing_items", "fewer than the scored items"
    if one.cutoff is not None and not low < one.cutoff <= high:
        yield "cutoff", "a score inside the range"
    if one.reliable_change is not None and one.reliable_change > high - low:
        yield "reliable_change", "no more than the width of the range"
    if one.response is not None and not (one.direction == "lower" and low == 0):
        yield "response", "null unless lower is better and the range starts at 0"
    for key in SOURCED:
        if (getattr(one, key) is None) != (getattr(one, f"{key}_source") is None):
            yield f"{key}_source", f"a source exactly where {key} has a value"
    if not set(one.unverified) <= set(Instrument.__dataclass_fields__) - {"name"}:
        yield "unverified", "keys of the entry"
