"""Balance of covariates, their squares and interactions, before and after weighting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.adjust.columns import Columns, Covariates, Matrix, Vector, expand
from analysis.adjust.weights import Weights

BALANCE_COLUMNS = ("term", "kind", "site", "smd_before", "smd_after", "n")
ALL_SITES = "all"


def standardised_differences(
    values: Matrix, treated: Vector, weights: Vector, spread: Vector
) -> Vector:
    """Return the standardised mean differences of columns, comparison less reference.

    ``(m1 - m0) / s`` with weighted means and ``s = sqrt((s1^2 + s0^2) / 2)`` of the unweighted
    arms (Austin and Stuart 2015, doi 10.1002/sim.6607).

    Parameters
    ----------
    values : array of shape (n, k)
    treated : array of shape (n,)
        1.0 in the comparison arm.
    weights : array of shape (n,)
        Non-negative; need not be normalised.
    spread : array of shape (k,)
        As `pooled_spread` gives it.

    Returns
    -------
    array of shape (k,)
        NaN where an arm has no weight.
    """
    arm = [weights * treated, weights * (1 - treated)]
    with np.errstate(invalid="ignore", divide="ignore"):
        one, zero = (side @ values / side.sum() for side in arm)
        return np.asarray((one - zero) / spread)


def pooled_spread(values: Matrix, treated: Vector) -> Vector:
    """Return ``sqrt((s1^2 + s0^2) / 2)`` of each column over the unweighted arms, (k,)."""
    one, zero = (values[treated == arm].var(axis=0, ddof=1) for arm in (1, 0))
    return np.asarray(np.sqrt((one + zero) / 2))


def higher_terms(columns: Columns) -> tuple[Matrix, tuple[str, ...], tuple[str, ...]]:
    """Return every column, the squares of numeric ones and all pairwise interactions.

    Numeric covariates are standardised before they are squared or multiplied, so that the new
    terms show shape and not location. Levels of one covariate are not crossed with each other.

    Returns
    -------
    matrix : array of shape (n, terms)
    names, kinds : tuple of str
        Kind is ``main``, ``square`` or ``interaction``.
    """
    found = [(columns.matrix[:, i], name, "main") for i, name in enumerate(columns.names)]
    found += list(_crossed(columns))
    if not found:
        return np.empty((len(columns.matrix), 0)), (), ()
    vectors, names, kinds = zip(*found, strict=True)
    return np.column_stack(vectors), names, kinds


def _crossed(columns: Columns) -> Iterator[tuple[Vector, str, str]]:
    for i, name in enumerate(columns.names):
        for j in range(i, len(columns.names)):
            if columns.owners[i] == columns.owners[j] and not (i == j and columns.numeric[i]):
                continue
            product = columns.matrix[:, i] * columns.matrix[:, j]
            label = f"{name}^2" if i == j else f"{name}*{columns.names[j]}"
            yield product, label, "square" if i == j else "interaction"


def balance_table(
    people: pd.DataFrame, weights: Weights, covariates: Covariates, site: str | None = None
) -> pd.DataFrame:
    """Tabulate standardised differences before and after weighting.

    Logistic overlap weights balance the terms of their own model exactly; squares and interactions
    outside it are what tests them.

    Parameters
    ----------
    people : DataFrame
        Covariates, on the index of `weights`.
    weights : Weights
    covariates : sequence of mapping
    site : str, optional
        Column of the site: differences within each site are added (main terms, squares and
        interactions), in units of the overall standard deviation.

    Returns
    -------
    DataFrame
        term, kind (main, square, interaction), site ("all" or the site), smd_before and smd_after
        (comparison less reference, in standard deviations; missing where an arm is absent), n.
        Terms that do not vary are left out.
    """
    rows = people.loc[weights.values.index]
    values, names, kinds = higher_terms(expand(rows, covariates, every_level=True))
    treated = weights.treated.to_numpy(dtype=float)
    spread = pooled_spread(values, treated)
    keep = spread > 1e-12
    labels = pd.DataFrame({"term": names, "kind": kinds})[keep]
    parts = [(ALL_SITES, np.ones(len(rows), bool))]
    if site is not None:
        sites = sorted(rows[site].unique(), key=str)
        parts += [(str(one), rows[site].eq(one).to_numpy(bool)) for one in sites]
    tables = []
    for label, inside in parts:
        here, n = values[inside][:, keep], int(inside.sum())
        after = standardised_differences(
            here, treated[inside], weights.values.to_numpy()[inside], spread[keep]
        )
        before = standardised_differences(here, treated[inside], np.ones(n), spread[keep])
        table = labels.assign(site=label, smd_before=before, smd_after=after, n=n)
        tables.append(table[np.ptp(here, axis=0) > 0])
    every: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return every[list(BALANCE_COLUMNS)]


def overlap_population(
    people: pd.DataFrame, weights: Weights, covariates: Covariates
) -> pd.DataFrame:
    """Describe who the weighted estimate is about.

    Parameters
    ----------
    people : DataFrame
        Covariates, on the index of `weights`.
    weights : Weights
    covariates : sequence of mapping

    Returns
    -------
    DataFrame
        One row a numeric covariate (means, own unit) or level (shares): term, comparison,
        reference, everyone (unweighted), target (the population of the estimand) and shift (target
        less everyone, in standard deviations of everyone).
    """
    rows = people.loc[weights.values.index]
    target = weights.target.to_numpy()
    treated = weights.treated.to_numpy()
    found = []
    for one in covariates:
        values = rows[one["column"]]
        if one["type"] == "numeric":
            terms = [(one["column"], values.to_numpy(dtype=float))]
        else:
            terms = [
                (f"{one['column']}[{level}]", values.eq(level).to_numpy(dtype=float))
                for level in sorted(values.unique(), key=str)
            ]
        for term, x in terms:
            spread = x.std()
            found.append(
                {
                    "term": term,
                    "comparison": x[treated].mean(),
                    "reference": x[~treated].mean(),
                    "everyone": x.mean(),
                    "target": x @ target,
                    "shift": (x @ target - x.mean()) / spread if spread > 0 else 0.0,
                }
            )
    return pd.DataFrame(found)
