"""The fixed words of the report: verdicts and their meanings, reasons, standing remarks."""

from __future__ import annotations

SUPPORTED, CONTRADICTED, INCONCLUSIVE = "SUPPORTED", "CONTRADICTED", "INCONCLUSIVE"
NOT_TESTABLE, ERROR = "NOT TESTABLE", "ERROR"
FINDING, CHANGE_SEEN = "FINDING", "CHANGE SEEN"
VERDICTS = (SUPPORTED, CHANGE_SEEN, CONTRADICTED, INCONCLUSIVE, FINDING, NOT_TESTABLE, ERROR)
FACTS = (
    "correct",
    "superseded",
    "not checked",
    "all supported",
    "supported in part",
    "checked in part",
    "not all supported",
)
COMPARISONS = ("non_inferiority", "equivalence", "difference")
OUTSIDE = ("external_fact", "citation_check")
INSIDE_GROUPS = (
    "change",
    "level",
    "trend",
    "shared",
    "association",
    "against_published",
    "equivalence_of_modes",
)
BETWEEN_ARMS = ("superiority", "retention", "uptake", "leaving", "mediation")
PROGRAM = (*BETWEEN_ARMS, *INSIDE_GROUPS)
KINDS = (*COMPARISONS, "fidelity", *PROGRAM, *OUTSIDE)
DIRECTIONS = ("comparison_better", "reference_better", "unclear")
SYMBOLS = {
    SUPPORTED: "✓",
    CHANGE_SEEN: "↗",
    CONTRADICTED: "✗",
    INCONCLUSIVE: "?",
    FINDING: "•",
    NOT_TESTABLE: "–",
    ERROR: "!",
    "correct": "✓",
    "superseded": "↻",
    "not checked": "–",
    "all supported": "✓",
    "supported in part": "◐",
    "checked in part": "◐",
    "not all supported": "✗",
}
UNPROTECTED = "Counts are not yet protected: internal use."
REASONS = {
    "data_missing": "The data that the claim needs were not recorded",
    "outcome_not_declared": "The study declares no primary outcome",
    "margin_not_defined": "The margin is fixed on another instrument",
    "no_comparator": "The study has one arm",
    "comparator_not_individual": "The comparator is not individual therapy",
    "diagnostic_failed": "A check of the estimate failed",
    "instrument_absent": "No instrument measures it",
    "too_few_data": "Too few data for an estimate",
    "design_impossible": "The arms cannot be made comparable",
    "source_records_blocks": "The source records billing blocks, not sessions",
    "published_value_unknown": "The named source gives no value to compare with",
    "measure_not_recorded": "What the claim counts was not recorded",
}
OTHER_REASON = "Other reasons"
NOT_EVIDENCE = "not evidence"
CHANGE_ONLY = "This is change over time, not a comparison: it does not say what group therapy did."
TIME_ALONE = "Time alone may do this."
NOT_BETTER = (
    "The article does not say that groups do more than another therapy: this contradicts nothing."
)
ASSOCIATION_ONLY = "This is an association: members were not assigned to it."
MEDIATION_ONLY = (
    "This is an association over time; it speaks of a mechanism only if nothing unmeasured moved "
    "both the early gain and later symptoms."
)
BANNER = (
    f"A simulator made every number of this study: {NOT_EVIDENCE} about any therapy or program."
)
BANNER_MORE = (
    "It shows how the report works. Parts marked PUBLISHED are from the literature, and real."
)
MEANINGS = {
    SUPPORTED: "the rule that the plan fixed for the claim holds in these data.",
    CHANGE_SEEN: "members gained over time; no comparison in these data shows that group therapy "
    "did it.",
    CONTRADICTED: "the opposite of the claim holds by the same rule.",
    INCONCLUSIVE: "these data cannot tell; a larger or better study might.",
    FINDING: "a result on what the article does not assert; no verdict on the article.",
    NOT_TESTABLE: "the data, the design or privacy do not allow the test.",
    ERROR: "the analysis failed; nothing is concluded.",
}
PROVIDER = "The data of the provider that published the article were not examined."
CONFOUNDED = (
    "Clients were not assigned at random, and confounding is not yet examined: the arms may differ "
    "for reasons other than the format."
)
EXPLORATORY = "This claim was added or changed after outcomes were read: exploratory."
RANDOMISED = "Arms were assigned at random."
STANCES = {
    "asserted": "The article asserts this.",
    "hedged": "The article says this with a hedge.",
    "implied by us": "The article does not say this outright; it was read between its lines, "
    "so the result is a finding, not a verdict on the article.",
    "provider's own service": "The article says this of the provider’s own service, so the "
    "result is a finding, not a verdict on the article.",
}
FACT_SENTENCES = {
    "correct": "The figure agrees with the published source.",
    "superseded": "The figure was correct for its source’s year and has since been updated.",
    "not checked": "The source could not be read, so this has not been checked.",
    "all supported": "The references say what the article cites them for.",
    "supported in part": "Some references say what the article cites them for only in part.",
    "checked in part": "Of the references, those that could be read say wholly or in part what the "
    "article cites them for; the others could not be checked.",
    "not all supported": "Some references do not say what the article cites them for.",
}
