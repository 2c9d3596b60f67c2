"""Levels and sites too sparse to compare arms within: merged or left out by the plan's rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.adjust.columns import Covariates
from analysis.cohort import TOTAL
from analysis.comparison.question import Contrast
from analysis.study.rowless import rowless

SITE = "site_id"
OTHER = "other levels"


@rowless
@dataclass(frozen=True)
class Sparse:
    """What a weighted comparison merges and leaves out.

    Attributes
    ----------
    sites : frozenset of str
        Sites with one arm only: format and site cannot be told apart there.
    levels : mapping of str to frozenset of str
        Categorical covariate to the levels that are read as one.
    """

    sites: frozenset[Any]
    levels: Mapping[str, frozenset[Any]]

    @classmethod
    def of(
        cls, people: pd.DataFrame, contrast: Contrast, covariates: Covariates, fewest: int
    ) -> Sparse:
        """Find both, from who is eligible; no outcome has a part in it.

        A level with fewer than `fewest` participants in either arm is merged with the others of its
        covariate; where these together are still fewer, the most frequent level joins them, which
        they change least. About five participants a coefficient suffice for a logistic model that
        adjusts (Vittinghoff and McCulloch 2007, doi 10.1093/aje/kwk052). Where no site has both
        arms none is left out, and the comparison is impossible.

        Parameters
        ----------
        people : DataFrame
            One row an eligible participant: ``arm`` and the covariates.
        contrast : Contrast
            Arms assigned at random are compared as they are: nothing is sparse.
        covariates : sequence of mapping
            ``column`` and ``type``.
        fewest : int
        """
        arms = people[people["arm"].isin([contrast.comparison, contrast.reference])]
        if contrast.assignment != "observational" or arms.empty:
            return cls(frozenset(), {})
        names = [one["column"] for one in covariates if one["type"] == "categorical"]
        sites = frozenset(_one_arm(arms) if SITE in names else ())
        kept = arms[~arms[SITE].isin(sites)] if sites else arms
        found = {name: _sparse(kept[name], kept["arm"], fewest) for name in names}
        return cls(sites, {name: levels for name, levels in found.items() if levels})

    def apply(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows with the levels merged, without those of the sites left out."""
        kept = rows[~rows[SITE].isin(self.sites)] if self.sites else rows
        merged = {
            name: kept[name].mask(kept[name].isin(levels), OTHER)
            for name, levels in self.levels.items()
        }
        return kept.assign(**merged)


def sparse_flow(
    episodes: pd.DataFrame, config: Mapping[str, Any], fewest: int, steps: int
) -> pd.DataFrame:
    """Count whom each weighted comparison leaves out, and whose levels it merges.

    Parameters
    ----------
    episodes : DataFrame
        Those who count, as `cohort.select_cohort` leaves them.
    config : mapping
        The study's config.
    fewest : int
    steps : int
        Steps that the flow has already.

    Returns
    -------
    DataFrame
        Rows of `cohort.Cohort.flow` of the kind "information": ``after`` counts those compared, or
        those whose level stands for itself. Empty where nothing is sparse.
    """
    records: list[dict[str, Any]] = []
    for key, entry in config["contrasts"].items():
        contrast = Contrast.from_config(key, entry)
        arms = episodes[episodes["arm"].isin([contrast.comparison, contrast.reference])]
        found = Sparse.of(arms, contrast, config.get("covariates", ()), fewest)
        counted = {}
        if found.sites:
            counted[f"{entry['label']}: at a site with both arms"] = arms[SITE].isin(found.sites)
        for name, levels in found.levels.items():
            words = name.replace("_", " ")
            counted[f"{entry['label']}: {words} not merged for being rare"] = arms[name].isin(
                levels
            )
        for label, sparse in counted.items():
            steps += 1
            records += _counted(steps, label, arms["arm"], sparse, contrast)
    return pd.DataFrame(records)


def _counted(
    step: int, label: str, arm: pd.Series, sparse: pd.Series, contrast: Contrast
) -> list[dict[str, Any]]:
    def row(name: str, here: pd.Series) -> dict[str, Any]:
        numbers = {"before": int(here.sum()), "excluded": 0, "after": int((here & ~sparse).sum())}
        return {"step": step, "label": label, "kind": "information", "arm": name, **numbers}

    each = [row(name, arm.eq(name)) for name in (contrast.comparison, contrast.reference)]
    return [*each, row(TOTAL, pd.Series(True, index=arm.index))]


def _one_arm(arms: pd.DataFrame) -> list[Any]:
    """Return the sites of one arm, unless every site is one."""
    each = arms.groupby(SITE)["arm"].nunique()
    return [] if each.max() < 2 else list(each.index[each < 2])


def _sparse(values: pd.Series, arm: pd.Series, fewest: int) -> frozenset[Any]:
    counts = pd.crosstab(values, arm)
    pool = list(counts.index[counts.min(axis=1) < fewest])
    rest = counts.drop(index=pool).sum(axis=1).sort_values(kind="stable")
    if pool and len(rest) and counts.loc[pool].sum().min() < fewest:
        pool.append(rest.index[-1])
    return frozenset(pool) if len(pool) > 1 else frozenset()
