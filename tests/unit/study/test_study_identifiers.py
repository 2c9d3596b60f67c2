"""The gate by lists: column names and contents of the Safe Harbor classes, and what is innocent."""

import hashlib
import time

import pandas as pd
import pytest
from tests.unit.study import identifying

from analysis.study.column_names import kind_of, split
from analysis.study.dictionary import dictionary
from analysis.study.documents import read_yaml
from analysis.study.gate import refuse_identifying


def refused(values, name="colour"):
    return refuse_identifying(pd.DataFrame({name: values}), "in/t.csv")


def share_refused(columns):
    return sum(bool(refused(values, name)) for name, values in columns) / len(columns)


@pytest.mark.parametrize(("part", "least"), [("BUILT_WITH", 0.97), ("AFTER", 0.97)])
def test_names_that_identify_are_stopped(part, least):
    names = getattr(identifying, f"NAMES_{part}")
    assert share_refused([(name, [1, 2]) for name in names]) >= least


@pytest.mark.parametrize(("part", "least"), [("BUILT_WITH", 0.97), ("AFTER", 0.97)])
def test_contents_that_identify_are_stopped(part, least):
    contents = getattr(identifying, f"CONTENTS_{part}")
    assert share_refused([("colour", ["red", one, "red"]) for one in contents]) >= least


def test_hardly_anything_innocent_is_refused():
    columns = [(name, [1, 2]) for name in identifying.INNOCENT_NAMES]
    columns += [("x", values) for values in identifying.INNOCENT_VALUES]
    assert share_refused(columns) <= 0.02


def test_no_column_of_the_dictionary_and_no_instrument_is_refused(root):
    names = [field.name for table in dictionary().values() for field in table.fields]
    names += list(read_yaml(root / "config" / "instruments.yaml")["instruments"])
    assert [name for name in names if kind_of(name)] == []
    assert refused(names) == []


@pytest.mark.parametrize(
    "values",
    [
        ["101-02-0034"],
        ["101-02-0034", "101-02-0035", "205-01-0007"],
        [f"{site}-0{arm}-{n:04d}" for n, (site, arm) in enumerate([(101, 1), (102, 2)] * 80)],
        [f"{101 + n % 7}-{n % 3 + 10}-{n + 900}" for n in range(100, 300)],
        ["301-1001", "301-1002", "302-1001"],
    ],
)
def test_ids_of_a_trial_come_through(values):
    assert refused(values, "study_id") == []


def test_numbers_of_people_in_the_form_of_trial_ids_do_not():
    numbers = [
        f"{101 + 13 * n % 600}-{10 + 7 * n % 89}-{1000 + 7919 * n % 8999}" for n in range(60)
    ]
    assert refused(numbers, "study_id")[0].found == "social security numbers"


@pytest.mark.parametrize("name", ["subject", "x", "Pat"])
def test_value_labels_and_contents_are_judged_alike(name):
    assert refused(["Ann Smith", "Bob Jones"], name)[0].found == "names of people"


def test_a_column_of_names_that_are_in_no_list_is_known_by_its_shape():
    syllables = [
        "Zerr",
        "Quel",
        "Vith",
        "Brax",
        "Mund",
        "Jarl",
        "Osk",
        "Thun",
        "Pell",
        "Grav",
        "Wex",
    ]
    names = [f"{one}an {two}eth" for one, two in zip(syllables, reversed(syllables), strict=True)]
    assert refused(names)[0].found == "names of people"
    labels = [f"{one}an Disorder" for one in syllables]
    assert refused(labels) == []


def test_free_text_is_known_by_its_entropy():
    words = ["calm", "day", "slept", "well", "ate", "little", "walked", "home", "read", "late"]
    texts = [" ".join([*words[n % 7 : n % 7 + 3], words[n % 5], str(n)]) for n in range(40)]
    assert refused(texts)[0].found == "free text"
    assert refused([texts[n % 4] for n in range(40)]) == []


@pytest.mark.parametrize(
    ("name", "values", "rows"),
    [
        ("age", ["91", "34"], (0,)),
        ("AgeAtIntake", [90, 91.0], (1,)),
        ("age_band", ["90-94", "85-89", "90+"], (0,)),
        ("age_in_months", [312, 400], ()),
        ("note_on_stay", ["93 years old", "x"], ()),
        ("colour", ["93 years old", "x"], (0,)),
    ],
)
def test_ages_of_ninety_and_over(name, values, rows):
    found = [one.rows for one in refused(values, name) if "ages" in one.found]
    assert found == ([rows] if rows else [])


def test_a_date_in_a_columns_name_is_not_repeated():
    (problem,) = refuse_identifying(pd.DataFrame({"a": [1], "2024-03-01": ["P"]}), "in/t.csv")
    assert (problem.column, problem.found) == (
        "column 2",
        "a column whose name holds calendar dates",
    )


HOSTILE = [
    "a",
    "9",
    " ",
    "a ",
    "1-",
    "1.",
    "a@",
    "a.",
    "(",
    "+1",
    "jan ",
    "x@y.",
    "é",
    "Ann ",
    "[",
    "O'",
    "12 a ",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("name", ["x", "age", "visit_date"])
def test_a_cell_of_a_hundred_thousand_characters_takes_milliseconds(piece, name):
    cell = piece * (100_000 // len(piece))
    refused(["red", "b"], name)  # lists are read and forms compiled once
    started = time.process_time()
    assert refused(["red", cell], name)[0].found
    assert (
        time.process_time() - started < 1
    )  # milliseconds; the square of the length would take minutes


@pytest.mark.parametrize("piece", ["name", "no", "id", "pt", "a_", "#"])
def test_a_long_name_of_a_column_takes_milliseconds(piece):
    started = time.process_time()
    kind_of(piece * 25_000)
    assert (
        time.process_time() - started < 1
    )  # milliseconds; the square of the length would take minutes


@pytest.mark.parametrize(
    "values",
    [
        ["a:b:c", "1:2:3"],  # no address of a network
        ["4111111111111112", "4012888888881882"],  # sixteen figures without a check digit
        [pd.NA, "red"],
        pd.to_datetime([None]),
        ["N.A.", "U.S."],
        [45350, 45360, 45370],  # round amounts
        list(range(45000, 45020)),  # ids given out one by one
    ],
)
def test_what_only_resembles_an_identifier_comes_through(values):
    assert refused(values) == []


def test_the_fewest_words_are_read_in_a_name_without_separators():
    assert list(split("patientfirstname")) == ["patient", "firstname"]
    assert list(split("phq9_total")) == ["phq", "9", "total"]


def test_codes_of_a_hash_hold_no_dates():
    """Two hundred thousand figures of a hash hold every short form by chance."""
    codes = [hashlib.sha256(str(n).encode()).hexdigest()[:16] for n in range(12_000)]
    assert refused(codes, "pseudonym") == []
