"""Columns as codes: whole numbers, text and categories make the same factors and the same fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import build_problem, fit_mixed
from analysis.engine.levels import SWEEP, code_factor

ROLES = {"group": "group", "participant": "id", "slope": "time"}


@pytest.mark.parametrize(
    "values",
    [
        [3, 1, 2, 1, 3],
        [7, -5, 7, 0, -5, 2],
        [10**15, 3, 10**15, 4],
        [2.5, 1.0, 2.5],
        ["b", "a", "b"],
        np.array([250, 3, 250], dtype=np.uint8),
        np.array([127, -128, 127] * 30, dtype=np.int8),
        np.array([2**63 + 5, 2**63, 2**63 + 5], dtype=np.uint64),
    ],
    ids=["dense", "gaps", "far apart", "fractions", "text", "short", "whole byte", "huge"],
)
def test_every_row_is_coded_by_its_own_level(values: object) -> None:
    column = pd.Series(values)
    factor = code_factor(column)
    assert len(factor) == column.nunique()
    assert [factor.levels[code] for code in factor.codes] == column.tolist()
    assert (np.bincount(factor.codes, minlength=len(factor)) > 0).all()
    assert [column[row] for row in factor.first] == list(factor.levels)
    assert factor.first.tolist() == [column.tolist().index(level) for level in factor.levels]


@pytest.mark.parametrize(
    ("values", "constant"),
    [
        ([1.0, 0.0, 1.0, 0.0], True),
        ([1.0, 0.0, 0.0, 1.0], False),
        ([1.0, 0.0, 1.5, 0.0], False),
        ([129, 1, -127, 1], False),
        ([300.5, -7.0, 300.5, -7.0], True),
        ([np.nan, 2.0, np.nan, 2.0], False),
        (["a", "b", "a", "b"], True),
    ],
)
def test_a_constant_column_has_one_value_a_level(values: list[object], constant: bool) -> None:
    """129 and -127 are the same byte, 1 and 1.5 the same whole number; they are not the same."""
    factor = code_factor(pd.Series([4, 9, 4, 9]))
    assert factor.is_constant(np.array(values)) is constant


def test_a_column_that_changes_in_its_last_row_is_not_constant() -> None:
    factor = code_factor(pd.Series(np.arange(3 * SWEEP) % 7))
    column = np.sin(factor.codes)
    assert factor.is_constant(column)
    column[-1] += 1e-12
    assert not factor.is_constant(column)


def test_missing_values_have_no_level() -> None:
    assert code_factor(pd.Series(["a", None, "b"])).codes.tolist() == [0, -1, 1]


def test_a_level_that_loses_its_rows_is_no_column() -> None:
    """Text: the only rows of a fourth condition have no baseline."""
    frame = endpoint()
    rare = frame.index[:3]
    frame.loc[rare, "condition"] = "d"
    frame.loc[rare, "y0"] = np.nan
    found = fit_mixed(frame, M1, group="group")
    assert found.n_dropped == 3
    assert found.reml_criterion == fit_mixed(frame.drop(rare), M1, group="group").reml_criterion


def test_missing_text_drops_the_row() -> None:
    frame = endpoint()
    frame.loc[[5, 9], "condition"] = None
    assert build_problem(frame, M1, group="group").n_dropped == 2


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ arm * time + y0 + C(condition)",
        "y ~ arm * time + y0 + C(condition, contr.treatment('a'))",
        "y ~ arm * time + y0 + I(condition == 'b') + I(condition + 'x' == 'cx')",
    ],
)
def test_text_inside_a_call_stays_text(formula: str) -> None:
    frame = repeated(people=80)
    plain, called = fit_mixed(frame, M2, **ROLES), fit_mixed(frame, formula, **ROLES)
    assert called.reml_criterion == pytest.approx(plain.reml_criterion, abs=1e-7)


def test_new_rows_of_text_are_predicted_after_a_fit() -> None:
    frame = repeated(people=80)
    found = fit_mixed(frame, M2, **ROLES)
    one = found.predict(frame.loc[[3, 50], ["arm", "time", "y0", "condition"]])
    np.testing.assert_allclose(one, found.problem.X[[3, 50]] @ found.fit.beta)


def test_named_participants_and_groups_fit_as_numbered_ones() -> None:
    frame = repeated(people=80).sample(frac=1.0, random_state=2)
    named = frame.assign(
        id="p" + frame["id"].astype(str),
        group=frame["group"].map(lambda code: None if np.isnan(code) else f"g{code:.0f}"),
    )
    far = frame.assign(id=frame["id"] * 10**9)
    criterion = fit_mixed(frame, M2, **ROLES).reml_criterion
    assert fit_mixed(named, M2, **ROLES).reml_criterion == pytest.approx(criterion, abs=1e-8)
    assert fit_mixed(far, M2, **ROLES).reml_criterion == pytest.approx(criterion, abs=1e-8)
