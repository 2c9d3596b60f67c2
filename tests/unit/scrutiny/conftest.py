"""One confounded study of known truth, as the comparison that every look takes."""

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import WEIGHTING

from analysis.adjust.contrasts import Comparison
from analysis.comparison.question import Contrast, Outcome

COVARIATES = [
    {"column": "age", "type": "numeric", "role": "baseline"},
    {"column": "site_id", "type": "categorical", "role": "baseline"},
]


def people(n=600, effect=0.0, seed=1, strength=0.8):
    """Draw participants whose baseline and age drive both arm and outcome; higher is worse.

    The effect is in points, positive = group better; groups of eight share nothing.
    """
    draw = np.random.default_rng(seed)
    age, site = draw.normal(size=n), draw.integers(0, 3, n)
    baseline = draw.normal(size=n)
    group = draw.random(n) < 1 / (1 + np.exp(strength * (baseline + age)))
    score = 15 + 3 * baseline + 2 * age - effect * group + draw.normal(scale=3, size=n)
    number = np.where(group, np.cumsum(group) // 8, -1)
    return pd.DataFrame(
        {
            "episode_id": [f"e{one}" for one in range(n)],
            "arm": np.where(group, "group", "individual"),
            "baseline": 15 + 5 * baseline,
            "outcome": score,
            "cluster": pd.Series(np.where(group, [f"g{one}" for one in number], None)),
            "age": age,
            "site_id": [f"s{one}" for one in site],
        }
    )


@pytest.fixture(scope="session")
def outcome():
    return Outcome("depression", "PHQ-9", "day 42", 42, "PHQ-9 points", -1, 5.5)


@pytest.fixture(scope="session")
def comparison_of(outcome):
    """Return a comparison of a frame."""

    def make(frame, assignment="observational", covariates=COVARIATES):
        nested = {"group": "therapy_group", "individual": "none"}
        contrast = Contrast("format", "group", "individual", nested, assignment)
        often = frame.assign(day=42)
        return Comparison(contrast, outcome, frame, often, covariates, "synthetic", WEIGHTING)

    return make


@pytest.fixture(scope="session")
def study():
    return people()
