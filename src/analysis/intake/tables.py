"""From a map and its sources to canonical tables, held to what the dictionary says of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.intake.billing import Billing
from analysis.intake.columns import Desk, fill, identifier
from analysis.intake.episodes import column_by_episode, read_episodes
from analysis.intake.files import READERS, Files
from analysis.intake.maprow import MapRow
from analysis.intake.pseudonyms import Pseudonyms
from analysis.intake.questionnaires import redcap_events, wide_items, wide_waves
from analysis.intake.roster import Roster, days
from analysis.intake.shapes import Place, agreement, attendance_tables, billing_tables
from analysis.study.dictionary import dictionary
from analysis.study.gate import refuse_identifying
from analysis.study.store import Tables

Parts = dict[str, list[pd.DataFrame]]


def make_tables(files: Files, pseudonyms: Pseudonyms) -> Tables:
    """Return the canonical tables that a map describes.

    Parameters
    ----------
    files : Files
        The map's sources, read. What is wrong is added to its findings; tables are whole only
        where nothing is.
    pseudonyms : Pseudonyms

    Returns
    -------
    dict of str to DataFrame
        In the dictionary's order, columns in its order; covariates of `episodes` last.
    """
    episodes, roster = read_episodes(files, pseudonyms)
    parts: Parts = {}
    if not episodes.empty:
        _from_questionnaires(files, roster, parts)
        _from_shapes(files, roster, parts)
        _from_rows(files, roster, parts)
    made = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    made["episodes"] = _observed(episodes, roster, made, files)
    tables = {name: _ordered(made[name], name) for name in dictionary() if name in made}
    for name, frame in tables.items():
        _require(name, frame, files)
        shown = f"table {name}, as prepared"
        made_here = [one for one in frame if identifier(str(one)) and one != "site_id"]
        files.findings.problems += refuse_identifying(frame.drop(columns=made_here), shown)
    return tables


def _from_shapes(files: Files, roster: Roster, parts: Parts) -> None:
    """Make the tables of whole files whose shape a reader knows."""
    for row in files.map.whole():
        if (found := files.shapes.get(row.line)) is not None:
            place = Place(row, roster, files.findings)
            made = (
                billing_tables(found, place)
                if isinstance(found, Billing)
                else attendance_tables(found, place)
            )
            for name, frame in made.items():
                parts.setdefault(name, []).append(frame)
    files.findings.notes += agreement(files.shapes.values(), roster)


def _from_questionnaires(files: Files, roster: Roster, parts: Parts) -> None:
    for row in files.map.whole():
        if row.rule in READERS or not files.readable(row):
            continue
        if row.rule == "redcap_events":
            _add(parts, *redcap_events(row, files, roster))
        elif not ({"id", "person"} & set(row.detail)):
            cell, remedy = (
                files.map.cell(row, "detail"),
                "Write id=…: the column of the client's number.",
            )
            files.findings.add(files.map.shown, cell, "whose each row is", "nothing", remedy)
        elif row.rule == "wide_items":
            _add(parts, *wide_items(row, files, roster))
        else:
            _add(parts, wide_waves(row, files, roster))


def _add(parts: Parts, assessments: pd.DataFrame, items: pd.DataFrame | None = None) -> None:
    parts.setdefault("assessments", []).append(assessments)
    if items is not None:
        parts.setdefault("items", []).append(items)


def _from_rows(files: Files, roster: Roster, parts: Parts) -> None:
    """Make the tables that a map fills column by column, one row of a source becoming one row."""
    for table in dictionary():
        rows = [one for one in files.map.of(table) if files.readable(one)]
        if table == "episodes" or not rows:
            continue
        sources = dict.fromkeys(one.source for one in rows if one.source)
        for source in sources:
            chosen = [one for one in rows if one.source in ("", source)]
            parts.setdefault(table, []).append(_rows(table, chosen, source, files, roster))


def _rows(
    table: str, rows: list[MapRow], source: str, files: Files, roster: Roster
) -> pd.DataFrame:
    frame = files.frames[source]
    owner = next((one for one in rows if one.column == "episode_id"), None)
    episodes = starts = None
    if owner is not None:
        episodes = roster.of_episodes(files.part(owner).iloc[:, 0])
        known = roster.start_of(episodes)
        starts = known if roster.starts.notna().any() else None
    desk = Desk(files, roster.pseudonyms, starts)
    filled = {one.column: fill(one, frame.index, desk) for one in rows if one is not owner}
    if episodes is not None:
        filled["episode_id"] = roster.named(episodes)
    made = pd.DataFrame(filled, index=frame.index)
    facts = [
        one.column
        for one in rows
        if one.source and not identifier(one.column) and _is_required(table, one.column)
    ]
    key = [one for one in (dictionary()[table].keys or ((),))[0] if one in made]
    there = made[facts or key or list(made.columns)].notna().any(axis=1)
    if episodes is not None:
        lost = int((there & episodes.isna()).sum())
        if lost:
            note = (
                f"{source}: {lost} of {int(there.sum())} rows are of nobody in episodes, and are "
                f"left out of {table}."
            )
            files.findings.notes.append(note)
        there &= episodes.notna()
    return made[there]


def _is_required(table: str, column: str) -> bool:
    known = dictionary()[table]
    return column in known.columns and known.field(column).required


def _observed(
    episodes: pd.DataFrame, roster: Roster, made: Mapping[str, pd.DataFrame], files: Files
) -> pd.DataFrame:
    """Add the last day on which each episode could be observed, as the map says or the files show.

    Where the map says nothing it is the last date found in any column used; where there are no
    dates, the episode's own last day in any table.
    """
    if episodes.empty:
        return episodes
    row = next(
        (one for one in files.map.of("episodes") if one.column == "observed_until_day"), None
    )
    if row is not None and files.readable(row):
        return episodes.assign(observed_until_day=column_by_episode(row, roster, files))
    if files.last is not None and roster.starts.notna().any():
        until = days(pd.Series(files.last, index=roster.starts.index), roster.starts)
        files.findings.notes.append(
            "episodes.observed_until_day is not in the map: taken as the last date of the columns "
            "used."
        )
        return episodes.assign(observed_until_day=until)
    last = pd.Series(np.nan, index=episodes.index)
    if "discharge_day" in episodes:
        last = episodes["discharge_day"].astype("float64")
    for frame in made.values():
        if {"episode_id", "day"} <= set(frame):
            own = frame.groupby("episode_id")["day"].max().astype("float64")
            known = episodes["episode_id"].map(own).astype("float64")
            last = last.combine(known, np.fmax)
    files.findings.notes.append(
        "episodes.observed_until_day is not in the map: taken as each episode's own last day."
    )
    return episodes.assign(observed_until_day=last.fillna(0).astype("Int64"))


def _ordered(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    known = [one for one in dictionary()[table].columns if one in frame]
    return frame[[*known, *(one for one in frame.columns if one not in known)]].reset_index(
        drop=True
    )


def _require(table: str, frame: pd.DataFrame, files: Files) -> None:
    """Add problems where a table lacks what the dictionary requires."""
    for field in dictionary()[table].fields:
        if not field.required or frame.empty:
            continue
        place = f"{table}.{field.name}"
        if field.name not in frame:
            remedy = f"Add a row for {table}, {field.name}: {field.description}"
            expected = "a row for every column that the dictionary requires"
            files.findings.add(files.map.shown, place, expected, "none", remedy)
        elif (lacking := int(frame[field.name].isna().sum())) and not files.findings.problems:
            found = f"nothing in {lacking} of {len(frame)} rows"
            remedy = "Name further codes or another column, or leave these rows out of the source."
            files.findings.add(files.map.shown, place, "a value in every row", found, remedy)
