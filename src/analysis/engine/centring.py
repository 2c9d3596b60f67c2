"""Where time starts, and columns that nearly depend on each other, change no result.

With an unstructured covariance of intercept and slope the likelihood does not depend on where time
starts or on how the fixed effects are written (it is equivariant), but sums of squares do: far from
zero they lose the digits that tell the columns apart. So inside the engine time counts from its
least value and, where the columns of the fixed effects nearly depend on each other, they stand for
orthogonal ones (X = Q R by Householder reflections; Golub and Van Loan 2013, section 5.2). Results
are said in the user's columns and the user's time. No covariance here is restricted (such as to no
correlation of intercept and slope), so that no fit depends on the origin; only what is *about* time
zero does: an intercept, its variance, the intraclass correlation there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from analysis.records.errors import RankDeficientError
from analysis.study.rowless import rowless

if TYPE_CHECKING:
    from analysis.engine.layout import Block

Floats = NDArray[np.floating]

CLEAR = 1e-4  # share of a column's squares beside the columns before it that needs no rewriting
DEPENDENT = 1e-10  # share of a column's spread below which it adds nothing
LEVEL = re.compile(r"\[.*\]")
ROUNDING = 32 * np.finfo(float).eps


@rowless
@dataclass(frozen=True)
class Centring:
    """How the engine's own time and columns follow from the user's.

    Attributes
    ----------
    time : float
        The user's time at which the engine's is zero.
    columns : (p, p) array or None
        The engine's columns are the user's times this; None: they are the user's.
    """

    time: float = 0.0
    columns: Floats | None = None

    def matrix(self, x: Floats) -> Floats:
        """Turn rows in the user's columns (n, p), or contrasts of them, into the engine's."""
        return x if self.columns is None else np.asarray(x @ self.columns)

    def estimates(self, beta: Floats) -> Floats:
        """Coefficients (..., p) of the user's columns."""
        return beta if self.columns is None else np.asarray(beta @ self.columns.T)

    def covariance(self, cov: Floats) -> Floats:
        """Covariance (..., p, p) of the coefficients of the user's columns."""
        return cov if self.columns is None else np.asarray(self.columns @ cov @ self.columns.T)

    def effects(self, size: int) -> Floats:
        """Turn the engine's random effects (an intercept, or one with a slope) into the user's."""
        turn = np.eye(size)
        if size == 2:
            turn[0, 1] = -self.time
        return turn

    def theta(self, blocks: Sequence[Block], theta: Floats) -> Floats:
        """Variances and covariances (R,) at the user's time zero."""
        out = theta.copy()
        for block in blocks:
            if "slope" in block.effects:
                turn = self.effects(len(block.effects))
                matrix = turn @ block.matrix(theta) @ turn.T
                out[block.slice] = [matrix[i, j] for i, j in block.entries]
        return out

    def gradient(self, blocks: Sequence[Block], slope: Floats) -> Floats:
        """First derivatives (R,) in the user's variances and covariances."""
        back = Centring(-self.time)
        return np.array([back.theta(blocks, one) for one in np.eye(len(slope))]) @ slope

    @property
    def log_size(self) -> float:
        """What the rewriting of columns adds to log|X'V⁻¹X|."""
        return 0.0 if self.columns is None else 2 * float(np.linalg.slogdet(self.columns)[1])


AS_GIVEN = Centring()


def is_clear(gram: Floats) -> bool:
    """Whether the columns behind X'X (p, p) stand far enough apart to be used as they are."""
    size = np.sqrt(np.maximum(np.diag(gram), 0.0))
    if not size.all():
        return False
    try:
        lower = np.linalg.cholesky(gram / np.outer(size, size))
    except np.linalg.LinAlgError:
        return False
    return bool(np.diag(lower).min() ** 2 > CLEAR)


def orthogonal(x: Floats, names: Sequence[str]) -> Floats:
    """Find columns (p, p) with which `x` (n, p) becomes orthogonal, of mean square one.

    A column is written beside those before it only. It is judged by its spread, so that a constant
    added to a covariate or to time changes nothing.

    Raises
    ------
    RankDeficientError
        Names every column that adds nothing to the columns before it.
    """
    size = np.sqrt((x**2).sum(axis=0))
    scaled = x / np.where(size > 0, size, 1.0)
    spread = np.sqrt(((scaled - scaled.mean(axis=0)) ** 2).sum(axis=0))
    upper = np.zeros((x.shape[1], x.shape[1]))
    upper[: len(x)] = np.linalg.qr(scaled, mode="r")
    left = np.abs(np.diag(upper))
    check_dependence(left <= np.maximum(DEPENDENT * spread, ROUNDING), names)
    inverse = solve_triangular(upper, np.eye(len(upper))) * np.sqrt(len(x))
    return np.asarray(inverse / size[:, None])


def check_dependence(bad: NDArray[np.bool_], names: Sequence[str]) -> None:
    """Raise `RankDeficientError` with the terms that add nothing, if any; levels are not said."""
    if bad.any():
        terms = [LEVEL.sub("", name) for name, one in zip(names, bad, strict=True) if one]
        named = ", ".join(dict.fromkeys(terms))
        raise RankDeficientError(
            f"fixed effects are rank deficient: {named} add nothing to the others"
        )
