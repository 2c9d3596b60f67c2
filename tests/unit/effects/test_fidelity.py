import numpy as np
import pandas as pd
import pytest

from analysis.effects.errors import TooFewGroupsError
from analysis.effects.fidelity import clustered_share, estimate_share


def test_by_hand():
    """Clusters with 2 of 2, 1 of 2, 0 of 2 inside: residual totals 1, 0, -1; 3/2 * 2 / 36."""
    found = clustered_share(np.array([1, 1, 1, 0, 0, 0.0]), np.array(list("aabbcc")))
    assert found["share"] == 0.5
    assert found["se"] == pytest.approx(np.sqrt(1.5 * 2) / 6)
    assert found["df"] == 2


def test_clopper_pearson_where_all_agree():
    """20 of 20: the exact 95% lower limit is 0.8316 (0.025 ** (1 / 20))."""
    found = clustered_share(np.ones(40), np.repeat(np.arange(20), 2))
    assert found["ci95"] == (pytest.approx(0.025 ** (1 / 20)), 1.0)
    none = clustered_share(np.zeros(40), np.repeat(np.arange(20), 2))
    assert none["ci95"] == (0.0, pytest.approx(1 - 0.025 ** (1 / 20)))


def test_one_cluster_is_refused():
    with pytest.raises(TooFewGroupsError):
        clustered_share(np.ones(5), np.zeros(5))


def test_coverage_with_clustered_units():
    """95% intervals hold the true share in 92 to 97 of 100 runs, 25 clusters, ICC near .1."""
    rng = np.random.default_rng(7)
    runs, clusters, size, share = 1500, 25, 12, 0.6
    held = 0
    for _ in range(runs):
        chance = rng.beta(share * 9, (1 - share) * 9, clusters)
        inside = rng.random((clusters, size)) < chance[:, None]
        low, high = clustered_share(
            inside.ravel().astype(float), np.repeat(np.arange(clusters), size)
        )["ci95"]
        held += low <= share <= high
    assert 0.92 < held / runs < 0.97


def test_window_is_inclusive_and_missing_units_are_counted():
    frame = pd.DataFrame({"minutes": [90.0, 120.0, 121.0, np.nan], "cluster": list("abab")})
    found = estimate_share(
        frame,
        "minutes",
        {"low": 90, "high": 120},
        claim="duration",
        part="held",
        cluster_unit="therapy group",
        unit_of_n="sessions",
        data_origin="real",
    )
    assert found.value == pytest.approx(2 / 3)
    assert (found.n_used, found.n_eligible, found.clusters) == (3, 4, 2)


def test_a_failure_is_recorded_with_its_name():
    frame = pd.DataFrame({"minutes": [90.0], "cluster": ["a"]})
    found = estimate_share(
        frame,
        "minutes",
        {"low": 90, "high": None},
        claim="duration",
        part="held",
        cluster_unit="therapy group",
        unit_of_n="sessions",
        data_origin="real",
    )
    assert found.status == "error"
    assert found.message.startswith("TooFewGroupsError")
