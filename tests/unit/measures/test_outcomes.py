"""Outcomes by hand: which assessment counts, change, response, remission, recovery."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.outcomes import outcome_table, pick, repeated_table, thresholds
from analysis.measures.scoring import score_assessments


@pytest.fixture
def study(table, episode, registry):
    """Tables and scores from episodes {id: arm} and rows (episode, instrument, day, score)."""

    def make(arms, rows):
        assessed = [
            {
                "assessment_id": f"a{number:03}",
                "episode_id": name,
                "instrument": instrument,
                "day": day,
                "score": score,
                "rater": "self",
            }
            for number, (name, instrument, day, score) in enumerate(rows)
        ]
        tables = {
            "episodes": table("episodes", [episode(name, arm=arm) for name, arm in arms.items()]),
            "assessments": table("assessments", assessed),
        }
        return tables, score_assessments(tables, registry)

    return make


def test_pick_takes_the_nearest_then_the_earlier(study):
    rows = [
        ("e1", "PHQ-9", 30, 1),
        ("e1", "PHQ-9", 41, None),  # no score: does not count
        ("e1", "PHQ-9", 40, 2),
        ("e1", "PHQ-9", 44, 3),
        ("e1", "GAD-7", 42, 9),
        ("e2", "PHQ-9", 27, 4),  # a day before the window
        ("e3", "PHQ-9", 63, 5),  # the window's last day
        ("e4", "PHQ-9", None, 6),
    ]
    _, scores = study({"e1": "group"}, rows)
    picked = pick(scores, "PHQ-9", 42, (28, 63))
    assert picked["score"].to_dict() == {"e1": 2, "e3": 5}
    assert picked["day"].to_dict() == {"e1": 40, "e3": 63}


def test_the_primary_outcome_by_hand(study, config, registry):
    arms = {"e1": "group", "e2": "group", "e3": "individual", "e4": "individual", "e5": "group"}
    rows = [
        ("e1", "PHQ-9", 0, 18),  # 9 better: reliable, half, below 10: recovered
        ("e1", "PHQ-9", 42, 9),
        ("e2", "PHQ-9", 0, 12),  # 3 better, below 10, not reliable: remission, not recovered
        ("e2", "PHQ-9", 42, 9),
        ("e3", "PHQ-9", 0, 8),  # not clinical at baseline; 6 worse: deteriorated
        ("e3", "PHQ-9", 42, 14),
        ("e4", "PHQ-9", 0, 20),  # no outcome
        ("e5", "PHQ-9", 0, 20),  # 10 better, half, but still clinical
        ("e5", "PHQ-9", 42, 10),
    ]
    tables, scores = study(arms, rows)
    found = outcome_table(tables, scores, config, registry).set_index("episode_id")
    assert found["change"].tolist() == [9, 3, -6, pytest.approx(float("nan"), nan_ok=True), 10]
    reliable = ["improved", "unchanged", "deteriorated", pd.NA, "improved"]
    assert found["reliable_change"].tolist() == reliable
    assert found["response"].tolist() == [True, False, False, pd.NA, True]
    assert found["remission"].tolist() == [True, True, pd.NA, pd.NA, False]
    assert found["recovered"].tolist() == [True, False, pd.NA, pd.NA, False]
    assert found["outcome_missing"].tolist() == [False, False, False, True, False]
    assert found["baseline_missing"].tolist() == [False] * 5
    assert set(found["time"]) == {"day 42"}
    assert found["primary"].all()


def test_a_scale_on_which_higher_is_better(study, config, registry):
    config["instruments"]["self_esteem"] = "RSES"
    rows = [
        ("e1", "RSES", 0, 10),
        ("e1", "RSES", 42, 15),  # 15 is no longer low
        ("e2", "RSES", 0, 14),
        ("e2", "RSES", 42, 10),
        ("e3", "RSES", 0, 15),  # not low at baseline
        ("e3", "RSES", 42, 20),
    ]
    tables, scores = study(dict.fromkeys(("e1", "e2", "e3"), "group"), rows)
    found = outcome_table(tables, scores, config, registry)
    found = found[found["construct"] == "self_esteem"]
    assert found["change"].tolist() == [5, -4, 5]
    assert found["remission"].tolist() == [True, False, pd.NA]
    assert found["response"].isna().all()  # no response rule on this scale
    assert not found["primary"].any()
    # SD of 10, 14, 15 is sqrt(7) = 2.6458; 1.959964 * 2.6458 * sqrt(0.46) = 3.5170
    assert found["reliable_change"].tolist() == ["improved", "deteriorated", "improved"]
    used = thresholds(found, registry)["RSES"]
    assert used.points == pytest.approx(3.5170, abs=5e-5)


def test_times_and_constructs_each_come_once_with_the_primary_first(study, config, registry):
    config["instruments"] = {"anxiety": "GAD-7", "depression": "PHQ-9"}
    config["further_outcomes"] = [
        {"construct": "depression", "day": 84, "window": [70, 98]},
        {"construct": "anxiety", "day": 42, "window": [40, 44]},
    ]
    tables, scores = study({"e1": "group"}, [("e1", "GAD-7", 35, 5), ("e1", "PHQ-9", 90, 5)])
    found = outcome_table(tables, scores, config, registry)
    keys = list(zip(found["construct"], found["time"], found["primary"], strict=True))
    assert keys == [
        ("depression", "day 42", True),
        ("depression", "day 84", False),
        ("anxiety", "day 42", False),
    ]
    # The declared window of a further outcome holds, not the primary's.
    assert found["outcome"].isna().tolist() == [True, False, True]


def test_what_exists_only_in_groups_is_not_asked_of_other_arms(study, config, registry):
    config["instruments"]["climate"] = "GCQ-S"
    tables, scores = study({"e1": "group", "e2": "individual"}, [("e1", "GCQ-S", 42, 4.5)])
    found = outcome_table(tables, scores, config, registry)
    climate = found[found["construct"] == "climate"]
    assert climate["episode_id"].tolist() == ["e1"]
    assert climate["outcome"].tolist() == [4.5]
    assert climate["change"].isna().all()
    assert climate["reliable_change"].isna().all()


def test_of_two_answers_on_one_day_the_declared_rater_counts_never_the_id(study, config, registry):
    for names in (["a", "b", "c"], ["c", "a", "b"]):
        rows = [("e1", "PHQ-9", 42, score) for score in (20, 10, 14)]
        tables, _ = study({"e1": "group"}, [*rows, ("e1", "PHQ-9", 0, 21)])
        raters = pd.Series(["clinician", "self", "self", "self"], dtype="string")
        ids = pd.Series([*names, "d"], dtype="string")
        tables["assessments"] = tables["assessments"].assign(rater=raters, assessment_id=ids)
        scores = score_assessments(tables, registry)
        found = outcome_table(tables, scores, config, registry).iloc[0]
        assert (found["outcome"], found["change"]) == (12, 9)
        assert repeated_table(tables, scores, config, registry)["score"].tolist() == [21, 12]


def test_one_answer_is_never_both_baseline_and_outcome(study, config, registry):
    config["baseline"] = {"window": [-14, 60]}
    tables, scores = study({"e1": "group"}, [("e1", "PHQ-9", 42, 9)])
    found = outcome_table(tables, scores, config, registry).iloc[0]
    assert found["baseline"] == 9 and pd.isna(found["change"]) and found["outcome_missing"]


def test_without_an_outcome_the_tables_are_empty(study, config, registry):
    del config["outcome"]
    tables, scores = study({"e1": "group"}, [("e1", "PHQ-9", 0, 5)])
    assert outcome_table(tables, scores, config, registry).empty
    assert repeated_table(tables, scores, config, registry).empty


def test_repeated_measures_by_hand(study, config, registry):
    rows = [
        ("e1", "PHQ-9", -2, 20),
        ("e1", "PHQ-9", 4, 18),  # days 4 to 10 are week 1
        ("e1", "PHQ-9", 8, 16),  # nearer to day 7
        ("e1", "PHQ-9", 10, 14),
        ("e1", "PHQ-9", 11, 12),  # week 2
        ("e1", "GAD-7", 11, 12),
        ("e2", "PHQ-9", 6, 9),
        ("e2", "PHQ-9", 8, 8),  # equally near: the earlier counts
    ]
    tables, scores = study({"e1": "group", "e2": "individual"}, rows)
    found = repeated_table(tables, scores, config, registry)
    assert found["day"].tolist() == [-2, 4, 8, 10, 11, 6, 8]
    assert found["analysis_week"].tolist() == [0, 1, 1, 1, 2, 1, 1]
    assert found["nearest"].tolist() == [True, False, True, False, True, True, False]
    assert found["post"].tolist() == [False, True, True, True, True, True, True]
    assert found["change"].tolist()[:5] == [0, 2, 4, 6, 8]
    assert found["change"].isna().tolist()[5:] == [True, True]
    assert found["arm"].tolist()[-1] == "individual"


def test_a_wave_stays_together_and_the_baseline_is_week_0(study, config, registry):
    rows = [("e1", "PHQ-9", day, 9) for day in (-9, 2, 81, 90, 99)]
    tables, _ = study({"e1": "group"}, rows)
    waves = ["intake", "intake", "later", "later", "later"]
    tables["assessments"]["wave"] = pd.Series(waves, dtype="string")
    scores = score_assessments(tables, registry)
    found = repeated_table(tables, scores, config, registry)
    assert found["analysis_week"].tolist() == [0, 0, 13, 13, 13]
    assert found["nearest"].tolist() == [False, True, False, True, False]  # day 90 is nearest to 91


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 27), st.integers(0, 27))
def test_what_is_judged_hangs_together(case, before, after):
    study, config, registry = case
    tables, scores = study(
        {"e1": "group"}, [("e1", "PHQ-9", 0, before), ("e1", "PHQ-9", 42, after)]
    )
    row = outcome_table(tables, scores, config, registry).iloc[0]
    assert row["change"] == before - after
    if row["recovered"] is True:
        assert row["remission"] and row["reliable_change"] == "improved"
    assert (row["remission"] is pd.NA) == (before < 10)
    assert (row["response"] is pd.NA) == (before == 0)


@pytest.fixture(scope="module")
def case(table, episode, registry):
    config = {
        "arms": {"group": {"format": "group"}},
        "outcome": {"construct": "depression", "day": 42, "window": [28, 63]},
        "baseline": {"window": [-14, 3]},
        "instruments": {"depression": "PHQ-9"},
    }

    def make(arms, rows):
        assessed = [
            {"assessment_id": f"a{n}", "episode_id": e, "instrument": i, "day": d, "score": s}
            for n, (e, i, d, s) in enumerate(rows)
        ]
        episodes = table("episodes", [episode(name, arm=arm) for name, arm in arms.items()])
        tables = {"episodes": episodes, "assessments": table("assessments", assessed)}
        return tables, score_assessments(tables, registry)

    return make, config, registry
