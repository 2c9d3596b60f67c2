"""From lists, arrays or Series to checked vectors and matrices for the pooling models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.evidence.errors import CovarianceError, PoolInputError

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


_ALIKE = 1e-10  # spread that is left of a moderator beside others, of its own
_CONSTANT = 1e-12  # share of a moderator's size below which its spread is rounding


@dataclass(frozen=True)
class TrialDesign:
    """Fixed effects, intercept first.

    Attributes
    ----------
    matrix : array of shape (k, p)
        Moderators in standard deviations from their mean, so that where they start loses no digit.
    names : tuple of str
    turn : array of shape (p, p)
        Times coefficients of `matrix`: coefficients of the moderators as they were given.
    """

    matrix: Matrix
    names: tuple[str, ...]
    turn: Matrix


def as_vector(values: ArrayLike, name: str, length: int | None = None) -> Vector:
    """Return `values` as a float vector of shape (k,).

    Raises
    ------
    PoolInputError
        If it is empty, not numeric, not one-dimensional, of another length than `length`, or holds
        a missing or infinite number.
    """
    try:
        vector = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise PoolInputError(f"{name} must hold numbers only") from None
    if vector.ndim == 0:
        vector = vector.reshape(1)
    if vector.ndim != 1 or vector.size == 0:
        raise PoolInputError(f"{name} must be one-dimensional and not empty")
    if length is not None and vector.size != length:
        raise PoolInputError(f"{name} has {vector.size} entries where yi has {length}")
    if not np.isfinite(vector).all():
        where = int(np.flatnonzero(~np.isfinite(vector))[0])
        raise PoolInputError(f"{name} is missing or infinite at position {where}")
    return vector


def as_variances(values: ArrayLike, name: str, length: int | None = None) -> Vector:
    """Return sampling variances of shape (k,), all above zero.

    Raises
    ------
    PoolInputError
        As `as_vector`, and if a variance is zero or negative.
    """
    vector = as_vector(values, name, length)
    if vector.min() <= 0.0:
        where = int(np.flatnonzero(vector <= 0.0)[0])
        raise PoolInputError(f"{name} must be above zero; it is not at position {where}")
    return vector


def as_codes(labels: Any, name: str, length: int) -> NDArray[np.intp]:
    """Return labels of shape (k,) as integer codes 0, 1, ... in order of first appearance.

    Raises
    ------
    PoolInputError
        If the length differs from `length` or a label is missing.
    """
    codes, _ = pd.factorize(np.asarray(labels))
    if codes.size != length:
        raise PoolInputError(f"{name} has {codes.size} entries where yi has {length}")
    if (codes < 0).any():
        where = int(np.flatnonzero(codes < 0)[0])
        raise PoolInputError(f"{name} is missing at position {where}")
    return codes


def as_covariance(values: ArrayLike, length: int) -> Matrix:
    """Return a sampling covariance matrix of shape (k, k).

    Raises
    ------
    CovarianceError
        If it is not square of that size, not finite, not symmetric, has a diagonal entry that is
        not above zero, or is not positive semidefinite.
    """
    try:
        matrix = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise CovarianceError("V must hold numbers only") from None
    if matrix.shape != (length, length):
        raise CovarianceError(f"V has shape {matrix.shape} where {(length, length)} is needed")
    if not np.isfinite(matrix).all():
        raise CovarianceError("V holds a missing or infinite number")
    size = float(np.abs(matrix).max())
    if np.abs(matrix - matrix.T).max() > 1e-10 * size:
        raise CovarianceError("V is not symmetric")
    if np.diag(matrix).min() <= 0.0:
        raise CovarianceError("V has a variance on its diagonal that is not above zero")
    symmetric = (matrix + matrix.T) / 2.0
    if np.linalg.eigvalsh(symmetric)[0] < -1e-10 * size:
        raise CovarianceError("V is not positive semidefinite")
    return np.asarray(symmetric)


def is_diagonal(matrix: Matrix) -> bool:
    """Whether a square matrix has zeros only, off its diagonal."""
    return bool(np.count_nonzero(matrix) == np.count_nonzero(np.diag(matrix)))


def as_design(mods: Any, length: int) -> TrialDesign:
    """Return the intercept and the moderators as a matrix of shape (k, p).

    Parameters
    ----------
    mods : None, array of shape (k,) or (k, m), Series or DataFrame
        Numeric moderators without an intercept.
    length : int
        k, the number of estimates.

    Raises
    ------
    PoolInputError
        If a moderator is not numeric or missing, the length differs, columns depend linearly on one
        another, or there are not more estimates than coefficients.
    """
    if mods is None:
        return TrialDesign(np.ones((length, 1)), ("intercept",), np.eye(1))
    frame = pd.DataFrame(mods)
    names = [str(one) if isinstance(one, str) else f"mod{one}" for one in frame.columns]
    columns = [
        as_vector(frame.iloc[:, at], f"moderator {names[at]}", length) for at in range(len(names))
    ]
    given = np.column_stack(columns)
    centre, spread = given.mean(axis=0), given.std(axis=0)
    spread = np.where(spread > _CONSTANT * np.abs(given).max(axis=0), spread, np.inf)
    matrix = np.column_stack([np.ones(length), (given - centre) / spread])
    turn = np.diag(np.r_[1.0, 1.0 / spread])
    turn[0, 1:] = -centre / spread
    if length <= matrix.shape[1]:
        raise PoolInputError("there must be more estimates than coefficients")
    if np.linalg.matrix_rank(matrix, tol=_ALIKE * np.sqrt(length)) < matrix.shape[1]:
        raise PoolInputError("moderators are constant or linear combinations of one another")
    return TrialDesign(matrix, ("intercept", *names), turn)
