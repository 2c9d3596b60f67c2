"""What an analyst types: a slip is refused with a name, and never answered or echoed with rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import fit_many, fit_mixed, profile_interval, variance_test
from analysis.records.errors import ModelInputError

SECRET = "Rosalind-4711"
FRAME = endpoint(groups=6, alone=30).assign(
    **{"age band": lambda rows: np.where(rows["id"] % 3, "young", "old")},
    site=lambda rows: rows["id"] % 5,
    name=SECRET,
)


@pytest.fixture(scope="module")
def found():
    return fit_mixed(FRAME, M1 + " + `age band` + C(site)", group="group")


@pytest.mark.parametrize(
    ("at", "word"),
    [
        ({"condition": ["d"]}, "condition"),
        ({"age band": ["Young"]}, "age band"),
        ({"site": [7]}, "site"),
        ({"site": ["1"]}, "site"),
        ({"arms": [0, 1]}, "arms"),
        ({"group": [1]}, "group"),
        ({"y": [1]}, "no column y"),
        ({"condition": "abc"}, "list of values"),
        ({"arm": 1}, "list of values"),
        ({"y0": ["high"]}, "y0"),
        ({"condition": [None]}, "missing"),
        ({"y0": [np.nan]}, "missing"),
        (["arm"], "mapping"),
    ],
)
def test_means_at_what_the_model_does_not_know_are_refused(found, at, word):
    with pytest.raises(ModelInputError, match=word):
        found.marginal_means(at)


def test_predictions_of_rows_that_do_not_fit_are_refused(found):
    for change, word in (
        ({"condition": "d"}, "condition"),
        ({"age band": "middle"}, "age band"),
        ({"site": 9}, "site"),
        ({"y0": "high"}, "y0"),
    ):
        with pytest.raises(ModelInputError, match=word):
            found.predict(FRAME.assign(**change))
    with pytest.raises(ModelInputError, match="age band"):
        found.predict(FRAME.drop(columns="age band"))


def test_a_row_with_a_gap_has_no_prediction_and_keeps_its_place(found):
    gaps = FRAME.copy()
    gaps.loc[2, "condition"], gaps.loc[5, "y0"] = None, np.nan
    here, whole = found.predict(gaps), found.predict(FRAME)
    assert np.flatnonzero(np.isnan(here)).tolist() == [2, 5]
    np.testing.assert_allclose(np.delete(here, [2, 5]), np.delete(whole, [2, 5]))


def test_swapped_arguments_name_a_type_and_no_row(found):
    slips = [
        lambda: fit_mixed(M1, FRAME),
        lambda: fit_mixed(FRAME, FRAME["name"]),
        lambda: fit_mixed(FRAME, M1, group=FRAME["name"]),
        lambda: fit_mixed(FRAME, M1, group="group", participant="id", membership="name"),
        lambda: fit_many(FRAME, M1, FRAME),
        lambda: fit_many(M1, FRAME, np.ones((3, 2))),
        lambda: found.contrast(FRAME),
        lambda: found.contrast(FRAME["name"]),
        lambda: found.predict(FRAME["name"]),
        lambda: found.marginal_means(FRAME),
        lambda: profile_interval(found, FRAME),
        lambda: profile_interval("group.intercept", found),
        lambda: variance_test(found, FRAME["name"]),
        lambda: found.df(FRAME),
        lambda: found.conf_int(df=FRAME),
        lambda: found.contrast({"arm": 1.0}, df=FRAME),
    ]
    for slip in slips:
        with pytest.raises(ModelInputError) as caught:
            slip()
        told = "".join(map(str, (caught.value, caught.value.__cause__)))
        assert SECRET not in told and len(told) < 200 and "\n" not in told


def test_a_result_is_shown_in_a_line(found):
    many = fit_many(FRAME, M1, np.column_stack([FRAME["y"]] * 3), group="group")
    weighted = fit_mixed(FRAME, M1, group="group", sampling_weights="weight")
    growth = fit_mixed(repeated(people=48), M2, group="group", participant="id", slope="time")
    for one in (found, many, weighted, growth, found.problem, found.fit, found.moments):
        said = repr(one)
        assert len(said) < 600 and "\n" not in said and SECRET not in said, type(one)
    assert f"{len(FRAME)} rows" in repr(found)
    assert not pd.Series([repr(found)]).str.contains("array").any()
