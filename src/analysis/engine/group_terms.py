"""What therapy groups with several patterns add to the likelihood, one by one, with derivatives.

A group with sums M (of z² F N) and R (of z F h; see `nested.py`) takes R' Gamma R off D'V⁻¹D and
adds log|I + M T| to log|V|. With K = (I + M T)⁻¹, Gamma = T K, N = K M, U = Gamma R, V = K R, and,
for a parameter r of the residual or the participants, Q_r = R_r - M_r U, the derivatives are short,
because dGamma = -Gamma dM Gamma in M and dGamma = K' dT K in T:

- first:   R_r' U + U' R_r - U' M_r U   and, for the group parameter whose dT is E,   V' E V;
- second:  Q_r' Gamma Q_s + Q_s' Gamma Q_r + (R_rs' U + U' R_rs - U' M_rs U),
  (K Q_r)' E V + V' E K Q_r,   and   -V' (E N E* + E* N E) V;
- of log|I + M T|: tr Gamma M_r, tr N E;  tr Gamma M_rs - tr Gamma M_r Gamma M_s, tr E K M_r K',
  -tr N E N E*.

Second derivatives R_rs enter only through their product with U, which is a sum over patterns.
Parts of D'V⁻¹D are returned up to transposition: only their symmetric part is used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.engine.jets import EDGE, Jet, inverse_of, log_determinant, pairs, product
from analysis.engine.stacks import Members

Floats = NDArray[np.floating]


def group_terms(many: Members, front: Jet, between: Floats, forms: Floats) -> tuple[Jet, Jet]:
    """Sum -R' Gamma R and log|I + M T| over groups, with the derivatives that `front` has.

    Below, stacks are (..., g, g, C) and sheets (g, ..., q, C), for C groups with g effects each.

    Parameters
    ----------
    many : Members
        The groups.
    front : Jet
        First g rows of F of every pattern, parts (..., g, z, K), in the parameters of the
        residual and the participants.
    between : (g, g) array
        T.
    forms : (t, g, g) array
        E = dT by each of its parameters, which follow those of `front`.

    Returns
    -------
    Jet, Jet
        Parts (..., q, q) and (...).
    """
    load, r = many.grams(front.value), many.sums(front.value)
    growth = np.eye(len(between))[:, :, None] + product(load, between[:, :, None])
    k = inverse_of(growth)
    gamma, n = product(between[:, :, None], k), product(k, load)
    u, v = _apply(gamma, r), _apply(k, r)
    value, size = -_gram(r, u), log_determinant(growth, EDGE).sum()
    if front.first is None:
        return Jet(value), Jet(size)
    load_1, r_1 = many.grams(front.first), many.sums(front.first)
    q_1, w = r_1 - _apply(load_1, u), np.tensordot(forms.swapaxes(0, 1), v, 1)
    first = np.concatenate([-_gram(q_1 + r_1, u), -_gram(w, v)])
    size_1 = np.concatenate([_trace(gamma, load_1), _trace(n, forms[..., None])])
    if front.second is None:
        return Jet(value, first), Jet(size, size_1)
    inner, (rows, columns) = len(front.first), pairs(len(first))
    second = np.zeros((len(first), *first.shape))
    second[:inner, :inner] = -2 * _gram(q_1, _apply(gamma, q_1))
    second[inner:, :inner] = -2 * _gram(w, _apply(k, q_1))
    second[inner:, inner:] = 2 * _gram(w, _apply(n, w))
    size_2 = np.zeros((len(first), len(first)))
    size_2[:inner, :inner] = -_traces(product(gamma, load_1))
    size_2[inner:, inner:] = -_traces(product(n, forms[..., None]))
    turned = product(product(k, load_1), k.swapaxes(0, 1)).sum(axis=-1)
    size_2[inner:, :inner] = np.einsum("tab,rba->tr", forms, turned)
    cut, bent = second[rows, columns], size_2[rows, columns]
    load_2 = many.grams(front.second)
    cut[: len(load_2)] += _quadratic(load_2, u) - 2 * many.products(front.second, u)
    bent[: len(load_2)] += _trace(gamma, load_2)
    return Jet(value, first, cut), Jet(size, size_1, bent)


def _apply(stack: Floats, sheet: Floats) -> Floats:
    """Each group's matrix times each group's rows: a sheet."""
    ones = (1,) * (1 + max(sheet.ndim - stack.ndim, 0))
    parts = np.moveaxis(stack, (-3, -2), (0, 1))
    parts = parts.reshape(*parts.shape[:-1], *ones, parts.shape[-1])
    out = parts[:, 0] * sheet[0]
    for b in range(1, len(sheet)):
        out += parts[:, b] * sheet[b]
    return np.asarray(out)


def _gram(left: Floats, right: Floats) -> Floats:
    """Sum over groups and effects of left' right of two sheets, (..., ..., q, q)."""
    c = right.shape[-1]
    out = sum(a.reshape(-1, c) @ b.reshape(-1, c).T for a, b in zip(left, right, strict=True))
    whole = np.reshape(out, (*left.shape[1:-1], *right.shape[1:-1]))
    return np.moveaxis(whole, left.ndim - 3, -2)


def _quadratic(stack: Floats, sheet: Floats) -> Floats:
    """Sum over groups of U' M U, (..., q, q), for symmetric M (..., g, g, C) and U (g, q, C)."""
    q, c = sheet.shape[1:]
    out = np.zeros((*stack.shape[:-3], q * q))
    for a in range(len(sheet)):
        for b in range(a + 1):
            pair = (sheet[a][:, None] * sheet[b][None, :]).reshape(q * q, c)
            out += (1 + (a != b)) * (stack[..., a, b, :] @ pair.T)
    return out.reshape(*stack.shape[:-3], q, q)


def _trace(stack: Floats, others: Floats) -> Floats:
    """Sum over groups of tr(stack other), (...), for symmetric others (..., g, g, C)."""
    return np.asarray((stack * others).sum(axis=(-3, -2, -1)))


def _traces(stacks: Floats) -> Floats:
    """Sum over groups of tr(A_r A_s) for every pair of stacks (R, g, g, C)."""
    return np.tensordot(stacks, stacks.swapaxes(1, 2), axes=([1, 2, 3], [1, 2, 3]))
