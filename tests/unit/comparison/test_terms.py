"""A covariate's name may be anything, in every room, and an error names the column."""

import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import compare_remaining, compare_weighted
from tests.unit.comparison.test_origin_of_covariates import (
    CONTRAST,
    OUTCOME,
    PLAN,
    people,
    seen,
)

from analysis.comparison.nested import compare
from analysis.comparison.terms import term
from analysis.engine import fit_mixed
from analysis.records.errors import ModelInputError, RankDeficientError
from analysis.retention.staying import compare_retention
from analysis.unseen import compare_imputed
from analysis.unseen.cluster_size import compare_cluster_size

NAMES = [
    "age band",
    "age.band",
    "age-band",
    "1st band",
    "class",
    "Zone (NHS)",
    "tränen",
    "a+b",
    "C",
]


def estimates(frame, covariates):
    more = {"covariates": covariates}
    yield compare(frame, CONTRAST, OUTCOME, **more)
    yield compare_weighted(frame, CONTRAST, OUTCOME, required=(), **more)
    yield compare_imputed(seen(frame), CONTRAST, OUTCOME, plan=PLAN, **more)
    yield compare_remaining(seen(frame), CONTRAST, OUTCOME, **more)
    yield from compare_cluster_size(frame, CONTRAST, OUTCOME, **more)
    yield from compare_retention(frame, CONTRAST, parts=["dropout_hazard", "completion"], **more)


@pytest.mark.parametrize("name", NAMES)
def test_every_room_takes_every_name(name):
    frame = people()
    plain = [
        {"column": one, "type": kind} for one, kind in (("site", "categorical"), ("age", "numeric"))
    ]
    odd = [{"column": name, "type": "categorical"}, {"column": f"{name} 2", "type": "numeric"}]
    renamed = frame.rename(columns={"site": name, "age": f"{name} 2"})
    for one, other in zip(estimates(frame, plain), estimates(renamed, odd), strict=True):
        assert other.status == one.status == "ok", (other.model, other.message)
        assert other.value == pytest.approx(one.value, rel=1e-6), other.model


def test_an_aliased_column_is_named_by_the_engine():
    rng = np.random.default_rng(1)
    frame = people()
    kind = rng.integers(0, 3, len(frame))
    boxes = {f"diagnosis___{k + 1}": (kind == k).astype(int) for k in range(3)}
    frame = frame.assign(
        **boxes, **{"birth year": 2000 - frame["age"], "age twice": 2 * frame["age"]}
    )
    for names, culprit in (
        (list(boxes), "diagnosis___3"),
        (["age", "birth year"], "birth year"),
        (["baseline", "age", "age twice"], "age twice"),
    ):
        formula = "outcome ~ arm + " + " + ".join(map(term, names))
        with pytest.raises(RankDeficientError, match=culprit):
            fit_mixed(frame, formula, group="cluster")
        found = compare(
            frame, CONTRAST, OUTCOME, covariates=[{"column": n, "type": "numeric"} for n in names]
        )
        assert found.status == "withheld" and culprit in found.message
        weighed = compare_weighted(
            frame,
            CONTRAST,
            OUTCOME,
            covariates=[{"column": n, "type": "numeric"} for n in names],
            required=(),
        )
        assert weighed.status == "withheld" and culprit in weighed.message


def test_a_name_that_no_formula_can_hold_is_refused():
    with pytest.raises(ModelInputError, match="rename it"):
        term("a`b")
    with pytest.raises(ModelInputError, match="text"):
        term(3)  # type: ignore[arg-type]
    with pytest.raises(ModelInputError, match="name of a function: C"):
        fit_mixed(people().rename(columns={"site": "C"}), "outcome ~ arm + C(`C`)")


def test_a_level_that_no_row_has_is_no_column():
    frame = people()
    frame["site"] = pd.Categorical(frame["site"], categories=["a", "b", "z"])
    assert "site[T.z]" not in fit_mixed(frame, "outcome ~ arm + site").names
    gone = frame.assign(outcome=frame["outcome"].where(frame["site"] == "a"), age=frame["age"])
    assert list(fit_mixed(gone, "outcome ~ arm + age").names) == [
        "Intercept",
        "arm[T.individual]",
        "age",
    ]


def test_what_cannot_be_computed_is_named():
    frame = people().assign(words="many")
    with pytest.raises(ModelInputError, match=r"np.log\(words\)"):
        fit_mixed(frame, "outcome ~ arm + np.log(words)")
    with pytest.raises(ModelInputError, match=r"np.log\(gap\)"):
        fit_mixed(frame.assign(gap=-1.0), "outcome ~ arm + age + np.log(gap)")
