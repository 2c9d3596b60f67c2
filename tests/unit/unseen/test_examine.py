"""From a study's tables to the ladder: stored and read back, withheld with a reason, degraded."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from benchmarks.plan_limits import MISSING, WEIGHTING

from analysis.adjust.contrasts import estimate_contrasts
from analysis.cohort import restrict, select_cohort
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.outcomes import outcome_table, repeated_table
from analysis.measures.scoring import score_assessments
from analysis.simulate import simulate_study, write_simulated
from analysis.study.documents import read_yaml
from analysis.study.reading import read_study
from analysis.unseen import Material, Plan, examine_missing, impute_cases, missing_cases
from analysis.unseen.cache import imputed_case
from analysis.unseen.examine import TABLES
from analysis.unseen.ladder import LADDER

MODELS = {"randomised": "ancova", "observational": "weighted_ato"}
UNSEEN = {"worse": 0.5, "reach": 1.0}
PLAN = Plan(seed=1, pilot=4, most=4)


@pytest.fixture(scope="module")
def material(root, tmp_path_factory):
    """A randomised program of 240 episodes, with depression alone."""
    folder = tmp_path_factory.mktemp("unseen")
    config = read_yaml(root / "config" / "studies" / "example_randomised.yaml")
    config["tables"] = {name: f"{name}.csv" for name in config["tables"]}
    registry = load_instruments(root / "config" / "instruments.yaml")
    made = simulate_study(
        scenario="randomised", episodes=240, seed=8, registry=registry, truth={"sites": 1}
    )
    write_simulated(made, folder)
    whole = read_study(config, folder, ranges(registry))
    config["instruments"] = {"depression": "PHQ-9"}
    config["covariates"] = [{"column": "prior_episodes", "type": "numeric", "role": "baseline"}]
    config.pop("further_outcomes", None)
    tables = restrict(whole, pd.Series(select_cohort(whole, config).episodes))
    scores = score_assessments(tables, registry)
    return Material(
        tables=tables,
        scores=scores,
        outcomes=outcome_table(tables, scores, config, registry),
        repeated=repeated_table(tables, scores, config, registry),
        config=config,
        registry=registry,
        thresholds=WEIGHTING,
        limits=MISSING,
    )


@pytest.fixture(scope="module")
def made(material):
    effects, _ = estimate_contrasts(material)
    return {one.id: one for one in effects}


@pytest.fixture(scope="module")
def imputed(material, made):
    lines = []
    found = impute_cases(material, made, MODELS, PLAN, lines.append)
    assert len(lines) == 2 and "were not seen" in lines[0] and "4 imputations" in lines[1]
    return found


@pytest.fixture(scope="module")
def examined(material, made, imputed):
    return examine_missing(material, made, MODELS, imputed, UNSEEN)


def test_what_was_filled_in_comes_back_from_disk(material, imputed, tmp_path):
    table, notes = imputed
    table.to_parquet(tmp_path / "made.parquet")
    (case,) = missing_cases(material)
    back = imputed_case(
        case,
        pd.read_parquet(tmp_path / "made.parquet"),
        json.loads(json.dumps(notes))[case.stem],
    )
    again = imputed_case(case, table, notes[case.stem])
    assert back.m == 4 and back.filled[0].keys() == again.filled[0].keys()
    for number in range(4):
        pd.testing.assert_frame_equal(back.complete(number), again.complete(number))
    assert not back.complete(0)[["baseline", "outcome"]].isna().any().any()


def test_no_earlier_score_stands_inside_the_outcome_window(material):
    """Days 28 to 63 may stand for day 42, so that weeks 1 to 3 alone are earlier."""
    (case,) = missing_cases(material)
    assert case.waves == ("depression_week_1", "depression_week_2", "depression_week_3")
    assert case.auxiliary == (*case.waves, "discharge_day")
    assert not case.superiority and case.primary
    gone = case.frame["left"].fillna(False).astype(bool)
    early = material.tables["episodes"].set_index("episode_id")["discharge_reason"]
    assert gone.sum() == early.loc[case.frame["episode_id"]].eq("left_early").sum() > 0


def test_every_rung_says_whom_it_used(examined, made):
    ladder = examined[0]["ladder"].set_index("answer")
    assert list(examined[0]["ladder"]) == list(LADDER)
    seen = made["format.depression.day42.ancova"]
    assert ladder.loc["seen", "value"] == seen.value
    assert ladder.loc["imputed", "n_used"] == ladder.loc["imputed", "n_eligible"]
    assert ladder.loc["seen", "n_used"] < ladder.loc["seen", "n_eligible"]
    assert ladder.loc["worse_in_comparison", "value"] < ladder.loc["imputed", "value"]
    assert ladder.loc["worse_in_reference", "value"] > ladder.loc["imputed", "value"]
    assert not {"jump_to_reference", "copy_increments"} & set(ladder.index)
    ids = [one.id for one in examined[1]]
    assert len(ids) == len(set(ids)) and "format.depression.day42.imputed" in ids


def test_every_table_has_its_columns_and_none_is_empty(examined):
    tables, _ = examined
    assert {name: tuple(one.columns) for name, one in tables.items()} == TABLES
    assert all(len(one) for one in tables.values())
    shares = tables["missingness"].groupby(["arm", "wave", "band"])["share"].sum()
    assert shares.to_numpy() == pytest.approx(1.0)
    assert len(tables["tipping"]) == 81


def test_a_contrast_without_a_claim_gets_reference_based_answers(material, made, imputed):
    contrasts = {"format": {**material.config["contrasts"]["format"], "claims": []}}
    own = replace(material, config={**material.config, "contrasts": contrasts})
    ladder = examine_missing(own, made, MODELS, imputed, UNSEEN)[0]["ladder"].set_index("answer")
    assert {"jump_to_reference", "copy_increments"} <= set(ladder.index)
    assert abs(ladder.loc["jump_to_reference", "value"]) < abs(ladder.loc["imputed", "value"]) + 1


def test_what_is_withheld_stays_withheld_with_its_reason(material, made):
    gone = {
        key: replace(one, status="withheld", message="the arms hardly overlap", value=None)
        for key, one in made.items()
    }
    stored = impute_cases(material, gone, MODELS, PLAN)
    assert len(stored[0]) == 0
    tables, effects = examine_missing(material, gone, MODELS, stored, UNSEEN)
    assert tables["ladder"]["status"].tolist() == ["withheld", "withheld"]
    assert tables["ladder"]["message"].tolist() == ["the arms hardly overlap"] * 2
    assert tables["tipping"].empty and list(tables["tipping"]) == list(TABLES["tipping"])
    assert [one.status for one in effects] == ["withheld"]
    assert len(tables["missingness"])


@pytest.mark.parametrize("lack", ["contrasts", "outcome", "stays"])
def test_a_study_that_declares_less_gets_less(material, made, lack):
    config, tables = dict(material.config), dict(material.tables)
    if lack == "contrasts":
        config["contrasts"] = {}
    if lack == "outcome":
        config.pop("outcome")
        none = pd.DataFrame(columns=material.outcomes.columns)
        material = replace(material, outcomes=none, repeated=pd.DataFrame())
    if lack == "stays":
        nothing = pd.Series(pd.NA, index=tables["episodes"].index)
        tables["episodes"] = tables["episodes"].assign(
            discharge_day=nothing.astype("Int64"), discharge_reason=nothing.astype("string")
        )
    less = replace(material, config=config, tables=tables)
    stored = impute_cases(less, made, MODELS, PLAN)
    found, _ = examine_missing(less, made, MODELS, stored, UNSEEN)
    assert {name: tuple(one.columns) for name, one in found.items()} == TABLES
    assert found["ladder"].empty == (lack != "stays")
    assert found["missingness"].empty == (lack == "outcome")
    assert found["courses"].empty == (lack != "contrasts")
    if lack == "stays":
        assert found["plausible"]["worse"].isna().all()
