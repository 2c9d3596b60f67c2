"""A map: the spreadsheet in which a person says where each column of a table comes from.

Every mistake that can be seen without the sources is found here, and listed with its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase

from analysis.intake.findings import Findings
from analysis.intake.maprow import MapRow, pairs
from analysis.intake.mistakes import mistakes
from analysis.intake.sources import open_source
from analysis.intake.words import COLUMNS, RULES, STATEMENTS, WHOLE_TABLE
from analysis.intake.workbooks import cell_text, sheet_names, sheet_rows
from analysis.study.problems import unreadable

NAMES = ("map.xlsx", "map.csv")
SHEET = "map"


@dataclass(frozen=True)
class Map:
    """A map as read.

    Attributes
    ----------
    shown : str
        Its file, for messages.
    rows : tuple of MapRow
        Rows without a mistake.
    letters : dict of str to str
        Heading to the letter of its column.
    """

    shown: str
    rows: tuple[MapRow, ...]
    letters: Mapping[str, str]

    def of(self, table: str) -> list[MapRow]:
        """Return the rows that fill columns of a table one by one."""
        return [
            one
            for one in self.rows
            if one.table == table and not RULES[one.rule].whole and one.rule not in STATEMENTS
        ]

    def whole(self) -> list[MapRow]:
        """Return the rows that fill whole tables."""
        return [one for one in self.rows if RULES[one.rule].whole]

    def impossible(self) -> dict[str, str]:
        """Return what the files cannot give ("table" or "table.column") and why."""
        return {
            one.table if one.column == WHOLE_TABLE else f"{one.table}.{one.column}": one.note
            or " ".join(one.detail)
            for one in self.rows
            if one.rule == "impossible"
        }

    def cell(self, row: MapRow, heading: str) -> str:
        """Return a place for a message, such as ``rule, cell E7``."""
        return f"{heading}, cell {self.letters[heading]}{row.line}"


def read_map(folder: Path, name: str, covariates: Iterable[str]) -> tuple[Map, Findings]:
    """Read and check a map.

    Parameters
    ----------
    folder : Path
        The user's folder.
    name : str
        The map's file in it.
    covariates : iterable of str
        Further columns that the episodes table may have.

    Returns
    -------
    Map, Findings
        Rows without a mistake, and all mistakes of the others.

    Raises
    ------
    StudyError
        If the file is no map at all.
    """
    letters, rows = _cells(folder, name)
    shown = Map(name, (), letters)
    findings = Findings()
    sound = tuple(
        row
        for line, cells in rows
        if (row := _row(line, cells, shown, set(covariates), findings)) is not None
    )
    _refuse_repeated(sound, shown, findings)
    if not rows:
        findings.add(
            name, "", "rows below the headings", "none", "Say where each column comes from."
        )
    return Map(name, sound, letters), findings


def _cells(folder: Path, name: str) -> tuple[dict[str, str], list[tuple[int, dict[str, str]]]]:
    """Return the headings' letters, and each row that is not empty with its line."""
    if name.lower().endswith((".xlsx", ".xlsm")):
        raw = sheet_rows(folder / name, _sheet(folder, name), name, formulas=True)
        table = [(line, [cell_text(one) or "" for one in row]) for line, row in enumerate(raw, 1)]
    else:
        source = open_source(folder, name)
        frame = source.read(source.names)
        texts = frame.astype(object).where(frame.notna(), "")
        table = [(1, list(source.names)), *zip(frame.index, texts.to_numpy().tolist(), strict=True)]
    heads = [one.strip().lower() for one in table[0][1]] if table else []
    lacking = [one for one in COLUMNS if one not in heads and one != "note"]
    if lacking:
        remedy = "Begin with the map that `python run.py new-study` writes."
        expected = f"a first row with the headings {', '.join(COLUMNS)}"
        raise unreadable(name, expected, f"no heading {', '.join(lacking)}", remedy, (1,))
    letters = {one: ascii_uppercase[heads.index(one)] for one in COLUMNS if one in heads}
    letters.setdefault("note", ascii_uppercase[len(heads)])
    rows = []
    for line, row in table[1:]:
        found = {
            one: row[place].strip() if place < len(row) else "" for place, one in enumerate(heads)
        }
        if any(found.get(one) for one in COLUMNS) and not row[0].startswith("#"):
            rows.append((line, {one: found.get(one, "") for one in COLUMNS}))
    return letters, rows


def _sheet(folder: Path, name: str) -> str:
    return SHEET if SHEET in sheet_names(folder / name, name) else ""


def _row(
    line: int, cells: dict[str, str], shown: Map, covariates: set[str], findings: Findings
) -> MapRow | None:
    """Return a row without mistakes, or None after listing those that it has."""
    word = cells["rule"].lower().replace(" ", "_")
    row = MapRow(
        line,
        cells["table"].lower(),
        cells["column"] or WHOLE_TABLE,
        cells["source"],
        cells["from"],
        word,
        pairs(cells["detail"]),
        cells["note"],
    )
    found = list(mistakes(row, cells, covariates))
    for heading, expected, what, remedy in found:
        findings.add(shown.shown, shown.cell(row, heading), expected, what, remedy)
    return None if found else row


def _refuse_repeated(rows: tuple[MapRow, ...], shown: Map, findings: Findings) -> None:
    seen: dict[tuple[str, str, str], MapRow] = {}
    for row in rows:
        source = row.source if row.table != "episodes" else ""
        key = (row.table, row.column, source)
        if RULES[row.rule].whole or row.column == WHOLE_TABLE:
            continue
        if key in seen:
            found = f"the same as in row {seen[key].line}"
            place, remedy = shown.cell(row, "column"), "Keep one of the two rows."
            findings.add(shown.shown, place, "one row a column", found, remedy)
        seen.setdefault(key, row)
