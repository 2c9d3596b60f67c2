"""What a study may hold, cell by cell: each fault names file, column and rows, and no value."""

import pandas as pd
import pytest

from analysis.study.dictionary import dictionary
from analysis.study.problems import StudyWarning
from analysis.study.reading import examine_study

SECRET = "SECRET7731"
INSTRUMENTS = {"PHQ-9": (0.0, 27.0), "RSES": (0.0, 30.0)}


def place(problem):
    return problem.file, problem.column, problem.rows


def test_a_sound_study_becomes_the_canonical_tables(study):
    study.write()
    tables = study.read()
    assert list(tables) == list(dictionary())
    for name, frame in tables.items():
        described = dictionary()[name]
        for field in described.fields:
            assert str(frame[field.name].dtype) == field.dtype
        assert list(frame.index) == list(range(len(frame)))
    episodes = tables["episodes"]
    assert list(episodes.columns) == [*dictionary()["episodes"].columns, "severity"]
    assert str(episodes["severity"].dtype) == "float64"
    assert episodes["gender"].isna().all()
    assert tables["memberships"]["primary"].tolist() == [True, False, True]
    assert tables["memberships"]["to_day"].tolist() == [40, 20, pd.NA]


def test_only_declared_tables_are_read(study):
    study.config["tables"] = {"episodes": "in/episodes.csv"}
    study.write()
    assert list(study.read()) == ["episodes"]


CELLS = [
    # table, row, column, value, kind
    ("episodes", 3, "episode_number", SECRET, "text where a whole number belongs"),
    ("episodes", 3, "episode_number", "1.25", "a fraction where a whole number belongs"),
    (
        "episodes",
        3,
        "episode_number",
        "7e300",
        "a number without sense where a whole number belongs",
    ),
    ("episodes", 4, "severity", SECRET, "text where a number belongs"),
    ("sessions", 2, "minutes", SECRET, "text where a number belongs"),
    ("sessions", 3, "minutes", "-77.31", "a negative number"),
    ("attendance", 2, "minutes_attended", "-77.31", "a negative number"),
    ("sessions", 3, "minutes", "7731", "a larger number"),
    ("episodes", 5, "discharge_day", "-7731", "a negative number"),
    ("episodes", 2, "episode_number", "0", "a smaller number"),
    ("episodes", 4, "condition", SECRET, "another word"),
    ("sessions", 4, "status", SECRET, "another word"),
    ("memberships", 3, "primary", SECRET, "something else where true or false belongs"),
    ("memberships", 4, "from_day", "", "empty cells"),
    ("episodes", 3, "site_id", "NA", "empty cells"),
    ("episodes", 4, "arm", SECRET, "an undeclared arm"),
    ("assessments", 4, "instrument", SECRET, "an unknown instrument"),
    ("assessments", 2, "score", "77.31", "a score outside the instrument's range"),
    ("assessments", 2, "score", "-0.7731", "a score outside the instrument's range"),
    ("memberships", 3, "to_day", "-7731", "a spell that ends before it begins"),
    ("memberships", 2, "episode_id", SECRET, "an orphan key: not in the table episodes"),
    ("memberships", 4, "group_id", SECRET, "an orphan key: not in the table groups"),
    ("sessions", 2, "group_id", SECRET, "an orphan key: not in the table groups"),
    ("attendance", 4, "session_id", SECRET, "an orphan key: not in the table sessions"),
    ("session_staff", 4, "session_id", SECRET, "an orphan key: not in the table sessions"),
    ("items", 3, "assessment_id", SECRET, "an orphan key: not in the table assessments"),
    ("events", 2, "episode_id", SECRET, "an orphan key: not in the table episodes"),
    (
        "episodes",
        3,
        "observed_until_day",
        "2024-03-01",
        "a calendar date where a day offset belongs",
    ),
    ("episodes", 3, "start_study_day", "45352", "a calendar date where a day offset belongs"),
    ("attendance", 3, "day", "3/14/2024", "a calendar date where a day offset belongs"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "kind"), CELLS)
def test_a_wrong_cell_is_named_and_not_shown(study, table, row, column, value, kind):
    study.keep(table)
    study.put(table, row, column, value)
    error = study.error()
    problem = error.problems[0]
    assert place(problem) == (f"in/{table}.csv", column, (row,))
    assert problem.found == kind
    assert len(value) < 4 or value not in error.report()
    assert problem.remedy and problem.expected


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "rows", "where"),
    [
        ("episodes", 5, "episode_id", "e1", (2, 5), "episode_id"),
        ("attendance", 3, "episode_id", "e1", (2, 3), "session_id"),
        ("assessments", 5, "assessment_id", "a1", (2, 5), "assessment_id"),
        ("items", 3, "item", "1", (2, 3), "assessment_id"),
        ("episodes", 5, "episode_number", "1", (4, 5), "participant_id"),
    ],
)
def test_a_repeated_key_names_every_row_that_has_it(study, table, row, column, value, rows, where):
    study.keep(table)
    study.put(table, row, column, value)
    problem = study.problem()
    assert place(problem) == (f"in/{table}.csv", where, rows)
    assert problem.found == "a duplicate key"


def test_a_mistyped_part_of_a_key_is_no_duplicate(study):
    study.fill("memberships", "from_day", [SECRET, SECRET, SECRET])
    study.put("memberships", 3, "group_id", "g1")
    assert [one.found for one in study.error().problems] == ["text where a whole number belongs"]


def test_one_primary_group_an_episode(study):
    study.put("memberships", 3, "primary", "true")
    problem = study.problem()
    assert place(problem) == ("in/memberships.csv", "primary", (2, 3))
    assert problem.found == "several primary groups of one episode"


def test_spells_in_one_group_differ_by_their_first_day(study):
    study.put("memberships", 3, "group_id", "g1")
    study.write()
    assert len(study.read()["memberships"]) == 3
    study.put("memberships", 3, "from_day", "0")
    assert place(study.problem()) == ("in/memberships.csv", "group_id", (2, 3))


def test_two_spells_in_one_primary_group_are_allowed(study):
    study.put("memberships", 3, "primary", "true")
    study.put("memberships", 3, "group_id", "g1")
    study.write()
    assert len(study.read()["memberships"]) == 3


def test_an_arm_without_participants_is_legal(study):
    study.config["arms"]["online"] = {"label": "Online", "format": "other"}
    study.write()
    assert "online" not in set(study.read()["episodes"]["arm"])


def test_nobody_needs_to_have_had_an_event(study):
    study.texts["events"] = "episode_id,day,type\n"
    study.config["tables"]["events"] = "in/events.csv"
    study.write()
    assert study.read()["events"].empty


def test_a_missing_required_column_suggests_the_nearest(study):
    study.texts["episodes"] = study.texts["episodes"].replace(
        "observed_until_day", "observed_until"
    )
    problem = study.problem()
    assert place(problem) == ("in/episodes.csv", "observed_until_day", ())
    assert problem.found == "no such column"
    assert 'Did you mean "observed_until"?' in problem.remedy


def test_a_missing_key_column_does_not_make_orphans(study):
    study.drop("groups", "group_id")
    problem = study.problem()
    assert place(problem) == ("in/groups.csv", "group_id", ())


def test_a_declared_covariate_must_be_there(study):
    study.drop("episodes", "severity")
    assert place(study.problem()) == ("in/episodes.csv", "severity", ())


def test_a_declared_rename_must_be_there(study):
    study.config["columns"] = {"sessions": {"mode": "how_held"}}
    assert place(study.problem()) == ("in/sessions.csv", "how_held", ())


def test_problems_speak_of_the_users_own_columns(study):
    study.config["columns"] = {
        "sessions": {"minutes": "dauer", "session_id": "sitzung"},
        "memberships": {"from_day": "von", "to_day": "bis"},
    }
    for table, names in study.config["columns"].items():
        for canonical, own in names.items():
            header, rest = study.texts[table].split("\n", 1)
            header = ",".join(own if one == canonical else one for one in header.split(","))
            study.texts[table] = f"{header}\n{rest}"
    study.put("sessions", 2, "dauer", "-3")
    study.put("attendance", 2, "session_id", SECRET)
    study.put("memberships", 2, "bis", "-9")
    problems = {one.file: one for one in study.error().problems}
    assert place(problems["in/sessions.csv"]) == ("in/sessions.csv", "dauer", (2,))
    assert "in/sessions.csv, column sitzung" in problems["in/attendance.csv"].expected
    assert problems["in/memberships.csv"].expected == "bis on or after von"


def test_all_problems_of_all_tables_come_at_once(study):
    study.put("episodes", 2, "arm", SECRET)
    study.put("sessions", 3, "minutes", "-5")
    study.put("assessments", 2, "score", "99")
    study.config["tables"]["events"] = "in/nowhere.csv"
    files = [one.file for one in study.error().problems]
    assert files == ["in/assessments.csv", "in/episodes.csv", "in/nowhere.csv", "in/sessions.csv"]


def test_a_number_with_a_decimal_comma_is_explained(study):
    study.put("sessions", 2, "minutes", '"95')
    study.texts["sessions"] = study.texts["sessions"].replace('"95', '"95,5"')
    assert "comma for the decimal point" in study.problem().found


def test_whole_numbers_written_as_decimals_are_whole(study):
    study.put("episodes", 2, "discharge_day", "40.0")
    study.write()
    assert study.read()["episodes"]["discharge_day"].iloc[0] == 40


def test_identifiers_keep_their_leading_zeros(study):
    for table in study.texts:
        study.texts[table] = study.texts[table].replace("e1", "001")
    study.write()
    assert study.read()["episodes"]["episode_id"].iloc[0] == "001"


def test_declared_codes_for_missing_are_emptied_and_counted(study):
    study.put("episodes", 2, "severity", "-9")
    study.put("episodes", 3, "severity", "99.0")
    study.put("episodes", 2, "colour", ".")
    study.put("assessments", 2, "score", ".")
    study.config["missing_codes"] = {"everywhere": ["."], "episodes": {"severity": [-9, "99"]}}
    study.write()
    tables, doubts = examine_study(study.config, study.root, INSTRUMENTS)
    assert tables["episodes"]["severity"].isna().tolist() == [True, True, True, False]
    assert tables["assessments"]["score"].isna().tolist() == [True, True, False, True]
    found = [(one.table, one.column, one.rows, one.of) for one in doubts if not one.remedy]
    assert found == [("episodes", "severity", (2, 3), 4), ("assessments", "score", (2,), 4)]
    assert {one.severity for one in doubts if not one.remedy} == {"declared"}


def test_a_wave_gives_the_day_that_an_assessment_does_not_have(study):
    study.put("assessments", 3, "day", "")
    study.put("assessments", 4, "day", "2")
    study.config["waves"] = {"baseline": 0, "week 6": 40}
    study.write()
    tables, doubts = examine_study(study.config, study.root, INSTRUMENTS)
    assert tables["assessments"]["day"].tolist() == [0, 40, 2, 42]
    planned = [one for one in doubts if one.check == "planned_days"]
    assert [(one.rows, one.of, one.severity) for one in planned] == [((3,), 4, "declared")]


def test_waves_may_have_no_day_and_no_other_name(study):
    study.drop("assessments", "day")
    study.config["waves"] = {"baseline": 0, "week 6": None}
    study.write()
    tables, doubts = examine_study(study.config, study.root, INSTRUMENTS)
    assert tables["assessments"]["day"].tolist() == [0, pd.NA, 0, pd.NA]
    assert [one.rows for one in doubts if one.check == "assessment_without_day"] == [(3, 5)]
    study.put("assessments", 2, "wave", "Baseline")
    assert place(study.problem()) == ("in/assessments.csv", "wave", (2,))


def test_without_days_and_waves_it_is_said_that_no_assessment_has_a_day(study):
    study.drop("assessments", "day")
    study.write()
    doubts = examine_study(study.config, study.root, INSTRUMENTS)[1]
    found = [one for one in doubts if one.check == "assessment_without_day"]
    assert [(one.rows, one.of) for one in found] == [((2, 3, 4, 5), 4)]
    assert "waves" in found[0].remedy


@pytest.mark.parametrize("spoilt", ["1.0", " E1", "001", "e1 "])
def test_an_orphan_that_would_match_but_for_its_spelling_says_so(study, spoilt):
    number = spoilt.strip().strip("0.").isdigit()
    if number:
        for table in ("episodes", "memberships", "attendance", "assessments", "events"):
            study.texts[table] = study.texts[table].replace("e1,", "1,")
    study.put("events", 2, "episode_id", spoilt)
    study.write()
    if spoilt == "e1 ":
        assert study.read()["events"]["episode_id"].tolist() == ["e1"]
    else:
        assert "would match" in study.problem().found


def test_doubts_are_warnings_to_those_who_read_a_study_themselves(study):
    study.put("attendance", 3, "minutes_attended", "77")
    study.write()
    with pytest.warns(StudyWarning, match="minutes of somebody who did not come") as caught:
        study.read()
    assert all("77" not in str(one.message) for one in caught)
