"""Cells that a spreadsheet would run are published as text; numbers and words as they are."""

import io
import json

import pandas as pd
import pytest

from analysis.disclosure import publish
from analysis.disclosure.spreadsheet import harmless, harmless_csv

FORMULAS = [
    *("=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"),
    *("=HYPERLINK(A1)", "＝1+1", "－2+3", "＋1", "＠A1", "-A1", "-0.5 to 0.3", "\tx", "−A1"),
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_becomes_text(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    ["", "-", "=", "-0.5", "+3", "-1e-05", "-.5", "-12%", "-inf", "a=b", "x-1", "0.5", "2024", "–"],
)
def test_numbers_and_words_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_a_published_table_is_harmless_and_its_numbers_are_numbers(tmp_path):
    frame = pd.DataFrame({"=label": ["=1+1", "ok, fine", '@"x"\nline'], "value": [-0.5, 2.0, None]})
    path = tmp_path / "public" / "x.csv"
    publish(frame, path, data_origin="real")
    read = pd.read_csv(path)
    assert list(read.columns) == ["'=label", "value", "data_origin"]
    assert read["'=label"].tolist() == ["'=1+1", "ok, fine", '\'@"x"\nline']
    assert read["value"].tolist()[:2] == [-0.5, 2.0] and read["value"].isna()[2]


def test_data_behind_figures_are_harmless_too(tmp_path):
    path = tmp_path / "public" / "alt.json"
    figures = {"flow": {"alt": "=kept", "csv": "label,n\n=1+1,-3\n"}, "list": [{"csv": "@a\n"}]}
    publish(figures, path, data_origin="real")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["flow"] == {"alt": "=kept", "csv": "label,n\n'=1+1,-3\n"}
    assert content["list"] == [{"csv": "'@a\n"}]


def test_a_csv_without_formulas_is_not_touched():
    text = 'a,"b"\n1,-2\n'
    assert harmless_csv(text) == text
    assert pd.read_csv(io.StringIO(harmless_csv('"=a",b\n1,2\n'))).columns[0] == "'=a"
