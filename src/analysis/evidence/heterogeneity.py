"""Between-study variance of a univariate random-effects model: REML, ML, PM, DL, HE, HS, SJ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtri

from analysis.evidence.errors import PoolInputError
from analysis.evidence.inputs import Matrix, Vector
from analysis.records.errors import ConvergenceError

PARTS = 20
_STEPS = 200
_PRECISION = 1e-12
_SCALES = np.array([0.0, 0.003, 0.03, 0.1, 0.3, 0.6, 1.0, 3.0])


def weighted_fit(y: Vector, x: Matrix, w: Vector) -> tuple[Vector, Matrix, Vector]:
    """Weighted least squares: coefficients (p,), unscaled covariance (p, p), residuals (k,)."""
    weighted = x.T * w
    unscaled: Matrix = np.linalg.inv(weighted @ x).astype(float, copy=False)
    beta = unscaled @ (weighted @ y)
    return beta, unscaled, y - x @ beta


def trace_of_projection(x: Matrix, w: Vector, unscaled: Matrix) -> float:
    """Trace of P = W - W X (X'WX)^-1 X'W for diagonal weights of shape (k,)."""
    return float(w.sum() - np.vdot(unscaled, (x.T * (w * w)) @ x))


def typical_variance(v: Vector, x: Matrix) -> float:
    """Return a typical study's sampling variance, (k - p) / tr(P) (Higgins and Thompson 2002)."""
    w = 1.0 / v
    _, unscaled, _ = weighted_fit(v, x, w)
    return float((v.size - x.shape[1]) / trace_of_projection(x, w, unscaled))


def _generalised_q(y: Vector, v: Vector, x: Matrix, tau2: float) -> float:
    w = 1.0 / (v + tau2)
    _, _, r = weighted_fit(y, x, w)
    return float(w @ (r * r))


def _dersimonian_laird(y: Vector, v: Vector, x: Matrix) -> float:
    w = 1.0 / v
    _, unscaled, r = weighted_fit(y, x, w)
    excess = float(w @ (r * r)) - (y.size - x.shape[1])
    return float(excess / trace_of_projection(x, w, unscaled))


def _hedges(y: Vector, v: Vector, x: Matrix) -> float:
    _, unscaled, r = weighted_fit(y, x, np.ones_like(y))
    hat = np.einsum("ij,jk,ik->i", x, unscaled, x)
    return float(float(r @ r - v @ (1.0 - hat)) / (y.size - x.shape[1]))


def _hunter_schmidt(y: Vector, v: Vector, x: Matrix) -> float:
    return (_generalised_q(y, v, x, 0.0) - y.size) / float((1.0 / v).sum())


def _sidik_jonkman(y: Vector, v: Vector, x: Matrix) -> float:
    start = float(np.var(y))
    if np.ptp(y) == 0.0:
        return 0.0
    return float(start * _generalised_q(y, v, x, start) / (y.size - x.shape[1]))


def _paule_mandel(y: Vector, v: Vector, x: Matrix) -> float:
    return _variance_at(y, v, x, y.size - x.shape[1])


def _variance_at(y: Vector, v: Vector, x: Matrix, target: float) -> float:
    """Tau squared at which generalised Q equals `target`; zero where it is below it anyhow."""
    if _generalised_q(y, v, x, 0.0) <= target:
        return 0.0
    high = float(np.var(y)) + float(v.max())
    while _generalised_q(y, v, x, high) > target:
        high *= 2.0
    fine = 1e-14 * high
    return float(
        brentq(lambda t: _generalised_q(y, v, x, t) - target, 0.0, high, xtol=fine, rtol=1e-14)
    )


def q_profile(y: Vector, v: Vector, x: Matrix, level: float) -> tuple[float, float]:
    """Interval of tau squared: the values at which Q is no surprise (Viechtbauer 2007).

    Generalised Q at the true tau squared is chi square with k - p degrees of freedom and falls in
    tau squared, whose ends are where it equals the upper and the lower quantile
    (doi 10.1002/sim.2514). Exact under normal effects, whatever the estimator of tau squared.

    Parameters
    ----------
    y, v : array of shape (k,)
        Estimates and sampling variances.
    x : array of shape (k, p)
        Fixed effects, intercept included; k above p.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        In squared units of `y`, both zero where the estimates are more alike than any tau squared
        explains.
    """
    df = y.size - x.shape[1]
    ends = [float(chdtri(df, tail)) for tail in (0.5 - level / 2.0, 0.5 + level / 2.0)]
    return _variance_at(y, v, x, ends[0]), _variance_at(y, v, x, ends[1])


def plausible_variances(y: Vector, v: Vector, x: Matrix) -> Vector:
    """Tau squared at the middles of twenty equal parts of its confidence distribution.

    Its quantiles are the ends of one-sided Q-profile intervals (Viechtbauer 2007, doi
    10.1002/sim.2514); a prediction that averages over them knows that tau squared is estimated
    (Nagashima, Noma and Furukawa 2019, doi 10.1177/0962280218773520).

    Parameters
    ----------
    y, v : array of shape (k,)
    x : array of shape (k, p)
        Fixed effects, intercept included; k above p.

    Returns
    -------
    array of shape (20,)
        Ascending, in squared units of `y`.
    """
    df, upper = y.size - x.shape[1], 1.0 - (np.arange(PARTS) + 0.5) / PARTS
    return np.array([_variance_at(y, v, x, float(chdtri(df, 1.0 - one))) for one in upper])


def _newton_step(y: Vector, v: Vector, x: Matrix, tau2: float, restricted: bool) -> float:
    """One step up the (restricted) likelihood (Harville 1977, doi 10.2307/2286796).

    Newton's where the likelihood curves down; elsewhere the expected information bounds the step.
    """
    w = 1.0 / (v + tau2)
    _, unscaled, r = weighted_fit(y, x, w)
    w2, xw = w * w, x.T * w
    py = w * r
    ppy = w * (py - x @ (unscaled @ (xw @ py)))
    if restricted:
        second, third = (xw * w) @ x, (xw * w2) @ x
        hat = unscaled @ second
        trace = float(w.sum() - np.vdot(unscaled, second))
        expected = float(w2.sum() - 2.0 * np.vdot(unscaled, third) + np.vdot(hat, hat.T))
    else:
        trace, expected = float(w.sum()), float(w2.sum())
    observed = 2.0 * float(py @ ppy) - expected
    return (float(py @ py) - trace) / max(observed, 0.25 * expected)


def _deviances(y: Vector, v: Vector, x: Matrix, taus: Vector, restricted: bool) -> Vector:
    """Minus twice the (restricted) log-likelihood at each tau squared, without its constant."""
    w = 1.0 / (v + taus[:, None])
    weighted = w[:, :, None] * x
    precision = weighted.transpose(0, 2, 1) @ x
    beta = np.linalg.solve(precision, weighted.transpose(0, 2, 1) @ y[:, None])
    r = y - (x @ beta)[:, :, 0]
    values = (w * r * r - np.log(w)).sum(axis=1)
    return np.asarray(values + np.linalg.slogdet(precision)[1] if restricted else values)


def _likelihood(y: Vector, v: Vector, x: Matrix, restricted: bool) -> float:
    """Newton from the moment estimate; a search over scales where that is not the best optimum."""
    tau2 = max(0.0, _dersimonian_laird(y, v, x))
    settled = False
    for _ in range(_STEPS):
        proposal = max(0.0, tau2 + _newton_step(y, v, x, tau2, restricted))
        settled = abs(proposal - tau2) <= _PRECISION * (proposal + float(v[0]))
        tau2 = proposal
        if settled:
            break
    grid = np.append(_SCALES * (float(np.var(y)) + float(v.min())), tau2)
    values = _deviances(y, v, x, grid, restricted)
    if settled and values[-1] <= values.min() + 1e-9:
        return tau2
    return _search(y, v, x, restricted)


def _search(y: Vector, v: Vector, x: Matrix, restricted: bool) -> float:
    """Bounded search from the best point of a fine grid, for data with more than one optimum."""
    top = 10.0 * (float(np.var(y)) + float(v.max()))
    grid = np.concatenate(([0.0], np.geomspace(1e-8 * top, top, 200)))
    values = _deviances(y, v, x, grid, restricted)
    at = int(np.argmin(values))
    found = minimize_scalar(
        lambda t: float(_deviances(y, v, x, np.array([t]), restricted)[0]),
        bounds=(grid[max(0, at - 1)], grid[min(grid.size - 1, at + 1)]),
        method="bounded",
        options={"xatol": 1e-12 * top},
    )
    if not found.success or at == grid.size - 1:
        raise ConvergenceError(
            "the likelihood of the between-study variance has no verified optimum"
        )
    return 0.0 if values[0] <= found.fun else float(found.x)


def _restricted_likelihood(y: Vector, v: Vector, x: Matrix) -> float:
    return _likelihood(y, v, x, restricted=True)


def _full_likelihood(y: Vector, v: Vector, x: Matrix) -> float:
    return _likelihood(y, v, x, restricted=False)


def _equal(y: Vector, v: Vector, x: Matrix) -> float:
    return 0.0


ESTIMATORS: dict[str, Callable[[Vector, Vector, Matrix], float]] = {
    "REML": _restricted_likelihood,
    "ML": _full_likelihood,
    "PM": _paule_mandel,
    "EB": _paule_mandel,
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "EE": _equal,
    "FE": _equal,
}


def between_study_variance(y: Vector, v: Vector, x: Matrix, method: str) -> float:
    """Estimate tau squared, truncated at zero.

    Parameters
    ----------
    y, v : array of shape (k,)
        Estimates and sampling variances.
    x : array of shape (k, p)
        Fixed effects, intercept included.
    method : str
        REML or ML (Raudenbush 2009); PM (Paule and Mandel 1982, doi 10.6028/jres.087.022), to which
        EB (Morris 1983) is equal; DL (DerSimonian and Laird 1986, doi
        10.1016/0197-2456(86)90046-2); HE (Hedges and Olkin 1985); HS (Hunter and Schmidt 2004); SJ
        (Sidik and Jonkman 2005, doi 10.1002/sim.2257); EE or FE: zero. Formulas as reviewed by
        Viechtbauer 2005 (doi 10.3102/10769986030003261).

    Returns
    -------
    float
        Tau squared, in squared units of `y`; zero where there is no residual degree of freedom.

    Raises
    ------
    PoolInputError
        If the method is unknown.
    ConvergenceError
        If a likelihood has no verified optimum.
    """
    if method not in ESTIMATORS:
        raise PoolInputError(f"method {method!r} is unknown; known: {', '.join(ESTIMATORS)}")
    if y.size <= x.shape[1]:
        return 0.0
    return max(0.0, float(ESTIMATORS[method](y, v, x)))
