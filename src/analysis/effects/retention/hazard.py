"""The hazard of leaving early: Cox regression with standard errors of therapy groups."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.effects.errors import ConvergenceError, ModelInputError


@dataclass(frozen=True)
class Hazard:
    """Log hazard ratio of leaving early, comparison against reference arm.

    Attributes
    ----------
    log_ratio, se : float
        Positive: the comparison arm leaves earlier. `se` is the clusters' sandwich.
    events, clusters : int
        Stays that ended by leaving, independent clusters.
    """

    log_ratio: float
    se: float
    events: int
    clusters: int


def leaving_hazard(
    stays: pd.DataFrame, in_comparison: pd.Series, cluster: pd.Series, covariates: pd.DataFrame
) -> Hazard:
    """Fit the cause-specific hazard of leaving early; other ends are censored there.

    Efron's ties and the robust variance of Lin and Wei (1989, doi 10.1080/01621459.1989.10478874)
    summed over clusters, as lifelines computes them.

    Parameters
    ----------
    stays : DataFrame
        ``day`` and ``event``.
    in_comparison : Series
        1 in the comparison arm, 0 in the reference arm.
    cluster : Series
        Label of each person's independent unit.
    covariates : DataFrame
        Numeric columns (indicators of levels), may be empty.

    Raises
    ------
    ModelInputError
        If an arm has nobody who left early.
    ConvergenceError
        If the partial likelihood has no maximum that was found.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError as NoMaximum

    left = stays["event"].eq("left").astype(int)
    if left.groupby(in_comparison.to_numpy()).sum().min() < 1 or in_comparison.nunique() < 2:
        raise ModelInputError("in one arm nobody left early, so hazards have no ratio")
    frame = covariates.assign(
        in_comparison=in_comparison.to_numpy(),
        day=stays["day"].to_numpy(float),
        left=left.to_numpy(),
        cluster=pd.factorize(cluster)[0],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = CoxPHFitter().fit(frame, "day", "left", cluster_col="cluster")
        except (NoMaximum, np.linalg.LinAlgError) as failure:
            raise ConvergenceError("the hazard of leaving early has no maximum") from failure
    return Hazard(
        log_ratio=float(fit.params_["in_comparison"]),
        se=float(fit.standard_errors_["in_comparison"]),
        events=int(left.sum()),
        clusters=int(frame["cluster"].nunique()),
    )
