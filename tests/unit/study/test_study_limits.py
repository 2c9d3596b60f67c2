"""Hostile sizes end in one message within seconds; the limits stand in one place."""

import re
import time
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.study import (
    column_values,
    dates,
    gate,
    identifiers,
    limits,
    numbered,
    personal_names,
)
from analysis.study.files import read_file
from analysis.study.problems import StudyError

SECONDS = 10.0


def refused(path):
    """Return the one problem of a file, which must be found within seconds."""
    started = time.process_time()
    with pytest.raises(StudyError) as error:
        read_file(path, "episodes", path.name)
    assert time.process_time() - started < SECONDS
    (problem,) = error.value.problems
    return problem


def text(tmp_path, content, name="episodes.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def patterns():
    modules = (identifiers, dates, personal_names, numbered, gate, column_values)
    named = [one for module in modules for one in vars(module).values()]
    forms = [*identifiers.CONTENTS.values(), *dates.SHARED_FORMS, *numbered.BARE.values()]
    forms += [one for several in numbered.FORMS.values() for one in several]
    return [*{one for one in [*named, *forms] if isinstance(one, re.Pattern)}]


@pytest.mark.parametrize(
    "pattern", sorted(patterns(), key=lambda one: one.pattern), ids=lambda one: one.pattern[:20]
)
def test_no_pattern_takes_the_square_of_a_value(pattern):
    """Ten thousand characters cost 100 times more by a square, at least a tenth of a second."""
    pieces = ["a", "a@", "a.b@", "1", "1-", "1.", "123-", "+1", "jan", "jan ", "1 jan", "www."]
    for piece in [*pieces, "(", "2024-", " ", "-", "é", "x@y.", "aaa@aaa.", "1st jan ", "19"]:
        value = piece * (limits.CELL_CHARACTERS * 10 // len(piece))
        started = time.process_time()
        pattern.search(value)
        assert time.process_time() - started < 1, piece


@pytest.mark.parametrize("cell", ["a" * 100_000, "a@" * 50_000, "9" * 100_000, "a b " * 25_000])
def test_long_values_are_refused(tmp_path, cell):
    path = text(tmp_path, f"episode_id,x\n1,red\n2,{cell}\n".encode())
    problem = refused(path)
    assert (problem.column, problem.rows, problem.found) == ("x", (3,), "longer values")


@pytest.mark.parametrize("cell", ["a" * 100_000, "a@" * 50_000, "9" * 100_000])
def test_the_gate_itself_does_not_hang_on_a_long_value(cell):
    started = time.process_time()
    gate.refuse_identifying(pd.DataFrame({"x": [cell], "day": [cell]}), "in/t.csv", {"day"})
    assert time.process_time() - started < 1


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "dta"])
def test_long_values_are_refused_in_every_format(tmp_path, ending):
    frame = pd.DataFrame({"episode_id": ["1", "2"], "x": ["red", "a" * 30_000]})
    path = tmp_path / f"episodes.{ending}"
    if ending == "xlsx":
        frame.to_excel(path, index=False)
    elif ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_stata(path, write_index=False, version=118, convert_strl=["x"])
    assert "longer values" in refused(path).found


def test_a_line_of_a_hundred_megabytes(tmp_path):
    path = text(tmp_path, b"episode_id,x\n1," + b"a" * 100_000_000 + b"\n")
    assert refused(path).rows == (2,)
    path = text(tmp_path, b"episode_id,x\n1" + b"," * 100_000_000 + b"\n")
    assert refused(path).found == "a longer row"
    path = text(tmp_path, b'episode_id,x\n1,"' + b'\n","' * 20_000_000)
    assert refused(path).found in {"a longer row", "more values"}


def test_a_quote_that_is_never_closed_is_named_as_such(tmp_path):
    path = text(tmp_path, b'episode_id,x\n1,"red\n' + b"2,blue\n" * 5_000)
    assert "quotation mark" in refused(path).found


@pytest.mark.parametrize("size", ["columns", "rows", "cells"])
def test_absurd_numbers_of_rows_and_columns(tmp_path, monkeypatch, size):
    monkeypatch.setattr(limits, "ROWS", 300_000)
    monkeypatch.setattr(limits, "CELLS", 3_000_000)
    content = {
        "columns": b",".join(b"c%d" % one for one in range(100_000)) + b"\n" + b"1," * 100_000,
        "rows": b"episode_id\n" + b"1\n" * 400_000,
        "cells": b",".join(b"c%d" % one for one in range(500))
        + b"\n"
        + (b"1," * 500 + b"\n") * 7_000,
    }[size]
    assert refused(text(tmp_path, content)).found == "more"


def test_a_workbook_that_unpacks_to_a_thousand_times_its_size(tmp_path):
    plain = tmp_path / "plain.xlsx"
    pd.DataFrame({"episode_id": ["1"]}).to_excel(plain, index=False)
    path = tmp_path / "episodes.xlsx"
    with (
        zipfile.ZipFile(plain) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for one in old.namelist():
            if one != "xl/worksheets/sheet1.xml":
                new.writestr(one, old.read(one))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(60):
                sheet.write(b"<row/>" * 175_000)
    assert path.stat().st_size < 500_000
    assert refused(path).found == "an archive that unpacks to more"


@pytest.mark.parametrize("place", ["XFD1048576", "ZZ900000", "A1048577"])
def test_one_cell_far_from_the_others(tmp_path, place):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "episode_id", "1"
    book.active["XFD1048576" if place == "A1048577" else place] = 1
    path = tmp_path / "episodes.xlsx"
    book.save(path)
    if place == "A1048577":  # a row that no workbook can have
        whole = {}
        with zipfile.ZipFile(path) as old:
            whole = {one: old.read(one) for one in old.namelist()}
        sheet = "xl/worksheets/sheet1.xml"
        whole[sheet] = whole[sheet].replace(b"1048576", b"99999999999")
        with zipfile.ZipFile(path, "w") as new:
            for one, content in whole.items():
                new.writestr(one, content)
    refused(path)


def test_one_text_repeated_a_million_times(tmp_path):
    """A dictionary holds it once; as plain text it would be a hundred gigabytes."""
    codes = pa.array(np.zeros(1_000_000, dtype="int32"))
    column = pa.DictionaryArray.from_arrays(codes, pa.array(["a" * 100_000]))
    path = tmp_path / "episodes.parquet"
    pq.write_table(pa.table({"episode_id": codes, "x": column}), path)
    assert path.stat().st_size < 1_000_000
    assert refused(path).column == "x"


def test_parquet_with_more_rows_than_any_study(tmp_path):
    path = tmp_path / "episodes.parquet"
    pq.write_table(pa.table({"x": pa.array(np.zeros(limits.ROWS + 1, dtype="int8"))}), path)
    assert refused(path).found == "more"


def test_the_limits_stand_in_the_dictionary(root):
    page = (root / "docs" / "dictionary.md").read_text(encoding="utf-8")
    assert all(line in page for line in limits.in_words())
