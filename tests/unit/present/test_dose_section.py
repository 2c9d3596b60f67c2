"""Hours on the page, the second answer beside equivalence, and figures of every contrast."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.present import examined

from analysis.present import scrutiny_wording
from analysis.present.design_section import design_sections
from analysis.present.dose_section import dose, sentences
from analysis.present.draw_balance import of_contrast
from analysis.present.figures import makers
from analysis.present.public import read_public

CAUSAL = ("effect of", "because of", "caused", "leads to", "improves", "works better")


@pytest.fixture
def public(folders: dict[str, Path]):
    return read_public(folders["synthetic"])


def test_the_three_questions_are_told_apart(public) -> None:
    found = dose(public, "format")
    question, method, weighted, naive, limit, planted = found["texts"]
    assert planted.startswith("The simulator lets hours change no outcome")
    assert "assigned at intake" in question and "per protocol" in question
    assert "10.1097/00001648-200009000-00011" in method
    assert "0.10 PHQ-9 points, 95% interval [−0.10, 0.30] (these data cannot tell)" in weighted
    assert "0.30 PHQ-9 points, 95% interval [0.10, 0.50] (goes with a better outcome)" in weighted
    assert "equal hours): −0.20 PHQ-9 points" in weighted
    assert "−1.50 PHQ-9 points" in naive and "earlier symptoms" in naive
    assert limit.startswith("Nobody’s hours were drawn by lot")
    said = " ".join(found["texts"]).lower()
    assert not [word for word in CAUSAL if word in said]
    assert len(found["table"].rows) == 6 and len(found["checks"].rows) == 1


def test_without_an_estimate_the_reason_stands_alone() -> None:
    rows = (
        examined.dose()
        .query("analysis == 'weighted'")
        .assign(
            status="withheld",
            message="the hours of arm 'usual_care' were not recorded.",
            value=None,
        )
    )
    (only,) = sentences(rows.to_dict("records"))
    assert only == "No estimate of dose. The hours of arm 'usual_care' were not recorded."


def test_a_study_without_the_table_says_nothing_of_hours(public) -> None:
    assert dose(public, "another") is None


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (None, ""),
        (
            {"verdict": "SUPPORTED", "agrees": True, "estimate": -0.3, "ci90": [-0.9, 0.2]}
            | {"n_used": 1181, "n_eligible": 1448},
            "SUPPORTED by the same rule. The two answers agree.",
        ),
        (
            {"verdict": "INCONCLUSIVE", "agrees": False, "estimate": -1.3, "ci90": [-1.9, 0.2]}
            | {"n_used": 300, "n_eligible": 1448},
            "The two answers do not agree.",
        ),
        ({"verdict": "", "agrees": None, "message": "too few"}, "no estimate (too few)"),
    ],
)
def test_the_second_answer_is_told(second, words) -> None:
    text = scrutiny_wording.protocol({"per_protocol": second, "unit": "PHQ-9 points"})
    assert words in text and bool(text) == bool(second)


def test_whether_a_difference_could_have_been_seen(public) -> None:
    (one,) = design_sections(public)
    assert one["assay_text"].startswith("The study could have shown a difference, had there been")
    assert "chance of 98% (asked: 80%" in one["assay_text"] and "2 of 2 arms" in one["assay_text"]
    assert "individual therapy 5.60 PHQ-9 points, 95% interval [5.20, 5.90]" in one["assay_text"]
    row = public.tables["assay"].assign(sensitive=False).to_dict("records")
    assert "is not established" in scrutiny_wording.assay(row, [])


def test_every_contrast_has_its_figures(folders, tmp_path) -> None:
    copy = tmp_path / "public"
    shutil.copytree(folders["synthetic"], copy)
    study = json.loads((copy / "study.json").read_text(encoding="utf-8"))
    study["contrasts"]["second"] = {**study["contrasts"]["format"], "label": "Second contrast"}
    (copy / "study.json").write_text(json.dumps(study), encoding="utf-8")
    for name in ("balance", "dose_curve", "specifications"):
        path = copy / "tables" / f"{name}.csv"
        table = pd.read_csv(path)
        pd.concat([table, table.assign(contrast="second")]).to_csv(path, index=False)
    content = read_public(copy)
    found = makers(content)
    assert {"balance", "balance_of_second", "dose_curve_of_second"} <= set(found)
    assert found["balance_of_second"](content).title.endswith(": second contrast")
    assert found["dose_curve"](content).title.endswith(": group against individual therapy")
    assert set(of_contrast(content, "balance", "second")["contrast"]) == {"second"}
    figures = {one["id"]: one["figures"]["balance"] for one in design_sections(content)}
    assert figures == {"format": "balance", "second": "balance_of_second"}
