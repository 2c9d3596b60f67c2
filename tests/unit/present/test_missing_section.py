"""Who left, and what nobody saw, on the page: tables, sentences, the surface read rightly."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from tests.unit.present.unseen import ladder, tipping, unseen

from analysis.present.draw_tipping import tipping as drawn_surface
from analysis.present.missing_section import missing_section
from analysis.present.missing_view import surface_of
from analysis.present.public import read_public
from analysis.present.report import render_report


@pytest.fixture
def public(folders: dict[str, Path], tmp_path: Path) -> Path:
    copy = tmp_path / "public"
    shutil.copytree(folders["synthetic"], copy)
    for name, frame in unseen().items():
        write(copy, name, frame)
    return copy


def write(public: Path, name: str, frame: pd.DataFrame) -> None:
    frame = frame.assign(data_origin="synthetic")
    frame.to_csv(public / "tables" / f"{name}.csv", index=False)


def section(public: Path) -> dict:
    return missing_section(read_public(public))["contrasts"][0]


def test_every_answer_has_its_assumption_and_n_used_of_n_eligible(public):
    (table,) = section(public)["tables"]
    rows = {row[0]: row for row in table.rows}
    assert len(rows) == len(ladder())
    assert rows["Those seen at the outcome"][-1] == "1,148 of 1,432"
    worse = rows["The unseen of the comparison arm worse"]
    assert worse[1] == "Worse than imputed by 2.75 points in the comparison arm"
    assert worse[5] == "INCONCLUSIVE"
    failed = rows["Weighted by the chance of remaining"]
    assert failed[2].startswith("error: ConvergenceError") and failed[5] == ""


def test_the_surface_tips_where_the_plane_does(public):
    """Lower end -0.85, margin 1.32: a fifth unseen tips at 0.47 * 5 points."""
    found = surface_of(read_public(public), "format")
    assert found.at_zero and found.crossing == pytest.approx(0.47 * 5)
    first = section(public)["tipping"][0]
    assert "changes where the unseen of group therapy did 2.4 points worse" in first
    # Two arms' boxes: wholly inside, wholly outside, and half of each.
    half = {"comparison": (2.35 - 1, 2.35 + 1), "reference": (-1e-9, 1e-9)}
    assert found.standing(half) == pytest.approx(0.5, abs=0.03)
    assert found.standing({**half, "comparison": (0.0, 1.0)}) == 1.0
    assert found.standing({**half, "comparison": (4.0, 5.0)}) == 0.0
    assert found.standing({"comparison": (0.0, 1.0)}) is None


def test_a_surface_that_never_tips_says_so(public):
    write(public, "tipping", tipping(low=0.5))
    assert "That changes nowhere" in section(public)["tipping"][0]
    assert drawn_surface(read_public(public)).alt.count("nowhere") == 1


def test_an_arm_without_seen_dropouts_is_said_to_have_too_few(public):
    texts = section(public)["tipping"]
    assert any(
        text.startswith("Individual therapy: 4 who left early were seen later, too few")
        for text in texts
    )
    assert not any("The region" in text for text in texts)


def test_no_reference_based_answer_for_a_claim_of_not_worse(public):
    assert any("would manufacture the claim" in text for text in section(public)["texts"])
    write(public, "ladder", ladder(rule="difference"))
    assert not any("manufacture" in text for text in section(public)["texts"])


def test_a_published_figure_stands_beside_the_same_outcome(public):
    (public / "study.json").write_text(
        (public / "study.json")
        .read_text(encoding="utf-8")
        .replace(
            '"arms"',
            '"published_results": [{"construct": "depression", "day": 42, "value": 1.5, '
            '"source": "Somebody 2020"}], "arms"',
            1,
        ),
        encoding="utf-8",
    )
    seen, imputed = section(public)["published"]
    assert "those seen at the outcome: −0.21" in seen and "Not reproduced" in seen
    assert "imputed, missing at random: −0.25" in imputed


def test_the_section_stands_on_the_page_and_is_left_out_where_nothing_was_published(public):
    page = BeautifulSoup(render_report(public, {}), "html.parser")
    assert page.select_one("#unseen h2").get_text(" ").startswith("Who left, and what nobody saw")
    assert page.select_one("#tipping-format") is not None
    for name in unseen():
        (public / "tables" / f"{name}.csv").unlink()
    page = BeautifulSoup(render_report(public, {}), "html.parser")
    assert page.select_one("#unseen") is None
