"""A user's own files, opened by their headings; only the columns that a map names are read further.

Every value comes as text, as a person would type it, missing where the file says so. Formulas,
macros and links of a workbook are never followed: a cell is what it showed when it was saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.intake.redcap import looks_like_redcap, read_redcap
from analysis.intake.redcap_columns import EVENT
from analysis.intake.text import open_text
from analysis.intake.workbooks import open_sheet
from analysis.study.cells import MISSING
from analysis.study.labels import as_text
from analysis.study.problems import Problem, StudyError, nearest, unreadable
from analysis.study.safekeeping import is_readable

STATISTICAL = {".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt"}
TEXT = {".csv", ".tsv", ".txt", ".dat"}
WORKBOOKS = {".xlsx", ".xlsm"}


@dataclass(frozen=True)
class Source:
    """One file, or one sheet of a workbook.

    Attributes
    ----------
    shown : str
        As the map names it, for messages.
    names : tuple of str
        Its columns, in order.
    labels : mapping
        Column to value labels, of statistical formats.
    titles : mapping
        Column to what the file says it is.
    keys : tuple of str
        Of a REDCap export the record's column and, where it has events, theirs; else empty.
    notes : tuple of str
        What is odd, or was set aside; counts only.
    """

    shown: str
    path: Path
    names: tuple[str, ...]
    load: Callable[[list[str]], pd.DataFrame] = field(repr=False)
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict, repr=False)
    titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def read(self, names: Iterable[str]) -> pd.DataFrame:
        """Return some columns as text, missing where empty; the index holds the file's rows."""
        chosen = list(dict.fromkeys(names))
        frame = self.load(chosen)
        return frame[chosen].apply(_tidy) if chosen else frame[[]]


def place(folder: Path, text: str) -> tuple[Path, str]:
    """Return the file and the sheet that a map's cell names, below the user's folder.

    Raises
    ------
    StudyError
        If it leads out of the folder, or there is no such file.
    """
    name, _, sheet = (text, "", "") if (folder / text).is_file() else text.partition("#")
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not name or "\x00" in name:
        remedy = "Put the file into the folder, and write its name alone."
        raise unreadable("map", "the name of a file in the folder", "another place", remedy)
    if not path.resolve().is_relative_to(folder.resolve()):
        remedy = "Put the file itself into the folder."
        raise unreadable(text, "a file in the folder", "a link that leads out of it", remedy)
    if not is_readable(path):
        hint = nearest(name, (one.name for one in folder.iterdir()))
        raise unreadable(text, "a file of the folder", "no such file", f"{hint}Correct the name.")
    return path, sheet


def open_source(folder: Path, text: str, keep: Iterable[str] = ()) -> Source:
    """Open the file that a map's cell names: ``file`` or ``file#sheet``.

    Parameters
    ----------
    folder : Path
    text : str
        The cell `source`.
    keep : iterable of str
        Columns that a REDCap dictionary marks as identifying and that the map turns into
        pseudonyms; others so marked are as if they were not there.

    Raises
    ------
    StudyError
        If there is no such file in the folder, or it cannot be read.
    """
    path, sheet = place(folder, text)
    ending = path.suffix.lower()
    if ending in TEXT:
        names, load = open_text(path, text)
        source = Source(text, path, tuple(names), load)
        if looks_like_redcap(names):
            return _open_redcap(path, text, keep)
    elif ending in WORKBOOKS:
        names, load = open_sheet(path, sheet, text)
        source = Source(text, path, tuple(names), load)
    elif ending in STATISTICAL:
        source = _open_statistical(path, text)
    else:
        expected = f"a file that ends in {', '.join(sorted(TEXT | WORKBOOKS | STATISTICAL))}"
        raise unreadable(text, expected, "another ending", "Save it in one of these formats.")
    twice = sorted({one for one in source.names if source.names.count(one) > 1 and one})
    if twice:
        remedy = "Rename or remove one of them."
        raise StudyError(
            [
                Problem(text, one, (), "one column of a name", "the name twice", remedy)
                for one in twice
            ]
        )
    return source


def _open_redcap(path: Path, shown: str, keep: Iterable[str]) -> Source:
    """Open a REDCap export: fields as the dictionary names them, choices as codes."""
    export = read_redcap(path, {"keep": ", ".join(keep)})
    frame = export.occasions.copy()
    for table in export.forms.values():
        for name in table.columns.difference(frame.columns, sort=False):
            frame[name] = table[name]
    notes = [*export.notes, *export.counts.in_words()[1:]]
    notes += [f"{name} is not taken in: {why}." for name, why in export.withheld.items()]
    titles = {name: one.label for name, one in export.fields.items()}
    said = tuple(f"{shown}: {one}" for one in notes)
    keys = tuple(one for one in (export.record, EVENT) if one in frame)
    return Source(shown, path, tuple(frame.columns), lambda _: frame, {}, titles, keys, said)


def _tidy(column: pd.Series) -> pd.Series:
    text = column.astype("string").str.strip()
    return text.mask(text.isin(MISSING))


def _open_statistical(path: Path, shown: str) -> Source:
    import pyreadstat

    readers: dict[str, Callable[..., Any]] = {
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
        ".por": pyreadstat.read_por,
        ".dta": pyreadstat.read_dta,
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".xpt": pyreadstat.read_xport,
    }
    ending = path.suffix.lower()
    reader = readers[ending]
    more = {} if ending in (".por", ".xpt") else {"user_missing": True}
    try:
        _, head = reader(str(path), metadataonly=True)
    except Exception:
        remedy = "Export the file again."
        raise unreadable(
            shown, f"a whole {ending} file", "another or a damaged one", remedy
        ) from None

    def load(names: list[str]) -> pd.DataFrame:
        frame, meta = reader(str(path), usecols=names or head.column_names[:1], **more)
        frame.index = pd.RangeIndex(1, len(frame) + 1)
        for name in frame.columns:
            column = frame[name].map(as_text, na_action="ignore").astype("string")
            frame[name] = column.mask(_user_missing(frame[name], name, meta))
        return pd.DataFrame(frame)

    labels = {name: dict(one) for name, one in head.variable_value_labels.items()}
    titles = {name: one for name, one in head.column_names_to_labels.items() if one}
    return Source(shown, path, tuple(head.column_names), load, labels, titles)


def _user_missing(values: pd.Series, name: str, meta: Any) -> pd.Series:
    """Return which values the file itself declares missing: codes and ranges, Stata's .a to .z."""
    declared = values.isin(list(meta.missing_user_values.get(name, ())))
    for one in meta.missing_ranges.get(name, ()):
        if isinstance(one["lo"], str) or isinstance(one["hi"], str):
            declared |= values.isin([one["lo"], one["hi"]])
        else:
            declared |= pd.to_numeric(values, errors="coerce").between(one["lo"], one["hi"])
    return declared
