"""All estimates of the whole program: each part of a claim that names an `estimate`, by its name.

A claim of the plan says under ``estimate`` which analysis a part needs and under ``construct``,
``day``, ``feature``, ``family`` or ``values`` on what; nothing here knows a claim by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from analysis.comparison.question import clusters_known, recorded
from analysis.program import (
    anatomy,
    association,
    change,
    climate,
    conditions,
    mediation,
    occasions,
    superiority,
)
from analysis.program.families import Families, family_effects, smallest
from analysis.program.inputs import Program
from analysis.records.effect import Diagnostic, Effect
from analysis.records.intervals import simultaneously

Part = Mapping[str, Any]
Maker = Callable[[Effect], Effect]
GROUP_ARM = "the group arm"


def estimate_program(
    program: Program, claims: Mapping[str, Any], *, beside: bool = True
) -> list[Effect]:
    """Estimate every part of the claims that names an `estimate`.

    Parameters
    ----------
    program : Program
    claims : mapping
        Claim to its ``parts`` and, where it has one, its ``margin``.
    beside : bool
        Also the effects that stand beside the one that a part is judged on.

    Returns
    -------
    list of Effect
        Ids ``program.<claim>.<part>``, in the plan's order, some followed by effects beside them
        (``.raw``, ``.reliable``, ``.members`` ...). Estimates for which the data do not suffice
        are withheld; failures are errors.
    """
    families = cache(lambda kind: _FAMILIES[kind](program))
    effects: list[Effect] = []
    for claim, entry in claims.items():
        for name, part in entry["parts"].items():
            if "estimate" in part:
                found = _estimate(program, families, claim, name, part)
                effects += islice(found, None if beside else 1)
    return _together(effects, claims)


def _estimate(
    program: Program, families: Callable[[str], Any], claim: str, name: str, part: Part
) -> Iterator[Effect]:
    blank = _blank(program, claim, name, part)
    kind, construct = part["estimate"], str(part.get("construct", ""))
    day = int(part.get("day", program.day))
    if kind in SEVERAL:
        yield from SEVERAL[kind](program, part, blank)
        return
    if kind in ("family_change", "family_contrast"):
        yield from _family(families, kind, part, blank)
        return
    makers: dict[str, Maker] = {
        "superiority": lambda b: superiority.restate(program, construct, day, part["compares"], b),
        "level": lambda b: climate.level(program, construct, b),
        "trend": lambda b: climate.trend(program, construct, b),
        "shared": lambda b: climate.shared(program, construct, b),
        "moderation": lambda b: anatomy.moderation(
            program, part["feature"], b, calendar=bool(part.get("calendar"))
        ),
        "attendance_by_mode": lambda b: anatomy.attendance_by_mode(program, b),
        "share_of_episodes": lambda b: anatomy.share_of_episodes(
            program, part["column"], list(part["values"]), b
        ),
    }
    yield recorded(blank, makers[kind])


def _change(program: Program, part: Part, blank: Effect) -> Iterator[Effect]:
    construct, day = part["construct"], int(part.get("day", program.day))
    yield recorded(blank, lambda b: change.mean_change(program, construct, day, b))
    beside = _retitled(blank, "reliable", "share improved reliably", "share")
    yield recorded(beside, lambda b: change.reliable_share(program, construct, day, b))


def _association(program: Program, part: Part, blank: Effect) -> Iterator[Effect]:
    construct = part["construct"]
    yield recorded(blank, lambda b: association.correlation(program, construct, b))
    yield from association.levels_of_association(program, construct, blank)


def _correlation(program: Program, part: Part, blank: Effect) -> Iterator[Effect]:
    construct = part["construct"]
    yield recorded(blank, lambda b: association.correlation(program, construct, b))
    later = _retitled(blank, "later", "correlation with the gain after the rating", "r")
    yield recorded(later, lambda b: association.later_correlation(program, construct, b))


def _mediated(program: Program, part: Part, blank: Effect) -> Iterator[Effect]:
    constructs = part["constructs"]
    yield recorded(blank, lambda b: mediation.mediated(program, constructs, b))
    if len(constructs) == 1:
        yield from occasions.of_benefit(program, constructs[0], blank)


SEVERAL: dict[str, Callable[[Program, Part, Effect], Iterator[Effect]]] = {
    "change": _change,
    "association": _association,
    "correlation": _correlation,
    "mediated": _mediated,
}
_FAMILIES: dict[str, Callable[[Program], Families]] = {
    "family_change": conditions.family_changes,
    "family_contrast": conditions.family_contrasts,
}


def _family(
    families: Callable[[str], Any], kind: str, part: Part, blank: Effect
) -> Iterator[Effect]:
    if "families" in part:
        wanted = list(part["families"])
        yield recorded(blank, lambda b: smallest(families(kind), wanted, b))
        return
    made: list[Effect] = []

    def make(b: Effect) -> Effect:
        found = family_effects(families(kind), part["family"], b)
        made.extend(found[1:])
        return found[0]

    yield recorded(blank, make)
    yield from made


def _together(effects: list[Effect], claims: Mapping[str, Any]) -> list[Effect]:
    """Give the differences of all benefits between arms intervals that hold at once."""
    family = {
        f"program.{claim}.{name}"
        for claim, entry in claims.items()
        for name, part in entry["parts"].items()
        if part.get("estimate") == "superiority"
    }
    at = [place for place, one in enumerate(effects) if one.id in family]
    widened = simultaneously([effects[place] for place in at], "differences between arms")
    for place, one in zip(at, widened, strict=True):
        effects[place] = one
    return effects


WORDS = {
    "change": ("mean change from intake, those treated in groups", "clustered change"),
    "level": ("mean score, group arm", "clustered mean"),
    "trend": ("mean change from the first wave, group arm", "clustered change"),
    "shared": ("share of variance between therapy groups", "analysis of variance"),
    "association": ("correlation with gain on the primary outcome, group arm", "correlation"),
    "correlation": ("correlation with gain on the primary outcome, group arm", "correlation"),
    "mediated": ("part of the format's difference that runs through early gains", "mediation"),
    "moderation": ("association with gain, group arm, given baseline", "multiple membership"),
    "attendance_by_mode": ("attended share online less in person", "difference of shares"),
    "share_of_episodes": ("share of episodes", "share"),
    "family_change": ("mean change from intake, group arm, by family", "partial pooling"),
    "family_contrast": ("group less individual, by family", "partial pooling"),
    "superiority": ("difference of means between arms", ""),
}
RATED = ("level", "shared", "association", "correlation")
WHOLE_STUDY = ("attendance_by_mode", "share_of_episodes")
UNITS = {
    "shared": "ICC",
    "association": "r",
    "correlation": "r",
    "attendance_by_mode": "share",
    "share_of_episodes": "share",
}


def _blank(program: Program, claim: str, name: str, part: Part) -> Effect:
    outcome = program.config.get("outcome", {}).get("construct", "")
    construct = str(part.get("construct", outcome))
    bound = program.config.get("instruments", {}).get(construct, "")
    kind = part["estimate"]
    estimand, model = WORDS[kind]
    return Effect(
        id=f"program.{claim}.{name}",
        contrast="",
        construct=construct,
        instrument=bound,
        time=_time(program, part),
        estimand=estimand,
        model=model,
        unit=UNITS.get(kind, f"{bound} points"),
        data_origin=str(program.config["data_origin"]),
        unit_of_n="episodes" if kind == "share_of_episodes" else "participants",
        sign="positive = better or more gain",
        diagnostics=() if kind == "share_of_episodes" else _groups_known(program),
    )


def _time(program: Program, part: Part) -> str:
    kind = part["estimate"]
    if kind in WHOLE_STUDY:
        return "whole study"
    if kind == "trend":
        return f"day {program.limits.waves[0]} and after"
    return f"day {program.limits.rated if kind in RATED else part.get('day', program.day)}"


def _groups_known(program: Program) -> tuple[Diagnostic, ...]:
    return clusters_known(program.clustered_arms, "therapy group", program.most_unknown)


def _retitled(blank: Effect, part: str, estimand: str, unit: str) -> Effect:
    content = {**vars(blank), "id": f"{blank.id}.{part}", "estimand": estimand, "unit": unit}
    return Effect(**content)
