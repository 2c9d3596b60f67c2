"""Every format is read alike, and every broken file is one clear problem."""

import os

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from analysis.claims.versions import data_digest
from analysis.study.dictionary import dictionary
from analysis.study.problems import StudyError
from analysis.study.stamps import declared_files, digests

EPISODES = "in/episodes.csv"


@pytest.fixture
def episodes(study):
    """A study of which only the episodes are declared."""
    study.keep("episodes")
    return study


def _as(study, table, ending, frame=None, labels=None):
    frame = study.frame(table) if frame is None else frame
    path = study.root / "in" / f"{table}.{ending}"
    study.config["tables"][table] = f"in/{table}.{ending}"
    if ending == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    elif ending == "parquet":
        frame.to_parquet(path)
    elif ending == "xlsx":
        frame.to_excel(path, index=False)
    elif ending == "sav":
        pyreadstat.write_sav(frame, str(path), variable_value_labels=labels or {})
    else:
        pyreadstat.write_dta(frame, str(path), variable_value_labels=labels or {})
    return path


@pytest.mark.parametrize("ending", ["tsv", "parquet", "xlsx", "sav", "dta"])
def test_every_format_gives_the_same_tables(study, ending):
    study.keep("memberships")
    study.write()
    expected = study.read()
    for table in ("episodes", "groups", "memberships"):
        _as(study, table, ending)
    found = study.read()
    for table, frame in expected.items():
        pd.testing.assert_frame_equal(found[table], frame)


@pytest.mark.parametrize("ending", ["tsv", "parquet", "xlsx", "sav", "dta"])
def test_rows_are_counted_alike_in_every_format(episodes, ending):
    episodes.put("episodes", 4, "discharge_day", "-3")
    episodes.put("episodes", 5, "discharge_day", "1.5")
    _as(episodes, "episodes", ending)
    problems = episodes.error(write=False).problems
    assert {(one.column, one.rows) for one in problems} == {
        ("discharge_day", (4,)),
        ("discharge_day", (5,)),
    }


@pytest.mark.parametrize("ending", ["parquet", "xlsx", "sav", "dta"])
@pytest.mark.parametrize("spoil", ["truncated", "text"])
def test_a_broken_binary_file(episodes, ending, spoil):
    path = _as(episodes, "episodes", ending)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if spoil == "truncated" else b"episode_id\n1\n")
    problem = episodes.problem(write=False)
    assert (problem.file, problem.column, problem.rows) == (f"in/episodes.{ending}", "", ())
    assert problem.found == "a truncated file, or another format"


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "sav", "dta"])
def test_damage_anywhere_is_never_a_traceback(episodes, ending):
    path = episodes.path("episodes") if ending == "csv" else _as(episodes, "episodes", ending)
    episodes.write()
    whole, rng = path.read_bytes(), np.random.default_rng(20261123)
    refused = 0
    for _ in range(12):
        damaged = bytearray(whole)
        for place in rng.integers(len(whole), size=3):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged[: rng.integers(1, len(whole))] if rng.random() < 0.2 else damaged)
        try:
            episodes.read()
        except StudyError as error:
            refused += 1
            assert {one.file for one in error.problems} == {f"in/episodes.{ending}"}
    assert refused > 3


@pytest.mark.parametrize(
    ("content", "found", "rows"),
    [
        (b"", "an empty file", ()),
        (b"\n\n", "an empty file", ()),
        (b"episode_id,participant_id\n", "no rows", ()),
        (b"a,b\n1,2\n3", "a truncated file: the last row has fewer values", (3,)),
        (b"a,b\n1\n3,4\n", "fewer values", (2,)),
        (b"a,b\n1,2\n3,4,5\n", "more values", (3,)),
        (b'a,b\n1,2\n3,"4', "a quotation mark that is not closed or stands inside a value", (3,)),
        (
            b'a,b\n1,"2"x\n3,4\n',
            "a quotation mark that is not closed or stands inside a value",
            (2,),
        ),
        (b"\x89PNG\r\n\x00\x00\x01", "a binary file", ()),
        (
            "a,b\nx,Z\xfcrich\n".encode("cp1252"),
            "text in another encoding, such as Windows-1252",
            (2,),
        ),
        ("a,b\n1,2\n".encode("utf-16"), "text in UTF-16", ()),
        (b"a;b\n1;2\n", "columns separated by something else", (1,)),
        (b"a,,b\n1,2,3\n", "a column without a name", (1,)),
        (b"a,b,a\n1,2,3\n", "the name twice", (1,)),
    ],
)
def test_a_broken_text_file(episodes, content, found, rows):
    episodes.write()
    episodes.path("episodes").write_bytes(content)
    problem = episodes.problem(write=False)
    assert (problem.file, problem.found, problem.rows) == (EPISODES, found, rows)
    assert "Z\xfcrich" not in episodes.error(write=False).report()


def test_a_missing_file(episodes):
    problem = episodes.problem(write=False)
    assert (problem.file, problem.found) == (EPISODES, "no such file")


def test_a_folder_is_no_file(episodes):
    episodes.path("episodes").mkdir(parents=True)
    assert episodes.problem(write=False).found == "no such file"


def test_an_unknown_ending(episodes):
    episodes.config["tables"]["episodes"] = "in/episodes.docx"
    assert episodes.problem().found == "another ending"


def test_a_name_twice_in_a_workbook(episodes):
    episodes.write()
    frame = episodes.frame("episodes")
    frame = pd.concat([frame, frame[["arm"]]], axis=1)
    episodes.config["tables"]["episodes"] = "in/episodes.xlsx"
    frame.to_excel(episodes.path("episodes"), index=False)
    problem = episodes.problem(write=False)
    assert (problem.column, problem.found) == ("arm", "the name twice")


def test_rows_count_lines_past_blank_ones_and_breaks_inside_quotes(episodes):
    head, first, second, rest = episodes.texts["episodes"].split("\n", 3)
    first = first.replace("red", '"red\nor so"')
    rest = rest.replace("individual,5", "alone,5")
    episodes.texts["episodes"] = "\n".join([head, "", first, second, rest])
    assert episodes.problem().rows == (6,)
    episodes.texts["episodes"] = "\n".join([head, first.replace("trauma", "x"), second, rest])
    assert [one.rows for one in episodes.error().problems] == [(2,), (5,)]


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(episodes):
    episodes.write()
    text = episodes.texts["episodes"].replace("\n", "\r\n")
    episodes.path("episodes").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert len(episodes.read()["episodes"]) == 4


def test_one_workbook_may_hold_every_table(study):
    study.keep("memberships")
    study.write()
    expected = study.read()
    book = study.root / "in" / "all.xlsx"
    with pd.ExcelWriter(book) as writer:
        for table in ("groups", "memberships", "episodes"):
            study.frame(table).to_excel(writer, sheet_name=table, index=False)
    study.config["tables"] = dict.fromkeys(study.config["tables"], "in/all.xlsx")
    for table, frame in study.read().items():
        pd.testing.assert_frame_equal(frame, expected[table])


def test_a_shared_workbook_names_the_sheet(study):
    study.keep("memberships")
    study.put("memberships", 3, "to_day", "-9")
    study.write()
    book = study.root / "in" / "all.xlsx"
    with pd.ExcelWriter(book) as writer:
        for table in study.config["tables"]:
            study.frame(table).to_excel(writer, sheet_name=table, index=False)
    study.config["tables"] = dict.fromkeys(study.config["tables"], "in/all.xlsx")
    assert study.problem(write=False).file == "in/all.xlsx, sheet memberships"


def test_value_labels_of_sav_files_replace_codes_of_text_columns(episodes):
    frame = episodes.frame("episodes")
    frame["arm"] = frame["arm"].map({"group": 1.0, "individual": 2.0})
    path = episodes.root / "in" / "episodes.sav"
    labels = {"arm": {1.0: "group", 2.0: "individual"}, "severity": {1.5: "mild"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    episodes.config["tables"]["episodes"] = "in/episodes.sav"
    read = episodes.read()["episodes"]
    assert read["arm"].tolist() == ["group", "group", "individual", "individual"]
    assert read["severity"].iloc[0] == 1.5


def test_numeric_codes_are_the_same_identifier_in_every_format(study):
    study.keep("attendance")
    for table in study.texts:
        for number in range(1, 5):
            study.texts[table] = study.texts[table].replace(f"e{number}", str(number))
    study.write()
    _as(study, "episodes", "sav")
    tables = study.read()
    assert set(tables["attendance"]["episode_id"]) <= set(tables["episodes"]["episode_id"])


def test_the_dictionary_names_every_table_of_the_fixture(study):
    assert set(study.texts) == set(dictionary())


LABELLED = [
    # column, codes, labels, kind found
    (
        "primary_therapist_id",
        [1, 1, 2, 2],
        {1: "someone@clinic.example", 2: "t2"},
        "e-mail addresses",
    ),
    ("gender", [1, 2, 1, 2], {1: "woman", 2: "born 1 May 1980"}, "calendar dates"),
    ("colour", [1, 2, 1, 2], {1: "red", 2: "call 555-123-4567"}, "phone numbers"),
    ("gender", [1, 2, 3, 3], {1: "woman", 2: "woman ", 3: "man"}, "several codes with one label"),
    ("gender", [1, 2, 2, 2], {1: "2"}, "several codes with one label"),
    ("severity", [1, 2, 3, 4], {1: "0", 2: "1", 3: "2", 4: "3"}, "labels that give other numbers"),
    ("severity", [1, 2, 3, 4], {1: "0 = none"}, "labels that give other numbers"),
]


@pytest.mark.parametrize(("column", "codes", "labels", "found"), LABELLED)
@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_value_labels_come_in_like_codes_or_not_at_all(
    episodes, ending, column, codes, labels, found
):
    frame = episodes.frame("episodes").assign(**{column: codes})
    _as(episodes, "episodes", ending, frame, {column: labels})
    problems = episodes.error(write=False).problems
    assert [(one.column, one.found) for one in problems] == [(column, found)]
    assert all(label not in str(problems) for label in labels.values() if len(label) > 3)


@pytest.mark.parametrize(
    ("codes", "labels", "primary"),
    [
        ([1, 0, 1], {1: "yes", 0: "no"}, [True, False, True]),
        ([1, 2, 1], {1: "Yes", 2: "No"}, [True, False, True]),
        ([1, 0, 1], {1: "the cluster", 0: "another"}, [True, False, True]),
        ([1, 0, 1], {1: "no", 0: "yes"}, None),
        ([1, 2, 1], {1: "no", 2: "yes"}, None),
    ],
)
def test_labels_decide_true_and_false_and_never_against_the_codes(study, codes, labels, primary):
    study.keep("memberships")
    frame = study.frame("memberships").assign(primary=codes)
    _as(study, "memberships", "sav", frame, {"primary": labels})
    if primary is None:
        assert study.problem(write=False).found == "labels that say the opposite of the codes"
    else:
        assert study.read()["memberships"]["primary"].tolist() == primary


@pytest.mark.parametrize("path", ["a\0b.csv", "a" * 300 + ".csv", "loop.csv", "pipe.csv", ".csv"])
def test_what_is_no_plain_file_is_said_and_never_waited_for(episodes, path):
    (episodes.root / "loop.csv").symlink_to(episodes.root / "loop.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo(episodes.root / "pipe.csv")
    episodes.config["tables"]["episodes"] = path
    assert digests(declared_files(episodes.config, episodes.root)) == {}
    assert data_digest(episodes.config)
    assert episodes.problem().found in {"no such file", "another ending"}
