"""The declared tables of a study, read and checked: the tables, or all problems at once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.study.anonymity import doubt_few_alike
from analysis.study.checks import examine
from analysis.study.coercion import IN_WORDS, typed
from analysis.study.declared import declared_covariates
from analysis.study.dictionary import Field, dictionary, extra_fields
from analysis.study.draft import Draft
from analysis.study.files import read_file
from analysis.study.gate import refuse_identifying
from analysis.study.labels import disagreements, labelled
from analysis.study.landmark import received_arms
from analysis.study.planned import codes_for_missing, fill_planned_days
from analysis.study.problems import Doubt, Problem, StudyError, StudyWarning, nearest
from analysis.study.rules import across_tables, within_table
from analysis.study.store import Tables

UNKNOWN_YET = "unknown until the landmark"


def read_study(
    config: dict[str, Any], root: Path, known_instruments: Mapping[str, tuple[float, float]]
) -> Tables:
    """Read every table that a study declares, as `examine_study` does; doubts become warnings."""
    tables, doubts = examine_study(config, root, known_instruments)
    for one in doubts:
        if one.severity == "doubt":
            words = f"{one.file}, {one.column}: {one.found} ({len(one.rows)} of {one.of} rows)"
            warnings.warn(f"{words}. {one.done}", StudyWarning, stacklevel=2)
    return tables


def examine_study(
    config: dict[str, Any], root: Path, known_instruments: Mapping[str, tuple[float, float]]
) -> tuple[Tables, list[Doubt]]:
    """Read every table that a study declares, and list what is merely odd in them.

    Parameters
    ----------
    config : dict
        The study's config, found sound by `config.check_config`.
    root : Path
        Folder that the paths under `tables` are relative to.
    known_instruments : mapping of str to (float, float)
        Instrument of config/instruments.yaml to its lowest and highest score.

    Returns
    -------
    dict of str to pandas.DataFrame
        The declared tables in the dictionary's order. Each has every column of the dictionary
        (those absent from the file all missing), `episodes` the declared covariates as well;
        other columns of a file are left out. With a ``landmark`` the arm is read from attendance
        (`landmark.received_arms`), whatever the file says. Text is `string`, whole numbers `Int64`,
        numbers `float64`, booleans `boolean`; the index is 0, 1, …
    list of Doubt
        By table, in the order of checks.yaml. No doubt has changed a table; what the config
        declares (codes for missing, planned days) has, and is listed too.

    Raises
    ------
    StudyError
        With all problems of all tables.
    """
    covariates = declared_covariates(config)
    drafts: dict[str, Draft] = {}
    for name in dictionary():
        if name in config["tables"]:
            extra = covariates if name == "episodes" else {}
            drafts[name] = _read_table(config, name, root, extra)
            within_table(drafts[name], extra)
    if "assessments" in drafts:
        fill_planned_days(drafts["assessments"], config.get("waves", {}))
    across_tables(drafts, config, known_instruments)
    examine(drafts, config)
    if "quasi_identifiers" in config:
        doubt_few_alike(drafts["episodes"], config["quasi_identifiers"])
    problems = [problem for one in drafts.values() for problem in one.problems]
    if problems:
        raise StudyError(problems)
    tables = {
        name: one.frame.reset_index(drop=True)
        for name, one in drafts.items()
        if one.frame is not None
    }
    if "landmark" in config:
        tables["episodes"]["arm"] = received_arms(tables, config)
        _refuse_empty_arms(tables["episodes"]["arm"], config, drafts["attendance"].file)
    return tables, [doubt for one in drafts.values() for doubt in one.doubts]


def _refuse_empty_arms(arm: pd.Series, config: dict[str, Any], file: str) -> None:
    day = config["landmark"]["day"]
    problems = [
        Problem(
            file,
            "",
            (),
            f'somebody who received the format of the arm "{name}" before day {day}',
            "nobody",
            "Set another landmark or share, or take the arm from episodes.arm.",
        )
        for name, one in config["arms"].items()
        if one["format"] in ("group", "individual") and not arm.eq(name).any()
    ]
    if problems:
        raise StudyError(problems)


def _read_table(config: dict[str, Any], table: str, root: Path, extra: Mapping[str, str]) -> Draft:
    renamed = config.get("columns", {}).get(table, {})
    fields = (*dictionary()[table].fields, *extra_fields(extra))
    names = {one.name: renamed.get(one.name, one.name) for one in fields}
    path = config["tables"][table]
    shared = list(config["tables"].values()).count(path) > 1
    draft = Draft(table, f"{path}, sheet {table}" if shared else path, fields, names)
    try:
        raw = read_file(root / path, table, draft.file)
    except StudyError as error:
        draft.problems += error.problems
        return draft
    days = {names[one.name] for one in fields if one.is_day}
    reasons = config.get("not_identifying", {}).get(table, {})
    refused = [
        *refuse_identifying(raw, draft.file, days),
        *refuse_identifying(labelled(raw), draft.file),
    ]
    draft.problems += [one for one in refused if one.column not in reasons]
    draft.problems += _unknown_columns(reasons, raw, draft.file)
    raw, emptied = codes_for_missing(raw, config.get("missing_codes", {}), table, names)
    must = {*renamed, *extra}
    derived = {"arm"} if table == "episodes" and "landmark" in config else set()
    columns = {
        one.name: _column(raw, one, draft, one.name in must)
        for one in fields
        if one.name not in derived
    }
    draft.frame = pd.DataFrame(columns, index=raw.index)
    for name, rows in emptied.items():
        found, done = "codes that the study declares to mean missing", "Taken as missing."
        draft.doubt("missing_codes", name, rows, found, done, "")
    for name in sorted({one.column for one in refused} & set(reasons)):
        found, done = "a column that the gate refuses", f"Let in: {reasons[name]}"
        draft.doubt("not_identifying", name, raw.index, found, done, "")
    for name in derived:
        draft.frame.insert(list(draft.names).index(name), name, UNKNOWN_YET)
        draft.frame[name] = draft.frame[name].astype("string")
    return draft


def _unknown_columns(reasons: Mapping[str, str], raw: pd.DataFrame, file: str) -> list[Problem]:
    columns = [str(one) for one in raw.columns]
    return [
        Problem(
            file,
            name,
            (),
            "a column that `not_identifying` names",
            "no such column",
            f"{nearest(name, columns)}Take the entry out of the config, or correct it.",
        )
        for name in reasons
        if name not in columns
    ]


def _column(raw: pd.DataFrame, field: Field, draft: Draft, declared: bool) -> pd.Series:
    name = draft.names[field.name]
    if name not in raw and (field.required or declared):
        hint = nearest(name, map(str, raw.columns))
        remedy = f"{hint}Add the column, or name yours under `columns: {draft.table}:`."
        expected = f"a column with {IN_WORDS[field.type]}: {field.description}"
        draft.report(field.name, (), expected, "no such column", remedy)
    if name not in raw:
        return typed(pd.Series(None, index=raw.index, dtype=object), field, {})[0]
    labels = raw.attrs.get("labels", {}).get(name, {})
    for rows, expected, found, remedy in disagreements(raw[name], field, labels):
        draft.report(field.name, rows, expected, found, remedy)
    column, mistyped = typed(raw[name], field, labels)
    for one in mistyped:
        remedy = (
            "Correct the value, or leave the cell empty if it is not known; a code for missing "
            "can be named under `missing_codes`."
        )
        draft.report(field.name, one.rows, IN_WORDS[field.type], one.found, remedy)
    return column
