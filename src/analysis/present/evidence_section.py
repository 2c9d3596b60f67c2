"""The section on published evidence: direct trials, clustering, the trap, the references."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.present import evidence_wording, numbers
from analysis.present.public import Public
from analysis.present.tables import Table

FIGURES = ("head_to_head", "format_trap")
UNIT = "SD"
MAIN, CORRECTED = "h2h.main", "h2h.main_corrected"
TRAP = {
    "group": "group against control, adult depression",
    "individual": "individual against control, adult depression",
    "naive": "difference of subgroups, adult depression",
    "depression": "direct comparison, adult depression",
    "all": "direct comparison, all direct trials",
}


def evidence_section(public: Public) -> dict[str, Any] | None:
    """Return the section's texts and tables; None where no evidence was published.

    Returns
    -------
    dict or None
        ``direct``, ``clustered`` and ``trap`` (paragraphs), ``clustering``, ``citations`` and
        ``named`` (tables) and ``attribution`` (lines).
    """
    marks = public.tables["head_to_head"]
    if marks.empty:
        return None
    pools = {row["id"]: row for row in marks[marks["kind"] == "pool"].to_dict("records")}
    main, corrected = pools.pop(MAIN), pools.pop(CORRECTED)
    return {
        "direct": evidence_wording.direct_trials(
            {
                "k": numbers.count(main["k"]),
                "estimate": _shown(main),
                "prediction": _interval(main, "prediction"),
            },
            [(str(row["label"]), _shown(row)) for row in pools.values()],
        ),
        "clustered": evidence_wording.clustering(_shown(main), _shown(corrected)),
        "trap": trap_text(public.tables["format_trap"]),
        "clustering": clustering(public.tables["clustering"]),
        "citations": citations(public.tables["citations"]),
        "named": named(public),
        "attribution": attribution(public),
    }


def trap_text(frame: pd.DataFrame) -> str:
    """Return the paragraph on the trap; empty where its table was not published."""
    if frame.empty:
        return ""
    rows = {row["comparison"]: row for row in frame.to_dict("records")}
    return evidence_wording.trap({key: _shown(rows[name]) for key, name in TRAP.items()})


def clustering(frame: pd.DataFrame) -> Table | None:
    """Return the pool by assumed intraclass correlation and group size."""
    if frame.empty:
        return None
    rows = [
        [
            numbers.fixed(row["icc"], 2) if row["icc"] else "none, as the trials took it",
            numbers.count(row["group_size"]),
            _shown(row),
            numbers.fixed(row["tau2"], 3),
        ]
        for row in frame.to_dict("records")
    ]
    columns = ["Intraclass correlation", "Members a group", "Pooled difference", "Tau squared"]
    return Table("The pool corrected for clustering, by what is assumed", columns, rows)


def citations(frame: pd.DataFrame) -> Table | None:
    """Return each reference of the article against the sentence that cites it."""
    if frame.empty:
        return None
    rows = [
        [
            f"{row['reference']}. {row['citation']}",
            row["sentence"],
            row["verdict"],
            row["read"],
            row["reason"],
        ]
        for row in frame.to_dict("records")
    ]
    columns = ["Reference", "What the article cites it for", "Does it say so", "Read", "Why"]
    caption = "The article’s references, each judged only against the sentence that cites it"
    return Table(caption, columns, rows)


def named(public: Public) -> Table | None:
    """Return the source named beforehand for every claim, also for those that have no study."""
    frame = public.tables["evidence"]
    if frame.empty:
        return None
    rows = [
        [
            " ".join(one for one in (row["claim"], row["condition"].replace("_", " ")) if one),
            evidence_wording.true_minus(row["statement"]),
            row["answers"] or numbers.ABSENT,
            row["doi"] or numbers.ABSENT,
            row["certainty"] or numbers.ABSENT,
        ]
        for row in frame.to_dict("records")
    ]
    columns = ["Claim", "What it says", "Question that it answers", "DOI", "How sure"]
    return Table("The source named beforehand for each claim", columns, rows)


def attribution(public: Public) -> list[str]:
    """Return whose open data stand behind what was computed here, with their licences."""
    frames = (public.tables[name] for name in ("head_to_head", "format_trap"))
    found = [text for frame in frames if "source" in frame for text in frame["source"].unique()]
    named_here = public.tables["evidence"]
    if not named_here.empty:
        ours = named_here[named_here["obtained"].str.startswith("computed here")]
        found += list(ours["citation"].unique())
    return list(dict.fromkeys(found))


def _shown(row: dict[Any, Any]) -> str:
    return f"{numbers.with_unit(row['estimate'], UNIT)} {_interval(row, 'ci')}"


def _interval(row: dict[Any, Any], name: str) -> str:
    return numbers.interval([row[f"{name}_low"], row[f"{name}_high"]], UNIT)
