"""The answer key: what the truth implies for every claim and part, on the scale that is measured.

Values that follow from a planted number are stated; the rest is computed on populations and
programs that the study itself is not drawn from (own random numbers), so that scoring, rounding
and the ends of the scales are part of the truth. Positive = group better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.measures.instruments import Instrument
from analysis.simulate.courses import mediated_effect
from analysis.simulate.fidelity import true_shares
from analysis.simulate.population import Population, draw_population
from analysis.simulate.truth import CONDITIONS, Truth

BENEFITS = {
    "selfesteem": ("self_esteem",),
    "catharsis": ("shame", "emotion_regulation"),
    "social": ("interpersonal_problems",),
    "coping": ("coping",),
    "hope": ("hope",),
    "loneliness": ("loneliness",),
}
IN_GROUP = {"safety": ("climate", "cohesion"), "process": ("therapeutic_factors",)}
UNMEASURED = (
    ("selfesteem", "helping"),
    ("safety", "family"),
    ("safety", "daily_life"),
    ("hope", "control"),
    ("loneliness", "support"),
    ("loneliness", "validation"),
    ("process", "leading"),
)
MID, END, FOLLOW_UP = 3, 6, 7
Entry = dict[str, Any]


def answer_key(
    truth: Truth,
    episodes: int,
    instruments: Mapping[str, Instrument],
    seed: np.random.SeedSequence,
) -> dict[str, Any]:
    """Return what a study of this truth should find.

    Returns
    -------
    dict
        ``truth`` (planted numbers), ``answers`` (list of claim, part, value, unit, note; value is
        None where no study decides) and ``facts`` (name, value, unit, note: what no claim asks).
    """
    for_people, for_programs = seed.spawn(2)
    people = draw_population(truth, instruments, for_people)
    shares = true_shares(truth, episodes, instruments, for_programs)
    answers = [
        *_comparison(people),
        *(_entry(claim, part, value, "share", note) for claim, part, value, note in shares),
        *_benefits(people, instruments),
        *_inside_groups(people, instruments, truth),
        *_mechanism(people, truth),
        *_conditions(people),
        *_services(people, truth),
        _entry("burden", "figure", None, "", "an external fact, not a matter of this study"),
        _entry("sources", "references", None, "", "a citation check, not a matter of this study"),
        *(_entry(claim, part, None, "", "no instrument measures it") for claim, part in UNMEASURED),
    ]
    return {"truth": asdict(truth), "answers": answers, "facts": _facts(people, truth)}


def _entry(claim: str, part: str, value: float | None, unit: str, note: str) -> Entry:
    rounded = None if value is None else round(float(value), 6)
    return {"claim": claim, "part": part, "value": rounded, "unit": unit, "note": note}


def _comparison(people: Population) -> list[Entry]:
    difference = people.difference("depression", END).mean()
    note = "mean difference at day 42, assigned format, all eligible, had nothing been missing"
    parts = ("non_inferiority", "equivalence", "difference")
    return [
        *(_entry("effectiveness", part, difference, "PHQ-9 points", note) for part in parts),
        _entry(
            "retention",
            "completion",
            people.completed[True].mean() - people.completed[False].mean(),
            "share",
            "completion in the group format less that in the individual format",
        ),
    ]


def _benefits(people: Population, instruments: Mapping[str, Instrument]) -> list[Entry]:
    entries = []
    for claim, constructs in BENEFITS.items():
        for construct in constructs:
            unit = f"{instruments[construct].name} points"
            note = f"{construct}, day 42, assigned format, all eligible"
            prefix = f"{construct}." if len(constructs) > 1 else ""
            difference = people.difference(construct, END).mean()
            entries.append(_entry(claim, f"{prefix}difference", difference, unit, note))
            change = people.change(construct, END).mean()
            note = f"{construct}, mean gain from intake to day 42 in the group format"
            entries.append(_entry(claim, f"{prefix}change", change, unit, note))
            if claim == "social":
                entries += [
                    _entry(claim, "follow_up_difference",
                           people.difference(construct, FOLLOW_UP).mean(), unit, "day 90"),
                    _entry(claim, "follow_up_change", people.change(construct, FOLLOW_UP).mean(),
                           unit, "mean gain from intake to day 90 in the group format"),
                ]  # fmt: skip
    return entries


def _inside_groups(
    people: Population, instruments: Mapping[str, Instrument], truth: Truth
) -> list[Entry]:
    entries = []
    for claim, constructs in IN_GROUP.items():
        for construct in constructs:
            one = instruments[construct]
            score = people.scores[True][construct]
            prefix = f"{construct}." if len(constructs) > 1 else ""
            unit = f"{one.name} points"
            values = {
                "level": (score[:, MID].mean(), unit, "mean at day 21"),
                "trend": (score[:, END].mean() - score[:, 1].mean(), unit, "day 7 to day 42"),
                "icc": (people.climate_icc(construct), "ICC", "therapy groups' share at day 21"),
                "association": (people.correlation(construct), "r", "day 21 with PHQ-9 gain"),
            }
            entries += [_entry(claim, prefix + part, *value) for part, value in values.items()]
    return entries


def _mechanism(people: Population, truth: Truth) -> list[Entry]:
    note = "PHQ-9 points at day 42 through the gain by day 21, on the latent scale"
    through = {
        construct: path * truth.benefit_effects[construct] / 2
        for construct, path in truth.mediator_paths.items()
    }
    return [
        *(_entry("mechanism", f"through.{one}", value, "PHQ-9 points", note)
          for one, value in through.items()),
        _entry("mechanism", "through.all", mediated_effect(truth), "PHQ-9 points", note),
        _entry("mechanism", "cohesion", people.correlation("cohesion"), "r",
               "cohesion at day 21 with PHQ-9 gain, group format; published 0.26 (A57)"),
    ]  # fmt: skip


def _conditions(people: Population) -> list[Entry]:
    entries = []
    difference, change = people.difference("depression", END), people.change("depression", END)
    for code, condition in enumerate(CONDITIONS):
        mine = (people.who["condition"] == code).to_numpy()
        for part, values, note in (
            ("difference", difference, "day 42, assigned format"),
            ("change", change, "mean gain from intake to day 42 in the group format"),
        ):
            value = values[mine].mean()
            entries.append(_entry("conditions", f"{condition}.{part}", value, "PHQ-9 points", note))
    gains = {one["part"]: one["value"] for one in entries if one["part"].endswith(".change")}
    apart = {one["part"]: one["value"] for one in entries if one["part"].endswith(".difference")}
    lowest, least = (
        min(value for part, value in found.items() if not part.startswith("other."))
        for found in (gains, apart)
    )
    return [
        *entries,
        _entry("conditions", "seven.change", lowest, "PHQ-9 points", "the lowest of the seven"),
        _entry("conditions", "seven.difference", least, "PHQ-9 points", "the lowest of the seven"),
        _entry("conditions", "homogeneous", people.focus, "PHQ-9 points",
               "groups for one family of conditions less mixed ones"),
    ]  # fmt: skip


def _services(people: Population, truth: Truth) -> list[Entry]:
    attends = truth.attends_online - truth.attends_in_person
    return [
        _entry("grouptype", "difference", 0.0, "PHQ-9 points",
               "what a group does has no effect of its own; clients are in several at once"),
        *(_entry("grouptype", part, 0.0, "PHQ-9 points", "it changes no outcome")
          for part in ("closed", "size", "length", "two_leaders")),
        _entry("delivery", "difference", people.online, "PHQ-9 points",
               "online less in person; confounded with study day and stay"),
        _entry("delivery", "attendance", attends, "share", "online less in person"),
        _entry("delivery", "evening", 0.0, "PHQ-9 points", "the time of day changes no outcome"),
        *(_entry("adjunct", part, 0.0, "PHQ-9 points an hour",
                 "hours offered change no outcome; those attended follow from symptoms")
          for part in ("dose", "group_dose")),
        _entry("stepdown", "discharged_to_outpatient", people.discharged_to_outpatient(), "share",
               "of all discharges, as assigned"),
        _entry("stepdown", "referred_from_inpatient", people.referred_from_inpatient(), "share",
               "of all first episodes"),
    ]  # fmt: skip


def _facts(people: Population, truth: Truth) -> list[dict[str, Any]]:
    values = (
        *(_arms_as_assigned(people) if people.who["group"].nunique() > 1 else ()),
        ("leaving_group", 1 - people.completed[True].mean(), "share", "not completed"),
        ("leaving_individual", 1 - people.completed[False].mean(), "share", "not completed"),
        ("leaving_given_response", people.leaving_by_response(), "share",
         "not completed, worse half of the gain by day 21 less the better half"),
        ("icc", truth.icc, "ICC", "therapy groups' share at day 42 given intake, latent scale"),
    )  # fmt: skip
    return [
        {"name": name, "value": round(float(value), 6), "unit": unit, "note": note}
        for name, value, unit, note in values
    ]


def _arms_as_assigned(people: Population) -> tuple[tuple[str, float, str, str], ...]:
    naive = people.naive_difference()
    return (
        ("naive_difference", naive, "PHQ-9 points", "difference of the arms' means as assigned"),
        ("naive_bias", naive - people.difference("depression", END).mean(), "PHQ-9 points",
         "naive difference less the true one"),
        ("baseline_difference", people.baseline_difference(), "PHQ-9 points",
         "individual arm's intake mean less the group arm's"),
    )  # fmt: skip
