"""Whatever is put in whichever place, no message, nor the cause behind it, holds a row's value."""

import importlib
import inspect

import numpy as np
import pandas as pd
import pytest

from analysis.records.errors import ModelInputError

from tests.unit.comparison.test_origin_of_covariates import (  # isort: skip
    CONTRAST,
    OUTCOME,
    PLAN,
    people,
    seen,
)
from tests.plan_limits import compare_remaining, compare_weighted  # isort: skip
from analysis.comparison.nested import compare  # isort: skip
from analysis.unseen import compare_imputed  # isort: skip

SECRET = "Rosalind-4711"
FRAME = pd.DataFrame(
    dict.fromkeys(
        ("episode_id", "arm", "outcome", "baseline", "cluster", "day", "event", "age"),
        [SECRET] * 4,
    )
)
PACKAGES = ("engine", "adjust", "unseen", "retention", "dose")
MODULES = (
    *(f"analysis.{one}" for one in PACKAGES),
    *("analysis.comparison.nested", "analysis.adjust.contrasts", "analysis.records.times"),
    *("analysis.retention.incidence", "analysis.comparison.terms", "analysis.evidence"),
)
GIVEN = {"table": FRAME, "column": FRAME["arm"], "list": [SECRET] * 4, "array": np.array([SECRET])}


def public():
    for name in MODULES:
        module = importlib.import_module(name)
        names = getattr(module, "__all__", None) or [
            one for one in vars(module) if not one.startswith("_")
        ]
        for one in names:
            made = getattr(module, one)
            if inspect.isfunction(made) and one not in ("as_numbers", "check_type"):
                yield pytest.param(made, id=f"{name.removeprefix('analysis.')}.{one}")


def told(error):
    """Every message that a traceback would show."""
    while error is not None:
        yield str(error)
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", public())
def test_swapped_arguments_show_no_row(function):
    needed = [
        one
        for one in inspect.signature(function).parameters.values()
        if one.default is inspect.Parameter.empty
        and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    for value in GIVEN.values():
        places = [value for one in needed if one.kind is not one.KEYWORD_ONLY]
        named = {one.name: value for one in needed if one.kind is one.KEYWORD_ONLY}
        try:
            made = function(*places, **named)
            if inspect.isgenerator(made):
                list(made)
        except Exception as error:
            assert not any(SECRET in one for one in told(error)), list(told(error))


@pytest.mark.parametrize("column", ["age", "baseline"])
def test_words_in_a_column_of_numbers_are_an_error_that_names_it(column):
    frame = people().astype({column: object})
    frame.loc[3, column] = SECRET
    covariates = [{"column": "age", "type": "numeric", "role": "baseline"}]
    for way in (
        lambda: compare_weighted(frame, CONTRAST, OUTCOME, covariates=covariates, required=()),
        lambda: compare_remaining(seen(frame), CONTRAST, OUTCOME, covariates=covariates),
        lambda: compare_imputed(seen(frame), CONTRAST, OUTCOME, covariates=covariates, plan=PLAN),
        lambda: compare(frame, CONTRAST, OUTCOME, covariates=covariates),
    ):
        try:
            found = way()
        except ModelInputError as error:
            said = str(error)
        else:
            said = found.message
            assert found.status == "error"
        assert column in said and SECRET not in said
