"""Attendance workbooks: every mark becomes one row of attendance, or is set aside and said."""

import datetime as dt

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from tests.unit.intake.attendance_books import Book, books

from analysis.intake.attendance import looks_like_attendance, read_attendance
from analysis.intake.attendance_codes import DEFAULTS, Codes, Mark, legend
from analysis.intake.attendance_dates import heading, period
from analysis.study.problems import StudyError

LOOSE = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read(folder, pages, name="sheet.xlsx", **detail):
    return read_attendance(Book(pages, set()).save(folder / name), detail)


def found(table):
    joined = table.attendance.merge(table.sessions[["session", "group", "date"]], on="session")
    return {
        (group, day.date(), person, status)
        for group, day, person, status in zip(
            *(joined[one] for one in ("group", "date", "person", "status")), strict=True
        )
    }


@LOOSE
@given(book=books())
def test_every_layout_gives_the_marks_that_stand_in_it(tmp_path, book):
    path = book.save(tmp_path / "book.xlsx")
    if not book.marks:
        with pytest.raises(StudyError):
            read_attendance(path, book.detail)
        return
    table = read_attendance(path, book.detail)
    assert found(table) == book.marks
    assert table.counts.used == len(book.marks)


def test_the_ordinary_program_gives_the_counts_of_a_careful_hand(shared_data):
    table = read_attendance(shared_data / "monday" / "IOP Attendance 2025-26.xlsx", {})
    sessions = table.sessions.groupby(["group", "status"]).size().to_dict()
    assert list(sessions.values()) == [5, 227, 6, 227, 8, 221]
    assert table.attendance["status"].value_counts().to_dict() == {
        "attended": 2816, "no_show": 554, "excused": 318, "left_early": 291,
    }  # fmt: skip
    assert table.attendance["minutes"].sum() == 530_940
    assert (table.counts.found, table.counts.used) == (3979 + 121, 3979)
    assert set(table.sessions["leader"]) == {"Leader Red", "Leader Blue", "Leader Green"}
    assert table.sessions["present"].sum() == 2816 + 291
    assert "Leader" not in repr(table) and "01049" not in repr(table)


HEAD = ["ID", "1/6/2025", "1/13/2025", "1/20/2025", "1/27/2025"]


def test_a_membership_ends_where_marks_stop_while_the_group_goes_on(tmp_path):
    days = [dt.datetime(2025, 1, 6) + dt.timedelta(7 * week) for week in range(10)]
    rows = [
        ["ID", *days],
        ["1", *["P"] * 3, *[None] * 4, *["P"] * 2, None],
        ["2", *["P"] * 10],
        ["3", "P", None, *["A"] * 7, None],
    ]
    spells = read(tmp_path, {"G": rows}).memberships
    listed = [
        (
            one.person,
            str(one.from_date.date()),
            None if one.to_date != one.to_date else str(one.to_date.date()),
        )
        for one in spells.sort_values(["person", "from_date"]).itertuples()
    ]
    assert listed == [
        ("1", "2025-01-06", "2025-01-20"),
        ("1", "2025-02-24", "2025-03-03"),
        ("2", "2025-01-06", None),
        ("3", "2025-01-06", "2025-03-03"),
    ]
    assert read(tmp_path, {"G": rows}, gap="60").memberships["person"].is_unique


def test_a_person_of_two_groups_has_one_primary(tmp_path):
    sheets = {"A": [HEAD, ["7", "P", "P", "P", "P"]], "B": [HEAD, ["07", "P", None, None, None]]}
    spells = read(tmp_path, sheets).memberships
    assert dict(zip(spells["group"], spells["primary"], strict=True)) == {"A": True, "B": False}
    assert set(spells["person"]) == {"07"}


def test_days_without_group_are_cancelled_and_empty_ones_are_nothing(tmp_path):
    table = read(tmp_path, {"G": [HEAD, ["1", "P", "X", None, "X"], ["2", "P", "X", None, "P"]]})
    assert list(table.sessions["status"]) == ["held", "cancelled", "held"]
    assert [one.number for one in table.counts.set_aside] == [2, 1]
    assert any("1 dates have no mark" in one for one in table.notes)


def test_minutes_come_from_title_map_or_a_row_of_lengths(tmp_path):
    rows = [
        HEAD,
        ["Minutes", 90, 90, 60, None],
        ["1", "P", 45, "P", "P"],
        ["2", 90, 80, 60, "L 20"],
    ]
    own = read(tmp_path, {"G": rows}, minutes="120").attendance
    assert list(own["minutes"]) == [90, 45, 60, 120, 90, 80, 60, 20]
    assert list(own["status"])[1] == "left_early" and list(own["status"])[5] == "attended"
    titled = read(tmp_path, {"G": [["Mood | 1.5 h"], *rows[:1], *rows[2:]]}).attendance
    assert titled["minutes"].iloc[0] == 90
    named = read(tmp_path, {"G": [rows[0], *rows[2:]]}, **{"minutes G": "75"}).attendance
    assert named["minutes"].iloc[0] == 75
    unknown = read(tmp_path, {"G": [rows[0], *rows[2:]]}).attendance
    assert unknown["minutes"].isna().sum() == 3


def test_a_sheet_a_month_with_groups_as_sub_headings(tmp_path):
    def month(first, *marks):
        days = [dt.datetime(2025, first, day) for day in (6, 8, 10)]
        return [
            ["ID", *days],
            ["Mood"], [11, marks[0], "P", "A"], [12, "P", "P", "P"],
            ["Trauma"], [21, "E", "P", "P"], [11, "P", None, None],
        ]  # fmt: skip

    table = read(tmp_path, {"January": month(1, "P"), "February": month(2, "A")})
    assert set(table.sessions["group"]) == {"Mood", "Trauma"}
    assert len(table.sessions) == 12 and table.counts.used == 20


def test_blocks_below_each_other_and_years_that_turn(tmp_path):
    rows = [
        ["ID", "12/1", "12/8", "12/15"], [1, "P", "P", "P"], [2, "A", "P", "P"], [],
        ["ID", "1/5", "1/12", "1/19"], [1, "P", "P", "P"], [2, "P", "P", "E"],
    ]  # fmt: skip
    table = read(tmp_path, {"G": [["2025"], *rows[:4], ["2026"], *rows[4:]]})
    assert [str(one.date()) for one in table.sessions["date"]] == [
        "2025-12-01", "2025-12-08", "2025-12-15", "2026-01-05", "2026-01-12", "2026-01-19",
    ]  # fmt: skip
    over = [["ID", "12/15", "12/22", "1/5"], [1, "P", "P", "P"]]
    days = read(tmp_path, {"G": over}, year="2025").sessions["date"]
    assert [str(one.date()) for one in days] == ["2025-12-15", "2025-12-22", "2026-01-05"]


def test_days_of_a_month_take_month_and_year_from_sheets_title_or_file(tmp_path):
    def month(*rows):
        week = [["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"][n % 7] for n in range(31)]
        return [["Mood Group"], ["Name", "MRN", *range(1, 32), "Total"], [None, None, *week], *rows]

    def row(first):
        return ["Ann Bee", "A12", *["P" if n % 7 == first else None for n in range(28)]]

    sheets = {"Dec": month(row(2)), "Jan": month(row(0)), "Feb": month(row(3))}
    table = read(tmp_path, sheets, name="Attendance 2025.xlsx")
    days = [str(one.date()) for one in table.sessions["date"]]
    assert (days[0], days[4], days[-1]) == ("2025-12-03", "2026-01-01", "2026-02-25")
    assert set(table.sessions["group"]) == {"Mood Group"}
    assert set(table.attendance["person"]) == {"A12"}


def test_a_row_of_months_that_are_dates_above_days(tmp_path):
    rows = [
        [None, None, dt.datetime(2025, 3, 1), None, None, dt.datetime(2025, 4, 1), None],
        ["#", "Client #", 4, 11, 18, 1, 8],
        [1, "101", "P", "P", "T", "A", "P"],
        [2, "102", "E", "P", "P", "P", None],
    ]
    table = read(tmp_path, {"Skills": rows})
    assert [str(one.date()) for one in table.sessions["date"]] == [
        "2025-03-04", "2025-03-11", "2025-03-18", "2025-04-01", "2025-04-08",
    ]  # fmt: skip
    assert set(table.attendance["person"]) == {"101", "102"}


def test_groups_below_each_other_on_sheets_a_month(tmp_path):
    def month(number):
        days = ["Client", *[dt.datetime(2025, number, day) for day in (6, 8, 13)]]
        return [
            ["Process Group – Dr. Who"], days, ["K-01", "P", "P", "A"], ["Total", 1, 1, 0], [],
            ["Skills Group"], days, ["K-03", "A", "P", "P"], ["K-01", None, "P", "P"],
        ]  # fmt: skip

    table = read(tmp_path, {"Jan 2025": month(1), "Feb 2025": month(2)})
    assert table.sessions["group"].value_counts().to_dict() == {
        "Process Group": 6, "Skills Group": 6,
    }  # fmt: skip
    assert table.counts.used == 16 and not any("dates have no mark" in one for one in table.notes)


def test_weeks_below_each_other_are_one_group(tmp_path):
    rows = [
        ["Week 1"], ["ID", "1/6/25", "1/8/25"], ["a1", "P", "P"],
        ["Week 2"], ["ID", "1/13/25", "1/15/25"], ["a1", "P", "A"],
    ]  # fmt: skip
    assert set(read(tmp_path, {"Mood": rows}).sessions["group"]) == {"Mood"}


def test_a_day_is_cancelled_by_one_remark_whoever_s_row_it_stands_on(tmp_path):
    rows = [HEAD, ["1", "P", "MLK holiday", "P", "P"], [None, None, None, None, "closed"]]
    statuses = list(read(tmp_path, {"G": rows}).sessions["status"])
    assert statuses == ["held", "cancelled", "held", "held"]
    rows[1][-1] = None
    table = read(tmp_path, {"G": rows})
    assert list(table.sessions["status"]) == ["held", "cancelled", "held", "cancelled"]
    assert list(table.people["person"]) == ["1"]


def test_two_sessions_of_a_day_are_two(tmp_path):
    rows = [["ID", "1/6/25 AM", "1/6/25 PM", "1/20/25"], ["1", "P", "A", "P"], ["2", "P", "P", "E"]]
    sessions = read(tmp_path, {"G": rows}).sessions
    assert list(sessions["nth"]) == [1, 2, 1] and list(sessions["slot"]) == [
        "morning",
        "afternoon",
        "",
    ]


def test_codes_of_another_language_are_declared(tmp_path):
    rows = [["Kennung", "06.01.2025", "13.01.2025"], ["K-1", "da", "fehlt"], ["K-2", "krank", "da"]]
    detail = {"da": "attended", "fehlt": "no_show", "krank": "excused"}
    table = read(tmp_path, {"G": rows}, **detail)
    assert list(table.attendance["status"]) == ["attended", "no_show", "excused", "attended"]
    with pytest.raises(StudyError) as caught:
        read(tmp_path, {"G": [*rows, ["K-3", "P", "geheim"]]})
    assert "geheim" not in str(caught.value) and "K-2" not in str(caught.value)
    assert "cells with another" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("P ", ("attended", None)), ("p", ("attended", None)), ("P/L 60", ("left_early", 60)),
        ("L90", ("left_early", 90)), ("L - 1h 30min", ("left_early", 90)),
        ("N/S", ("no_show", None)),
        ("E-sick", ("excused", None)), ("CANCELLED – snow", ("cancelled", None)),
        (150, ("attended", 150)), ("180", ("attended", 180)), ("2:30", ("attended", 150)),
        (dt.time(1, 30), ("attended", 90)), ("1.5 h", ("attended", 90)), (0, ("no_show", None)),
        ("✓", ("attended", None)), ("-", ("not_expected", None)), (True, ("attended", None)),
        ("see note", None), (9999, None), ("Mon", None),
    ],
)  # fmt: skip
def test_marks_in_the_spelling_of_real_life(text, mark):
    assert Codes(DEFAULTS).read(text) == (Mark(*mark) if mark else None)


def test_legends_are_read_wherever_they_stand():
    text = "P=present A=absent (no call) E=excused L=left early (mins) number=minutes. X = no group"
    assert legend([[text]]) == {
        "p": "attended", "a": "no_show", "e": "excused", "l": "left_early", "x": "cancelled",
    }  # fmt: skip
    assert legend([["U", "unexcused absence"], ["L: late, V: virtual"]]) == {
        "u": "no_show", "l": "attended", "v": "attended",
    }  # fmt: skip


def test_x_is_present_where_nothing_else_says_so(tmp_path):
    table = read(tmp_path, {"G": [HEAD, ["1", "x", "x", None, "A"], ["2", "x", "x", "x", "x"]]})
    assert table.attendance["status"].value_counts().to_dict() == {"attended": 6, "no_show": 1}


def test_ones_and_zeros_are_there_and_not_there(tmp_path):
    table = read(
        tmp_path, {"G": [HEAD, ["1", 1, 0, 1, None], ["2", 1, 1, 1, 1], ["Total", 2, 1, 2, 1]]}
    )
    assert table.attendance["status"].value_counts().to_dict() == {"attended": 6, "no_show": 1}


def test_totals_without_a_word_are_known_by_what_they_count(tmp_path):
    rows = [
        HEAD,
        ["Ann B", "P", "A", "P", "P"],
        ["Cyd D", "P", "P", "P", "E"],
        ["Wszyscy", 2, 1, 2, 1],
    ]
    assert read(tmp_path, {"G": rows}).counts.found == 8


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Mon 3/5", "numeric"), ("02/17*", "numeric"), ("Session 2 (03/05/2025)", "numeric"),
        ("5. März 2025", "named"), ("Mar 5", "named"), ("5-Mar", "named"), ("2025-03-05", "whole"),
        (45721, "whole"), (17, "day"), ("17th", "day"), ("Total", None), ("Week", None),
        ("99/99", None), ("3 hrs", None), ("555-0100", None),
    ],
)  # fmt: skip
def test_headings_that_are_dates(cell, expected):
    one = heading(cell)
    assert (one.kind if one else None) == expected


def test_periods_of_titles_and_sheets():
    assert [(period(one).year, period(one).month) for one in (
        "Jan 2025", "January '26", "Attendance 2025", "2025-03", "03/2025", "März 2025",
        "Trauma Eve", "Marginal", dt.datetime(2025, 4, 1), "DBT Skills PM", "May",
    )] == [
        (2025, 1), (2026, 1), (2025, None), (2025, 3), (2025, 3), (2025, 3),
        (None, None), (None, None), (2025, 4), (None, None), (None, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "detail", "words"),
    [
        (
            [HEAD, ["1", "P", "P", "P", "P"], [None, "P", "A", "P", "P"]],
            {},
            "a person on every row",
        ),
        ([["ID", "1/2/2025", "1/3/2025"], ["1", "P", "P"]], {}, "day or the month comes first"),
        ([["ID", "1/13", "1/20"], ["1", "P", "P"]], {}, "dates with a year"),
        ([["a", "b"], ["c", "d"]], {}, "people down, dates across"),
        (
            [HEAD, ["1", "P", "P", "P", "P"], ["1", "A", None, None, None]],
            {},
            "contradict each other",
        ),
        ([HEAD, ["1", "P", "P", "P", "P"]], {"P": "there"}, "another word"),
        ([HEAD, ["1", "P", "P", "P", "P"]], {"sheets": "G, H"}, "no such sheet"),
        ([HEAD, ["1", "P", "P", "P", "P"]], {"order": "us", "minutes": "x"}, "month first"),
    ],
)
def test_what_cannot_be_told_is_asked_for(tmp_path, rows, detail, words):
    with pytest.raises(StudyError, match=words):
        read(tmp_path, {"G": rows}, **detail)


def test_hidden_sheets_formulas_and_damaged_files(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEAD, ["1", "P", '=HYPERLINK("http://x")', "P", "P"], ["=1+1", "P", "P", "P", "P"]):
        sheet.append(row)
    old = book.create_sheet("old")
    for row in (HEAD, ["1", "A", "A", "A", "A"]):
        old.append(row)
    old.sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(StudyError, match="a person on every row"):
        read_attendance(tmp_path / "book.xlsx", {})
    sheet["A3"] = "2"
    book.save(tmp_path / "book.xlsx")
    table = read_attendance(tmp_path / "book.xlsx", {})
    assert table.counts.used == 7 and "hidden" in table.notes[0]
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(StudyError, match="a whole xlsx workbook"):
        read_attendance(tmp_path / "bad.xlsx", {})


def test_a_csv_of_one_sheet_is_read_too(tmp_path):
    (tmp_path / "Mood.csv").write_text(
        "Mood;;;\nID;06.01.2025;13.01.2025;20.01.2025\n1;P;A;P\n\n2;P;E;\n", encoding="cp1252"
    )
    table = read_attendance(tmp_path / "Mood.csv", {})
    assert table.counts.used == 5 and set(table.sessions["group"]) == {"Mood"}


def test_a_sheet_is_recognised_by_its_shape():
    assert looks_like_attendance([["x"], HEAD, ["1", "P", "A", "P", "P"]])
    assert not looks_like_attendance([["ID", "Admit", "PHQ"], ["1", dt.datetime(2025, 1, 2), 12]])
    assert not looks_like_attendance([["ClientID", "DOS", "CPT"], ["1", "01/02/2025", "90853"]])
