"""REDCap exports, taken apart into one table a form, whatever rows mean in them.

An export's rows mean different things (a block matrix): an event of a record, a repeat of a form, a
repeat of an event. Each form becomes a table whose key is what REDCap itself names, and is unique
(the guarantee is that of the R package REDCapTidieR; none of its code is used).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.intake.counts import Counts, set_aside
from analysis.intake.details import listed, sorted_out
from analysis.intake.records import Records, read_records
from analysis.intake.redcap_columns import (
    ADDED,
    EVENT,
    INSTANCE,
    INSTRUMENT,
    SURVEY,
    Column,
    columns_of,
    has_labels,
)
from analysis.intake.redcap_dictionary import Field, find_dictionary, read_dictionary
from analysis.intake.redcap_forms import forms_of, key_of, withheld_of
from analysis.intake.redcap_values import twice_labelled, uses_labels
from analysis.study.problems import Problem, StudyError

CANNOT_SHOW = (
    "A REDCap export does not say who was expected at a session and did not come.",
    "A form that nobody opened and one left empty look alike, unless the project has a "
    "missing-data code for it.",
    "When a form was filled in is known only where it has a date of its own.",
)
DETAILS = {
    "dictionary": "name of the data dictionary beside the export",
    "keep": "fields marked as identifying that are needed as identifiers, with commas between",
    "values": "labels or raw, where the export does not show it",
}
MISSING = "missing"  # what a code of `detail` means: a missing-data code, or its label


@dataclass(frozen=True)
class RedcapExport:
    """One export.

    Attributes
    ----------
    record : str
        Name of the field that holds the record's identifier.
    occasions : DataFrame of str
        One row a row of the export: its keys and `redcap_arm`. The index of every table holds the
        line numbers of the export.
    forms : dict of str to DataFrame of str
        One table a form: its keys (unique together), then its fields; dates as they stand, numbers
        with a point, choices as codes, missing where nothing was entered.
    keys : dict of str to tuple of str
        The columns that are unique together, a form.
    fields : dict of str to Field
        The dictionary; empty where there is none.
    withheld : dict of str to str
        Columns that were not taken in, each with the reason.
    counts : Counts
        Of rows.
    notes : tuple of str
        What is odd, without a value.
    """

    record: str
    occasions: pd.DataFrame = field(repr=False)
    forms: dict[str, pd.DataFrame] = field(repr=False)
    keys: dict[str, tuple[str, ...]]
    fields: dict[str, Field] = field(repr=False)
    withheld: dict[str, str]
    counts: Counts
    notes: tuple[str, ...]

    def select(self, names: Iterable[str], events: Sequence[str] = ()) -> pd.DataFrame:
        """Return the occasions on which any of some fields was filled in: keys, then the fields.

        Parameters
        ----------
        names : iterable of str
            Fields of one or several forms.
        events : sequence of str
            Events to take; all where empty.

        Raises
        ------
        KeyError
            If no form has a field of that name.
        """
        chosen = list(dict.fromkeys(names))
        homes = {name: form for form, table in self.forms.items() for name in table.columns}
        columns = [self.forms[homes[name]][name] for name in chosen]
        found = pd.concat([self.occasions, *columns], axis=1)
        if events:
            found = found[found[EVENT].isin(list(events))]
        return found[found[chosen].notna().any(axis=1)]


def read_redcap(path: Path, detail: Mapping[str, str]) -> RedcapExport:
    """Take a REDCap export apart.

    Parameters
    ----------
    path : Path
        A csv export: raw or labels, classic or longitudinal, whatever its separator.
    detail : mapping
        Words of `DETAILS`, and the project's missing-data codes, such as -99=missing.

    Raises
    ------
    StudyError
        If the file cannot be read, keys are missing or not unique, or labels do not tell fields or
        choices apart; every problem is listed.
    """
    shown = path.name
    words, codes = sorted_out(detail, DETAILS, [MISSING], shown)
    records = read_records(path, shown)
    dictionary = find_dictionary(path, records.header, words.get("dictionary", ""))
    fields = read_dictionary(dictionary) if dictionary else ()
    if not has_labels(records.header):
        _refuse_repeated(records.header, shown)
    columns = columns_of(records.header, fields, shown)
    values = list(zip(*records.rows, strict=True)) or [()] * len(columns)
    labels = {"labels": True, "raw": False}.get(
        words.get("values", ""), uses_labels(columns, values)
    )
    if labels and (problems := twice_labelled(columns, shown)):
        raise StudyError(problems)
    occasions = _occasions(columns, values, records.lines)
    again = _refuse_keys(occasions, records, shown)
    withheld = withheld_of(columns, listed(words.get("keep", "")))
    notes: list[str] = []
    forms = forms_of(columns, values, occasions, again, frozenset(codes), labels, withheld, notes)
    used = {line for table in forms.values() for line in table.index}
    empty = [line for line in occasions.index if line not in used and line not in again]
    counts = Counts(
        "rows",
        len(records.rows),
        len(used),
        set_aside("the same row twice", again)
        + set_aside("no answer on any form; the record stays among the occasions", empty),
    )
    keys = {form: key_of(table, columns[0].name) for form, table in forms.items()}
    return RedcapExport(
        columns[0].name,
        occasions.drop(index=list(again)),
        forms,
        keys,
        {one.name: one for one in fields},
        withheld,
        counts,
        tuple(notes),
    )


def looks_like_redcap(names: Sequence[str]) -> str:
    """Return why columns look like a REDCap export's, empty where they do not.

    Parameters
    ----------
    names : sequence of str
        The columns of a file, in order.
    """
    ends = [one for one in names if one.endswith("_complete") or one == "Complete?"]
    if any(one in ADDED for one in names):
        return "it has columns that REDCap adds to every export"
    if len(set(names) & set(ADDED.values())) >= 2 and ends:
        return "it has the headings that REDCap adds to an export with labels"
    if len(names) > 2 and len(ends) > 0 and names[-1] in ends:
        return "a column FORM_complete closes each form"
    return ""


def _refuse_repeated(header: Sequence[str], shown: str) -> None:
    expected, found = "one column of a name", "the name twice, or none"
    problems = [
        Problem(shown, one, (1,), expected, found, "Export it again; change no heading.")
        for one, times in sorted(Counter(header).items())
        if times > 1 or not one
    ]
    if problems:
        raise StudyError(problems)


def _occasions(
    columns: Sequence[Column], values: Sequence[Sequence[str]], lines: list[int]
) -> pd.DataFrame:
    """Return the keys of every row, and the arm that its event belongs to."""
    keys = {
        column.name: pd.array([one or None for one in texts], dtype="string")
        for column, texts in zip(columns, values, strict=True)
        if not column.form and column.name != SURVEY
    }
    table = pd.DataFrame(keys, index=pd.Index(lines, name="line"))
    if EVENT in table:
        raw = table[EVENT].str.extract(r"_arm_(\d+)[a-z]?$")[0]
        table["redcap_arm"] = raw.fillna(table[EVENT].str.extract(r"\(Arm (\d+): .*\)$")[0])
    return table


def _refuse_keys(occasions: pd.DataFrame, records: Records, shown: str) -> set[int]:
    """Return the lines that repeat a row exactly; refuse other rows that share their key."""
    record = str(occasions.columns[0])
    nameless = tuple(occasions.index[occasions[record].isna()])
    names = [one for one in (record, EVENT, INSTRUMENT, INSTANCE) if one in occasions]
    again: set[int] = set()
    clashing: set[int] = set()
    shared = occasions[occasions.duplicated(names, keep=False)]
    texts = dict(zip(records.lines, map(tuple, records.rows), strict=True))
    for _, group in shared.groupby(names, dropna=False):
        if len({texts[line] for line in group.index}) == 1:
            again |= set(group.index[1:])
        else:
            clashing |= set(group.index)
    problems = []
    if nameless:
        remedy = "Export it again; delete rows that are no record."
        problems.append(Problem(shown, record, nameless, "a record", "none", remedy))
    if clashing:
        expected = "one row a record, event, instrument and instance"
        remedy = "Export the project once, whole; do not put exports one below the other."
        found, rows = "several rows that differ", tuple(sorted(clashing))
        problems.append(Problem(shown, ", ".join(names), rows, expected, found, remedy))
    if problems:
        raise StudyError(problems)
    return again
