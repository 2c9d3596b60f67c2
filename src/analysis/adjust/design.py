"""The design of a weighted comparison: weights, clusters and checks, before the outcome is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust.columns import Covariates, Products
from analysis.adjust.diagnostics import (
    Thresholds,
    design_diagnostics,
    higher_is_better,
)
from analysis.adjust.propensity import fit_propensity
from analysis.adjust.sandwich import Clusters
from analysis.adjust.weights import Estimand, Weights, balancing_weights
from analysis.comparison.question import Contrast
from analysis.comparison.terms import BASELINE
from analysis.records.effect import Diagnostic
from analysis.records.errors import ModelInputError
from analysis.study.rowless import rowless


@rowless
@dataclass(frozen=True)
class Design:
    """Everything of a weighted comparison that is known before the outcome.

    Attributes
    ----------
    people : DataFrame
        Participants with an outcome and all covariates.
    weights : Weights
    clusters : Clusters
        Of the participants kept by `weights`.
    diagnostics : tuple of Diagnostic
    n_eligible : int
    """

    people: pd.DataFrame
    weights: Weights
    clusters: Clusters
    diagnostics: tuple[Diagnostic, ...]
    n_eligible: int

    @property
    def kept(self) -> pd.DataFrame:
        """Return the participants who were not trimmed."""
        if self.weights.trim is None:
            return self.people
        return self.people.loc[self.weights.propensity.score.index]

    def failing(self, required: Collection[str] | None = None) -> tuple[Diagnostic, ...]:
        """Return the failed checks, of those named in `required` (None: of all)."""
        return tuple(
            one
            for one in self.diagnostics
            if one.status == "fail" and (required is None or one.name in required)
        )


def clusters_of(people: pd.DataFrame, contrast: Contrast) -> Clusters:
    """Find the independent units: clusters of clustered arms, participants elsewhere.

    A therapist with clients in two arms that are clustered by therapist is one unit; therapy groups
    belong to their arm.

    Parameters
    ----------
    people : DataFrame
        ``arm`` and ``cluster`` (missing where a participant has none).
    contrast : Contrast
    """
    nested = [arm for arm, unit in contrast.clusters.items() if unit != "none"]
    shared = (people["arm"].isin(nested) & people["cluster"].notna()).to_numpy()
    alone = pd.Series(range(len(people)), index=people.index).astype(str)
    both = people["arm"].map(contrast.clusters).eq("primary_therapist")
    arm = people["arm"].astype(str).mask(both, "")
    label = arm + "\x1f" + people["cluster"].astype(str)
    code, _ = pd.factorize(label.where(shared, alone))
    treated = people["arm"].eq(contrast.comparison).to_numpy().astype(np.float64)
    return Clusters(np.asarray(code), treated, shared)


def make_design(
    frame: pd.DataFrame,
    contrast: Contrast,
    covariates: Covariates,
    *,
    thresholds: Thresholds,
    estimand: Estimand = "ato",
    trim: float | None = None,
    products: Products = (),
    site: str | None = None,
    therapist: str | None = None,
) -> Design:
    """Weight and check a comparison; of the outcome only whether it is missing is used.

    The propensity is fitted to participants with an outcome, so that the arms are balanced among
    those analysed: valid where outcomes are missing at random given arm and covariates.

    Parameters
    ----------
    frame : DataFrame
        As `compare_weighted` takes it.
    contrast : Contrast
    covariates : sequence of mapping
        Beside the baseline score, which always enters.
    thresholds : Thresholds
    estimand : {"ato", "ate", "att"}
        The overlap population, all participants, or those of the comparison arm.
    trim : float, optional
        See `balancing_weights`.
    products : sequence of (str, str)
        Squares and interactions that enter the propensity (and the outcome models).
    site, therapist : str, optional
        Columns of the site and of the therapist, for errors and checks.

    Raises
    ------
    EstimationError
        One of `fit_propensity`'s, where the design is impossible.
    """
    _columns(frame, site, therapist)
    fewest = thresholds.fewest_per_arm
    kinds: dict[str, Any] = {"estimand": estimand, "trim": trim, "products": products}
    made = weigh(frame, contrast, covariates, fewest=fewest, site=site, **kinds)
    checks = design_diagnostics(
        made.people,
        made.weights,
        _with_baseline(covariates),
        clusters=made.clusters,
        site=site,
        therapist=therapist,
        thresholds=thresholds,
    )
    arms = frame[frame["arm"].isin([contrast.comparison, contrast.reference])]
    observed = _observed(arms, made.people, contrast, thresholds)
    return replace(made, diagnostics=(observed, *checks))


def weigh(
    frame: pd.DataFrame,
    contrast: Contrast,
    covariates: Covariates,
    *,
    fewest: int,
    estimand: Estimand = "ato",
    trim: float | None = None,
    products: Products = (),
    site: str | None = None,
) -> Design:
    """Weight a comparison without checking it; arguments and errors as in `make_design`."""
    arms = frame[frame["arm"].isin([contrast.comparison, contrast.reference])]
    if not arms["episode_id"].is_unique:
        raise ModelInputError("a weighted comparison takes one row a participant")
    seen = arms[arms["outcome"].notna()].reset_index(drop=True)
    every = _with_baseline(covariates)
    propensity = fit_propensity(seen, contrast, every, fewest=fewest, products=products, site=site)
    people = seen.loc[propensity.score.index]
    weights = balancing_weights(propensity, estimand, trim)
    clusters = clusters_of(people.loc[weights.propensity.score.index], contrast)
    return Design(people, weights, clusters, (), len(arms))


def _with_baseline(covariates: Covariates) -> list[Mapping[str, str]]:
    return [BASELINE, *(one for one in covariates if one["column"] != "baseline")]


def _columns(frame: pd.DataFrame, site: str | None, therapist: str | None) -> None:
    needed = ("episode_id", "arm", "baseline", "outcome", "cluster", site, therapist)
    if absent := [name for name in needed if name is not None and name not in frame]:
        raise ModelInputError(f"the table lacks the columns {', '.join(absent)}")
    if site is not None and frame[site].isna().any():
        raise ModelInputError(f"the site (column '{site}') is missing for some participants")


def _observed(
    arms: pd.DataFrame, people: pd.DataFrame, contrast: Contrast, limits: Thresholds
) -> Diagnostic:
    shares = people["arm"].value_counts() / arms["arm"].value_counts()
    share = len(people) / len(arms)
    return Diagnostic(
        "outcome_observed",
        share,
        higher_is_better(share, limits.observed),
        f"{len(people)} of {len(arms)} eligible participants have the outcome, the baseline and "
        f"all covariates ({shares[contrast.comparison]:.0%} in the comparison arm, "
        f"{shares[contrast.reference]:.0%} in the reference arm).",
    )
