"""A study at the door: its tables, or every problem; and whatever is odd in them, counted."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.measures.clusters import cluster_of
from analysis.measures.instruments import Registry, ranges
from analysis.measures.item_tests import instrument_doubts
from analysis.measures.scoring import score_assessments
from analysis.measures.unknown import is_unknown
from analysis.study.checks import declared_checks
from analysis.study.problems import Doubt, Problem, StudyError, StudyWarning
from analysis.study.reading import examine_study
from analysis.study.store import Tables

COLUMNS = ("check", "severity", "table", "column", "found", "rows", "of", "share", "done", "remedy")


def admit_study(
    config: dict[str, Any], root: Path, registry: Registry, *, until: int | None = None
) -> tuple[Tables, list[Doubt]]:
    """Read a study as it will be analysed, and list what is odd in it.

    Parameters
    ----------
    config : dict
        The study's config, found sound by `config.check_config`.
    root : Path
        Folder that the paths under `tables` are relative to.
    registry : mapping of str to Instrument
    until : int, optional
        Last day of the assessments whose answers may raise a doubt, so that nothing of an outcome
        is seen before it may be; all of them by default. Answers that cannot be stop at any day.

    Returns
    -------
    dict of str to pandas.DataFrame
        As `study.reading.read_study` gives them.
    list of Doubt
        Of the tables (checks.yaml), of the answers to each instrument (`item_tests`), and of groups
        and therapists that are shared and not known. No doubt has changed a table.

    Raises
    ------
    StudyError
        With all problems of the tables; else with all answers that cannot be.
    """
    tables, doubts = examine_study(config, root, ranges(registry))
    if "assessments" in tables:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", StudyWarning)  # listed as doubts below
                score_assessments(tables, registry)
        except StudyError as error:
            raise StudyError(_in_the_files(one, config) for one in error.problems) from None
    answers = instrument_doubts(_until(tables, until), registry, config)
    return tables, [*doubts, *answers, *_unknown_clusters(tables, config)]


def _unknown_clusters(tables: Tables, config: Mapping[str, Any]) -> Iterator[Doubt]:
    """Count, by arm, the clients whose group or therapist is not known though it is shared."""
    episodes, told = tables["episodes"], set()
    for contrast in config["contrasts"].values():
        unknown = is_unknown(cluster_of(tables, contrast["clusters"])).to_numpy()
        for arm, unit in contrast["clusters"].items():
            mine = episodes["arm"].eq(arm).fillna(False).to_numpy(dtype=bool)
            lines = tuple(int(one) + 2 for one in np.flatnonzero(unknown & mine))
            if not lines or (arm, unit) in told:
                continue
            told.add((arm, unit))
            table = "memberships" if unit == "therapy_group" else "episodes"
            file = config["tables"]["episodes"]
            yield Doubt(
                "unknown_clusters",
                "doubt",
                file,
                "episodes",
                "episode_id",
                lines,
                int(mine.sum()),
                f'clients of the arm "{arm}" whose {unit.replace("_", " ")} is not known',
                "Each counts as a cluster of one; above the plan's share nothing is estimated.",
                f"Add what is missing to the table of {table}.",
            )


def _until(tables: Tables, day: int | None) -> Tables:
    if day is None or "assessments" not in tables:
        return tables
    rows = tables["assessments"]
    return {**tables, "assessments": rows[rows["day"].le(day).fillna(False).astype(bool)]}


def _in_the_files(problem: Problem, config: Mapping[str, Any]) -> Problem:
    """Return a problem of a canonical table in the words of the study's files."""
    table = problem.file
    names = config.get("columns", {}).get(table, {})
    file, column = config["tables"].get(table, table), names.get(problem.column, problem.column)
    return replace(problem, file=file, column=column)


def quality_table(doubts: Iterable[Doubt]) -> pd.DataFrame:
    """Count doubts: one row each, with `rows` of the `of` rows looked at, and no row's number.

    Returns
    -------
    DataFrame
        check, severity ("doubt", "declared" or "stop"), table, column, found, rows, of, share (0 to
        1), done, remedy. Checks of the tables that found nothing follow, with 0 rows.
    """
    doubts = list(doubts)
    found = {one.check for one in doubts}
    records = [
        {
            **{name: getattr(one, name) for name in COLUMNS if name not in ("rows", "share")},
            "rows": len(one.rows),
            "share": len(one.rows) / one.of if one.of else 0.0,
        }
        for one in doubts
    ]
    records += [
        {
            **{name: getattr(one, name, 0) for name in COLUMNS},
            "check": one.name,
            "rows": 0,
            "column": one.column or one.columns,
        }
        for one in declared_checks()
        if one.name not in found
    ]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype(
        {"rows": "int64", "of": "int64", "share": "float64"}
    )
