"""A study begun from files: what is recognised by shape and content, and that nothing leaks."""

import csv
import re
import shutil

import openpyxl
import pytest

from analysis.intake.guess_questionnaires import wave_of
from analysis.intake.newstudy import new_study
from analysis.intake.roles import words
from analysis.study.config import check_config
from analysis.study.documents import read_yaml
from analysis.study.problems import StudyError


@pytest.fixture
def begin(desk, root):
    studies = desk.project / "config" / "studies"
    studies.mkdir(parents=True)
    shutil.copyfile(root / "config" / "instruments.yaml", studies.parent / "instruments.yaml")
    return lambda: new_study("mine", desk.folder, desk.project, lambda _: None)


def rows_of(desk):
    sheet = openpyxl.load_workbook(desk.folder / "map.xlsx")["map"]
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, (one or "" for one in row), strict=True)) for row in rows]


def row_for(desk, column):
    return next(one for one in rows_of(desk) if one["column"] == column)


def outcomes(desk, encoding="cp1252"):
    """Another program: other names and codes, semicolons, day first, Windows-1252."""
    heads = ["Chart No", "Age", "Sex", "Service Line", "Opened", "Closed", "Why closed reason"]
    heads += [f"PHQ9 Q{item} (Intake)" for item in range(1, 10)] + ["PHQ9 Intake Date", "Staff"]
    lines = [";".join(heads)]
    for place in range(60):
        group = place % 3 != 0
        opened = f"{place % 27 + 1:02}.03.2026"
        cells = [f"B{place:03}x", str(20 + place), "FM"[place % 2], "Group" if group else "1:1"]
        cells += [
            opened,
            f"{place % 27 + 1:02}.04.2026",
            ("Completed", "AMA", "Insurance")[place % 3],
        ]
        cells += [str((place + item) % 4) if place % 20 else "-9" for item in range(9)]
        lines.append(";".join([*cells, opened, "Frau Größe"]))
    desk.file("Ergebnisse.csv", "\r\n".join(lines) + "\r\n", encoding)


def test_another_program_is_recognised_by_shape_and_content(desk, begin):
    outcomes(desk)
    begun = begin()
    assert row_for(desk, "episode_id")["from"] == "Chart No"
    assert row_for(desk, "start_study_day")["from"] == "Opened"
    assert row_for(desk, "discharge_day")["from"] == "Closed"
    assert row_for(desk, "arm")["detail"] == "Group=group; 1:1=individual"
    reason = row_for(desk, "discharge_reason")
    assert reason["rule"] == "recode"
    assert set(reason["detail"].split("; ")) == {
        "Completed=completed",
        "AMA=left_early",
        "Insurance=administrative",
    }
    items = row_for(desk, "*")
    assert (items["from"], items["rule"]) == ("PHQ9 Q1 (Intake) to PHQ9 Q9 (Intake)", "wide_items")
    assert items["detail"].split("; ") == [
        "instrument=PHQ-9",
        "id=Chart No",
        "date=PHQ9 Intake Date",
        "wave=baseline",
        "-9=missing",
    ]
    assert begun.undecided == []
    assert all(one["note"] for one in rows_of(desk))


def test_the_guessed_map_and_config_are_sound_and_can_be_prepared_as_they_are(desk, begin, root):
    outcomes(desk)
    begin()
    desk.prepare()
    assert len(desk.table("episodes")) == 60 and len(desk.table("items")) == 540
    file = desk.project / "config" / "studies" / "mine.yaml"
    config = read_yaml(file)
    assert check_config(config, file=str(file)) == []
    assert list(config["tables"]) == ["episodes", "assessments", "items"]


def test_neither_map_nor_config_nor_message_holds_a_person(desk, begin):
    outcomes(desk)
    begun = begin()
    book = openpyxl.load_workbook(desk.folder / "map.xlsx")
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    everything = " ".join([*cells, begun.config.read_text(encoding="utf-8"), str(begun)])
    assert not re.findall(r"B\d\d\dx", everything)
    assert "Größe" not in everything and not re.findall(r"\d\d\.0[34]\.2026", everything)


def test_a_heading_that_is_a_formula_stays_text(desk, begin):
    outcomes(desk, "utf-8")
    path = desk.folder / "Ergebnisse.csv"
    text = path.read_text(encoding="utf-8").replace("Sex;", '"=HYPERLINK(""http://x"")";', 1)
    path.write_text(text, encoding="utf-8")
    begin()
    book = openpyxl.load_workbook(desk.folder / "map.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_neither_a_study_nor_a_map_that_is_there_is_overwritten(desk, begin):
    outcomes(desk)
    (desk.project / "config" / "studies" / "mine.yaml").write_text("mine", encoding="utf-8")
    with (desk.folder / "map.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["mine"])
    with pytest.raises(StudyError, match="2 problems"):
        begin()
    assert not (desk.folder / "map.xlsx").exists()


def test_an_ordinary_program_is_recognised_file_by_file(monday, begin, desk):
    begun = begin()
    shapes = {
        one.split(": ")[0].split("_")[0]: one.split(": ")[1].split(",")[0] for one in begun.found
    }
    assert shapes == {
        "IOP Attendance 2025-26.xlsx": "attendance",
        "IOPOutcomes": "redcap",
        "Outcomes 2025-26.sav": "table",
        "billing": "billing",
    }
    assert row_for(desk, "arm")["detail"] == "1=group; 2=individual"
    assert "GUESS" in row_for(desk, "arm")["note"]
    items = [one for one in rows_of(desk) if one["rule"] == "redcap_events"]
    assert [one["from"] for one in items] == ["phq9_1 to phq9_9", "gad7_1 to gad7_7"]
    assert "9=missing" in items[0]["detail"]
    book = openpyxl.load_workbook(desk.folder / "map.xlsx")
    cells = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }
    assert not any("Leader" in one or "Counsellor" in one for one in cells)


@pytest.mark.parametrize(
    ("text", "wave"),
    [
        ("phq9_pre", "baseline"),
        ("PHQ9 Exit", "discharge"),
        ("gad7FollowUp", "follow_up"),
        ("phq", ""),
    ],
)
def test_an_occasion_is_read_from_a_name(text, wave):
    assert wave_of(words(text)) == wave
