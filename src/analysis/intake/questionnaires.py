"""Questionnaires side by side in a row: items of one occasion, or totals of several."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analysis.intake import values
from analysis.intake.dates import each
from analysis.intake.files import Files
from analysis.intake.maprow import MapRow
from analysis.intake.roster import Roster, days
from analysis.intake.words import MISSING

WAVE = "wave "


@dataclass(frozen=True)
class Occasion:
    """Questionnaires of one instrument at one occasion, in rows of a source.

    Attributes
    ----------
    row : MapRow
    episodes : Series of str
        Whose each is, in the plainest form.
    day : Series of Int64
        Days from the episode's start; missing where the map names none.
    wave : Series of str
    """

    row: MapRow
    episodes: pd.Series
    day: pd.Series
    wave: pd.Series


def wide_items(row: MapRow, files: Files, roster: Roster) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the assessments and items of one questionnaire whose items stand side by side.

    A row of the source is an assessment where an item or its date is filled in.

    Returns
    -------
    DataFrame, DataFrame
        Shaped as the canonical tables `assessments` and `items`; an item without an answer has a
        row with a missing value.
    """
    frame, part = files.frames[row.source], files.part(row)
    filled = part.notna().any(axis=1)
    if "date" in row.detail:
        filled |= frame[row.detail["date"]].notna()
    occasion = _occasion(row, frame.index[filled], _wave(row, frame), files, roster)
    chosen = part.loc[occasion.episodes.index]
    answers = chosen.apply(lambda one: _numbers(one, row, files))
    assessments = _assessments(occasion, roster)
    numbered = answers.set_axis(range(1, answers.shape[1] + 1), axis=1)
    numbered.insert(0, "assessment_id", assessments["assessment_id"])
    items = numbered.melt("assessment_id", var_name="item", value_name="value")
    return assessments, items.sort_values(["assessment_id", "item"], ignore_index=True)


def wide_waves(row: MapRow, files: Files, roster: Roster) -> pd.DataFrame:
    """Return the assessments of one instrument whose totals stand side by side, a column a wave.

    Only occasions with a score are assessments.
    """
    made = []
    for column in files.columns[row.line]:
        frame = files.frames[row.source]
        scores = _numbers(frame[column], row, files).dropna()
        wave = row.detail.get(column, column)
        named = pd.Series(wave, index=frame.index, dtype="string")
        occasion = _occasion(row, scores.index, named, files, roster, wave)
        table = _assessments(occasion, roster)
        made.append(table.assign(score=scores.reindex(table.index)))
    return pd.concat(made, ignore_index=True)


def redcap_events(row: MapRow, files: Files, roster: Roster) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what `wide_items` does, of one form over all events of a REDCap export.

    The record is whose it is, and the event the wave, where the map says nothing else.
    """
    implied = dict(zip(("id", "wave from"), files.keys[row.source], strict=False))
    for word, other in (("id", "person"), ("wave from", "wave")):
        if other in row.detail:
            implied.pop(word, None)
    return wide_items(replace(row, detail={**implied, **row.detail}), files, roster)


def _numbers(column: pd.Series, row: MapRow, files: Files) -> pd.Series:
    columns = set(files.columns[row.line])
    codes = {left: right for left, right in row.codes.items() if left not in columns}
    turned = values.numbers(values.without(column, codes))
    if len(turned.wrong):
        expected, found = "a number", "something else"
        rows = turned.wrong
        files.findings.add(row.source, str(column.name), expected, found, turned.remedy, rows)
    return turned.values


def _wave(row: MapRow, frame: pd.DataFrame) -> pd.Series:
    if "wave from" not in row.detail:
        return pd.Series(row.detail.get("wave"), index=frame.index, dtype="string")
    known = {
        left.removeprefix(WAVE): right
        for left, right in row.detail.items()
        if left.startswith(WAVE) and left != "wave from"
    }
    column = frame[row.detail["wave from"]]
    named = [
        None if one == MISSING else one for one in each(column, lambda one: known.get(one, one))
    ]
    return pd.Series(named, index=frame.index, dtype="string")


def _occasion(
    row: MapRow,
    index: pd.Index,
    wave: pd.Series,
    files: Files,
    roster: Roster,
    named: str = "",
) -> Occasion:
    """Find whose the chosen rows of a source are, and when; those of nobody are left out."""
    frame = files.frames[row.source].loc[index]
    of_date = row.detail.get(f"{named} date", row.detail.get("date"))
    of_day = row.detail.get(f"{named} day", row.detail.get("day"))
    dates = files.dates(row, of_date).loc[index] if of_date else None
    episodes = _owners(row, frame, dates, files, roster)
    lost = int(episodes.isna().sum())
    if lost:
        what = row.detail["instrument"]
        files.findings.notes.append(
            f"{row.source}: {lost} of {len(index)} questionnaires ({what}) are of nobody in "
            "episodes, and are left out."
        )
    episodes = episodes.dropna()
    if dates is not None:
        day = days(dates[episodes.index], roster.start_of(episodes))
    elif of_day:
        day = _numbers(frame[of_day], row, files)[episodes.index].astype("Int64")
    else:
        day = pd.Series(pd.NA, index=episodes.index, dtype="Int64")
    return Occasion(row, episodes, day, wave[episodes.index])


def _owners(
    row: MapRow,
    frame: pd.DataFrame,
    dates: pd.Series | None,
    files: Files,
    roster: Roster,
) -> pd.Series:
    if "person" in row.detail:
        unknown = pd.Series(pd.NaT, index=frame.index)
        return roster.of_people(frame[row.detail["person"]], unknown if dates is None else dates)
    return roster.of_episodes(frame[row.detail["id"]])


def _assessments(occasion: Occasion, roster: Roster) -> pd.DataFrame:
    row, index = occasion.row, occasion.episodes.index
    table = pd.DataFrame(
        {
            "assessment_id": "",
            "episode_id": roster.named(occasion.episodes),
            "instrument": row.detail["instrument"],
            "version": row.detail.get("version"),
            "day": occasion.day,
            "wave": occasion.wave,
            "rater": row.detail.get("rater", "self"),
        },
        index=index,
    )
    facts = ["instrument", "day", "wave", "rater"]
    named = occasion.episodes.astype(object).str.cat(
        table[facts].astype("string").fillna(""), sep="|"
    )
    again = named.groupby(named).cumcount().astype(str)  # twice on one day is two questionnaires
    table["assessment_id"] = roster.pseudonyms.column("assessment", named.str.cat(again, sep="|"))
    return table
