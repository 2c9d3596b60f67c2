"""The table of specifications: order, choices, failures, bad declarations."""

import pytest

from analysis.adjust.specifications import specifications
from analysis.records.effect import Effect
from analysis.records.errors import ModelInputError


def effect(value, status="ok"):
    known = {} if status != "ok" else {"value": value, "se": 0.1, "df": 30.0}
    if status == "ok":
        known |= {"ci90": (value - 0.17, value + 0.17), "ci95": (value - 0.2, value + 0.2)}
    return Effect(
        *("id", "format", "depression", "PHQ-9", "day 42", "difference", "model", "points", "real"),
        n_used=90,
        n_eligible=100,
        status=status,
        message="" if status == "ok" else "why",
        **known,
    )


ESTIMATORS = {
    "fixed": lambda one: effect(one["at"]),
    "failing": lambda one: effect(0.0, "error"),
    "blocked": lambda one: effect(0.0, "withheld"),
}
DECLARED = [
    {"name": "main", "model": "fixed", "at": 0.0, "valid_for_estimand": True, "weights": "ato"},
    {
        "name": "wide",
        "model": "fixed",
        "at": 0.1,
        "valid_for_estimand": True,
        "covariates": ["age", "site"],
    },
    {"name": "low", "model": "fixed", "at": -0.5, "valid_for_estimand": True, "window": (28, 63)},
    {"name": "naive", "model": "fixed", "at": 0.0, "valid_for_estimand": False},
    {"name": "broken", "model": "failing", "valid_for_estimand": True},
    {"name": "blind", "model": "blocked", "valid_for_estimand": True},
]


def test_the_table_keeps_the_order_and_the_choices():
    table = specifications(DECLARED, ESTIMATORS)
    assert table["name"].tolist() == [one["name"] for one in DECLARED]
    row = table.set_index("name").loc["wide"]
    assert (row["covariates"], row["weights"], row["status"]) == ("age, site", "", "ok")
    assert (row["ci90_low"], row["ci95_high"]) == pytest.approx((-0.07, 0.3))
    assert table.set_index("name").loc["low", "window"] == "28, 63"


def test_an_error_has_no_estimate():
    table = specifications(DECLARED, ESTIMATORS).set_index("name")
    assert table.loc["broken", ["status", "message"]].tolist() == ["error", "why"]
    assert table.loc["blind", "status"] == "withheld"
    assert table.loc[["broken", "blind"], "value"].isna().all()


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ([{"name": "a", "model": "fixed"}], "lacks valid_for_estimand"),
        ([{"name": "a", "model": "other", "valid_for_estimand": True}], "no estimator 'other'"),
        ([DECLARED[0], DECLARED[0]], "same name"),
    ],
)
def test_bad_declarations_run_nothing(declared, words):
    ran = []
    estimators = {"fixed": lambda one: ran.append(one)}
    with pytest.raises(ModelInputError, match=words):
        specifications(declared, estimators)
    assert not ran
