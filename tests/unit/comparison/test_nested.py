"""`compare`: sign, sample, failures and agreement with the oracle and plain regression."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, Outcome
from analysis.records.effect import Effect

CONTRAST = Contrast("format", "group", "individual", {"group": "therapy_group"}, "randomised")


def outcome(toward_better=-1):
    return Outcome("depression", "PHQ-9", "day 42", 42, "PHQ-9 points", toward_better, 5.5)


def people(seed=3, groups=20, size=7, effect=-1.0, tau=1.0, missing=0.1):
    rng = np.random.default_rng(seed)
    n = groups * size
    arm = np.repeat(["group", "individual"], n)
    cluster = np.array(
        [*np.repeat([f"g{k}" for k in range(groups)], size), *[None] * n], dtype=object
    )
    shared = np.r_[np.repeat(rng.normal(0, tau, groups), size), np.zeros(n)]
    baseline = rng.normal(15, 5, 2 * n)
    y = 5 + 0.4 * baseline + effect * (arm == "group") + shared + rng.normal(0, 4, 2 * n)
    y[rng.random(2 * n) < missing] = np.nan
    return pd.DataFrame(
        {
            "episode_id": [f"e{k}" for k in range(2 * n)], "arm": arm, "cluster": cluster,
            "baseline": baseline, "outcome": y, "site id": rng.choice(["a", "b"], 2 * n),
        }
    )  # fmt: skip


def test_positive_means_the_comparison_arm_is_better():
    """A fall of a symptom score in the group arm is positive; on a scale of well-being negative."""
    frame = people(effect=-3.0)
    falls = compare(frame, CONTRAST, outcome(-1))
    rises = compare(frame, CONTRAST, outcome(1))
    assert falls.value > 1
    assert rises.value == pytest.approx(-falls.value)
    assert falls.standardised == pytest.approx(falls.value / 5.5)


def test_n_used_of_n_eligible_and_the_clusters_are_stated():
    frame = people()
    found = compare(frame, CONTRAST, outcome())
    assert found.n_eligible == len(frame)
    assert found.n_used == frame["outcome"].notna().sum()
    assert (found.clusters, found.cluster_unit) == (20, "therapy group")
    assert found.icc > 0


def test_without_clusters_it_is_welchs_ancova():
    """One residual variance an arm and no cluster: near plain ANCOVA with robust errors."""
    frame = people(tau=0.0, missing=0.0)
    alone = Contrast("format", "group", "individual", {}, "randomised")
    found = compare(frame, alone, outcome(1))
    plain = smf.ols("outcome ~ (arm == 'group') + baseline", frame).fit(cov_type="HC3")
    name = next(one for one in plain.params.index if "arm" in one)
    assert found.value == pytest.approx(plain.params[name], abs=0.02)
    assert found.se == pytest.approx(plain.bse[name], rel=0.05)
    assert found.icc is None and found.clusters is None


def test_clustering_widens_the_interval_and_bounds_its_df():
    frame = people(tau=2.5, missing=0.0)
    with_groups = compare(frame, CONTRAST, outcome())
    without = compare(frame, Contrast("format", "group", "individual", {}, "randomised"), outcome())
    assert with_groups.se > 1.2 * without.se
    assert with_groups.df < 60 < without.df


def test_an_arm_without_outcomes_is_withheld_and_nothing_is_raised():
    frame = people()
    frame.loc[frame["arm"] == "individual", "outcome"] = np.nan
    found = compare(frame, CONTRAST, outcome())
    assert found.status == "withheld"
    assert found.diagnostics[-1].name == "too_few_data" and "individual" in found.message
    assert found.value is None and found.ci95 is None


def test_repeated_measures_recover_a_planted_difference_at_the_day():
    rng = np.random.default_rng(11)
    groups, size, days = 24, 6, [7, 14, 21, 28, 35, 42]
    rows = []
    for arm in ("group", "individual"):
        for k in range(groups * size):
            slope, start = rng.normal(0, 1), rng.normal(0, 2)
            cluster = f"g{k // size}" if arm == "group" else None
            baseline = rng.normal(15, 4)
            for day in days:
                t = day / 42
                y = baseline - 5 * t - 2.0 * t * (arm == "group") + start + slope * t
                rows.append((f"{arm}{k}", arm, cluster, baseline, day, y + rng.normal(0, 1.5)))
    columns = ["episode_id", "arm", "cluster", "baseline", "day", "outcome"]
    found = compare(pd.DataFrame(rows, columns=columns), CONTRAST, outcome(), model="repeated")
    assert found.status == "ok"
    low, high = found.ci95
    assert low < 2.0 < high
    assert found.n_used == found.n_eligible == 2 * groups * size


def test_json_round_trip():
    found = compare(people(), CONTRAST, outcome())
    assert Effect.from_json(found.to_json()) == found
