"""What was examined, held against a margin: verdicts by the table, none without an estimate."""

import pandas as pd
import pytest

from analysis.claims.examined import judge_examined
from analysis.records.errors import ModelInputError
from analysis.scrutiny.assay import COLUMNS as CHANGES
from analysis.scrutiny.sensitivity import STRENGTH
from analysis.unseen.examine import TABLES

TABLE = {
    "interval": "ci90",
    "rows": [
        {"when": "low > -margin", "verdict": "SUPPORTED", "reason": "a", "says": ""},
        {"when": "high < -margin", "verdict": "CONTRADICTED", "reason": "b", "says": ""},
        {"when": "otherwise", "verdict": "INCONCLUSIVE", "reason": "c", "says": ""},
    ],
}
SPECIFICATIONS = pd.DataFrame(
    [
        ("format", "inside", "", "ok", -1.0, 0.5),
        ("format", "across", "", "ok", -1.6, 0.5),
        ("format", "beyond", "", "ok", -3.0, -2.0),
        ("format", "failed", "decides", "error", None, None),
    ],
    columns=["contrast", "name", "note", "status", "ci90_low", "ci90_high"],
)
NONE = {
    "strength": pd.DataFrame(columns=list(STRENGTH)),
    "arm_change": pd.DataFrame(columns=list(CHANGES)),
    **{name: pd.DataFrame(columns=list(TABLES[name])) for name in ("ladder", "tipping")},
}


def judged(margin, **tables):
    """Hold the specifications above, and whatever else is given, against a margin."""
    return judge_examined(
        {"specifications": SPECIFICATIONS, **NONE, **tables},
        TABLE,
        {"value": margin, "instrument": "PHQ-9"},
        asked=0.8,
        bearing=["format"],
    )


def test_each_specification_gets_the_verdict_of_its_interval():
    found = judged(1.32)
    verdicts = found["specifications"]["verdict"]
    assert list(verdicts) == ["SUPPORTED", "INCONCLUSIVE", "CONTRADICTED", ""]
    assert set(found["specifications"]["margin"]) == {1.32}
    assert found["unmeasured"].empty and found["contour"].empty
    assert found["ladder"].empty and found["tipping"].empty


def test_a_wider_margin_changes_the_verdict_and_no_estimate():
    found = judged(2.0)["specifications"]
    assert found.loc[1, "verdict"] == "SUPPORTED"
    assert found[SPECIFICATIONS.columns].equals(SPECIFICATIONS)


def test_a_margin_that_means_nothing():
    row = dict.fromkeys(STRENGTH, 0.1) | {"contrast": "format", "covariate": "age", "unit": "p"}
    with pytest.raises(ModelInputError):
        judged(0.0, strength=pd.DataFrame([row]))
