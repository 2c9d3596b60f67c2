"""Which effect the report opens with, its margin, and what its two sides are called."""

from __future__ import annotations

from typing import Any

from analysis.present import numbers
from analysis.present.public import Public


def primary_effect(public: Public) -> dict[str, Any]:
    """Return the effect that the report opens with.

    It is the one that decides *effectiveness*; where that is not testable, the first estimate of
    the primary outcome in the study's own contrasts. Empty where there is none.
    """
    for claim in public.claims:
        effect = public.effect(claim.get("effect_id"))
        if claim.get("id") == "effectiveness" and claim.get("deciding") and drawable(effect):
            return effect
    construct, day = public.outcome.get("construct"), f"day {public.outcome.get('day')}"
    own = [e for e in public.effects if e.get("contrast") in public.contrasts and drawable(e)]
    primary = [e for e in own if e.get("construct") == construct]
    timely = [e for e in primary if e.get("time") == day]
    return next(iter([*timely, *primary]), {})


def drawable(effect: dict[str, Any]) -> bool:
    """Say whether an effect has a value and both intervals."""
    return (
        numbers.is_number(effect.get("value"))
        and effect.get("ci90") is not None
        and effect.get("ci95") is not None
    )


def margin_of(public: Public, effect: dict[str, Any]) -> float | None:
    """Return the margin that a claim puts on this effect, in the effect's unit."""
    for claim in public.claims:
        margin = claim.get("margin")
        if claim.get("effect_id") == effect.get("id") and numbers.is_number(margin):
            return margin
    return None


def sides(public: Public, contrast: str) -> tuple[str, str]:
    """Return the labels of the comparison and of the reference arm of a contrast."""
    entry = public.contrasts.get(contrast, {})
    comparison, reference = entry.get("comparison", ""), entry.get("reference", "")
    return public.arm_label(comparison) or "comparison", public.arm_label(reference) or "reference"


def interval_name(entry: dict[str, Any], name: str) -> str:
    """Return the level of an interval in words; a simultaneous one also says its family."""
    if name != "simultaneous":
        return f"{name.removeprefix('ci')}% interval"
    alone = numbers.percent(entry.get("simultaneous_level"), 1)
    family = entry.get("simultaneous_family") or ""
    return f"simultaneous 95% interval ({family}, each at {alone})"
