"""The verb ``export``: the analysis set as one documented file, for the statistician next door."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.command.names import study_config
from analysis.measures.analysis_set import analysis_set
from analysis.study.config import read_config
from analysis.study.declared import declared_covariates
from analysis.study.lock import held
from analysis.study.problems import unreadable
from analysis.study.safekeeping import OWNER_ONLY
from analysis.study.store import read_frame, read_tables

Meanings = dict[str, str | None]
Write = Callable[[pd.DataFrame, Meanings, Path], None]


def run(options: argparse.Namespace, _: list[str]) -> int:
    """Write NAME.<format> and NAME_codebook.csv, readable by their owner only."""
    os.umask(OWNER_ONLY)
    with held(options.study):
        file, rows = export(options.study, options.folder, options.format, Path())
    print(f"{file}: {rows} episodes, one a row; what each column means is beside it.")
    print("Private: rows of people, whatever their pseudonyms. It is not for publication.")
    return 0


def export(study: str, folder: Path, ending: str, project: Path) -> tuple[Path, int]:
    """Write a study's analysis set and its codebook into a folder outside the project.

    Raises
    ------
    StudyError
        If the study has no results yet, the folder lies in the project, or a file is there already.
    """
    private = project / "results" / study / "private"
    file, book = folder / f"{study}.{ending}", folder / f"{study}_codebook.csv"
    _refuse(private, folder, [file, book], project)
    weeks = private / "weeks.parquet"
    frame, codebook = analysis_set(
        read_frame(private / "cohort.parquet"),
        read_tables(private / "tables"),
        read_frame(private / "outcomes.parquet"),
        read_frame(weeks) if weeks.is_file() else pd.DataFrame(),
        list(declared_covariates(read_config(project / study_config(study)))),
    )
    folder.mkdir(parents=True, exist_ok=True)
    meanings: Meanings = dict(zip(codebook["column"], codebook["meaning"], strict=True))
    WRITERS[ending](frame, meanings, file)
    codebook.to_csv(book, index=False, encoding="utf-8")
    return file, len(frame)


def _refuse(private: Path, folder: Path, files: list[Path], project: Path) -> None:
    if not (private / "outcomes.parquet").is_file():
        remedy = "Run the report first: python run.py report."
        raise unreadable(private.parent.name, "results of the study", "none", remedy)
    if folder.resolve().is_relative_to(project.resolve()):
        remedy = "Name a folder of your own: --to FOLDER."
        raise unreadable(folder.name, "a folder outside the project", "one inside it", remedy)
    for one in files:
        if one.exists():
            raise unreadable(
                one.name, "no such file yet", "a file", "Move it, or name another folder."
            )


def _csv(frame: pd.DataFrame, meanings: Meanings, path: Path) -> None:
    frame.to_csv(path, index=False, encoding="utf-8")


def _parquet(frame: pd.DataFrame, meanings: Meanings, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _sav(frame: pd.DataFrame, meanings: Meanings, path: Path) -> None:
    import pyreadstat

    pyreadstat.write_sav(_plain(frame), str(path), column_labels=meanings)


def _dta(frame: pd.DataFrame, meanings: Meanings, path: Path) -> None:
    import pyreadstat

    short: Meanings = {
        name: (text or "")[:80] for name, text in meanings.items()
    }  # what the format holds
    pyreadstat.write_dta(_plain(frame), str(path), column_labels=short)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in types that statistical formats have: numbers, and text."""
    plain = {
        name: column.astype("float64")
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
        else column.astype(object).where(column.notna(), "")
        for name, column in frame.items()
    }
    return pd.DataFrame(plain).rename(columns=lambda name: name[:64])


WRITERS: dict[str, Write] = {"csv": _csv, "parquet": _parquet, "sav": _sav, "dta": _dta}
