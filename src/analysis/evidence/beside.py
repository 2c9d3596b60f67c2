"""A study's effect beside the source that judges its claim: one sentence, by fixed rules."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.evidence.literature import Consistency, consistency
from analysis.evidence.sources import Published
from analysis.records.effect import Effect


@dataclass(frozen=True)
class BesideLiterature:
    """Study meets literature.

    Attributes
    ----------
    claim, judge : str
    outcome : str
        ``consistent``, ``not consistent``, ``cannot tell``, ``not comparable`` or ``none found``.
    reason : str
        One sentence.
    consistency : Consistency or None
        The numbers, where a comparison was made.
    """

    claim: str
    judge: str
    outcome: str
    reason: str
    consistency: Consistency | None


def _standardised(effect: Effect) -> tuple[float, float] | None:
    if effect.status != "ok" or effect.value is None or effect.se is None:
        return None
    if effect.unit == "SD":
        return effect.value, effect.se
    if effect.standardiser is None or effect.standardised is None:
        return None
    return effect.standardised, effect.se / effect.standardiser


def beside_literature(
    effect: Effect | None, published: Published, large: float
) -> BesideLiterature:
    """Set the study's effect against the named source.

    Parameters
    ----------
    effect : Effect or None
        The study's effect, positive = group better; None where it has none.
    published : Published
        As `Evidence.published` returns.
    large : float
        A large effect, in SD, as `consistency` takes it.

    Returns
    -------
    BesideLiterature
        A comparison is made only where the source's contrast is the study's own, and its predictive
        distribution is known.
    """

    def say(outcome: str, reason: str, found: Consistency | None = None) -> BesideLiterature:
        return BesideLiterature(published.claim, published.judge, outcome, reason, found)

    if not published.judge:
        return say("none found", f"{published.statement[0].upper()}{published.statement[1:]}.")
    if not published.comparable:
        return say("not comparable", f"The source answers another question: {published.answers}.")
    if published.pooled is None:
        return say("cannot tell", "The source gives no distribution of effects over studies.")
    own = None if effect is None else _standardised(effect)
    if own is None:
        return say("cannot tell", "The study has no standardised effect to set beside the source.")
    found = consistency(*own, published.pooled, large=large)
    low, high = found.expected
    reason = (
        f"The study's effect is {own[0]:.2f} SD; from the published distribution an estimate "
        f"of this precision was to be expected between {low:.2f} and {high:.2f}."
    )
    if found.verdict == "cannot tell":
        reason += " A range that reaches from a large effect to its opposite says nothing."
    return say(found.verdict, reason, found)
