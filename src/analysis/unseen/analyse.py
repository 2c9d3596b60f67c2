"""The analysis of imputed data: the model that decides a contrast, on every completed data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.adjust import estimators
from analysis.adjust.sandwich import correction, working_variances
from analysis.comparison.question import Contrast
from analysis.comparison.terms import BASELINE, nested_rows, with_terms
from analysis.engine.batch import fit_many
from analysis.engine.clustering import may_be_negative
from analysis.measures.unknown import count_clusters
from analysis.study.rowless import rowless
from analysis.unseen.chained import Imputations
from analysis.unseen.pool import PooledImputations, pool
from analysis.unseen.population import overlap_design

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Shifts:
    """How much worse than imputed the unseen did, in points, in each arm: D assumptions.

    Attributes
    ----------
    comparison, reference : (D,) arrays
        Points in the direction of worse; zero is missing at random.
    """

    comparison: Floats
    reference: Floats

    @classmethod
    def none(cls) -> Shifts:
        """No shift: missing at random."""
        return cls(np.zeros(1), np.zeros(1))


def pooled_difference(
    imputations: Imputations, contrast: Contrast, toward_better: int, shifts: Shifts
) -> PooledImputations:
    """Estimate the arms' difference under each assumption, pooled over the imputations.

    Arms assigned at random are compared by the partially nested model, others by overlap weights
    estimated anew in each completed data set (Leyrat et al. 2019, doi 10.1177/0962280217713032).

    Parameters
    ----------
    imputations : Imputations
        Of a frame with ``arm``, ``cluster``, ``baseline``, ``outcome`` and covariates.
    contrast : Contrast
    toward_better : {1, -1}
        1 where higher scores are better.
    shifts : Shifts

    Returns
    -------
    PooledImputations
        Arrays (D,), points, positive = comparison arm better.

    Raises
    ------
    EstimationError
        If a model cannot be fitted.
    """
    d, m = len(shifts.comparison), imputations.m
    moved = -toward_better * _shift_columns(imputations, contrast, shifts)
    fit = _weighted if contrast.assignment == "observational" else _mixed
    parts = [fit(*one, contrast, imputations, d) for one in _designs(imputations, moved)]
    estimate, se, df = (np.concatenate(each).reshape(m, d).T for each in zip(*parts, strict=True))
    return pool(toward_better * estimate, se**2, df.mean(axis=1))


def _shift_columns(imputations: Imputations, contrast: Contrast, shifts: Shifts) -> Floats:
    """Points by which each row (n) is worse than imputed under each assumption (D)."""
    unseen = imputations.missing("outcome")
    arm = imputations.frame["arm"].to_numpy()
    worse = np.where(
        (arm == contrast.comparison)[:, None], shifts.comparison[None, :], shifts.reference[None, :]
    )
    return worse * unseen[:, None]


def _designs(imputations: Imputations, moved: Floats) -> Iterator[tuple[pd.DataFrame, Floats]]:
    """Yield completed frames with the outcomes to fit on them; one frame if outcomes alone vary."""
    completed = [_outcome(imputations, number) for number in range(imputations.m)]
    if set(imputations.filled[0]) & set(imputations.variables) <= {"outcome"}:
        every = [one[:, None] + moved for one in completed]
        yield imputations.complete(0), np.hstack(every)
        return
    for number, one in enumerate(completed):
        yield imputations.complete(number), one[:, None] + moved


def _outcome(imputations: Imputations, number: int) -> Floats:
    values = imputations.frame["outcome"].to_numpy(dtype=float, na_value=np.nan, copy=True)
    unseen = np.isnan(values)
    if unseen.any():
        values[unseen] = imputations.filled[number]["outcome"]
    return values


def _weighted(
    frame: pd.DataFrame, outcomes: Floats, contrast: Contrast, imputations: Imputations, d: int
) -> tuple[Floats, Floats, Floats]:
    """Weight to the overlap population; the D outcomes of an imputation share one correction."""
    design = overlap_design(frame, contrast, covariates_of(imputations))
    linear, x = estimators.weighted(design.weights), design.weights.propensity.x
    kept = outcomes[design.kept.index]
    found = []
    for first in range(0, kept.shape[1], d):
        block = kept[:, first : first + d]
        working = working_variances(block.mean(axis=1), x, design.clusters)
        shared = correction(linear, design.clusters, working)
        for y in block.T:
            found.append((linear.estimate(y), shared.robust(linear.influence(y)).se, shared.df))
    value, se, df = np.array(found).T
    return value, se, df


def covariates_of(imputations: Imputations) -> list[dict[str, str]]:
    """Return the covariates of the analysis, baseline and outcome left out."""
    return [
        {"column": name, "type": kind}
        for name, kind in imputations.variables.items()
        if name not in ("outcome", "baseline")
    ]


def _mixed(
    frame: pd.DataFrame, outcomes: Floats, contrast: Contrast, imputations: Imputations, d: int
) -> tuple[Floats, Floats, Floats]:
    used = nested_rows(frame, contrast)
    used, adjusted = with_terms(used, [BASELINE, *covariates_of(imputations)])
    clustered = bool(used["exposed"].any())
    found = fit_many(
        used,
        " + ".join(["outcome ~ in_comparison", *adjusted]),
        outcomes,
        group="cluster" if clustered else None,
        grouped="exposed" if clustered else None,
        residual_by="arm",
        negative_icc=may_be_negative(count_clusters(used["cluster"])),
    )
    at = found.names.index("in_comparison")
    return found.params[:, at], found.bse[:, at], found.df[:, at]
