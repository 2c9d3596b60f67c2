"""Half-answered questionnaires: patterns by hand, scores and other windows left alone."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures.half_answered import half_answered
from analysis.measures.instruments import load_instruments
from analysis.measures.scoring import score_assessments

WINDOW = (35, 49)


@pytest.fixture(scope="module")
def scale(root):
    """A scale that sums ten items from 0 to 3, five of them reversed (Rosenberg)."""
    return load_instruments(root / "config" / "instruments.yaml")["RSES"]


def asked(rows, scale):
    """Score assessments (id, episode, day, answers from item 1 on; None: not answered)."""
    items = [
        (key, item, float(value))
        for key, _, _, answers in rows
        for item, value in enumerate(answers, start=1)
        if value is not None
    ]
    items = pd.DataFrame(items, columns=["assessment_id", "item", "value"])
    assessments = pd.DataFrame(
        [(key, episode, day) for key, episode, day, _ in rows],
        columns=["assessment_id", "episode_id", "day"],
    ).assign(
        instrument=scale.name,
        wave=None,
        rater=None,
        group_id=None,
        score=np.nan,
        missing_reason=None,
    )
    assessments["day"] = assessments["day"].astype("Int64")
    tables = {"assessments": assessments, "items": items}
    return items, score_assessments(tables, {scale.name: scale})


FIVE = [3, 2, 1, 0, 3, None, None, None, None, None]
TEN = [1, 1, 2, 2, 3, 3, 0, 0, 1, 1]


def test_the_answered_part_beside_the_whole(scale):
    """Items 1 to 5: a adds up to its answers turned round, b (who has a score) to its own."""
    items, scores = asked([("x", "a", 42, FIVE), ("y", "b", 41, TEN)], scale)
    found = half_answered(items, scores, scale, 42, WINDOW)
    assert found.columns.tolist() == ["items_1_2_3_4_5"]
    lowest_plus_highest = sum(scale.item_range)
    turn = [item in scale.reversed_items for item in range(1, 6)]
    by_hand = [
        2 * sum(lowest_plus_highest - v if t else v for v, t in zip(row[:5], turn, strict=True))
        for row in (FIVE, TEN)
    ]
    assert any(turn) and not all(turn)
    assert found["items_1_2_3_4_5"].to_dict() == pytest.approx(
        dict(zip("ab", by_hand, strict=True))
    )


def test_fewer_than_half_say_nothing(scale):
    items, scores = asked([("x", "a", 42, [3, 2, 1, 0] + [None] * 6), ("y", "b", 41, TEN)], scale)
    assert half_answered(items, scores, scale, 42, WINDOW).empty


def test_who_has_a_score_needs_no_part(scale):
    """A half-answered one on day 42, a whole one on day 44: the whole one is the outcome."""
    items, scores = asked([("x", "a", 42, FIVE), ("z", "a", 44, TEN)], scale)
    assert half_answered(items, scores, scale, 42, WINDOW).empty


def test_outside_the_window_and_without_items(scale):
    items, scores = asked([("x", "a", 60, FIVE), ("y", "b", 41, TEN)], scale)
    assert half_answered(items, scores, scale, 42, WINDOW).empty
    assert half_answered(None, scores, scale, 42, WINDOW).empty


def test_each_pattern_is_its_own_column(scale):
    """c answered five others; nobody gets a value in a pattern that is not theirs."""
    others = [None] * 5 + [0, 1, 2, 3, 0]
    rows = [("x", "a", 42, FIVE), ("y", "b", 41, TEN), ("w", "c", 42, others)]
    found = half_answered(*asked(rows, scale), scale, 42, WINDOW)
    known = found.notna()
    assert found.shape == (3, 2)
    assert known.loc["b"].all() and known.loc["a"].sum() == 1 and known.loc["c"].sum() == 1
    assert (known.loc["a"] != known.loc["c"]).all()
