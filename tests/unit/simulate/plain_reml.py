"""A plain REML of the single-endpoint partially nested model, to check planted truth with."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize


def fit_partially_nested(
    y: np.ndarray, x: np.ndarray, group: np.ndarray, cluster: np.ndarray
) -> dict[str, np.ndarray | float]:
    """Fit y = X b + (group's part in the group arm) + residual with a variance per arm.

    The dense criterion is evaluated block by block: V = s2 I + t2 J has the inverse
    (I - t2 / (s2 + m t2) J) / s2 and the determinant s2^(m-1) (s2 + m t2).
    """
    z = np.column_stack([x, y])
    alone = z[~group].T @ z[~group]
    inside = z[group].T @ z[group]
    _, code, size = np.unique(cluster[group], return_inverse=True, return_counts=True)
    sums = np.zeros((len(size), z.shape[1]))
    np.add.at(sums, code, z[group])

    def normal(log: np.ndarray) -> tuple[np.ndarray, float]:
        own, single, shared = np.exp(log)
        weight = shared / (own + size * shared)
        cross = alone / single + (inside - (sums * weight[:, None]).T @ sums) / own
        det = (~group).sum() * log[1] + (size.sum() - len(size)) * log[0]
        return cross, det + np.log(own + size * shared).sum()

    def criterion(log: np.ndarray) -> float:
        cross, det = normal(log)
        a, b = cross[:-1, :-1], cross[:-1, -1]
        return det + np.linalg.slogdet(a)[1] + cross[-1, -1] - b @ np.linalg.solve(a, b)

    start = np.log([y[group].var(), y[~group].var(), y[group].var() * 0.05])
    best = minimize(criterion, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-4})
    cross, _ = normal(best.x)
    a, b = cross[:-1, :-1], cross[:-1, -1]
    own, single, shared = np.exp(best.x)
    return {
        "beta": np.linalg.solve(a, b),
        "se": np.sqrt(np.diag(np.linalg.inv(a))),
        "own": own,
        "single": single,
        "shared": shared,
        "icc": shared / (own + shared),
        "groups": len(size),
    }
