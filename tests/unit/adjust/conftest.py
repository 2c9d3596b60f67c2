"""What these tests share: the study behind R's numbers, a case by hand, worlds of known truth."""

import importlib
import json
import sys

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import make_design

from analysis.comparison.question import Contrast, Outcome


@pytest.fixture(scope="session")
def contrast():
    nested = {"group": "therapy_group", "individual": "none"}
    return Contrast("format", "group", "individual", nested, "observational")


@pytest.fixture(scope="session")
def outcome():
    """Higher scores are worse."""
    return Outcome("depression", "PHQ-9", "day 42", 42, "PHQ-9 points", -1, 5.0)


@pytest.fixture(scope="session")
def covariates():
    return [
        {"column": "age", "type": "numeric", "role": "baseline"},
        {"column": "chronic", "type": "categorical", "role": "baseline"},
        {"column": "site", "type": "categorical", "role": "baseline"},
    ]


@pytest.fixture(scope="session")
def folder(root):
    return root / "tests" / "reference" / "confounding"


@pytest.fixture(scope="session")
def reference(folder):
    """R's numbers; see make_reference.R."""
    return json.loads((folder / "reference.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def study(folder):
    """The synthetic study behind R's numbers: 320 participants, therapy groups in one arm."""
    frame = pd.read_csv(folder / "confounded.csv", dtype={"cluster": str})
    return frame


@pytest.fixture(scope="session")
def designed(study, contrast, covariates):
    """Return the study's design for an estimand."""
    return lambda estimand="ato", **more: make_design(
        study, contrast, covariates, estimand=estimand, **more
    )


@pytest.fixture
def strata():
    """Return two strata with propensities 1/4 and 3/4 and effects 1 and 3, worked by hand.

    x = 0: 4 in group, 12 in individual; x = 1: 12 and 4.
    """
    cells = [("group", 0, 4, 2.0), ("individual", 0, 12, 1.0)]
    cells += [("group", 1, 12, 6.0), ("individual", 1, 4, 3.0)]
    rows = [(arm, x, y) for arm, x, count, y in cells for _ in range(count)]
    return pd.DataFrame(rows, columns=["arm", "x", "y"]).assign(
        level=lambda rows: np.where(rows["x"] == 1, "yes", "no")
    )


@pytest.fixture(scope="session")
def worlds(root):
    """Return the module that analyses predeclared worlds with a known truth."""
    sys.path.insert(0, str(root / "benchmarks"))
    return importlib.import_module("confounding")
