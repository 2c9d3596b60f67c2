"""Balancing weights from a propensity: for the overlap, for everyone, for the comparison arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.adjust.columns import Vector
from analysis.adjust.propensity import Propensity, fit_scores
from analysis.records.errors import InsufficientDataError, ModelInputError
from analysis.study.rowless import rowless

Estimand = Literal["ato", "ate", "att"]
POPULATION: dict[str, str] = {
    "ato": "the overlap population",
    "ate": "all participants",
    "att": "participants of the comparison arm",
}
ESTIMANDS: dict[str, str] = {
    name: f"difference of means at a fixed day in {who} between arms as assigned"
    for name, who in POPULATION.items()
}


@rowless
@dataclass(frozen=True)
class Tilting:
    """The tilting function h(e), the weights h/e and h/(1 - e), and derivatives by logit(e).

    All arrays of shape (n,), not normalised.
    """

    h: Vector
    comparison: Vector
    reference: Vector
    h_slope: Vector
    comparison_slope: Vector
    reference_slope: Vector


@rowless
@dataclass(frozen=True)
class Weights:
    """Balancing weights of participants.

    Attributes
    ----------
    estimand : {"ato", "ate", "att"}
    values : Series
        Weights, sum 1 in each arm; zero for those trimmed. Index of the propensity given.
    target : Series
        Share of each participant in the target population (sum 1; zero for those trimmed).
    treated : Series
        True in the comparison arm.
    propensity : Propensity
        The model behind the weights: refitted to those kept where some were trimmed.
    untrimmed : Propensity
        The model of everyone.
    trim : float or None
        Scores below `trim` or above 1 - `trim` were left out.
    """

    estimand: Estimand
    values: pd.Series
    target: pd.Series
    treated: pd.Series
    propensity: Propensity
    untrimmed: Propensity
    trim: float | None

    @property
    def trimmed_share(self) -> float:
        """Return the share of participants trimmed."""
        return 1 - len(self.propensity.score) / len(self.values)


def tilting(e: Vector, estimand: Estimand) -> Tilting:
    """Return h and weights for an estimand.

    ``ato``: h = e(1 - e), so that each weighs with the probability of the arm that it is not in;
    ``ate``: h = 1; ``att``: h = e (Li, Morgan and Zaslavsky 2018,
    doi 10.1080/01621459.2016.1260466).

    Raises
    ------
    ModelInputError
        If the estimand is unknown.
    """
    q = 1 - e
    if estimand == "ato":
        return Tilting(e * q, q, e, e * q * (q - e), -e * q, e * q)
    if estimand == "ate":
        return Tilting(np.ones_like(e), 1 / e, 1 / q, np.zeros_like(e), -q / e, e / q)
    if estimand == "att":
        return Tilting(e, np.ones_like(e), e / q, e * q, np.zeros_like(e), e / q)
    raise ModelInputError(f"unknown estimand '{estimand}'")


def balancing_weights(
    propensity: Propensity, estimand: Estimand = "ato", trim: float | None = None
) -> Weights:
    """Return normalised balancing weights.

    Parameters
    ----------
    propensity : Propensity
    estimand : {"ato", "ate", "att"}
        Overlap population, everyone, or participants of the comparison arm.
    trim : float, optional
        Leave out scores outside [trim, 1 - trim] (Crump et al. 2009, doi 10.1093/biomet/asn055)
        and refit the propensity to those kept.

    Raises
    ------
    ModelInputError
        If the estimand is unknown, `trim` is not in (0, 0.5), or an arm is trimmed away.
    """
    everyone, kept = propensity.score.index, propensity
    if trim is not None:
        if not 0 < trim < 0.5:
            raise ModelInputError("trim must lie between 0 and 0.5")
        inside = propensity.score.between(trim, 1 - trim).to_numpy()
        if len(np.unique(propensity.treated[inside])) < 2:
            raise InsufficientDataError("trimming leaves nobody in an arm")
        if not inside.all():
            x = propensity.x[inside]
            varying = np.r_[True, x[:, 1:].std(axis=0) > 0]
            names = tuple(np.array(propensity.names)[varying])
            kept = fit_scores(everyone[inside], propensity.treated[inside], x[:, varying], names)
    tilt = tilting(kept.e, estimand)
    raw = np.where(kept.treated == 1, tilt.comparison, tilt.reference)
    sums = np.where(kept.treated == 1, raw @ kept.treated, raw @ (1 - kept.treated))
    return Weights(
        estimand,
        pd.Series(raw / sums, index=kept.score.index).reindex(everyone, fill_value=0.0),
        pd.Series(tilt.h / tilt.h.sum(), index=kept.score.index).reindex(everyone, fill_value=0.0),
        pd.Series(propensity.treated == 1, index=everyone),
        kept,
        propensity,
        trim,
    )
