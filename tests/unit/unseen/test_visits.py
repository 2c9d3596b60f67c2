import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.records.errors import ModelInputError
from analysis.unseen import symptom_driven_visits


def planned(effect, delay, seed=2, n=600):
    """Three waves; `effect` on the log odds of being seen, `delay` days late, per SD worse."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"episode_id": np.repeat(np.arange(n), 3), "wave": ["a", "b", "c"] * n})
    rows["arm"] = np.where(rows["episode_id"] % 2, "group", "individual")
    group = "g" + (rows["episode_id"] // 16).astype(str)
    rows["cluster"] = group.where(rows["arm"] == "group", None)
    worse = rng.normal(size=3 * n)
    rows["last"] = 15 + 5 * worse
    rows["seen"] = rng.random(3 * n) < 1 / (1 + np.exp(-1.5 - effect * worse))
    late = rows["wave"].map({"a": 7, "b": 14, "c": 28}) + rng.normal(0, 2, 3 * n) + delay * worse
    rows["day"] = late.where(rows["seen"])
    return rows


def test_planted_effects_are_found():
    table = symptom_driven_visits(planned(-0.6, 0.8), -1).table.set_index("question")
    assert table.loc["whether", "low"] < -0.6 < table.loc["whether", "high"] < 0
    assert 0 < table.loc["when", "low"] < 0.8 < table.loc["when", "high"]
    assert table.loc["whether", "rows"] == 1800


def test_direction_follows_the_scale():
    rows = planned(-0.6, 0.8)
    lower, higher = (symptom_driven_visits(rows, sign).table["value"] for sign in (-1, 1))
    assert lower.to_numpy() == pytest.approx(-higher.to_numpy())


def test_logistic_model_equals_statsmodels():
    """Coefficient and clustered error of statsmodels' GLM, whose factor is G/(G-1) (n-1)/(n-p)."""
    rows = planned(-0.3, 0.0)
    found = symptom_driven_visits(rows, -1).table.set_index("question").loc["whether"]
    levels = pd.get_dummies(rows[["arm", "wave"]], drop_first=True, dtype=float)
    worse = (rows["last"] - rows["last"].mean()) / rows["last"].std()
    x = np.column_stack([np.ones(len(rows)), worse, levels])
    unit = rows["cluster"].fillna("e" + rows["episode_id"].astype(str))
    known = sm.GLM(rows["seen"].astype(float), x, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(unit)[0]}
    )
    n, p = x.shape
    assert found["value"] == pytest.approx(known.params.iloc[1], rel=1e-6)
    assert found["se"] * np.sqrt((n - 1) / (n - p)) == pytest.approx(known.bse.iloc[1], rel=1e-4)


def test_full_attendance_is_refused():
    with pytest.raises(ModelInputError):
        symptom_driven_visits(planned(0, 0).assign(seen=True), -1)
