"""The episodes table: one row an episode, from as many sources as a map names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.columns import Desk, fill
from analysis.intake.files import Files
from analysis.intake.maprow import MapRow
from analysis.intake.pseudonyms import Pseudonyms
from analysis.intake.roster import Roster, plainly, together

TABLE, KEY, START = "episodes", "episode_id", "start_study_day"
_ROW_A_FACT = (
    "Correct the file. If one client has several episodes, map episode_id to two columns, such as "
    "client; admitted, and participant_id to the client."
)


def read_episodes(files: Files, pseudonyms: Pseudonyms) -> tuple[pd.DataFrame, Roster]:
    """Return the episodes table without its last observed day, and who the episodes are.

    Rows of a source that share an identifier are one episode, so that each fact may stand in
    another row (as REDCap writes it) but only once.

    Parameters
    ----------
    files : Files
        The map's sources, read; problems are added to its findings.
    pseudonyms : Pseudonyms

    Returns
    -------
    DataFrame
        One row an episode, indexed by its identifier in its plainest form; empty where the map
        has no usable row for ``episode_id``.
    Roster
    """
    rows = [one for one in files.map.of(TABLE) if files.readable(one)]
    by_column = {one.column: one for one in rows}
    key = by_column.get(KEY)
    if key is None:
        _ask_for_key(files)
        nobody = pd.Series(dtype="string")
        return pd.DataFrame(), Roster(nobody.astype("datetime64[s]"), nobody, pseudonyms)
    own = _identifiers(key, files)
    _refuse_two_spellings(key, own, files)
    ids = pd.Index(pd.unique(own.dropna()))
    people = _people(by_column.get("participant_id"), ids, files)
    starts = _starts(by_column.get(START), ids, files)
    roster = Roster(starts, people, pseudonyms)
    table = {KEY: pseudonyms.column("episode", ids.to_series())}
    for row in rows:
        if row.column not in (KEY, "participant_id", "observed_until_day"):
            table[row.column] = column_by_episode(row, roster, files)
    frame = pd.DataFrame(table, index=ids)
    frame.insert(1, "participant_id", pseudonyms.column("participant", people))
    if "episode_number" not in frame:
        frame.insert(2, "episode_number", _numbered(people, starts))
    return frame, roster


def _ask_for_key(files: Files) -> None:
    if not any(one.column == KEY for one in files.map.of(TABLE)):
        remedy = "Add a row: episodes | episode_id | file | column of the client's number | copy."
        expected = "a row for episodes, episode_id"
        files.findings.add(files.map.shown, "", expected, "none", remedy)


def _identifiers(row: MapRow, files: Files) -> pd.Series:
    """Return who each row of a source is about, in the plainest form."""
    return plainly(together(files.part(row)))


def _refuse_two_spellings(row: MapRow, plain: pd.Series, files: Files) -> None:
    spelled = together(files.part(row)).groupby(plain).nunique()
    rows = plain.index[plain.isin(spelled.index[spelled > 1])]
    if len(rows):
        expected, found = (
            "one spelling of an identifier in a file",
            "two, such as with zeros before",
        )
        remedy = "Write the identifiers alike if they are one person's; else make them differ."
        files.findings.add(
            row.source, "; ".join(files.columns[row.line]), expected, found, remedy, rows
        )


def _people(row: MapRow | None, ids: pd.Index, files: Files) -> pd.Series:
    """Return the person of each episode; where the map names none, each is of its own."""
    if row is None or (link := _link(row, files)) is None:
        return pd.Series(ids, index=ids, dtype="string")
    return _once(plainly(files.part(row).iloc[:, 0]), link, ids, row, files)


def _starts(row: MapRow | None, ids: pd.Index, files: Files) -> pd.Series:
    """Return the first day of each episode; a problem where the map gives some and not all."""
    unknown = pd.Series(np.datetime64("NaT", "s"), index=ids)
    if row is None or row.rule != "days_from" or not files.columns[row.line]:
        return unknown
    link = _link(row, files)
    if link is None:
        return unknown
    column = files.columns[row.line][0]
    starts = _once(files.dates(row, column), link, ids, row, files)
    lacking = ids[starts.isna()]
    if len(lacking):
        rows = link.index[link.isin(lacking)]
        remedy = "Give the date, or leave these rows out of the file."
        expected = "the first day of every episode"
        files.findings.add(row.source, column, expected, "none", remedy, rows)
    return starts


def column_by_episode(row: MapRow, roster: Roster, files: Files) -> pd.Series:
    """Return one column of the table, by episode in its plainest form."""
    ids = roster.starts.index
    if not row.source:
        return fill(row, ids, Desk(files, roster.pseudonyms, _dated(roster, ids.to_series())))
    link = _link(row, files)
    if link is None:
        cell = files.map.cell(row, "detail")
        remedy = "Write id=…: the column of this source that holds the client's number."
        files.findings.add(files.map.shown, cell, "whose row it is", "nothing", remedy)
        return pd.Series(pd.NA, index=ids)
    desk = Desk(files, roster.pseudonyms, _dated(roster, link))
    return _once(fill(row, link.index, desk), link, ids, row, files)


def _link(row: MapRow, files: Files) -> pd.Series | None:
    """Return whose each row of a row's source is, in the plainest form; None if nothing says it."""
    key = next(one for one in files.map.of(TABLE) if one.column == KEY)
    if "id" in row.detail:
        return plainly(files.frames[row.source][row.detail["id"]])
    if row.source == key.source:
        return _identifiers(key, files)
    named = files.columns[key.line][0]
    frame = files.frames[row.source]
    return plainly(frame[named]) if named in frame else None


def _dated(roster: Roster, link: pd.Series) -> pd.Series | None:
    return roster.start_of(link) if roster.starts.notna().any() else None


def _once(
    values: pd.Series, link: pd.Series, ids: pd.Index, row: MapRow, files: Files
) -> pd.Series:
    """Return the one value of each episode; a problem where a source has several."""
    there = values[values.notna() & link.notna()]
    owner = link[there.index]
    several = there.groupby(owner).nunique()
    rows = there.index[owner.isin(several.index[several > 1])]
    if len(rows):
        column = "; ".join(files.columns[row.line])
        expected, found = "one value an episode", "several that differ"
        files.findings.add(row.source, column, expected, found, _ROW_A_FACT, rows)
    return there.groupby(owner).first().reindex(ids)


def _numbered(people: pd.Series, starts: pd.Series) -> pd.Series:
    """Return the place of each episode among those of its person, from 1."""
    order = starts.rank(method="first").fillna(0)
    return order.groupby(people).rank(method="first").astype("Int64")
