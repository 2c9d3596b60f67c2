"""Specifications: what each choice does, which are right where the truth is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.adjust.contrasts import estimate
from analysis.records.errors import ModelInputError
from analysis.scrutiny.robustness import (
    clustered_as,
    in_window,
    naive_difference,
    specification_table,
)

DECLARED = [
    {"name": "as planned", "model": "weighted", "valid_for_estimand": True, "note": "decides"},
    {"name": "robust", "model": "doubly_robust", "valid_for_estimand": True},
    {"name": "mixed", "model": "mixed", "valid_for_estimand": False, "note": "another population"},
    {
        "name": "alone",
        "model": "weighted",
        "clustering": "none",
        "valid_for_estimand": False,
        "note": "known to be wrong",
    },
    {
        "name": "naive",
        "model": "naive",
        "valid_for_estimand": False,
        "note": "known to be wrong",
    },
]
NOTHING = pd.DataFrame(
    {"episode_id": pd.Series(dtype=str), "day": pd.Series(dtype=int), "score": [], "post": []}
)


def nobody_knows():
    raise ModelInputError("sessions and attendance were not recorded")


def table_of(
    comparison,
    declared=DECLARED,
    repeated=NOTHING,
    received=nobody_knows,
    therapists=None,
    **changes,
):
    deciding = replace(estimate(comparison)[0], **changes)
    table = specification_table(
        comparison, repeated, declared, deciding, received, lambda: therapists
    )
    return table, deciding


def test_naive_is_biased_as_designed_and_the_weighted_ones_hold_the_truth(comparison_of, study):
    table, deciding = table_of(comparison_of(study))
    rows = table.set_index("name")
    for name in ("as planned", "robust", "mixed"):
        assert rows.loc[name, "ci95_low"] < 0 < rows.loc[name, "ci95_high"]
    assert rows.loc["naive", "ci95_low"] > 2
    assert rows.loc["as planned", "value"] == deciding.value
    assert rows.loc["alone", "value"] == deciding.value
    assert rows.loc["alone", "df"] > rows.loc["as planned", "df"]
    assert list(rows["valid_for_estimand"]) == [True, True, False, False, False]


@pytest.mark.parametrize("status", ["withheld", "error"])
def test_without_the_deciding_estimate_no_specification_has_a_number(comparison_of, study, status):
    gone = {"status": status, "value": None, "se": None, "ci90": None, "ci95": None}
    table, _ = table_of(comparison_of(study), **gone, message="The arms hardly overlap.")
    assert set(table["status"]) == {status}
    assert table[["value", "ci90_low", "ci95_high"]].isna().all().all()
    assert set(table["message"]) == {"The arms hardly overlap."}


def test_an_unknown_choice_is_refused(comparison_of, study):
    declared = [{**DECLARED[0], "weights": "overlap"}]
    with pytest.raises(ModelInputError, match=r"as planned.*weights 'overlap'"):
        table_of(comparison_of(study), declared)


def test_naive_is_welch_s_test(comparison_of):
    rows = {"arm": ["group"] * 3 + ["individual"] * 4, "outcome": [1.0, 2, 6, 3, 5, 9, 11]}
    frame = pd.DataFrame(rows).assign(episode_id=list("abcdefg"), baseline=1.0, cluster=None)
    effect = naive_difference(frame, comparison_of(frame))
    welch = stats.ttest_ind([1, 2, 6], [3, 5, 9, 11], equal_var=False)
    bounds = welch.confidence_interval(0.90)
    assert effect.value == pytest.approx(4.0)
    assert effect.df == pytest.approx(welch.df)
    assert effect.ci90 == pytest.approx((-bounds.high, -bounds.low))


def test_another_window_takes_the_nearest_score_the_earlier_of_two():
    frame = pd.DataFrame({"episode_id": ["a", "b", "c"], "outcome": [1.0, 2.0, 3.0]})
    rows = [("a", 40, 7.0), ("a", 44, 8.0), ("a", 30, 1.0), ("b", 60, 5.0), ("b", -3, 6.0)]
    repeated = pd.DataFrame(rows, columns=["episode_id", "day", "score"])
    repeated["post"] = repeated["day"] > 3
    found = in_window(frame, repeated, 42, [35, 49])
    assert found["outcome"].tolist()[0] == 7.0
    assert found["outcome"].isna().tolist() == [False, True, True]
    assert in_window(frame, repeated, 42, [28, 63])["outcome"].tolist()[1] == 5.0


def test_made_up_groups_are_dealt_to_the_arm_without_groups(comparison_of, study):
    contrast = comparison_of(study).contrast
    frame, changed = clustered_as(study, contrast, "pseudo")
    alone = study["arm"].eq("individual")
    assert changed.clusters == {"group": "therapy_group", "individual": "therapy_group"}
    assert frame.loc[~alone, "cluster"].equals(study.loc[~alone, "cluster"])
    sizes = frame.loc[alone, "cluster"].value_counts()
    assert sizes.iloc[:-1].eq(8).all() and sizes.sum() == alone.sum()
    assert study.loc[alone, "cluster"].isna().all()
    same, independent = clustered_as(study, contrast, "none")
    assert same is study and set(independent.clusters.values()) == {"none"}


def test_the_same_seed_deals_the_same_groups(comparison_of, study):
    contrast = comparison_of(study).contrast
    first, second = (clustered_as(study, contrast, "pseudo")[0]["cluster"] for _ in range(2))
    assert np.array_equal(first.fillna(""), second.fillna(""))
