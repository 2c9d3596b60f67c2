"""Parts of a claim that the analyses of the whole program estimate: needs, margin, what decides.

A part that names an ``estimate`` is judged on the effect ``program.<claim>.<part>``; one that names
``no_instrument`` cannot be tested by any study that this registry serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis.evidence.store import NamedSource
from analysis.records.effect import Effect
from analysis.records.verdict import Verdict

Part = Mapping[str, Any]
WITHOUT_COMPARATOR, UNLESS_SUPPORTED = "without_comparator", "unless_supported"
INSTRUMENT_ABSENT = "instrument_absent"
NO_COMPARATOR = ("no_comparator", "comparator_not_individual")


def kind_of(claim: Part, part: Part) -> str:
    """Return the kind of a part: its own, a comparison's decision table, or the claim's kind."""
    own = part.get("kind")
    return str(own or (part["table"] if claim["kind"] == "comparison" else claim["kind"]))


def effect_id(claim: str, name: str, part: Part) -> str:
    """Return the id of the effect that a part without a contrast of its own is judged on."""
    return f"{'program' if 'estimate' in part else 'fidelity'}.{claim}.{name}"


def margin_of(
    claim: Part, part: Part, effect: Effect, source: NamedSource | None = None
) -> float | None:
    """Return a part's margin in the effect's unit: written, in standard deviations, or published.

    The standard deviation is the effect's `standardiser`: a published one where one is known, else
    the study's own at intake. ``published`` names the source whose value stands in the margin's
    place; it is read from the evidence tables.
    """
    margin = part.get("margin", claim.get("margin")) or {}
    if "published" in margin:
        return _published_value(margin["published"], effect.unit, source)
    if "value" in margin:
        return float(margin["value"])
    if "standardised" in margin and effect.standardiser is not None:
        return float(margin["standardised"]) * effect.standardiser
    return None


def _published_value(identity: str, unit: str, source: NamedSource | None) -> float | None:
    if source is None or source.published.judge != identity:
        return None
    figure = source.figure
    return float(figure["value"]) if figure["value"] and figure["unit"] == unit else None


def instrument_obstacle(part: Part, claim: Part, design: Part) -> tuple[str, str] | None:
    """Return why a part has no instrument or no margin on it (reason code, words), or None."""
    if "no_instrument" in part:
        what = part["no_instrument"]
        return INSTRUMENT_ABSENT, f"no instrument of the registry measures {what}"
    margin = part.get("margin", claim.get("margin")) or {}
    if "estimate" not in part or "instrument" not in margin or "outcome" not in design:
        return None
    construct = part.get("construct", design["outcome"]["construct"])
    used = design["instruments"].get(construct)
    if used in (None, margin["instrument"]):
        return None
    return (
        "margin_not_defined",
        f"the margin is fixed in points of {margin['instrument']}; "
        f"the study measures {construct} with {used}",
    )


def decided_in_turn(claim: Part, own: Sequence[Verdict]) -> list[Verdict]:
    """Let the part decide that the plan names next, where the first one cannot or did not.

    ``without_comparator``: where the study has no individual arm. ``unless_supported``: wherever
    the first part is not SUPPORTED and the next can be tested; a failed first part stays an ERROR.
    Change over time then stands where a difference between arms does not, with or without a
    comparator; its own sentence says so.
    """
    first = next(one for one in own if one.deciding)
    for part in own:
        turn = claim["parts"][part.part].get("decides")
        absent = turn == WITHOUT_COMPARATOR and first.reason in NO_COMPARATOR
        unsettled = turn == UNLESS_SUPPORTED and first.verdict not in ("SUPPORTED", "ERROR")
        if absent or (unsettled and part.verdict != "NOT TESTABLE"):
            return [replace(one, deciding=one is part) for one in own]
    return list(own)
