"""Billing extracts, one line a billed service: sessions and who had one.

A line says that a service was billed. Lines of one client, provider, day and place are one session;
the group is all who have a line with the same provider, day and place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.intake.billing_codes import LEVELS, MEANINGS
from analysis.intake.billing_columns import HEADINGS, columns_of
from analysis.intake.billing_lines import coded, standing, status_of
from analysis.intake.billing_reading import (
    READ,
    codes_of,
    days_of,
    lines_of,
    of_treatment,
    services_of,
    units_of,
)
from analysis.intake.billing_sessions import sessions_of
from analysis.intake.counts import Counts
from analysis.intake.dates import ORDERS
from analysis.intake.details import sorted_out
from analysis.intake.text import open_text
from analysis.intake.workbooks import open_sheet
from analysis.study.problems import Problem, StudyError

CANNOT_SHOW = (
    "Billing does not show how large a group was: only who was billed.",
    "Billing does not show who was expected and did not come.",
    "Minutes are those of the code's description or of the map, never measured; a code without a "
    "time, and a day's rate, have none.",
    "Two groups that one provider led on one day at one place look like one.",
    "A day's rate does not say how many services the day had.",
)
DETAILS = {
    **{what: f"heading of the column that holds the {what}" for what in HEADINGS},
    "unit": "what a group session is: session, billing_block or day",
    "minutes ": "minutes of one unit of a code: minutes 90853",
    "order": "day first or month first",
    "level": "iop or php: lines of the condition code 92 or 41 alone",
}
UNITS = ("session", "billing_block", "day")
_CODE = re.compile(r"(?:\d{4}[0-9AFTU]|[A-Z]\d{4})\Z")


@dataclass(frozen=True)
class Billing:
    """One extract.

    Attributes
    ----------
    sessions : DataFrame
        session (number), format (group, individual, medication, other), provider, date, place,
        site, block, unit (session, billing_block, day), mode (in_person, online, hybrid), level
        (iop, php), minutes, present and expected (both always missing: billing does not show them).
    attendance : DataFrame
        session, person, status (always attended), minutes, units, mode, row (of the first line).
    counts : Counts
        Of lines.
    notes : tuple of str
        How the extract was understood, without a value of it.
    """

    sessions: pd.DataFrame = field(repr=False)
    attendance: pd.DataFrame = field(repr=False)
    counts: Counts
    notes: tuple[str, ...]


def read_billing(path: Path, detail: Mapping[str, str]) -> Billing:
    """Read a billing extract.

    Parameters
    ----------
    path : Path
        Separated text, or the first sheet of a workbook.
    detail : mapping
        Words of `DETAILS`, and codes with one of `billing_codes.MEANINGS`, such as H2019=group.

    Raises
    ------
    StudyError
        If columns cannot be told, dates or units cannot be read, or the order of day and month is
        open; every one is listed.
    """
    shown = path.name
    words, own = sorted_out(detail, DETAILS, MEANINGS, shown)
    _refuse_words(words, shown)
    is_workbook = path.suffix.lower() in (".xlsx", ".xlsm")
    names, load = open_sheet(path, "", shown) if is_workbook else open_text(path, shown)
    given = {what: name for what, name in words.items() if what in HEADINGS}
    at = columns_of(names, given, shown)
    frame = load(list(at.values()))
    rows = frame.index
    # Column by column, so that the texts of a million lines are never all there at once.
    days = days_of(frame.pop(at["date"]), words.get("order", ""), shown, at["date"])
    turns = {**READ, "status": lambda text: status_of(text, at["status"])}
    known = {
        what: coded(frame.pop(name), turns.get(what, str.strip))
        for what, name in at.items()
        if what != "date"
    }
    units = units_of(known.get("units"), len(rows), rows, shown)
    code = codes_of(known, len(rows))
    services = services_of(code.values, own, words)
    lines, empty = lines_of(known, days, units, code, services, rows)
    lines, other = of_treatment(lines, words.get("level", ""))
    if lines.empty:
        expected, remedy = "lines of services that are known", "Say what the codes are: CODE=group."
        raise StudyError([Problem(shown, at.get("code", ""), (), expected, "none", remedy)])
    found, aside = standing(lines)
    used = len(lines) - sum(one.number for one in aside)
    sessions, attendance, notes = sessions_of(
        found, {**known, "code": code}, services, words.get("unit", UNITS[0])
    )
    counts = Counts("lines", len(rows), used, (*empty, *other, *aside))
    return Billing(sessions, attendance, counts, (*_understood(at), *notes))


def looks_like_billing(names: Sequence[str], values: Mapping[str, Collection[str]]) -> str:
    """Return why a table looks like a billing extract, empty where it does not.

    Parameters
    ----------
    names : sequence of str
        Its columns.
    values : mapping
        Column to (some of) its different values.
    """
    try:
        at = columns_of(names, {}, "")
    except StudyError:
        return ""
    texts = [str(one).strip().upper() for one in values.get(at.get("code", ""), ())]
    codes = sum(bool(_CODE.match(one)) for one in texts)
    if texts and codes * 10 >= 9 * len(texts):
        return "a column holds procedure codes, beside a client and a date of service"
    return "" if texts else "it has columns of a client, a date of service and a procedure code"


def _refuse_words(words: Mapping[str, str], shown: str) -> None:
    allowed = {"unit": UNITS, "order": tuple(ORDERS), "level": tuple(LEVELS.values())}
    problems = [
        Problem(shown, f"detail {word}", (), " or ".join(known), "something else", "Correct it.")
        for word, known in allowed.items()
        if word in words and words[word] not in known
    ]
    problems += [
        Problem(shown, f"detail {word}", (), "a number", "something else", "Correct it.")
        for word, text in words.items()
        if word.startswith("minutes ") and not re.fullmatch(r"\d+(?:\.\d+)?", text)
    ]
    if problems:
        raise StudyError(problems)


def _understood(at: Mapping[str, str]) -> list[str]:
    return [f"{what}: column {name}." for what, name in at.items()]
