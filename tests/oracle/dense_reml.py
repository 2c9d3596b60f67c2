"""A plain dense REML fit: slow, short, and meant to be seen to be right. Tests only.

The marginal covariance matrix is written out in full,

    V = sum_terms sum_ab C_ab Z_a Z_b' + diag(residual variance of each row's class),

and the criterion is minimised over Cholesky factors of the covariance matrices C and the logarithms
of the residual variances. V is linear in the variances and covariances, so every derivative used
for degrees of freedom is exact: the derivative of V by one of them is a fixed matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import OptimizeResult, minimize

Matrix = npt.NDArray[np.float64]
Term = Sequence[Matrix]
"""A random term: q design matrices (rows x levels) whose effects share a q x q covariance."""


@dataclass(frozen=True)
class DenseFit:
    """Estimates of `fit_dense`; `derivatives` are dV by each variance parameter, in `phi`'s order.

    `phi` holds, for each term, the lower triangle of its covariance matrix by rows, then the
    residual variances in the sorted order of their labels.
    """

    criterion: float
    beta: Matrix
    cov_beta: Matrix
    covariances: tuple[Matrix, ...]
    residual: Matrix
    phi: Matrix
    derivatives: tuple[Matrix, ...]
    marginal: Matrix
    y: Matrix
    x: Matrix


def indicator(labels: Sequence[object]) -> Matrix:
    """Return the 0/1 matrix (rows x levels) of `labels`, levels sorted."""
    _, codes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    return np.eye(codes.max() + 1)[codes]


def covariance_derivatives(terms: Sequence[Term], classes: Matrix) -> tuple[Matrix, ...]:
    """Return dV by every covariance (lower triangle, by rows) and every residual variance."""
    out = []
    for term in terms:
        for a in range(len(term)):
            for b in range(a + 1):
                one = term[a] @ term[b].T
                out.append(one if a == b else one + one.T)
    return (*out, *(np.diag(column) for column in classes.T))


def _lower(terms: Sequence[Term], values: Matrix) -> Iterator[Matrix]:
    """Yield one lower triangular matrix for each term from the flat `values`."""
    start = 0
    for term in terms:
        rows, columns = np.tril_indices(len(term))
        lower = np.zeros((len(term), len(term)))
        lower[rows, columns] = values[start : start + len(rows)]
        start += len(rows)
        yield lower


def criterion(
    phi: Matrix, derivatives: Sequence[Matrix], y: Matrix, x: Matrix, reml: bool
) -> float:
    """Return -2 log (restricted) likelihood at the variance parameters `phi`, on lme4's scale."""
    return _profile(phi, derivatives, y, x, reml)[0]


def _profile(
    phi: Matrix, derivatives: Sequence[Matrix], y: Matrix, x: Matrix, reml: bool
) -> tuple[float, Matrix, Matrix, Matrix]:
    """Return the criterion, its gradient by `phi`, the coefficients and their covariance."""
    n, p = x.shape
    v = np.einsum("k,kij->ij", phi, np.asarray(derivatives))
    factor = cho_factor(v, lower=True)
    v_inverse = cho_solve(factor, np.eye(n))
    information = x.T @ v_inverse @ x
    cov_beta = np.linalg.inv(information)
    beta = cov_beta @ (x.T @ (v_inverse @ y))
    scaled = v_inverse @ (y - x @ beta)
    value = 2 * np.log(np.diag(factor[0])).sum() + (y - x @ beta) @ scaled
    projection = v_inverse
    if reml:
        value += np.linalg.slogdet(information)[1] - p * np.log(2 * np.pi)
        projection = v_inverse - v_inverse @ x @ cov_beta @ x.T @ v_inverse
    gradient = [(projection * one).sum() - scaled @ one @ scaled for one in derivatives]
    return value + n * np.log(2 * np.pi), np.array(gradient), beta, cov_beta


def fit_dense(
    y: Matrix,
    x: Matrix,
    terms: Sequence[Term],
    residual_class: Sequence[object] | None = None,
    *,
    precision: Matrix | None = None,
    reml: bool = True,
    starts: Sequence[float] = (0.05, 0.5),
) -> DenseFit:
    """Fit by REML (or ML) from several starting shares of the variance; keep the best optimum.

    Parameters
    ----------
    y, x : array
        Outcome (n,) and fixed-effects design (n, p).
    terms : sequence of Term
        Random terms; see `Term`.
    residual_class : sequence, optional
        Label of each row's residual variance; one variance where absent.
    precision : array, optional
        Precision weights (n,): the residual variance of a row is its class's over its weight.
    reml : bool
        Restricted likelihood, or the ordinary one.
    starts : sequence of float
        Starting variances as shares of the ordinary residual variance.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    classes = indicator(["all"] * len(y) if residual_class is None else residual_class)
    if precision is not None:
        classes = classes / precision[:, None]
    derivatives = covariance_derivatives(terms, classes)
    variance = np.sum((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2) / len(y)
    n_lower = sum(len(term) * (len(term) + 1) // 2 for term in terms)

    def to_phi(values: Matrix) -> Matrix:
        covariances = [(low @ low.T)[np.tril_indices(len(low))] for low in _lower(terms, values)]
        return np.concatenate([*covariances, np.exp(values[n_lower:])])

    def objective(values: Matrix) -> tuple[float, Matrix]:
        phi = to_phi(values)
        value, gradient = _profile(phi, derivatives, y, x, reml)[:2]
        return value, _chain(terms, values, gradient, phi[n_lower:])

    best = min(
        (_descend(objective, terms, variance * share, classes, variance) for share in starts),
        key=lambda found: found.fun,
    )
    phi = to_phi(best.x)
    value, _, beta, cov_beta = _profile(phi, derivatives, y, x, reml)
    return DenseFit(
        criterion=value,
        beta=beta,
        cov_beta=cov_beta,
        covariances=tuple(low @ low.T for low in _lower(terms, best.x)),
        residual=phi[n_lower:],
        phi=phi,
        derivatives=derivatives,
        marginal=np.einsum("k,kij->ij", phi, np.asarray(derivatives)),
        y=y,
        x=x,
    )


def _chain(terms: Sequence[Term], values: Matrix, gradient: Matrix, residual: Matrix) -> Matrix:
    """Turn the gradient by variances into that by Cholesky factors and log variances."""
    out, start = [], 0
    for low in _lower(terms, values):
        rows, columns = np.tril_indices(len(low))
        symmetric = np.zeros_like(low)
        symmetric[rows, columns] = gradient[start : start + len(rows)]
        symmetric = (symmetric + symmetric.T) / 2  # off-diagonal entries stand for both halves
        out.append((2 * symmetric @ low)[rows, columns])
        start += len(rows)
    return np.concatenate([*out, gradient[start:] * residual])


def _descend(
    objective: Callable[[Matrix], tuple[float, Matrix]],
    terms: Sequence[Term],
    start: float,
    classes: Matrix,
    variance: float,
) -> OptimizeResult:
    """Run L-BFGS-B twice from diagonal factors with variances scaled to their columns."""
    values, bounds = [], []
    for term in terms:
        for a, design in enumerate(term):
            scale = max(np.mean((design**2).sum(axis=1)), 1e-8)
            values += [0.0] * a + [np.sqrt(start / scale)]
            bounds += [(None, None)] * a + [(0.0, None)]
    values += [np.log(variance * 0.5)] * classes.shape[1]
    bounds += [(None, None)] * classes.shape[1]
    options = {"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 30}
    found = minimize(objective, values, jac=True, bounds=bounds, method="L-BFGS-B", options=options)
    return minimize(objective, found.x, jac=True, bounds=bounds, method="L-BFGS-B", options=options)


def satterthwaite(fit: DenseFit, contrast: Matrix) -> float:
    """Return the Satterthwaite df of one contrast, from the observed REML information.

    Source: Fai & Cornelius 1996, doi 10.1080/00949659608811740; the variance of the variance
    parameters is the inverse of half the Hessian of the REML criterion, as in lmerTest.
    """
    v_inverse, projection = _projection(fit)
    scaled = projection @ fit.y
    k = len(fit.derivatives)
    hessian = np.empty((k, k))
    for i, one in enumerate(fit.derivatives):
        for j, other in enumerate(fit.derivatives):
            trace = np.sum((projection @ one) * (projection @ other).T)
            hessian[i, j] = -trace + 2 * scaled @ one @ projection @ other @ scaled
    w = fit.x @ fit.cov_beta @ contrast
    slope = np.array([w @ v_inverse @ one @ v_inverse @ w for one in fit.derivatives])
    variance = contrast @ fit.cov_beta @ contrast
    return float(2 * variance**2 / (slope @ (2 * np.linalg.inv(hessian)) @ slope))


def _projection(fit: DenseFit) -> tuple[Matrix, Matrix]:
    """Return the inverse of V and the REML projection matrix."""
    v_inverse = np.linalg.inv(fit.marginal)
    hat = v_inverse @ fit.x
    return v_inverse, v_inverse - hat @ fit.cov_beta @ hat.T


def kenward_roger(fit: DenseFit, contrast: Matrix) -> tuple[float, float]:
    """Return the Kenward-Roger standard error and df of one contrast (expected information).

    Source: Kenward & Roger 1997, doi 10.2307/2533558; for a single contrast their scaling factor
    is 1 and the df are those of Satterthwaite with the expected information.
    """
    v_inverse, projection = _projection(fit)
    k, phi = len(fit.derivatives), fit.cov_beta
    hat = v_inverse @ fit.x
    p = [-hat.T @ one @ hat for one in fit.derivatives]
    information = np.empty((k, k))
    for i, one in enumerate(fit.derivatives):
        for j, other in enumerate(fit.derivatives):
            information[i, j] = np.sum((projection @ one) * (projection @ other).T) / 2
    w = np.linalg.inv(information)
    bend = np.zeros_like(phi)
    for i, one in enumerate(fit.derivatives):
        for j, other in enumerate(fit.derivatives):
            q = hat.T @ one @ v_inverse @ other @ hat
            bend += w[i, j] * (q - p[i] @ phi @ p[j])
    adjusted = phi + 2 * phi @ bend @ phi
    slope = np.array([-(contrast @ phi @ one @ phi @ contrast) for one in p])
    variance = contrast @ phi @ contrast
    df = 2 * variance**2 / (slope @ w @ slope)
    return float(np.sqrt(contrast @ adjusted @ contrast)), float(df)
