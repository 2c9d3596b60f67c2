"""What a result says: contrasts, intervals, means, degrees of freedom, and the boundary rule."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.unit.engine.simulated import M1, M2, endpoint, repeated

from analysis.engine import fit_mixed
from analysis.records.errors import ModelInputError

ROLES = {"group": "group", "participant": "id", "slope": "time"}


@pytest.fixture(scope="module")
def long():
    return fit_mixed(repeated(), M2, **ROLES)


def test_a_contrast_is_a_t_test_of_a_linear_function(long) -> None:
    found = long.contrast({"arm": 1.0, "arm:time": 3.0})
    row = np.array([{"arm": 1.0, "arm:time": 3.0}.get(name, 0.0) for name in long.names])
    se = np.sqrt(row @ long.cov.to_numpy() @ row)
    assert found.estimate == pytest.approx(row @ long.params.to_numpy())
    assert found.se == pytest.approx(se)
    assert found.df == pytest.approx(long.df(rows=row)[0])
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.t), found.df))
    half = stats.t.ppf(0.975, found.df) * se
    assert found.ci == pytest.approx((found.estimate - half, found.estimate + half))
    assert found == long.contrast(row)


def test_kenward_roger_widens_the_standard_error(long) -> None:
    plain, adjusted = long.contrast({"arm": 1}), long.contrast({"arm": 1}, df="kenward-roger")
    assert plain.se < adjusted.se < 1.1 * plain.se
    assert adjusted.estimate == plain.estimate


def test_intervals_follow_level_and_method(long) -> None:
    every = long.conf_int(0.9)
    one = long.contrast({"arm:time": 1.0}, level=0.9)
    assert tuple(every.loc["arm:time"]) == pytest.approx(one.ci)
    residual = long.conf_int(0.9, df="residual")
    assert (residual["upper"] - residual["lower"] <= every["upper"] - every["lower"]).all()


def test_marginal_means_are_averages_of_predictions(long) -> None:
    means = long.marginal_means({"arm": [0, 1], "time": [3.0]})
    frame = long.problem.design.frame
    for _, row in means.iterrows():
        moved = frame.assign(arm=int(row["arm"]), time=row["time"])
        assert row["mean"] == pytest.approx(long.predict(moved).mean())
    gap = long.contrast({"arm": 1.0, "arm:time": 3.0}).estimate
    assert means["mean"].diff().iloc[1] == pytest.approx(gap)


def test_names_of_variances_and_the_summary(long) -> None:
    assert list(long.varcomp.index) == [
        "residual",
        "participant.intercept",
        "participant.slope",
        "participant.correlation",
        "group.intercept",
        "group.slope",
        "group.correlation",
    ]
    parts = long.varcomp
    icc = (
        parts["group.intercept"]
        / parts[["group.intercept", "participant.intercept", "residual"]].sum()
    )
    assert long.icc == pytest.approx(icc)
    text = long.summary()
    assert "10 therapy groups" in text and "arm:time" in text and "group.slope" in text


def test_unknown_names_are_refused(long) -> None:
    with pytest.raises(ModelInputError, match="week"):
        long.contrast({"week": 1.0})
    with pytest.raises(ModelInputError, match="needs 7 weights"):
        long.contrast([1.0])
    with pytest.raises(ModelInputError, match="do not fit"):
        long.predict(long.problem.design.frame.drop(columns="arm"))


def test_rows_with_missing_values_are_dropped_and_counted() -> None:
    frame = endpoint()
    frame.loc[[3, 40], "y0"] = np.nan
    found = fit_mixed(frame, M1, group="group")
    whole = fit_mixed(frame.dropna(subset="y0"), M1, group="group")
    assert (found.n_dropped, found.n_obs) == (2, len(frame) - 2)
    assert found.reml_criterion == whole.reml_criterion


def test_one_row_a_participant_is_the_model_without_participants() -> None:
    frame = endpoint()
    with_id = fit_mixed(frame, M1, group="group", participant="id", residual_by="arm")
    without = fit_mixed(frame, M1, group="group", residual_by="arm")
    assert with_id.reml_criterion == without.reml_criterion
    assert list(with_id.varcomp.index) == ["residual[0]", "residual[1]", "group.intercept"]


def test_the_boundary_keeps_the_df_of_groups() -> None:
    """With a group variance of zero the df of the arm follow the groups, not the participants.

    For equal groups of m and one residual variance the rule is exact: with n0 participants alone
    and C groups, df = 2 v² / g'Wg for v = s² (1/n0 + 1/(C m)) and g = (1/n0 + 1/(C m), 1/C), where
    W inverts the information (df_w within and C - 1 between groups) at a group variance of zero.
    """
    groups, m, alone = 6, 10, 60
    frame = endpoint(groups=groups, alone=alone, between=0.0, seed=5)
    rng = np.random.default_rng(8)
    n = alone + groups * m
    frame = frame.iloc[:1].loc[np.zeros(n, dtype=int)].reset_index(drop=True)
    frame["arm"] = (np.arange(n) >= alone).astype(int)
    frame["group"] = np.where(frame["arm"] == 1, (np.arange(n) - alone) // m, np.nan)
    noise = rng.normal(size=n)
    inside = frame["group"].notna()
    noise[inside] -= noise[inside].reshape(groups, m).mean(axis=1).repeat(m)  # groups alike
    frame["y"] = noise + frame["arm"]
    found = fit_mixed(frame, "y ~ arm", group="group")
    assert found.boundary == ("group",) and found.varcomp["group.intercept"] == 0.0
    s2 = found.varcomp["residual"]
    within = (n - groups - 1) / s2**2  # information: sum of df_k (dV_k)² / V_k²
    between = (groups - 1) / s2**2 * np.array([[1, m], [m, m**2]])
    weight = 2 * np.linalg.inv(between + np.array([[within, 0], [0, 0]]))
    slope = np.array([1 / alone + 1 / (groups * m), 1 / groups])
    expected = 2 * (s2 * slope[0]) ** 2 / (slope @ weight @ slope)
    assert found.df()["arm"] == pytest.approx(expected, rel=1e-6)
    assert found.df()["arm"] < 4 * groups < found.df("residual")["arm"]
    assert found.gradient["group.intercept"] > 0


def test_an_optimum_from_scaled_data_is_the_same_optimum() -> None:
    frame = repeated()
    small = frame.assign(y=frame["y"] * 1e-4, time=frame["time"] * 365)
    ours, scaled = fit_mixed(frame, M2, **ROLES), fit_mixed(small, M2, **ROLES)
    np.testing.assert_allclose(
        scaled.params["arm:time"] * 1e4 * 365, ours.params["arm:time"], rtol=1e-5
    )
    np.testing.assert_allclose(scaled.df().to_numpy(), ours.df().to_numpy(), rtol=1e-4)
    np.testing.assert_allclose(
        scaled.varcomp["group.slope"] * 1e8 * 365**2, ours.varcomp["group.slope"], rtol=1e-4
    )


def test_pandas_types_do_not_matter() -> None:
    frame = repeated(people=80)
    plain = fit_mixed(frame, M2, **ROLES)
    nullable = fit_mixed(frame.convert_dtypes(), M2, **ROLES)
    named = frame.assign(
        id="p" + frame["id"].astype(str),
        group=frame["group"].map(lambda code: None if np.isnan(code) else f"g{code:.0f}"),
        condition=frame["condition"].astype("category"),
    )
    assert nullable.reml_criterion == plain.reml_criterion
    assert fit_mixed(named, M2, **ROLES).reml_criterion == pytest.approx(plain.reml_criterion)
    again = nullable.predict(frame.convert_dtypes())
    np.testing.assert_allclose(again, plain.predict(frame))
