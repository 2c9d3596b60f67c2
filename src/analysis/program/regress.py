"""One coefficient of a regression whose rows share therapy groups, as an `Effect`.

Every analysis inside the group arm ends here: a model with a random intercept per therapy group,
degrees of freedom after Satterthwaite, and failures recorded by name. What cannot be estimated for
want of data is withheld; only a fit that breaks is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.nested import DF_METHOD
from analysis.engine import MarginalResult, MixedResult, fit_mixed
from analysis.engine.clustering import separate_clusters
from analysis.records.effect import Effect
from analysis.records.errors import InsufficientDataError
from analysis.records.intervals import estimated


class TooFewError(InsufficientDataError):
    """Too few participants, or no variation in what is compared."""


class FailedDesignError(TooFewError):
    """The arms cannot be made comparable; `code` is the name of the check that failed."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def regress(
    rows: pd.DataFrame,
    formula: str,
    at: Mapping[str, float],
    blank: Effect,
    *,
    fewest: int,
    membership: pd.DataFrame | None = None,
    participant: str | None = None,
) -> Effect:
    """Estimate a linear function of the coefficients of a clustered regression.

    Parameters
    ----------
    at : mapping
        Coefficient to its weight.
    blank : Effect
        Names of the result.
    rows, formula, fewest, membership, participant
        As `fitted` takes them.

    Raises
    ------
    TooFewError
        With fewer than `fewest` participants.
    EstimationError
        As `fit_mixed` raises it.
    """
    fit, counts = fitted(
        rows, formula, fewest=fewest, membership=membership, participant=participant
    )
    return fill(blank, fit, at, **counts)


def fitted(
    rows: pd.DataFrame,
    formula: str,
    *,
    fewest: int,
    membership: pd.DataFrame | None = None,
    participant: str | None = None,
) -> tuple[MixedResult | MarginalResult, dict[str, int]]:
    """Fit a clustered regression, for one coefficient or several.

    Parameters
    ----------
    rows : DataFrame
        The formula's columns, ``episode_id`` and ``cluster`` (missing where nothing is shared).
        Rows with another missing value are left out and count as eligible.
    formula : str
        ``outcome ~ fixed effects``.
    fewest : int
        Participants that a fit needs.
    membership : DataFrame, optional
        ``episode_id``, ``cluster``, ``weight``: several groups a participant (multiple membership;
        Browne, Goldstein and Rasbash 2001, doi 10.1177/1471082X0100100202).
    participant : str, optional
        Column of participants, where rows are occasions.

    Returns
    -------
    MixedResult or MarginalResult, dict
        The fit, and ``n_used`` and ``n_eligible`` as `fill` takes them.

    Raises
    ------
    TooFewError
        With fewer than `fewest` participants.
    EstimationError
        As `fit_mixed` raises it.
    """
    needed = [name for name in rows.columns if name != "cluster"]
    used = rows.dropna(subset=needed)
    people = int(used["episode_id"].nunique())
    if people < fewest:
        raise TooFewError(f"{people} participants have what is needed: fewer than {fewest}")
    shared: dict[str, Any] = {"participant": participant} if participant else {}
    if membership is not None:
        shared |= _membership(used, membership)
    elif used["cluster"].notna().any():
        shared |= {"group": "cluster", "grouped": "in_a_group"}
        inside = used["cluster"].notna()
        used = used.assign(
            cluster=used["cluster"].astype(object).where(inside, None),
            in_a_group=inside.astype(float),
        )
    fit = fit_mixed(used, formula, **shared)
    return fit, {"n_used": people, "n_eligible": int(rows["episode_id"].nunique())}


def fill(
    blank: Effect, fit: Any, at: Mapping[str, float], *, n_used: int, n_eligible: int
) -> Effect:
    """Put a fitted contrast into an effect.

    Clusters are therapy groups or, where members sat in several, sets of groups that share no
    member (`separate_clusters`): only those are surely independent.

    Raises
    ------
    EstimationError
        If the estimate or its standard error is not finite and positive.
    """
    found = fit.contrast(dict(at), df=DF_METHOD)
    groups = separate_clusters(fit.problem)
    return estimated(
        blank,
        found.estimate,
        found.se,
        found.df,
        DF_METHOD,
        n_used=n_used,
        n_eligible=n_eligible,
        clusters=groups or None,
        cluster_unit="therapy group" if groups else "",
        icc=float(fit.icc) if groups and np.isfinite(fit.icc) else None,
        converged=bool(fit.converged),
        boundary=bool(fit.boundary),
    )


def _membership(used: pd.DataFrame, membership: pd.DataFrame) -> dict[str, Any]:
    mine = membership[membership["episode_id"].isin(used["episode_id"])]
    return {"group": "cluster", "participant": "episode_id", "membership": mine}
