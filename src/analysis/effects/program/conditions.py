"""One contrast and one change per family of conditions, partially pooled, on the primary outcome.

All families are fitted in one model, so that therapy groups that several families share count as
shared. Raw estimates stay beside the shrunken ones; the test of heterogeneity says whether the
families differ at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.effects.effect import Diagnostic, Effect
from analysis.effects.intervals import interval
from analysis.effects.mixed import fit_mixed
from analysis.effects.program.inputs import Program
from analysis.effects.program.pooling import Pooled, partial_pooling
from analysis.effects.program.regress import FEWEST, TooFewError

NORMAL = float("inf")


@dataclass(frozen=True)
class Families:
    """Estimates of every family that is large enough.

    Attributes
    ----------
    names : tuple of str
        Families; those with fewer than `FEWEST` participants (in an arm) are left out.
    raw : array, shape (k,)
    cov : array, shape (k, k)
    n : dict of str to int
        Participants used, also of families left out.
    pooled : Pooled
    clusters : int
    """

    names: tuple[str, ...]
    raw: np.ndarray
    cov: np.ndarray
    n: dict[str, int]
    pooled: Pooled
    clusters: int


def family_changes(program: Program) -> Families:
    """Estimate the group arm's mean change on the primary outcome in each family.

    Taken at the arm's mean intake score; therapy groups have a random intercept.

    Raises
    ------
    TooFewError
        If fewer than three families are large enough.
    EstimationError
    """
    members = program.members
    rows = program.primary().reindex(members.index)[["change", "baseline"]].astype(float)
    rows = rows.assign(
        family=members["condition"],
        cluster=members["cluster"],
        intake=rows["baseline"] - rows["baseline"].mean(),
    )
    rows = rows.dropna(subset=["change", "baseline", "family"])
    sizes = rows["family"].value_counts()
    kept = _large(sizes[sizes >= FEWEST].index)
    used = _dummies(rows[rows["family"].isin(kept)], kept)
    terms = [*_names("family", kept[1:]), "intake"]
    fit = _fit(used, f"change ~ {' + '.join(terms)}")
    weights = np.zeros((len(kept), len(fit.names)))
    for at, family in enumerate(kept):
        weights[at, fit.names.index("Intercept")] = 1
        if at:
            weights[at, fit.names.index(f"family_{kept.index(family)}")] = 1
    return _families(fit, weights, kept, sizes)


def family_contrasts(program: Program) -> Families:
    """Estimate group less individual on the primary outcome in each family.

    Adjusted for intake and the study's covariates; positive = group better.

    Raises
    ------
    TooFewError
        If there is no such contrast, its design failed its checks, or fewer than three families
        are large enough in both arms.
    EstimationError
    """
    contrast = program.contrast
    if contrast is None:
        raise TooFewError("no contrast of the study compares group with individual therapy")
    rows = program.primary()
    rows = rows[rows["arm"].isin([contrast.comparison, contrast.reference])]
    people = program.tables["episodes"].set_index("episode_id").reindex(rows.index)
    kinds = {
        one["column"]: one["type"] for one in program.covariates if one["column"] != "condition"
    }
    types = {name: "float64" if kind == "numeric" else "object" for name, kind in kinds.items()}
    used = rows[["outcome", "baseline"]].astype(float).join(people[list(types)].astype(types))
    used = used.assign(
        family=people["condition"].astype(object),
        cluster=program.members["cluster"].reindex(rows.index),
        arm=rows["arm"].eq(contrast.comparison).astype(float),
    )
    used = used.dropna(subset=["outcome", "baseline", "family", *types])
    counts = used.groupby(["family", "arm"]).size().unstack(fill_value=0)
    sizes = counts.min(axis=1) if counts.shape[1] == 2 else counts.iloc[:, 0] * 0
    kept = _large(sizes[sizes >= FEWEST].index)
    used = _dummies(used[used["family"].isin(kept)], kept, by="arm")
    adjusted = [
        f"C({name})" if kind != "numeric" else name
        for name, kind in kinds.items()
        if used[name].nunique() > 1
    ]
    terms = [*_names("family", kept[1:]), *_names("arm", kept), "baseline", *adjusted]
    fit = _fit(used, f"outcome ~ {' + '.join(terms)}")
    weights = np.zeros((len(kept), len(fit.names)))
    for at in range(len(kept)):
        weights[at, fit.names.index(f"arm_{at}")] = program.sign(program.symptom)
    return _families(fit, weights, kept, counts.sum(axis=1))


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
        cluster_unit="therapy group", df_method="normal", converged=True,
    )  # fmt: skip
    return [
        replace(
            _valued(shared, float(families.pooled.mean[at]), float(families.pooled.se[at])),
            diagnostics=(note, heterogeneity(families)),
        ),
        _valued(
            replace(shared, id=f"{blank.id}.raw", model="one family alone"),
            float(families.raw[at]),
            raw_se,
        ),
    ]


def smallest(families: Families, wanted: Sequence[str], blank: Effect) -> Effect:
    """Return the shrunken estimate with the lowest lower end among the wanted families.

    If its interval lies above a value, so does each family's: the intersection-union test, which
    needs no adjustment for the number of families (Berger 1982,
    doi 10.1080/00401706.1982.10487790).

    Raises
    ------
    TooFewError
        If a wanted family was left out.
    """
    every = [family_effects(families, one, blank)[0] for one in wanted]
    return min(every, key=lambda one: one.ci95[0] if one.ci95 else float("inf"))


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


def _valued(blank: Effect, value: float, se: float) -> Effect:
    return replace(
        blank,
        value=value,
        se=se,
        ci90=interval(value, se, NORMAL, 0.90),
        ci95=interval(value, se, NORMAL, 0.95),
    )


def _fit(used: pd.DataFrame, formula: str) -> Any:
    exposed = used["cluster"].notna()
    used = used.assign(cluster=used["cluster"].astype(object).where(exposed, None))
    return fit_mixed(used, formula, group="cluster" if exposed.any() else None)


def _families(fit: Any, weights: np.ndarray, kept: list[str], sizes: pd.Series) -> Families:
    raw = weights @ fit.params.to_numpy()
    cov = weights @ fit.cov.to_numpy() @ weights.T
    n = {str(name): int(size) for name, size in sizes.items()}
    return Families(tuple(kept), raw, cov, n, partial_pooling(raw, cov), int(fit.n_groups))


def _large(names: pd.Index) -> list[str]:
    if len(names) < 3:
        raise TooFewError(f"fewer than three families of conditions have {FEWEST} participants")
    return sorted(map(str, names))


def _names(stem: str, families: list[str]) -> list[str]:
    first = 1 if stem == "family" else 0
    return [f"{stem}_{at + first}" for at in range(len(families))]


def _dummies(rows: pd.DataFrame, kept: list[str], by: str | None = None) -> pd.DataFrame:
    columns = {f"family_{at}": rows["family"].eq(one).astype(float) for at, one in enumerate(kept)}
    if by:
        columns |= {f"{by}_{at}": rows[by] * columns[f"family_{at}"] for at in range(len(kept))}
    return rows.assign(**columns)
