"""Possible alone, impossible together: every check of checks.yaml, each by spoilt studies."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.study.checks import declared_checks, examine
from analysis.study.coercion import typed
from analysis.study.dictionary import dictionary, extra_fields
from analysis.study.draft import Draft

COVARIATES = {"severity": "numeric", "work": "categorical"}
Tables = dict[str, pd.DataFrame]
Spoil = Callable[[Tables], None]


def sound() -> Tables:
    """A program of 24 clients in two arms, four groups and six weeks, without any oddity."""
    n = 24
    ids = [f"e{i:02}" for i in range(1, n + 1)]
    arm = np.repeat(["group", "individual"], n // 2)
    group = [f"g{i % 4}" for i in range(n // 2)]
    episodes = pd.DataFrame(
        {
            "episode_id": ids,
            "participant_id": [f"p{one}" for one in ids],
            "episode_number": 1,
            "site_id": ["north", "south"] * (n // 2),
            "arm": arm,
            "start_study_day": np.arange(n) * 3,
            "observed_until_day": 120,
            "discharge_day": [50 + i % 5 for i in range(n)],
            "discharge_reason": "completed",
            "discharge_level": "outpatient",
            "primary_therapist_id": [f"t{i % 3}" for i in range(n)],
            "age_band": ["25-34", "35-44"] * (n // 2),
            "gender": ["woman", "man", "other"] * (n // 3),
            "severity": np.arange(n) % 5,
            "work": ["part time", "full time"] * (n // 2),
        }
    )
    groups = pd.DataFrame(
        {
            "group_id": [f"g{i}" for i in range(4)],
            "site_id": ["north", "south"] * 2,
            "group_type": "skills",
            "enrolment": "open",
        }
    )
    memberships = pd.DataFrame(
        {
            "group_id": group,
            "episode_id": ids[: n // 2],
            "from_day": 0,
            "to_day": episodes["discharge_day"][: n // 2],
            "primary": True,
        }
    )
    sessions, attendance = _sessions(episodes, group)
    return {
        "episodes": episodes,
        "groups": groups,
        "memberships": memberships,
        "sessions": sessions,
        "attendance": attendance,
        **_answers(ids),
        "events": pd.DataFrame(
            {"episode_id": ids[:2], "day": [5, 9], "type": "medication_start", "detail": None}
        ),
    }


def _sessions(episodes: pd.DataFrame, group: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One session a client and week; clients of a group arm sit in sessions that name it."""
    sessions, attendance = [], []
    for place, one in enumerate(episodes.itertuples()):
        for week in range(6):
            session, day = f"x{place:02}{week}", 7 * week + 2
            named = group[place] if one.arm == "group" else None
            sessions.append(
                (
                    session,
                    one.arm,
                    named,
                    one.site_id,
                    one.start_study_day + day,
                    6 * place + week + 1,
                    90 if named else 50,
                    90 if named else 50,
                )
            )
            attendance.append((session, one.episode_id, day, "attended", 90 if named else 50))
    columns = [
        "session_id",
        "format",
        "group_id",
        "site_id",
        "study_day",
        "sequence",
        "scheduled_minutes",
        "minutes",
    ]
    held = pd.DataFrame(sessions, columns=columns).assign(unit="session", status="held")
    columns = ["session_id", "episode_id", "day", "status", "minutes_attended"]
    return held, pd.DataFrame(attendance, columns=columns)


def _answers(ids: list[str]) -> Tables:
    rows, items = [], []
    for place, one in enumerate(ids):
        for wave, day in (("baseline", 0), ("week 3", 21 + place % 2), ("week 6", 42 + place % 3)):
            for instrument, scored in (("PHQ-9", None), ("RSES", 5 + (7 * place + day) % 20)):
                name = f"{one}.{day}.{instrument}"
                rows.append((name, one, instrument, day, wave, "self", None, scored))
                if scored is None:
                    items += [(name, item, (place + item * day) % 4) for item in range(1, 10)]
    columns = [
        "assessment_id",
        "episode_id",
        "instrument",
        "day",
        "wave",
        "rater",
        "group_id",
        "score",
    ]
    assessments = pd.DataFrame(rows, columns=columns).assign(missing_reason=None)
    return {
        "assessments": assessments,
        "items": pd.DataFrame(items, columns=["assessment_id", "item", "value"]),
    }


def drafts_of(tables: Tables) -> dict[str, Draft]:
    """The tables as the door holds them while it looks at them; rows count from line 2."""
    found = {}
    for name in [one for one in dictionary() if one in tables]:
        table = tables[name].astype(object)
        table.index = pd.RangeIndex(2, len(table) + 2)
        extra = extra_fields(COVARIATES) if name == "episodes" else ()
        fields = (*dictionary()[name].fields, *extra)
        empty = pd.Series(None, index=table.index, dtype=object)
        columns = {one.name: typed(table.get(one.name, empty), one, {})[0] for one in fields}
        frame = pd.DataFrame(columns, index=table.index)
        names = {one.name: one.name for one in fields}
        found[name] = Draft(name, f"{name}.csv", fields, names, frame)
    return found


def findings(tables: Tables) -> dict[str, tuple[str, str, tuple[int, ...]]]:
    """Check to table, column and rows, of doubts and of stops."""
    drafts = drafts_of(tables)
    before = {name: one.frame.copy() for name, one in drafts.items()}
    examine(drafts, {})
    for name, one in drafts.items():
        pd.testing.assert_frame_equal(one.frame, before[name])
    named = {one.found: one.name for one in declared_checks()}
    found = {}
    for draft in drafts.values():
        for one in (*draft.doubts, *draft.problems):
            found[named[one.found]] = (draft.table, one.column, one.rows)
    return found


def put(table: str, place: int, **values: object) -> Spoil:
    """Write values into one row, by its place from 0."""

    def spoil(tables: Tables) -> None:
        frame = tables[table].astype(object)
        for column, value in values.items():
            frame.loc[frame.index[place], column] = value
        tables[table] = frame

    return spoil


def fill(table: str, column: str, change: Callable[[pd.Series], object]) -> Spoil:
    """Replace a column by what a function makes of it."""

    def spoil(tables: Tables) -> None:
        values = tables[table][column]
        tables[table] = tables[table].assign(**{column: change(values)})

    return spoil


def add(table: str, place: int, **values: object) -> Spoil:
    """Append a copy of a row, with some values changed."""

    def spoil(tables: Tables) -> None:
        frame = tables[table].astype(object)
        copy = frame.iloc[[place]].assign(**values)
        tables[table] = pd.concat([frame, copy], ignore_index=True)

    return spoil


def cut(table: str, rows: int) -> Spoil:
    """Leave the last rows of a file out."""

    def spoil(tables: Tables) -> None:
        tables[table] = tables[table].iloc[:-rows]

    return spoil


def both(*spoils: Spoil) -> Spoil:
    def spoil(tables: Tables) -> None:
        for one in spoils:
            one(tables)

    return spoil


def twin(tables: Tables) -> None:
    """Enter the first client a second time under another id, answers and all."""
    episode = tables["episodes"].iloc[[0]].assign(episode_id="e99", participant_id="p99")
    tables["episodes"] = pd.concat([tables["episodes"], episode], ignore_index=True)
    mine = tables["assessments"].query("episode_id == 'e01'")
    copies = mine.assign(episode_id="e99", assessment_id="z" + mine["assessment_id"])
    items = tables["items"][tables["items"]["assessment_id"].isin(mine["assessment_id"])]
    items = items.assign(assessment_id="z" + items["assessment_id"])
    tables["assessments"] = pd.concat([tables["assessments"], copies], ignore_index=True)
    tables["items"] = pd.concat([tables["items"], items], ignore_index=True)


SPOILT = [
    ("discharge_after_observation", put("episodes", 0, discharge_day=130)),
    ("discharge_after_observation", put("episodes", 3, observed_until_day=20)),
    ("reason_without_discharge", put("episodes", 0, discharge_day=None, discharge_level=None)),
    ("level_without_discharge", put("episodes", 0, discharge_day=None, discharge_reason=None)),
    (
        "overlapping_episodes",
        add("episodes", 0, episode_id="e90", episode_number=2, start_study_day=30),
    ),
    ("overlapping_episodes", add("episodes", 4, episode_id="e90", episode_number=2)),
    (
        "overlapping_episodes",
        add("episodes", 9, episode_id="e90", episode_number=2, start_study_day=-90),
    ),
    (
        "changing_gender",
        add("episodes", 0, episode_id="e90", episode_number=2, gender="man", start_study_day=200),
    ),
    ("far_days", put("assessments", 3, day=20240)),
    ("far_days", put("attendance", 3, day=-3000)),
    ("far_days", fill("episodes", "discharge_day", lambda days: days + 2400)),
    ("far_days", put("sessions", 0, study_day=73000)),
    ("attendance_outside_stay", put("attendance", 0, day=-4)),
    ("attendance_outside_stay", put("attendance", 0, day=70)),
    (
        "attendance_outside_stay",
        both(put("episodes", 0, discharge_day=None), put("attendance", 0, day=121)),
    ),
    ("attendance_day_disagrees", put("attendance", 7, day=17)),
    ("attendance_day_disagrees", fill("attendance", "day", lambda days: days + 1)),
    ("membership_outside_stay", put("memberships", 0, to_day=140)),
    ("membership_outside_stay", put("memberships", 0, from_day=80, to_day=None)),
    ("membership_outside_stay", put("memberships", 0, from_day=-90, to_day=-50)),
    ("overlapping_spells", add("memberships", 0, from_day=20, to_day=60)),
    (
        "overlapping_spells",
        both(put("memberships", 0, to_day=None), add("memberships", 0, from_day=20)),
    ),
    ("assessment_after_observation", put("assessments", 5, day=200)),
    ("assessment_before_start", put("assessments", 0, day=-200)),
    ("day_unlike_its_wave", put("assessments", 4, day=90)),
    ("day_unlike_its_wave", put("assessments", 0, day=42)),
    ("waves_out_of_order", both(put("assessments", 0, day=21), put("assessments", 2, day=0))),
    ("assessment_without_day", put("assessments", 0, day=None)),
    ("assessment_without_day", fill("assessments", "day", lambda days: None)),
    ("event_outside_observation", put("events", 0, day=121)),
    ("event_outside_observation", put("events", 0, day=-900)),
    ("minutes_beyond_session", put("attendance", 0, minutes_attended=95)),
    ("minutes_beyond_session", put("sessions", 0, minutes=60)),
    (
        "minutes_beyond_session",
        both(put("sessions", 0, minutes=None), put("attendance", 0, minutes_attended=91)),
    ),
    ("minutes_of_the_absent", put("attendance", 0, status="no_show")),
    ("minutes_of_the_absent", put("attendance", 0, status="excused")),
    ("present_without_minutes", put("attendance", 0, minutes_attended=0)),
    ("present_at_cancelled", put("sessions", 0, status="cancelled", minutes=None)),
    ("held_without_length", put("sessions", 0, minutes=0)),
    ("length_of_cancelled", put("sessions", 0, status="cancelled")),
    ("length_unlike_plan", put("sessions", 0, minutes=300)),
    ("length_unlike_plan", put("sessions", 0, scheduled_minutes=1.5)),
    ("minutes_in_hours", fill("sessions", "minutes", lambda minutes: minutes / 60)),
    ("minutes_in_hours", fill("sessions", "scheduled_minutes", lambda minutes: minutes / 60)),
    ("minutes_in_hours", fill("attendance", "minutes_attended", lambda minutes: minutes / 60)),
    ("some_minutes_in_hours", put("sessions", 0, minutes=1.5)),
    ("some_minutes_in_hours", put("attendance", 0, minutes_attended=1.5)),
    ("group_session_without_group", put("sessions", 0, group_id=None)),
    ("individual_session_with_group", put("sessions", 143, group_id="g1")),
    ("several_in_individual_session", add("attendance", 143, episode_id="e20")),
    ("session_at_other_site", put("sessions", 0, site_id="south")),
    ("group_at_other_site", put("episodes", 0, site_id="south")),
    ("attended_other_group", put("sessions", 0, group_id="g3")),
    ("assessed_other_group", put("assessments", 0, group_id="g3")),
    ("two_sessions_at_once", add("sessions", 0, session_id="x99")),
    ("one_group_is_an_arm", fill("memberships", "group_id", lambda ids: "0")),
    ("one_group_is_an_arm", fill("memberships", "group_id", lambda ids: "individual care")),
    (
        "therapist_is_an_arm",
        fill("episodes", "primary_therapist_id", lambda ids: ids.where(ids.index > 11, "0")),
    ),
    ("no_group_in_words", put("memberships", 0, group_id="none")),
    (
        "no_group_in_words",
        fill("memberships", "group_id", lambda ids: ids.where(ids.index > 5, "0")),
    ),
    ("no_group_in_words", put("episodes", 0, primary_therapist_id="99")),
    ("ids_alike", both(put("episodes", 0, episode_id="0017"), put("episodes", 1, episode_id="17"))),
    ("ids_alike", put("episodes", 0, episode_id="E02")),
    ("ids_alike", put("groups", 0, group_id="g 1")),
    ("answered_twice", add("assessments", 1, assessment_id="z1")),
    ("answered_twice", add("assessments", 1, assessment_id="a0", score=19)),
    ("several_raters", put("assessments", 1, rater="clinician")),
    ("answered_and_missing", put("assessments", 1, missing_reason="refused")),
    ("same_answers_elsewhere", twin),
    ("items_cut_off", cut("items", 4)),
    ("items_cut_off", cut("items", 63)),
    ("unanswered_without_reason", put("assessments", 1, score=None)),
    ("event_twice", add("events", 0)),
    ("missing_in_numbers", put("episodes", 0, severity=99)),
    ("missing_in_numbers", put("episodes", 0, severity=-9)),
    ("missing_in_numbers", put("attendance", 0, minutes_attended=999)),
    ("missing_in_numbers", put("assessments", 0, day=-99)),
    ("missing_in_words", put("episodes", 0, gender=".")),
    ("missing_in_words", put("episodes", 0, work="Missing")),
    ("missing_in_words", put("episodes", 0, work="#N/A")),
    (
        "missing_in_words",
        both(fill("episodes", "work", lambda v: ["1", "2"] * 12), put("episodes", 0, work="99")),
    ),
    ("two_spellings", put("episodes", 0, gender="WOMAN")),
    ("two_spellings", put("episodes", 0, work="Part Time")),
    ("two_spellings", put("episodes", 0, site_id="North")),
    ("two_spellings", put("assessments", 0, wave="Baseline")),
    ("two_spellings", put("episodes", 0, participant_id="PE02")),
    ("bands_turned_dates", put("episodes", 0, age_band="5-Sep")),
]


def test_a_sound_study_has_no_doubts():
    assert findings(sound()) == {}


@pytest.mark.parametrize(
    "name", ["score", "instrument", "value", "item", "day", "status", "minutes"]
)
def test_a_covariate_may_be_called_as_a_column_of_another_table(monkeypatch, name):
    monkeypatch.setitem(COVARIATES, name, "numeric")
    tables = sound()
    tables["episodes"][name] = np.arange(24) % 5
    assert findings(tables) == {}


def test_ids_may_be_numbers():
    tables = sound()
    for table in ("groups", "memberships", "sessions"):
        tables[table]["group_id"] = tables[table]["group_id"].replace({"g0": "7", "g1": "8"})
        tables[table]["group_id"] = tables[table]["group_id"].replace({"g2": "9", "g3": "10"})
    assert findings(tables) == {}


def test_every_check_is_tried():
    assert {check for check, _ in SPOILT} == {one.name for one in declared_checks()}


@pytest.mark.parametrize(("check", "spoil"), SPOILT)
def test_an_oddity_is_found_and_nothing_is_changed(check, spoil):
    tables = sound()
    spoil(tables)
    found = findings(tables)
    assert check in found
    table, column, rows = found[check]
    assert column in dictionary()[table].columns or column in COVARIATES
    assert rows and min(rows) >= 2


@pytest.mark.parametrize("table", list(sound()))
def test_a_table_that_a_check_needs_may_be_absent_or_unreadable(table):
    tables = {name: one for name, one in sound().items() if name != table}
    assert set(findings(tables)) <= {"unanswered_without_reason"}


def test_a_doubt_says_what_was_done_and_a_stop_what_to_do():
    for check in declared_checks():
        assert check.remedy.endswith(".")
        assert check.severity == "stop" or check.done.endswith(".")
        assert check.severity in ("stop", "doubt")
