"""Estimates of families of conditions, drawn together by partial pooling, as `Effect`s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.program.pooling import Shrunken
from analysis.program.regress import TooFewError
from analysis.records.effect import Diagnostic, Effect
from analysis.records.intervals import estimated, simultaneously
from analysis.study.rowless import rowless


@rowless
@dataclass(frozen=True)
class Families:
    """Estimates of every family that is large enough.

    Attributes
    ----------
    names : tuple of str
        Families; those with too few participants (in an arm) are left out.
    raw : array, shape (k,)
    cov : array, shape (k, k)
    n : dict of str to int
        Participants used, also of families left out.
    pooled : Shrunken
    clusters : int
    """

    names: tuple[str, ...]
    raw: np.ndarray
    cov: np.ndarray
    n: dict[str, int]
    pooled: Shrunken
    clusters: int


def family_effects(families: Families, family: str, blank: Effect) -> list[Effect]:
    """Return a family's shrunken estimate (`blank`'s id) and its raw one (``{id}.raw``).

    Raises
    ------
    TooFewError
        If the family was left out.
    """
    if family not in families.names:
        n = families.n.get(family, 0)
        raise TooFewError(f"{n} participants with this condition: too few for an estimate")
    at = families.names.index(family)
    raw_se = float(np.sqrt(families.cov[at, at]))
    drawn = 1 - float(families.pooled.se[at] ** 2) / raw_se**2
    note = Diagnostic(
        "shrinkage",
        drawn,
        "info",
        f"Pooling with the other families removes {100 * max(drawn, 0):.0f}% of the variance of "
        f"this family's own estimate ({families.n[family]} participants).",
    )
    shared = replace(
        blank, n_used=families.n[family], n_eligible=families.n[family], clusters=families.clusters,
        cluster_unit="therapy group", converged=True,
    )  # fmt: skip
    pooled = families.pooled
    notes = (note, heterogeneity(families))
    alone = replace(shared, id=f"{blank.id}.raw", model="one family alone")
    drawn_together = [
        estimated(shared, mean, se, None, "normal", diagnostics=notes)
        for mean, se in zip(pooled.mean, pooled.se, strict=True)
    ]
    return [
        simultaneously(drawn_together, "families of conditions")[at],
        estimated(alone, families.raw[at], raw_se, None, "normal"),
    ]


def smallest(families: Families, wanted: Sequence[str], blank: Effect) -> Effect:
    """Return the shrunken estimate with the lowest lower end among the wanted families.

    If its interval lies above a value, so does each family's: the intersection-union test (Berger
    1982, doi 10.1080/00401706.1982.10487790). That one family of several lies below a value is
    said of the simultaneous interval, which knows that the lowest was picked.

    Raises
    ------
    TooFewError
        If a wanted family was left out.
    """
    every = [family_effects(families, one, blank)[0] for one in wanted]
    return min(every, key=lambda one: (one.simultaneous or (float("inf"),))[0])


def heterogeneity(families: Families) -> Diagnostic:
    """Return Cochran's test that the families do not differ."""
    found = families.pooled
    return Diagnostic(
        "heterogeneity",
        found.p,
        "info",
        f"Test that all families have one value: Q = {found.q:.1f} on {found.df} degrees of "
        f"freedom, p = {found.p:.3f}; standard deviation between families {found.tau:.2f}.",
    )
