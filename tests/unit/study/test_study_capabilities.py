"""What a study can support, and the sentence for what it cannot."""

import json

import pytest

from analysis.study.capabilities import capabilities, supports


@pytest.fixture(scope="module")
def has(shared_study):
    study = shared_study
    study.config["columns"] = {"sessions": {"mode": "how_held"}}
    study.fill("sessions", "how_held", ["", "", ""])
    study.write()
    return capabilities(study.read(), study.config)


def test_counts_of_arms_instruments_waves_and_sessions(has):
    assert json.loads(json.dumps(has)) == has
    assert has["arms"] == {"group": 2, "individual": 2}
    assert has["tables"]["attendance"] == 3
    assert has["instruments"] == {
        # a2 has items instead of a score; a4 has neither
        "PHQ-9": {
            "assessments": 3,
            "waves": {"group": {"baseline": 1, "week 6": 1}, "individual": {"baseline": 1}},
            "last_day": 42,
        }
    }
    assert has["session_formats"] == {"group": 2}
    assert has["session_units"] == {"session": 2}
    assert has["has_groups"] is True and has["has_followup"] is True
    assert has["columns"]["sessions.minutes"] is True
    assert has["columns"]["episodes.gender"] is False


@pytest.mark.parametrize(
    "need",
    [
        "sessions",
        "attendance",
        "sessions.minutes",
        "session_staff",
        "memberships",
        "instrument:PHQ-9",
        "instrument:depression",
        "unit:session",
        "arm:group",
        "arm:individual",
        "contrast:format",
        "wave:depression:42",
    ],
)
def test_needs_that_are_met(has, need):
    assert supports(has, need) is None


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ("sessions.mode", 'in/sessions.csv has no values in a column "how_held"'),
        ("episodes.gender", 'in/episodes.csv has no values in a column "gender"'),
        ("instrument:hope", "in/assessments.csv holds no answered AHS."),
        ("instrument:RSES", "in/assessments.csv holds no answered RSES."),
        ("instrument:self_worth", "The study names no instrument for self worth."),
        ("wave:depression:64", "holds no PHQ-9 answered on day 64 or later."),
        ("wave:hope:64", "holds no answered AHS."),
        ("unit:day", "in/sessions.csv records session, not one row a day."),
        ("arm:both", 'No arm of the study is called "both" or has that format.'),
        ("contrast:dose", 'The study declares no contrast called "dose".'),
    ],
)
def test_needs_that_are_not_met_are_said_in_the_users_terms(has, need, words):
    assert words in supports(has, need)


def test_a_study_of_episodes_alone_lacks_the_rest_and_says_so(study):
    study.config["tables"] = {"episodes": "in/episodes.csv"}
    study.write()
    has = capabilities(study.read(), study.config)
    assert "no table of sessions" in supports(has, "sessions.minutes")
    assert "no table of assessments" in supports(has, "instrument:PHQ-9")
    lacking = supports(has, "contrast:format")
    assert lacking.startswith('The therapy group that clients of the arm "group" share')
    assert "no table of memberships" in lacking
    assert has["instruments"] == {} and has["has_followup"] is False


@pytest.mark.parametrize("need", ["nonsense", "sessions.nonsense", "instrument:"])
def test_an_unknown_need_is_a_mistake_of_the_plan(has, need):
    with pytest.raises(ValueError, match="no such need"):
        supports(has, need)


def test_a_source_of_cancelled_sessions_alone_holds_none(study):
    study.write()
    tables = study.read()
    tables["sessions"] = tables["sessions"].assign(status="cancelled")
    lacking = supports(capabilities(tables, study.config), "sessions")
    assert lacking == "in/sessions.csv holds no session that took place."


def test_what_the_config_calls_impossible_is_lacking_in_the_users_words(study):
    study.write()
    tables = study.read()
    tables.pop("events", None)
    tables["sessions"]["minutes"] = None
    words = {
        "sessions.minutes": "Nobody wrote the minutes down.",
        "events": "No such list is kept.",
    }
    config = {**study.config, "impossible": {**words, "sessions.format": "Never said."}}
    has = capabilities(tables, config)
    assert supports(has, "sessions.minutes") == words["sessions.minutes"]
    assert supports(has, "events.day") == words["events"]
    assert supports(has, "sessions.format") is None, "what is there is there"
    del tables["sessions"]
    assert supports(capabilities(tables, config), "sessions.minutes") == words["sessions.minutes"]
