"""Bad input gets a named error that says what is wrong and holds no participant's value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import fit_mixed, optimum
from analysis.records.errors import (
    ConvergenceError,
    ModelInputError,
    RankDeficientError,
    TooFewGroupsError,
)

FRAME = endpoint(groups=6, alone=30)
LONG = repeated(people=48)


def fails(error: type[Exception], match: str, data: pd.DataFrame, formula: str = M1, **roles):
    with pytest.raises(error, match=match):
        fit_mixed(data, formula, **({"group": "group"} | roles))


def test_missing_columns() -> None:
    fails(ModelInputError, "no column phq9", FRAME, "phq9 ~ arm")
    fails(ModelInputError, "no column age", FRAME, "y ~ arm + age")
    fails(ModelInputError, "no column site", FRAME, group="site")
    fails(ModelInputError, "cannot be read", FRAME, "y ~ arm +* y0")
    fails(ModelInputError, "one outcome", FRAME, "~ arm")


def test_an_arm_declared_grouped_needs_groups() -> None:
    declared = FRAME.assign(grouped=1)
    fails(ModelInputError, "needs its therapy groups", declared, grouped="grouped")
    fails(ModelInputError, r"in \[0, 1\]", FRAME.assign(z=2.0), grouped="z")
    fails(ModelInputError, "no row has a therapy group", FRAME.assign(group=np.nan))
    with pytest.raises(ModelInputError, match="no group column"):
        fit_mixed(FRAME, M1, grouped="exposure")


def test_too_few_groups() -> None:
    one = FRAME.assign(group=np.where(FRAME["group"].isna(), np.nan, 1))
    fails(TooFewGroupsError, "one therapy group only", one)
    single = FRAME.assign(group=np.where(FRAME["group"].isna(), np.nan, FRAME["id"]))
    fails(TooFewGroupsError, "one participant", single)
    people = LONG.assign(group=np.where(LONG["group"].isna(), np.nan, LONG["id"]))
    fails(TooFewGroupsError, "one participant", people, M2, participant="id", slope="time")


def test_rank_deficient_fixed_effects_are_named() -> None:
    twin = FRAME.assign(twin=2 * FRAME["y0"] + 1)
    fails(RankDeficientError, "twin", twin, "y ~ arm + y0 + twin")
    fails(RankDeficientError, "zero", FRAME.assign(zero=0.0), "y ~ arm + zero")


def test_outcomes_and_covariates() -> None:
    fails(ModelInputError, "missing in every row", FRAME.assign(y=np.nan))
    fails(
        ModelInputError, "y has infinite", FRAME.assign(y=FRAME["y"].where(FRAME.id != 3, np.inf))
    )
    fails(ModelInputError, "y0 has infinite", FRAME.assign(y0=-np.inf))
    fails(ModelInputError, "not numeric", FRAME.assign(y="high"))
    fails(ModelInputError, "missing or infinite", FRAME.assign(y0=-1.0), "y ~ arm + np.log(y0)")
    fails(ModelInputError, "no rows", FRAME.iloc[:0])
    fails(ModelInputError, "must be positive", FRAME.assign(weight=0.0), precision_weights="weight")


def test_outcomes_that_cannot_be_modelled() -> None:
    fails(ModelInputError, "no variation", FRAME.assign(y=5.0))
    fails(ModelInputError, "no variation", FRAME.assign(y=2 * FRAME["arm"]))
    fails(ModelInputError, "take a constant off", FRAME.assign(y=FRAME["y"] + 1e7))


def test_participants_in_two_groups_need_weights() -> None:
    moved = LONG.copy()
    first = moved.index[moved["group"] == 1][0]
    moved.loc[first, "group"] = 2
    fails(ModelInputError, "two therapy groups", moved, M2, participant="id", slope="time")


def test_roles_that_do_not_fit_together() -> None:
    fails(ModelInputError, "needs participant", FRAME, participant_by="arm")
    fails(ModelInputError, "name its columns", FRAME, membership=pd.DataFrame())
    with pytest.raises(ModelInputError, match="slope needs"):
        fit_mixed(LONG, M2, slope="time")
    fails(
        ModelInputError,
        "different models",
        FRAME,
        precision_weights="weight",
        sampling_weights="weight",
    )


def test_no_convergence_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "MAX_EVALUATIONS", 2)
    fails(ConvergenceError, "no optimum", LONG, M2, participant="id", slope="time")


def test_messages_hold_no_values() -> None:
    secret = FRAME.assign(y=FRAME["y"].where(FRAME.id != 3, np.inf), group="patient-4711")
    with pytest.raises(ModelInputError) as caught:
        fit_mixed(secret, M1, group="group")
    assert "4711" not in str(caught.value) and "inf " not in str(caught.value)


def test_a_dependent_level_is_not_said_only_its_column() -> None:
    levels = FRAME.assign(ward=np.where(FRAME["condition"] == "b", "Z-4711 [T.x]:y", "else"))
    with pytest.raises(RankDeficientError) as caught:
        fit_mixed(levels, "y ~ arm * condition + ward", group="group")
    assert "ward add nothing" in str(caught.value) and "4711" not in str(caught.value)
