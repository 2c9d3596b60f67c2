"""What a therapy group's members share, and how many clusters stand apart from each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.engine.covariance import CovarianceFit
from analysis.engine.problem import Problem

Floats = NDArray[np.floating]

FEW_GROUPS = 16


def intraclass_correlation(problem: Problem, fit: CovarianceFit) -> float:
    """Share of the variance at time zero that comes from the therapy groups.

    A row's share of the group variance is ``z² sum of w²``, w its membership weights (a single
    membership has weight 1). The mean of it over the rows in which groups act multiplies the
    group variance, beside those rows' own residual and participant variances. With closed groups
    this is the correlation of two members; with multiple membership it is that of two members with
    the same memberships, the most that two members can share (Goldstein 2011,
    10.1002/9780470973394, chapter 13).

    Returns
    -------
    float
        At most 1, negative only with ``negative_icc``; nan without groups.
    """
    group = next((one for one in fit.blocks if one.factor == "group"), None)
    on = problem.z > 0
    if group is None or not on.any():
        return float("nan")
    load = problem.z**2
    if problem.membership is not None:
        load = load * problem.membership.power(2).sum(axis=1)
    theta = problem.centring.theta(fit.blocks, fit.theta)
    shared = float(theta[group.start] * load[on].mean())
    own = 0.0
    for factor, by in (
        ("residual", problem.residual_by),
        ("participant", problem.participant_by),
    ):
        found = [theta[one.start] for one in fit.blocks if one.factor == factor]
        if found:
            codes = np.zeros(int(on.sum()), np.intp) if by is None else by.codes[on]
            own += float(np.mean(np.array(found)[codes]))
    return shared / (shared + own)


def may_be_negative(groups: int) -> bool:
    """Say whether a comparison lets the intraclass correlation be negative, by the declared rule.

    It does from 16 therapy groups on, where intervals then hold their level whatever the
    clustering; with fewer the variance stays at zero or above and intervals err on the wide side
    (`docs/engine.md`, operating characteristics). The design decides, not the data.
    """
    return groups >= FEW_GROUPS


def separate_clusters(problem: Problem) -> int:
    """Count therapy groups, or sets of attended units that no member links to another set.

    With multiple membership the units may be sessions: those of one therapy group share members,
    and whatever else the group has in common. Only sets without a member in common are surely
    independent; groups that are not known are not counted.
    """
    if problem.membership is None:
        return problem.n_groups
    known = problem.membership.shape[1] - problem.n_unknown
    acting = problem.membership[np.flatnonzero(problem.z > 0)][:, :known]
    n = acting.shape[0]
    links = sparse.block_array([[None, acting], [acting.T, None]], format="csr")
    _, codes = connected_components(links, directed=False)
    attended = np.diff(acting.tocsc().indptr) > 0
    return len(np.unique(codes[n:][attended]))
