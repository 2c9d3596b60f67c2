"""Any partially nested design by sparse matrices: crossed therapists, several memberships.

V = V0 + Z G Z'. V0, of residuals and participants, is block-diagonal by participant and has a
sparse inverse B. Z holds the group and therapist effects, which may cross, with covariance G. Then

    V⁻¹ = B - C K C',   C = B Z,   H = Z'C,   K = (I + G H)⁻¹G,   log|V| = log|V0| + log|I + G H|

(Henderson & Searle 1981, doi 10.1137/1023004). Only matrices as wide as the number of group and
therapist effects are dense, so the work grows with the rows and with the cube of that number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.linalg import lu_factor, lu_solve

from analysis.engine.covariance import CovarianceFit, Derivatives
from analysis.engine.optimum import optimise
from analysis.engine.problem import Floats, Problem, check_rank
from analysis.engine.sparse_design import Matrices, Sparse, matrices
from analysis.study.rowless import rowless


def fit_sparse(problem: Problem, *, reml: bool = True) -> CovarianceFit:
    """Fit the covariance parameters of any problem, crossed or not.

    Parameters
    ----------
    problem : Problem
        Rows, coded.
    reml : bool
        Restricted likelihood, or maximum likelihood.

    Returns
    -------
    CovarianceFit
        Covariance parameters in the units of the outcome squared, with derivatives at them.

    Raises
    ------
    RankDeficientError
        If columns of the fixed effects are linear combinations of others.
    ConvergenceError
        If no optimum was found.
    """
    check_rank(problem.X.T @ problem.X, problem.names)
    model = matrices(problem)
    return optimise(
        lambda theta, order: evaluate(model, theta, order), model.blocks, model.start, reml=reml
    )


def evaluate(model: Matrices, theta: Floats, order: int = 2) -> Derivatives:
    """Quadratic forms, log-determinant and their derivatives at `theta` (see `covariance`).

    Parameters
    ----------
    model : Matrices
        The design.
    theta : (R,) array
        Covariance parameters: covariance matrices positive semi-definite, residual variances
        positive.
    order : {0, 1, 2}
        Highest derivative wanted.

    Raises
    ------
    numpy.linalg.LinAlgError
        If V is not positive definite.
    """
    factored = _factor(model, theta)
    solved = factored.solve(model.data)
    q = model.data.shape[1]
    trace_1: Floats = np.empty(0)
    cross_1: Floats = np.empty((0, q, q))
    trace_2: Floats = np.empty((0, 0))
    cross_2: Floats = np.empty((0, 0, q, q))
    if order >= 1:
        moved = [_apply(model, r, solved) for r in range(len(theta))]
        cross_1 = np.array([solved.T @ one for one in moved])
        trace_1 = factored.traces(model)
    if order >= 2:
        pairs = np.array([[a.T @ b for b in map(factored.solve, moved)] for a in moved])
        cross_2 = (pairs + pairs.transpose(0, 1, 3, 2)) / 2
        trace_2 = factored.pair_traces(model)
    cross = model.data.T @ solved
    return Derivatives(
        len(solved), factored.logdet, (cross + cross.T) / 2, trace_1, cross_1, trace_2, cross_2
    )


def _apply(model: Matrices, r: int, columns: Floats) -> Floats:
    """V_r times `columns`."""
    if r < len(model.local):
        return np.asarray(model.local[r] @ columns)
    inner = model.shared[r - len(model.local)] @ (model.effects.T @ columns)
    return np.asarray(model.effects @ inner)


@rowless
@dataclass(frozen=True)
class _Factored:
    """V at one theta: B, C, H, K and log|V|."""

    inverse: Sparse
    thin: Sparse
    inner: Sparse
    middle: Floats
    logdet: float

    def solve(self, columns: Floats) -> Floats:
        """V⁻¹ times `columns`."""
        return np.asarray(
            self.inverse @ columns - self.thin @ (self.middle @ (self.thin.T @ columns))
        )

    @cached_property
    def seen(self) -> Floats:
        """Z'V⁻¹Z."""
        return np.asarray(self.inner.toarray() - self.inner @ (self.middle @ self.inner))

    def through(self, one: Sparse) -> Sparse:
        """C'V_rC of a residual or participant parameter."""
        return sparse.csr_array(self.thin.T @ (one @ self.thin))

    def traces(self, model: Matrices) -> Floats:
        """tr(V⁻¹V_r) of every parameter."""
        local = [
            (self.inverse * one).sum() - (self.through(one) * self.middle).sum()
            for one in model.local
        ]
        return np.array([*local, *((one * self.seen).sum() for one in model.shared)])

    def pair_traces(self, model: Matrices) -> Floats:
        """tr(V⁻¹V_rV⁻¹V_s) of every pair of parameters."""
        n_local = len(model.local)
        left = [self.inverse @ one for one in model.local]
        through = [self.through(one) for one in model.local]
        dressed = [self.middle @ one for one in through]
        turn = np.eye(len(self.middle)) - self.middle @ self.inner
        turned = [one @ turn for one in through]
        places = [one.tocoo() for one in model.shared]
        seen = [one @ self.seen for one in model.shared]
        out = np.empty((n_local + len(seen),) * 2)
        for r in range(len(out)):
            for s in range(r + 1):
                if r < n_local:
                    bridge = self.thin.T @ (model.local[r] @ (left[s] @ self.thin))
                    value = (left[r] * left[s].T).sum() - 2 * (bridge * self.middle).sum()
                    value += np.vdot(dressed[r], dressed[s].T)
                elif s < n_local:
                    at = places[r - n_local]
                    value = np.vdot(turn[:, at.row] * at.data, turned[s][:, at.col])
                else:
                    value = np.vdot(seen[r - n_local], seen[s - n_local].T)
                out[r, s] = out[s, r] = value
        return out


def _factor(model: Matrices, theta: Floats) -> _Factored:
    """Invert V at `theta`."""
    inverse, logdet = _invert_local(model, theta)
    thin = sparse.csr_array(inverse @ model.effects)
    inner = sparse.csr_array(model.effects.T @ thin)
    g = sparse.csr_array(inner.shape)
    for value, one in zip(theta[len(model.local) :], model.shared, strict=True):
        g = g + value * one
    lu, swaps = lu_factor(np.eye(inner.shape[0]) + g @ inner)
    pivots = np.diag(lu)
    if (np.sum(pivots < 0) + np.sum(swaps != np.arange(len(swaps)))) % 2 or not pivots.all():
        raise np.linalg.LinAlgError("V is not positive definite")
    middle = lu_solve((lu, swaps), g.toarray())
    logdet += float(np.log(np.abs(pivots)).sum())
    return _Factored(inverse, thin, inner, (middle + middle.T) / 2, logdet)


def _invert_local(model: Matrices, theta: Floats) -> tuple[Sparse, float]:
    """Inverse and log-determinant of V0, by a k × k system for each participant."""
    variance = model.residual @ theta[: model.residual.shape[1]]
    if (variance <= 0).any():
        raise np.linalg.LinAlgError("a residual variance is not positive")
    weight = sparse.diags_array(1.0 / variance)
    inverse, logdet = sparse.csr_array(weight), float(np.log(variance).sum())
    for unit in model.units:
        psi, k = unit.block.matrix(theta), len(unit.columns)
        weighted = [weight @ one for one in unit.columns]
        gram = np.array([[(a * b).sum(axis=0) for b in weighted] for a in unit.columns])
        lift = np.eye(k) + psi @ gram.transpose(2, 0, 1)
        sign, extra = np.linalg.slogdet(lift)
        if (sign <= 0).any():
            raise np.linalg.LinAlgError("V is not positive definite")
        middle = np.linalg.solve(lift, np.broadcast_to(psi, lift.shape))
        logdet += float(extra.sum())
        for i in range(k):
            for j in range(k):
                scale = sparse.diags_array((middle[:, i, j] + middle[:, j, i]) / 2)
                inverse = inverse - weighted[i] @ scale @ weighted[j].T
    return sparse.csr_array(inverse), logdet
