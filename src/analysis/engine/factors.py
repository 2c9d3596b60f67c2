"""Covariance parameters as unconstrained coordinates: Cholesky factors, or the entries as such."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.engine.layout import Block

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

LEADS = 0.5  # share of its block's best known variance below which the first leads no more


class Factors:
    """theta as a function of unconstrained factors, in units of the starting values.

    A residual variance is an exponential, a covariance matrix a product of Cholesky factors; a
    signed block stands for itself, and the search stays where V is positive definite because the
    criterion does not exist elsewhere.

    A Cholesky factor whose first entry tends to zero leaves the direction of its next row
    undetermined: where an intercept's variance dies out beside a slope's, the criterion has a
    curved valley that no step follows. So each block factors its effects in an `order` of its own,
    and a search lets the variance that the data know best lead (`led`).

    Attributes
    ----------
    blocks : tuple of Block
        The covariance model.
    scales : list of arrays
        Standard deviations by which each block is scaled, effects in the block's order.
    order : tuple of tuple of int
        Order in which the effects of each block are factored.
    slots : (R,) array
        Index in theta of each parameter of the reordered blocks.
    """

    def __init__(
        self, blocks: tuple[Block, ...], start: Floats, order: tuple[tuple[int, ...], ...] = ()
    ) -> None:
        self.blocks, self.start = blocks, start
        self.order = order or tuple(tuple(range(len(block.effects))) for block in blocks)
        self.slots = np.concatenate(
            [_slots(*each) for each in zip(blocks, self.order, strict=True)]
        )
        self.scales = [self._units(block) for block in blocks]
        self.diagonal = [
            block.start + n
            for block in blocks
            if block.factor != "residual" and not block.signed
            for n, (i, j) in enumerate(block.entries)
            if i == j
        ]

    def _units(self, block: Block) -> Floats:
        """Return standard deviations of a block's effects, of a signed one those of its members."""
        if not block.signed:
            return np.sqrt(np.diag(block.matrix(self.start[self.slots])))
        members = [one for one in self.blocks if not one.signed and one.effects == block.effects]
        return np.sqrt(np.diag(members[-1].matrix(self.start)))

    def holding(self, index: int) -> Factors:
        """Return factors in which the variance with this index in theta leads its block."""
        order = list(self.order)
        for at, block in enumerate(self.blocks):
            if block.start <= index < block.start + block.size:
                first = block.entries[index - block.start][0]
                order[at] = _leading(first, order[at])
        return Factors(self.blocks, self.start, tuple(order))

    def led(
        self, point: Floats, information: Floats, hold: int | None = None
    ) -> tuple[Factors, Floats]:
        """Let the variance that the data know best lead each block (but a held one's).

        A variance is measured in its own standard errors, which is free of units and of scales.

        Parameters
        ----------
        point : (R,) array
            Factors; those of the same theta come back.
        information : (R, R) array
            Expected information of theta.
        hold : int, optional
            Index of a held variance among the factors.
        """
        order = list(self.order)
        size = (self.theta(point) * np.sqrt(np.abs(np.diag(information))))[self.slots]
        for at, block in enumerate(self.blocks):
            if len(block.effects) == 1 or block.signed or block.start == hold:
                continue
            each = np.diag(block.matrix(size))
            if each[0] < LEADS * each.max():
                order[at] = _leading(order[at][int(each.argmax())], order[at])
        if tuple(order) == self.order:
            return self, point
        led = Factors(self.blocks, self.start, tuple(order))
        return led, led.point(self.theta(point))

    def point(self, theta: Floats) -> Floats:
        """Factors of a theta, whose covariance matrices may be singular."""
        out, theta = np.zeros(len(theta)), theta[self.slots]
        for block, scale in zip(self.blocks, self.scales, strict=True):
            if block.factor == "residual":
                out[block.start] = np.log(theta[block.start] / scale[0] ** 2)
                continue
            matrix = block.matrix(theta) / np.outer(scale, scale)
            lower = matrix if block.signed else _semicholesky(matrix)
            out[block.slice] = [lower[i, j] for i, j in block.entries]
        return out

    def theta(self, point: Floats) -> Floats:
        """Natural parameters."""
        out = np.empty(len(point))
        out[self.slots] = self._reordered(point)
        return out

    def _reordered(self, point: Floats) -> Floats:
        """Natural parameters, each block's effects in its own order."""
        out = np.empty(len(point))
        for block, scale in zip(self.blocks, self.scales, strict=True):
            if block.factor == "residual":
                out[block.start] = scale[0] ** 2 * np.exp(point[block.start])
                continue
            lower = scale[:, None] * self._lower(block, point)
            matrix = lower * scale if block.signed else lower @ lower.T
            out[block.slice] = [matrix[i, j] for i, j in block.entries]
        return out

    def pull_back(self, point: Floats, slope: Floats, curve: Floats) -> tuple[Floats, Floats]:
        """Gradient and Hessian in the factors, from those in theta (chain rule)."""
        count = len(point)
        slope, curve = slope[self.slots], curve[np.ix_(self.slots, self.slots)]
        jacobian, bend = np.zeros((count, count)), np.zeros((count, count))
        theta = self._reordered(point)
        for block, scale in zip(self.blocks, self.scales, strict=True):
            where = block.slice
            if block.factor == "residual":
                jacobian[where, where] = theta[block.start]
                bend[where, where] = slope[block.start] * theta[block.start]
                continue
            if block.signed:
                jacobian[where, where] = np.diag([scale[i] * scale[j] for i, j in block.entries])
                continue
            lower = scale[:, None] * self._lower(block, point)
            for a, (i, j) in enumerate(block.entries):
                for b, (u, v) in enumerate(block.entries):
                    change = (i == u) * lower[j, v] + (j == u) * lower[i, v]
                    jacobian[block.start + a, block.start + b] = change * scale[u]
                    if j == v:
                        pair = block.entries.index((max(i, u), min(i, u)))
                        double = 2.0 if i == u else 1.0
                        bend[block.start + a, block.start + b] = (
                            double * slope[block.start + pair] * scale[i] * scale[u]
                        )
        return jacobian.T @ slope, jacobian.T @ curve @ jacobian + bend

    @staticmethod
    def _lower(block: Block, point: Floats) -> Floats:
        lower = np.zeros((len(block.effects), len(block.effects)))
        for value, (i, j) in zip(point[block.slice], block.entries, strict=True):
            lower[i, j] = value
        return lower


def _slots(block: Block, order: tuple[int, ...]) -> Codes:
    """Find in theta the parameters of a block whose effects stand in another order."""
    pairs = [(max(order[i], order[j]), min(order[i], order[j])) for i, j in block.entries]
    return np.array([block.start + block.entries.index(pair) for pair in pairs], dtype=np.intp)


def _leading(first: int, order: tuple[int, ...]) -> tuple[int, ...]:
    return (first, *[one for one in order if one != first])


def _semicholesky(matrix: Floats) -> Floats:
    """Lower factor of a positive semi-definite matrix; a zero pivot leaves a zero column."""
    lower = np.zeros_like(matrix)
    for j in range(len(matrix)):
        rest = matrix[j:, j] - lower[j:, :j] @ lower[j, :j]
        if rest[0] > 0:
            lower[j:, j] = rest / np.sqrt(rest[0])
    return lower
