"""Every sentence of the report that states a finding, made from kind, verdict, reason, direction.

No sentence says more than the verdict: an open question is never written as sameness, a difference
between arms is never written as something that a format did, and a synthetic study never speaks of
evidence. `tests/unit/present/test_wording.py` reads every sentence that can be made here.
"""

from __future__ import annotations

from analysis.present.facts import Facts
from analysis.present.labels import sentence_case, within
from analysis.present.program_wording import SENTENCES
from analysis.present.program_wording import short as program_short
from analysis.present.vocabulary import (
    COMPARISONS,
    CONTRADICTED,
    DIRECTIONS,
    ERROR,
    FACT_SENTENCES,
    FINDING,
    INCONCLUSIVE,
    NOT_TESTABLE,
    SUPPORTED,
)


def answer(kind: str, verdict: str, side: str, facts: Facts) -> str:
    """Return the plain-language answer of one part of a claim.

    Parameters
    ----------
    kind : str
        One of `KINDS`; another kind gets the verdict's general sentence.
    verdict : str
        One of `VERDICTS`, or of `FACTS` for an external fact.
    side : str
        One of `DIRECTIONS`.
    facts : Facts

    Returns
    -------
    str
        One to three sentences.
    """
    if verdict in FACT_SENTENCES:
        return FACT_SENTENCES[verdict]
    if verdict == NOT_TESTABLE:
        return f"This study cannot test the statement: {facts.reason}."
    if verdict == ERROR:
        return f"The analysis failed, so there is no verdict: {facts.reason}."
    opening = "In this synthetic study’s data" if facts.synthetic else "In this program’s data"
    opening = "In the published data" if facts.published else opening
    body = {
        "non_inferiority": _non_inferiority,
        "equivalence": _equivalence,
        "difference": _difference,
        "fidelity": _share,
        **SENTENCES,
    }.get(kind, _general)(verdict, side, facts)
    sentence = f"{opening}, {body}"
    return f"{sentence} {open_question(kind, facts)}" if verdict == INCONCLUSIVE else sentence


def open_question(kind: str, facts: Facts) -> str:
    """Say what an inconclusive result must not be taken for."""
    if kind in SENTENCES and facts.synthetic:
        return "That does not mean that the statement was shown to hold or to fail."
    if kind in SENTENCES:
        return "That is not evidence for or against the statement."
    taken = "shown to do equally well" if kind in COMPARISONS else "shown to agree or to differ"
    if facts.synthetic:
        thing = "the two arms were" if kind in COMPARISONS else "practice and description were"
        return f"That does not mean that {thing} {taken}."
    if kind in COMPARISONS:
        return "That is not evidence that the two do equally well."
    return "That is not evidence for or against the description."


def _non_inferiority(verdict: str, side: str, facts: Facts) -> str:
    what = f"{facts.group} {{}} {facts.other} by the margin of {facts.margin} or more"
    on = f"on {facts.outcome} (difference {facts.estimate})"
    if verdict == SUPPORTED:
        return what.format("did not do worse than") + f" {on}.{_lean(side, facts)}"
    if verdict == CONTRADICTED:
        return what.format("did worse than") + f" {on}."
    return (
        f"the question stays open: these data cannot tell whether {what.format('does worse than')} "
        f"{on}.{_lean(side, facts)}"
    )


def _equivalence(verdict: str, side: str, facts: Facts) -> str:
    on = f"on {facts.outcome}: {facts.estimate}"
    if verdict == SUPPORTED:
        return (
            f"{facts.group} and {facts.other} differed by less than the margin of {facts.margin} "
            f"{on}.{_lean(side, facts)}"
        )
    if verdict == CONTRADICTED:
        return (
            f"{facts.group} and {facts.other} differed by more than the margin of {facts.margin} "
            f"{on}.{_lean(side, facts)}"
        )
    return (
        f"the question stays open: these data cannot tell whether {facts.group} and {facts.other} "
        f"differ by less than the margin of {facts.margin} {on}.{_lean(side, facts)}"
    )


def _difference(verdict: str, side: str, facts: Facts) -> str:
    if verdict != INCONCLUSIVE and side == "comparison_better":
        found = f"{facts.group} did better than {facts.other} on {facts.outcome}: {facts.estimate}."
        return found + _size(facts)
    if verdict != INCONCLUSIVE and side == "reference_better":
        found = f"{facts.other} did better than {facts.group} on {facts.outcome}: {facts.estimate}."
        return found + _size(facts)
    return (
        f"the question stays open: these data cannot tell which of {facts.group} and "
        f"{facts.other} did better on {facts.outcome}: {facts.estimate}."
    )


def _size(facts: Facts) -> str:
    """Add how a difference stands to the margin, where there is one."""
    if facts.code.endswith("_within_margin"):
        return f" Different, but within the margin of {facts.margin}."
    if facts.code in DIRECTIONS and facts.margin:
        return f" The 95% interval reaches beyond the margin of {facts.margin}."
    return ""


def _share(verdict: str, side: str, facts: Facts) -> str:
    found = f"{facts.estimate} of {facts.counted} were as the article describes"
    asked = f"the plan asks for {facts.threshold}"
    if verdict == SUPPORTED:
        return f"{found}; {asked}, so practice matches the description."
    if verdict == CONTRADICTED:
        return f"{found}; {asked}, so practice differs from the description."
    return f"{found}; {asked}, and these data cannot tell on which side practice lies."


def _general(verdict: str, side: str, facts: Facts) -> str:
    said = f" ({facts.estimate})" if facts.estimate else ""
    if verdict == SUPPORTED:
        return f"the statement is supported{said}."
    if verdict == CONTRADICTED:
        return f"the statement is contradicted{said}."
    if verdict == FINDING:
        return f"the finding is as stated{said}."
    return f"the question stays open: these data cannot tell{said}."


def _lean(side: str, facts: Facts) -> str:
    """Add who did better where the 95% interval leaves out zero."""
    if side == "comparison_better":
        return f" The 95% interval lies on the side where {facts.group} did better."
    if side == "reference_better":
        return f" The 95% interval lies on the side where {facts.other} did better."
    return ""


def headline(verdict: str, reason: str, facts: Facts, *, open_confounding: bool) -> str:
    """Return the short answer to whether group is as effective as individual here."""
    where = "in these synthetic data" if facts.synthetic else "in these data"
    ending = "; confounding not yet examined." if open_confounding else "."
    if verdict == SUPPORTED:
        return f"Yes, within the margin, {where}{ending}"
    if verdict == CONTRADICTED:
        return f"No, worse by more than the margin, {where}{ending}"
    if verdict == INCONCLUSIVE:
        return "These data cannot tell."
    if verdict == ERROR:
        return "No answer: the analysis failed."
    if reason == "comparator_not_individual":
        return "This study cannot say: its comparator is not individual therapy."
    return "This study cannot say."


def own_contrast(label: str, side: str, estimate: str, outcome: str, facts: Facts) -> str:
    """Describe the study's own contrast where it does not bear on the claim."""
    found = f"Its own contrast, {within(label)}, is shown as such: {estimate} on {outcome}."
    if side == "unclear":
        return f"{found} The 95% interval holds zero, so these data cannot tell which did better."
    return found + _lean(side, facts)


def short(kind: str, verdict: str, side: str, facts: Facts) -> str:
    """Return the one-line reason beside a verdict on the first screen."""
    if verdict in FACT_SENTENCES or verdict in (NOT_TESTABLE, ERROR):
        return sentence_case(facts.reason)
    where = {SUPPORTED: "within", CONTRADICTED: "beyond", INCONCLUSIVE: "interval crosses"}
    if kind in ("non_inferiority", "equivalence") and verdict in where:
        return f"{facts.estimate}; {where[verdict]} the margin"
    if kind == "fidelity":
        return f"{facts.estimate} of {facts.counted}; asked: {facts.threshold}"
    return program_short(kind, verdict, facts) if kind in SENTENCES else facts.estimate


def chances(
    supported_if_zero: str,
    supported_at_margin: str,
    inconclusive_if_zero: str,
    baseline_correlation: str,
    icc: str,
) -> str:
    """Say which verdicts the sample size can reach, from the check made before outcomes."""
    return (
        f"With this sample size, the chance of {SUPPORTED} is {supported_if_zero} if there is "
        f"truly zero difference, and {supported_at_margin} if group is truly worse by the whole "
        f"margin. The chance of {INCONCLUSIVE} is {inconclusive_if_zero} if there is truly zero "
        f"difference. That assumes correlations of the outcome of {baseline_correlation} with "
        f"baseline and of {icc} among members of a group."
    )


def detectable(distance: str) -> str:
    """Say how far a share must lie from the asked one to be told from it."""
    return (
        f"With this sample size, a share must lie about {distance} from the share that the plan "
        f"asks for, else the verdict is {INCONCLUSIVE}."
    )


def testable(done: str, of: str) -> str:
    """Return the count line of the first screen."""
    return f"{done} of {of} claims testable here"


def plan_changed(changed: bool | None) -> str:
    """Say whether the plan changed after outcomes were read."""
    if changed is None:
        return "It is not recorded whether the plan changed after outcomes were read."
    if changed:
        return (
            "The plan changed after outcomes were first read. Claims that were added or changed "
            "afterwards are exploratory and shown apart."
        )
    return "The plan has not changed since outcomes were first read."


def registration(name: str | None) -> str:
    """Say where the plan was registered."""
    missing = not name or name == "not externally registered"
    return "The plan is not externally registered." if missing else f"Registered: {name}."
