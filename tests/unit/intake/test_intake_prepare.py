"""From a map and files to tables: what is made, what is refused, and what never gets out."""

import openpyxl
import pytest

from analysis.intake.words import COLUMNS
from analysis.study.problems import StudyError

ITEMS = (
    "assessments | * | phq.csv | q1 to q3 | wide_items | "
    "instrument=PHQ-9; id=id; date=on; 9=missing"
)
PHQ = (
    "id,on,q1,q2,q3,remark\nk-01,2026-01-12,0,3,9,secret\n"
    "K-02,2026-02-08,1,,2,\nK-09,2026-02-08,1,1,1,\n"
)


def problems(desk):
    with pytest.raises(StudyError) as caught:
        desk.prepare()
    assert not (desk.project / "data").exists()
    return caught.value.problems


def test_dates_become_days_ages_bands_and_identifiers_pseudonyms(program):
    program.prepare()
    rows = {one["age_band"]: one for one in program.table("episodes")}
    first = rows["30-49"]
    assert (first["arm"], first["discharge_day"], first["observed_until_day"]) == (
        "group",
        "38",
        "169",
    )
    assert rows["50+"]["arm"] == "individual" and rows["50+"]["discharge_day"] == ""
    days = {one["age_band"]: int(one["start_study_day"]) for one in program.table("episodes")}
    assert days["50+"] - days["30-49"] == 19
    for word in ("K-0", "2026", "1990", "Köln", "Müller", "k-0"):
        assert word not in program.written()


def test_questionnaires_side_by_side_become_assessments_and_items(program):
    program.file("phq.csv", PHQ)
    program.map(*program.rows, ITEMS)
    done = program.prepare()
    assessments = program.table("assessments")
    assert sorted(one["day"] for one in assessments) == ["-1", "7"]
    answers = sorted((one["item"], one["value"]) for one in program.table("items"))
    assert answers == [("1", "0"), ("1", "1"), ("2", ""), ("2", "3"), ("3", ""), ("3", "2")]
    assert any("1 of 3 questionnaires (PHQ-9) are of nobody" in one for one in done.notes)


def test_totals_side_by_side_become_an_assessment_a_wave(program):
    program.file("totals.csv", "id,pre,post,stay\nK-01,12,999,38\nK-02,7,5,40\n")
    program.map(
        *program.rows,
        "assessments | * | totals.csv | pre; post | wide_waves | instrument=PHQ-9; id=id; "
        "pre=baseline; post=discharge; discharge day=stay; 999=missing",
    )
    program.prepare()
    found = {(one["wave"], one["score"], one["day"]) for one in program.table("assessments")}
    assert found == {("baseline", "12", ""), ("baseline", "7", ""), ("discharge", "5", "40")}


def test_columns_of_another_file_are_joined_by_the_clients_number(program):
    program.file("more.csv", "Nr,sex\nK-02,2\nK-01,1\n")
    program.map(
        *program.rows, "episodes | gender | more.csv | sex | recode | 1=male; 2=female; id=Nr"
    )
    program.prepare()
    found = {one["age_band"]: one["gender"] for one in program.table("episodes")}
    assert found == {"30-49": "male", "50+": "female", "18-29": ""}


def test_tables_are_filled_row_by_row(program):
    program.file("visits.csv", "id,when,from,to,hours\nK-01,2026-01-20,09:00,10:30,1.5\nK-02,,,,\n")
    program.map(
        *program.rows,
        "events | episode_id | visits.csv | id | copy",
        "events | day | visits.csv | when | days_from",
        "events | type | | | constant | medication_start",
        "sessions | session_id | visits.csv | id; when | copy",
        "sessions | site_id | | | constant | main",
        "sessions | format | | | constant | individual",
        "sessions | unit | | | constant | session",
        "sessions | status | | | constant | held",
        "sessions | scheduled_minutes | visits.csv | hours | unit | x60",
        "sessions | minutes | visits.csv | from; to | minutes_between",
    )
    program.prepare()
    events = [(one["day"], one["type"]) for one in program.table("events")]
    assert events == [("7", "medication_start")]
    session = program.table("sessions")[0]
    assert (session["minutes"], session["scheduled_minutes"]) == ("90", "90")


def test_a_rerun_says_what_is_new_gone_and_changed(program):
    program.prepare()
    assert program.prepare().tables == ["episodes: 3 rows (as before)"]
    before = program.table("episodes")
    later = program.clients.replace(";;E", ";01.03.2026;E").replace("K-03", "K-04")
    program.file("clients.csv", later, "cp1252")
    assert program.prepare().tables == ["episodes: 3 rows (1 new, 1 gone, 1 changed)"]
    assert before[0] == program.table("episodes")[0]


def test_nothing_that_the_program_did_not_write_is_overwritten(program):
    place = program.project / "data" / "raw" / "mine"
    place.mkdir(parents=True)
    (place / "episodes.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="did not write"):
        program.prepare()
    assert (place / "episodes.csv").read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_read_is_listed_by_file_column_and_row_and_nothing_is_written(program):
    broken = program.clients.replace("13.01.2026", "soon").replace(";E;", ";X;")
    program.file("clients.csv", broken, "cp1252")
    found = problems(program)
    places = [(one.file, one.column, one.rows) for one in found]
    assert ("clients.csv", "Format", (3,)) in places
    assert ("clients.csv", "Aufnahme", (2,)) in places
    assert "soon" not in str(found) and "'X'" not in str(found)


def test_dates_that_can_be_read_either_way_are_asked_about(program):
    program.file("clients.csv", "Klient;Aufnahme;Ende;Format;Geboren\nA;01.02.2026;;G;03.04.1990\n")
    (found,) = problems(program)
    assert found.column.startswith("detail, cell F") and "order=day first" in found.remedy
    answered = [one + " | order=day first" if "Aufnahme" in one else one for one in program.rows]
    program.map(*answered)
    program.prepare()
    assert program.table("episodes")[0]["observed_until_day"] == "150"


def test_a_client_who_comes_back_is_two_episodes_when_the_map_says_so(program):
    program.file("clients.csv", program.clients + "K-01;01.05.2026;;G;02.03.1990;\r\n", "cp1252")
    assert {one.column for one in problems(program)} == {"Aufnahme"}
    again = [
        one.replace("| Klient |", "| Klient; Aufnahme |") if "episode_id" in one else one
        for one in program.rows
    ]
    program.file("phq.csv", "id,on,q1,q2,q3\nK-01,2026-01-20,1,1,1\nK-01,2026-05-03,2,2,2\n")
    program.map(
        *again,
        "episodes | participant_id | clients.csv | Klient | copy",
        ITEMS.replace("id=id", "person=id"),
    )
    program.prepare()
    numbers = sorted(one["episode_number"] for one in program.table("episodes"))
    assert numbers == ["1", "1", "1", "2"]
    assert sorted(one["day"] for one in program.table("assessments")) == ["2", "7"]


@pytest.mark.parametrize(
    "source", ["../clients.csv", "/etc/passwd", "link.csv", "sub/../../clients.csv", "gone.csv"]
)
def test_a_source_is_a_file_of_the_folder(program, source, tmp_path):
    (tmp_path / "clients.csv").write_text("Klient\nK-01\n", encoding="utf-8")
    (program.folder / "link.csv").symlink_to(tmp_path / "clients.csv")
    program.map(f"episodes | episode_id | {source} | Klient | copy")
    assert any("folder" in one.expected for one in problems(program))


def test_all_mistakes_of_a_map_come_in_one_list_with_their_cells(program):
    program.map(
        *program.rows,
        "episode | gender | clients.csv | Format | copy",
        "episodes | gendre | clients.csv | Format | copy",
        "episodes | gender | clients.csv | Sex | copy",
        "episodes | program_track | clients.csv | Format | coppy",
        "episodes | referral_level | clients.csv | Format | recode | G=hospital",
        "assessments | * | clients.csv | Format | wide_items | id=Klient",
        "sessions | minutes | | | impossible",
        "episodes | arm | clients.csv | Format | copy",
        "episodes | condition | | | constant | =1+1",
    )
    assert {one.column for one in problems(program)} >= {
        "table, cell A9",
        "column, cell B10",
        "from, cell D11",
        "rule, cell E12",
        "detail, cell F13",
        "detail, cell F14",
        "note, cell G15",
        "column, cell B16",
        "detail, cell F17",
    }


def test_a_map_may_be_a_workbook_and_a_formula_in_it_is_refused(program):
    (program.folder / "map.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(COLUMNS)
    for row in program.rows:
        sheet.append([one.strip() for one in row.split("|")])
    book.save(program.folder / "map.xlsx")
    program.prepare()
    assert len(program.table("episodes")) == 3
    sheet["D2"] = '=CONCATENATE("Kli","ent")'
    book.save(program.folder / "map.xlsx")
    with pytest.raises(StudyError, match="a formula"):
        program.prepare()


def test_text_that_would_identify_a_person_is_not_let_out_by_any_rule(program):
    program.file("clients.csv", program.clients.replace("wohnt in Köln", "a@b.org"), "cp1252")
    program.map(*program.rows, "episodes | program_track | clients.csv | Notiz | copy")
    with pytest.raises(StudyError, match="e-mail addresses"):
        program.prepare()


def test_what_a_map_calls_impossible_goes_into_the_config_that_prepare_keeps(program):
    config = program.project / "config" / "studies" / "mine.yaml"
    config.parent.mkdir(parents=True)
    words = "The billing system keeps no minutes."
    program.map(*program.rows, f"sessions | minutes | | | impossible | | {words}")
    done = program.prepare()
    assert f'  sessions.minutes: "{words}"' in done.block
    config.write_text(f"study: mine\n{done.block}\narms: {{}}\n", encoding="utf-8")
    program.map(*program.rows)
    assert program.prepare().block == ""
    text = config.read_text(encoding="utf-8")
    assert "impossible" not in text and text.endswith("arms: {}\n")
    assert "episodes: data/raw/mine/episodes.csv" in text
