"""A group that is not known is not none: it is counted, shown and a group of one's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, endpoint, repeated

from analysis.engine import fit_mixed
from analysis.engine.clustering import separate_clusters
from analysis.records.errors import ModelInputError

FRAME = repeated(people=120, size=6, between=(1.2, 0.0), missing=0.0)
TABLE = FRAME.dropna(subset="group")[["id", "group"]].drop_duplicates().assign(weight=1.0)
ROLES = {"group": "group", "participant": "id", "grouped": "arm"}
LOST = TABLE["id"].iloc[::4]


def fitted(table, frame=FRAME, **more):
    return fit_mixed(frame, "y ~ arm + time + y0", membership=table, **{**ROLES, **more})


@pytest.mark.parametrize(
    "how",
    [
        lambda table: table[~table["id"].isin(LOST)],
        lambda table: table.assign(group=table["group"].where(~table["id"].isin(LOST))),
        lambda table: table.assign(
            group=table["group"].astype(str).where(~table["id"].isin(LOST), " ")
        ),
        lambda table: table.assign(
            group=table["group"].astype(str).where(~table["id"].isin(LOST), "None")
        ),
        lambda table: table.assign(weight=table["weight"].where(~table["id"].isin(LOST), 0.0)),
    ],
    ids=["no row", "no group", "a blank", "a word", "no weight"],
)
def test_unknown_memberships_are_counted_and_are_groups_of_one(how):
    found = fitted(how(TABLE))
    own = TABLE.assign(group=TABLE["group"].where(~TABLE["id"].isin(LOST), 1000 + TABLE["id"]))
    wanted = fitted(own)
    assert found.n_unknown == len(LOST)
    assert found.n_groups == TABLE.loc[~TABLE["id"].isin(LOST), "group"].nunique()
    assert separate_clusters(found.problem) == found.n_groups
    assert found.bse["arm"] == pytest.approx(wanted.bse["arm"], rel=1e-6)
    for said in (repr(found), found.summary()):
        assert f"{len(LOST)} participants whose membership is not known" in said
    none = FRAME.assign(arm_known=FRAME["arm"] * ~FRAME["id"].isin(LOST))
    as_none = fitted(TABLE[~TABLE["id"].isin(LOST)], none, grouped="arm_known")
    assert as_none.n_unknown == 0 and found.bse["arm"] != pytest.approx(
        as_none.bse["arm"], rel=1e-3
    )


def test_who_is_in_no_group_without_a_declaration_is_shown():
    found = fitted(TABLE, grouped=None)
    outside = FRAME.loc[FRAME["group"].isna(), "id"].nunique()
    assert found.n_unknown == 0
    assert f"{outside} outside the memberships taken as unexposed" in repr(found)
    assert "outside" not in repr(fitted(TABLE))


@pytest.mark.parametrize("turn", [str, lambda one: f"P{one}", lambda one: one + 100_000])
def test_ids_that_match_nothing_are_an_error_that_says_so(turn):
    with pytest.raises(ModelInputError, match=r"nobody of the data.*there and .* in the data"):
        fitted(TABLE.assign(id=TABLE["id"].map(turn)))


ONE = endpoint(groups=8, alone=48)


@pytest.mark.parametrize("label", ["", " ", "none", "No group", "0", "-", "n/a"])
def test_a_word_for_no_group_is_refused(label):
    named = ONE["group"].map("group {}".format).where(ONE["group"].notna(), label)
    with pytest.raises(ModelInputError, match="leave group missing"):
        fit_mixed(ONE.assign(group=named), M1, group="group")


@pytest.mark.parametrize(
    ("label", "rows"), [(0, 48), (-1, 48), (99, 48), ("controls", 48), (0, 9), (0.0, 9)]
)
def test_a_label_that_is_one_whole_arm_is_refused(label, rows):
    frame = endpoint(groups=8, alone=rows)
    known = frame["group"] + 1
    if isinstance(label, str):
        known = known.map("group {}".format)
    coded = frame.assign(group=known.where(frame["arm"] == 1, label))
    with pytest.raises(ModelInputError, match="everybody of one arm"):
        fit_mixed(coded, "y ~ arm + y0", group="group")
    declared = fit_mixed(coded.assign(z=1.0), "y ~ arm + y0", group="group", grouped="z")
    assert declared.n_groups == 9


def test_groups_that_only_look_like_it_are_fitted():
    assert fit_mixed(ONE, M1, group="group").n_groups == 8, "a group may be called 0"
    both = ONE.assign(group=ONE["group"].fillna(pd.Series(20 + np.arange(len(ONE)) // 12)))
    assert fit_mixed(both, M1, group="group").n_groups > 8
