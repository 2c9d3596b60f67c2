"""Scores by hand: reversal, missing items, totals, and what is refused."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.scoring import COLUMNS, score_assessments
from analysis.study.problems import StudyError


@pytest.fixture
def study(table):
    """One assessment of an instrument from a dict of answers, and perhaps a total."""

    def make(instrument, answers=None, score=None, **other):
        row = {"assessment_id": "a1", "episode_id": "e1", "instrument": instrument, "day": 0}
        row |= {"rater": "self", "score": score, **other}
        tables = {"assessments": table("assessments", [row])}
        if answers is not None:
            rows = [{"assessment_id": "a1", "item": i, "value": v} for i, v in answers.items()]
            tables["items"] = table("items", rows)
        return tables

    return make


def answers(count, value, **changes):
    return dict.fromkeys(range(1, count + 1), value) | {int(k[1:]): v for k, v in changes.items()}


@pytest.mark.parametrize(
    ("instrument", "given_answers", "expected"),
    [
        ("PHQ-9", answers(9, 2), 18),
        ("PHQ-9", answers(9, 0, i9=3), 3),
        ("PHQ-9", answers(9, 2, i9=None), 18),  # 16 + the mean of 2
        ("PHQ-9", {i: v for i, v in enumerate([0, 1, 2, 3, 3, 2, 1, 0], 1)}, 13.5),  # 12 * 9 / 8
        ("RSES", answers(10, 3), 15),  # five of ten are reversed: 5 * 3 + 5 * 0
        ("RSES", answers(10, 3, i2=0, i5=0, i6=0, i8=0, i9=0), 30),
        ("RSES", answers(10, 3, i2=0, i5=0, i6=0, i8=0, i9=None), 30),
        ("GCQ-S", answers(12, 0, i1=6, i2=5, i4=4, i8=3, i11=2), 4),  # mean of the engaged items
        ("GCQ-S", answers(12, 0, i1=6, i2=5, i4=4, i8=3, i11=None), 4.5),
        ("AHS", answers(12, 8, i3=1, i5=1, i7=1, i11=1), 64),  # fillers do not count
        ("ULS-8", answers(8, 1), 14),  # 6 * 1 + 2 * 4
        ("HAM-D", answers(17, 2), 34),
    ],
)
def test_hand_worked_scores(study, registry, instrument, given_answers, expected):
    scores = score_assessments(study(instrument, given_answers), registry)
    assert scores["score"].tolist() == [pytest.approx(expected)]
    assert scores["source"].tolist() == ["items"]
    assert scores["construct"].tolist() == [registry[instrument].construct]
    assert tuple(scores.columns) == COLUMNS


def test_too_many_missing_items_make_the_score_missing_even_beside_a_total(study, registry):
    tables = study("PHQ-9", answers(9, 2, i8=None, i9=None), score=14)
    scores = score_assessments(tables, registry)
    assert scores["score"].isna().all()
    assert scores["missing_reason"].tolist() == ["too_few_items"]
    assert scores["source"].isna().all()


def test_unanswered_items_leave_the_total_to_count(study, registry):
    scores = score_assessments(study("PHQ-9", answers(9, None), score=14), registry)
    assert scores["score"].tolist() == [14]
    assert scores["source"].tolist() == ["score"]


def test_a_total_is_taken_as_given_and_a_missing_one_keeps_its_reason(table, registry):
    rows = [
        {"assessment_id": "a1", "episode_id": "e1", "instrument": "PHQ-9", "score": 7.5},
        {"assessment_id": "a2", "episode_id": "e1", "instrument": "PHQ-9"},
    ]
    rows[1]["missing_reason"] = "refused"
    scores = score_assessments({"assessments": table("assessments", rows)}, registry)
    assert scores["score"].tolist()[0] == 7.5
    assert scores["score"].isna().tolist() == [False, True]
    assert scores["source"].tolist() == ["score", pd.NA]
    assert scores["missing_reason"].tolist() == [pd.NA, "refused"]


def test_the_order_and_the_index_of_the_table_stay(table, registry):
    rows = [
        {"assessment_id": name, "episode_id": "e1", "instrument": instrument, "score": score}
        for name, instrument, score in [("b", "GAD-7", 3), ("a", "PHQ-9", 4), ("c", "GAD-7", 5)]
    ]
    frame = table("assessments", rows).set_axis([4, 7, 9])
    scores = score_assessments({"assessments": frame}, registry)
    assert scores["assessment_id"].tolist() == ["b", "a", "c"]
    assert scores.index.tolist() == [4, 7, 9]


def test_an_empty_table_gives_an_empty_one(table, registry):
    scores = score_assessments(
        {"assessments": table("assessments", []), "items": table("items", [])}, registry
    )
    assert scores.empty
    assert tuple(scores.columns) == COLUMNS


def test_a_total_that_agrees_with_its_items_is_accepted(study, registry):
    assert score_assessments(study("PHQ-9", answers(9, 1), score=9.004), registry)["score"][0] == 9


@pytest.mark.parametrize(
    ("tables", "place", "rows"),
    [
        (("PHQ-9", answers(9, 1), 10), "score", (2,)),
        (("PHQ-99", None, 10), "instrument", (2,)),
        (("PHQ-9", answers(9, 1, i4=4), None), "value", (5,)),
        (("PHQ-9", answers(10, 1), None), "item", (11,)),
    ],
)
def test_what_cannot_be_is_refused_with_its_rows_and_without_values(
    study, registry, tables, place, rows
):
    with pytest.raises(StudyError) as raised:
        score_assessments(study(*tables), registry)
    (problem,) = raised.value.problems
    assert (problem.column, problem.rows) == (place, rows)
    assert "99" not in str(raised.value)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.integers(1, 9))
def test_a_filled_score_stays_in_the_range_and_near_the_sum(registry_values, values, gone):
    study, registry = registry_values
    filled = {i: v for i, v in enumerate(values, 1) if i != gone}
    score = score_assessments(study("PHQ-9", filled), registry)["score"].iloc[0]
    assert 0 <= score <= 27
    assert abs(score - sum(values)) <= 3


@pytest.fixture(scope="module")
def registry_values(registry, table):
    def make(instrument, given_answers):
        row = {"assessment_id": "a1", "episode_id": "e1", "instrument": instrument}
        rows = [{"assessment_id": "a1", "item": i, "value": v} for i, v in given_answers.items()]
        return {"assessments": table("assessments", [row]), "items": table("items", rows)}

    return make, registry


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=10, max_size=10))
def test_turning_every_answer_round_turns_the_score_round(registry_values, values):
    study, registry = registry_values
    there = score_assessments(study("RSES", dict(enumerate(values, 1))), registry)
    back = score_assessments(study("RSES", {i: 3 - v for i, v in enumerate(values, 1)}), registry)
    assert there["score"].iloc[0] + back["score"].iloc[0] == pytest.approx(30)
