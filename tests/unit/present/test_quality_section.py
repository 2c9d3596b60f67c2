"""The data-quality page: what was found, in how many rows, what was done; and nothing of a row."""

import pandas as pd
import pytest

from analysis.disclosure import publish
from analysis.measures.quality import quality_table
from analysis.present.draw_quality import quality
from analysis.present.public import read_public
from analysis.present.quality_section import quality_section
from analysis.present.style import NothingToDraw
from analysis.study.checks import declared_checks
from analysis.study.problems import Doubt


def doubt(check, rows, of, severity="doubt"):
    remedy = "Correct it." if severity == "doubt" else ""
    words = ("minutes of the absent", "Kept.", remedy)
    return Doubt(check, severity, "in/a.csv", "attendance", "day", tuple(range(rows)), of, *words)


@pytest.fixture
def published(tmp_path):
    def publish_doubts(*doubts):
        folder = tmp_path / "public"
        path = folder / "tables" / "quality.csv"
        publish(quality_table(doubts), path, data_origin="synthetic")
        return read_public(folder)

    return publish_doubts


def test_the_table_counts_every_check_and_shows_no_row():
    table = quality_table([doubt("minutes_of_the_absent", 3, 12)])
    assert len(table) == len(declared_checks())
    row = table.iloc[0]
    assert (row["rows"], row["of"], row["share"]) == (3, 12, 0.25)
    assert table["rows"].iloc[1:].eq(0).all()
    assert pd.api.types.is_integer_dtype(table["rows"])


def test_the_page_says_what_was_found_and_what_was_done(published):
    public = published(
        doubt("minutes_of_the_absent", 3, 12), doubt("planned_days", 2, 9, "declared")
    )
    section = quality_section(public)
    assert f"{len(declared_checks())} checks" in section["texts"][0]
    assert "1 found something odd" in section["texts"][0]
    rows = section["table"].rows
    assert rows[0][2:] == ["3 of 12", "Kept.", "Correct it."]
    assert rows[1][2:] == ["2 of 9", "Kept.", "declared by the study"]
    assert "3 of 12 rows" in quality(public).alt


def test_a_study_without_oddities_says_so(published):
    public = published()
    assert "None found anything odd" in quality_section(public)["texts"][0]
    assert quality_section(public)["table"] is None
    with pytest.raises(NothingToDraw):
        quality(public)
