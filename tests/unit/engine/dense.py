"""The likelihood's parts from a covariance matrix written out in full: slow and plain."""

from __future__ import annotations

import numpy as np

from analysis.engine.covariance import Derivatives
from analysis.engine.layout import blocks
from analysis.engine.problem import Problem


def pieces(problem: Problem) -> list[np.ndarray]:
    """dV / dtheta_r, (n, n), in the order of theta."""
    n = len(problem.y)
    basis = [np.ones(n)] if problem.slope is None else [np.ones(n), problem.slope]
    out = []
    for block in blocks(problem):
        by = problem.residual_by if block.factor == "residual" else problem.participant_by
        on = np.ones(n)
        if block.level is not None:
            on = np.array([str(by.levels[code]) == block.level for code in by.codes], dtype=float)
        if block.factor == "residual":
            out.append(np.diag(on / (1.0 if problem.weights is None else problem.weights)))
            continue
        factor, on = (
            (problem.group, problem.z) if block.factor == "group" else (problem.participant, on)
        )
        member = (factor.codes[:, None] == np.arange(len(factor))) * on[:, None]
        designs = [member * column[:, None] for column in basis[: len(block.effects)]]
        for i, j in block.entries:
            product = designs[i] @ designs[j].T
            out.append(product if i == j else product + product.T)
    return out


def evaluate(problem: Problem, theta: np.ndarray) -> Derivatives:
    parts = pieces(problem)
    total = sum(value * part for value, part in zip(theta, parts, strict=True))
    inverse = np.linalg.inv(total)
    data = np.column_stack([problem.X, problem.y])
    solved = inverse @ data
    turned = [inverse @ part for part in parts]
    cross_2 = np.array([[data.T @ a @ b @ solved for b in turned] for a in turned])
    return Derivatives(
        n=len(data),
        logdet=np.linalg.slogdet(total)[1],
        cross=data.T @ solved,
        trace_1=np.array([np.trace(one) for one in turned]),
        cross_1=np.array([data.T @ one @ solved for one in turned]),
        trace_2=np.array([[np.sum(a * b.T) for b in turned] for a in turned]),
        cross_2=(cross_2 + cross_2.swapaxes(-1, -2)) / 2,
    )
