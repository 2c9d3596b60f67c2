"""Tables of a contrast's design: estimand, who it is about, responders, sensitivity, robustness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.present import numbers, scrutiny_wording
from analysis.present.labels import (
    construct_label,
    plain,
    response_label,
    sentence_case,
    term_label,
)
from analysis.present.public import Public
from analysis.present.tables import Table

ROWS = {
    "population": "Population",
    "strategies": "Strategies compared",
    "exposure": "Arms as",
    "time_zero": "Time zero",
    "outcome": "Outcome and time",
    "intercurrent_events": "Intercurrent events",
    "summary_measure": "Summary measure",
    "interference": "Interference between clients",
    "answers": "Question answered",
    "does_not_answer": "Question not answered",
}
HANDLED = {"treatment_policy": "counted as part of the strategy; the outcome is used whatever came"}


def rows_of(public: Public, name: str, contrast: str) -> list[dict[Any, Any]]:
    """Return the rows of a table that belong to a contrast."""
    frame = public.tables[name]
    if frame.empty:
        return []
    rows: list[dict[Any, Any]] = frame[frame["contrast"] == contrast].to_dict("records")
    return rows


def estimand(public: Public, contrast: str) -> Table | None:
    """Return the estimand that the plan holds for a contrast, element by element."""
    plan = public.plan.get("plan") or {}
    contrasts = (plan.get("design") or {}).get("contrasts") or {}
    known: Mapping[str, Any] = (contrasts.get(contrast) or {}).get("estimand") or {}
    rows = [[name, _words(public, key, known[key])] for key, name in ROWS.items() if key in known]
    if not rows:
        return None
    return Table("The estimand, in target-trial form", ["Element", "Here"], rows)


def _words(public: Public, key: str, value: Any) -> str:
    if key == "strategies":
        said = (f"{public.arm_label(arm)}: {text.rstrip('.')}" for arm, text in value.items())
        return "; ".join(said) + "."
    if key == "intercurrent_events":
        by: dict[str, list[str]] = {}
        for event, handled in value.items():
            by.setdefault(HANDLED.get(handled, plain(handled)), []).append(plain(event))
        return "; ".join(f"{sentence_case(', '.join(v))}: {k}" for k, v in by.items()) + "."
    return sentence_case(plain(value)) if key == "exposure" else str(value)


def intercurrent(public: Public, contrast: str) -> Table | None:
    """Return how many had each intercurrent event before the outcome's day."""
    rows = rows_of(public, "intercurrent", contrast)
    return _wide(public, rows, "event", "Intercurrent events before the outcome’s day", "Event")


def _wide(
    public: Public, rows: list[dict[Any, Any]], key: str, caption: str, head: str
) -> Table | None:
    if not rows:
        return None
    arms = list(dict.fromkeys(row["arm"] for row in rows))
    found = {(row[key], row["arm"]): row for row in rows}
    body = []
    for name in dict.fromkeys(row[key] for row in rows):
        cells = [found.get((name, arm)) for arm in arms]
        shown = [
            f"{numbers.count(one['n'])} of {numbers.count(one['of'])}" if one else numbers.ABSENT
            for one in cells
        ]
        body.append([sentence_case(plain(name)), *shown])
    return Table(caption, [head, *map(public.arm_label, arms)], body)


def received(public: Public, contrast: str) -> Table | None:
    """Return the sessions of each format that each arm attended: who got some of both."""
    frame = public.tables["attendance"]
    entry = public.contrasts[contrast]
    arms = [entry.get(side, "") for side in ("comparison", "reference")]
    if frame.empty or not frame["arm"].isin(arms).any():
        return None
    formats = [one for one in dict.fromkeys(frame["format"]) if one != "all"]
    cells = {(row.arm, row.format): row for row in frame.itertuples()}
    rows = []
    for name in formats:
        shown = [cells.get((arm, name)) for arm in arms]
        rows.append(
            [
                sentence_case(plain(name)),
                *(
                    f"{numbers.count(one.present)} by {numbers.count(one.episodes)} clients"
                    if one is not None
                    else numbers.ABSENT
                    for one in shown
                ),
            ]
        )
    columns = ["Sessions attended", *map(public.arm_label, arms)]
    return Table("What the clients of each arm attended", columns, rows)


def population(public: Public, contrast: str) -> Table | None:
    """Return who the weighted estimate is about, beside the arms and everyone."""
    rows = rows_of(public, "population", contrast)
    if not rows:
        return None
    entry = public.contrasts[contrast]
    arms = [public.arm_label(entry.get(side, side)) for side in ("comparison", "reference")]
    names = ("comparison", "reference", "everyone", "target")
    body = [
        [
            term_label(row["term"]),
            *(
                numbers.percent(row[name]) if "[" in row["term"] else numbers.fixed(row[name], 2)
                for name in names
            ),
            numbers.fixed(row["shift"], 2),
        ]
        for row in rows
    ]
    columns = ["Covariate", *arms, "Everyone", "Overlap population", "Shift in SDs"]
    return Table("Who the weighted estimate is about: means or shares", columns, body)


def responders(public: Public, contrast: str) -> Table | None:
    """Return the standardised risk of each response by arm, and their difference."""
    rows = rows_of(public, "responders", contrast)
    if not rows:
        return None
    entry = public.contrasts[contrast]
    arms = [public.arm_label(entry.get(side, side)) for side in ("comparison", "reference")]
    body = [
        [
            _response(row),
            numbers.percent(row["comparison"], 1),
            numbers.percent(row["reference"], 1),
            numbers.estimate(
                100 * row["value"], (100 * row["ci95_low"], 100 * row["ci95_high"]), "points"
            )
            if row["status"] == "ok"
            else f"{row['status']}: {row['message']}",
            scrutiny_wording.needed(row),
            f"{numbers.count(row['n_used'])} of {numbers.count(row['n_eligible'])}",
        ]
        for row in rows
    ]
    columns = ["Response", *arms, "Difference, positive = better, percentage points [95%]"]
    columns += ["Number needed to treat", "Participants"]
    return Table("Responders by arm, standardised", columns, body)


def _response(row: dict[Any, Any]) -> str:
    label = response_label(row["category"])
    plainly = str(row["model"]).startswith("weighted_proportions")
    return f"{label} (weighted proportions: too few for a model)" if plainly else label


def benchmarks(public: Public, contrast: str) -> Table | None:
    """Return what a confounder as strong as each measured covariate would do."""
    rows = rows_of(public, "unmeasured", contrast)
    if not rows:
        return None
    body = [
        [
            term_label(row["covariate"]),
            f"{row['bound']} bound",
            numbers.fixed(row["r2_arm"], 3),
            numbers.fixed(row["r2_outcome"], 3),
            numbers.number(row["bias"], row["unit"]),
            f"{numbers.number(row['start'], row['unit'])} to "
            f"{numbers.number(row['bound_after'], row['unit'])}",
        ]
        for row in rows
    ]
    columns = ["As strong as", "End of the 90% interval", "Partial R² with arm"]
    columns += ["Partial R² with outcome", "Bias", "Moves the bound from"]
    return Table("An unmeasured confounder as strong as a measured covariate", columns, body)


def controls(public: Public, contrast: str) -> Table | None:
    """Return the falsification tests."""
    rows = rows_of(public, "falsification", contrast)
    if not rows:
        return None
    body = [
        [
            f"{sentence_case(plain(row['kind']))}: {construct_label(row['construct'])} "
            f"({row['instrument']})",
            numbers.estimate(row["value"], (row["ci95_low"], row["ci95_high"]), row["unit"])
            if row["status"] == "ok"
            else f"{row['status']}: {row['message']}",
            scrutiny_wording.flag(row),
        ]
        for row in rows
    ]
    return Table("Falsification tests", ["Control", "Difference [95%]", "Result"], body)


def specifications(public: Public, contrast: str) -> Table | None:
    """Return every declared specification with its verdict, failures included."""
    rows = rows_of(public, "specifications", contrast)
    if not rows:
        return None
    body = [
        [
            sentence_case(str(row["name"])),
            "yes" if row["valid_for_estimand"] else f"no: {row['note']}",
            numbers.estimate(row["value"], (row["ci90_low"], row["ci90_high"]), row["unit"])
            if row["status"] == "ok"
            else f"{row['status']}: {row['message']}",
            str(row["verdict"]) if isinstance(row["verdict"], str) else "",
            f"{numbers.count(row['n_used'])} of {numbers.count(row['n_eligible'])}",
        ]
        for row in rows
    ]
    columns = ["Specification", "Same estimand", "Estimate [90%]", "Verdict", "Participants"]
    return Table("Every declared specification", columns, body)
