"""Whom an estimate is about: everybody where arms were randomised, else the overlap population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.adjust import Design, weigh
from analysis.comparison.question import Contrast

Covariates = Sequence[Mapping[str, str]]

ESTIMANDS = {
    "randomised": "difference of means at a fixed day between arms as assigned, all eligible, "
    "given baseline and covariates",
    "observational": "difference of means at a fixed day between arms as assigned, in the overlap "
    "population of all eligible",
}


def overlap_design(people: pd.DataFrame, contrast: Contrast, covariates: Covariates) -> Design:
    """Weight all eligible, seen at the outcome or not, to the overlap population.

    Parameters
    ----------
    people : DataFrame
        As `compare` takes it, baseline and covariates complete, rows numbered from 0.
    contrast : Contrast
    covariates : sequence of mapping
        ``column`` and ``type``.

    Raises
    ------
    EstimationError
        If the design is impossible.
    """
    site = "site_id" if any(one["column"] == "site_id" for one in covariates) else None
    # Those seen are among these people, and their design has passed its checks: none is made here.
    return weigh(people.assign(outcome=0.0), contrast, covariates, fewest=1, site=site)


def population_weights(
    people: pd.DataFrame, contrast: Contrast, covariates: Covariates
) -> NDArray[np.floating]:
    """Return each person's weight in the population of the contrast, (n,): 1 if randomised.

    Parameters and errors are those of `overlap_design`.
    """
    if contrast.assignment != "observational":
        return np.ones(len(people))
    weights = overlap_design(people, contrast, covariates).weights.values
    return weights.reindex(people.index).to_numpy(dtype=float)
