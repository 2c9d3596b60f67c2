"""The nested model's likelihood derivatives from its moments: no row is read again.

With B_k = sigma² I + N_k Psi for a pattern with N = Z'Z, and F = B⁻¹, a participant has
Z'V⁻¹ = F Z' and V⁻¹ = (I - Z (Psi F) Z') / sigma², |V| = sigma^(2(m - z)) |B|. A group with sums
M = sum z² F N and R = sum z F h over its members then takes R' Gamma R off D'V⁻¹D, where
Gamma = T (I + M T)⁻¹, and adds log|I + M T| to log|V|. All of it is carried with first and second
derivatives in the covariance parameters by `Jet`s.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analysis.engine.covariance import Derivatives
from analysis.engine.group_terms import group_terms
from analysis.engine.jets import EDGE, Jet, linear, pairs
from analysis.engine.layout import Block
from analysis.engine.moments import Moments
from analysis.engine.stacks import Members, Outer
from analysis.engine.sums import label_rows, second_moments, segment_sum

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]
BLOCK = 2048  # groups a sweep: their derivatives stay in the processor's cache


class NestedLikelihood:
    """``evaluate(theta, order)`` of a nested model, prepared once from its moments."""

    def __init__(self, moments: Moments) -> None:
        self.moments = m = moments
        self.z = m.pattern_gram.shape[1]
        self.count = sum(block.size for block in m.blocks)
        self.group_block = next((b for b in m.blocks if b.factor == "group"), None)
        self.inner = self.count - (0 if self.group_block is None else self.group_block.size)
        self.gram = np.ascontiguousarray(m.pattern_gram.transpose(1, 2, 0))
        pairs = np.array(m.strata, dtype=np.intp)[m.pattern_stratum]
        self.residual = pairs[:, 0]
        self.person = pairs[:, 1]
        self.people = Outer.of(m.outer_pattern, m.outer, m.loose_pattern, m.loose)
        if self.group_block is not None:
            self._prepare_groups(self.group_block)

    def _prepare_groups(self, block: Block) -> None:
        """Pool groups with one entry by pattern and Z'Z; keep the others one by one."""
        m = self.moments
        per_group = np.bincount(m.entry_group, minlength=len(m.groups))
        single = per_group[m.entry_group] == 1
        alone = int(single.sum())
        gram = np.concatenate([m.entry_gram[single], m.pool_gram])
        pattern = np.concatenate([m.entry_pattern[single], m.pool_pattern])
        code, first = label_rows([pattern, *gram.reshape(len(gram), self.z**2).T])
        self.class_pattern = pattern[first]
        self.class_gram = np.ascontiguousarray(gram[first].transpose(1, 2, 0))
        count = np.concatenate([np.ones(alone), m.pool_count])
        self.class_count = segment_sum(count, code, len(first))
        made = second_moments(m.entry_sum[single], code[:alone], len(first))
        kinds = np.concatenate([made[0], code[alone:]])
        outer = np.concatenate([made[1], m.pool_outer])
        self.classes = Outer.of(kinds, outer, made[2], made[3])
        entries = np.flatnonzero(~single)
        rank = np.unique(m.entry_group[entries], return_inverse=True)[1]
        cuts = np.flatnonzero(np.diff(rank // BLOCK)) + 1
        parts = [part for part in np.split(entries, cuts) if len(part)]
        self.many = [Members.of(m, part, len(block.effects)) for part in parts]

    def __call__(self, theta: Floats, order: int) -> Derivatives:
        """Parts of the likelihood at theta, with derivatives up to `order`."""
        cross, logdet, shrink = self._units(theta, order)
        cross, logdet = cross.pad(self.count), logdet.pad(self.count)
        if self.group_block is not None:
            cut, size = self._pooled_groups(theta, order, shrink)
            cross, logdet = cross + cut, logdet + size
            for many in self.many:
                cut, size = self._single_groups(many, theta, shrink)
                cross, logdet = cross + cut, logdet + size
        return _derivatives(self.moments.n, cross, logdet)

    def _units(self, theta: Floats, order: int) -> tuple[Jet, Jet, Jet]:
        """D'V⁻¹D and log|V| without the groups; F of every pattern."""
        m, inner = self.moments, theta[: self.inner]
        noise = linear({(0, 0): self.residual}, inner, 1, order)
        base = noise.spread(self.z)
        every = linear({(0, 0): np.arange(len(m.rows))}, inner, 1, order)
        inverse = every.inverse()
        cross = inverse.map(lambda part: np.tensordot(part[..., 0, 0, :], m.total, 1))
        logdet = every.logdet(inverse).map(lambda part: (part @ m.rows)[..., 0, 0])
        logdet = logdet.plus(-m.log_weights)
        if not (self.person >= 0).any():
            return cross, logdet, base.inverse()
        psi = self._psi(inner, order)
        base = base + psi.left(self.gram)
        shrink = base.inverse()
        gain = (psi @ shrink) @ noise.inverse().spread(self.z)
        cross = cross + gain.map(lambda part: -self.people.weigh(part))
        size = base.logdet(shrink) + noise.logdet(noise.inverse()).map(lambda v: -self.z * v)
        logdet = logdet + size.map(lambda part: (part @ m.pattern_count)[..., 0, 0])
        return cross, logdet, shrink

    def _psi(self, inner: Floats, order: int) -> Jet:
        begin = np.array([block.start for block in self.moments.blocks])[self.person]
        entries = self.moments.blocks[self.person[0]].entries
        index = {pair: begin + offset for offset, pair in enumerate(entries)}
        return linear(index, inner, self.z, order)

    def _gamma(self, theta: Floats, order: int, load: Jet) -> tuple[Jet, Jet]:
        """Gamma = T (I + M T)⁻¹ and log|I + M T| of each group, from its M."""
        block = self.group_block
        assert block is not None
        index = {
            pair: np.array([block.start + offset]) for offset, pair in enumerate(block.entries)
        }
        between = linear(index, theta, len(block.effects), order)
        growth = (load @ between).plus(np.eye(len(block.effects))[:, :, None])
        inverse = growth.inverse()
        return between @ inverse, growth.logdet(inverse, EDGE)

    def _pooled_groups(self, theta: Floats, order: int, shrink: Jet) -> tuple[Jet, Jet]:
        """Cross-products and log-determinant of groups with one entry, class by class."""
        assert self.group_block is not None
        effects = len(self.group_block.effects)
        each = shrink.map(lambda part: part[..., self.class_pattern]).pad(self.count)
        load = each.right(self.class_gram).map(lambda part: part[..., :effects, :effects, :])
        gamma, size = self._gamma(theta, order, load)
        front = each.map(lambda part: part[..., :effects, :, :])
        cut = (front.T @ gamma @ front).map(lambda part: -self.classes.weigh(part))
        return cut, size.map(lambda part: (part @ self.class_count)[..., 0, 0])

    def _single_groups(self, many: Members, theta: Floats, shrink: Jet) -> tuple[Jet, Jet]:
        """Cross-products and log-determinant of groups with several entries, one by one."""
        block = self.group_block
        assert block is not None
        effects = len(block.effects)
        forms = np.zeros((block.size, effects, effects))
        for at, (i, j) in enumerate(block.entries):
            forms[at, i, j] = forms[at, j, i] = 1.0
        front = shrink.map(lambda part: part[..., :effects, :, :])
        return group_terms(many, front, block.matrix(theta), forms)


def _both(part: Floats) -> Floats:
    return part + part.swapaxes(-1, -2)


def _derivatives(n: int, cross: Jet, logdet: Jet) -> Derivatives:
    """Turn derivatives of D'V⁻¹D and log|V| into the forms that inference reads."""
    q, none = cross.value.shape[0], np.empty(0)
    return Derivatives(
        n=n,
        logdet=float(logdet.value),
        cross=(cross.value + cross.value.T) / 2,
        trace_1=none if logdet.first is None else logdet.first,
        cross_1=none.reshape(0, q, q) if cross.first is None else -_both(cross.first) / 2,
        trace_2=none.reshape(0, 0) if logdet.second is None else _square(-logdet.second),
        cross_2=(
            none.reshape(0, 0, q, q) if cross.second is None else _square(_both(cross.second) / 4)
        ),
    )


def _square(packed: Floats) -> Floats:
    """Symmetric (R, R, ...) array from one value a pair."""
    count = math.isqrt(2 * len(packed))
    r, s = pairs(count)
    out = np.empty((count, count, *packed.shape[1:]))
    out[r, s] = out[s, r] = packed
    return out
