"""`fit_mixed`: one call for every partially nested mixed model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.centring import is_clear
from analysis.engine.covariance import CovarianceFit, expected, gradient
from analysis.engine.gather import gather, is_nested
from analysis.engine.marginal import MarginalResult, fit_marginal
from analysis.engine.moments import Moments
from analysis.engine.nested import NestedLikelihood
from analysis.engine.optimum import Evaluate, optimise
from analysis.engine.problem import Problem, build_problem, check_rank
from analysis.engine.result import MixedResult
from analysis.engine.sparse import evaluate as evaluate_sparse
from analysis.engine.sparse import fit_sparse
from analysis.engine.sparse_design import matrices
from analysis.records.errors import ConvergenceError, InsufficientDataError, ModelInputError

Floats = NDArray[np.floating]

# Shares of the outcome's variance where the search starts; the optimum does not depend on them.
SHARES = {"residual": 0.5, "participant": 0.4, "group": 0.05}
START_FLOOR = 1e-3
LOST_DIGITS = 1e-4
NO_NOISE = 1e-18


def fit_mixed(
    data: pd.DataFrame,
    formula: str,
    *,
    group: str | None = None,
    grouped: str | None = None,
    participant: str | None = None,
    slope: str | None = None,
    therapist: str | None = None,
    residual_by: str | None = None,
    participant_by: str | None = None,
    group_slope: bool = True,
    negative_icc: bool = False,
    membership: pd.DataFrame | None = None,
    precision_weights: str | None = None,
    sampling_weights: str | None = None,
    reml: bool = True,
) -> MixedResult | MarginalResult:
    """Fit a partially nested model: therapy groups act on those who are exposed to one.

    The model of a row of participant i in group c is ``x'beta + z (u0_c + u1_c time) + b0_i +
    b1_i time + e``: groups act in proportion to the exposure z, in whichever arm.

    Parameters
    ----------
    data : pandas.DataFrame
        One row an outcome. Rows with a missing value in a column that the model uses are dropped
        (and counted in ``n_dropped``).
    formula : str
        ``outcome ~ fixed effects``, as formulaic reads it.
    group : str, optional
        Column of therapy groups; may be missing where `grouped` is zero.
    grouped : str, optional
        Column of exposure to the group, in [0, 1]; by default 1 where `group` is present, else 0.
    participant : str, optional
        Column of participants, for repeated outcomes: adds a random intercept.
    slope : str, optional
        Column of time: participants get a random slope on it, and so do groups.
    therapist : str, optional
        Column of therapists, nested in or across groups, in one arm or both. Where therapists and
        groups are one to one the sum of their variances is reported.
    residual_by, participant_by : str, optional
        Columns (such as the arm) by whose levels the residual variance and the participant
        covariance differ.
    group_slope : bool
        False leaves the group's slope out; arm × time is then anti-conservative.
    negative_icc : bool
        True lets what members of a group share be negative, as a covariance may be and a variance
        may not. Where groups share little or nothing, a variance kept from falling below zero is
        too large on average and its intervals are too wide; the covariance keeps their level
        (Nelder 1954, 10.1093/biomet/41.3-4.544; Molenberghs and Verbeke 2011,
        10.1177/1471082X1001100202). Where there is no optimum at which the sums of every group
        keep a tenth of their variance (`jets.EDGE`), the variance at zero or above stands, which is
        wider. For nested designs; see `clustering.may_be_negative`.
    membership : pandas.DataFrame, optional
        Open enrolment: a long table with columns `participant`, `group` (those names) and
        ``weight``. A participant's group effect is the weighted sum over the groups attended.
    precision_weights : str, optional
        Column of weights w: a row's residual variance is sigma² / w.
    sampling_weights : str, optional
        Column of sampling or propensity weights. They do not enter a mixed model: the result is
        the weighted marginal model with CR2 standard errors by therapy group (`MarginalResult`).
    reml : bool
        Restricted (default) or maximum likelihood.

    Returns
    -------
    MixedResult or MarginalResult

    Raises
    ------
    ModelInputError
        A column is missing, not numeric or infinite; the outcome is missing everywhere; rows are
        declared grouped without a group; participants are in two groups without `membership`.
    TooFewGroupsError
        There is one therapy group only, or every group has one participant.
    RankDeficientError
        The fixed effects are linearly dependent; the message names the columns.
    ConvergenceError
        No verified optimum was found.

    Notes
    -----
    A variance at zero is a legitimate estimate, listed in ``boundary``. Degrees of freedom there
    follow the rule of `inference.py`: clustering is never dropped, every variance at zero keeps
    its uncertainty, and contrasts between arms keep df that follow the number of groups.

    Examples
    --------
    One endpoint, groups in one arm, residual variance by arm (M1):

    >>> fit_mixed(frame, "phq9 ~ arm + phq9_0", group="group_id",
    ...           residual_by="arm")  # doctest: +SKIP

    Repeated outcomes with participant and group slopes (M2):

    >>> fit_mixed(frame, "phq9 ~ arm * week + phq9_0", group="group_id", participant="id",
    ...           slope="week")  # doctest: +SKIP

    Open enrolment: several groups a participant, weighted by attendance:

    >>> fit_mixed(frame, "phq9 ~ arm * week", group="group_id", participant="id", slope="week",
    ...           membership=attended)  # doctest: +SKIP
    """
    if sampling_weights is not None and precision_weights is not None:
        raise ModelInputError("precision weights and sampling weights are different models")
    problem = build_problem(
        data,
        formula,
        group=group,
        grouped=grouped,
        participant=participant,
        slope=slope,
        therapist=therapist,
        residual_by=residual_by,
        participant_by=participant_by,
        group_slope=group_slope,
        negative_icc=negative_icc,
        membership=membership,
        precision_weights=precision_weights,
        sampling_weights=sampling_weights,
    )
    if problem.sampling is not None:
        return fit_marginal(problem)
    return fit_problem(problem, reml=reml)


def fit_problem(problem: Problem, *, reml: bool = True) -> MixedResult:
    """Fit a coded problem: in closed form where it is nested, else by sparse matrices."""
    problem, moments = settled(problem)
    if moments is not None:
        return MixedResult(problem, fit_moments(moments, reml=reml), moments)
    if problem.negative_icc:
        raise ModelInputError(
            "a negative intraclass correlation needs groups that share no member or therapist"
        )
    return MixedResult(problem, fit_sparse(problem, reml=reml))


def settled(problem: Problem) -> tuple[Problem, Moments | None]:
    """Centre a problem, so that sums keep their digits; its moments where it is nested."""
    problem, nested = problem.centred(), is_nested(problem)
    moments = gather(problem) if nested else None
    gram = problem.X.T @ problem.X if moments is None else moments.total.sum(axis=0)[:-1, :-1]
    if is_clear(gram):
        return problem, moments
    problem = problem.orthogonal()
    return problem, gather(problem) if nested else None


def likelihood(problem: Problem, moments: Moments | None) -> Evaluate:
    """Likelihood derivatives of a problem: from its moments, or by sparse matrices without."""
    if moments is not None:
        return NestedLikelihood(moments)
    model = matrices(problem)
    return lambda theta, order: evaluate_sparse(model, theta, order)


def fit_moments(moments: Moments, *, reml: bool = True) -> CovarianceFit:
    """Fit a nested model from its sufficient statistics alone.

    What may be negative and has no optimum inside its range is fitted as a variance.

    Raises
    ------
    RankDeficientError
        If columns of the fixed effects are linear combinations of others.
    ConvergenceError
        If no verified optimum is found.
    """
    gram = moments.total.sum(axis=0)
    check_rank(gram[:-1, :-1], moments.names[:-1])
    evaluate = NestedLikelihood(moments)
    start = begin = start_values(moments)
    _check_digits(moments, start)
    plain = moments.without_groups()
    if len(moments.blocks) > len(plain.blocks) > len(moments.rows):
        inner, outer = np.split(start, [evaluate.inner])
        inner = _scored(NestedLikelihood(plain), inner, reml)[0]
        start, begin = _scored(evaluate, np.append(inner, outer), reml)
    try:
        return optimise(evaluate, moments.blocks, start, begin=begin, reml=reml)
    except ConvergenceError:
        kept = tuple(replace(block, signed=False) for block in moments.blocks)
        if kept == moments.blocks:
            raise
        return fit_moments(replace(moments, blocks=kept), reml=reml)


def _check_digits(moments: Moments, start: Floats) -> None:
    """Refuse an outcome so far from zero that sums of its squares lose the criterion's digits."""
    noise = min(start[one.start] for one in moments.blocks if one.factor == "residual")
    squares = float(moments.total[:, -1, -1].sum())
    if noise * moments.n <= NO_NOISE * squares:
        raise InsufficientDataError("the fixed effects leave the outcome no variation")
    if np.finfo(float).eps * squares > LOST_DIGITS * noise:
        raise InsufficientDataError(
            "the outcome hardly varies beside its distance from zero: take a constant off it"
        )


def _scored(evaluate: NestedLikelihood, theta: Floats, reml: bool) -> tuple[Floats, Floats]:
    """One Fisher scoring step from positive variances, kept inside and kept within its edge.

    Whatever theta is, the step is Rao's minimum norm quadratic estimate (MINQUE; Rao 1972,
    10.1080/01621459.1972.10481212): consistent, and in a balanced design the optimum itself. The
    first result is kept away from zero in units of theta; the second may lie on the edge, where
    the search stays only if the optimum does.
    """
    there = evaluate(theta, 2)
    information = expected(there, reml)
    size = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    unscaled = information / np.outer(size, size), gradient(there, reml) / size
    step = np.linalg.lstsq(*unscaled, rcond=1e-12)[0] / size
    inside, within = theta - step, theta - step
    for block in evaluate.moments.blocks:
        unit = np.sqrt(np.diag(block.matrix(theta)))
        scale = np.outer(unit, unit)
        values, vectors = np.linalg.eigh(block.matrix(theta - step) / scale)
        floored = np.maximum(values, START_FLOOR)
        edged = np.where((values < 0) & (block.factor == "group"), 0.0, floored)
        for out, kept in ((inside, floored), (within, edged)):
            matrix = (vectors * kept) @ vectors.T * scale
            out[block.slice] = [matrix[i, j] for i, j in block.entries]
    return inside, within


def start_values(moments: Moments) -> Floats:
    """Rough positive variances: shares of the ordinary least squares residual variance."""
    gram = moments.total.sum(axis=0)
    beta = np.linalg.solve(gram[:-1, :-1], gram[:-1, -1])
    left = np.append(-beta, 1.0)
    spread = np.maximum(np.einsum("i,aij,j->a", left, moments.total, left), 0) / moments.rows
    overall = float(spread @ moments.rows / moments.rows.sum())
    sums = moments.pattern_gram * moments.pattern_count[:, None, None]
    sums = sums.sum(axis=0) if moments.pattern_count.any() else moments.entry_gram.sum(axis=0)
    time = sums[1, 1] / sums[0, 0] if sums.shape[0] == 2 else 1.0
    out = np.zeros(sum(block.size for block in moments.blocks))
    for at, block in enumerate(moments.blocks):
        share = SHARES[block.factor]
        if block.factor == "residual":
            out[block.start] = share * spread[at]
            continue
        for offset, (i, j) in enumerate(block.entries):
            if i == j:
                out[block.start + offset] = share * overall / (time if i else 1.0)
    return out
