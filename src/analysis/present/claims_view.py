"""Entries of `claims.json` gathered by claim, and the facts that sentences about them name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.present import numbers, vocabulary
from analysis.present.effects_view import interval_name, primary_effect, sides
from analysis.present.facts import Facts, direction
from analysis.present.labels import construct_label, plain
from analysis.present.public import Public

Entry = dict[str, Any]


@dataclass(frozen=True)
class Claim:
    """One claim: the part that decides it, and all its parts in the plan's order."""

    id: str
    deciding: Entry
    parts: tuple[Entry, ...]
    published: tuple[Entry, ...]

    @property
    def verdict(self) -> str:
        """The verdict of the deciding part."""
        return str(self.deciding["verdict"])

    @property
    def external(self) -> bool:
        """Whether the claim is an external fact, which stands outside every count."""
        return self.deciding.get("kind") in vocabulary.OUTSIDE

    @property
    def exploratory(self) -> bool:
        """Whether the claim was added or changed after outcomes were read."""
        return bool(self.deciding.get("status") == "exploratory")

    @property
    def testable(self) -> bool:
        """Whether the study can test the claim."""
        return self.verdict != vocabulary.NOT_TESTABLE


def in_turn(public: Public, claim: Claim) -> list[Entry]:
    """Return the parts of a claim that decide in turn, where the plan names more than one."""
    planned = public.plan_of(claim.id).get("parts") or {}
    turns = {name for name, one in planned.items() if one.get("decides") == "unless_supported"}
    if not turns:
        return []
    first = {name for name, one in planned.items() if one.get("decides") is True}
    return [one for one in claim.parts if one["part"] in first | turns]


def gather_claims(public: Public) -> list[Claim]:
    """Return the claims in the order of `claims.json`."""
    by_id: dict[str, list[Entry]] = {}
    for entry in public.claims:
        by_id.setdefault(entry["id"], []).append(entry)
    return [_claim(key, entries) for key, entries in by_id.items()]


def _claim(key: str, entries: list[Entry]) -> Claim:
    own = [e for e in entries if e.get("source", "study") == "study"]
    published = [e for e in entries if e.get("source", "study") != "study"]
    if not own:
        own, published = published, []
    deciding = next((e for e in own if e.get("deciding")), own[0])
    return Claim(key, deciding, tuple(own), tuple(published))


def facts_of(public: Public, entry: Entry) -> Facts:
    """Return what the sentences about one entry may name, formatted."""
    effect = public.effect(entry.get("effect_id"))
    comparison, reference = sides(public, _contrast(public, entry, effect))
    counted = entry.get("unit_of_n") or "observations"
    return Facts(
        comparison=comparison,
        reference=reference,
        outcome=outcome_text(public, effect),
        estimate=estimate_text(entry),
        margin=numbers.with_unit(entry.get("margin"), entry.get("unit") or ""),
        untreated=_untreated(entry),
        threshold=numbers.percent(entry.get("threshold")),
        counted=counted,
        synthetic=public.synthetic,
        reason=reason_of(entry),
        code=entry.get("reason") or "",
    )


def _untreated(entry: Entry) -> str:
    value, se, unit = entry.get("untreated"), entry.get("untreated_se"), entry.get("unit") or ""
    if not numbers.is_number(value):
        return ""
    return f"{numbers.with_unit(value, unit)}, standard error {numbers.number(se, unit)}"


def reason_of(entry: Entry) -> str:
    """Return why an entry has no verdict, or how its analysis failed."""
    said = entry.get("message") if entry.get("verdict") == vocabulary.ERROR else None
    return str(said or entry.get("reason_text") or plain(entry.get("reason"))).rstrip(".")


def estimate_text(entry: Entry) -> str:
    """Return an estimate with its unit and the interval that decided; empty where there is none.

    The interval says its level; where no table read one, it is the 95% interval.
    """
    value, unit = entry.get("estimate", entry.get("value")), entry.get("unit") or ""
    if not numbers.is_number(value):
        return ""
    name = entry.get("interval") or "ci95"
    ends = numbers.interval(entry.get(name), unit)
    return f"{numbers.with_unit(value, unit)}, {interval_name(entry, name)} {ends}"


def outcome_text(public: Public, effect: Entry) -> str:
    """Return an outcome with its instrument and time, such as `depression (PHQ-9) at day 42`."""
    source = effect or public.outcome
    if not source.get("construct"):
        return "the outcome"
    time = effect.get("time") or (f"day {source['day']}" if "day" in source else "")
    name = f"{construct_label(source['construct'])} ({source.get('instrument', '')})"
    return f"{name} at {time}" if time else name


def direction_of(entry: Entry) -> str:
    """Return on which side of zero an entry lies: by its simultaneous interval where it has one."""
    interval = entry.get("simultaneous") or entry.get("ci95")
    pair = (interval[0], interval[1]) if interval else None
    return direction(entry.get("estimate", entry.get("value")), pair)


def contrast_of(public: Public, entry: Entry) -> dict[str, Any]:
    """Return the study's description of the contrast behind an entry; empty where there is none."""
    key = _contrast(public, entry, public.effect(entry.get("effect_id")))
    return public.contrasts.get(key, {})


def _contrast(public: Public, entry: Entry, effect: Entry) -> str:
    if effect.get("contrast") in public.contrasts:
        return str(effect["contrast"])
    bearing = [k for k, c in public.contrasts.items() if entry.get("id") in c.get("claims", [])]
    return bearing[0] if bearing else str(primary_effect(public).get("contrast", ""))
