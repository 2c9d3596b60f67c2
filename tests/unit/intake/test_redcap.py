"""REDCap exports: every value in one table, keys unique, whatever the rows mean."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.intake.redcap_projects import DOWNLOAD, projects

from analysis.intake.records import read_records
from analysis.intake.redcap import looks_like_redcap, read_redcap
from analysis.study.problems import StudyError

REAL = [
    "checkboxes-1",
    "decimal-comma",
    "longitudinal",
    "multilevel-model-1",
    "nonnumeric-record-id",
    "repeating-instruments-sparse",
]
LOOSE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FIELD = '{name},{form},,{type},{label},"{choices}",,{validation},,,{identifier},,,,,,,\n'


def field(name, form="main", type="text", label="", choices="", validation="", identifier=""):
    return FIELD.format(**{**locals(), "label": label or name})


def project(folder, data, *fields, name="data.csv"):
    (folder / "dictionary.csv").write_text(DOWNLOAD + "".join(fields), encoding="utf-8")
    (folder / name).write_text(data, encoding="utf-8")
    return folder / name


def assert_nothing_lost(export, raw, forms):
    """Every value of a raw export stands once, in its form's table, on its own line."""
    header, *rows = raw
    for form, names in forms.items():
        table = export.forms[form]
        assert not table.duplicated(list(export.keys[form])).any()
        for place, row in enumerate(rows):
            own = {name: row[header.index(name)].strip() for name in names}
            line = export.occasions.index[place]
            if any(own.values()):
                found = table.loc[line, list(own)].fillna("").to_dict()
                assert found == own
    assert export.counts.found == len(rows)


@LOOSE
@given(
    project=projects(), separator=st.sampled_from(",;\t|^"), kind=st.sampled_from(["raw", "labels"])
)
def test_no_value_is_lost_and_keys_are_unique(tmp_path, project, separator, kind):
    rows = getattr(project, kind)
    text = project.text(rows, separator)
    (tmp_path / "data.csv").write_bytes(text.encode("utf-8-sig"))
    (tmp_path / "dictionary.csv").write_text(project.dictionary, encoding="utf-8")
    export = read_redcap(tmp_path / "data.csv", {"values": kind})
    assert_nothing_lost(export, project.raw, project.forms)


@LOOSE
@given(project=projects())
def test_a_raw_export_without_dictionary_loses_nothing_either(tmp_path, project):
    (tmp_path / "data.csv").write_text(project.text(project.raw, ","), encoding="utf-8")
    (tmp_path / "dictionary.csv").unlink(missing_ok=True)
    export = read_redcap(tmp_path / "data.csv", {})
    assert_nothing_lost(export, project.raw, project.forms)
    assert set(export.forms) == set(project.forms)


@pytest.mark.parametrize("name", REAL)
def test_real_projects_are_read_without_loss(shared_data, name):
    path = shared_data / "redcap" / name / "data.csv"
    export = read_redcap(path, {})
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if any(row.values())]
    assert export.counts.found == len(rows) == export.counts.used
    held = set(export.withheld)
    for line, row in zip(export.occasions.index, rows, strict=True):
        expected = {
            one: text.strip() for one, text in row.items() if text.strip() and one not in held
        }
        found = {}
        for table in export.forms.values():
            if line in table.index:
                found |= table.loc[line].dropna().to_dict()
        found.pop("redcap_arm", None)
        assert {one: text.replace(",", ".") for one, text in expected.items()} == {
            one: text.replace(",", ".") for one, text in found.items()
        }


def test_the_ordinary_program_gives_the_counts_of_a_careful_hand(shared_data):
    export = read_redcap(next((shared_data / "monday").glob("IOPOutcomes*.csv")), {})
    assert len(export.forms["demographics"]) == 281
    assert len(export.forms["discharge"]) == 267
    phq, gad = export.forms["phq9"], export.forms["gad7"]
    assert (len(phq), len(gad)) == (1622, 1622)
    events = phq["redcap_event_name"].value_counts() + gad["redcap_event_name"].value_counts()
    assert sorted(events) == [168, 336, 528, 2212]
    items = [phq[f"phq9_{n}"] for n in range(1, 10)] + [gad[f"gad7_{n}"] for n in range(1, 8)]
    cells = [one for column in items for one in column]
    assert len(cells) == 25_952
    said = [int(one) for one in cells if isinstance(one, str) and one != "9"]
    assert len(cells) - len(said) == 309 and sum(said) == 37_863


def test_a_form_that_repeats_in_one_event_and_not_in_another_keeps_all_rows(tmp_path):
    path = project(
        tmp_path,
        "id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,q,main_complete\n"
        "1,a_arm_1,,,5,2\n1,b_arm_1,main,1,6,2\n1,b_arm_1,main,2,7,2\n1,c_arm_1,,1,8,2\n1,c_arm_1,,2,9,2\n",
        field("id"),
        field("q"),
    )
    table = read_redcap(path, {}).forms["main"]
    assert list(table["q"]) == ["5", "6", "7", "8", "9"]
    assert set(table["redcap_arm"]) == {"1"}


def test_what_the_dictionary_marks_as_identifying_is_not_taken_in(tmp_path):
    path = project(
        tmp_path,
        "id,who,mrn,admitted,dob,about,main_complete\n1,Ann,77,2026-01-02,1980-02-03,text,2\n",
        field("id", identifier="y"),
        field("who", identifier="y"),
        field("mrn", identifier="y"),
        field("admitted", validation="date_ymd", identifier="y"),
        field("dob", validation="date_ymd", identifier="y"),
        field("about", type="notes"),
    )
    export = read_redcap(path, {"keep": "mrn"})
    assert set(export.withheld) == {"who", "dob", "about"}
    row = export.forms["main"].iloc[0]
    assert (row["id"], row["mrn"], row["admitted"]) == ("1", "77", "2026-01-02")
    assert "Ann" not in repr(export) and "1980" not in repr(export)


def test_missing_data_codes_are_missing_in_every_kind_of_field(tmp_path):
    path = project(
        tmp_path,
        "id,n,yes,box___1,box____9,main_complete\n1,-9,-9,0,1,2\n2,4,1,1,0,2\n",
        field("id"),
        field("n", validation="integer"),
        field("yes", type="yesno"),
        field("box", type="checkbox", choices="1, one"),
    )
    table = read_redcap(path, {"-9": "missing"}).forms["main"]
    assert table.loc[2, ["n", "yes", "box___1"]].isna().all()
    assert list(table.loc[3, ["n", "yes", "box___1"]]) == ["4", "1", "1"]


def test_labels_of_choices_become_codes_and_decimal_commas_points(tmp_path):
    path = project(
        tmp_path,
        "Study ID;Event Name;Sex;Height;Complete?\n01;Start (Arm 2: B);female;1,54;Complete\n",
        field("id", label="Study ID"),
        field("sex", type="radio", label="Sex", choices="1, female | 2, male"),
        field("height", label="Height", validation="number_comma_decimal"),
    )
    row = read_redcap(path, {}).forms["main"].iloc[0]
    assert list(row[["id", "redcap_arm", "sex", "height", "main_complete"]]) == [
        "01", "2", "1", "1.54", "2",
    ]  # fmt: skip


def test_labels_are_compared_without_marks_of_the_web(tmp_path):
    path = project(
        tmp_path,
        "Study ID,Pain &amp; <b>sleep</b>,Complete?\n1,very  bad,Complete\n",
        field("id", label="Study ID"),
        field(
            "q", type="radio", label="Pain & <i>sleep</i>", choices="1, fine | 2, <b>very</b> bad"
        ),
    )
    assert read_redcap(path, {}).forms["main"]["q"].item() == "2"


def test_the_same_row_twice_is_set_aside_and_said(tmp_path):
    data = "id,q,main_complete\n1,5,2\n1,5,2\n2,,\n"
    counts = read_redcap(project(tmp_path, data, field("id"), field("q")), {}).counts
    assert (counts.found, counts.used) == (3, 1)
    assert [(one.number, one.rows) for one in counts.set_aside] == [(1, (3,)), (1, (4,))]


def test_rows_that_share_a_key_and_rows_without_a_record_are_refused_together(tmp_path):
    data = "id,q,main_complete\n1,SECRET,2\n1,6,2\n,7,2\n"
    with pytest.raises(StudyError) as caught:
        read_redcap(project(tmp_path, data, field("id"), field("q")), {})
    assert {one.rows for one in caught.value.problems} == {(2, 3), (4,)}
    assert "SECRET" not in str(caught.value)


def test_labels_that_two_fields_share_are_refused_unless_their_order_tells(tmp_path):
    fields = [field("id", label="ID"), field("a", label="Date"), field("b", label="Date")]
    both = project(tmp_path, "ID,Date,Date,Complete?\n1,x,y,Complete\n", *fields)
    assert list(read_redcap(both, {}).forms["main"].iloc[0][["a", "b"]]) == ["x", "y"]
    one = project(tmp_path, "ID,Date,Complete?\n1,x,Complete\n", *fields)
    with pytest.raises(StudyError, match="labels that several fields share"):
        read_redcap(one, {})


@pytest.mark.parametrize(
    ("data", "detail", "words"),
    [
        ("Study ID,Event Name,Sex\n1,Start,male\n", {}, "no dictionary"),
        ("id,q,main_complete\n1,5\n", {}, "fewer values"),
        ("id,q,main_complete\n1,5,2\n", {"dictionnary": "x"}, "Did you mean"),
        ("id,q,main_complete\n1,5,2\n", {"dictionary": "../x.csv"}, "no such file"),
        ('id,q,main_complete\n1,"5,2\n', {}, "quotation mark"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(tmp_path, data, detail, words):
    (tmp_path / "data.csv").write_text(data, encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        read_redcap(tmp_path / "data.csv", detail)


def test_a_project_of_thousands_of_fields_is_read(tmp_path):
    names = [f"q{n}" for n in range(6_000)]
    data = ",".join(["id", *names, "main_complete"]) + "\n1," + ",".join(["1"] * 6_000) + ",2\n"
    export = read_redcap(project(tmp_path, data, field("id"), *map(field, names)), {})
    assert export.forms["main"].shape == (1, 6_002)


def test_a_row_longer_than_a_value_may_be_is_cut_by_its_own_separator(tmp_path):
    names = [f"question_{n}" for n in range(15_000)]
    (tmp_path / "d.csv").write_text(f"{';'.join(names)}\n{';'.join(names)}\n", encoding="utf-8")
    assert read_records(tmp_path / "d.csv", "d.csv").header == tuple(names)


def test_an_export_without_records_is_empty(tmp_path):
    export = read_redcap(project(tmp_path, "id,q,main_complete\n", field("id"), field("q")), {})
    assert export.counts.found == 0 and export.forms["main"].empty


def test_select_gives_fields_of_several_forms_by_occasion(shared_data):
    export = read_redcap(next((shared_data / "monday").glob("IOPOutcomes*.csv")), {})
    both = export.select(["phq9_1", "gad7_1"])
    assert len(both) == 1622 and list(both.columns[-2:]) == ["phq9_1", "gad7_1"]
    assert len(export.select(["dc_reason"], ["discharge_arm_1"])) == 267


def test_an_export_is_recognised_by_its_columns():
    assert looks_like_redcap(["record_id", "redcap_event_name", "q"])
    assert looks_like_redcap(["Study ID", "Event Name", "Repeat Instance", "Q", "Complete?"])
    assert looks_like_redcap(["id", "q1", "phq_complete"])
    assert not looks_like_redcap(["ClientID", "DOS", "CPT"])
