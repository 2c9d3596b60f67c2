"""No dataclass that holds rows shows them."""

import dataclasses
import importlib
import pkgutil
import typing

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.study.rowless import brief, rowless

SECRET = "Rosalind-4711"
NAMES = (
    *("cohort", "measures", "engine", "comparison", "adjust", "unseen", "program", "dose"),
    *("retention", "scrutiny", "records"),
)
ROOMS = tuple(f"analysis.{one}" for one in NAMES)
HOLDERS = (
    *("DataFrame", "Series", "NDArray", "ndarray", "Floats", "Vector", "Matrix", "Codes"),
    *("Bools", "Sparse", "Tables", "Problem", "Moments", "Factor", "FixedEffects", "Design"),
)


def classes():
    for module in pkgutil.walk_packages(analysis.__path__, "analysis."):
        if module.name.startswith(ROOMS):
            made = vars(importlib.import_module(module.name)).values()
            for kind in made:
                if not isinstance(kind, type) or kind.__module__ != module.name:
                    continue
                if dataclasses.is_dataclass(kind):
                    yield kind


def holds_rows(kind):
    said = [str(one.type) for one in dataclasses.fields(kind)]
    return any(name in text for text in said for name in HOLDERS)


@pytest.mark.parametrize("kind", [k for k in classes() if holds_rows(k)], ids=lambda k: k.__name__)
def test_what_holds_rows_does_not_show_them(kind):
    frame = pd.DataFrame({"participant_id": [SECRET] * 3})
    arrays = np.array([SECRET] * 3)
    for value in (frame, frame["participant_id"], arrays, [SECRET], (frame,), {SECRET: frame}):
        made = object.__new__(kind)
        for one in dataclasses.fields(kind):
            object.__setattr__(made, one.name, value)
        try:
            said = repr(made)
        except (AttributeError, TypeError):
            continue  # a line of its own, of counts: see the engine's test
        assert SECRET not in said and "\n" not in said


def test_a_line_says_how_much_there_is():
    @rowless
    @dataclasses.dataclass(frozen=True)
    class Holder:
        table: pd.DataFrame
        values: np.ndarray
        n: int
        name: str
        ids: tuple[str, ...]
        nothing: typing.Any = None

    one = Holder(pd.DataFrame({"a": [1, 2]}), np.ones((2, 3)), 5, "arm", (SECRET,))
    assert repr(one) == (
        "Holder(table=<table of 2 rows>, values=<array 2x3>, n=5, name='arm', "
        "ids=<1 items>, nothing=None)"
    )
    assert brief(f"two\nlines {SECRET}") == "<str>"
