"""From answers to scores: reversal, the missing-item rule, and one row per assessment."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument, Registry, turned
from analysis.measures.item_tests import instrument_doubts
from analysis.study.problems import Problem, StudyError, StudyWarning

TOLERANCE = 0.01  # points; a total may be rounded to two decimals
COLUMNS = (
    "assessment_id",
    "episode_id",
    "construct",
    "instrument",
    "day",
    "wave",
    "rater",
    "group_id",
    "score",
    "source",
    "missing_reason",
)


def score_assessments(tables: Mapping[str, pd.DataFrame], registry: Registry) -> pd.DataFrame:
    """Score every assessment, from its items where there are any, else from its given total.

    Answers to reversed items are turned round (lowest + highest - answer). Up to
    `max_missing_items` missing answers are filled with the person's mean of the answered items of
    that assessment; with more, the score is missing ("too_few_items"), even where a total is given.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables; `assessments` (without it nothing is scored), and `items`, where the
        study has them.
    registry : mapping of str to Instrument
        Instruments by name.

    Returns
    -------
    DataFrame
        One row per assessment, in the table's order: assessment_id, episode_id, construct,
        instrument, day, wave, rater, group_id, score (own scale, points), source ("items",
        "score" or missing) and missing_reason.

    Warns
    -----
    StudyWarning
        If answers look turned round or shifted before export (`item_tests`).

    Raises
    ------
    StudyError
        If an instrument is unknown, an item is unknown or outside its range, or the items of an
        assessment allow no total such as the given one; lists the rows, never a value.
    """
    if "assessments" not in tables:
        return _nothing()
    assessments = tables["assessments"]
    _refuse(_unknown_instruments(assessments, registry))
    given = assessments["score"].astype("float64")
    scored = assessments.assign(
        construct=assessments["instrument"].map(
            {name: one.construct for name, one in registry.items()}
        )
    )
    answered = _score_items(tables.get("items"), assessments, registry)
    answered = answered.reindex(assessments["assessment_id"]).set_axis(assessments.index)
    has_items = answered["answers"].gt(0)
    _refuse(_disagreements(answered, given))
    _warn_of_turned(tables, registry)
    scored["score"] = answered["score"].where(has_items, given)
    scored["source"] = pd.Series(
        np.select([has_items, given.notna()], ["items", "score"], ""), index=scored.index
    ).astype("string")
    scored["source"] = scored["source"].mask(scored["score"].isna())
    too_few = has_items & scored["score"].isna()
    scored["missing_reason"] = (
        scored["missing_reason"]
        .astype("string")
        .mask(too_few, "too_few_items")
        .mask(scored["score"].notna())
    )
    return scored[list(COLUMNS)].astype({"construct": "string"})


def _nothing() -> pd.DataFrame:
    """Return the table of scores of a study without assessments."""
    kinds = {"day": "Int64", "score": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "string")) for name in COLUMNS})


def _warn_of_turned(tables: Mapping[str, pd.DataFrame], registry: Registry) -> None:
    """Warn where answers look turned or shifted already; how far it moves scores is not said."""
    for one in instrument_doubts(tables, registry):
        if one.check.startswith("items_"):
            words = one.found.partition(";")[0]
            warnings.warn(f"{one.file}: {words}. {one.remedy}", StudyWarning, stacklevel=3)


def _score_items(
    items: pd.DataFrame | None, assessments: pd.DataFrame, registry: Registry
) -> pd.DataFrame:
    """Return score, answers and complete by assessment_id, for the assessments that have items."""
    empty = pd.DataFrame(
        {name: pd.Series(dtype=float) for name in ("score", "answers", "least", "most")}
    )
    if items is None or items.empty:
        return empty
    instrument = items["assessment_id"].map(
        assessments.set_index("assessment_id")["instrument"].astype(object)
    )
    items = items.assign(value=items["value"].astype("float64"))
    problems: list[Problem] = []
    parts = [empty]
    for name, rows in items.groupby(instrument, sort=True):
        problems += _bad_items(rows, registry[str(name)])
        parts.append(_score_one(rows, registry[str(name)]))
    _refuse(problems)
    return pd.concat([part for part in parts if len(part)] or parts)


def _score_one(rows: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    rows = rows[rows["item"].isin(instrument.scored_items)]
    by_assessment = turned(rows, instrument).groupby(rows["assessment_id"].astype(object))
    answers = by_assessment.count()
    scored = len(instrument.scored_items)
    score = by_assessment.mean() * (scored if instrument.scoring == "sum" else 1)
    enough = answers >= scored - instrument.max_missing_items
    least, most = _bounds(by_assessment.sum(), scored - answers, instrument)
    return pd.DataFrame(
        {"score": score.where(enough), "answers": answers, "least": least, "most": most}
    )


def _bounds(
    total: pd.Series, missing: pd.Series, instrument: Instrument
) -> tuple[pd.Series, pd.Series]:
    """Return the lowest and highest score that the answers allow, whatever the missing ones were.

    Without a range of the items only complete answers bound the score.
    """
    low, high = instrument.item_range or (-np.inf, np.inf)
    by = 1 if instrument.scoring == "sum" else len(instrument.scored_items)
    sides = [(total + (missing * side).where(missing > 0, 0.0)) / by for side in (low, high)]
    return sides[0], sides[1]


def _unknown_instruments(assessments: pd.DataFrame, registry: Registry) -> list[Problem]:
    unknown = ~assessments["instrument"].isin(list(registry)).astype(bool)
    return _problem(
        "assessments",
        "instrument",
        assessments.index[unknown],
        expected="the name of an instrument in config/instruments.yaml",
        found="a name that the registry does not have",
        remedy="Correct the name, or add the instrument to the registry.",
    )


def _bad_items(rows: pd.DataFrame, instrument: Instrument) -> list[Problem]:
    strange = ~rows["item"].between(1, instrument.items).fillna(False).astype(bool)
    problems = _problem(
        "items",
        "item",
        rows.index[strange],
        expected=f"a whole number from 1 to {instrument.items} ({instrument.name})",
        found="an item that the instrument does not have",
        remedy="Number the items in the instrument's own order.",
    )
    if instrument.item_range is not None:
        low, high = instrument.item_range
        outside = rows["value"].notna() & ~rows["value"].between(low, high)
        remedy = "Recode missing-value codes to empty; leave reversed items as answered."
        shift = _shift(rows["value"], low, high)
        if shift:
            verb = "Subtract" if shift > 0 else "Add"
            remedy = f"{verb} {abs(shift):g} {'from' if shift > 0 else 'to'} every answer."
        problems += _problem(
            "items",
            "value",
            rows.index[outside],
            expected=f"an answer from {low:g} to {high:g} ({instrument.name})",
            found="a number outside that range",
            remedy=remedy,
        )
    return problems


def _shift(values: pd.Series, low: float, high: float) -> float:
    """Return by how much all answers lie beside a range that they fill; 0 where they do not."""
    shift = float(values.max()) - high if values.max() > high else float(values.min()) - low
    inside = values.dropna().sub(shift).between(low, high)
    return shift if inside.all() else 0.0


def _disagreements(answered: pd.DataFrame, given: pd.Series) -> list[Problem]:
    low, high = (answered[one].astype("float64") for one in ("least", "most"))
    differ = (given < low - TOLERANCE) | (given > high + TOLERANCE)
    return _problem(
        "assessments",
        "score",
        given.index[differ],
        expected="the score that the assessment's items give",
        found="a total that disagrees with its items",
        remedy="Leave the total empty where items are given, or correct the items.",
    )


def _problem(
    file: str, column: str, index: pd.Index, expected: str, found: str, remedy: str
) -> list[Problem]:
    """Return one problem for the rows of `index` (row 0 of a table is line 2 of its file)."""
    if not len(index):
        return []
    rows = tuple(int(one) + 2 for one in index)
    return [Problem(file, column, rows, expected, found, remedy)]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise StudyError(problems)
