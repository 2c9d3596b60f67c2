"""What a study's config says of its files: codes that mean missing, planned days of waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.declared import EVERYWHERE
from analysis.study.draft import Draft


def codes_for_missing(
    raw: pd.DataFrame,
    declared: Mapping[str, Any],
    table: str,
    names: Mapping[str, str],
) -> tuple[pd.DataFrame, dict[str, pd.Index]]:
    """Empty the cells that hold a declared code for missing.

    Parameters
    ----------
    raw : DataFrame
        A file as `files.read_file` gives it.
    declared : mapping
        ``missing_codes`` of the config: ``everywhere``, words in any column; and per table the
        codes (words or numbers) of canonical columns.
    table : str
        Canonical table.
    names : mapping of str to str
        Canonical column to the file's column.

    Returns
    -------
    DataFrame
        The file with those cells missing.
    dict of str to Index
        Canonical column to the rows emptied, where there are any.
    """
    emptied = {}
    columns = {}
    for name, shown in names.items():
        codes = [*declared.get(EVERYWHERE, ()), *declared.get(table, {}).get(name, ())]
        if codes and shown in raw:
            rows = raw.index[_coded(raw[shown], codes)]
            if len(rows):
                emptied[name] = rows
                columns[shown] = raw[shown].mask(raw.index.isin(rows), None)
    return raw.assign(**columns), emptied


def _coded(values: pd.Series, codes: Sequence[str | float]) -> np.ndarray:
    """Say of each value whether it is one of the codes, as a word or as a number."""
    words = {str(one).strip() for one in codes}
    text = values.map(lambda one: str(one).strip(), na_action="ignore").isin(list(words))
    numbers = {float(one) for one in words if _is_number(one)}
    number = pd.to_numeric(values, errors="coerce").isin(list(numbers)) if numbers else False
    return (text | number).fillna(False).to_numpy(dtype=bool)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def fill_planned_days(assessments: Draft, waves: Mapping[str, int | None]) -> None:
    """Give an assessment without a day the planned day of its wave, where the study declares one.

    Parameters
    ----------
    assessments : Draft
        The table of assessments; its days are filled, and the rows noted.
    waves : mapping of str to int or None
        ``waves`` of the config: wave to planned day, None where it has none.
    """
    frame = assessments.frame
    if frame is None or not waves:
        return
    days = {wave: day for wave, day in waves.items() if day is not None}
    planned = frame["wave"].map(days).astype("Int64")
    rows = frame.index[frame["day"].isna() & planned.notna()]
    if len(rows):
        frame["day"] = frame["day"].fillna(planned)
        found, done = (
            "assessments without a day of their own",
            "The planned day of the wave counts.",
        )
        assessments.doubt("planned_days", "day", rows, found, done, "")
    strange = frame.index[frame["wave"].notna() & ~frame["wave"].isin(list(waves))]
    if len(strange):
        assessments.report(
            "wave",
            strange,
            "a wave listed under `waves` in the study's config",
            "a wave that is not listed",
            "Correct the wave, or list it under `waves`, with null where no day was planned.",
        )
