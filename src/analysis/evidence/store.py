"""What published evidence says of each claim, as JSON: read once, passed on without the tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.evidence.facts import Row, pooled_from_row, read_table
from analysis.evidence.sources import Evidence, Published
from analysis.records.effect import Effect

DETAILS = (
    "citation",
    "doi",
    "url",
    "comparator",
    "population",
    "n_studies",
    "n_participants",
    "obtained",
    "certainty",
    "note",
)
FIGURE = ("value", "ci_low", "ci_high", "unit")
PLAIN = ("claim", "condition", "judge", "statement", "comparable", "answers", "why")
CITATION_CLAIM = "sources"


@dataclass(frozen=True)
class NamedSource:
    """The published side of one claim: the source named for it beforehand, and whose it is.

    Attributes
    ----------
    published : Published
        As `Evidence.published` returns it; read back, `listed` is empty.
    details : dict of str to str
        The keys of `DETAILS`; empty where no source was named.
    figure : dict of str to str
        The keys of `FIGURE` as the source prints them, on its own sign; empty where no source was
        named, an end empty where it was not seen.
    row : dict of str to str or None
        The source's row of `computed.csv`, where it was pooled here.
    citations : tuple of str
        Verdicts on the article's references, one a sentence; only for the claim on them.
    conditions : dict of str to NamedSource
        The source of each condition, for a claim whose conditions have one each.
    """

    published: Published
    details: dict[str, str]
    figure: dict[str, str] = field(default_factory=dict)
    row: Row | None = None
    citations: tuple[str, ...] = ()
    conditions: dict[str, NamedSource] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of JSON types."""
        one = self.published
        return {
            **{key: getattr(one, key) for key in PLAIN},
            "external_fact": one.external_fact,
            "effect": one.effect.to_json() if one.effect else None,
            "details": self.details,
            "figure": self.figure,
            "row": self.row,
            "citations": list(self.citations),
            "conditions": {key: source.to_json() for key, source in self.conditions.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> NamedSource:
        """Rebuild a source from `to_json`'s dictionary.

        Raises
        ------
        KeyError
            If a key is missing.
        """
        published = Published(
            **{key: data[key] for key in PLAIN},
            effect=Effect.from_json(data["effect"]) if data["effect"] else None,
            pooled=pooled_from_row(data["row"]) if data["row"] else None,
            listed=(),
            external_fact=data["external_fact"],
        )
        conditions = {key: cls.from_json(one) for key, one in data["conditions"].items()}
        citations = tuple(data["citations"])
        return cls(published, data["details"], data["figure"], data["row"], citations, conditions)


def named_sources(folder: Path) -> dict[str, NamedSource]:
    """Read the published side of every claim that `judges.yaml` has an entry for.

    Parameters
    ----------
    folder : Path
        ``data/raw/evidence``.

    Returns
    -------
    dict of str to NamedSource
        By claim.

    Raises
    ------
    SourceError
        If a table or a source is missing.
    """
    evidence = Evidence.read(folder)
    checked = tuple(read_table(folder, "citations.csv")["verdict"])
    found = {}
    for claim, entry in evidence.judges["claims"].items():
        found[claim] = replace(
            _named(evidence, claim),
            citations=checked if claim == CITATION_CLAIM else (),
            conditions={one: _named(evidence, claim, one) for one in entry.get("by_condition", {})},
        )
    return found


def _named(evidence: Evidence, claim: str, condition: str = "") -> NamedSource:
    published = evidence.published(claim, condition)
    computed = evidence.computed.get(published.judge)
    row = evidence.row(published.judge) if published.judge else {}
    figure = {key: row.get(key, row.get("estimate", "")) for key in FIGURE} if row else {}
    return NamedSource(published, source_details(evidence, published), figure, computed)


def source_details(evidence: Evidence, published: Published) -> dict[str, str]:
    """Return who says it, of whom, against what, how it was obtained, and how sure it is."""
    if not published.judge:
        return {}
    row = evidence.row(published.judge)
    if "citation" in row:
        return {key: row[key] for key in DETAILS}
    entry = evidence.judges["claims"][published.claim]
    known = {
        "citation": row["source"],
        "comparator": row["comparator"],
        "population": entry.get("population", ""),
        "n_studies": row["studies"],
        "obtained": "computed here from open data",
        "certainty": f"every study seen; {row['method']}, {row['test']}, {row['k']} effects",
        "note": row["note"],
    }
    return {key: known.get(key, "") for key in DETAILS}
