"""Sentences of the whole program: benefits, change, climate, conditions, anatomy, mechanism.

Change is never written as what group therapy did, and an association never as more than that.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.present.facts import Facts
from analysis.present.vocabulary import (
    ASSOCIATION_ONLY,
    CHANGE_ONLY,
    CHANGE_SEEN,
    CONTRADICTED,
    FINDING,
    INCONCLUSIVE,
    MEDIATION_ONLY,
    NOT_BETTER,
    SUPPORTED,
    TIME_ALONE,
)

OPEN = "the question stays open: these data cannot tell"
OPEN_MORE = "These data cannot tell whether that is"
MEMBERS = "those treated in groups"


def superiority(verdict: str, side: str, facts: Facts) -> str:
    """Say whether group did better than its comparator, and how large that is."""
    what = f"better than {facts.other} on {facts.outcome}"
    if verdict == SUPPORTED:
        return f"{facts.group} did {what}: {facts.estimate}. {_size(facts)}"
    if verdict == FINDING:
        return (
            f"{facts.group} did not do {what}; {facts.other} did better: {facts.estimate}. "
            f"{NOT_BETTER}"
        )
    return f"{OPEN} whether {facts.group} does {what}: {facts.estimate}. {NOT_BETTER}"


def _size(facts: Facts) -> str:
    """Say how a difference that lies above zero stands to the margin."""
    if facts.code == "better_beyond_margin":
        return f"It is larger than the margin of {facts.margin}."
    if facts.code == "better_within_margin":
        return f"It is smaller than the margin of {facts.margin}."
    return f"Whether it is larger than the margin of {facts.margin} stays open."


def change(verdict: str, side: str, facts: Facts) -> str:
    """Say how those treated in groups changed over time, and that this is no comparison."""
    since = f"on {facts.outcome} since intake: {facts.estimate}."
    norm = f"the published change of untreated people ({facts.untreated})"
    if verdict == CONTRADICTED:
        return f"{MEMBERS} got worse {since} {CHANGE_ONLY}"
    if verdict == CHANGE_SEEN and facts.untreated:
        return f"{MEMBERS} gained {since} That is more than {norm}. {CHANGE_ONLY}"
    if verdict == CHANGE_SEEN:
        return f"{MEMBERS} gained {since} {TIME_ALONE} {CHANGE_ONLY}"
    if facts.code == "gained_as_untreated":
        return f"{MEMBERS} gained {since} {OPEN_MORE} more than {norm}. {TIME_ALONE} {CHANGE_ONLY}"
    return f"{OPEN} whether {MEMBERS} gained or got worse {since} {CHANGE_ONLY}"


def level(verdict: str, side: str, facts: Facts) -> str:
    """Say how a rating stands to the midpoint of its scale."""
    middle = f"the midpoint of the scale ({facts.margin})"
    if verdict == SUPPORTED:
        return f"members rated {facts.outcome} above {middle}: {facts.estimate}."
    if verdict == CONTRADICTED:
        return f"members rated {facts.outcome} below {middle}: {facts.estimate}."
    return f"{OPEN} on which side of {middle} members rate {facts.outcome}: {facts.estimate}."


def trend(verdict: str, side: str, facts: Facts) -> str:
    """Say whether a rating rose or fell over treatment."""
    if verdict == INCONCLUSIVE:
        return f"{OPEN} whether {facts.outcome} rises or falls: {facts.estimate}. {CHANGE_ONLY}"
    way = "fell" if side == "reference_better" else "rose"
    return f"{facts.outcome} {way} over treatment: {facts.estimate}. {CHANGE_ONLY}"


def shared(verdict: str, side: str, facts: Facts) -> str:
    """Say how alike members of one group are."""
    if verdict == INCONCLUSIVE:
        return f"{OPEN} how alike members of one group are on {facts.outcome}."
    return f"the intraclass correlation of {facts.outcome} within groups is {facts.estimate}."


def association(verdict: str, side: str, facts: Facts) -> str:
    """Say whether two things went together, and that this is an association only."""
    if verdict == INCONCLUSIVE:
        return f"{OPEN} whether the two go together: {facts.estimate}. {ASSOCIATION_ONLY}"
    way = "less" if side == "reference_better" else "more"
    return f"more of the one went with {way} of the other: {facts.estimate}. {ASSOCIATION_ONLY}"


def against_published(verdict: str, side: str, facts: Facts) -> str:
    """Say how a correlation stands to a published value, and that this is an association only."""
    what = f"the correlation of {facts.outcome} with gain on the primary outcome"
    value = f"the published value of {facts.margin}"
    if verdict == INCONCLUSIVE:
        said = f"{what} is {facts.estimate}, which holds both zero and {value}"
        return f"{OPEN} how the two compare: {said}. {ASSOCIATION_ONLY}"
    if facts.code == "consistent_with_published":
        return (
            f"{what} is {facts.estimate}: the interval holds {value} and leaves out zero. "
            f"{ASSOCIATION_ONLY}"
        )
    where = "above" if facts.code == "above_published" else "below"
    return f"{what} is {facts.estimate}: the interval lies {where} {value}. {ASSOCIATION_ONLY}"


def mediation(verdict: str, side: str, facts: Facts) -> str:
    """Say on which side of zero the product of the two paths lies, and under what assumption."""
    what = "the product of the two paths, arm to early gain and early gain to later symptoms,"
    if verdict == INCONCLUSIVE:
        return f"{OPEN} on which side of zero {what} lies: {facts.estimate}. {MEDIATION_ONLY}"
    where = "below" if side == "reference_better" else "above"
    return f"{what} lies {where} zero: {facts.estimate}. {MEDIATION_ONLY}"


def retention(verdict: str, side: str, facts: Facts) -> str:
    """Say how completion in the two arms compares with the margin."""
    return _lower("completion", verdict, facts)


def uptake(verdict: str, side: str, facts: Facts) -> str:
    """Say how the shares that took treatment up compare with the margin."""
    return _lower("uptake", verdict, facts)


def _lower(share: str, verdict: str, facts: Facts) -> str:
    what = f"{share} with {facts.group} {{}} lower than with {facts.other} by the margin of "
    what += f"{facts.margin} or more: {facts.estimate}."
    if verdict == INCONCLUSIVE:
        return f"{OPEN} whether {what.format('is')}"
    return what.format("was" if facts.code == "lower_beyond_margin" else "was not")


def leaving(verdict: str, side: str, facts: Facts) -> str:
    """Say in which arm those still in treatment left early at the higher rate."""
    if verdict == INCONCLUSIVE:
        return (
            f"{OPEN} whether those still in treatment leave early sooner with {facts.group} or "
            f"with {facts.other}: {facts.estimate}, positive where {facts.group} keeps them longer."
        )
    first, second = (facts.group, facts.other)
    if side == "comparison_better":
        first, second = second, first
    return (
        f"those still in treatment left early sooner with {first} than with {second}: "
        f"{facts.estimate}."
    )


def modes(verdict: str, side: str, facts: Facts) -> str:
    """Say how two modes of delivery compare with the margin."""
    what = f"by less than the margin of {facts.margin} on {facts.outcome}: {facts.estimate}."
    if verdict == INCONCLUSIVE:
        return f"{OPEN} whether members online and in person differ {what} {ASSOCIATION_ONLY}"
    beyond = facts.code == "modes_beyond_margin"
    what = what.replace("by less than", "by more than", 1) if beyond else what
    return f"members online and in person differed {what} {ASSOCIATION_ONLY}"


SENTENCES: dict[str, Callable[[str, str, Facts], str]] = {
    "superiority": superiority,
    "change": change,
    "level": level,
    "trend": trend,
    "shared": shared,
    "association": association,
    "against_published": against_published,
    "mediation": mediation,
    "retention": retention,
    "uptake": uptake,
    "leaving": leaving,
    "equivalence_of_modes": modes,
}
SHORT = {
    "change": "change over time",
    "trend": "change over time",
    "association": "association",
    "against_published": "association, beside the published value",
    "equivalence_of_modes": "association",
    "mediation": "association over time",
    "level": "mean rating",
    "shared": "intraclass correlation",
    "superiority": "group less individual",
    "retention": "group less individual",
    "uptake": "group less individual",
    "leaving": "positive where group keeps people longer",
}


def short(kind: str, verdict: str, facts: Facts) -> str:
    """Return the one-line reason beside a verdict on the first screen."""
    found = "finding, " if verdict == FINDING else ""
    return f"{facts.estimate}; {found}{SHORT[kind]}"
