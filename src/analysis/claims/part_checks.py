"""Claims and parts that cannot be judged as they stand: keys that are missing, idle or unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.claims.number_checks import (
    Entry,
    Finding,
    comparison_findings,
    margin_findings,
    needed_by,
    untreated_findings,
    window_findings,
)
from analysis.claims.plan import OUTSIDE_KINDS
from analysis.measures.instruments import Registry
from analysis.study.capabilities import is_need
from analysis.study.dictionary import dictionary
from analysis.study.problems import nearest

# What a part says, besides what every part may say, by the estimate that it names.
ESTIMATES: dict[str, tuple[set[str], set[str]]] = {  # required, allowed
    "superiority": ({"construct", "compares"}, {"day"}),
    "change": ({"construct"}, {"day"}),
    "level": ({"construct"}, set()),
    "trend": ({"construct"}, set()),
    "shared": ({"construct"}, set()),
    "association": ({"construct"}, set()),
    "correlation": ({"construct"}, set()),
    "mediated": ({"constructs", "compares"}, set()),
    "moderation": ({"feature"}, {"calendar"}),
    "attendance_by_mode": (set(), set()),
    "share_of_episodes": ({"column", "values"}, set()),
    "family_change": (set(), {"family", "families"}),
    "family_contrast": ({"compares"}, {"family", "families"}),
    "retention": ({"measure_of_stay", "compares"}, set()),
}
CLAIM_KEYS = {  # beside the keys that every claim has, and the margin where a table reads one
    "comparison": {
        *("compares", "models", "specifications", "unseen", "delta_range", "per_protocol", "assay")
    },
    "fidelity": {"window", "threshold", "counts"},
    "external_fact": {"fact"},
}
COMMON = {"title", "block", "stance", "phrase", "paragraph", "reference", "kind", "needs", "parts"}
COMMON |= {"unlock", "published"}
ASSERTED = ("asserted", "hedged")
IN_TURN = ("without_comparator", "unless_supported")


@dataclass(frozen=True)
class Known:
    """What a plan may name.

    Attributes
    ----------
    registry : mapping of str to Instrument
    constructs : set of str
        Those that an instrument of the registry measures or the study binds to one.
    sources : set of str
        Ids of published facts and results.
    tables : mapping
        The plan's decision tables, all of them sound.
    judges : mapping of str to str or None
        Claim to the source that judges it.
    """

    registry: Registry
    constructs: set[str]
    sources: set[str]
    tables: Mapping[str, Any]
    judges: Mapping[str, str | None]


def claim_findings(key: str, claim: Entry, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with a claim of the right shape; its key is `claims.<name>`."""
    yield from _claim_keys(key, claim, known)
    yield from _deciding(key, claim)
    yield from _needs(f"{key}.needs", claim["needs"], known)
    if "margin" in claim:
        yield from margin_findings(f"{key}.margin", claim["margin"], known.registry, known.sources)
    if "window" in claim:
        yield from window_findings(f"{key}.window", claim["window"])
    whole = CLAIM_KEYS.get(claim["kind"], set()) <= set(claim)
    if claim["kind"] == "comparison" and whole and "margin" in claim:
        yield from comparison_findings(key, claim)
    for identity in claim.get("fact", {}).get("published", {}):
        if identity not in known.sources:
            remedy = f"{nearest(identity, known.sources)}Name an id of data/raw/evidence/facts.csv."
            yield f"{key}.fact.published.{identity}", "a published fact", "an unknown id", remedy
    if "untreated" in claim:
        yield from untreated_findings(f"{key}.untreated", claim, known.registry)
    for name, part in claim["parts"].items():
        yield from _part(f"{key}.parts.{name}", part, key, claim, known)


def _claim_keys(key: str, claim: Entry, known: Known) -> Iterator[Finding]:
    read = set().union(*(_reads(part, known) for part in claim["parts"].values()))
    wanted = CLAIM_KEYS.get(claim["kind"], set()) | (read & {"threshold"})
    wanted = wanted | ({"untreated"} if "beyond" in read else set())
    if any(
        "margin" in _reads(one, known) and "margin" not in one for one in claim["parts"].values()
    ):
        wanted = wanted | {"margin"}
    for name in sorted(wanted - set(claim)):
        remedy = f"Add the key: a claim of the kind {claim['kind']} with these parts needs it."
        yield f"{key}.{name}", "a value", "no such key", remedy
    for name in sorted(set(claim) - wanted - COMMON):
        remedy = f"Delete it: no part of a claim of the kind {claim['kind']} reads it."
        yield f"{key}.{name}", "no such key here", "a key that nothing reads", remedy


def _reads(part: Entry, known: Known) -> set[str]:
    return needed_by(known.tables[part["table"]]) if part.get("table") in known.tables else set()


def _deciding(key: str, claim: Entry) -> Iterator[Finding]:
    parts = claim["parts"]
    for situation, expected in (
        (True, "exactly one part"),
        ("without_comparator", "one at most"),
        ("unless_supported", "one at most"),
    ):
        count = sum(one.get("decides") == situation for one in parts.values())
        if count != 1 and not (count == 0 and situation != True):  # noqa: E712
            said = str(situation).lower()
            remedy = f"Leave `decides: {said}` in one part; write `decides: false` in others."
            yield f"{key}.parts", f"{expected} that says `decides: {said}`", f"{count}", remedy
    for name, part in parts.items():
        if part.get("decides") in IN_TURN and "compares" in part:
            place = f"{key}.parts.{name}.decides"
            remedy = "Let a part decide that needs no individual arm."
            yield place, "a part that compares nothing", "one that compares", remedy


def _part(place: str, part: Entry, key: str, claim: Entry, known: Known) -> Iterator[Finding]:
    required, allowed = _shape(claim["kind"], part)
    for name in sorted(required - set(part)):
        yield f"{place}.{name}", "a value", "no such key", "Add the key: the part needs it."
    for name in sorted(set(part) - required - allowed - {"statement", "decides"}):
        yield f"{place}.{name}", "no such key here", "a key that nothing reads", "Delete the key."
    yield from _named(place, part, known)
    yield from _needs(f"{place}.needs", part.get("needs", []), known)
    if "window" in part:
        yield from window_findings(f"{place}.window", part["window"])
    if "margin" in part:
        margin = f"{place}.margin"
        yield from margin_findings(margin, part["margin"], known.registry, known.sources)
    yield from _margin_as_read(place, part, key, claim, known)
    yield from _second_answer(place, part, claim, known)
    yield from _stance(place, part, claim, known)


def _shape(kind: str, part: Entry) -> tuple[set[str], set[str]]:
    """Return the keys that a part must and may have."""
    if kind in OUTSIDE_KINDS:
        return set(), set()
    if "no_instrument" in part:
        return {"no_instrument", "kind"}, set()
    if kind == "comparison":
        return {"table"}, {"agrees_with", "needs"}
    if kind == "fidelity":
        return {"table", "measure"}, {"window", "weight", "needs"}
    own, more = ESTIMATES.get(str(part.get("estimate")), (set(), set()))
    if "family" in more:
        own = own | {"families" if "families" in part else "family"}
        more = set()
    return {"kind", "table", "estimate"} | own, more | {"needs", "margin"}


def _named(place: str, part: Entry, known: Known) -> Iterator[Finding]:
    if "table" in part and part["table"] not in known.tables:
        remedy = f"{nearest(part['table'], known.tables)}Name one of decision_tables."
        yield f"{place}.table", "a decision table", "an unknown one", remedy
    constructs = [("construct", part["construct"])] if "construct" in part else []
    constructs += [("constructs", one) for one in part.get("constructs", ())]
    for key, one in constructs:
        if one not in known.constructs:
            remedy = f"{nearest(one, known.constructs)}Name one that an instrument measures."
            yield f"{place}.{key}", "a construct with an instrument", "an unknown one", remedy
    if "column" in part:
        episodes = dictionary()["episodes"]
        if part["column"] not in episodes.columns:
            remedy = f"{nearest(part['column'], episodes.columns)}Name one of the dictionary."
            yield f"{place}.column", "a column of the episodes", "an unknown one", remedy
            return
        levels = episodes.field(part["column"]).enum
        for value in [one for one in part.get("values", ()) if levels and one not in levels]:
            remedy = f"{nearest(value, levels)}Name a value that the dictionary lists."
            yield f"{place}.values", f"values of {part['column']}", "an unknown one", remedy


def _needs(place: str, needs: list[str], known: Known) -> Iterator[Finding]:
    for need in needs:
        kind, _, name = need.partition(":")
        named = kind not in ("instrument", "wave") or name.split(":")[0] in {
            *known.constructs,
            *known.registry,
        }
        if not is_need(need) or not named:
            remedy = "Name a table, table.column, instrument:CONSTRUCT, arm:FORMAT, unit:session "
            remedy += "or wave:CONSTRUCT:DAY."
            yield place, "what a study can have", f"{need}, which none can", remedy


def _margin_as_read(
    place: str, part: Entry, key: str, claim: Entry, known: Known
) -> Iterator[Finding]:
    margin = part.get("margin", claim.get("margin")) or {}
    if "margin" in part and "margin" not in _reads(part, known):
        remedy = "Delete it, or name a decision table that reads a margin."
        yield f"{place}.margin", "no such key here", "a key that nothing reads", remedy
    if part.get("estimate") == "superiority" and (
        "standardised" not in margin or "value" in margin
    ):
        expected = "a margin in standard deviations (standardised) alone"
        remedy = "Benefits are tested together, each in its own standard deviations."
        yield f"{key}.margin", expected, "another margin", remedy
    claim_name = key.rpartition(".")[2]
    if "published" in margin and margin["published"] != known.judges.get(claim_name):
        remedy = "Name the source that judges the claim in data/raw/evidence/judges.yaml."
        yield f"{place}.margin.published", "the claim's own source", "another one", remedy


def _second_answer(place: str, part: Entry, claim: Entry, known: Known) -> Iterator[Finding]:
    if "agrees_with" not in part:
        return
    for assignment, listed in claim.get("specifications", {}).items():
        names = [one["name"] for one in listed]
        if part["agrees_with"] not in names:
            remedy = (
                f"{nearest(part['agrees_with'], names)}Name one of specifications.{assignment}."
            )
            yield f"{place}.agrees_with", "a declared specification", "an unknown one", remedy
        elif listed[names.index(part["agrees_with"])].get("exclusions") != "not_per_protocol":
            remedy = "Write `exclusions: not_per_protocol` in it."
            expected = "a specification of those treated as planned"
            yield f"{place}.agrees_with", expected, "another one", remedy
    table = str(part.get("table"))
    if table in known.tables and "unless_agreed" not in known.tables[table]:
        remedy = "Name a table with the key unless_agreed, or delete agrees_with."
        yield f"{place}.agrees_with", "a table that says what follows", "one that does not", remedy


def _stance(place: str, part: Entry, claim: Entry, known: Known) -> Iterator[Finding]:
    rows = known.tables[part["table"]]["rows"] if part.get("table") in known.tables else []
    judging = {row["verdict"] for row in rows} & {"SUPPORTED", "CHANGE SEEN", "CONTRADICTED"}
    if judging and claim["stance"] not in ASSERTED:
        expected = "a table that gives findings, for the article does not assert this"
        remedy = "Name a table such as association_finding."
        yield f"{place}.table", expected, "one that gives verdicts", remedy
