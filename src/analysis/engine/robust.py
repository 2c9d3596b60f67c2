"""CR2 cluster-robust covariance with Satterthwaite degrees of freedom.

Bell & McCaffrey 2002; the form for any working covariance is Pustejovsky & Tipton 2018
(10.1080/07350015.2016.1247004). Clusters are therapy groups; a participant whom no group acts on
is a cluster of one's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from analysis.engine.centring import Centring
from analysis.engine.covariance import CovarianceFit
from analysis.engine.problem import Problem
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]


@rowless
@dataclass(frozen=True)
class Cluster:
    """Rows of one cluster: design, weight matrix W, working covariance, and residuals."""

    x: Floats  # (m, p)
    weight: Floats  # (m, m)
    working: Floats  # (m, m)
    residual: Floats  # (m,)


@rowless
@dataclass(frozen=True)
class Robust:
    """Robust covariance of the fixed effects, and what its degrees of freedom need.

    Attributes
    ----------
    cov : (p, p) array
        CR2 covariance.
    pieces : (J, 2 p, p) array
        For each cluster X'A'WXM and X'W Phi A'WXM, side by side.
    own : (J, p, p) array
        For each cluster M X'W A Phi A' W X M.
    inner : (2 p, 2 p) array
        Weights of the pieces' products across clusters.
    """

    cov: Floats
    pieces: Floats
    own: Floats
    inner: Floats

    def turned(self, centring: Centring) -> Robust:
        """Say the same of the coefficients of the user's columns."""
        if centring.columns is None:
            return self
        return Robust(
            centring.covariance(self.cov),
            self.pieces @ centring.columns.T,
            centring.covariance(self.own),
            self.inner,
        )

    def df(self, row: Floats) -> float:
        """Satterthwaite df of a contrast (Pustejovsky & Tipton 2018, equation 11).

        The variance estimate is a quadratic form whose matrix over clusters is P; df are
        tr(P)² / tr(P²), with P = diag(own) + L inner L'.
        """
        left = self.pieces @ row
        own = np.einsum("i,jik,k->j", row, self.own, row)
        diagonal = np.einsum("ja,ab,jb->j", left, self.inner, left)
        gram = self.inner @ (left.T @ left)
        trace = float((own + diagonal).sum())
        square = float((own**2 + 2 * own * diagonal).sum() + np.sum(gram * gram.T))
        return trace**2 / square


def cr2(clusters: Iterable[Cluster]) -> Robust:
    """CR2 covariance for ``beta = (X'WX)⁻¹X'Wy`` under a working covariance.

    Parameters
    ----------
    clusters : iterable of Cluster
        Independent clusters.
    """
    known = list(clusters)
    bread: Floats = np.linalg.inv(sum(one.x.T @ one.weight @ one.x for one in known))
    middle = sum(one.x.T @ one.weight @ one.working @ one.weight @ one.x for one in known)
    meat = np.zeros_like(bread)
    pieces, own = [], []
    for one in known:
        adjust = _adjustment(one, bread, bread @ middle @ bread)
        turned = adjust.T @ one.weight @ one.x @ bread
        score = turned.T @ one.residual
        meat += np.outer(score, score)
        pieces.append(np.vstack([one.x.T @ turned, one.x.T @ one.weight @ one.working @ turned]))
        own.append(turned.T @ one.working @ turned)
    inner = np.block([[bread @ middle @ bread, -bread], [-bread, np.zeros_like(bread)]])
    return Robust(meat, np.array(pieces), np.array(own), inner)


def _adjustment(one: Cluster, bread: Floats, sandwich: Floats) -> Floats:
    """Compute A = D'(D B D')^(-1/2) D; D'D = Phi, B is the covariance of the residuals."""
    root = linalg.cholesky(one.working)
    leverage = one.x @ bread @ one.x.T @ one.weight @ one.working
    spread = one.working - leverage - leverage.T + one.x @ sandwich @ one.x.T
    values, vectors = np.linalg.eigh(root @ spread @ root.T)
    positive = values > 1e-10 * max(values[-1], 1e-300)
    inverse = np.where(positive, values, 1.0) ** -0.5 * positive
    return np.asarray(root.T @ (vectors * inverse) @ vectors.T @ root, dtype=float)


def cluster_codes(problem: Problem) -> Codes:
    """Cluster of every row: its therapy group, or else its participant (or the row itself)."""
    people = problem.participant
    alone = np.arange(len(problem.y)) if people is None else people.codes
    if problem.group is None:
        return np.unique(alone, return_inverse=True)[1].astype(np.intp)
    key = np.where(problem.group.codes >= 0, problem.group.codes, len(problem.group) + alone)
    return np.unique(key, return_inverse=True)[1].astype(np.intp)


def cluster_rows(problem: Problem) -> list[Codes]:
    """Row numbers of every cluster."""
    codes = cluster_codes(problem)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def robust_mixed(problem: Problem, fit: CovarianceFit) -> Robust:
    """CR2 covariance of a mixed model's fixed effects, with the model's V as working covariance.

    A check of the model-based standard errors; it needs clusters that share nothing, so single
    membership and no therapists across groups.
    """
    design = problem.X
    residual = problem.y - design @ fit.beta

    def made() -> Iterable[Cluster]:
        for rows in cluster_rows(problem):
            working = covariance_block(problem, fit, rows)
            yield Cluster(design[rows], np.linalg.inv(working), working, residual[rows])

    return cr2(made()).turned(problem.centring)


def covariance_block(problem: Problem, fit: CovarianceFit, rows: Codes) -> Floats:
    """Fitted V of some rows of a nested problem, (m, m)."""
    ones = np.ones(len(rows))
    basis = [ones] if problem.slope is None else [ones, problem.slope[rows]]
    out = np.zeros((len(rows), len(rows)))
    people = (
        np.arange(len(rows)) if problem.participant is None else problem.participant.codes[rows]
    )
    same = people[:, None] == people[None, :]
    seen = {"residual": 0, "participant": 0}
    for block in fit.blocks:
        matrix = block.matrix(fit.theta)
        columns = np.column_stack(basis[: len(block.effects)])
        if block.factor == "group":
            assert problem.group is not None
            code = problem.group.codes[rows]
            shared = (code[:, None] == code[None, :]) & (code >= 0)[:, None]
            columns = columns * problem.z[rows, None]
            out += shared * (columns @ matrix @ columns.T)
            continue
        by = problem.residual_by if block.factor == "residual" else problem.participant_by
        on = ones if by is None else (by.codes[rows] == seen[block.factor]).astype(float)
        seen[block.factor] += 1
        if block.factor == "residual":
            noise = on * matrix[0, 0]
            out += np.diag(noise if problem.weights is None else noise / problem.weights[rows])
        else:
            out += same * np.outer(on, on) * (columns @ matrix @ columns.T)
    return out
