"""What each column of a REDCap export is: a key, a field, one box of a checkbox, a form's state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.redcap_dictionary import Field, plain
from analysis.study.problems import unreadable

EVENT, INSTRUMENT, INSTANCE = (
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
)
SITE, SURVEY = "redcap_data_access_group", "redcap_survey_identifier"
# Name of a column that REDCap adds -> its heading in exports with labels.
ADDED = {
    EVENT: "Event Name",
    INSTRUMENT: "Repeat Instrument",
    INSTANCE: "Repeat Instance",
    SITE: "Data Access Group",
    SURVEY: "Survey Identifier",
}
COMPLETE = "Complete?"
TIMESTAMP = "Survey Timestamp"
STATES = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
TICKED = {"0": "Unchecked", "1": "Checked"}
_NO_FORM = "fields"


@dataclass(frozen=True)
class Column:
    """One column of an export.

    Attributes
    ----------
    name : str
        As a raw export names it.
    form : str
        The form that it belongs to; empty for keys.
    field : Field or None
        What the dictionary says; None where it says nothing.
    code : str
        For one box of a checkbox: the choice's code.
    choices : dict
        Code to label, of this column.
    """

    name: str
    form: str
    field: Field | None
    code: str = ""
    choices: tuple[tuple[str, str], ...] = ()


def columns_of(header: Sequence[str], fields: Sequence[Field], shown: str) -> list[Column]:
    """Return what the columns of an export are.

    Parameters
    ----------
    header : sequence of str
        The export's headings: names (raw) or labels.
    fields : sequence of Field
        The project's dictionary; may be empty for a raw export.
    shown : str
        The export's name, for messages.

    Raises
    ------
    StudyError
        If headings are labels and no dictionary says whose, or more than one reading of them is
        possible, or the dictionary is another project's.
    """
    if not fields:
        if has_labels(header):
            expected = "names of fields as headings, or the project's data dictionary"
            remedy = "Put the data dictionary beside the export, or export raw headings."
            raise unreadable(shown, expected, "labels, and no dictionary beside them", remedy, (1,))
        return _without_dictionary(header)
    project = _expected(fields)
    names = {column.name for _, column in project} | set(ADDED)
    labels = {label for label, _ in project} | set(ADDED.values())
    if sum(one in names for one in header) >= sum(plain(one) in labels for one in header):
        return _by_name(header, fields)
    return _by_label(header, fields, shown)


def has_labels(header: Sequence[str]) -> bool:
    """Return whether an export's headings are labels rather than names of fields."""
    return any(one in ADDED.values() or one == COMPLETE for one in header[1:])


def _base(name: str) -> str:
    return name.partition("___")[0]


def safe(code: str) -> str:
    """Return a checkbox's code as it stands in the name of its column."""
    return re.sub(r"[^a-z0-9_]", "_", code.casefold())


def _expected(fields: Sequence[Field]) -> list[tuple[str, Column]]:
    """Return every column that a project can export, in order, each with its label."""
    listed: list[tuple[str, Column]] = []
    for place, one in enumerate(fields):
        if place == 0 or fields[place - 1].form != one.form:
            listed.append((TIMESTAMP, Column(f"{one.form}_timestamp", one.form, None)))
        pairs = tuple(one.choices.items())
        if one.type == "checkbox":
            for code, label in pairs:
                box = Column(
                    f"{one.name}___{safe(code)}", one.form, one, code, tuple(TICKED.items())
                )
                listed.append((f"{one.label} (choice={label})", box))
        elif one.type != "descriptive":
            listed.append((one.label, Column(one.name, one.form, one, choices=pairs)))
        if place + 1 == len(fields) or fields[place + 1].form != one.form:
            states = tuple(STATES.items())
            listed.append((COMPLETE, Column(f"{one.form}_complete", one.form, None, "", states)))
    return listed


def _by_name(header: Sequence[str], fields: Sequence[Field]) -> list[Column]:
    known = {column.name: column for _, column in _expected(fields)}
    boxes = {one.name: one for one in fields if one.type == "checkbox"}
    forms = {one.form for one in fields}
    found: list[Column] = []
    for name in header:
        form = found[-1].form if found and found[-1].form else fields[0].form
        if name in ADDED:
            found.append(Column(name, "", None))
        elif name in known:
            found.append(known[name])
        elif (box := boxes.get(_base(name))) and "___" in name:
            code = name.partition("___")[2]
            found.append(Column(name, box.form, box, code, tuple(TICKED.items())))
        else:
            added = re.fullmatch(r"(.+)_(?:timestamp|return_code)", name)
            own = added[1] if added and added[1] in forms else form
            found.append(Column(name, own, None))
    return [Column(found[0].name, "", found[0].field), *found[1:]]


def _by_label(header: Sequence[str], fields: Sequence[Field], shown: str) -> list[Column]:
    """Return the columns of an export with labels, found by their order in the dictionary."""
    added = {label: name for name, label in ADDED.items()}
    rest = [place for place, one in enumerate(header) if place and one not in added]
    expected = _expected(fields)
    wanted = [plain(header[place]).casefold() for place in [0, *rest]]
    labels = [plain(label).casefold() for label, _ in expected]
    first = _aligned(wanted, labels, shown)
    backward = _aligned(wanted[::-1], labels[::-1], shown)
    last = [len(labels) - 1 - one for one in backward[::-1]]
    # A form's state follows its fields, the time of a survey stands before them.
    stamped = [one == TIMESTAMP.casefold() for one in wanted]
    chosen = [b if late else a for a, b, late in zip(first, last, stamped, strict=True)]
    free = {TIMESTAMP.casefold(), COMPLETE.casefold()}
    if any(a != b and one not in free for a, b, one in zip(first, last, wanted, strict=True)):
        found = "labels that several fields share, of which some are not in the export"
        remedy = "Export all fields of a form, or export raw headings."
        raise unreadable(shown, "labels that say whose they are", found, remedy, (1,))
    places = dict(zip([0, *rest], chosen, strict=True))
    columns = [
        expected[places[place]][1] if place in places else Column(added[one], "", None)
        for place, one in enumerate(header)
    ]
    return [Column(columns[0].name, "", columns[0].field), *columns[1:]]


def _aligned(wanted: Sequence[str], labels: Sequence[str], shown: str) -> list[int]:
    """Return the first place of each label behind the one before it."""
    places: list[int] = []
    for one in wanted:
        try:
            places.append(labels.index(one, places[-1] + 1 if places else 0))
        except ValueError:
            expected = "headings that the dictionary has, in its order"
            remedy = "Put the same project's dictionary beside the export, of the same day."
            raise unreadable(shown, expected, "others", remedy, (1,)) from None
    return places


def _without_dictionary(header: Sequence[str]) -> list[Column]:
    """Return the columns of a raw export: a form ends with its column ``FORM_complete``."""
    ends = [one.removesuffix("_complete") for one in header if one.endswith("_complete")]
    columns, remaining = [Column(header[0], "", None)], list(ends)
    for name in header[1:]:
        form = "" if name in ADDED else (remaining[0] if remaining else _NO_FORM)
        box = tuple(TICKED.items()) if "___" in name else ()
        columns.append(Column(name, form, None, name.partition("___")[2], box))
        if remaining and name == f"{remaining[0]}_complete":
            remaining.pop(0)
    return columns
