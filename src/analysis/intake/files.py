"""The sources of a map, each read once and only in the columns that the map names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.intake.attendance import Attendance, read_attendance
from analysis.intake.billing import Billing, read_billing
from analysis.intake.dates import ORDERS, has_order, looks_like_dates, orders, to_dates
from analysis.intake.findings import Findings
from analysis.intake.mapping import Map
from analysis.intake.maprow import MapRow, split
from analysis.intake.people import PEOPLE, people_of
from analysis.intake.sources import Source, open_source, place
from analysis.intake.words import RULES, STATEMENTS
from analysis.study.problems import StudyError, nearest

COLUMN_KEYS = ("id", "person", "since", "date", "day", "wave from", "total")
# Words of `detail` of a whole file that are not its reader's, with what stands where they are not.
OWN = {"site": "main", "type": "other", "enrolment": "open", "formats": ""}
READERS: dict[str, Callable[[Path, Mapping[str, str]], Attendance | Billing]] = {
    "attendance_sheet": read_attendance,
    "billing_lines": read_billing,
}
QUESTIONNAIRES = ("wide_items", "wide_waves", "redcap_events")
Say = Callable[[str], None]


@dataclass
class Files:
    """What a map names of a folder, read.

    Attributes
    ----------
    folder : Path
        The user's own.
    map : Map
    findings : Findings
        Problems go there.
    frames : dict of str to DataFrame
        Source to the columns that the map names, as text; the index holds rows of the file.
    orders : dict of str to {"DM", "MD"}
        Source to what comes first in its dates.
    keys : dict of str to tuple of str
        Source to its `Source.keys`.
    shapes : dict of int to Attendance or Billing
        Line of the map to what a reader found in a whole file.
    last : numpy.datetime64 or None
        The last date that was met anywhere.
    """

    folder: Path
    map: Map
    findings: Findings
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    columns: dict[int, list[str]] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shapes: dict[int, Attendance | Billing] = field(default_factory=dict)
    last: np.datetime64 | None = None

    def part(self, row: MapRow) -> pd.DataFrame:
        """Return the columns that a row of the map takes its values from."""
        return self.frames[row.source][self.columns[row.line]]

    def dates(self, row: MapRow, column: str) -> pd.Series:
        """Return a column of a row's source as dates; cells that are none become problems."""
        dates, wrong = to_dates(self.frames[row.source][column], self.orders[row.source])
        if len(wrong):
            remedy = "Correct the cells, or leave them empty."
            self.findings.add(row.source, column, "dates", "something else", remedy, wrong)
        self.met(dates)
        return dates

    def met(self, dates: pd.Series) -> None:
        """Note the last of some dates."""
        if dates.notna().any():
            latest = dates.max().to_datetime64()
            self.last = latest if self.last is None else max(self.last, latest)

    def readable(self, row: MapRow) -> bool:
        """Return whether a row's source and columns are there."""
        return row.line in self.columns


def read_files(folder: Path, given: Map, findings: Findings, say: Say) -> Files:
    """Read every source of a map once; what is not there becomes problems.

    Parameters
    ----------
    folder : Path
    given : Map
        Found sound.
    findings : Findings
        Problems go there.
    say : callable
        Is told which file is being read.
    """
    files = Files(folder, given, findings)
    by_source: dict[str, list[MapRow]] = {}
    for row in given.rows:
        if row.rule in READERS or row.rule in STATEMENTS:
            continue
        if row.source:
            by_source.setdefault(row.source, []).append(row)
        else:
            files.columns[row.line] = []
    shaped = [row for row in given.rows if row.rule in READERS]
    for at, row in enumerate(shaped, 1):
        say(f"  {at} of {len(shaped) + len(by_source)}  {row.source}")
        _read_shape(row, files)
    for at, (text, rows) in enumerate(by_source.items(), 1 + len(shaped)):
        say(f"  {at} of {len(shaped) + len(by_source)}  {text}")
        try:
            source = _people(text, files) or open_source(folder, text, _pseudonymised(rows))
            findings.notes += source.notes
            files.keys[text] = source.keys
            wanted = [one for row in rows for one in _needed(row, source, files)]
            files.frames[text] = source.read(wanted)
        except StudyError as error:
            findings.problems += error.problems
            for row in rows:
                files.columns.pop(row.line, None)
            continue
        files.orders[text] = _order(text, rows, files)
    return files


def _read_shape(row: MapRow, files: Files) -> None:
    """Read a whole file by the reader of its shape; its problems and its account are kept."""
    detail = {left: right for left, right in row.detail.items() if left not in OWN}
    try:
        path, sheet = place(files.folder, row.source)
        if sheet:
            detail["sheets"] = sheet
        found = READERS[row.rule](path, detail)
    except StudyError as error:
        files.findings.problems += error.problems
        return
    files.shapes[row.line] = found
    said = [*found.notes, *found.counts.in_words()]
    files.findings.notes += [f"{row.source}: {one}" for one in said]
    files.met(found.sessions["date"])


def _people(text: str, files: Files) -> Source | None:
    """Return the people of a file that a reader read, where the map asks for ``file#people``."""
    name, _, sheet = text.partition("#")
    lines = [row.line for row in files.map.rows if row.source == name and row.line in files.shapes]
    if sheet != PEOPLE or not lines:
        return None
    frame = people_of(files.shapes[lines[0]])
    return Source(text, files.folder / name, tuple(frame.columns), lambda _: frame)


def _pseudonymised(rows: list[MapRow]) -> list[str]:
    """Return the columns that become nothing but pseudonyms, or say whose a row is."""
    named = [one for row in rows for one in (row.detail.get("id"), row.detail.get("person"))]
    ids = [one for row in rows if row.column.endswith("_id") for one in split(row.given)]
    return sorted({one for one in named if one} | set(ids))


def _needed(row: MapRow, source: Source, files: Files) -> list[str]:
    """Return the columns that a row needs of its source; what is not there becomes a problem."""
    named: list[tuple[str, list[str]]] = []
    lacking: list[tuple[str, str]] = []
    try:
        named.append(("from", row.columns(source.names)))
    except KeyError as error:
        lacking.append(("from", str(error.args[0])))
    if row.rule == "redcap_events":
        named.append(("source", list(source.keys)))
        if not source.keys:
            lacking.append(("source", row.source))
    for column in column_details(row):
        if column in source.names:
            named.append(("detail", [column]))
        else:
            lacking.append(("detail", column))
    for heading, column in lacking:
        remedy = f"{nearest(column, source.names)}Write the column as the file names it."
        expected, found = f"a column of {row.source}", "a name that it does not have"
        if heading == "source":
            expected, found = "a REDCap export", "another file"
            remedy = "Use the rule wide_items."
        files.findings.add(files.map.shown, files.map.cell(row, heading), expected, found, remedy)
    if not lacking:
        files.columns[row.line] = named[0][1]
    return [one for _, columns in named for one in columns]


def column_details(row: MapRow) -> list[str]:
    """Return the columns that a row names under `detail`."""
    of_waves = [
        right
        for left, right in row.detail.items()
        if row.rule in QUESTIONNAIRES and left.endswith((" day", " date"))
    ]
    return [*(row.detail[key] for key in COLUMN_KEYS if key in row.detail), *of_waves]


def date_columns(row: MapRow, files: Files) -> Iterator[str]:
    """Yield the columns of a row's source that hold dates."""
    if row.rule == "days_from":
        yield from files.columns[row.line]
        yield from (row.detail[key] for key in ("since",) if key in row.detail)
    elif row.rule == "band":
        for one in files.columns[row.line]:
            if "first" not in row.detail and looks_like_dates(files.frames[row.source][one]):
                yield one
    elif RULES[row.rule].whole:
        for left, right in row.detail.items():
            if left == "date" or left.endswith(" date"):
                yield right


def _order(text: str, rows: list[MapRow], files: Files) -> str:
    """Return what comes first in a source's dates; a problem where nothing shows it."""
    said = {row.detail["order"].lower() for row in rows if "order" in row.detail}
    if len(said) == 1 and (word := said.pop()) in ORDERS:
        return ORDERS[word]
    frame = files.frames[text]
    columns = {
        one for row in rows if files.readable(row) for one in date_columns(row, files)
    } & set(frame.columns)
    written = [frame[one] for one in sorted(columns) if has_order(frame[one])]
    possible = orders(written)
    if len(possible) == 1 or not written:
        return possible.pop() if len(possible) == 1 else "MD"
    dated = next(row for row in rows if files.readable(row) and any(date_columns(row, files)))
    if possible:
        found = "dates that can be read either way"
    else:
        found = "dates of which some have the day and some the month first"
    remedy = "Write order=day first, or order=month first, under `detail`."
    cell = files.map.cell(dated, "detail")
    files.findings.add(files.map.shown, cell, "dates with one meaning", found, remedy)
    return "MD"
