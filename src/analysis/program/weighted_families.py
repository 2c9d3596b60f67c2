"""The contrast in each family of conditions where arms were not assigned: weighted, then adjusted.

The whole comparison's own design (overlap weights, checked before the outcome is used) serves every
family, because a family alone is too small for a propensity model.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.adjust import make_design
from analysis.adjust.design import Design
from analysis.adjust.errors import ImpossibleDesignError
from analysis.adjust.sparse import SITE, Sparse
from analysis.comparison.question import Contrast
from analysis.program.inputs import Program
from analysis.program.regress import FailedDesignError

Floats = NDArray[np.floating]


def checked_design(program: Program, contrast: Contrast, rows: pd.DataFrame) -> Design:
    """Weight the arms of a contrast and check the result.

    Parameters
    ----------
    program : Program
    contrast : Contrast
    rows : DataFrame
        One row a participant: episode_id, arm, baseline, outcome, cluster, covariates.

    Raises
    ------
    FailedDesignError
        If no weights can be had, or a check fails; it carries the check's name.
    EstimationError
        If the rows are not what `make_design` takes.
    """
    columns = {one["column"] for one in program.covariates}
    site = SITE if SITE in columns else None
    fewest = program.thresholds.fewest_of_level
    rows = Sparse.of(rows, contrast, program.covariates, fewest).apply(rows)
    try:
        design = make_design(
            rows, contrast, program.covariates, thresholds=program.thresholds, site=site
        )
    except ImpossibleDesignError as failure:
        raise FailedDesignError(str(failure), failure.code) from failure
    if failed := design.failing():
        raise FailedDesignError(" ".join(one.text for one in failed), failed[0].name)
    return design


def weighted_contrasts(
    design: Design, family: pd.Series, kept: list[str], toward_better: int
) -> tuple[Floats, Floats]:
    """Estimate the arms' difference in each family by weighted least squares.

    Families and their products with the arm stand beside the covariates of the propensity. Errors
    are summed within therapy groups (Liang and Zeger 1986, doi 10.1093/biomet/73.1.13) and scaled
    by C / (C - 1) for C clusters; weights count as known, which for overlap weights errs on the
    wide side.

    Parameters
    ----------
    design : Design
    family : Series
        Family of each participant, index of the design's participants.
    kept : list of str
        The k families to estimate.
    toward_better : {1, -1}
        1 where higher outcomes are better.

    Returns
    -------
    array of shape (k,), array of shape (k, k)
        Comparison less reference, positive = comparison arm better; sampling covariance.
    """
    inside = family.isin(kept).to_numpy()
    people = design.kept[inside]
    y = toward_better * people["outcome"].to_numpy(float)
    weight = design.weights.values.reindex(people.index).to_numpy(float)
    treated = design.weights.treated.reindex(people.index).to_numpy(float)
    member = np.column_stack([family[inside].eq(one).to_numpy(float) for one in kept])
    x = np.column_stack([member * treated[:, None], member, design.weights.propensity.x[inside]])
    root = np.sqrt(weight)[:, None]
    # The generalised inverse: families and the propensity's own columns of them overlap.
    maps = np.linalg.pinv(x * root) * root.T
    beta = maps @ y
    parts = maps[: len(kept)].T * (y - x @ beta)[:, None]
    code = pd.factorize(design.clusters.code[inside])[0]
    sums = np.column_stack([np.bincount(code, one) for one in parts.T])
    clusters = len(sums)
    return beta[: len(kept)], sums.T @ sums * clusters / (clusters - 1)
