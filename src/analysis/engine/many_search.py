"""Newton search over many trials at once, and what each fit reports (see `batch.py`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.engine.centring import Centring
from analysis.engine.jets import pairs
from analysis.engine.many import ManyLikelihood
from analysis.engine.optimum import DECREMENT, MAX_EVALUATIONS, NOISE, ROUND_TO_ZERO
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Found = tuple[Floats, Floats, Floats, Floats, Floats, Bools, Bools]


@rowless
@dataclass(frozen=True)
class _State:
    """Criterion and inference of every trial at a point."""

    criterion: Floats
    gradient: Floats
    hessian: Floats
    expected: Floats
    beta: Floats
    cov: Floats
    slope: Floats  # (B, R, p, p), X'V⁻¹V_rV⁻¹X


def _state(model: ManyLikelihood, theta: Floats, reml: bool) -> _State:
    """Batch form of `covariance.py`'s functions."""
    cross, logdet = model(theta, 2)
    assert cross.first is not None and cross.second is not None
    assert logdet.first is not None and logdet.second is not None
    p, (r, s) = model.xx.shape[1], pairs(theta.shape[1])
    one = -np.moveaxis(cross.first, 0, 1)
    two = np.moveaxis(cross.second, 0, 1) / 2
    a = cross.value[:, :p, :p]
    phi = np.linalg.inv(a)
    beta = np.einsum("bij,bj->bi", phi, cross.value[:, :p, p])
    e = np.concatenate([-beta, np.ones((len(beta), 1))], axis=1)
    half = np.einsum("brij,bj->bri", one, e)
    rss = np.einsum("bi,bij,bj->b", e, cross.value, e)
    trace = logdet.first.T
    double = -logdet.second.T
    n = model.rows.sum()
    value = logdet.value + rss + n * np.log(2 * np.pi)
    if reml:
        turned = phi[:, None] @ one[..., :p, :p]
        trace = trace - np.einsum("brii->br", turned)
        double = (
            double
            - 2 * np.einsum("bij,bkij->bk", phi, two[..., :p, :p])
            + np.einsum("bkij,bkji->bk", turned[:, r], turned[:, s])
        )
        value = value + np.linalg.slogdet(a)[1] - p * np.log(2 * np.pi)
    across = np.einsum("bri,bij->brj", half[..., :p], phi)
    bilinear = np.einsum("bi,bkij,bj->bk", e, two, e)
    bilinear -= np.einsum("bki,bki->bk", across[:, r], half[:, s, :p])
    return _State(
        criterion=value,
        gradient=trace - np.einsum("bri,bi->br", half, e),
        hessian=_square(2 * bilinear - double, theta.shape[1]),
        expected=_square(double, theta.shape[1]),
        beta=beta,
        cov=phi,
        slope=one[..., :p, :p],
    )


def _square(packed: Floats, count: int) -> Floats:
    r, s = pairs(count)
    out = np.empty((len(packed), count, count))
    out[:, r, s] = out[:, s, r] = packed
    return out


def search(model: ManyLikelihood, reml: bool, centring: Centring) -> Found:
    """Newton search over all trials; see `optimum.optimise` for the single one."""
    trials, levels = model.yy.shape[1], len(model.rows)
    count, power = levels + 1, 1 if model.signed else 2
    theta = _start(model)
    scale = theta.copy()
    point = np.zeros((trials, count))
    point[:, -1] = 1.0
    done = np.zeros(trials, dtype=bool)
    limit = np.ones(trials)
    value = np.full(trials, np.inf)
    gradient, curve = np.zeros((trials, count)), np.zeros((trials, count, count))
    step = np.zeros((trials, count))
    gain = np.zeros(trials)
    for _ in range(MAX_EVALUATIONS):
        at = np.flatnonzero(~done)
        if not len(at):
            break
        trial = point[at] + step[at]
        state = _state(model.take(at), _theta(trial, scale[at], power), reml)
        new = np.where(np.isfinite(state.criterion), state.criterion, np.inf)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(gain[at] > 0, (value[at] - new) / gain[at], 1.0)
        good = (new <= value[at]) & (ratio > 0.05) | (gain[at] < NOISE) & (ratio > -1)
        move = np.linalg.norm(step[at], axis=1)
        limit[at] = np.where(ratio < 0.25, move / 4, np.maximum(limit[at], 2 * move))
        kept = at[good]
        point[kept], value[kept] = trial[good], new[good]
        gradient[kept], curve[kept] = _pull_back(
            trial[good], scale[kept], state.gradient[good], state.hessian[good], power
        )
        step[at], gain[at], lowest = _steps(gradient[at], curve[at], limit[at])
        done[at] = (gain[at] < DECREMENT) & (lowest > -NOISE)
    found = _report(model, _theta(point, scale, power), point[:, -1], done, reml, centring)
    left = np.flatnonzero(~done)
    if model.signed and len(left):
        again = search(replace(model.take(left), signed=False), reml, centring)
        for part, other in zip(found, again, strict=True):
            part[left] = other
    return found


def _start(model: ManyLikelihood) -> Floats:
    """Ordinary least squares residual variances, a tenth of it between groups."""
    levels = len(model.rows)
    xx, xy = model.xx[:levels].sum(axis=0), model.xy[:levels].sum(axis=0)
    beta = np.linalg.solve(xx, xy)
    rss = (
        model.yy[:levels]
        - 2 * np.einsum("apb,pb->ab", model.xy[:levels], beta)
        + np.einsum("pb,apq,qb->ab", beta, model.xx[:levels], beta)
    )
    spread = np.maximum(rss, 1e-300) / model.rows[:, None]
    pooled = (rss.sum(axis=0) / model.rows.sum())[:, None]
    return np.concatenate([0.9 * spread.T, 0.1 * pooled], axis=1)


def _theta(point: Floats, scale: Floats, power: int) -> Floats:
    """Variances; what groups share is the square of a factor, or itself where it is signed."""
    out = scale * np.exp(point)
    out[:, -1] = scale[:, -1] * point[:, -1] ** power
    return out


def _pull_back(
    point: Floats, scale: Floats, slope: Floats, curve: Floats, power: int
) -> tuple[Floats, Floats]:
    """Gradient and Hessian in log variances and, for groups, in their factor (see `_theta`)."""
    jacobian = _theta(point, scale, power)
    bend = slope * jacobian
    jacobian[:, -1] = power * scale[:, -1] * point[:, -1] ** (power - 1)
    bend[:, -1] = power * (power - 1) * scale[:, -1] * slope[:, -1]
    out = curve * jacobian[:, :, None] * jacobian[:, None, :]
    index = np.arange(point.shape[1])
    out[:, index, index] += bend
    return slope * jacobian, out


def _steps(slope: Floats, curve: Floats, limit: Floats) -> tuple[Floats, Floats, Floats]:
    """Newton steps on |curvature|, cut to a radius; predicted gains; lowest curvature."""
    values, vectors = np.linalg.eigh(curve)
    top = np.abs(values).max(axis=1, keepdims=True)
    size = np.maximum(np.abs(values), 1e-12 * top)
    along = np.einsum("bij,bi->bj", vectors, slope)
    move = -along / size
    stuck = (np.abs(along) < 1e-10) & (values < -NOISE * top)
    move = np.where(stuck, 1e-3, move)
    length = np.linalg.norm(move, axis=1)
    move *= np.minimum(1.0, limit / np.maximum(length, 1e-300))[:, None]
    gain = -(along * move).sum(axis=1) - 0.5 * (values * move**2).sum(axis=1)
    return np.einsum("bij,bj->bi", vectors, move), np.maximum(gain, 0), (values / top)[:, 0]


def _report(
    model: ManyLikelihood,
    theta: Floats,
    factor: Floats,
    done: Bools,
    reml: bool,
    centring: Centring,
) -> Found:
    """Round group variances to zero where the optimum is there; standard errors and df."""
    state = _state(model, theta, reml)
    boundary = np.zeros(len(theta), dtype=bool)
    if not model.signed:
        zeroed = np.where(np.abs(factor) < 1e-2, 0.0, theta[:, -1])
        there = _state(model, np.column_stack([theta[:, :-1], zeroed]), reml)
        boundary = (zeroed == 0.0) & (there.criterion <= state.criterion + ROUND_TO_ZERO)
        theta[boundary, -1] = 0.0
        state = _state(model, theta, reml)
    rows = centring.matrix(np.eye(state.beta.shape[1]))
    half = rows @ state.cov
    variance = np.einsum("bki,ki->bk", half, rows)
    slope = np.einsum("bki,brij,bkj->brk", half, state.slope, half)
    information = np.where(boundary[:, None, None], state.expected, state.hessian)
    spread = 2 * np.linalg.pinv(information, rcond=1e-14, hermitian=True)
    noise = np.einsum("brk,brs,bsk->bk", slope, spread, slope)
    beta, bse = centring.estimates(state.beta), np.sqrt(variance)
    df, size = 2 * variance**2 / noise, centring.log_size if reml else 0.0
    for part in (beta, bse, df, theta):
        part[~done] = np.nan
    value = np.where(done, state.criterion - size, np.nan)
    return beta, bse, df, theta, value, done, boundary & done
