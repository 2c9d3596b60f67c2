"""A REDCap project's data dictionary: its fields, their forms, choices and what identifies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from analysis.intake.records import Records, read_records
from analysis.intake.text import SEPARATORS
from analysis.study.problems import Problem, StudyError, unreadable

# Column of the dictionary: its heading in a download, its name in the API's metadata.
HEADINGS = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "type": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices, calculations, or slider labels", "select_choices_or_calculations"),
    "validation": (
        "text validation type or show slider number",
        "text_validation_type_or_show_slider_number",
    ),
    "identifier": ("identifier?", "identifier"),
}
# Places of the same in a download whose headings are in another language.
_PLACES = {"name": 0, "form": 1, "type": 3, "label": 4, "choices": 5, "validation": 7}
_IDENTIFIER_PLACE = 10
_WIDTH = 18
_FIRST_LINE = 10_000  # bytes
_ADDED = 6  # columns that REDCap may add to the project's own
_TYPES = frozenset(
    {"text", "notes", "radio", "dropdown", "checkbox", "calc", "file"}
    | {"yesno", "truefalse", "slider", "descriptive", "sql"}
)
_CHOSEN = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
_YES = frozenset({"y", "yes", "1", "true"})
ENDINGS = {".csv", ".tsv", ".txt"}


@dataclass(frozen=True)
class Field:
    """One field of a project.

    Attributes
    ----------
    name, form, type, label, validation : str
        As the dictionary has them.
    choices : dict
        Code to label, in order; empty where there are none.
    identifier : bool
        Whether the project marks it as identifying a person.
    """

    name: str
    form: str
    type: str = "text"
    label: str = ""
    validation: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    identifier: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it holds calendar dates, with or without a time of day."""
        return self.validation.startswith("date")

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return self.type == "slider" or bool(re.match(r"number|integer", self.validation))


def find_dictionary(data: Path, columns: Collection[str], named: str) -> Path | None:
    """Return the dictionary that lies beside an export, None where there is none.

    Parameters
    ----------
    data : Path
        The export.
    columns : collection of str
        The export's columns.
    named : str
        Name of the file, where the map gives one.

    Raises
    ------
    StudyError
        If the named file is not in the export's folder, or two fit equally well.
    """
    if named:
        path = data.parent / named
        inside = path.resolve().parent.is_relative_to(data.parent.resolve())
        if not inside or not path.is_file():
            remedy = "Put the dictionary beside the export and write its name alone."
            found = "no such file"
            raise unreadable(named, "a file in the export's folder", found, remedy)
        return path
    known = {re.split(r"___| \(choice=", plain(one))[0].casefold() for one in columns}
    known = {one for one in known if not one.endswith(("_complete", "complete?"))}
    fitting: dict[Path, int] = {}
    for path in sorted(data.parent.iterdir()):
        if path.suffix.lower() in ENDINGS and path.name != data.name and path.is_file():
            fields = _fields_if_dictionary(path)
            names = {text for one in fields for text in (one.name, one.label.casefold())}
            share = len(known & names)
            if share and 2 * share >= len(known) - _ADDED:
                fitting[path] = share
    best = [path for path, share in fitting.items() if share == max(fitting.values())]
    if len(best) > 1:
        remedy = "Write in the map's detail which one: dictionary=FILE."
        raise unreadable(data.name, "one data dictionary beside it", "several that fit", remedy)
    return best[0] if best else None


def read_dictionary(path: Path) -> tuple[Field, ...]:
    """Read a data dictionary, as downloaded or as the API gives it.

    Raises
    ------
    StudyError
        If the file is no dictionary, or a field comes twice or has no form.
    """
    records = read_records(path, path.name)
    places = _places(records)
    if places is None:
        expected = "a data dictionary of a REDCap project"
        remedy = "Download it in REDCap: Project Setup, Data Dictionary."
        raise unreadable(path.name, expected, "another table", remedy, (1,))
    fields = tuple(_fields(records, places))
    times = Counter(one.name for one in fields)
    problems = [
        Problem(path.name, HEADINGS["name"][0], (line,), expected, found, "Download it again.")
        for line, one in zip(records.lines, fields, strict=True)
        for expected, found, wrong in (
            ("one field of a name", "the name twice", times[one.name] > 1),
            ("a name and a form of every field", "none", not (one.name and one.form)),
        )
        if wrong
    ]
    if problems:
        raise StudyError(problems)
    return fields


def _fields_if_dictionary(path: Path) -> tuple[Field, ...]:
    with path.open("rb") as file:  # other sources lie there too, some very large
        first = file.readline(_FIRST_LINE).decode("utf-8", "replace").casefold()
    has_words = all(any(one in first for one in HEADINGS[name]) for name in ("name", "form"))
    if not has_words and max(map(first.count, SEPARATORS)) != _WIDTH - 1:
        return ()
    try:
        records = read_records(path, path.name)
    except StudyError:
        return ()
    places = _places(records)
    return tuple(_fields(records, places)) if places else ()


def _places(records: Records) -> dict[str, int] | None:
    """Return where a dictionary's columns are, None where the table is none."""
    header = [one.casefold() for one in records.header]
    places = {
        name: next((header.index(one) for one in words if one in header), -1)
        for name, words in HEADINGS.items()
    }
    if min(places[one] for one in ("name", "form", "type")) >= 0:
        return places
    types = {row[_PLACES["type"]] for row in records.rows} if len(header) == _WIDTH else {""}
    return {**_PLACES, "identifier": _IDENTIFIER_PLACE} if types <= _TYPES else None


def _fields(records: Records, places: dict[str, int]) -> Iterable[Field]:
    for row in records.rows:
        at = {name: row[place] if place >= 0 else "" for name, place in places.items()}
        kind = at["type"].casefold()
        listed = _CHOSEN.get(kind, at["choices"] if kind not in ("calc", "slider", "sql") else "")
        yield Field(
            at["name"],
            at["form"],
            kind,
            plain(at["label"]),
            at["validation"].casefold(),
            choices_of(listed),
            at["identifier"].casefold() in _YES,
        )


def choices_of(text: str) -> dict[str, str]:
    """Return code to label of a list of choices: ``1, one | 2, two``."""
    pairs = (one.partition(",") for one in text.split("|") if one.strip())
    return {code.strip(): plain(label) for code, _, label in pairs}


def plain(label: str) -> str:
    """Return a label as exports show it: without marks of the web, on one line."""
    return " ".join(unescape(re.sub(r"<[^<>]{1,300}>", "", label)).split())
