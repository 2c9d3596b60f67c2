"""A small program's files and a map, in a folder of their own beside a project."""

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.intake.prepare import prepare_study
from analysis.intake.words import COLUMNS

EPISODES = (
    "episodes | episode_id | clients.csv | Klient | copy",
    "episodes | site_id | | | constant | main",
    "episodes | start_study_day | clients.csv | Aufnahme | days_from",
    "episodes | arm | clients.csv | Format | recode | G=group; E=individual",
    "episodes | discharge_day | clients.csv | Ende | days_from",
    "episodes | observed_until_day | | | days_from | on=2026-07-01",
    "episodes | age_band | clients.csv | Geboren | band | 18, 30, 50",
)
CLIENTS = (
    "Klient;Aufnahme;Ende;Format;Geboren;Notiz\r\n"
    "K-01;13.01.2026;20.02.2026;G;02.03.1990;Müller rief an\r\n"
    "K-02;01.02.2026;;E;14.07.1961;\r\n"
    "K-03;03.02.2026;05.03.2026;G;30.12.1999;wohnt in Köln\r\n"
)


@dataclass
class Desk:
    """A user's folder and a project."""

    folder: Path
    project: Path
    rows: tuple = ()
    clients: str = ""

    def file(self, name, text, encoding="utf-8"):
        (self.folder / name).write_bytes(text.encode(encoding))

    def map(self, *rows, name="map.csv"):
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for row in rows:
                cells = [one.strip() for one in row.split("|")]
                writer.writerow([*cells, *[""] * (len(COLUMNS) - len(cells))])

    def prepare(self, study="mine"):
        return prepare_study(study, self.folder, self.project, lambda _: None)

    def table(self, name, study="mine"):
        path = self.project / "data" / "raw" / study / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def written(self):
        """All that was written into the project, as one text."""
        files = [one for one in self.project.rglob("*") if one.is_file()]
        return "\n".join(one.read_text(encoding="utf-8") for one in files)


@pytest.fixture
def desk(tmp_path):
    folder, project = tmp_path / "mine", tmp_path / "project"
    folder.mkdir()
    project.mkdir()
    return Desk(folder, project)


@pytest.fixture
def program(desk):
    """Three clients, in a file with semicolons, dates with the day first, and Windows-1252."""
    desk.file("clients.csv", CLIENTS, "cp1252")
    desk.map(*EPISODES)
    desk.rows, desk.clients = EPISODES, CLIENTS
    return desk


@pytest.fixture
def monday(desk, shared_data):
    """Lay the four files of an ordinary program into the user's folder."""
    folder = shared_data / "monday"
    if not folder.is_dir():
        pytest.skip("the files of the program are not beside the repository")
    for path in folder.iterdir():
        shutil.copyfile(path, desk.folder / path.name)
    return desk
