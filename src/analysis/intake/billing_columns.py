"""Which column of a billing extract holds what: as the map says, else by heading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from analysis.study.problems import Problem, StudyError, nearest

# What is read -> how its heading looks; the first that fits a column takes it.
HEADINGS = {
    "revenue": r"\brev(?:enue)?\b",
    "condition": r"\bcondition\b|\bcond\b",
    "bill": r"type of bill|\btob\b|bill type|\bfreq",
    "modifier": r"\bmod(?:ifiers?|s)?\d*\b",
    "kind": r"claim type|claim form|form type|\b837\b|prof.*inst",
    "status": r"\bstatus\b|\bvoid|\bactions?\b|\badjust|reversal|\btxn\b|transaction",
    "claim": r"\bclaim\b|\bicn\b|\bdcn\b",
    "line": r"\bline\b",
    "code": r"\bcpt\b|hcpcs|\bproc(?:edure)?\b|service code|billing code|^code$",
    "units": r"\bunits?\b|\bqty\b|quantity",
    "charge": r"charge|billed|\bamount\b|\bamt\b",
    "provider": r"render|provider|clinician|therapist|counsell?or|\bnpi\b|\bstaff\b|servicing",
    "site": r"\bsite\b|location|\bclinic\b|facility",
    "place": r"\bpos\b|place",
    "date": r"\bdos\b|date of service|service date|serv(?:ice)? (?:from|start)|from date|\bsvc\b"
    r"|\bdate\b",
    "person": r"client|patient|\bpt\b|member|person|participant|\bmrn\b|subscriber|beneficiary"
    r"|consumer|recipient|^id$",
}
NEEDED = ("person", "date", "code")
_NOT = {
    "date": r"birth|\bdob\b|paid|post|submit|entry|enter|bill|\bto\b|through|\bend\b|check|process",
    "person": r"name|birth|\bdob\b|address|phone|sex|gender|provider|type|status",
    "code": r"diag|\bdx\b|icd|desc|modifier|place|revenue|condition",
    "provider": r"type|specialty|address|tax",
    "charge": r"code|desc",
    "units": r"type",
}


def columns_of(names: Sequence[str], given: Mapping[str, str], shown: str) -> dict[str, str]:
    """Return what is read of a billing extract, with the column that holds it.

    Parameters
    ----------
    names : sequence of str
        The extract's columns.
    given : mapping
        What the map says: a word of `HEADINGS` to a column.
    shown : str
        The extract, for messages.

    Raises
    ------
    StudyError
        If a column of the map is not there, or client, date or code have none.
    """
    problems = [
        Problem(
            shown,
            f"detail {what}",
            (),
            "a column of the file",
            "no such column",
            f"{nearest(name, names)}Correct it.",
        )
        for what, name in given.items()
        if name not in names
    ]
    found = {what: name for what, name in given.items() if name in names}
    taken = set(found.values())
    for what, pattern in HEADINGS.items():
        fits = (
            one
            for one in names
            if one not in taken
            and re.search(pattern, _words(one))
            and not (what in _NOT and re.search(_NOT[what], _words(one)))
        )
        if what not in found and (name := next(fits, None)) is not None:
            found[what] = name
            taken.add(name)
    lacking = [one for one in NEEDED if one not in found]
    if "code" in lacking and "revenue" in found:
        lacking.remove("code")
    problems += [
        Problem(
            shown,
            what,
            (1,),
            f"a column that says the {what}",
            "none that can be told by its heading",
            f"Name it in the map's detail: {what}=HEADING.",
        )
        for what in lacking
        if what not in given
    ]
    if problems:
        raise StudyError(problems)
    return found


def _words(name: str) -> str:
    """Return a heading as words: ClientID and client_id are client id."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.split(r"[\s_./#-]+", apart)).casefold().strip()
