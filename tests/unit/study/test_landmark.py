"""Arms read at a landmark: by hand on the small study, and refused where they cannot be."""

import numpy as np
import pandas as pd
import pytest

from analysis.cohort import select_cohort
from analysis.study.config import check_config
from analysis.study.landmark import NEITHER, received_arms

LANDMARK = {"day": 10, "share": 0.6}


def tables(rows, discharges=None, start=None):
    """Sessions attended: (episode, day, format, attendance, session's status)."""
    ids = [*dict.fromkeys(row[0] for row in rows), "nobody"]
    sessions = pd.DataFrame(
        [
            {"session_id": f"s{k}", "format": row[2], "status": row[4], "study_day": pd.NA}
            for k, row in enumerate(rows)
        ]
    ).astype({"study_day": "Int64"})
    attendance = pd.DataFrame(
        [
            {"session_id": f"s{k}", "episode_id": row[0], "day": row[1], "status": row[3]}
            for k, row in enumerate(rows)
        ]
    ).astype({"day": "Int64"})
    episodes = pd.DataFrame({"episode_id": ids, "start_study_day": start})
    episodes["start_study_day"] = episodes["start_study_day"].astype("Int64")
    days = [(discharges or {}).get(one) for one in ids]
    return {
        "episodes": episodes.assign(discharge_day=pd.array(days, dtype="Int64")),
        "sessions": sessions,
        "attendance": attendance,
    }


def config(**arms):
    known = {"g": {"format": "group"}, "i": {"format": "individual"}} | arms
    return {"arms": known, "landmark": LANDMARK}


def came(episode, *formats, day=3):
    return [(episode, day, one, "attended", "held") for one in formats]


def test_the_format_of_most_sessions_is_the_arm():
    """Three of four are 75%; one of two are 50%; medication does not count."""
    rows = [
        *came("a", "group", "group", "group", "individual"),
        *came("b", "individual", "medication", "medication"),
        *came("c", "group", "individual"),
        *came("d", "medication"),
    ]
    assert received_arms(tables(rows), config()).tolist() == ["g", "i", NEITHER, NEITHER, NEITHER]
    both = received_arms(tables(rows), config(m={"format": "both"}))
    assert both.tolist() == ["g", "i", "m", NEITHER, NEITHER]


def test_only_sessions_attended_before_the_landmark_count():
    rows = [
        *came("a", "individual", day=9),
        *came("a", "group", "group", day=10),
        *came("b", "individual", day=-1),
        *came("b", "group"),
        ("c", 2, "group", "no_show", "held"),
        ("c", 2, "group", "attended", "cancelled"),
        ("c", 2, "individual", "left_early", "held"),
    ]
    assert received_arms(tables(rows), config()).tolist() == ["i", "g", "i", NEITHER]


def test_the_day_is_the_session_s_where_the_row_has_none():
    found = tables(came("a", "group"), start=[100, 0])
    found["attendance"]["day"] = pd.array([pd.NA], dtype="Int64")
    found["sessions"]["study_day"] = pd.array([109], dtype="Int64")
    assert received_arms(found, config()).tolist() == ["g", NEITHER]
    found["sessions"]["study_day"] = pd.array([110], dtype="Int64")
    assert received_arms(found, config()).tolist() == [NEITHER, NEITHER]


@pytest.fixture
def landmarked(study):
    """The small study: e1 came to groups on days 1 and 6; e3 to one-to-one on day 2."""
    study.config["landmark"] = LANDMARK
    study.texts["sessions"] += "x4,individual,,s1,50,50,session,held\n"
    study.texts["attendance"] += "x4,e3,2,attended,50\n"
    return study


def test_the_column_arm_is_not_needed_and_not_believed(landmarked):
    expected = ["group", NEITHER, "individual", NEITHER]
    landmarked.fill("episodes", "arm", ["individual", "individual", "group", "nonsense"])
    landmarked.write()
    assert landmarked.read()["episodes"]["arm"].tolist() == expected
    landmarked.drop("episodes", "arm")
    landmarked.write()
    assert landmarked.read()["episodes"]["arm"].tolist() == expected


def test_an_arm_that_nobody_received_is_a_problem(landmarked):
    landmarked.config["landmark"] = {"day": 2, "share": 0.6}
    problem = landmarked.problem()
    assert 'the arm "individual" before day 2' in problem.expected and problem.found == "nobody"


def test_who_left_before_the_landmark_is_counted_and_excluded():
    """b left on day 9, the last before the landmark; c on the landmark, and stays in."""
    rows = [*came("a", "group"), *came("b", "group"), *came("c", "individual")]
    found = tables(rows, {"b": 9, "c": 10})
    episodes = found["episodes"]
    episodes = episodes.assign(participant_id=episodes["episode_id"], episode_number=1)
    episodes["arm"] = received_arms(found, config())
    found["episodes"] = episodes
    contrasts = {"format": {"comparison": "g", "reference": "i"}}
    made = select_cohort(found, config() | {"contrasts": contrasts})
    assert made.episodes == ("a", "c")
    step = made.flow[made.flow["label"] == "In treatment on day 10, the landmark"]
    assert step.set_index("arm")["excluded"].to_dict() == {"g": 1, "i": 0, "total": 1}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"outcome": {"construct": "depression", "day": 12, "window": [8, 20]}}, "outcome.window"),
        ({"baseline": {"window": [-14, 11]}}, "baseline.window"),
        ({"landmark": {"day": 10, "share": 0.5}}, "landmark.share"),
        ({"landmark": {"day": 0, "share": 0.6}}, "landmark.day"),
    ],
)
def test_what_contradicts_a_landmark_is_named(landmarked, change, key):
    assert key in {one.column for one in problems(landmarked.config | change)}


def test_a_landmark_needs_sessions_one_arm_of_each_format_and_no_draw(landmarked):
    one = landmarked.config
    tables = {name: one["tables"][name] for name in ("episodes", "assessments")}
    arms = {**one["arms"], "third": {"label": "Third", "format": "group"}}
    contrasts = {"format": {**one["contrasts"]["format"], "assignment": "randomised"}}
    found = problems(one | {"tables": tables, "arms": arms, "contrasts": contrasts})
    assert {problem.column for problem in found} == {
        "tables.sessions",
        "tables.attendance",
        "arms",
        "contrasts.format.assignment",
    }


def problems(changed):
    whole = {"study": "small", "title": "Small", "data_origin": "synthetic"} | changed
    return check_config(whole, file="small.yaml", known_instruments={"PHQ-9", "AHS"})


def immortal_world(clients, seed):
    """Formats that do nothing: only weeks in treatment help, and a group is joined in some week.

    Everyone begins with individual sessions, three a week; half of the clients move to a group in
    week 2 to 5 if they are still there. Who leaves early never gets there.
    """
    rng = np.random.default_rng(seed)
    weeks = rng.integers(1, 11, clients)
    joins = np.where(rng.random(clients) < 0.5, rng.integers(1, 5, clients), 99)
    outcome = pd.Series(2.0 * weeks + rng.normal(0, 5, clients))
    rows = [
        (who, 7 * week + day, "group" if week >= joins[who] else "individual", "attended", "held")
        for who in range(clients)
        for week in range(weeks[who])
        for day in (0, 2, 4)
    ]
    return tables(rows, dict(enumerate(7 * weeks))), outcome, weeks


def difference(arm, outcome):
    """Group minus individual, and its standard error."""
    sides = [outcome[arm.eq(one).to_numpy()] for one in ("g", "i")]
    return sides[0].mean() - sides[1].mean(), np.sqrt(sum(one.var() / len(one) for one in sides))


def test_known_truth_of_immortal_time():
    """Arms read from the whole stay credit groups with it; arms read at a landmark do not."""
    study, outcome, weeks = immortal_world(4000, seed=11)
    clients = outcome.index

    def received(day):
        settings = config() | {"landmark": {"day": day, "share": 0.5}}
        return received_arms(study, settings).iloc[: len(clients)]

    value, se = difference(received(1000), outcome)
    assert value > 20 * se
    there = pd.Series(7 * weeks >= 21, index=clients)
    value, se = difference(received(21)[there], outcome[there])
    assert abs(value) < 2.5 * se
    assert se < 0.5
