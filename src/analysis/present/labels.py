"""Names as a reader says them: constructs, models, arms inside a sentence, table columns."""

from __future__ import annotations

from typing import Any

MODELS = {
    "ancova": "adjusted for baseline",
    "repeated": "all time points together",
    "mmrm": "all time points together",
    "change": "change from baseline",
    "weighted_ato": "weighted to the overlap population",
    "doubly_robust_ato": "weighted to it and adjusted",
    "risk_difference_ato": "standardised to the overlap population",
    "weighted_proportions_ato": "weighted to the overlap population, too few for a model",
    "weighted_proportions_ate": "weighted to all participants, too few for a model",
    "risk_difference_ate": "standardised to all participants",
}
CONSTRUCTS = {"self_esteem": "self-esteem"}
TOTAL = "total"
METHODS = {"satterthwaite": "Satterthwaite", "bell_mccaffrey": "Bell and McCaffrey"}
RESPONSES = {
    "improvement": "Reliable improvement",
    "deterioration": "Reliable deterioration",
    "recovery": "Recovery (reliable, and no longer a case)",
    "response": "Response",
    "remission": "Remission (no longer a case)",
}
PARTS = {
    "non_inferiority": "not worse",
    "equivalence": "equivalent",
    "difference": "different",
    "one_or_two": "one or two leaders",
}
CLUSTERS = {
    "none": "nothing shared",
    "therapy_group": "therapy group",
    "primary_therapist": "primary therapist",
}


def plain(key: Any) -> str:
    """Turn a snake-case key into words."""
    return str(key or "").replace("_", " ").strip()


def sentence_case(text: str) -> str:
    """Make a text's first letter a capital."""
    return text[:1].upper() + text[1:]


def construct_label(construct: Any) -> str:
    """Return a construct's name in words."""
    return CONSTRUCTS.get(str(construct), plain(construct))


def covariate_label(covariate: Any) -> str:
    """Return a covariate's name in words; an identifier is named by what it identifies."""
    name = str(covariate)
    name = name.removeprefix("covariate_")
    for key, label in CONSTRUCTS.items():
        name = name.replace(key, label)
    return sentence_case(plain(name.removesuffix("_id")))


def model_label(model: Any) -> str:
    """Return what a model does, in a few words."""
    return MODELS.get(str(model), plain(model))


def method_label(method: Any) -> str:
    """Return how degrees of freedom were found, with surnames as they are written."""
    text = str(method or "method not stated")
    for key, name in METHODS.items():
        text = text.replace(key, name)
    return plain(text)


def part_label(part: Any) -> str:
    """Return a part's name in words."""
    return PARTS.get(str(part), plain(part).replace(".", ", "))


def term_label(term: Any) -> str:
    """Return a term of a balance table in words: a covariate, a level, a square, a product."""
    text = str(term).replace("]", "").replace("[", ": ").replace("^2", " squared")
    return " × ".join(covariate_label(part.replace("_id:", ":")) for part in text.split("*"))


def response_label(response: Any) -> str:
    """Return a responder outcome in words."""
    return RESPONSES.get(str(response), sentence_case(plain(response)))


def cluster_label(cluster: Any) -> str:
    """Return what the clients of an arm share."""
    return CLUSTERS.get(str(cluster), plain(cluster))


def within(label: str) -> str:
    """Return a label as it stands inside a sentence: lower case unless it is an abbreviation."""
    first = label.split(" ")[0]
    named = any(letter.isupper() for letter in first[1:]) or any(c.isdigit() for c in first)
    return label if named else label[:1].lower() + label[1:]
