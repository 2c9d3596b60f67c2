"""A study begun from a folder of files: its config, and a map filled in with guesses."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from analysis.intake.files import Say
from analysis.intake.guess_episodes import RECODED, Guess, guess_episodes
from analysis.intake.guess_questionnaires import guess_questionnaires, scales_of
from analysis.intake.mapping import NAMES, SHEET
from analysis.intake.profile import LEAST, Column, Profile, profile_folder
from analysis.intake.roles import role
from analysis.intake.values import number
from analysis.intake.words import COLUMNS, RULES
from analysis.intake.written import config_block
from analysis.study.dictionary import dictionary
from analysis.study.documents import read_yaml
from analysis.study.problems import Problem, StudyError
from analysis.study.safekeeping import write_whole

INSTRUMENTS = Path("config", "instruments.yaml")
FILLED = {
    "attendance_sheet": ("groups", "memberships", "sessions", "session_staff", "attendance"),
    "billing_lines": ("sessions", "attendance"),
    "wide_items": ("assessments", "items"),
    "redcap_events": ("assessments", "items"),
    "wide_waves": ("assessments",),
}


@dataclass(frozen=True)
class Begun:
    """What was written, and what is to be decided.

    Attributes
    ----------
    config, map : Path
        The two files.
    found : list of str
        One line a file: what it was taken for, and why.
    undecided : list of str
        What no guess was made at, as ``table.column``.
    """

    config: Path
    map: Path
    found: list[str]
    undecided: list[str]


def new_study(study: str, folder: Path, project: Path, say: Say) -> Begun:
    """Write config/studies/<study>.yaml and a map into the user's folder, from profiles alone.

    Raises
    ------
    StudyError
        If either is there already, or the folder holds no file that can be read.
    """
    config = project / "config" / "studies" / f"{study}.yaml"
    _refuse_existing(config, folder, project)
    say("Looking at the files: names, kinds and counts; no row is kept ...")
    profiles, unread = profile_folder(folder)
    if not profiles:
        found = "; ".join(unread) or "none"
        remedy = "Put your files into the folder: csv, xlsx, sav, dta, sas7bdat."
        raise StudyError([Problem(folder.name, "", (), "files", found, remedy)])
    registry = read_yaml(project / INSTRUMENTS)["instruments"]
    guesses = guess_map(profiles, registry)
    map_file = folder / NAMES[0]
    _write_new(map_file, map_workbook(guesses, profiles))
    write_whole(config, draft_config(study, guesses, registry).encode())
    found_lines = [f"{one.source}: {one.shape}, for {one.reason}" for one in profiles]
    found_lines += [f"{one}: not read" for one in unread]
    undecided = [f"{one.table}.{one.column}" for one in guesses if one.rule == "undetermined"]
    return Begun(config, map_file, found_lines, undecided)


def guess_map(profiles: Sequence[Profile], registry: dict[str, Any]) -> list[Guess]:
    """Return the rows of a map, guessed from profiles, in the order in which they are filled in."""
    guesses = guess_episodes(profiles)
    found = [
        guess
        for one in profiles
        if one.shape in ("redcap", "table")
        for guess in guess_questionnaires(one, scales_of(registry))
    ]
    by_items = {_instrument(one): one.source for one in found if one.rule != "wide_waves"}
    guesses += [_one_source(one, by_items) for one in found]
    sheets = [one for one in profiles if one.shape == "attendance"]
    for one in sheets:
        guesses.append(Guess("sessions", "*", one.source, "", "attendance_sheet", "", one.reason))
    for one in profiles:
        if one.shape == "billing":
            detail = "formats=individual, medication, other" if sheets else ""
            note = one.reason
            if sheets:
                note += "; group sessions come from the attendance sheets: they show who was absent"
            guesses.append(Guess("sessions", "*", one.source, "", "billing_lines", detail, note))
    return guesses


def _instrument(guess: Guess) -> str:
    return guess.detail.partition("instrument=")[2].partition(";")[0]


def _one_source(guess: Guess, by_items: dict[str, str]) -> Guess:
    """Leave totals undecided where another file has the items of the same questionnaire."""
    other = by_items.get(_instrument(guess), guess.source)
    if guess.rule != "wide_waves" or other == guess.source:
        return guess
    note = f"{other} has its items; write wide_waves as the rule to use these totals besides"
    return replace(guess, rule="undetermined", note=note)


def map_workbook(guesses: Sequence[Guess], profiles: Sequence[Profile]) -> bytes:
    """Return a workbook with the map, the profile that it was guessed from, and the rule words.

    Every cell is text: what begins like a formula in a heading stays text.
    """
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheets = {
        SHEET: (COLUMNS, [astuple(one) for one in guesses], (14, 22, 34, 34, 18, 60, 60)),
        "profile": (PROFILE, list(_profile_rows(profiles)), (34, 26, 34, 10, 10, 12, 60)),
        "rules": (
            ("rule", "what it does"),
            [(word, one.what) for word, one in RULES.items()],
            (20, 90),
        ),
        "columns": (("table", "column", "needed", "meaning"), list(_columns()), (16, 24, 10, 90)),
    }
    book.remove(book.active)
    for name, (heads, rows, widths) in sheets.items():
        sheet = book.create_sheet(name)
        for line, row in enumerate([heads, *rows], 1):
            for place, text in enumerate(row, 1):
                cell = sheet.cell(line, place)
                cell.value = str(text)
                cell.data_type = "s"
                if line == 1:
                    cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[chr(64 + place)].width = width
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


PROFILE = ("source", "column", "what the file says of it", "kind", "filled", "different", "codes")


def _profile_rows(profiles: Sequence[Profile]) -> Iterator[tuple[Any, ...]]:
    for one in profiles:
        for column in one.columns:
            shown = column.codes if _may_be_shown(column) else {}
            codes = [
                f"{code} ({count}{', ' + column.labels[code] if code in column.labels else ''})"
                for code, count in shown.items()
            ]
            if shown and len(shown) < len(column.values):
                codes.append(f"others: fewer than {LEAST} rows each")
            yield (
                one.source,
                column.name,
                column.title,
                column.kind,
                column.filled,
                column.different,
                "; ".join(codes),
            )


def _may_be_shown(column: Column) -> bool:
    """Return whether a column's codes are codes: numbers, or words of something that is recoded."""
    numbers = all(number(one) == number(one) for one in column.values)
    return numbers or role(column) in (*RECODED, "wave")


def _columns() -> Iterator[tuple[str, str, str, str]]:
    for table in dictionary().values():
        for field in table.fields:
            words = f" One of: {', '.join(field.enum)}." if field.enum else ""
            needed = "yes" if field.required else ""
            yield table.name, field.name, needed, f"{field.description}{words}"


def draft_config(study: str, guesses: Sequence[Guess], registry: dict[str, Any]) -> str:
    """Return the config that follows from a guessed map; its sentences are to be corrected."""
    filled = {table for one in guesses for table in FILLED.get(one.rule, (one.table,))}
    tables = [one for one in dictionary() if one in filled]
    columns = {one.column for one in guesses if one.rule not in ("undetermined", "constant")}
    found = [
        part.removeprefix("instrument=")
        for one in guesses
        for part in one.detail.split("; ")
        if part.startswith("instrument=")
    ]
    bound = {registry[name]["construct"]: name for name in dict.fromkeys(found)}
    lines = [
        "# A draft, by `python run.py new-study`: read every line. config/studies/example.yaml",
        "# comments each key, src/analysis/study/study.schema.yaml describes it.",
        f"study: {study}",
        f"title: {json.dumps(study.replace('_', ' '))}",
        "data_origin: real",
        config_block(study, tables, {}),
        "columns: {}",
        "arms:",
        "  group: {label: Group therapy, format: group}",
        "  individual: {label: Individual therapy, format: individual}",
        "contrasts:",
        "  format:",
        "    label: Group against individual therapy",
        "    comparison: group",
        "    reference: individual",
        f"    clusters: {{group: {'therapy_group' if 'memberships' in tables else 'none'}, "
        f"individual: {'primary_therapist' if 'primary_therapist_id' in columns else 'none'}}}",
        "    assignment: observational",
        "    claims: [effectiveness]",
    ]
    if bound:
        main = "depression" if "depression" in bound else next(iter(bound))
        lines += [
            "# The outcome's day and window are yours to decide, before outcomes are read.",
            f"outcome: {{construct: {main}, day: 42, window: [28, 63]}}",
            "baseline: {window: [-14, 3]}",
            "instruments:",
            *(f"  {construct}: {name}" for construct, name in bound.items()),
        ]
    known = [one for one in ("age_band", "gender", "referral_level", "site_id") if one in columns]
    if known:
        lines += ["covariates:"]
        lines += [f"  - {{column: {one}, type: categorical, role: baseline}}" for one in known]
    lines += ["cohort: {episodes: first, require_baseline: true}"]
    return "\n".join(lines) + "\n"


def _refuse_existing(config: Path, folder: Path, project: Path) -> None:
    problems = []
    if config.exists():
        remedy = "Choose another name, or remove it yourself."
        shown = config.relative_to(project).as_posix()
        problems.append(Problem(shown, "", (), "no study of this name", "its config", remedy))
    if not folder.is_dir():
        remedy = "Name the folder that holds your files."
        problems.append(Problem(folder.name, "", (), "a folder", "no such folder", remedy))
    elif folder.resolve().is_relative_to(project.resolve()):
        remedy = "Move your files: identifiers and dates must not lie in the project."
        problems.append(
            Problem(folder.name, "", (), "a folder outside the project", "one inside", remedy)
        )
    problems += [
        Problem(name, "", (), "no map yet", "a map", "Rename or remove it: it may be your work.")
        for name in NAMES
        if (folder / name).exists()
    ]
    if problems:
        raise StudyError(problems)


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        remedy = "Copy your files to a folder of your own: map and key stay there."
        expected, found = "a folder in which a file can be made", "none"
        raise StudyError([Problem(path.name, "", (), expected, found, remedy)]) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def in_words(study: str, begun: Begun) -> str:
    """Return what was written as text for the terminal."""
    lines = ["Found:", *(f"  {one}" for one in begun.found)]
    lines.append(f"Map, with a guess and its reason in every row: {begun.map.name} in your folder.")
    lines.append(f"Config: config/studies/{study}.yaml.")
    if begun.undecided:
        lines.append(f"To be decided in the map: {', '.join(begun.undecided)}.")
    lines.append("Correct both. The map's sheets say what each rule and column means.")
    lines.append(f"Next: python run.py prepare {study} --from YOUR FOLDER")
    return "\n".join(lines)
