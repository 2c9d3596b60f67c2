"""Second-order forward derivatives of stacks of small matrices (1 × 1 or 2 × 2).

A `Jet` is a stack of K small matrices as functions of R parameters: value ``(a, b, K)``, first
derivatives ``(R, a, b, K)`` and second derivatives ``(R (R + 1) / 2, a, b, K)``, one for each pair
of `pairs` (symmetric in the pair). Products, inverses and log-determinants carry the derivatives
exactly; the stack is the last axis so that each operation is one sweep over contiguous memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.study.rowless import rowless

Floats = NDArray[np.floating]

# What a group's sums may lose of their variance where its members are less alike than strangers:
# beyond it V is nearly singular, and one large group alone could drive the likelihood to a spike.
EDGE = 0.1


@rowless
@dataclass(frozen=True)
class Jet:
    """A stack of matrices with derivatives up to `order` 0, 1 or 2 (None above it)."""

    value: Floats
    first: Floats | None = None
    second: Floats | None = None

    def __matmul__(self, other: Jet) -> Jet:
        value = product(self.value, other.value)
        if self.first is None or other.first is None:
            return Jet(value)
        first = product(self.first, other.value) + product(self.value, other.first)
        if self.second is None or other.second is None:
            return Jet(value, first)
        r, s = pairs(len(self.first))
        second = product(self.first[r], other.first[s])
        second += product(self.first[s], other.first[r])
        if self.second.any():
            second += product(self.second, other.value)
        if other.second.any():
            second += product(self.value, other.second)
        return Jet(value, first, second)

    def __add__(self, other: Jet) -> Jet:
        return Jet(
            self.value + other.value,
            None if self.first is None or other.first is None else self.first + other.first,
            None if self.second is None or other.second is None else self.second + other.second,
        )

    @property
    def T(self) -> Jet:
        """Transposed matrices."""
        return self.map(lambda part: part.swapaxes(-3, -2))

    def map(self, linear: Callable[[Floats], Floats]) -> Jet:
        """Apply a linear function to the value and every derivative."""
        return Jet(
            linear(self.value),
            None if self.first is None else linear(self.first),
            None if self.second is None else linear(self.second),
        )

    def inverse(self) -> Jet:
        """Matrix inverses: d(A⁻¹) = -A⁻¹ dA A⁻¹, and once more."""
        value = inverse_of(self.value)
        if self.first is None:
            return Jet(value)
        half = product(value, self.first)
        first = -product(half, value)
        if self.second is None:
            return Jet(value, first)
        r, s = pairs(len(first))
        second = -(product(half[r], first[s]) + product(half[s], first[r]))
        if self.second.any():
            second -= product(product(value, self.second), value)
        return Jet(value, first, second)

    def logdet(self, inverse: Jet, edge: float = 0.0) -> Jet:
        """Log-determinants, given `self.inverse()`; scalars as (1, 1, K); `log_determinant`."""
        value = log_determinant(self.value, edge)[None, None]
        if self.first is None:
            return Jet(value)
        half = product(inverse.value, self.first)
        first = _trace(half)
        if self.second is None:
            return Jet(value, first)
        r, s = pairs(len(first))
        second = -_trace(product(half[r], half[s]))
        if self.second.any():
            second += _trace(product(inverse.value, self.second))
        return Jet(value, first, second)

    def left(self, constant: Floats) -> Jet:
        """Product of constant matrices (a, b, K) with these."""
        return self.map(lambda part: product(constant, part))

    def right(self, constant: Floats) -> Jet:
        """Product of these with constant matrices (a, b, K)."""
        return self.map(lambda part: product(part, constant))

    def plus(self, constant: Floats | float) -> Jet:
        """Sum with a constant."""
        return Jet(self.value + constant, self.first, self.second)

    def spread(self, size: int) -> Jet:
        """Scalars (1, 1, K) as multiples of the identity."""
        return self.map(lambda part: part * np.eye(size)[:, :, None])

    def pad(self, count: int) -> Jet:
        """Extend to `count` parameters, on the last of which nothing depends."""
        if self.first is None:
            return self
        more = np.zeros((count - len(self.first), *self.first.shape[1:]))
        first = np.concatenate([self.first, more])
        if self.second is None:
            return Jet(self.value, first)
        extra = np.zeros((len(pairs(count)[0]) - len(self.second), *self.second.shape[1:]))
        return Jet(self.value, first, np.concatenate([self.second, extra]))


@cache
def pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs (r, s), s <= r, of parameters; those of the first parameters come first."""
    return np.tril_indices(count)


def linear(
    index: dict[tuple[int, int], NDArray[np.intp]], theta: Floats, size: int, order: int
) -> Jet:
    """Make a stack of symmetric matrices whose entries are parameters.

    Parameters
    ----------
    index : dict
        (row, column) in the lower triangle to the parameter's index for every matrix, (K,).
    theta : (R,) array
        Parameters.
    size, order : int
        Side of a matrix; order of derivatives.
    """
    stack = len(next(iter(index.values())))
    count, every = len(theta), np.arange(stack)
    value = np.zeros((size, size, stack))
    first = np.zeros((count, size, size, stack)) if order > 0 else None
    for (i, j), where in index.items():
        value[i, j] = value[j, i] = theta[where]
        if first is not None:
            first[where, i, j, every] = 1.0
            first[where, j, i, every] = 1.0
    second = np.zeros((len(pairs(count)[0]), size, size, stack)) if order > 1 else None
    return Jet(value, first, second)


def product(left: Floats, right: Floats) -> Floats:
    """Multiply two stacks (..., a, b, K) and (..., b, c, K)."""
    inner = left.shape[-2]
    if inner == 1:
        return left * right
    out = left[..., :, 0, None, :] * right[..., None, 0, :, :]
    for m in range(1, inner):
        out += left[..., :, m, None, :] * right[..., None, m, :, :]
    return out


def _trace(part: Floats) -> Floats:
    return np.asarray(np.einsum("...aak->...k", part)[..., None, None, :])


def determinant(value: Floats) -> Floats:
    """Compute the determinants of a stack, (K,)."""
    if value.shape[0] == 1:
        return np.asarray(value[0, 0])
    return np.asarray(value[0, 0] * value[1, 1] - value[0, 1] * value[1, 0])


def log_determinant(value: Floats, edge: float = 0.0) -> Floats:
    """Compute the log-determinants of a stack of matrices with real eigenvalues, (K,).

    nan where an eigenvalue is `edge` or less: two negative ones have a positive product.
    """
    trace, size = np.trace(value), determinant(value)
    with np.errstate(invalid="ignore", divide="ignore"):
        lowest = size
        if value.shape[0] == 2:
            lowest = 2 * size / (trace + np.sqrt(np.maximum(trace**2 - 4 * size, 0.0)))
        return np.where(lowest > edge, np.log(size), np.nan)


def inverse_of(value: Floats) -> Floats:
    """Invert a stack."""
    if value.shape[0] == 1:
        return 1.0 / value
    adjugate = np.stack(
        [np.stack([value[1, 1], -value[0, 1]]), np.stack([-value[1, 0], value[0, 0]])]
    )
    return adjugate / determinant(value)
