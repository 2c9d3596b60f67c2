"""The page on data quality: what was odd, in how many rows of how many, and what was done."""

from __future__ import annotations

from typing import Any

from analysis.present import numbers
from analysis.present.draw_quality import doubts_of
from analysis.present.labels import plain, sentence_case
from analysis.present.public import Public
from analysis.present.tables import Table

CAPTION = (
    "Bar: share of the rows of a table that a doubt is about, with their number. Red: a doubt, "
    "which changed nothing. Blue: done because the study's config says so."
)


def quality_section(public: Public) -> dict[str, Any] | None:
    """Return the section's sentences and table; None where no checks were published."""
    checks = public.tables["quality"]
    if checks.empty:
        return None
    found = doubts_of(public)
    doubts = found[found["severity"] == "doubt"]
    made = checks[checks["severity"] != "declared"]["check"].nunique()
    odd = doubts["check"].nunique()
    texts = [
        f"{numbers.count(made)} checks between columns, tables and answers were made when the data "
        f"came in. "
        + (f"{numbers.count(odd)} found something odd." if odd else "None found anything odd.")
    ]
    if odd:
        texts.append(
            "A doubt never changes data: what was done with such rows is said beside it. Rows that "
            "would have made results wrong were not let in."
        )
    return {"texts": texts, "table": _table(found) if len(found) else None}


def _table(found: Any) -> Table:
    rows = [
        [
            sentence_case(str(row["found"])),
            f"{plain(row['table'])}, {row['column']}",
            f"{numbers.count(row['rows'])} of {numbers.count(row['of'])}",
            str(row["done"]),
            "declared by the study" if row["severity"] == "declared" else str(row["remedy"]),
        ]
        for row in found.to_dict("records")
    ]
    columns = ["What was found", "Where", "Rows", "What was done", "What would mend it"]
    return Table("Doubts about the data", columns, rows)
