"""What is legal but looks like a mistake is said, with file and column; a sound study is silent."""

import pandas as pd
import pytest
from tests.results.odd_studies import odd_study

from analysis.cohort import select_cohort
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.suspicions import suspicions
from analysis.study.reading import read_study


@pytest.fixture(scope="module")
def study(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    config = odd_study("plain", folder)
    registry = load_instruments(root / "config" / "instruments.yaml")
    return read_study(config, folder, ranges(registry)), config


def said(study, **changed):
    tables, config = study
    tables = {**tables, **changed}
    return suspicions(tables, select_cohort(tables, config).tables, config)


def change(study, table, **columns):
    frame = study[0][table]
    return {table: frame.assign(**{name: how(frame[name]) for name, how in columns.items()})}


def test_a_sound_study_raises_none(study):
    assert said(study) == []


@pytest.mark.parametrize(
    ("table", "columns", "words"),
    [
        ("assessments", {"day": lambda day: day + 45_000}, "spreadsheet's dates"),
        ("episodes", {"start_study_day": lambda day: day + 45_000}, "spreadsheet's dates"),
        ("assessments", {"day": lambda day: -day}, "counted backwards"),
        ("assessments", {"day": lambda day: day.mask(day > 3, 20)}, "answered on days 28 to 63"),
    ],
)
def test_what_looks_like_a_mistake_is_said(study, table, columns, words):
    found = said(study, **change(study, table, **columns))
    name, column = study[1]["tables"][table], next(iter(columns))
    assert any(words in one and name in one for one in found), found
    assert words.startswith("answered") or any(f'"{column}"' in one for one in found)


def test_an_outcome_in_one_arm_only_is_said(study):
    tables = study[0]
    arm = tables["assessments"]["episode_id"].map(tables["episodes"].set_index("episode_id")["arm"])
    late = tables["assessments"]["day"].gt(3) & arm.eq("group")
    found = said(study, assessments=tables["assessments"][~late])
    assert any("in the arm 'group', though there are some in another" in one for one in found)


def test_swapped_arms_are_said(study):
    other = {"group": "individual", "individual": "group"}
    swapped = change(study, "episodes", arm=lambda arm: arm.map(other))
    assert any("codes swapped" in one for one in said(study, **swapped))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (lambda arm: arm.mask(arm.eq("group")), "no value in the arm 'group'"),
        (lambda arm: pd.Series("same", index=arm.index), "the same for everybody"),
        (lambda arm: pd.Series(pd.NA, index=arm.index, dtype="string"), "no value for anybody"),
        (lambda arm: arm, "2 of 2 levels in one arm only"),
        (
            lambda arm: pd.Series(["a", "b", None, None] * 15, index=arm.index, dtype="string"),
            "others are left out",
        ),
    ],
)
def test_covariates_that_cannot_serve_are_said(study, values, words):
    tables, config = study
    episodes = tables["episodes"].assign(made=values(tables["episodes"]["arm"]))
    entry = {"column": "made", "type": "categorical", "role": "baseline"}
    config = {**config, "covariates": [*config["covariates"], entry]}
    found = said((tables, config), episodes=episodes)
    assert len(found) == 1 and '"made"' in found[0] and words in found[0], found
