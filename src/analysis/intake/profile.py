"""What a user's files look like: names, kinds and counts of at least ten; no row is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.intake.attendance import looks_like_attendance
from analysis.intake.billing import looks_like_billing
from analysis.intake.dates import looks_like_dates
from analysis.intake.mapping import NAMES
from analysis.intake.redcap import looks_like_redcap
from analysis.intake.sources import STATISTICAL, TEXT, WORKBOOKS, Source, open_source
from analysis.intake.values import number
from analysis.intake.workbooks import sheet_names, sheet_rows
from analysis.study.problems import StudyError

LEAST = 10  # a value is named only where so many rows have it
MOST_CODES = 12  # a column with more different values holds no codes
SAMPLE = 20_000  # rows that are looked at
SAMPLE_VALUES = 200  # different values of a column that tell a shape


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes
    ----------
    name, title : str
        As the file names it, and what the file says it is.
    kind : {"empty", "date", "number", "code", "text"}
        "code": few different values.
    filled, different : int
        Rows with a value, and different values.
    values : dict of str to int
        Value to rows, of a column of codes; never shown as they are, see `codes`.
    labels : dict of str to str
        Code to label, as the file itself says.
    lowest, highest : float or None
        Of a column of numbers, among the values that at least `LEAST` rows have.
    """

    name: str
    title: str
    kind: str
    filled: int
    different: int
    values: Mapping[str, int] = field(default_factory=dict, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    lowest: float | None = None
    highest: float | None = None

    @property
    def codes(self) -> dict[str, int]:
        """The values that at least `LEAST` rows have, with their number."""
        return {value: count for value, count in self.values.items() if count >= LEAST}


@dataclass(frozen=True)
class Profile:
    """One file, or one sheet of a workbook.

    Attributes
    ----------
    source : str
        As a map names it.
    shape : {"redcap", "attendance", "billing", "table"}
    reason : str
        Why it is taken for that.
    rows : int
        Of the file; the first `SAMPLE` were looked at.
    columns : tuple of Column
        Empty for attendance workbooks.
    keys : tuple of str
        Of a REDCap export.
    """

    source: str
    shape: str
    reason: str
    rows: int
    columns: tuple[Column, ...] = ()
    keys: tuple[str, ...] = ()


def profile_folder(folder: Path) -> tuple[list[Profile], list[str]]:
    """Return the profile of every file of a folder that can be read.

    Parameters
    ----------
    folder : Path
        The user's own; folders below it are not looked into.

    Returns
    -------
    list of Profile
        In the order of the files' names.
    list of str
        Files that could not be read, with the reason.
    """
    found: list[Profile] = []
    unread: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name in NAMES or path.name.startswith((".", "~$")) or not path.is_file():
            continue
        try:
            found += _profiles(folder, path)
        except StudyError as error:
            unread += [f"{one.file}: {one.found}" for one in error.problems]
    return found, unread


def _profiles(folder: Path, path: Path) -> list[Profile]:
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        if reason := attendance_reason(path):
            return [Profile(path.name, "attendance", reason, 0)]
        sheets = sheet_names(path, path.name)
        named = [path.name] if len(sheets) == 1 else [f"{path.name}#{one}" for one in sheets]
        return [one for name in named if (one := _sheet(folder, name)) is not None]
    if ending in TEXT | STATISTICAL:
        return [profile(open_source(folder, path.name, (".*",)))]
    return []


def _sheet(folder: Path, name: str) -> Profile | None:
    try:
        return profile(open_source(folder, name))
    except StudyError:  # a sheet of remarks, or a legend
        return None


def profile(source: Source) -> Profile:
    """Return the profile of one source."""
    frame = source.read(source.names)
    columns = tuple(_column(frame[name].head(SAMPLE), source) for name in source.names)
    if source.keys:
        reason = looks_like_redcap(source.names) or "its columns are a REDCap export's"
        return Profile(source.shown, "redcap", reason, len(frame), columns, source.keys)
    if reason := billing_reason(frame):
        return Profile(source.shown, "billing", reason, len(frame), columns)
    return Profile(source.shown, "table", "one row a thing, columns named", len(frame), columns)


def attendance_reason(path: Path) -> str:
    """Return why a workbook is taken for attendance sheets, empty where it is not."""
    for sheet in sheet_names(path, path.name):
        if reason := looks_like_attendance(sheet_rows(path, sheet, path.name)):
            return reason
    return ""


def billing_reason(frame: pd.DataFrame) -> str:
    """Return why a table is taken for billing lines, empty where it is not."""
    values = {str(name): frame[name].dropna().unique()[:SAMPLE_VALUES].tolist() for name in frame}
    return looks_like_billing([str(one) for one in frame.columns], values)


def _column(values: pd.Series, source: Source) -> Column:
    name = str(values.name)
    there = values.dropna()
    counts = there.value_counts()
    title, labels = source.titles.get(name, ""), source.labels.get(name, {})
    said = {_code(left): str(right) for left, right in labels.items()}
    if there.empty:
        return Column(name, title, "empty", 0, 0, labels=said)
    if looks_like_dates(there):
        return Column(name, title, "date", len(there), len(counts))
    numbers = pd.Series([number(str(one)) for one in counts.index], index=counts.index)
    is_code = len(counts) <= MOST_CODES and len(counts) < max(2, 0.5 * len(there))
    usual = numbers[counts.index[counts >= LEAST]] if numbers.notna().all() else numbers[:0]
    kind = "code" if is_code else "number" if numbers.notna().all() else "text"
    return Column(
        name,
        title,
        kind,
        len(there),
        len(counts),
        {str(value): int(count) for value, count in counts.items()} if is_code else {},
        said,
        float(usual.min()) if len(usual) else None,
        float(usual.max()) if len(usual) else None,
    )


def _code(value: object) -> str:
    text = str(value)
    return re.sub(r"\.0\Z", "", text)
