"""Instruments are tested against the data: impossible answers stop, unlikely ones are shown."""

import numpy as np
import pandas as pd
import pytest

from analysis.measures.item_tests import cronbach_alpha, instrument_doubts
from analysis.measures.scoring import score_assessments
from analysis.study.problems import StudyError, StudyWarning

CONFIG = {"tables": {"assessments": "in/a.csv", "items": "in/i.csv"}, "columns": {}}


@pytest.fixture
def answered(table, registry):
    """Answers of n people to one instrument, as they would tick them; items share one factor."""

    def make(name, n=120, strength=1.0, seed=1, wave="baseline"):
        one = registry[name]
        rng = np.random.default_rng(seed)
        factor = rng.normal(size=(n, 1))
        low, high = one.item_range
        signs = np.array([-1 if item in one.reversed_items else 1 for item in one.scored_items])
        raw = strength * factor * signs + rng.normal(size=(n, len(signs)))
        ticks = np.clip(np.round((low + high) / 2 + raw), low, high)
        names = [f"{wave}{place}" for place in range(n)]
        rows = [
            {"assessment_id": one_name, "episode_id": f"e{place}", "instrument": name, "day": 0}
            | {"wave": wave, "rater": "self"}
            for place, one_name in enumerate(names)
        ]
        items = [
            {"assessment_id": one_name, "item": item, "value": ticks[place, at]}
            for place, one_name in enumerate(names)
            for at, item in enumerate(one.scored_items)
        ]
        return {"assessments": table("assessments", rows), "items": table("items", items)}

    return make


def checks(tables, registry):
    return {one.check: one for one in instrument_doubts(tables, registry, CONFIG)}


def turn(tables, instrument, where=None):
    """Turn the reversed items round before export, in some assessments or in all."""
    items = tables["items"]
    rows = items["item"].isin(instrument.reversed_items)
    rows &= True if where is None else items["assessment_id"].str.startswith(where)
    value = items["value"].mask(rows, sum(instrument.item_range) - items["value"])
    return {**tables, "items": items.assign(value=value)}


@pytest.mark.parametrize("name", ["RSES", "PSS-10", "PHQ-9", "GAD-7", "CORE-10"])
def test_sound_answers_raise_no_doubt_but_perhaps_of_alpha(answered, registry, name):
    assert set(checks(answered(name, strength=1.5), registry)) <= {"alpha"}


@pytest.mark.parametrize("name", ["RSES", "PSS-10", "CORE-10"])
def test_items_turned_before_export_are_noticed_with_the_sum_both_ways(answered, registry, name):
    tables = turn(answered(name), registry[name])
    found = checks(tables, registry)["items_turned"]
    assert found.severity == "doubt" and found.file == "in/i.csv"
    right = score_assessments(turn(tables, registry[name]), registry)["score"].mean()
    wrong = score_assessments(tables, registry)["score"].mean()
    assert f"{wrong:.1f} as scored, {right:.1f} unturned" in found.found
    assert "items_against" not in checks(tables, registry)


def test_items_turned_in_one_wave_only_are_noticed_there(answered, registry):
    first, second = answered("RSES"), answered("RSES", wave="week 6", seed=2)
    both = {name: pd.concat([first[name], second[name]], ignore_index=True) for name in first}
    found = checks(turn(both, registry["RSES"], "week"), registry)["items_turned"]
    assert len(found.rows) == found.of // 2 == 1200


def test_one_extreme_answer_to_all_items_is_noticed_in_a_single_assessment(answered, registry):
    tables = answered("RSES", n=1)
    tables["items"]["value"] = 3.0
    with pytest.warns(StudyWarning, match="one extreme answer"):
        score_assessments(tables, registry)
    found = checks(tables, registry)["items_all_alike"]
    assert "15.0 as scored, 30.0 unturned" in found.found


@pytest.mark.parametrize("shift", [1, -1, 3])
def test_answers_beside_the_range_stop_with_the_shift_as_remedy(answered, registry, shift):
    tables = answered("PHQ-9")
    tables["items"]["value"] += shift
    with pytest.raises(StudyError) as caught:
        score_assessments(tables, registry)
    verb = f"Subtract {shift} from" if shift > 0 else f"Add {-shift} to"
    assert [one.remedy for one in caught.value.problems] == [f"{verb} every answer."]


def test_a_code_among_the_answers_is_no_shift(answered, registry):
    tables = answered("PHQ-9")
    tables["items"].loc[3, "value"] = 9.0
    with pytest.raises(StudyError) as caught:
        score_assessments(tables, registry)
    assert "missing-value codes" in caught.value.problems[0].remedy


def test_a_lowest_answer_that_nobody_gives_is_noticed(answered, registry):
    tables = answered("PHQ-9")
    tables["items"]["value"] = tables["items"]["value"].clip(upper=2) + 1
    found = checks(tables, registry)["items_shifted"]
    here = score_assessments(tables, registry)["score"].mean()
    assert f"{here:.1f} as scored, {here - 9:.1f}" in found.found


def test_an_item_against_the_others_is_named(answered, registry):
    tables = answered("PHQ-9")
    item = tables["items"]["item"].eq(4)
    tables["items"]["value"] = tables["items"]["value"].mask(item, 3 - tables["items"]["value"])
    assert checks(tables, registry)["items_against"].found.endswith(": 4")


def test_an_alpha_far_from_the_published_one_is_noticed(answered, registry):
    assert "alpha" in checks(answered("PHQ-9", strength=0.3), registry)
    assert "alpha" not in checks(answered("PHQ-9", strength=1.3), registry)


def test_alpha_of_a_hand_worked_case():
    # variances 1, 4 and of the sum 9: 2 / 1 * (1 - 5 / 9) = 8 / 9
    scored = pd.DataFrame({1: [1.0, 2.0, 3.0], 2: [2.0, 4.0, 6.0]})
    alpha, low, high = cronbach_alpha(scored)
    assert alpha == pytest.approx(8 / 9)
    assert low < alpha < high
    assert np.isnan(cronbach_alpha(scored * 0)[0])


@pytest.mark.parametrize(
    ("score", "check"),
    [
        (lambda n: np.linspace(0, 2.9, n), "totals_like_means"),
        (lambda n: np.linspace(0.01, 0.99, n), "totals_like_means"),
        (lambda n: 9 + np.arange(n) % 18, "totals_shifted"),
        (lambda n: np.arange(n) % 27, None),
    ],
)
def test_totals_on_another_scale_are_noticed(table, registry, score, check):
    rows = [
        {"assessment_id": f"a{place}", "episode_id": "e1", "instrument": "PHQ-9", "score": value}
        for place, value in enumerate(score(120))
    ]
    found = checks({"assessments": table("assessments", rows)}, registry)
    assert set(found) == ({check} if check else set())


@pytest.mark.parametrize(
    ("given", "total", "sound"),
    [
        ([3] * 9, 27, True),
        ([3] * 9, 26, False),
        ([3] * 7, 27, True),  # two unanswered items may have added 0 to 6
        ([3] * 7, 20, False),
        ([3] * 7, 28, False),
        ([0] * 5, 13, False),
    ],
)
def test_a_total_that_no_answers_allow_is_refused(table, registry, given, total, sound):
    row = {"assessment_id": "a1", "episode_id": "e1", "instrument": "PHQ-9", "score": total}
    items = [{"assessment_id": "a1", "item": i, "value": v} for i, v in enumerate(given, 1)]
    tables = {"assessments": table("assessments", [row]), "items": table("items", items)}
    if sound:
        score_assessments(tables, registry)
    else:
        with pytest.raises(StudyError):
            score_assessments(tables, registry)
