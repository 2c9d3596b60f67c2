"""Reference numbers and a trial without clusters."""

import json

import pandas as pd
import pytest

from analysis.comparison.question import Contrast, Outcome


@pytest.fixture(scope="session")
def reference(root):
    return json.loads(
        (root / "tests" / "reference" / "missing" / "missing.json").read_text(encoding="utf-8")
    )


@pytest.fixture(scope="session")
def trial(root):
    frame = pd.read_csv(root / "tests" / "reference" / "missing" / "trial.csv")
    return frame.assign(cluster=None)


@pytest.fixture(scope="session")
def format_contrast():
    return Contrast("format", "group", "individual", {"group": "none"}, "randomised")


@pytest.fixture(scope="session")
def nested_contrast():
    return Contrast("format", "group", "individual", {"group": "therapy_group"}, "randomised")


@pytest.fixture(scope="session")
def symptom():
    return Outcome("depression", "PHQ-9", "day 42", 42, "PHQ-9 points", -1, 5.5)
