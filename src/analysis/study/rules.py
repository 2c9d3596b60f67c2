"""What must hold inside a table (derived from the dictionary) and between tables and the config."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.study.dictionary import Field, dictionary, pandera_schema, repeated
from analysis.study.draft import Draft
from analysis.study.odd_columns import normal
from analysis.study.problems import shared_hint

_FEWEST_PEOPLE = 10
_EMPTY = "Fill in the value, or leave the row out."


def within_table(draft: Draft, extra: Mapping[str, str]) -> None:
    """Report what breaks the dictionary's constraints in one table.

    Parameters
    ----------
    draft : Draft
        The table; its problems are added to.
    extra : mapping of str to str
        Declared covariates to "numeric" or "categorical"; empty for other tables.
    """
    from pandera.errors import SchemaErrors

    if draft.frame is None:
        return
    try:
        with warnings.catch_warnings():
            # pandera's own use of pandas, nothing that a reader of the study could mend
            warnings.simplefilter("ignore", FutureWarning)
            pandera_schema(draft.table, extra).validate(draft.frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        fields = {one.name: one for one in draft.fields}
        for (column, check), rows in cases.groupby(["column", "check"], sort=False)["index"]:
            if check != "key":
                _report_constraint(draft, fields[column], check, pd.Index(rows.astype(int)))
    for key in dictionary()[draft.table].keys:
        _report_repeated(draft, key)
    for column in [name for name, kind in extra.items() if kind == "categorical"]:
        _report_singling_out(draft, column)


def _report_constraint(draft: Draft, field: Field, check: str, rows: pd.Index) -> None:
    assert draft.frame is not None
    if check == "not_nullable":
        draft.report(field.name, rows, "a value in every row", "empty cells", _EMPTY)
    elif check == "enum":
        values = draft.frame.loc[rows, field.name].dropna()
        hint = shared_hint((one.lower() for one in values.unique()), field.enum)
        remedy = f"{hint}Recode the column to these words."
        draft.report(field.name, rows, f"one of {', '.join(field.enum)}", "another word", remedy)
    elif check == "minimum":
        found = "a negative number" if field.minimum == 0 else "a smaller number"
        remedy = "Correct the value, or leave the cell empty if it is not known."
        draft.report(field.name, rows, f"at least {field.minimum:g}", found, remedy)
    elif check == "maximum":
        remedy = "Correct the value or its unit, or leave the cell empty if it is not known."
        draft.report(field.name, rows, f"at most {field.maximum:g}", "a larger number", remedy)


def _report_repeated(draft: Draft, key: tuple[str, ...]) -> None:
    assert draft.frame is not None
    rows = repeated(draft.frame, key)
    if len(rows):
        names = " with ".join(draft.names[one] for one in key)
        remedy = "Remove the repeated rows, or give each its own key."
        draft.report(key[0], rows, f"every {names} once", "a duplicate key", remedy)


def _report_singling_out(draft: Draft, column: str) -> None:
    """Report a categorical covariate that has a level for hardly more than one participant each."""
    frame = draft.frame
    if frame is None or not draft.usable(column):
        return
    known = frame.dropna(subset=[column, "participant_id"]).drop_duplicates("participant_id")
    if len(known) >= _FEWEST_PEOPLE and known[column].nunique() > len(known) / 2:
        expected, found = "levels that hold many people", "almost as many levels as participants"
        remedy = "Take the covariate out of the config, or group its levels."
        draft.report(column, (), expected, found, remedy)


def across_tables(
    drafts: Mapping[str, Draft],
    config: dict[str, Any],
    known_instruments: Mapping[str, tuple[float, float]],
) -> None:
    """Report what does not fit between tables, or between a table and the config.

    Parameters
    ----------
    drafts : mapping of str to Draft
        The declared tables; their problems are added to.
    config : dict
        The study's config.
    known_instruments : mapping of str to (float, float)
        Instrument to its lowest and highest score.
    """
    for draft in drafts.values():
        _orphans(draft, drafts)
    if "landmark" not in config:
        _arms(drafts["episodes"], config["arms"])
    if "memberships" in drafts:
        _spells(drafts["memberships"])
    if "assessments" in drafts:
        _instruments(drafts["assessments"], known_instruments)


def _orphans(child: Draft, drafts: Mapping[str, Draft]) -> None:
    for key in dictionary()[child.table].foreign_keys:
        parent = drafts.get(key.table)
        if parent is None or not parent.usable(key.target) or child.frame is None:
            continue
        assert parent.frame is not None
        values = child.frame[key.column]
        rows = values.index[values.notna() & ~values.isin(parent.frame[key.target])]
        if len(rows):
            like = parent.frame[key.target].dropna().map(normal)
            alike = values.loc[rows].map(normal).isin(like)
            place = f"{parent.file}, column {parent.names[key.target]}"
            remedy = f"Add the missing rows to {parent.file}, or remove these."
            found = f"an orphan key: not in the table {key.table}"
            if alike.any():
                found += "; it would match but for zeros, case or spaces"
                remedy = "Write the ids in both files in one way, as text."
            child.report(key.column, rows, f"a value that stands in {place}", found, remedy)


def _arms(episodes: Draft, arms: Mapping[str, Any]) -> None:
    if not episodes.usable("arm"):
        return
    assert episodes.frame is not None
    values = episodes.frame["arm"]
    rows = values.index[values.notna() & ~values.isin(list(arms))]
    declared = ", ".join(arms)
    if len(rows):
        remedy = "Recode the column, or declare the arm under `arms` in the study's config."
        episodes.report("arm", rows, f"a declared arm: {declared}", "an undeclared arm", remedy)


def _spells(memberships: Draft) -> None:
    frame = memberships.frame
    if frame is None:
        return
    backwards = (frame["to_day"] < frame["from_day"]).fillna(False)
    if backwards.any():
        expected = f"{memberships.names['to_day']} on or after {memberships.names['from_day']}"
        remedy = "Swap or correct the two days."
        rows = frame.index[backwards]
        memberships.report("to_day", rows, expected, "a spell that ends before it begins", remedy)
    primary = frame[frame["primary"].fillna(False)].dropna(subset=["episode_id", "group_id"])
    groups = primary.groupby("episode_id")["group_id"].transform("nunique")
    rows = primary.index[groups > 1]
    if len(rows):
        expected = "one primary group an episode"
        found = "several primary groups of one episode"
        remedy = "Mark only the group that is the cluster of a single-membership model."
        memberships.report("primary", rows, expected, found, remedy)


def _instruments(assessments: Draft, known: Mapping[str, tuple[float, float]]) -> None:
    frame = assessments.frame
    if frame is None:
        return
    names = frame["instrument"]
    rows = names.index[names.notna() & ~names.isin(list(known))]
    if len(rows):
        hint = shared_hint(names.loc[rows].unique(), known)
        remedy = f"{hint}Use the name in config/instruments.yaml, or add the instrument there."
        expected = "an instrument of config/instruments.yaml"
        assessments.report("instrument", rows, expected, "an unknown instrument", remedy)
    lowest = names.map({one: limits[0] for one, limits in known.items()}).astype("float64")
    highest = names.map({one: limits[1] for one, limits in known.items()}).astype("float64")
    outside = (frame["score"] < lowest) | (frame["score"] > highest)
    for instrument in names[outside].unique():
        rows = names.index[outside & (names == instrument).fillna(False)]
        expected = f"{instrument} between {known[instrument][0]:g} and {known[instrument][1]:g}"
        found = "a score outside the instrument's range"
        remedy = "Correct the score, or leave the cell empty if it is not known."
        assessments.report("score", rows, expected, found, remedy)
