"""Who could have been in either arm: propensities by arm in bins, and whom the weights describe."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.adjust import Design, overlap_population
from analysis.adjust.columns import Covariates
from analysis.comparison.terms import BASELINE

BINS = 20
OVERLAP = ("contrast", "arm", "from", "to", "n", "share", "weighted")
POPULATION = ("contrast", "term", "comparison", "reference", "everyone", "target", "shift")


def overlap_table(design: Design, contrast: str, arms: tuple[str, str]) -> pd.DataFrame:
    """Count the participants of each arm by propensity of the comparison arm.

    Parameters
    ----------
    design : Design
        Nothing of the outcome is used but whether it is missing.
    contrast : str
    arms : (str, str)
        Comparison and reference arm.

    Returns
    -------
    DataFrame
        One row an arm and bin: contrast, arm, from, to (propensity), n, share (of the arm) and
        weighted (share of the arm's weight).
    """
    edges = np.linspace(0, 1, BINS + 1)
    score = design.weights.untrimmed.score
    place = (score * BINS).astype(int).clip(upper=BINS - 1)
    rows = []
    for arm, inside in zip(arms, (design.weights.treated, ~design.weights.treated), strict=True):
        bins = range(BINS)
        n = place[inside].value_counts().reindex(bins, fill_value=0)
        weight = design.weights.values[inside].groupby(place[inside]).sum()
        rows.append(
            pd.DataFrame(
                {
                    "contrast": contrast,
                    "arm": arm,
                    "from": edges[:-1],
                    "to": edges[1:],
                    "n": n.to_numpy(),
                    "share": n.to_numpy() / n.sum(),
                    "weighted": weight.reindex(bins, fill_value=0.0).to_numpy() / weight.sum(),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)[list(OVERLAP)]


def population_table(design: Design, contrast: str, covariates: Covariates) -> pd.DataFrame:
    """Describe the arms, everyone, and the population that the weighted estimate is about.

    Returns
    -------
    DataFrame
        As `overlap_population` gives it, with the contrast.
    """
    every = [BASELINE, *covariates]
    table = overlap_population(design.people, design.weights, every)
    return table.assign(contrast=contrast)[list(POPULATION)]
