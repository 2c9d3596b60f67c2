"""A small fixed set of the simulation study: type I error, coverage, equivalence, six models.

The full study is benchmarks/operating_characteristics.py; here the seeds and the numbers of trials
are fixed, so that the results are, too. Monte Carlo error is given as `ERRORS` standard errors.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from candlish import MODELS, ranking
from operating_cells import FIXED_SET, Cell, arguments, design, outcomes
from operating_characteristics import GATE, run
from scipy import stats

from analysis.engine import fit_many

TRIALS = 4000
ERRORS = 3.0


def noise(rate: float) -> float:
    return float(ERRORS * np.sqrt(rate * (1 - rate) / TRIALS))


@pytest.mark.parametrize("cell", FIXED_SET, ids=str)
def test_default_analysis_keeps_its_promises(cell: Cell) -> None:
    found = run(cell, TRIALS)
    assert found["failures"] == 0
    assert GATE[0] <= found["coverage"] <= GATE[1]
    assert abs(found["bias"]) <= ERRORS * found["sd"] / np.sqrt(TRIALS)
    assert found["supported_wrong_at_margin"] <= 0.05 + noise(0.05)
    assert found["upper_end_below_margin"] <= 0.05 + noise(0.05)


def test_df_on_the_boundary_keep_coverage() -> None:
    """Trials whose group variance is kept at zero, where one group variance is and one is not."""
    for icc in (0.0, 0.05):
        cell = Cell("M1", 16, 8, icc, 1.0)
        frame = design(cell)
        kept = {**arguments(cell), "negative_icc": False}
        found = fit_many(frame, outcomes=outcomes(cell, frame, TRIALS), **kept)
        assert 0.1 < found.boundary.mean() < 0.7
        covered = np.abs(found.params[:, 1]) <= stats.t.ppf(0.975, found.df[:, 1]) * found.bse[:, 1]
        assert covered.mean() >= 0.95 - noise(0.05)
        median = np.median(found.df[found.boundary, 1])
        assert median < 4 * cell.groups  # 254 participants' df would be 250


def test_few_groups_do_not_break_the_promise_on_type_1_error() -> None:
    found = run(Cell("M1", 4, 8, 0.05, 1.0), TRIALS)
    assert found["type_1_error"] <= 0.05 + noise(0.05)


@pytest.fixture(scope="module")
def six() -> pd.DataFrame:
    cells = [Cell("M1", 16, 10, *one) for one in ((0.1, 1.0), (0.1, 4.0), (0.1, 0.25))]
    return ranking(TRIALS, cells).set_index(["analysis", "icc", "ratio"])


def test_six_models_rank_as_candlish_et_al_found(six: pd.DataFrame) -> None:
    """Candlish et al. 2018, doi 10.1186/s12874-018-0559-x."""
    error = six["type_1_error"]
    standard_error = six["sd"] / np.sqrt(TRIALS)
    assert (six["bias"].abs() <= 4 * standard_error).all()  # all six are unbiased
    assert (error["regression"].xs(0.1) > 0.05 + noise(0.05)).all()  # clustering ignored
    assert (error[MODELS[-1]] <= 0.05 + noise(0.05)).all()  # the one that always holds
    worst = (error - 0.05).abs().groupby("analysis").max()
    assert worst.idxmin() == MODELS[-1]
