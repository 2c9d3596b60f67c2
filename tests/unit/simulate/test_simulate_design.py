"""The design calculation of docs/simulator.md: its formula, and the same by simulation."""

import numpy as np
import pytest
from scipy import stats
from test_simulate_truth import answer, fitted

from analysis.simulate import simulate_study

MARGIN = 1.32
OWN, SINGLE, SHARED = 22.0, 20.7, 1.38
SEEN = 0.95


def standard_error(sizes, individual):
    """Of the difference: each therapy group weighs m / (own + m shared) in the group arm's mean.

    With equal groups the group arm's variance is that of independent clients times
    1 + (m - 1) ICC (Roberts and Roberts 2005, doi 10.1191/1740774505cn076oa).
    """
    sizes = np.asarray(sizes, float)
    return np.sqrt(1 / (sizes / (OWN + sizes * SHARED)).sum() + SINGLE / individual)


def equivalence(se, groups, truth):
    """Chance that a 90% interval with groups - 1 degrees of freedom lies inside the margin."""
    half = stats.t.ppf(0.95, groups - 1) * se
    inside = stats.norm.cdf([(MARGIN - half - truth) / se, (half - MARGIN - truth) / se])
    return max(0.0, inside[0] - inside[1])


def test_formula_is_the_design_effect_where_groups_are_equal():
    clients, m = 712, 8
    icc = SHARED / (OWN + SHARED)
    by_hand = np.sqrt((OWN + SHARED) * (1 + (m - 1) * icc) / clients + SINGLE / clients)
    assert standard_error([m] * (clients // m), clients) == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize(
    ("sizes", "se", "chance"),
    [
        ([8] * 89, 0.275, 0.997),
        ([712 / 11] * 11, 0.431, 0.78),
        ([4] * 9 + [8] * 19 + [15] * 8 + [21] * 10 + [28] * 7, 0.302, 0.99),
    ],
)
def test_chances_as_documented(sizes, se, chance):
    found = standard_error(sizes, 712)
    assert found == pytest.approx(se, abs=0.002)
    assert equivalence(found, len(sizes), 0.08) == pytest.approx(chance, abs=0.01)


def test_fitted_standard_error_is_the_calculated_one(confounded, randomised, registry):
    for study in (confounded, randomised):
        members = study.tables["memberships"]
        first = study.tables["episodes"].query("episode_number == 1")["episode_id"]
        mine = members[members["primary"] & members["episode_id"].isin(first)]
        seen = 0.82  # with a score of the wave at day 42 itself, as `fitted` uses
        sizes = mine.groupby("group_id").size() * seen
        found = fitted(study, registry)["se"][1]
        assert found == pytest.approx(standard_error(sizes, (1500 - len(mine)) * seen), rel=0.25)


@pytest.mark.slow
def test_default_design_decides_and_covers(registry):
    wide, right, lower = [], [], []
    for seed in range(60):
        study = simulate_study(scenario="confounded", episodes=1500, seed=seed, registry=registry)
        fit = fitted(study, registry)
        truth = answer(study, "effectiveness", "difference")
        off, df = abs(fit["beta"][1] - truth), fit["groups"] - 1
        right.append(off < stats.t.ppf(0.975, df) * fit["se"][1])
        lower.append(fit["beta"][1] - stats.t.ppf(0.95, df) * fit["se"][1] > -MARGIN)
        wide.append(fit["beta"][1] - truth)
    assert np.mean(lower) > 0.9
    # Two Monte-Carlo errors below 95% for 60 programs.
    assert np.mean(right) >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 60)
    assert abs(np.mean(wide)) < 3 * np.std(wide) / np.sqrt(60)
