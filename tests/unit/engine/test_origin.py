"""Where time or a covariate starts, and its unit, change no result, however a model is fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import (
    cluster_bootstrap,
    diagnose,
    fit_many,
    fit_mixed,
    leave_one_group_out,
    parametric_bootstrap,
    predict_effects,
    profile_interval,
    robust_mixed,
    variance_test,
)
from analysis.records.errors import RankDeficientError

LONG = repeated(people=48, size=4, between=(0.8, 0.4), irregular=True)
ONE = endpoint(groups=10, alone=60, between=0.6)
MOVES = [
    *((shift, 1.0) for shift in (200.0, -200.0, 5000.0, 10_000.0, -10_000.0)),
    *((0.0, scale) for scale in (1e-6, 1e-3, 1e3, 1e6)),
    (10_000.0, 1e-3),
    (-10_000.0, 1e6),
]
TABLE = LONG.loc[LONG["group"].notna(), ["id", "group"]].drop_duplicates().assign(weight=0.5)
BOTH = pd.concat([TABLE, TABLE.assign(group=(TABLE["group"] + 1) % 6)], ignore_index=True)
ROLES = {
    "nested": {"group": "group", "participant": "id", "slope": "time"},
    "two variances": {
        "group": "group",
        "participant": "id",
        "slope": "time",
        "residual_by": "arm",
        "participant_by": "arm",
    },
    "group intercept": {
        "group": "group",
        "participant": "id",
        "slope": "time",
        "group_slope": False,
    },
    "negative": {"group": "group", "participant": "id", "slope": "time", "negative_icc": True},
    "no groups": {"participant": "id", "slope": "time"},
    "membership": {"group": "group", "participant": "id", "slope": "time", "membership": BOTH},
    "therapist": {"group": "group", "participant": "id", "slope": "time", "therapist": "leader"},
}


def moved(frame: pd.DataFrame, column: str, shift: float, scale: float) -> pd.DataFrame:
    return frame.assign(**{column: frame[column] * scale + shift})


def rows(shift: float, scale: float) -> list[dict[str, float]]:
    """A difference in slopes, and one of means at a time, in the user's units."""
    late = 2.0 * scale + shift
    return [{"arm:time": scale}, {"arm": 1.0, "arm:time": late}, {"Intercept": 1.0, "time": late}]


def said(found, shift: float, scale: float, df: str = "satterthwaite") -> list[float]:
    each = [found.contrast(row, df=df) for row in rows(shift, scale)]
    return [value for one in each for value in (one.estimate, one.se, one.df, *one.ci)]


LED = LONG.assign(leader=LONG["id"] % 5)


@pytest.mark.parametrize("roles", ROLES.values(), ids=ROLES)
@pytest.mark.parametrize("formula", [M2, "y ~ arm * time + I(time**2) + y0"])
def test_time_may_start_anywhere_and_have_any_unit(roles, formula) -> None:
    plain = fit_mixed(LED, formula, **roles)
    for shift, scale in MOVES:
        if "I(" in formula and shift and scale < 1:
            continue  # the square itself has lost the digits before the engine sees it
        found = fit_mixed(moved(LED, "time", shift, scale), formula, **roles)
        if "I(" in formula:
            a, b = (one.params["arm:time"] for one in (found, plain))
            assert a * scale == pytest.approx(b, rel=1e-5, abs=1e-7), (shift, scale)
        else:
            np.testing.assert_allclose(
                said(found, shift, scale), said(plain, 0.0, 1.0), rtol=2e-5, atol=1e-7
            )
            np.testing.assert_allclose(
                said(found, shift, scale, "kenward-roger"),
                said(plain, 0.0, 1.0, "kenward-roger"),
                rtol=2e-5,
                atol=1e-7,
            )
        assert found.boundary == plain.boundary and found.converged
        slope = "group.slope" if "group.slope" in plain.varcomp else "participant.slope"
        if slope in plain.varcomp:
            assert found.varcomp[slope] * scale**2 == pytest.approx(plain.varcomp[slope], rel=1e-4)


@pytest.mark.parametrize(("shift", "scale"), MOVES)
def test_a_covariate_may_start_anywhere_and_have_any_unit(shift, scale) -> None:
    formula = "y ~ arm * y0 + condition"
    ways = [
        {"group": "group", "residual_by": "arm"},
        {"group": "group", "grouped": "exposure", "precision_weights": "weight"},
        {"group": "group", "negative_icc": True},
        {"group": "group", "sampling_weights": "weight"},
        {},
    ]
    for roles in ways:
        plain = fit_mixed(ONE, formula, **roles)
        found = fit_mixed(moved(ONE, "y0", shift, scale), formula, **roles)
        for here, there in (
            ({"arm:y0": 1.0}, {"arm:y0": scale}),
            ({"arm": 1.0}, {"arm": 1.0, "arm:y0": shift}),
        ):
            a, b = plain.contrast(here), found.contrast(there)
            np.testing.assert_allclose(
                [b.estimate, b.se, b.df], [a.estimate, a.se, a.df], rtol=2e-6, atol=1e-9
            )
        np.testing.assert_allclose(
            found.predict(moved(ONE, "y0", shift, scale))
            if hasattr(found, "predict")
            else found.params["condition[T.b]"],
            plain.predict(ONE) if hasattr(plain, "predict") else plain.params["condition[T.b]"],
            rtol=1e-6,
        )


@pytest.mark.parametrize(("shift", "scale"), [(5000.0, 1.0), (0.0, 1e6), (-10_000.0, 1e-3)])
def test_many_outcomes_and_bootstraps_move_with_the_covariate(shift, scale) -> None:
    outcomes = np.column_stack([ONE["y"], ONE["y"] + ONE["y0"] ** 2])
    far = moved(ONE, "y0", shift, scale)
    ways = {"group": "group", "residual_by": "arm"}
    plain, found = (fit_many(one, M1, outcomes, **ways) for one in (ONE, far))
    at = plain.names.index("y0")
    np.testing.assert_allclose(found.params[:, at] * scale, plain.params[:, at], rtol=1e-6)
    np.testing.assert_allclose(found.bse[:, at] * scale, plain.bse[:, at], rtol=1e-6)
    np.testing.assert_allclose(found.df[:, 1:], plain.df[:, 1:], rtol=1e-5)
    single = fit_mixed(far, M1, **ways)
    np.testing.assert_allclose(found.criterion[0], single.reml_criterion, rtol=1e-9)
    fits = fit_mixed(ONE, M1, **ways), single
    for draw in (parametric_bootstrap, cluster_bootstrap):
        one, other = (draw(fit, 20, seed=3) for fit in fits)
        np.testing.assert_allclose(other.params[:, at] * scale, one.params[:, at], rtol=1e-4)
        np.testing.assert_allclose(other.observed[1], one.observed[1], rtol=1e-6)


@pytest.mark.parametrize(("shift", "scale"), [(200.0, 1.0), (-10_000.0, 1.0), (5000.0, 1e-3)])
def test_checks_and_predictions_move_with_time(shift, scale) -> None:
    roles = ROLES["nested"]
    plain = fit_mixed(LONG, M2, **roles)
    far = moved(LONG, "time", shift, scale)
    found = fit_mixed(far, M2, **roles)
    one, other = predict_effects(plain), predict_effects(found)
    np.testing.assert_allclose(other.residual, one.residual, atol=1e-6)
    np.testing.assert_allclose(other.group[:, 1] * scale, one.group[:, 1], atol=1e-6)
    np.testing.assert_allclose(other.group @ [1, shift + 2 * scale], one.group @ [1, 2], atol=1e-6)
    row = {"arm:time": 1.0}
    for a, b in zip(diagnose(plain, row), diagnose(found, row), strict=True):
        assert (a.name, a.status) == (b.name, b.status)
        assert b.value == pytest.approx(a.value, rel=1e-4, abs=1e-4) or a.name == "optimum"
    at = plain.names.index("arm:time")
    a, b = (robust_mixed(fit.problem, fit.fit) for fit in (plain, found))
    assert b.cov[at, at] * scale**2 == pytest.approx(a.cov[at, at], rel=1e-5)
    unit = np.eye(len(plain.names))[at]
    assert b.df(unit) == pytest.approx(a.df(unit), rel=1e-5)
    np.testing.assert_allclose(
        leave_one_group_out(found)["arm:time"] * scale,
        leave_one_group_out(plain)["arm:time"],
        atol=1e-6,
    )
    for name in ("group.slope", "residual"):
        unit_of = scale**2 if "slope" in name else 1.0
        np.testing.assert_allclose(
            np.array(profile_interval(found, name)) * unit_of,
            profile_interval(plain, name),
            rtol=1e-3,
            atol=1e-6,
        )
    assert variance_test(found, "group").p == pytest.approx(variance_test(plain, "group").p)
    means = [
        fit.marginal_means({"time": [at]})["mean"][0]
        for fit, at in ((plain, 2.0), (found, 2.0 * scale + shift))
    ]
    assert means[1] == pytest.approx(means[0], rel=1e-8)


def test_what_is_about_time_zero_is_said_there() -> None:
    """The variance of an intercept is that at the user's time zero, wherever rows begin."""
    later = moved(LONG, "time", 1.0, 1.0)
    plain, found = fit_mixed(LONG, M2, **ROLES["nested"]), fit_mixed(later, M2, **ROLES["nested"])
    block = next(one for one in plain.fit.blocks if one.factor == "group")
    matrix = block.matrix(plain.problem.centring.theta(plain.fit.blocks, plain.fit.theta))
    before = np.array([1.0, -1.0])
    assert found.varcomp["group.intercept"] == pytest.approx(before @ matrix @ before, rel=1e-4)
    low, high = profile_interval(found, "group.intercept")
    assert low <= found.varcomp["group.intercept"] <= high


def test_columns_that_repeat_others_are_named_however_far_from_zero() -> None:
    for shift, scale in [(0.0, 1.0), *MOVES]:
        far = moved(ONE, "y0", shift, scale)
        for twin in (far["y0"] * 3, 2000 - far["y0"], far["y0"] + 7 * far["arm"]):
            with pytest.raises(RankDeficientError, match="twin"):
                fit_mixed(far.assign(twin=twin), "y ~ arm + y0 + twin", group="group")
