"""The dictionary is a valid Data Package, the checks follow from it, and its page is in step."""

import pandas as pd
import pandera.errors
import pytest
from frictionless import Package, Resource, Schema

from analysis.study.dictionary import DICTIONARY_FILE, dictionary, pandera_schema, repeated
from analysis.study.dictionary_page import FIX, dictionary_page
from analysis.study.documents import read_yaml


def test_the_file_is_a_valid_data_package():
    raw = read_yaml(DICTIONARY_FILE)
    for resource in raw["resources"]:
        schema = Schema.from_descriptor(resource["schema"])
        assert [one.name for one in schema.fields] == list(dictionary()[resource["name"]].columns)
    named = [one | {"path": f"{one['name']}.csv"} for one in raw["resources"]]
    assert len(Package.from_descriptor(raw | {"resources": named}).resources) == len(dictionary())


def test_references_and_keys_name_columns_that_exist():
    for table in dictionary().values():
        for key in table.foreign_keys:
            assert key.column in table.columns
            assert (key.target,) in dictionary()[key.table].keys
        for key in table.keys:
            assert set(key) <= set(table.columns)
            assert all(table.field(one).required for one in key)


def test_no_constraint_of_the_file_is_left_out():
    raw = read_yaml(DICTIONARY_FILE)
    used = {
        key
        for resource in raw["resources"]
        for field in resource["schema"]["fields"]
        for key in field.get("constraints", {})
    }
    assert used <= {"required", "unique", "minimum", "maximum", "enum"}
    for resource in raw["resources"]:
        table = dictionary()[resource["name"]]
        for field in resource["schema"]["fields"]:
            if field.get("constraints", {}).get("unique"):
                assert (field["name"],) in table.keys


def test_days_are_known_as_days():
    days = {(t.name, f.name) for t in dictionary().values() for f in t.fields if f.is_day}
    assert ("episodes", "start_study_day") in days and ("assessments", "day") in days
    assert ("sessions", "study_day") in days and ("sessions", "sequence") not in days


def _frame(**columns):
    table = dictionary()["session_staff"]
    frame = pd.DataFrame(columns)
    return frame.astype({one.name: one.dtype for one in table.fields})


def test_pandera_refuses_what_the_dictionary_forbids():
    schema = pandera_schema("session_staff", {})
    sound = _frame(session_id=["x", "x"], therapist_id=["a", "b"], role=["leader", "observer"])
    assert len(schema.validate(sound)) == 2
    for spoilt in (
        sound.assign(role=pd.array(["boss", "leader"], dtype="string")),
        sound.assign(therapist_id=pd.array(["a", "a"], dtype="string")),
        sound.assign(session_id=pd.array([None, "x"], dtype="string")),
        sound.assign(session_id=[1, 2]),
        sound.assign(more=1),
        sound.drop(columns="role"),
    ):
        with pytest.raises(pandera.errors.SchemaErrors):
            schema.validate(spoilt, lazy=True)


def test_frictionless_and_pandera_agree_on_a_spoilt_table(study):
    study.keep("sessions")
    study.put("sessions", 2, "minutes", "-5")
    study.put("sessions", 3, "status", "late")
    study.put("sessions", 4, "site_id", "")
    ours = {(one.column, one.rows[0]) for one in study.error().problems}
    raw = read_yaml(DICTIONARY_FILE)["resources"]
    descriptor = next(one["schema"] for one in raw if one["name"] == "sessions")
    present = study.texts["sessions"].splitlines()[0].split(",")
    fields = {one["name"]: one for one in descriptor["fields"]}
    schema = Schema.from_descriptor({"fields": [fields[one] for one in present]})
    rows = [line.split(",") for line in study.texts["sessions"].splitlines()]
    report = Resource(data=rows, schema=schema).validate()
    theirs = {(a, b) for a, b in report.flatten(["fieldName", "rowNumber"])}
    assert ours == theirs == {("minutes", 2), ("status", 3), ("site_id", 4)}


def test_rows_without_a_whole_key_are_not_repeated():
    frame = pd.DataFrame({"a": ["x", None, None, "x"], "b": [1, 1, 1, 1]})
    assert repeated(frame, ("a", "b")).tolist() == [0, 3]


def test_the_page_is_in_step_with_the_dictionary(root):
    written = (root / "docs" / "dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary_page(), f"docs/dictionary.md is out of step; run: {FIX}"
