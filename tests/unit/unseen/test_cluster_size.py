import numpy as np
import pandas as pd
import pytest

from analysis.unseen import compare_cluster_size


def trial(sizes, levels, seed=0, noise=0.01):
    """A group arm whose groups of `sizes` score `levels`; an individual arm that scores 0."""
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    frame = pd.DataFrame(
        {
            "arm": np.repeat(["group", "individual"], n),
            "cluster": np.r_[np.repeat([f"g{k}" for k in range(len(sizes))], sizes), [None] * n],
            "outcome": np.r_[np.repeat(levels, sizes), np.zeros(n)].astype(float),
            "episode_id": range(2 * n),
        }
    )
    frame["outcome"] += noise * rng.normal(size=2 * n)
    return frame.assign(baseline=rng.normal(size=2 * n))


def test_two_averages_by_hand(nested_contrast, symptom):
    """Ten groups of 2 at 0, ten of 6 at 8: participants average 6, groups 4 (lower is better)."""
    frame = trial([2] * 10 + [6] * 10, [0.0] * 10 + [8.0] * 10)
    people, groups = compare_cluster_size(frame, nested_contrast, symptom)
    assert people.id.endswith(".participant_average") and groups.id.endswith(".cluster_average")
    assert people.value == pytest.approx(-6, abs=0.3)
    assert groups.value == pytest.approx(-4, abs=0.3)
    found = groups.diagnostics[0]
    assert found.value == pytest.approx(groups.value - people.value, abs=1e-9)
    assert found.status == "warn"


def test_groups_of_one_size_give_one_answer(nested_contrast, symptom):
    rng = np.random.default_rng(1)
    frame = trial([5] * 12, rng.normal(size=12), noise=1.0)
    people, groups = compare_cluster_size(frame, nested_contrast, symptom)
    # Least squares with a baseline shared by both arms: nearly, not exactly, one number.
    assert groups.value == pytest.approx(people.value, abs=0.05)
    assert groups.diagnostics[0].status == "pass"


@pytest.mark.slow
def test_size_that_says_nothing_is_rarely_flagged(nested_contrast, symptom):
    """At the 5% level a test without an effect warns in 1 to 11 of 100 runs."""
    rng = np.random.default_rng(5)
    warned = 0
    for run in range(100):
        sizes = rng.integers(2, 10, 24).tolist()
        frame = trial(sizes, rng.normal(0, 0.5, 24), seed=run, noise=1.0)
        _, groups = compare_cluster_size(frame, nested_contrast, symptom)
        warned += groups.diagnostics[0].status == "warn"
    assert 1 <= warned <= 11
