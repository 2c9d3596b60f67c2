"""The weekly course of hours and symptoms, by hand: nothing of a week's future is known in it."""

import pandas as pd
import pytest

from analysis.dose.errors import DoseUnknownError
from analysis.dose.history import weekly_history


def test_dose_is_the_mean_over_the_weeks_before_the_outcome_and_zero_after_discharge(by_hand):
    history = weekly_history(**by_hand)
    people = history.people.set_index("episode_id")
    assert list(people.index) == ["a", "b"]
    assert people.loc["a", ["group", "individual"]].tolist() == [6.0, pytest.approx(2 / 3)]
    assert people.loc["b", ["group", "individual"]].tolist() == [2.0, pytest.approx(2 / 3)]
    assert history.n_eligible == 4


def test_only_scores_up_to_the_first_day_of_a_week_are_known_in_it(by_hand):
    weeks = weekly_history(**by_hand).weeks
    a = weeks[weeks["person"].eq(0)].set_index("week")
    # day 8 is in week 1, so week 1 knows day 6; week 2 knows day 14, its own first day
    assert a["last"].tolist() == [0.0, -1.0, -6.0]
    assert a["before"].tolist() == [0.0, 0.0, -4.0]


def test_past_hours_are_those_before_the_week(by_hand):
    weeks = weekly_history(**by_hand).weeks
    a = weeks[weeks["person"].eq(0)].set_index("week")
    assert a["group_before"].tolist() == [0.0, 6.0, 4.0]
    assert a["group_mean"].tolist() == [0.0, 6.0, 5.0]
    assert a["individual_mean"].tolist() == [0.0, 1.0, 0.5]


def test_leaving_is_an_event_and_the_end_of_counting_is_not(by_hand):
    weeks = weekly_history(**by_hand).weeks
    assert weeks.loc[weeks["person"].eq(0), "ends"].tolist() == [0.0, 0.0, 0.0]
    assert weeks.loc[weeks["person"].eq(1), "ends"].tolist() == [0.0, 1.0]


def test_an_hour_not_written_down_and_an_unknown_end_leave_a_client_out(by_hand):
    known = by_hand | {"weeks": by_hand["weeks"].fillna({"individual_hours": 5.0})}
    assert list(weekly_history(**known).people["episode_id"]) == ["a", "b", "c"]
    ended = known | {"discharged": by_hand["discharged"].where(lambda one: one, True)}
    assert list(weekly_history(**ended).people["episode_id"]) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda w: w[w["arm"].eq("group")], "hours of arm 'individual' were not recorded"),
        (lambda w: w.assign(individual_hours=0.0), "no individual hours were recorded"),
    ],
)
def test_hours_that_were_not_recorded_are_named(by_hand, change, reason):
    with pytest.raises(DoseUnknownError, match=reason):
        weekly_history(**by_hand | {"weeks": change(by_hand["weeks"])})


def test_an_outcome_seen_early_ends_the_counting_early(by_hand):
    early = by_hand["outcome_day"].where(by_hand["outcome_day"].index != "a", 14)
    people = weekly_history(**by_hand | {"outcome_day": early.astype("Float64")}).people
    assert people.loc[people["episode_id"].eq("a"), "group"].item() == 5.0
    unseen = pd.Series(pd.NA, index=early.index, dtype="Float64")
    people = weekly_history(**by_hand | {"outcome_day": unseen}).people
    assert people.loc[people["episode_id"].eq("a"), "group"].item() == pytest.approx(27 / 6)
