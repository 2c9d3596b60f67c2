"""What the first gate stops, and what it must let through."""

import datetime
import time

import numpy as np
import pandas as pd
import pytest

from analysis.study.gate import refuse_identifying


def gate(values, name="colour", days=()):
    frame = pd.DataFrame({name: values})
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return refuse_identifying(frame, "in/t.csv", days)


DATES = [
    "2024-03-01",
    "2024/3/1",
    "2024.03.01",
    "2024-03-01T10:00:00",
    "3/14/2024",
    "14/03/2024",
    "14.03.2024",
    "14-3-2024",
    "03/14/24",
    "14/03/24 10:00",
    "14 March 2024",
    "14-Mar-24",
    "March 14, 2024",
    "Mar 2024",
    "S-2024-03-01-2",
]


@pytest.mark.parametrize("value", DATES)
def test_one_date_in_any_column_is_stopped(value):
    (problem,) = gate(["red", None, value])
    assert (problem.file, problem.column, problem.rows) == ("in/t.csv", "colour", (4,))
    assert problem.found == "calendar dates"
    assert value not in str(problem)


@pytest.mark.parametrize(
    "values",
    [
        ["20240301", "20240415", None],
        [20240301, 20240415],
        [20240301.0, 20240415.0, np.nan],
        ["2024-03", "2024-04"],
        ["03/2024", "12/2023"],
        ["14.03.24", "1.4.24"],
        ["x_20240301", "y_20240302"],
        pd.to_datetime(["2024-03-01", "2024-03-02"]),
        pd.to_datetime(["2024-03-01", "2024-03-02"]).tz_localize("UTC"),
        pd.period_range("2024-01", periods=2, freq="M"),
        [datetime.date(2024, 3, 1), None],
        [datetime.datetime(2024, 3, 1), 3],
        [pd.Timestamp("2024-03-01"), "x"],
    ],
)
def test_a_column_of_dates_in_other_forms_is_stopped(values):
    (problem,) = gate(values)
    assert problem.found == "calendar dates"
    assert 2 in problem.rows


@pytest.mark.parametrize("values", [[3, 45352], ["3", "45352"], [3.0, 1.7e9], ["4", "20240301"]])
def test_numbers_that_can_only_be_dates_are_stopped_where_days_belong(values):
    (problem,) = gate(values, "start", days={"start"})
    assert problem.rows == (3,)
    assert problem.found == "a calendar date where a day offset belongs"


def test_date_serials_are_stopped_where_the_name_says_date():
    assert gate([45352, 45353], "admission_date")[0].rows == (2, 3)
    assert gate([0, 42], "admission_date") == []


@pytest.mark.parametrize(
    "values",
    [
        [20240301, 10000001],  # one number that looks like a date is a number
        ["20240301", "20249999"],
        [45352, 12],
        ["25-34", "35-44"],
        ["1.2.10", "2.0"],
        ["RSES 10", "PHQ-9"],
        ["g1-e12-3", "2024-1"],
        ["4.5", "-3", "1e5"],
        ["a3f5" * 16],  # a hash of 64 characters is no free text
        ["mood_anxiety", "5001 to 10000 GBP"],
        [True, False],
        [None, None],
        [123456789, 987654321],
        ["May 12", "may"],
        ["12345", "67890"],
    ],
)
def test_what_is_no_date_and_no_identifier_comes_through(values):
    assert gate(values) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("who@example.org", "e-mail addresses"),
        ("ask who@example.org", "e-mail addresses"),
        ("(555) 867-5309", "phone numbers"),
        ("555-867-5309", "phone numbers"),
        ("+1 555 867 5309", "phone numbers"),
        ("+4915112345678", "phone numbers"),
        ("123-45-6789", "social security numbers"),
        ("https://example.org/x", "web addresses"),
        ("192.168.10.12", "network addresses"),
        ("She said that the group on Monday was hard for her because of her brother", "free text"),
    ],
)
def test_identifying_contents_are_stopped(value, kind):
    (problem,) = gate(["red", value, "red"])
    assert (problem.column, problem.rows, problem.found) == ("colour", (3,), kind)
    assert value not in str(problem)


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "Name",
        "first_name",
        "FirstName",
        "last.name",
        "patient_name",
        "group_name",
        "dob",
        "date_of_birth",
        "birth_year",
        "therapist_name",
        "ssn",
        "MRN",
        "mrn_number",
        "email",
        "E-Mail",
        "phone_home",
        "address",
        "zip",
        "Zip.Code",
        "postcode",
        "ip",
        "ip_address",
        "url",
        "device_id",
        "account_number",
        "drivers_licence",
        "notes",
        "group_notes",
        "group_patient_comment",
        "meeting_patient_comment",
        "history_extra_info",
        "group_guest_counselors",
        "city",
        "passport",
        "redcap_survey_identifier",
    ],
)
def test_identifying_names_are_stopped(name):
    (problem,) = gate([1, 2], name)
    assert (problem.column, problem.rows) == (name, ())
    assert problem.found.startswith("a column whose name says")


@pytest.mark.parametrize(
    "name",
    [
        "instrument_name",
        "program_name",
        "site_id",
        "sip",
        "shipment",
        "noted",
        "mode",
        "cohort_name",
        "emotional",
        "birthplace_region",
        "telehealth",
        "ip_days",
        "lat_score",
        "devices_used",
        "accountability",
        "zipped",
    ],
)
def test_innocent_names_come_through(name):
    assert gate([1, 2], name) == []


def test_ages_above_eighty_nine_are_stopped():
    (problem,) = gate([34, 90, 97], "age_years")
    assert (problem.column, problem.rows) == ("age_years", (4,))
    assert gate(["34", "90+", "25-34"], "age_band") == []
    assert gate([97], "stage") == []


def test_a_column_of_nested_values_is_looked_at_too():
    assert gate([["a", "b"], {"c": 1}]) == []
    assert gate([["who@example.org"], None])[0].rows == (2,)


def test_a_hundred_thousand_rows_take_a_moment():
    n = 100_000
    frame = pd.DataFrame(
        {
            "session_id": [f"ses-{i:06d}" for i in range(n)],
            "episode_id": [f"E{i % 1500:05d}" for i in range(n)],
            "day": [str(i % 60) for i in range(n)],
            "status": ["attended", "no_show"] * (n // 2),
        },
        index=range(2, n + 2),
    )
    start = time.process_time()
    assert refuse_identifying(frame, "in/t.csv", {"day"}) == []
    assert time.process_time() - start < 10  # about 1 s; the machine may be busy
