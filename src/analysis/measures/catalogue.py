"""The page docs/instruments.md, from the registry: ``python -m analysis.measures.catalogue``."""

from __future__ import annotations

from pathlib import Path

from analysis.measures.instruments import Instrument, Registry, load_instruments
from analysis.measures.reliable_change import threshold

INTRODUCTION = """\
# Instruments

Written from `config/instruments.yaml` by `python -m analysis.measures.catalogue`; do not edit.
No item text is held in this repository: obtain each instrument under its own terms.

An asterisk, and *recalled*, mark values that were remembered, not read in a source (for a source:
its identifier); the report repeats the mark.
A dash is a value that nobody read. Where no reliable change is published it is computed after
Jacobson and Truax (1991, doi 10.1037/0022-006X.59.1.12) as 1.96 SD sqrt(2 (1 - reliability)),
with the study's own baseline SD where no SD is listed.
"""
HEADER = (
    "| instrument | construct | items | range | better | SD | reliability | cut-off "
    "| reliable change | defined in |"
)


def catalogue(registry: Registry) -> str:
    """Return the page in Markdown: a table of all instruments, then the sources of each."""
    lines = [INTRODUCTION, HEADER, "|" + "---|" * (HEADER.count("|") - 1)]
    lines += [_row(one) for one in registry.values()]
    for one in registry.values():
        lines += ["", *_section(one)]
    return "\n".join(lines) + "\n"


def _row(one: Instrument) -> str:
    low, high = one.range
    cells = {
        "name": f"[{one.name}](#{one.name.lower()})",
        "construct": one.construct,
        "items": str(len(one.scored_items)),
        "range": f"{low:g} to {high:g}",
        "direction": one.direction,
        "sd": _number(one.sd),
        "reliability": _number(one.reliability),
        "cutoff": _number(one.cutoff),
        "reliable_change": _change(one),
        "defined_in": "groups only" if one.defined_in == "group" else "every arm",
    }
    marked = [text + "*" * (key in one.unverified) for key, text in cells.items()]
    return f"| {' | '.join(marked)} |"


def _section(one: Instrument) -> list[str]:
    numbers = ", ".join(str(item) for item in one.reversed_items) or "none"
    asked = f", of {one.items} asked" if one.items > len(one.scored_items) else ""
    lines = [
        f"## {one.name}",
        "",
        f"{one.label}. {one.licence}.",
        "",
        f"- Score: {one.scoring} of {len(one.scored_items)} items{asked}; reversed items: "
        f"{numbers}; missing items allowed: {one.max_missing_items}.",
    ]
    for label, source in (
        ("SD", one.sd_source),
        ("Reliability", one.reliability_source),
        ("Cut-off", one.cutoff_source),
        ("Reliable change", one.reliable_change_source),
        ("Source", one.source),
    ):
        if source is not None:
            lines.append(f"- {label}: {source}.")
    if one.unverified:
        lines.append(f"- Recalled: {', '.join(one.unverified)}.")
    return lines


def _change(one: Instrument) -> str:
    found = threshold(one)
    if found is None:
        return "computed" if one.reliability is not None else "—"
    return (
        f"{found.points:g}"
        if found.basis == "published"
        else f"{found.points:.1f} (computed)" + "*" * found.unverified
    )


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[3]
    page = catalogue(load_instruments(root / "config" / "instruments.yaml"))
    (root / "docs" / "instruments.md").write_text(page, encoding="utf-8")
