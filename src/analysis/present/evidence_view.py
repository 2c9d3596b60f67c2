"""What published evidence says of one claim, as the page shows it beside the study's verdict."""

from __future__ import annotations

from typing import Any

from analysis.present import evidence_wording, numbers, vocabulary
from analysis.present.claims_view import Claim, Entry, direction_of, estimate_text, reason_of
from analysis.present.facts import Facts
from analysis.present.labels import part_label, sentence_case
from analysis.present.public import Public
from analysis.present.tables import Table

AGAINST = "against_published"
DETAILS = {
    "citation": "Source",
    "doi": "DOI",
    "comparator": "Compared with",
    "population": "Population",
    "n_studies": "Studies",
    "obtained": "How obtained",
    "certainty": "How sure",
    "note": "Note",
    "why": "Why this source",
}


def line(claim: Claim) -> str:
    """Return one line on the named source for the first screen; empty where none was judged."""
    entry = deciding(claim)
    if entry is None or claim.external:
        return ""
    return evidence_wording.line(entry, estimate_text(entry))


def deciding(claim: Claim) -> Entry | None:
    """Return the published entry of the part that decides the claim, else the first."""
    part = claim.deciding.get("part")
    first = next(iter(claim.published), None)
    return next((e for e in claim.published if e.get("part") == part), first)


def block(public: Public, claim: Claim) -> dict[str, Any] | None:
    """Return a claim's block on published evidence; None where its entries have none.

    Returns
    -------
    dict or None
        ``answers`` (part, verdict, symbol, text), ``details`` (pairs), ``estimate``,
        ``beside`` (the study against the named source) and ``others`` (a table or None).
    """
    entry = claim.deciding if claim.external else deciding(claim)
    if entry is None or entry.get("literature") is None:
        return None
    literature = entry["literature"]
    shown = [] if claim.external else list(claim.published)
    return {
        "title": entry.get("title") or claim.id,
        "answers": [_answer(e, entry) for e in shown],
        "details": [
            (name, evidence_wording.true_minus(str(literature[key])))
            for key, name in DETAILS.items()
            if literature.get(key)
        ],
        "statement": _statement(entry) if literature.get("judge") else "",
        "beside": _beside(claim, literature, synthetic=public.synthetic),
        "others": others(public, claim.id),
    }


def _beside(claim: Claim, literature: dict[str, Any], *, synthetic: bool) -> str:
    """Say how the study stands to the source: in the claim, or in the part that names its value."""
    said = evidence_wording.beside(literature, synthetic=synthetic)
    named = [e for e in claim.parts if e.get("kind") == AGAINST and e.get("margin") is not None]
    texts = [evidence_wording.beside_part(part_label(one["part"])) for one in named]
    return " ".join([said, *texts]).strip()


def facts_of(entry: Entry) -> Facts:
    """Return what sentences about a published entry may name."""
    unit = entry.get("unit") or ""
    return Facts(
        comparison="Group therapy",
        reference="Individual therapy",
        outcome="the trials’ own outcomes",
        estimate=estimate_text(entry),
        margin=numbers.with_unit(entry.get("margin"), unit),
        reason=evidence_wording.true_minus(reason_of(entry)),
        code=entry.get("reason") or "",
        published=True,
    )


def _answer(entry: Entry, first: Entry) -> dict[str, str]:
    side, literature = direction_of(entry), entry.get("literature") or {}
    other = literature.get("judge") != (first.get("literature") or {}).get("judge")
    source = evidence_wording.short_citation(literature.get("citation") or "") if other else ""
    text = evidence_wording.brief(entry, side, source)
    if entry is first:
        said = evidence_wording.finding(entry, side, facts_of(entry))
        known = evidence_wording.prediction(entry.get("prediction"), entry.get("unit") or "")
        text = f"{said} {known}".strip()
    return {
        "part": sentence_case(part_label(entry["part"])),
        "verdict": entry["verdict"],
        "symbol": vocabulary.SYMBOLS.get(entry["verdict"], "–"),
        "text": text,
    }


def _statement(entry: Entry) -> str:
    """Return the estimate on our sign; where the source has none, what it states."""
    if numbers.is_number(entry.get("estimate")):
        return f"{estimate_text(entry)}; positive where group did better"
    return evidence_wording.true_minus(str(entry["literature"].get("statement") or ""))


def others(public: Public, claim: str) -> Table | None:
    """Return the sources that do not judge the claim, each with its own sign named."""
    frame = public.tables["evidence_listed"]
    if frame.empty:
        return None
    frame = frame[(frame["claim"] == claim) & (frame["condition"] == "")]
    rows = [
        [
            row["citation"],
            evidence_wording.true_minus(row["quantity"]),
            _figure(row),
            row["sign_convention"],
            row["comparator"],
            row["doi"] or numbers.ABSENT,
            row["certainty"],
        ]
        for row in frame.to_dict("records")
    ]
    columns = [
        "Source",
        "Quantity",
        "Figure, with the source’s own sign",
        "Sign",
        "Compared with",
        "DOI",
        "How sure",
    ]
    return Table("Other sources, which do not judge the claim", columns, rows) if rows else None


def _figure(row: dict[Any, Any]) -> str:
    ends = [_shortened(row[key]) for key in ("ci_low", "ci_high")]
    interval = f" [{ends[0]}, {ends[1]}]" if all(ends) else ""
    return f"{_shortened(row['value'])}{interval} {row['unit']}".strip()


def _shortened(text: str) -> str:
    """Return a figure as printed in its source; one computed here with two decimals."""
    try:
        value = float(text)
    except ValueError:
        return evidence_wording.true_minus(text)
    decimals = len(text.partition(".")[2])
    return numbers.fixed(value, decimals if decimals <= 4 else 2)
