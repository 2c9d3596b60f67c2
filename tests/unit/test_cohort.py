"""Who counts, by hand: each step, each arm, and that no outcome decides."""

import pandas as pd
import pytest

from analysis.cohort import select_cohort
from analysis.study.dictionary import dictionary


def table(name, rows):
    frame = pd.DataFrame(rows)
    columns = {}
    for field in dictionary()[name].fields:
        values = frame.get(field.name, pd.Series(None, index=frame.index, dtype=object))
        dtype = "Float64" if field.dtype == "float64" else field.dtype
        columns[field.name] = values.astype(dtype).astype(field.dtype)
    return pd.DataFrame(columns)


def episode(name, arm="group", participant=None, number=1, until=90):
    return {
        "episode_id": name,
        "participant_id": participant or name,
        "episode_number": number,
        "site_id": "s",
        "arm": arm,
        "observed_until_day": until,
    }


def assessment(name, episode_id, day, score=None, instrument="PHQ-9"):
    row = {"assessment_id": name, "episode_id": episode_id, "day": day, "score": score}
    return row | {"instrument": instrument, "rater": "self"}


@pytest.fixture
def config():
    return {
        "arms": {"group": {}, "individual": {}, "other": {}},
        "contrasts": {"format": {"comparison": "group", "reference": "individual"}},
        "outcome": {"construct": "depression", "day": 42, "window": [28, 63]},
        "baseline": {"window": [-14, 3]},
        "instruments": {"depression": "PHQ-9"},
        "cohort": {"episodes": "first", "require_baseline": True},
    }


@pytest.fixture
def tables():
    return {
        "episodes": table(
            "episodes",
            [
                episode("e1"),
                episode("e2", "individual"),
                episode("e3", "other", "p3"),
                episode("e4", "group", "p3", number=2),  # readmitted: not a first episode
                episode("e5", "individual", until=41),
                episode("e6"),  # a baseline of another instrument, and one too late
                episode("e7"),  # a baseline from items
                episode("e8", "individual"),  # a baseline row that holds nothing
            ],
        ),
        "assessments": table(
            "assessments",
            [
                assessment("a1", "e1", 0, 15),
                assessment("a2", "e1", 42, 7),
                assessment("a3", "e2", 3, 15),
                assessment("a4", "e4", 0, 15),
                assessment("a5", "e5", 0, 15),
                assessment("a6", "e6", 0, 15, "GAD-7"),
                assessment("a7", "e6", 4, 15),
                assessment("a8", "e7", -14),
                assessment("a9", "e8", 0),
            ],
        ),
        "items": table(
            "items",
            [
                {"assessment_id": "a8", "item": 1, "value": 2},
                {"assessment_id": "a9", "item": 1, "value": None},
            ],
        ),
        "attendance": table(
            "attendance",
            [
                {"session_id": "x", "episode_id": "e1", "status": "attended"},
                {"session_id": "x", "episode_id": "e4", "status": "attended"},
            ],
        ),
        "sessions": table("sessions", [{"session_id": "x"}, {"session_id": "y"}]),
    }


def counts(flow, arm):
    rows = flow[flow["arm"] == arm]
    return rows[["before", "excluded", "after"]].to_numpy().tolist()


def test_every_step_by_hand(tables, config):
    cohort = select_cohort(tables, config)
    assert cohort.episodes == ("e1", "e2", "e7")
    flow = cohort.flow
    assert flow[["step", "label", "kind"]].drop_duplicates().to_numpy().tolist() == [
        [1, "All episodes", "start"],
        [2, "In an arm of a contrast", "exclusion"],
        [3, "First episode of the participant", "exclusion"],
        [4, "Observed until day 42", "exclusion"],
        [5, "With a baseline PHQ-9", "exclusion"],
        [6, "Answered the PHQ-9 at day 42, if only in part", "information"],
    ]
    assert counts(flow, "total") == [
        [8, 0, 8],
        [8, 1, 7],
        [7, 1, 6],
        [6, 1, 5],
        [5, 2, 3],
        [3, 0, 1],
    ]
    assert counts(flow, "group") == [
        [4, 0, 4],
        [4, 0, 4],
        [4, 1, 3],
        [3, 0, 3],
        [3, 1, 2],
        [2, 0, 1],
    ]
    assert counts(flow, "individual") == [
        [3, 0, 3],
        [3, 0, 3],
        [3, 0, 3],
        [3, 1, 2],
        [2, 1, 1],
        [1, 0, 0],
    ]
    assert counts(flow, "other") == [[1, 0, 1], [1, 1, 0]]


def test_the_arms_add_up_and_each_step_starts_where_the_last_ended(tables, config):
    flow = select_cohort(tables, config).flow
    parts = flow[flow["arm"] != "total"].groupby("step")[["before", "excluded", "after"]].sum()
    whole = flow[flow["arm"] == "total"].set_index("step")[["before", "excluded", "after"]]
    assert parts.equals(whole)
    assert whole["before"].tolist()[1:] == whole["after"].tolist()[:-1]


def test_tables_are_restricted_and_keep_their_index(tables, config):
    kept = select_cohort(tables, config).tables
    assert kept["episodes"].index.tolist() == [0, 1, 6]
    assert kept["assessments"]["assessment_id"].tolist() == ["a1", "a2", "a3", "a8"]
    assert kept["items"]["assessment_id"].tolist() == ["a8"]
    assert kept["attendance"]["episode_id"].tolist() == ["e1"]
    assert len(kept["sessions"]) == 2
    assert len(tables["episodes"]) == 8


def test_no_outcome_decides_who_counts(tables, config):
    late = tables["assessments"]["day"] > 3
    without = {**tables, "assessments": tables["assessments"][~late]}
    changed = {
        **tables,
        "assessments": tables["assessments"].assign(score=lambda f: f["score"] + late),
    }
    whole = select_cohort(tables, config).episodes
    assert select_cohort(without, config).episodes == whole
    assert select_cohort(changed, config).episodes == whole


def test_all_episodes_and_no_baseline_where_the_config_says_so(tables, config):
    config["cohort"] = {"episodes": "all", "require_baseline": False}
    cohort = select_cohort(tables, config)
    assert cohort.episodes == ("e1", "e2", "e4", "e6", "e7", "e8")
    assert cohort.flow["step"].max() == 4


def test_without_contrasts_every_declared_arm_counts(tables, config):
    config["contrasts"] = {}
    assert "e3" in select_cohort(tables, {**config, "cohort": {"require_baseline": False}}).episodes


def test_without_assessments_or_an_outcome_nothing_is_asked_of_them(tables, config):
    del tables["assessments"], tables["items"]
    assert select_cohort(tables, config).episodes == ("e1", "e2", "e6", "e7", "e8")
    del config["outcome"]
    assert select_cohort(tables, config).episodes == ("e1", "e2", "e5", "e6", "e7", "e8")


def test_a_contrasts_arm_that_is_emptied_is_still_shown(tables, config):
    tables["episodes"]["observed_until_day"] = tables["episodes"]["observed_until_day"].mask(
        tables["episodes"]["arm"] == "individual", 10
    )
    flow = select_cohort(tables, config).flow
    assert counts(flow, "individual")[-2:] == [[0, 0, 0], [0, 0, 0]]
