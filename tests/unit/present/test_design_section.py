"""A contrast's design on the page: estimand, checks, sensitivity, controls, specifications."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.present import scrutiny_wording
from analysis.present.design_section import design_sections
from analysis.present.design_tables import ROWS
from analysis.present.labels import term_label
from analysis.present.public import read_public
from analysis.present.report import render_report

ESTIMAND = {
    "population": "Everyone.",
    "strategies": {"group": "groups", "individual": "sessions"},
    "exposure": "assigned",
    "time_zero": "Intake.",
    "outcome": "Depression at the fixed day.",
    "intercurrent_events": {"leaving_early": "treatment_policy"},
    "summary_measure": "Difference of means.",
    "interference": "Members may affect each other.",
    "answers": "Which primary format.",
    "does_not_answer": "The dose.",
}


@pytest.fixture
def public(folders: dict[str, Path], tmp_path: Path) -> Path:
    copy = tmp_path / "public"
    shutil.copytree(folders["synthetic"], copy)
    plan = json.loads((copy / "plan.json").read_text(encoding="utf-8"))
    plan["plan"]["design"] = {"contrasts": {"format": {"estimand": ESTIMAND}}}
    (copy / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return copy


def section(public: Path) -> dict:
    (one,) = design_sections(read_public(public))
    return one


def page(public: Path) -> str:
    parsed = BeautifulSoup(render_report(public, {}), "html.parser")
    return " ".join(parsed.select_one("#design-format").get_text(" ").split())


def test_every_element_of_the_estimand_is_a_row(public: Path) -> None:
    rows = dict(section(public)["estimand"].rows)
    assert list(rows) == list(ROWS.values())
    assert rows["Strategies compared"] == "Group therapy: groups; Individual therapy: sessions."
    assert rows["Intercurrent events"].startswith("Leaving early: counted as part of the strategy")
    text = page(public)
    assert "Question not answered The dose." in text
    assert "10.1001/jama.2025.13350" in text


def test_who_got_some_of_both_is_shown(public: Path) -> None:
    rows = section(public)["attendance"].rows
    assert ["Individual", "1,400 by 700 clients", "5,200 by 626 clients"] in rows
    assert ["Group", "9,100 by 806 clients", "–"] in rows


def test_a_withheld_estimate_says_why_and_shows_no_robustness(public: Path) -> None:
    path = public / "tables" / "effects.csv"
    effects = pd.read_csv(path)
    effects.loc[0, ["status", "message"]] = ["withheld", "The arms hardly overlap."]
    effects.to_csv(path, index=False)
    one = section(public)
    assert one["problem"] == "Withheld: The arms hardly overlap."
    assert "No estimate. Withheld: The arms hardly overlap." in page(public)
    assert "not made" in one["falsification_text"]


def test_only_valid_specifications_count(public: Path) -> None:
    """Three valid ones have an estimate, two of them the deciding verdict; one gave none."""
    text = section(public)["specifications_text"]
    assert text.startswith("2 of 3 declared analyses of the same estimand come to SUPPORTED")
    assert "1 more gave no estimate" in text and "The other 2" in text


def test_a_number_needed_to_treat_only_where_zero_is_excluded(public: Path) -> None:
    rows = {row[0]: row for row in section(public)["responders"].rows}
    assert rows["Reliable improvement"][3:5] == ["10.00 [4.00, 16.00]", "10 [6, 25]"]
    assert rows["Recovery (reliable, and no longer a case)"][4] == "not given: interval holds zero"
    assert rows["Reliable deterioration"][3].startswith("error: SeparationError")


def test_the_sentence_on_what_was_not_measured(public: Path) -> None:
    lower, upper = section(public)["unmeasured_text"]
    assert lower.startswith("The lower end of the 90% interval, −0.72 PHQ-9 points")
    assert "−0.72 PHQ-9 points, lies inside the margin at −1.32" in lower
    assert "6.0% of what is left of both arm and outcome would move it out of the margin" in lower
    assert "0.4 times as strongly associated with both as baseline" in lower
    assert "inside the margin at 1.32" in upper


def test_controls_none_flagged_or_flagged() -> None:
    ok = {"status": "ok", "flagged": False}
    assert scrutiny_wording.falsification([], "ok").startswith("None declared")
    assert "proves nothing" in scrutiny_wording.falsification([ok], "ok")
    flagged = scrutiny_wording.falsification([ok, {**ok, "flagged": True}], "ok")
    assert flagged.startswith("1 of 2 falsification tests found a difference")
    assert scrutiny_wording.flag({"status": "error", "flagged": None}) == "no estimate"


def test_terms_in_words() -> None:
    assert term_label("age_band[18-24]") == "Age band: 18-24"
    assert term_label("site_id[site_1]*baseline^2") == "Site: site 1 × Baseline squared"
