"""A registration form, filled from a study's config and plan before outcomes are read.

The questions are those of the Real World Evidence template of the Open Science Framework (made by
ISPOR, NPC, Duke-Margolis and ISPE for causal studies of secondary data), in our words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.claims.plan import plan_hash

BY_HAND = "To be filled in by hand: "
LEVELS = (
    "No data handling at this point",
    "Acquired access to the source data",
    "Conducted feasibility counts",
    "Created an analytic dataset for the study population of interest",
    "Conducted preliminary analyses, no association between treatment and outcome",
    "Study analysis in progress",
    "Statistical comparisons completed",
)
Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Handling:
    """What is known of how far the data were handled.

    Attributes
    ----------
    files : bool
        A declared file is there.
    tables : bool
        The canonical tables were made.
    outcomes_read, reported : bool
        As the plan's log says.
    faults : tuple of str
        What is wrong with the log.
    """

    files: bool
    tables: bool
    outcomes_read: bool
    reported: bool
    faults: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        """Return the place in `LEVELS` that the program's own record shows, at least."""
        if self.reported:
            return 6
        if self.outcomes_read or self.faults:
            return 5
        return 3 if self.tables else int(self.files)


def registration_form(
    config: Mapping[str, Any], plan: Plan, head: str, handling: Handling
) -> list[dict[str, str]]:
    """Answer the template's 21 questions.

    Parameters
    ----------
    config : mapping
        The study's config.
    plan : mapping
        As `resolve_plan` gives it.
    head : str
        Hash of the newest line of the plan's log.
    handling : Handling

    Returns
    -------
    list of dict
        ``id`` (q1 to q21), ``page``, ``question`` and ``answer``; what neither config nor plan
        says begins with `BY_HAND`.
    """
    contrasts = list(plan["design"].get("contrasts", {}).values())
    administrative = [
        ("Research question", _question(plan, contrasts)),
        ("Funding", f"{BY_HAND}source and grant number."),
        ("Data source", _source(config)),
        ("Version or date of extraction", f"{BY_HAND}when the files were drawn from the records."),
        ("Study period", f"{BY_HAND}first and last calendar date; the data hold days only."),
    ]
    summary = [
        ("Study design", "Cohort"),
        ("Design, in words", _each(contrasts, _design)),
        ("Study population", _each(contrasts, lambda one: one["estimand"]["population"])),
        ("Index date", _each(contrasts, lambda one: one["estimand"]["time_zero"])),
        ("Inclusion", _inclusion(plan["design"])),
        ("Exclusion", "Everyone who is not included by the rules above; no other exclusion."),
        ("Intervention", _each(contrasts, lambda one: _arm(plan, one, "comparison"))),
        ("Comparator", _each(contrasts, lambda one: _arm(plan, one, "reference"))),
        ("Outcomes", _outcomes(plan)),
        ("Characteristics used in the analysis", _covariates(plan["design"])),
        ("Subgroups", _subgroups(plan)),
    ]
    period = [
        ("Duration of treatment", "From time zero to the day of discharge on record, if any."),
        ("Follow-up", _each(contrasts, lambda one: one["estimand"]["outcome"])),
    ]
    attested = [
        ("Data handling so far", LEVELS[handling.level]),
        ("Data handling, in words", _attestation(handling)),
    ]
    protocol = [("Protocol", _protocol(plan, head))]
    pages = {
        "Administrative information": administrative,
        "Design and specifications": summary,
        "Evaluation period": period,
        "Data handling": attested,
        "Protocol document": protocol,
    }
    rows = [(page, *one) for page, answers in pages.items() for one in answers]
    return [
        {"id": f"q{number}", "page": page, "question": question, "answer": answer}
        for number, (page, question, answer) in enumerate(rows, start=1)
    ]


def as_text(title: str, form: list[dict[str, str]]) -> str:
    """Return the form as Markdown, ready to be copied field by field."""
    lines = [f"# Registration: {title}", ""]
    page = ""
    for one in form:
        if one["page"] != page:
            page = one["page"]
            lines += [f"## {page}", ""]
        lines += [f"### {one['id']}. {one['question']}", "", one["answer"], ""]
    return "\n".join(lines)


def _each(contrasts: list[Mapping[str, Any]], say: Any) -> str:
    said = [f"{one['label']}: {say(one)}" for one in contrasts]
    return "\n\n".join(said) or "The study declares no contrast; practice alone is described."


def _question(plan: Plan, contrasts: list[Mapping[str, Any]]) -> str:
    asked = _each(contrasts, lambda one: one["estimand"]["answers"])
    parts = [
        f"- {claim['title']}: {part['statement']}"
        for claim in plan["claims"].values()
        for part in claim["parts"].values()
        if part.get("decides") and "statement" in part
    ]
    return "\n".join([asked, "", "Claims that are judged, each by a rule of the plan:", *parts])


def _source(config: Mapping[str, Any]) -> str:
    where = config.get("attribution") or f"{BY_HAND}which records the files were drawn from."
    made = " The data are SYNTHETIC: made by a simulator." if "simulate" in config else ""
    return f"{config['title']}. {where} Tables: {', '.join(config['tables'])}.{made}"


def _design(one: Mapping[str, Any]) -> str:
    return (
        f"{one['assignment']}; arms {one['comparison']} and {one['reference']}; "
        f"{one['estimand']['summary_measure']}"
    )


def _inclusion(design: Mapping[str, Any]) -> str:
    cohort = design.get("cohort", {})
    said = [
        "The first episode of each participant."
        if cohort.get("episodes", "first") == "first"
        else "Every episode."
    ]
    if cohort.get("require_baseline"):
        first, last = design.get("baseline", {}).get("window", ("?", "?"))
        said.append(f"A score of the primary outcome between days {first} and {last}.")
    if landmark := design.get("landmark"):
        said.append(f"Still in treatment on day {landmark['day']}.")
    return " ".join(said)


def _arm(plan: Plan, one: Mapping[str, Any], side: str) -> str:
    arm = plan["design"]["arms"][one[side]]
    return f"{arm['label']} (format: {arm['format']}), {one['estimand']['strategies'][one[side]]}."


def _outcomes(plan: Plan) -> str:
    design = plan["design"]
    bound = design.get("instruments", {})
    rows = [("primary", design["outcome"])] if "outcome" in design else []
    rows += [("further", one) for one in design.get("further_outcomes", ())]
    said = [
        f"- {kind}: {one['construct']} ({bound[one['construct']]}), day {one['day']}, from days "
        f"{one['window'][0]} to {one['window'][1]}"
        for kind, one in rows
    ]
    margins = [
        f"- margin of '{claim['title']}': {_margin(claim['margin'])}"
        for claim in plan["claims"].values()
        if claim.get("margin")
    ]
    return "\n".join([*said, *margins]) or "The study declares no outcome."


def _margin(margin: Mapping[str, Any]) -> str:
    if "value" in margin:
        return f"{margin['value']} {margin.get('unit', '')}".strip()
    return f"{margin.get('standardised')} standard deviations"


def _covariates(design: Mapping[str, Any]) -> str:
    named = [f"{one['column']} ({one['type']})" for one in design.get("covariates", ())]
    return ", ".join(["the baseline score", *named]) + "; all measured at or before time zero."


def _subgroups(plan: Plan) -> str:
    families = [
        part["family"]
        for claim in plan["claims"].values()
        for part in claim["parts"].values()
        if "family" in part
    ]
    named = ", ".join(one.replace("_", " ") for one in dict.fromkeys(families))
    return f"Families of conditions: {named}; estimates are drawn together." if named else "None."


def _attestation(handling: Handling) -> str:
    if handling.faults:
        return f"The plan's log is not whole: {'; '.join(handling.faults)}."
    if handling.outcomes_read:
        return "The plan's log says that outcomes were read: this is no registration beforehand."
    return (
        "The plan's log holds no reading of outcomes by this program. It knows nothing of what was "
        "done with the data outside it: choose a higher level where more was done."
    )


def _protocol(plan: Plan, head: str) -> str:
    return (
        "The file protocol.json beside this form: the whole plan, with claims, decision rules, "
        f"limits and design.\n\nHash of the plan: {plan_hash(plan)}\n\nHead of the plan's log: "
        f"{head}\n\nA later report lists the hash of every line of its log; this one must be "
        "among them."
    )
