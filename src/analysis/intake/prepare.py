"""From a user's folder to the canonical tables of a study, by a map; all problems in one list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.intake.files import Say, read_files
from analysis.intake.mapping import NAMES, Map, read_map
from analysis.intake.pseudonyms import KEY, open_key
from analysis.intake.sources import place
from analysis.intake.tables import make_tables
from analysis.intake.written import config_block, keep_in_config, write_prepared
from analysis.study.config import read_config
from analysis.study.declared import declared_covariates
from analysis.study.problems import StudyError, unreadable

CONFIG = Path("config", "studies")


@dataclass(frozen=True)
class Prepared:
    """What was made.

    Attributes
    ----------
    tables : list of str
        One line a table: rows, and what is new, gone or changed.
    notes : list of str
        What is worth knowing: rows left out, facts taken from elsewhere.
    undecided : list of str
        What the map leaves open, as ``table.column``.
    new_key : bool
        Whether the key of the pseudonyms was made just now.
    block : str
        Lines for the study's config, where prepare could not write them itself; else empty.
    """

    tables: list[str]
    notes: list[str]
    undecided: list[str]
    new_key: bool
    block: str


def prepare_study(study: str, folder: Path, project: Path, say: Say, named: str = "") -> Prepared:
    """Carry out a map: read the user's files and write data/raw/<study>, whole or not at all.

    Parameters
    ----------
    study : str
        Its name.
    folder : Path
        The user's folder, outside the project; holds the files, the map and, from the first run
        on, the key of the pseudonyms.
    project : Path
        The project's folder.
    say : callable
        Is told what is being done.
    named : str, optional
        The map's file in the folder; map.xlsx or map.csv if not given.

    Raises
    ------
    StudyError
        With all problems of the map and of the files that it names.
    """
    if not folder.is_dir():
        remedy = "Name the folder that holds your files and the map."
        raise unreadable(folder.name, "a folder", "no such folder", remedy)
    name = named or find_map(folder)
    place(folder, name)
    path = project / CONFIG / f"{study}.yaml"
    covariates = declared_covariates(read_config(path)) if path.is_file() else {}
    given, findings = read_map(folder, name, covariates)
    say(f"Reading what {name} names ...")
    files = read_files(folder, given, findings, say)
    pseudonyms, new_key = open_key(folder, project)
    say("Making the tables ...")
    tables = make_tables(files, pseudonyms)
    if findings.problems:
        raise StudyError(findings.problems)
    lines = write_prepared(project / "data" / "raw" / study, tables)
    impossible = given.impossible()
    kept = path.is_file() and keep_in_config(path, study, tables, impossible)
    block = "" if kept else config_block(study, list(tables), impossible)
    return Prepared(lines, findings.notes, undecided(given), new_key, block)


def find_map(folder: Path) -> str:
    """Return the name of the map in a folder.

    Raises
    ------
    StudyError
        If there is none, or there are two.
    """
    found = [one for one in NAMES if (folder / one).is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        remedy = "Remove one of them, or name yours with --map."
        raise unreadable(NAMES[0], "one map", f"{' and '.join(NAMES)}", remedy)
    remedy = "Write it, or begin with the one that `python run.py new-study` writes."
    raise unreadable(NAMES[0], "a map in the folder", "none", remedy)


def undecided(given: Map) -> list[str]:
    """Return what a map leaves open."""
    return [f"{one.table}.{one.column}" for one in given.rows if one.rule == "undetermined"]


def in_words(study: str, done: Prepared) -> str:
    """Return what was made as text for the terminal; counts and names of columns only."""
    lines = [f"Tables in data/raw/{study}:", *(f"  {one}" for one in done.tables)]
    if done.notes:
        lines += ["Worth knowing:", *(f"  {one}" for one in done.notes)]
    if done.undecided:
        lines.append(f"Not decided yet in the map: {', '.join(done.undecided)}.")
    if done.new_key:
        lines.append(
            f"The key of the pseudonyms is {KEY} in your folder. Keep a copy in a safe place: "
            "without it the same people get other pseudonyms. Never send it along with data."
        )
    if done.block:
        lines += [f"Put these lines into config/studies/{study}.yaml:", "", done.block, ""]
    lines.append(f"Next: python run.py check {study}")
    return "\n".join(lines)
