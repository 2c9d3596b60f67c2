"""The committed evidence tables: described, with a sign that is ours, and named judges."""

import hashlib
import json
import shutil

import pandas as pd
import pytest

from analysis.claims.templates import read_claims
from analysis.evidence.errors import SourceError
from analysis.evidence.facts import fact_effect, pooled_from_row, read_table
from analysis.evidence.sources import Evidence


@pytest.fixture(scope="module")
def folder(root):
    return root / "data" / "raw" / "evidence"


@pytest.fixture(scope="module")
def evidence(folder):
    return Evidence.read(folder)


@pytest.fixture(scope="module")
def package(folder):
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def test_every_table_is_described_and_unchanged(folder, package):
    described = {one["path"]: one for one in package["resources"]}
    present = {one.name for one in folder.iterdir()} - {"datapackage.json", "README.md"}
    assert set(described) == present
    for name, resource in described.items():
        content = (folder / name).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", name
        assert resource["description"] and resource["sources"]
        if name.endswith(".csv"):
            header = list(pd.read_csv(folder / name, nrows=0).columns)
            assert header == [one["name"] for one in resource["schema"]["fields"]], name
            assert all(one["description"] for one in resource["schema"]["fields"]), name


def test_cells_fit_their_descriptions(folder, package):
    from frictionless import Resource

    for resource in package["resources"]:
        if resource["path"].endswith(".csv"):
            plain = {key: resource[key] for key in ("name", "path", "schema")}
            report = Resource.from_descriptor(plain, basepath=str(folder)).validate()
            assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "type"])


def test_no_recalled_number_and_no_simulated_data(evidence):
    recalled = {"A13", "A20", "A26", "B08", "B14", "B21", "D07", "D08", "D09", "E15", "G03", "F04"}
    simulated = {"A53", "A54", "A55"}
    assert not (recalled | simulated) & set(evidence.facts)
    assert {one["status"] for one in evidence.facts.values()} == {"evidence", "ours"}


def test_derived_figures_are_labelled_ours(evidence):
    ours = {one for one, row in evidence.facts.items() if row["status"] == "ours"}
    assert {"A37", "A38", "A39", "A40", "A41", "A42", "A45", "A52", "B22", "D11", "E14"} == ours
    assert {one["status"] for one in evidence.computed.values()} == {"ours"}


@pytest.mark.parametrize(
    ("fact", "value", "low", "high", "group_better"),
    [
        ("A04", -0.20, -0.35, -0.05, False),
        ("A05", -0.5798, -0.9943, -0.1508, False),
        ("A12", 0.55, 0.32, 0.78, True),
        ("A14", 0.24, -0.09, 0.57, True),
        ("A22", 0.13, -0.16, 0.42, True),
        ("A23", -2.55, -3.49, -1.61, False),
        ("A27", -0.14, -0.37, 0.09, False),
        ("A28", 0.2624, -0.4943, 1.0188, True),
        ("A29", -0.1398, -0.5068, 0.2357, False),
        ("A43", 0.195, 0.122, 0.268, True),
        ("A48", 0.031, -0.5237, 0.5858, True),
        ("A52", -0.111, -1.039, 0.818, False),
    ],
)
def test_sign_of_each_source(evidence, fact, value, low, high, group_better):
    """Positive = group better, whatever the source's own sign; ratios on the log scale."""
    effect = fact_effect(evidence.facts[fact])
    assert effect.value == pytest.approx(value, abs=5e-5)
    assert effect.ci95 == pytest.approx((low, high), abs=5e-5)
    assert (effect.value > 0) is group_better
    assert effect.ci90[0] > effect.ci95[0] and effect.ci90[1] < effect.ci95[1]


def test_every_signed_fact_says_its_own_convention(evidence):
    for name, row in evidence.facts.items():
        assert row["sign"] in ("", "1", "-1"), name
        if row["sign"]:
            assert row["sign_convention"] not in ("", "none"), name


def test_a_source_that_does_not_state_its_sign_gives_no_effect(evidence):
    assert fact_effect(evidence.facts["A01"]) is None
    assert fact_effect(evidence.facts["B01"]) is None


def test_a_point_estimate_without_interval_has_no_standard_error(evidence):
    effect = fact_effect(evidence.facts["A56"])
    assert effect.value == 0.58 and effect.se is None and effect.ci95 is None


def test_every_claim_has_an_entry(evidence, root):
    plan = read_claims(root / "config" / "claims.yaml")
    assert set(plan["claims"]) <= set(evidence.judges["claims"])
    for claim in evidence.judges["claims"]:
        published = evidence.published(claim)
        assert published.statement
        assert published.judge not in {one["id"] for one in published.listed}
        if published.judge:
            assert published.why and published.answers
        else:
            assert "none found" in published.statement or "citations.csv" in published.statement


def test_conditions_have_a_source_each(evidence, root):
    dictionary = (root / "src" / "analysis" / "study" / "tables.yaml").read_text(encoding="utf-8")
    for condition in evidence.judges["claims"]["conditions"]["by_condition"]:
        assert condition in dictionary
    trauma = evidence.published("conditions", "trauma")
    assert trauma.judge == "A23" and trauma.effect.value == -2.55
    assert "none found" in evidence.published("conditions", "adhd").statement
    with pytest.raises(SourceError, match="conditions"):
        evidence.published("conditions", "unknown")


def test_statement_shows_the_named_source_only(evidence):
    published = evidence.published("retention")
    assert "0.56 [0.37, 0.86]" in published.statement and "Cuijpers" in published.statement
    assert "Swift" not in published.statement
    assert "A36" in {one["id"] for one in published.listed}


def test_tidy_tables_for_the_report(evidence):
    table, listing = evidence.table(), evidence.listing()
    assert table.columns[-1] == listing.columns[-1] == "data_origin"
    assert not table.duplicated(["claim", "condition"]).any()
    main = table.set_index("claim").loc["effectiveness"]
    assert (main["value"], main["unit"]) == (pytest.approx(-0.1785, abs=5e-5), "SD")
    assert main["statement"].count("[") == 1
    shown = {(one.claim, one.condition, one.judge) for one in table.itertuples() if one.judge}
    others = {(one.claim, one.condition, one.id) for one in listing.itertuples()}
    assert not shown & others


def test_computed_result_round_trip(evidence):
    row = evidence.computed["review.hope"]
    found = pooled_from_row(row)
    assert found.ci == pytest.approx((float(row["ci_low"]), float(row["ci_high"])), abs=1e-8)
    assert found.predict() == pytest.approx(found.prediction, abs=1e-8)


def test_burden_is_superseded(evidence):
    fact = evidence.published("burden").external_fact
    assert fact["verdict"] == "superseded" and fact["current"] == "G04"
    assert evidence.facts["G01"]["value"] == "970" and evidence.facts["G04"]["value"] == "1095"


def test_citations_use_the_words_of_the_check(folder, root, evidence):
    checks = read_table(folder, "citations.csv")
    plan = read_claims(root / "config" / "claims.yaml")
    assert set(checks["verdict"]) <= {
        "supports", "supports in part", "does not support", "not checked",
    }  # fmt: skip
    assert set(checks["reference"]) == {str(one) for one in plan["article"]["references"]}
    assert (checks["sentence"].str.split().str.len() <= 20).all()
    for one in checks.itertuples():
        assert set(one.claims.split()) <= set(evidence.judges["claims"])
        assert one.reason and one.read
    mccarty = checks[checks["reference"] == "2"].iloc[0]
    assert mccarty["claims"] == "intensity frequency"
    assert "substance-use" in mccarty["reason"] and "vary widely" in mccarty["reason"]


def test_a_source_in_no_table_is_named(folder, tmp_path):
    copy = tmp_path / "evidence"
    shutil.copytree(folder, copy)
    judges = (copy / "judges.yaml").read_text(encoding="utf-8")
    (copy / "judges.yaml").write_text(judges.replace("judge: A05", "judge: A99"), encoding="utf-8")
    with pytest.raises(SourceError, match="retention"):
        Evidence.read(copy)
    (copy / "facts.csv").unlink()
    with pytest.raises(SourceError, match=r"facts\.csv"):
        Evidence.read(copy)


@pytest.mark.parametrize(
    ("given", "se", "low", "high", "method"),
    [
        (
            {"value": "-3.7", "se": "1.4", "ci_low": "", "ci_high": ""},
            1.4,
            0.956,
            6.444,
            "published",
        ),
        (
            {"value": "2.55", "se": "0.5", "ci_low": "1.61", "ci_high": "3.49"},
            0.5,
            -3.49,
            -1.61,
            "published",
        ),
        (
            {"value": "2.55", "se": "", "ci_low": "1.61", "ci_high": "3.49"},
            0.4796,
            -3.49,
            -1.61,
            "interval",
        ),
        (
            {"value": "0.56", "se": "0.2", "ci_low": "", "ci_high": "", "scale": "log ratio"},
            0.2,
            0.188,
            0.972,
            "published",
        ),
    ],
)
def test_a_published_standard_error_is_used(evidence, given, se, low, high, method):
    """By hand: value turned, plus and minus 1.96 standard errors; an interval stays as printed."""
    row = evidence.facts["A23"] | {"scale": "difference", "sign": "-1"} | given
    effect = fact_effect(row)
    assert effect.se == pytest.approx(se, abs=1e-4) and method in effect.df_method
    assert effect.ci95 == pytest.approx((low, high), abs=1e-3)
    half = 1.6448536 * effect.se
    assert effect.ci90 == pytest.approx((effect.value - half, effect.value + half))
