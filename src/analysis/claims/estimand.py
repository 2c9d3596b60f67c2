"""The estimand of each contrast in target-trial form: what a study says of it, and the defaults.

The elements are those of the TARGET statement for observational studies that emulate a trial
(Cashin et al. 2025, doi 10.1001/jama.2025.13350); intercurrent events and their handling are those
of the ICH E9(R1) addendum (European Medicines Agency 2020, EMA/CHMP/ICH/436221/2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EVENTS = ("switching_format", "leaving_early", "starting_medication")
TREATMENT_POLICY = "treatment_policy"
FORMATS = ("group", "individual")
Entry = Mapping[str, Any]


def with_estimands(design: Entry, most_unknown: float) -> dict[str, Any]:
    """Return a plan's design with the estimand of every contrast written out.

    Parameters
    ----------
    design : mapping
        Keys of the study's config that belong to the plan.
    most_unknown : float
        The plan's limit, for contrasts that set no ``most_unknown_clusters``.

    Returns
    -------
    dict
        The same, each contrast with a whole ``estimand`` and with its ``most_unknown_clusters``.
    """
    contrasts = {
        name: {
            "most_unknown_clusters": most_unknown,
            **contrast,
            "estimand": resolve_estimand(contrast, design),
        }
        for name, contrast in (design.get("contrasts") or {}).items()
    }
    return {**design, "contrasts": contrasts} if "contrasts" in design else dict(design)


def resolve_estimand(contrast: Entry, design: Entry) -> dict[str, Any]:
    """Return a contrast's estimand: what the study declares, the rest by default.

    Parameters
    ----------
    contrast : mapping
        An entry of the config's ``contrasts``.
    design : mapping
        Arms, outcome and instruments of the study.

    Returns
    -------
    dict
        population, strategies (by arm), exposure, time_zero, outcome, intercurrent_events (event
        to how it is handled), summary_measure, interference, answers, does_not_answer.
    """
    said = dict(contrast.get("estimand") or {})
    arms = [contrast["comparison"], contrast["reference"]]
    labels = [design["arms"][arm]["label"] for arm in arms]
    formats = tuple(design["arms"][arm]["format"] for arm in arms)
    landmark = design.get("landmark")
    default = {
        "population": _population(contrast, landmark),
        "strategies": {},
        "exposure": "received" if landmark else "assigned",
        "time_zero": _time_zero(landmark),
        "outcome": _outcome(design),
        "intercurrent_events": {},
        "summary_measure": "Difference of mean scores between the arms, in points of the "
        f"instrument; positive means {labels[0]} better.",
        "interference": _interference(contrast),
        "answers": _answers(labels, formats, landmark),
        "does_not_answer": _does_not_answer(formats),
    }
    events = dict.fromkeys(EVENTS, TREATMENT_POLICY) | said.pop("intercurrent_events", {})
    strategies = dict.fromkeys(arms, _strategy(landmark)) | said.pop("strategies", {})
    return {**default, **said, "strategies": strategies, "intercurrent_events": events}


def _population(contrast: Entry, landmark: Entry | None) -> str:
    everyone = "Everyone in the cohort who began in one of the two arms"
    if landmark:
        everyone = (
            f"Everyone in the cohort still in treatment on day {landmark['day']} who was in one of "
            "the two arms by then"
        )
    if contrast["assignment"] == "randomised":
        return f"{everyone}, as randomised."
    return (
        f"{everyone}, weighted to those who could well have begun in either (the overlap "
        "population)."
    )


def _time_zero(landmark: Entry | None) -> str:
    if not landmark:
        return (
            "Intake, day 0 of the episode. The arm is fixed there, so no time is counted to an "
            "arm before the client was in it."
        )
    return (
        f"The landmark, day {landmark['day']} of the episode. The arm is fixed there for everyone "
        "who is still in treatment, by what was received before it; who left before is not "
        "counted, so no time is counted to an arm before the client was in it."
    )


def _strategy(landmark: Entry | None) -> str:
    if not landmark:
        return "assigned at intake, then given as the program gives it"
    return (
        f"at least {landmark['share']:.0%} of the group and individual sessions attended before "
        f"day {landmark['day']} in this format, then as the program gives it"
    )


def _outcome(design: Entry) -> str:
    if "outcome" not in design:
        return "The study declares no primary outcome."
    one = design["outcome"]
    first, last = one["window"]
    instrument = design["instruments"][one["construct"]]
    return (
        f"{one['construct'].replace('_', ' ').capitalize()} ({instrument}) at day {one['day']} "
        f"after intake (assessments of days {first} to {last}), whether or not the client is "
        "still in treatment; not at discharge, because the length of stay may differ by arm."
    )


def _interference(contrast: Entry) -> str:
    shared = {arm: unit for arm, unit in contrast["clusters"].items() if unit != "none"}
    if not shared:
        return "A client's outcome is taken not to depend on what another client gets."
    if "therapy_group" in shared.values():
        return (
            "A member's outcome may depend on who else is in the therapy group: the strategy "
            "includes groups composed as they were, and the errors count the group. Clients of "
            "different groups are taken not to affect each other."
        )
    return (
        "Clients of one therapist share that therapist's effect: the strategy includes the "
        "therapists who gave it, and the errors count them. Clients are taken not to affect each "
        "other otherwise."
    )


def _answers(labels: list[str], formats: tuple[str, ...], landmark: Entry | None) -> str:
    if landmark:
        return (
            f"How clients whose sessions up to day {landmark['day']} were mainly {labels[0]} did "
            f"from then on against those whose sessions were mainly {labels[1]}."
        )
    if set(formats) == set(FORMATS):
        return (
            f"Which primary format serves clients better when it is assigned at intake: {labels[0]}"
            f" or {labels[1]}, with all else that the program gives beside it."
        )
    return f"How clients assigned to {labels[0]} did against clients assigned to {labels[1]}."


def _does_not_answer(formats: tuple[str, ...]) -> str:
    if set(formats) == set(FORMATS):
        return (
            "What an hour of one format does instead of an hour of the other (dose), or what one "
            "format does alone: clients of both arms usually get some of both. Nor what happens in "
            "those who received what was planned (per protocol)."
        )
    return (
        "How group and individual therapy compare: the arms are not one of each. Nor what happens "
        "in those who received what was planned (per protocol)."
    )
