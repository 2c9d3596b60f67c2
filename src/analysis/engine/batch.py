"""Many outcomes on one design, fitted side by side: simulation, bootstrap, permutation.

All trials share X and the groups, so that X'V⁻¹X differs between them only through the variances;
the Newton search of `optimum.py` runs on all trials at once. Single-endpoint models (M1) whose
groups each lie in one stratum are fitted this way; other models one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.fit import fit_problem, settled
from analysis.engine.formula import parse
from analysis.engine.many import ManyLikelihood
from analysis.engine.many_search import search
from analysis.engine.moments import Moments
from analysis.engine.problem import Problem, build_problem, check_rank
from analysis.records.errors import EstimationError, ModelInputError, check_type
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]

CHUNK = 1000


@rowless
@dataclass(frozen=True)
class ManyFits:
    """Fits of B outcomes on one design.

    Attributes
    ----------
    names, theta_names : tuple of str
        Fixed effects; covariance parameters.
    params, bse, df : (B, p) arrays
        Estimates, standard errors and Satterthwaite degrees of freedom.
    theta : (B, R) array
        Variances.
    criterion : (B,) array
        -2 log (restricted) likelihood.
    converged, boundary : (B,) arrays of bool
        Whether the optimum was verified (nan stands in the row of a fit that was not), and
        whether a variance is at zero.
    """

    names: tuple[str, ...]
    theta_names: tuple[str, ...]
    params: Floats
    bse: Floats
    df: Floats
    theta: Floats
    criterion: Floats
    converged: NDArray[np.bool_]
    boundary: NDArray[np.bool_]


def fit_many(
    data: pd.DataFrame,
    formula: str,
    outcomes: Floats,
    *,
    group: str | None = None,
    grouped: str | None = None,
    participant: str | None = None,
    slope: str | None = None,
    residual_by: str | None = None,
    participant_by: str | None = None,
    group_slope: bool = True,
    negative_icc: bool = False,
    precision_weights: str | None = None,
    reml: bool = True,
) -> ManyFits:
    """Fit one model to every column of `outcomes`.

    Parameters
    ----------
    data : pandas.DataFrame
        The design, one row an outcome, complete; the outcome's column need not exist.
    formula : str
        ``outcome ~ fixed effects``.
    outcomes : (n, B) array
        Outcomes of B trials, in the order of `data`'s rows.
    group, grouped, participant, slope, residual_by, participant_by, group_slope, negative_icc
        As in `fit_mixed`.
    precision_weights, reml
        As in `fit_mixed`.

    Raises
    ------
    ModelInputError
        As `fit_mixed`; also where rows are incomplete or `outcomes` has another length. A trial
        that does not converge does not raise: it is marked.
    """
    check_type("data", data, pd.DataFrame, "a table")
    check_type("outcomes", outcomes, np.ndarray, "an array")
    outcomes = np.asarray(outcomes, dtype=float)
    if outcomes.ndim != 2 or len(outcomes) != len(data):
        raise ModelInputError("outcomes must have one row a row of the data, one column a trial")
    if not np.isfinite(outcomes).all():
        raise ModelInputError("outcomes have missing or infinite values")
    name = str(next(iter(parse(formula).lhs)))
    problem = build_problem(
        data.assign(**{name: outcomes[:, 0]}),
        formula,
        group=group,
        grouped=grouped,
        participant=participant,
        slope=slope,
        residual_by=residual_by,
        participant_by=participant_by,
        group_slope=group_slope,
        negative_icc=negative_icc,
        precision_weights=precision_weights,
    )
    if problem.n_dropped:
        raise ModelInputError("the rows of a shared design must be complete")
    return fit_outcomes(problem, outcomes, reml=reml)


def fit_outcomes(problem: Problem, outcomes: Floats, *, reml: bool = True) -> ManyFits:
    """Fit every column of `outcomes` (n, B) on the design of a problem."""
    problem, moments = settled(problem)
    if moments is None or problem.group is None or not _is_single(problem, moments):
        return _one_by_one(problem, outcomes, reml)
    check_rank(moments.total.sum(axis=0)[:-1, :-1], moments.names[:-1])
    parts = [
        search(
            ManyLikelihood.of(problem, moments, outcomes[:, at : at + CHUNK]),
            reml,
            problem.centring,
        )
        for at in range(0, outcomes.shape[1], CHUNK)
    ]
    names = [name for block in moments.blocks for name in block.names]
    joined = [np.concatenate(each) for each in zip(*parts, strict=True)]
    return ManyFits(problem.names, tuple(names), *joined)


def _is_single(problem: Problem, moments: Moments) -> bool:
    """Whether there is one endpoint, and every group lies in one stratum."""
    if problem.participant is not None or problem.slope is not None:
        return False
    return len(np.unique(moments.entry_group)) == len(moments.entry_group)


def _one_by_one(problem: Problem, outcomes: Floats, reml: bool) -> ManyFits:
    rows: list[Any] = []
    names: tuple[str, ...] = ()
    for column in outcomes.T:
        try:
            result = fit_problem(replace(problem, y=column), reml=reml)
        except EstimationError:
            rows.append(None)
            continue
        fit, names = result.fit, tuple(result.fit.names)
        rows.append(
            (
                np.asarray(result.params),
                np.asarray(result.bse),
                np.asarray(result.df()),
                problem.centring.theta(fit.blocks, fit.theta),
                result.reml_criterion,
                True,
                bool(fit.boundary),
            )
        )
    p, r = len(problem.names), len(names)
    none = (*[np.full(p, np.nan)] * 3, np.full(r, np.nan), np.nan, False, False)
    columns = zip(*[none if row is None else row for row in rows], strict=True)
    return ManyFits(problem.names, names, *[np.array(column) for column in columns])
