"""An ordinary program's own files, by a map: the counts of a hand count, and no identifier."""

import re

import pandas as pd
import pytest

REDCAP = "IOPOutcomes_DATA_2026-07-06_0912.csv"
SPSS = "Outcomes 2025-26.sav"
OF_REDCAP = (
    f"episodes | episode_id | {REDCAP} | record_id | copy",
    f"episodes | participant_id | {REDCAP} | study_patient_id | copy",
    "episodes | site_id | | | constant | main",
    f"episodes | start_study_day | {REDCAP} | admit_date | days_from",
    f"episodes | arm | {REDCAP} | program_type | recode | 1=group; 2=individual",
    "episodes | observed_until_day | | | days_from | on=2026-07-06",
    f"episodes | age_band | {REDCAP} | age | band",
    f"episodes | discharge_day | {REDCAP} | discharge_date | days_from",
    f"episodes | discharge_reason | {REDCAP} | dc_reason | recode | 1=completed; 2=left_early; "
    "3=administrative; 4=stepped_up; 5=other",
    f"assessments | * | {REDCAP} | phq9_1 to phq9_9 | redcap_events | instrument=PHQ-9; "
    "date=phq9_date; 9=missing",
    f"assessments | * | {REDCAP} | gad7_1 to gad7_7 | wide_items | instrument=GAD-7; id=record_id; "
    "date=gad7_date; wave from=redcap_event_name; 9=missing",
)
OF_SPSS = (
    f"episodes | episode_id | {SPSS} | id | copy",
    "episodes | site_id | | | constant | main",
    f"episodes | arm | {SPSS} | program | recode | 1=group; 2=individual",
    f"episodes | gender | {SPSS} | gender | recode | 1=male; 2=female; 3=nonbinary",
    f"episodes | discharge_day | {SPSS} | los | copy",
    f"assessments | * | {SPSS} | phq9_pre; phq9_post | wide_waves | instrument=PHQ-9; id=id; "
    "phq9_pre=baseline; phq9_post=discharge",
    f"assessments | * | {SPSS} | gad7_pre; gad7_post | wide_waves | instrument=GAD-7; id=id; "
    "gad7_pre=baseline; gad7_post=discharge",
)

WORKBOOK = "IOP Attendance 2025-26.xlsx"
BILLING = "billing_extract.csv"
OF_BILLING = (
    f"sessions | * | {BILLING} | | billing_lines | unit=day; minutes 90853=60; minutes H0015=180; "
    "minutes S9480=180",
)
OF_WORKBOOK = (f"sessions | * | {WORKBOOK} | | attendance_sheet",)


def identifiers(folder):
    """Every client's number and every full date of the sources, as they may be written."""
    text = (folder / REDCAP).read_text(encoding="utf-8-sig")
    numbers = set(re.findall(r"^(\d{5}),", text, re.MULTILINE))
    numbers |= set(re.findall(r",(0\d{5}),", text))
    return numbers, set(re.findall(r"\d{4}-\d\d-\d\d", text))


def test_the_redcap_export_gives_the_hand_count(monday):
    monday.map(*OF_REDCAP)
    monday.prepare()
    episodes = pd.DataFrame(monday.table("episodes"))
    assert episodes["arm"].value_counts().to_dict() == {"group": 225, "individual": 56}
    assert episodes["participant_id"].nunique() == 262
    assert episodes["discharge_reason"].value_counts().to_dict() == {
        "completed": 156,
        "left_early": 60,
        "administrative": 25,
        "stepped_up": 18,
        "other": 8,
        "": 14,
    }
    assessments = pd.DataFrame(monday.table("assessments"))
    assert assessments["instrument"].value_counts().to_dict() == {"PHQ-9": 1622, "GAD-7": 1622}
    assert sorted(assessments["wave"].value_counts()) == [168, 336, 528, 2212]
    assert assessments["assessment_id"].is_unique
    items = pd.DataFrame(monday.table("items"))
    values = pd.to_numeric(items["value"])
    assert (len(items), values.isna().sum(), values.sum()) == (25_952, 309, 37_863)


def test_the_spss_file_gives_the_hand_count(monday):
    monday.map(*OF_SPSS)
    monday.prepare()
    found = pd.DataFrame(monday.table("assessments"))
    scores = pd.to_numeric(found["score"]).groupby([found["instrument"], found["wave"]])
    assert scores.size().to_dict() == {
        ("GAD-7", "baseline"): 262,
        ("GAD-7", "discharge"): 167,
        ("PHQ-9", "baseline"): 272,
        ("PHQ-9", "discharge"): 167,
    }
    means = {"baseline": (11.916, 15.886), "discharge": (8.886, 12.0)}
    for wave, (gad, phq) in means.items():
        assert scores.mean()["GAD-7", wave] == pytest.approx(gad, abs=0.0005)
        assert scores.mean()["PHQ-9", wave] == pytest.approx(phq, abs=0.0005)


def test_the_attendance_workbook_gives_the_hand_count(monday):
    monday.map(*OF_REDCAP, *OF_WORKBOOK)
    monday.prepare()
    sessions = pd.DataFrame(monday.table("sessions"))
    held = sessions.groupby(["group_id", "status"]).size()
    assert sorted(held) == [5, 6, 8, 221, 227, 227]
    attendance = pd.DataFrame(monday.table("attendance"))
    assert attendance["status"].value_counts().to_dict() == {
        "attended": 2816,
        "left_early": 291,
        "excused": 318,
        "no_show": 554,
    }
    assert pd.to_numeric(attendance["minutes_attended"]).sum() == 530_940
    assert (
        attendance["episode_id"].isin({one["episode_id"] for one in monday.table("episodes")}).all()
    )
    spells = pd.DataFrame(monday.table("memberships"))
    assert spells.groupby("episode_id")["primary"].agg(lambda one: (one == "true").any()).all()


def test_the_billing_extract_gives_the_hand_count(monday):
    monday.map(*OF_REDCAP, *OF_BILLING)
    monday.prepare()
    sessions = pd.DataFrame(monday.table("sessions"))
    assert sessions["format"].value_counts().to_dict() == {
        "individual": 1808,
        "group": 663,
        "medication": 137,
    }
    assert set(sessions.loc[sessions["format"] == "group", "unit"]) == {"day"}
    attendance = pd.DataFrame(monday.table("attendance")).merge(
        sessions[["session_id", "format"]], on="session_id"
    )
    assert len(attendance) == 5039
    minutes = pd.to_numeric(attendance["minutes_attended"]).groupby(attendance["format"]).sum()
    assert minutes["group"] == 545_040


def test_four_files_together_take_groups_from_the_sheets_and_say_how_billing_agrees(monday):
    further = [one for one in OF_SPSS if one.startswith("assessments")]
    alone = f"{OF_BILLING[0]}; formats=individual, medication"
    monday.map(*OF_REDCAP, *further, *OF_WORKBOOK, alone)
    done = monday.prepare()
    sessions = pd.DataFrame(monday.table("sessions"))
    assert sessions["format"].value_counts().to_dict() == {
        "individual": 1808,
        "group": 694,
        "medication": 137,
    }
    assert sessions["session_id"].is_unique
    (said,) = [one for one in done.notes if one.startswith("Client-days in a group")]
    both, sheets, billed = (int(one) for one in re.findall(r"\d+", said))
    assert both + sheets == 2816 + 291 and both + billed == 5039 - 1808 - 137
    assert both > 0.9 * (both + sheets + billed)


@pytest.mark.parametrize("row", [OF_WORKBOOK[0], OF_BILLING[0]])
def test_episodes_can_be_those_whom_one_file_shows(monday, row):
    source = f"{row.split(' | ')[2]}#people"
    monday.map(
        f"episodes | episode_id | {source} | person | copy",
        "episodes | site_id | | | constant | main",
        f"episodes | start_study_day | {source} | first | days_from",
        "episodes | arm | | | constant | group",
        row,
    )
    done = monday.prepare()
    assert len(monday.table("episodes")) == (225 if "xlsx" in row else 281)
    assert not any("of nobody" in one for one in done.notes)


def test_the_two_files_join_on_the_clients_number_however_it_is_written(monday):
    further = [one for one in OF_SPSS if one.startswith("assessments")]
    gender = f"episodes | gender | {SPSS} | gender | recode | 1=male; 2=female; 3=nonbinary; id=id"
    monday.map(*OF_REDCAP, *further, gender)
    done = monday.prepare()
    assert len(monday.table("assessments")) == 2 * 1622 + 272 + 262 + 2 * 167
    assert len(monday.table("episodes")) == 281 and not done.notes


def test_no_identifier_and_no_date_is_in_anything_that_was_written(monday, capsys):
    further = (one for one in OF_SPSS if one.startswith("assessments"))
    monday.map(*OF_REDCAP, *further, *OF_WORKBOOK)
    done = monday.prepare()
    numbers, dates = identifiers(monday.folder)
    assert len(numbers) > 500 and len(dates) > 300
    said = f"{done} {capsys.readouterr()}"
    for text in (monday.written(), said):
        words = set(re.findall(r"[\w-]+", text))
        assert not numbers & words
        assert not {one.lstrip("0") for one in numbers if len(one) == 5} & set(
            pd.DataFrame(monday.table("episodes"))["episode_id"]
        )
        assert not dates - {"2026-07-06"} & words


def test_problems_of_the_sources_show_no_identifier_either(monday):
    path = monday.folder / REDCAP
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace(",2026-05-12,", ",12th of May,"), encoding="utf-8")
    monday.map(*(one.replace("1=group; 2=individual", "1=group") for one in OF_REDCAP))
    with pytest.raises(Exception, match="row") as caught:
        monday.prepare()
    words = set(re.findall(r"[\w-]+", str(caught.value)))
    numbers, dates = identifiers(monday.folder)
    assert not (numbers | dates) & words and "12th" not in words
