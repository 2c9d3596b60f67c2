"""What was examined, held against a margin: verdicts by the table, none without an estimate."""

import pandas as pd
import pytest

from analysis.claims.examined import judge_examined
from analysis.effects.errors import ModelInputError
from analysis.effects.scrutiny.assay import COLUMNS as CHANGES
from analysis.effects.scrutiny.sensitivity import STRENGTH

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
}


def test_each_specification_gets_the_verdict_of_its_interval():
    found = judge_examined({"specifications": SPECIFICATIONS, **NONE}, TABLE, 1.32, 0.8)
    judged = found["specifications"]
    assert list(judged["verdict"]) == ["SUPPORTED", "INCONCLUSIVE", "CONTRADICTED", ""]
    assert set(judged["margin"]) == {1.32}
    assert found["unmeasured"].empty and found["contour"].empty


def test_a_wider_margin_changes_the_verdict_and_no_estimate():
    tables = {"specifications": SPECIFICATIONS, **NONE}
    judged = judge_examined(tables, TABLE, 2.0, 0.8)["specifications"]
    assert judged.loc[1, "verdict"] == "SUPPORTED"
    assert judged[SPECIFICATIONS.columns].equals(SPECIFICATIONS)


def test_a_margin_that_means_nothing():
    row = dict.fromkeys(STRENGTH, 0.1) | {"contrast": "format", "covariate": "age", "unit": "p"}
    tables = {"specifications": SPECIFICATIONS, **NONE, "strength": pd.DataFrame([row])}
    with pytest.raises(ModelInputError):
        judge_examined(tables, TABLE, 0.0, 0.8)
