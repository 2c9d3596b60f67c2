import numpy as np
import pandas as pd
import pytest

from analysis.measures.missingness import (
    courses_by_leaving,
    earlier_scores,
    missingness_table,
    planned_assessments,
)


def scores(rows):
    names = ["assessment_id", "episode_id", "wave", "day", "score", "missing_reason"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(instrument="PHQ-9", day=table["day"].astype("Int64"))


EPISODES = pd.DataFrame(
    {
        "episode_id": ["a", "b", "c", "d"],
        "arm": ["group", "group", "individual", "individual"],
        "observed_until_day": pd.array([90, 90, 90, 20], dtype="Int64"),
        "discharge_day": pd.array([35, 10, 20, 42], dtype="Int64"),
        "discharge_reason": ["completed", "left_early", "left_early", "stepped_up"],
    }
)
SCORES = scores(
    [
        ("1", "a", "baseline", 0, 18.0, None),
        ("2", "b", "baseline", 0, 12.0, None),
        ("3", "c", "baseline", 0, None, "refused"),
        ("4", "d", "baseline", 0, 9.0, None),
        ("5", "a", "end", 41, 7.0, None),
        ("6", "b", "end", 42, None, "left_treatment"),
        ("7", "b", "end", 44, 11.0, None),
    ]
)


@pytest.fixture
def planned():
    return planned_assessments(SCORES, EPISODES, "PHQ-9")


def test_a_wave_is_planned_for_whoever_was_observed_so_long(planned):
    assert planned.groupby("wave")["episode_id"].agg(list).to_dict() == {
        "baseline": ["a", "b", "c", "d"],
        "end": ["a", "b", "c"],
    }


def test_reasons_and_records(planned):
    found = planned.set_index(["episode_id", "wave"])
    assert found.loc[("c", "baseline"), "reason"] == "refused"
    assert found.loc[("c", "end"), "reason"] == "no record"
    assert found.loc[("b", "end"), "seen"]  # the scored one of two records
    assert found.loc[("b", "end"), "day"] == 44
    assert found.loc[("a", "end"), "last"] == 18.0
    assert np.isnan(found.loc[("c", "end"), "last"])


def test_every_planned_assessment_is_counted_once(planned):
    table = missingness_table(planned, ["group", "individual"])
    every = table[table["band"] == "all"]
    assert every["n"].sum() == len(planned) == 7
    assert table[table["band"] != "all"]["n"].sum() == 7
    assert table.groupby(["arm", "wave", "band"])["share"].sum().to_numpy() == pytest.approx(1.0)
    seen = every.set_index(["arm", "wave", "reason"])["share"]
    assert seen[("individual", "baseline", "refused")] == 0.5
    assert seen[("group", "end", "observed")] == 1.0


def test_bands_are_thirds_of_the_last_score():
    rows = [(f"b{k}", f"e{k}", "baseline", 0, float(k), None) for k in range(9)]
    rows += [(f"f{k}", f"e{k}", "end", 42, None if k > 5 else 5.0, "refused") for k in range(9)]
    episodes = pd.DataFrame(
        {"episode_id": [f"e{k}" for k in range(9)], "arm": "group", "observed_until_day": 90}
    )
    table = missingness_table(planned_assessments(scores(rows), episodes, "PHQ-9"), ["group"])
    end = table[table["wave"] == "end"].set_index(["band", "reason"])["n"]
    assert end[("lower third", "observed")] == 3
    assert end[("upper third", "refused")] == 3
    assert set(table.loc[table["wave"] == "baseline", "band"]) == {"all", "no earlier score"}


def test_courses_by_leaving():
    repeated = pd.DataFrame(
        {
            "episode_id": ["a", "b", "c", "d", "a", "b"],
            "arm": ["group", "group", "individual", "individual", "group", "group"],
            "analysis_week": [0, 0, 0, 0, 6, 6],
            "nearest": [True] * 5 + [False],
            "score": [18.0, 12.0, 16.0, 9.0, 7.0, 11.0],
        }
    )
    table = courses_by_leaving(repeated, EPISODES, ["group", "individual"])
    found = table.set_index(["arm", "left", "analysis_week"])["mean"].to_dict()
    assert found == {
        ("group", "completed", 0): 18.0,
        ("group", "completed", 6): 7.0,
        ("group", "left early, weeks 0 to 2", 0): 12.0,
        ("individual", "ended otherwise", 0): 9.0,
        ("individual", "left early, weeks 2 to 4", 0): 16.0,
    }


def test_earlier_scores_stop_before_the_outcome():
    repeated = pd.DataFrame(
        {
            "episode_id": ["a", "a", "a", "b", "a"],
            "analysis_week": pd.array([0, 1, 6, 3, 1], dtype="Int64"),
            "post": [False, True, True, True, True],
            "nearest": [True, True, True, True, False],
            "score": [18.0, 15.0, 7.0, 12.0, 99.0],
        }
    )
    found = earlier_scores(repeated, 42)
    assert found.columns.tolist() == ["week_1", "week_3"]
    assert found.loc["a", "week_1"] == 15.0 and np.isnan(found.loc["b", "week_1"])
