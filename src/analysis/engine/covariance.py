"""What a fitter of the covariance parameters gives back; all inference is written on it once.

The seam. A fitter supplies ``evaluate(theta, order) -> Derivatives`` for the V of its problem;
`optimum.optimise` finds theta, and `CovarianceFit` turns the derivatives into the criterion, the
fixed effects, gradients, and the information that Satterthwaite and Kenward-Roger need.

V is linear in theta (see `layout.py`), so with D = [X y], and V_r = dV/dtheta_r,

- cross     D'V⁻¹D                    cross_1[r]    D'V⁻¹V_rV⁻¹D
- cross_2[r, s]  the symmetric part of D'V⁻¹V_rV⁻¹V_sV⁻¹D
- logdet    log|V|                    trace_1[r]    tr(V⁻¹V_r)
- trace_2[r, s]  tr(V⁻¹V_rV⁻¹V_s)

which are (up to sign and a factor of two) the first and second derivatives of D'V⁻¹D and log|V|.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from analysis.engine.layout import Block
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Derivatives:
    """Quadratic forms of D = [X y] (q = p + 1 columns) in V⁻¹, for R covariance parameters.

    `order` 0 leaves the derivative arrays empty, 1 has first, 2 has second derivatives.
    """

    n: int
    logdet: float
    cross: Floats  # (q, q)
    trace_1: Floats  # (R,)
    cross_1: Floats  # (R, q, q)
    trace_2: Floats  # (R, R)
    cross_2: Floats  # (R, R, q, q)


@rowless
@dataclass(frozen=True)
class CovarianceFit:
    """Covariance parameters at the optimum, and everything that follows from them.

    Attributes
    ----------
    blocks : tuple of Block
        Order and names of theta.
    theta : (R,) array
        Natural parameters: variances and covariances, in the outcome's units squared (a slope's
        per unit of time squared).
    derivatives : Derivatives
        At `theta`, order 2, on the data's own scale.
    reml : bool
        Restricted likelihood, or maximum likelihood.
    converged : bool
        The optimum was verified: gradient in the free directions is zero, curvature is positive.
    iterations : int
        Evaluations used.
    """

    blocks: tuple[Block, ...]
    theta: Floats
    derivatives: Derivatives
    reml: bool
    converged: bool
    iterations: int

    @property
    def names(self) -> list[str]:
        """Names of theta."""
        return [name for block in self.blocks for name in block.names]

    @cached_property
    def cov(self) -> Floats:
        """Covariance of the fixed effects, (X'V⁻¹X)⁻¹, (p, p)."""
        p = self.derivatives.cross.shape[0] - 1
        return np.asarray(cho_solve(cho_factor(self.derivatives.cross[:p, :p]), np.eye(p)))

    @cached_property
    def beta(self) -> Floats:
        """Generalised least squares estimate of the fixed effects, (p,)."""
        cross = self.derivatives.cross
        return np.asarray(cho_solve(cho_factor(cross[:-1, :-1]), cross[:-1, -1]))

    @cached_property
    def criterion(self) -> float:
        """-2 log (restricted) likelihood on lme4's scale."""
        return criterion(self.derivatives, self.reml)

    @cached_property
    def gradient(self) -> Floats:
        """Gradient of the criterion in theta, (R,); positive at a variance that is zero."""
        return gradient(self.derivatives, self.reml)

    @cached_property
    def hessian(self) -> Floats:
        """Observed second derivatives of the criterion in theta, (R, R)."""
        return hessian(self.derivatives, self.reml)

    @cached_property
    def expected(self) -> Floats:
        """Expected second derivatives of the criterion, tr(P V_r P V_s), (R, R)."""
        return expected(self.derivatives, self.reml)

    @property
    def boundary(self) -> tuple[str, ...]:
        """Names of blocks whose covariance is singular (a variance at zero, a correlation of 1)."""
        return tuple(_title(block) for block in self.blocks if is_singular(block, self.theta))


SINGULAR = 1e-7


def is_singular(block: Block, theta: Floats) -> bool:
    """Whether a block's covariance matrix is singular, judged free of its units.

    One that may be negative has no boundary. Else a correlation matrix whose smallest eigenvalue
    is below 1e-7 is; so is a variance of exactly zero, which `optimum.optimise` sets where the
    optimum lies there.
    """
    if block.signed:
        return False
    matrix = block.matrix(theta)
    scale = np.sqrt(np.diag(matrix))
    if (scale == 0).any():
        return True
    return bool(np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] < SINGULAR)


def criterion(d: Derivatives, reml: bool) -> float:
    """-2 log (restricted) likelihood, as lme4 prints it (Bates et al. 2015, 10.18637/jss.v067.i01).

    REML: log|V| + log|X'V⁻¹X| + y'Py + (n - p) log 2 pi; ML without the second term and p.
    """
    p = d.cross.shape[0] - 1
    lower = np.linalg.cholesky(d.cross)
    rss = lower[-1, -1] ** 2
    if not reml:
        return float(d.logdet + rss + d.n * np.log(2 * np.pi))
    fixed = 2 * np.log(np.diag(lower)[:p]).sum()
    return float(d.logdet + fixed + rss + (d.n - p) * np.log(2 * np.pi))


def _parts(d: Derivatives) -> tuple[Floats, Floats, Floats]:
    """cov(beta), the contrast e with D e = residual, and V_r-forms of X with the residual."""
    phi: Floats = np.linalg.inv(d.cross[:-1, :-1])
    e = np.append(-phi @ d.cross[:-1, -1], 1.0)
    half: Floats = d.cross_1 @ e
    return phi, e, half


def gradient(d: Derivatives, reml: bool) -> Floats:
    """First derivatives in theta_r: tr(P V_r) - y'P V_r P y (Patterson & Thompson 1971)."""
    phi, e, half = _parts(d)
    trace = d.trace_1.copy()
    if reml:
        trace -= np.einsum("ij,rij->r", phi, d.cross_1[:, :-1, :-1])
    return trace - half @ e


def _bilinear(d: Derivatives) -> Floats:
    """Every y'P V_r P V_s P y."""
    phi, e, half = _parts(d)
    across = half[:, :-1]
    return np.asarray(np.einsum("i,rsij,j->rs", e, d.cross_2, e) - across @ phi @ across.T)


def expected(d: Derivatives, reml: bool) -> Floats:
    """tr(P V_r P V_s), or tr(V⁻¹V_r V⁻¹V_s) for maximum likelihood."""
    if not reml:
        return d.trace_2
    phi = np.linalg.inv(d.cross[:-1, :-1])
    first = np.einsum("ij,rjk->rik", phi, d.cross_1[:, :-1, :-1])
    double = np.einsum("ij,rsij->rs", phi, d.cross_2[:, :, :-1, :-1])
    return np.asarray(d.trace_2 - 2 * double + np.einsum("rij,sji->rs", first, first))


def hessian(d: Derivatives, reml: bool) -> Floats:
    """Observed second derivatives: 2 y'P V_r P V_s P y - tr(P V_r P V_s)."""
    return 2 * _bilinear(d) - expected(d, reml)


def _title(block: Block) -> str:
    return block.factor if block.level is None else f"{block.factor}[{block.level}]"
