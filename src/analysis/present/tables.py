"""Tables of the report: rows of text made from the public tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pandas as pd

from analysis.present import numbers
from analysis.present.claims_view import Claim
from analysis.present.facts import Facts
from analysis.present.labels import (
    construct_label,
    covariate_label,
    model_label,
    part_label,
    plain,
    sentence_case,
)
from analysis.present.public import Public


@dataclass(frozen=True)
class Table:
    """A captioned table; the first cell of each row heads it."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def of_csv(caption: str, csv: str) -> Table:
    """Return the rows behind a figure as they are, with numbers made legible."""
    frame = pd.read_csv(StringIO(csv), keep_default_na=False, na_values=[""])
    columns = [sentence_case(plain(one)) for one in frame.columns]
    return Table(
        caption, columns, [[_cell(v) for v in row] for row in frame.itertuples(index=False)]
    )


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return plain(value)
    if not numbers.is_number(value):
        return numbers.ABSENT
    whole = float(value).is_integer()
    return numbers.fixed(value, 0 if whole else 3 if abs(value) < 1 else 2)


def baseline(public: Public, contrast: str) -> Table | None:
    """Return the baseline table of one contrast: mean (SD) or share in each arm, and difference."""
    frame = public.tables["baseline"]
    frame = frame[frame["contrast"] == contrast] if "contrast" in frame else frame
    if frame.empty:
        return None
    entry = public.contrasts.get(contrast, {})
    arms = [public.arm_label(entry.get(side, side)) for side in ("comparison", "reference")]
    rows, last = [], None
    for row in frame.to_dict("records"):
        name = covariate_label(row["covariate"])
        name += f": {plain(row['level'])}" if row["level"] else ""
        cells = [_baseline_cell(row, side) for side in ("comparison", "reference")]
        shown = numbers.number(row["smd"]) if (row["covariate"], row["smd"]) != last else ""
        last = row["covariate"], row["smd"]
        rows.append([name, *cells, shown])
    caption = (
        f"Before treatment: {entry.get('label', contrast)}. Mean (SD), or share; n in brackets"
    )
    return Table(caption, ["Covariate", *arms, "Standardised difference"], rows)


def _baseline_cell(row: dict[Any, Any], side: str) -> str:
    value, sd, n = (row[f"{side}_{what}"] for what in ("value", "sd", "n"))
    shown = (
        f"{numbers.fixed(value, 2)} ({numbers.fixed(sd, 2)})"
        if numbers.is_number(sd)
        else numbers.percent(value)
    )
    return f"{shown} [{numbers.count(n)}]"


def missing(public: Public) -> Table | None:
    """Return who was observed of those eligible, by construct, arm and time."""
    frame = public.tables["missing"]
    if frame.empty:
        return None
    rows = [
        [
            sentence_case(construct_label(r.construct)),
            public.arm_label(str(r.arm)),
            str(r.time),
            f"{numbers.count(r.n_observed)} of {numbers.count(r.n_eligible)}",
        ]
        for r in frame.itertuples()
    ]
    return Table("Outcomes observed", ["Construct", "Arm", "Time", "Observed"], rows)


def effects(public: Public) -> Table | None:
    """Return every estimate between arms in its own unit."""
    kept = [e for e in public.effects if e.get("contrast") in public.contrasts]
    if not kept:
        return None
    rows = [
        [
            sentence_case(f"{construct_label(e['construct'])} ({e['instrument']}), {e['time']}"),
            public.contrasts[e["contrast"]].get("label", e["contrast"]),
            model_label(e["model"]),
            _value(e),
            numbers.interval(e["ci90"], e["unit"]),
            numbers.interval(e["ci95"], e["unit"]),
            numbers.number(e.get("standardised"), "SD"),
            f"{numbers.count(e['n_used'])} of {numbers.count(e['n_eligible'])}",
        ]
        for e in kept
    ]
    columns = [
        "Outcome",
        "Contrast",
        "Model",
        "Difference",
        "90% interval",
        "95% interval",
        "In SDs",
        "Participants",
    ]
    return Table("Every estimated difference between arms", columns, rows)


def _value(effect: dict[str, Any]) -> str:
    if effect.get("status") == "error":
        return f"error: {effect.get('message') or 'not estimated'}"
    if effect.get("status") == "withheld":
        return f"withheld: {effect.get('message') or 'a check failed'}"
    return numbers.with_unit(effect.get("value"), effect.get("unit") or "")


def parts(claim: Claim) -> Table:
    """Return every part of a claim: statement, estimate, intervals, verdict."""
    rows = []
    for entry in claim.parts:
        unit = entry.get("unit") or ""
        name = sentence_case(part_label(entry["part"]))
        name += " (decides)" if entry.get("deciding") else ""
        rows.append(
            [
                f"{name}. {entry.get('statement') or ''}".strip(),
                numbers.with_unit(entry.get("estimate"), unit),
                numbers.interval(entry.get("ci90"), unit),
                numbers.interval(entry.get("ci95"), unit),
                _together(entry, unit),
                entry["verdict"],
                entry.get("recovered") or "",
            ]
        )
    columns = [
        "Part and its statement",
        "Estimate",
        "90% interval",
        "95% interval",
        "Simultaneous 95% interval",
        "Verdict",
        "Planted truth recovered",
    ]
    shown = [at for at in range(len(columns)) if at not in (4, 6) or any(row[at] for row in rows)]
    columns, rows = [columns[at] for at in shown], [[row[at] for at in shown] for row in rows]
    return Table("What was tested, part by part", columns, rows)


def _together(entry: dict[str, Any], unit: str) -> str:
    if not entry.get("simultaneous"):
        return ""
    ends = numbers.interval(entry["simultaneous"], unit)
    alone = numbers.percent(entry.get("simultaneous_level"), 1)
    return f"{ends} ({entry.get('simultaneous_family')}, each at {alone})"


def one_sided_tests(entry: dict[str, Any], facts: Facts) -> Table | None:
    """Return both one-sided tests behind an equivalence verdict (Schuirmann 1987, TOST).

    At 5% each, they are the 90% interval's two ends against the two margins.
    """
    margin, bounds, unit = entry.get("margin"), entry.get("ci90"), entry.get("unit") or ""
    if entry.get("kind") != "equivalence" or not bounds or not numbers.is_number(margin):
        return None
    low, high = bounds
    p_values = [numbers.p_value(one.get("p")) for one in entry.get("tests") or ()] or [""] * 2
    rows = [
        [
            f"{facts.comparison} worse by the margin or more",
            f"lower end {numbers.number(low, unit)}",
            numbers.number(-margin, unit),
            _rejected(low > -margin),
            p_values[0],
        ],
        [
            f"{facts.comparison} better by the margin or more",
            f"upper end {numbers.number(high, unit)}",
            numbers.number(margin, unit),
            _rejected(high < margin),
            p_values[1],
        ],
    ]
    columns = ["Hypothesis", "90% interval", "Margin", "Result", "p"]
    if not any(p_values):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table("Both one-sided tests (each at 5%)", columns, rows)


def _rejected(rejected: bool) -> str:
    return "rejected" if rejected else "not rejected"


def decision(public: Public, entry: dict[str, Any]) -> Table | None:
    """Return the plan's decision table for an entry, with the row that fired marked."""
    known = (public.plan.get("plan") or {}).get("decision_tables") or {}
    part = (public.plan_of(entry["id"]).get("parts") or {}).get(entry.get("part")) or {}
    found = known.get(part.get("table"))
    if not found:
        return None
    rows = [
        [
            _condition(row["when"]),
            sentence_case(row["says"]),
            row["verdict"],
            "fired" if row["reason"] == entry.get("reason") else "",
        ]
        for row in found["rows"]
    ]
    caption = f"Decision table of the plan. {found.get('why', '')}".strip()
    return Table(caption, ["When", "In words", "Verdict", "Here"], rows)


def _condition(text: str) -> str:
    return text.replace("-margin", f"{numbers.MINUS}margin")


def diagnostics(public: Public, effect_id: str) -> Table | None:
    """Return the checks of one estimate."""
    frame = public.tables["diagnostics"]
    frame = frame[frame["effect_id"] == effect_id] if "effect_id" in frame else frame
    if frame.empty or not effect_id:
        return None
    rows = [
        [sentence_case(plain(r.name_)), _cell(r.value), str(r.status), str(r.text)]
        for r in frame.rename(columns={"name": "name_"}).itertuples()
    ]
    return Table("Checks of the estimate", ["Check", "Value", "Status", "In words"], rows)
