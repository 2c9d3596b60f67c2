"""Least squares from cross-products by cluster, so that a bootstrap draw only re-weights them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from analysis.study.rowless import rowless

Floats = NDArray[np.floating]


@rowless
@dataclass(frozen=True)
class Crossed:
    """Cross-products of some columns, by cluster.

    Attributes
    ----------
    names : tuple of str
        Columns; ``one`` is the constant.
    gram : array, shape (c, q, q)
        Sum of z z' over the rows of each cluster.
    strata : array of int, shape (c,)
        Clusters are drawn within strata (arms).
    n : int
    """

    names: tuple[str, ...]
    gram: Floats
    strata: NDArray[np.intp]
    n: int

    @classmethod
    def of(cls, rows: pd.DataFrame, cluster: pd.Series, stratum: pd.Series) -> Crossed:
        """Add up the rows of each cluster; every column of `rows` is numeric and complete."""
        z = np.column_stack([np.ones(len(rows)), rows.to_numpy(float)])
        codes, labels = pd.factorize(cluster)
        gram = np.zeros((len(labels), z.shape[1], z.shape[1]))
        np.add.at(gram, codes, z[:, :, None] * z[:, None, :])
        first = pd.Series(pd.factorize(stratum)[0]).groupby(codes).first().to_numpy(np.intp)
        return cls(("one", *map(str, rows.columns)), gram, first, len(rows))

    def draws(self, replicates: int, seed: int) -> Floats:
        """Draw clusters with replacement within strata: total cross-products (r, q, q)."""
        rng = np.random.default_rng(seed)
        times = np.zeros((replicates, len(self.gram)))
        for stratum in np.unique(self.strata):
            at = np.flatnonzero(self.strata == stratum)
            times[:, at] = rng.multinomial(len(at), np.full(len(at), 1 / len(at)), replicates)
        return np.tensordot(times, self.gram, axes=1)

    def tail(self, level: float) -> float:
        """Return the share of draws beyond each end of an interval of a level, such as 0.95.

        Percentile intervals of few clusters are too narrow, by the factor ``sqrt(n / (n - 1))`` and
        by a normal quantile where t has n - 1 degrees of freedom; the expanded percentile interval
        makes up for both (Hesterberg 2015, doi 10.1080/00031305.2015.1089789, section 5.3). n is
        the smallest number of clusters of a stratum.
        """
        n = int(np.bincount(self.strata).min())
        reach = float(stdtrit(n - 1, 0.5 + level / 2)) * np.sqrt(n / (n - 1))
        return float(ndtr(-reach))

    def slopes(self, gram: Floats, outcome: str, on: Sequence[str]) -> Floats:
        """Regress a column on others by least squares in each total (r, q, q): (r, p)."""
        at = [self.names.index(name) for name in on]
        y = self.names.index(outcome)
        x = gram[:, at][:, :, at]
        size = np.einsum("rii->ri", x)
        ridge = 1e-10 * np.where(size > 0, size, 1.0)[:, :, None] * np.eye(len(at))
        return np.linalg.solve(x + ridge, gram[:, at, y][..., None])[..., 0]

    def partial(self, gram: Floats, one: str, other: str, given: Sequence[str]) -> float:
        """Return the partial correlation of two columns given others, from one total."""
        at = [self.names.index(name) for name in (*given, one, other)]
        k = len(given)
        g = gram[np.ix_(at, at)]
        left = g[k:, k:] - g[k:, :k] @ np.linalg.pinv(g[:k, :k]) @ g[:k, k:]
        return float(left[0, 1] / np.sqrt(left[0, 0] * left[1, 1]))
