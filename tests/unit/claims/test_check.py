"""The pre-flight check reads no outcome and names what is missing in the user's own terms."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.claims.check import check_study
from analysis.claims.templates import read_claims
from analysis.cohort import select_cohort
from analysis.measures.clusters import designs
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.ready import count_arms
from analysis.pipeline.opening import open_study
from analysis.simulate import simulate_study, write_simulated
from analysis.study.config import read_config
from analysis.study.documents import read_yaml
from analysis.study.reading import read_study


@pytest.fixture(scope="module")
def study_root(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("check")
    shutil.copytree(root / "config", folder / "config")
    evidence = Path("data") / "raw" / "evidence"
    shutil.copytree(root / evidence, folder / evidence)
    config = read_yaml(folder / "config" / "studies" / "tiny.yaml")
    registry = load_instruments(folder / "config" / "instruments.yaml")
    made = simulate_study(**config["simulate"], registry=registry)
    write_simulated(made, folder / "data" / "raw" / "tiny")
    return folder


def check(folder):
    opened = open_study({"study": "tiny"}, folder)
    return check_study(opened.config, opened.plan, folder, every=True)


def test_no_follow_up_outcome_changes_a_word(study_root, tmp_path):
    before = check(study_root)
    changed = tmp_path / "changed"
    shutil.copytree(study_root, changed)
    path = changed / "data" / "raw" / "tiny" / "assessments.csv"
    table = pd.read_csv(path)
    later = (table["day"] > 3) & (table["instrument"] == "RSES") & table["score"].notna()
    assert later.any()
    table.loc[later, "score"] = 30
    table.to_csv(path, index=False)
    assert check(changed) == before


def test_chances_are_given_for_the_comparison(study_root):
    text = check(study_root)
    assert "effectiveness (Just as effective)\n  non_inferiority: testable" in text
    assert "if group is truly worse by the margin: SUPPORTED 5%" in text


def test_a_missing_table_is_named_once_with_what_unlocks_it(study_root, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(study_root, changed)
    path = changed / "config" / "studies" / "tiny.yaml"
    config = read_yaml(path)
    del config["tables"]["session_staff"]
    path.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    text = check(changed)
    assert "one_or_two: NOT TESTABLE: The study declares no table of session_staff" in text
    leaders = next(one for one in text.split("\n\n") if one.startswith("leaders ("))
    assert leaders.count("to unlock") == 1


def test_counts_come_first_then_one_line_a_claim(study_root):
    first, _, rest = check(study_root).partition(" claims testable\n")
    head, group = (
        [one.strip() for one in line.split("  ") if one.strip()]
        for line in first.splitlines()
        if line.startswith(("arm ", "group "))
    )
    assert dict(zip(head, group, strict=True))["episodes"] == "30"
    lines = rest.split("\n\n")[0].strip().splitlines()
    plan = read_claims(study_root / "config" / "claims.yaml")
    assert [line.split()[0] for line in lines] == list(plan["claims"])


def test_numbers_shown_are_those_behind_the_chances(study_root):
    config = read_config(study_root / "config" / "studies" / "tiny.yaml")
    registry = load_instruments(study_root / "config" / "instruments.yaml")
    tables = read_study(config, study_root, ranges(registry))
    cohort = select_cohort(tables, config).tables
    counts, design = count_arms(tables, cohort, config), designs(cohort, config)["format"]
    assert counts.loc["group", "seen"] == design["seen_comparison"] < design["n_comparison"]
    assert counts.loc["individual", "counted"] == design["n_reference"]
