"""Where the score or a covariate starts changes nothing about hours; a unit only the unit."""

from dataclasses import replace

import numpy as np
import pytest
from tests.plan_limits import dose_tables


def rows(study, shift, scale):
    once = study.comparison.once
    moved = once.assign(
        baseline=once["baseline"] * scale + shift, outcome=once["outcome"] * scale + shift
    )
    repeated = study.repeated.assign(score=study.repeated["score"] * scale + shift)
    found = dose_tables(
        replace(study.comparison, once=moved),
        study.outcomes,
        study.episodes,
        study.weeks,
        repeated,
    )["dose"]
    assert found["status"].eq("ok").all(), found["message"].tolist()
    return found[["value", "se"]].to_numpy(float) / scale, found["df"].to_numpy(float)


@pytest.mark.parametrize(
    ("shift", "scale"), [(5000.0, 1.0), (-10_000.0, 1.0), (0.0, 1e-3), (0.0, 1e3)]
)
def test_hours_do_as_before(study, shift, scale):
    (plain, df), (found, also) = rows(study, 0.0, 1.0), rows(study, shift, scale)
    np.testing.assert_allclose(found, plain, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(also, df, rtol=1e-6)
