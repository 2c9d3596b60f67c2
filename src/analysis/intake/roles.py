"""What a column is likely to be, by its name and what the file says of it: words, never values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.intake.profile import Column

# Column of `episodes` (or another part that a column may play) -> words of its name or title, and
# the kinds that it can have. The first that fits counts.
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "born": (r"\b(dob|birth\w*|born)\b", ("date",)),
    "discharge_day": (
        r"\b(disch\w*|dc|exit|ended?|end|clos\w+|terminat\w*|complet\w+|left|last day)\b",
        ("date",),
    ),
    "start_study_day": (
        r"\b(admi\w*|intake|start\w*|enrol\w*|open\w*|begin\w*|entry|entered|soc|first day)\b",
        ("date",),
    ),
    "stay": (
        r"\b(los|length of stay|days? (in|of) (care|treatment|program)|stay)\b",
        ("number", "code"),
    ),
    "age_band": (r"\bage\b", ("number", "code")),
    "gender": (r"\b(gender|sex)\b", ("code",)),
    "discharge_level": (
        r"\b(disch\w*|dc|exit|after)\b.*\b(dispo\w*|level|to|destination|plan)\b|\bdispo\w*",
        ("code",),
    ),
    "discharge_reason": (
        r"\b(disch\w*|dc|exit|end\w*|clos\w+|terminat\w*|leav\w*)\b.*\b(reason|status|type|outcome|why)\b"
        r"|\breason\b",
        ("code",),
    ),
    "referral_level": (r"\b(refer\w*|came from|source of)\b", ("code",)),
    "arm": (
        r"\b(programm?e?|format|modality|arm|service line|(treatment|therapy) type)\b",
        ("code",),
    ),
    "program_track": (r"\btrack\b", ("code",)),
    "primary_therapist_id": (
        r"\b(therapist|clinician|counsel\w+|provider|case manager|primary staff)\b",
        ("code", "text"),
    ),
    "site_id": (r"\b(site|clinic|location|facility|office|center|centre)\b", ("code",)),
    "wave": (r"\b(event|visit|wave|time ?point|occasion|phase|measurement)\b", ("code",)),
    "completed": (r"\b(completed|completer|graduat\w+|finished)\b", ("code",)),
}
CLIENT = re.compile(
    r"\b(record|client|patient|participant|member|subject|person|case|chart|study|consumer|pt)\b.*"
    r"\b(id|no|nr|num|number|key|code|ref)\b|\b(mrn|id|record|client|patient|participant|case no)\b"
)
NEVER_A_CLIENT = re.compile(r"\b(therapist|provider|staff|session|group|site|event|survey|claim)\b")

# Words of a dictionary's list -> what labels that mean it say. The first that fits counts.
MEANINGS: dict[str, dict[str, str]] = {
    "arm": {"group": r"\bgroup\b|\bgrp\b", "individual": r"\bindiv|\bone.to.one\b|\b1 (on )?1\b"},
    "discharge_reason": {
        "completed": r"complet|graduat|success|goals? met",
        "stepped_up": r"step\w*.?up|higher|hospital|inpatient|escalat",
        "administrative": r"admin|insur|payer|payment|moved|relocat|transfer",
        "left_early": r"left|early|\bama\b|drop|withdr|against|quit|no.?show|lost|declin",
        "other": r"other|unknown",
    },
    "referral_level": {
        "partial_hospital": r"partial|\bphp\b|day hospital",
        "residential": r"resid",
        "emergency": r"emerg|\bed\b|\ber\b|crisis",
        "inpatient": r"inpatient|hospital|\bip\b",
        "outpatient": r"outpatient|\bop\b|therap|psychiatr|clinic",
        "community": r"commun|self|family|friend|school|court|primary care|\bgp\b|\bpcp\b",
        "other": r"other",
    },
    "discharge_level": {
        "partial_hospital": r"partial|\bphp\b|day hospital",
        "residential": r"resid",
        "inpatient": r"inpatient|hospital|\bip\b",
        "none": r"\bnone\b|no (further|after)|nothing",
        "outpatient": r"outpatient|\bop\b|therap|psychiatr|clinic",
        "other": r"other|unknown",
    },
    "completed": {"completed": r"^(y|yes|true|completed)\b", "other": r"^(n|no|false|not)\b"},
}
UNKNOWN = re.compile(
    r"missing|not (recorded|known|asked|answered)|unknown|refus|declin|n/?a$|blank"
)


def words(text: str) -> str:
    """Return a name as words: dcReason2 and DC_REASON-2 become "dc reason 2"."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    split = re.sub(r"(?<=[A-Za-z])(?=\d)", " ", split)
    return " ".join(re.findall(r"[^\W_]+", split.lower()))


def role(column: Column) -> str:
    """Return the part that a column is likely to play, empty where none is likely."""
    for text in (words(column.name), words(column.title)):
        for name, (pattern, kinds) in ROLES.items():
            if column.kind in kinds and re.search(pattern, text):
                return name
    return ""


def is_client(column: Column) -> bool:
    """Return whether a column is likely to say which client a row is of."""
    texts = (words(column.name), words(column.title))
    return column.kind in ("text", "number") and any(
        CLIENT.search(one) and not NEVER_A_CLIENT.search(one) for one in texts if one
    )


def meanings(part: str, column: Column) -> dict[str, str]:
    """Return what the codes of a column are likely to mean, by their labels or own words.

    Returns
    -------
    dict of str to str
        Code to word, for those whose label says it; only of codes that at least ten rows have.
    """
    found = {}
    for code in column.codes:
        label = words(column.labels.get(code, code))
        if UNKNOWN.search(label) and part not in ("discharge_reason", "discharge_level"):
            found[code] = "missing"
        elif part == "gender":
            if not label.replace(" ", "").isdecimal():
                found[code] = label
        else:
            known: Mapping[str, str] = MEANINGS.get(part, {})
            fits = [word for word, pattern in known.items() if re.search(pattern, label)]
            if fits:
                found[code] = fits[0]
    return found
