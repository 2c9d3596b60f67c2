"""Predicted random effects and residuals of a nested model, and the weight of single groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.covariance import CovarianceFit
from analysis.engine.problem import Problem
from analysis.engine.result import MixedResult
from analysis.engine.robust import cluster_rows, covariance_block
from analysis.records.errors import ModelInputError
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Predicted:
    """Best linear unbiased predictions at the estimates.

    Attributes
    ----------
    group : (C, effects) array
        Effects of each therapy group at the user's time zero; empty without groups.
    participant : (P, effects) array
        Effects of each participant; empty without participants.
    residual : (n,) array
        Outcome less fixed and predicted effects, divided by the residual standard deviation.
    """

    group: Floats
    participant: Floats
    residual: Floats


def predict_effects(result: MixedResult) -> Predicted:
    """Predict the random effects (Henderson 1975, 10.2307/2529430), cluster by cluster.

    Raises
    ------
    ModelInputError
        If the design is not nested.
    """
    problem, fit = result.problem, result.fit
    if result.moments is None:
        raise ModelInputError("random effects are predicted for nested designs only")
    rest = problem.y - problem.X @ fit.beta
    blocks = {block.factor: block for block in fit.blocks}
    width = {name: len(block.effects) for name, block in blocks.items()}
    group = np.zeros((problem.n_groups, width.get("group", 0)))
    people = problem.participant
    participant = np.zeros((0 if people is None else len(people), width.get("participant", 0)))
    left = np.empty(len(rest))
    for rows in cluster_rows(problem):
        solved = np.linalg.solve(covariance_block(problem, fit, rows), rest[rows])
        left[rows] = _noise(problem, fit, rows) * solved
        basis = _basis(problem, rows)
        if problem.group is not None and problem.group.codes[rows[0]] >= 0:
            load = problem.z[rows, None] * basis[:, : width["group"]]
            matrix = blocks["group"].matrix(fit.theta)
            group[problem.group.codes[rows[0]]] = matrix @ (load.T @ solved)
        if people is not None:
            for one in np.unique(people.codes[rows]):
                mine = people.codes[rows] == one
                matrix = _participant_matrix(problem, fit, rows[mine][0])
                own = basis[mine][:, : width["participant"]]
                participant[one] = matrix @ (own.T @ solved[mine])
    scale = np.sqrt(_noise(problem, fit, np.arange(len(rest))))
    group, participant = (
        each @ problem.centring.effects(each.shape[1]).T for each in (group, participant)
    )
    return Predicted(group, participant, left / scale)


def _basis(problem: Problem, rows: NDArray[np.intp]) -> Floats:
    ones = np.ones(len(rows))
    return np.column_stack([ones] if problem.slope is None else [ones, problem.slope[rows]])


def _noise(problem: Problem, fit: CovarianceFit, rows: NDArray[np.intp]) -> Floats:
    found = np.array([fit.theta[one.start] for one in fit.blocks if one.factor == "residual"])
    by = problem.residual_by
    noise = found[np.zeros(len(rows), np.intp) if by is None else by.codes[rows]]
    return noise if problem.weights is None else noise / problem.weights[rows]


def _participant_matrix(problem: Problem, fit: CovarianceFit, row: int) -> Floats:
    found = [one for one in fit.blocks if one.factor == "participant"]
    by = problem.participant_by
    return found[0 if by is None else by.codes[row]].matrix(fit.theta)


def leave_one_group_out(result: MixedResult) -> pd.DataFrame:
    """Estimate fixed effects without each therapy group in turn, the variances held fixed.

    A group takes part through its own X'V⁻¹X and X'V⁻¹y, which are taken off the sums.

    Returns
    -------
    pandas.DataFrame
        One row a therapy group, one column a coefficient; nan where it cannot be estimated
        without the group.

    Raises
    ------
    ModelInputError
        If the design is not nested, or has no groups.
    """
    problem, fit = result.problem, result.fit
    if result.moments is None or problem.group is None:
        raise ModelInputError("leaving one group out needs a nested design with therapy groups")
    data = np.column_stack([problem.X, problem.y])
    out = np.full((len(problem.group), len(fit.beta)), np.nan)
    whole = fit.derivatives.cross
    for rows in cluster_rows(problem):
        code = problem.group.codes[rows[0]]
        if code < 0:
            continue
        block = covariance_block(problem, fit, rows)
        rest = whole - data[rows].T @ np.linalg.solve(block, data[rows])
        if np.linalg.cond(rest[:-1, :-1]) < 1e10 * np.linalg.cond(whole[:-1, :-1]):
            out[code] = np.linalg.solve(rest[:-1, :-1], rest[:-1, -1])
    out = problem.centring.estimates(out)
    return pd.DataFrame(out, index=list(problem.group.levels), columns=list(problem.names))
