"""Checks of a weighted design, made before its result is seen; a failed one blocks the estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.adjust.balance import ALL_SITES, balance_table
from analysis.adjust.columns import Covariates, Vector
from analysis.adjust.sandwich import Clusters
from analysis.adjust.weights import POPULATION, Weights
from analysis.records.effect import Diagnostic, Status


@dataclass(frozen=True)
class Thresholds:
    """Where each check passes and where it fails; between the two it warns.

    The plan gives the values, with their sources (``limits.weighting``).

    Attributes
    ----------
    main, higher : (float, float)
        Largest absolute standardised difference after weighting of covariates, and of squares and
        interactions: passes below the first, fails from the second on.
    alpha : float
        Squares and interactions fail only where the excess over the passing threshold is beyond
        chance at this level, Bonferroni over the terms: of hundreds of terms some are unbalanced
        in any sample. 1 switches the allowance off.
    preference : (float, float)
        Preference scores from the first to the second are in equipoise.
    equipoise : (float, float)
        Share of participants in equipoise: passes from the first on, fails below the second.
    effective_size : (float, float)
        Effective sample size of the smaller arm: passes from the first on, fails below the second.
    weight_ratio : (float, float)
        Largest weight over the mean weight of its arm: passes below the first, fails from the
        second on.
    clusters : (int, int)
        Therapy groups of a clustered arm: passes from the first on, fails below the second.
    trimmed : (float, float)
        Share trimmed: passes to the first, fails above the second.
    observed : (float, float)
        Share of eligible participants used: passes from the first on, fails below the second.
    fewest_per_arm : int
        Participants of an arm that a propensity model needs.
    fewest_of_level : int
        Participants of each arm that a level of a covariate needs to stand for itself (`Sparse`).
    fewest_events : int
        Participants of an arm that have a response, and that lack it.
    trim : float
        Propensities below it, and above one less it, are left out where trimming is declared.
    therapists_known : float
        Share of each arm's clients whose therapist is on record, for errors by therapist.
    lost_replicates : float
        Largest share of a bootstrap's samples that may lack an estimate.
    """

    main: tuple[float, float]
    higher: tuple[float, float]
    alpha: float
    preference: tuple[float, float]
    equipoise: tuple[float, float]
    effective_size: tuple[float, float]
    weight_ratio: tuple[float, float]
    clusters: tuple[int, int]
    trimmed: tuple[float, float]
    observed: tuple[float, float]
    fewest_per_arm: int
    fewest_of_level: int
    fewest_events: int
    trim: float
    therapists_known: float
    lost_replicates: float


def design_diagnostics(
    people: pd.DataFrame,
    weights: Weights,
    covariates: Covariates,
    *,
    clusters: Clusters,
    thresholds: Thresholds,
    site: str | None = None,
    therapist: str | None = None,
) -> tuple[Diagnostic, ...]:
    """Check a design without its outcome.

    Parameters
    ----------
    people : DataFrame
        Covariates, on the index of `weights`.
    weights : Weights
    covariates : sequence of mapping
        Covariates to be balanced, the baseline score included.
    clusters : Clusters
        Of the participants kept by `weights`.
    thresholds : Thresholds
    site, therapist : str, optional
        Columns; balance within sites, and therapists who work in one arm only, are then reported.

    Returns
    -------
    tuple of Diagnostic
        balance_main, balance_higher_order, equipoise, effective_sample_size, largest_weight,
        clusters (clustered arms only), trimmed (where trimming is declared), balance_by_site,
        therapists (where named). A status ``fail`` blocks the estimate.
    """
    table = balance_table(people, weights, covariates, site)
    overall = table[table["site"].eq(ALL_SITES)]
    sizes = effective_sizes(weights)
    found = [
        _main(overall, thresholds, weights),
        _higher(overall, thresholds, sizes),
        _equipoise(weights.untrimmed.preference, thresholds),
        _effective(sizes, weights, thresholds),
        _extremes(weights, thresholds),
    ]
    if clusters.shared.any():
        found.append(_clusters(clusters, weights, thresholds))
    if weights.trim is not None:
        found.append(_trimmed(weights, thresholds))
    if site is not None:
        found.append(_by_site(table, thresholds))
    if therapist is not None:
        found.append(_therapists(people.loc[weights.values.index, therapist], weights))
    return tuple(found)


def effective_sizes(weights: Weights) -> dict[bool, float]:
    """Return the effective sample size of each arm (True: comparison)."""
    arms = weights.values.groupby(weights.treated)
    return {bool(arm): effective_size(w.to_numpy(dtype=float)) for arm, w in arms}


def effective_size(weights: Vector) -> float:
    """Return Kish's effective sample size ``(sum w)^2 / sum w^2`` (1965, Survey Sampling)."""
    return float(weights.sum() ** 2 / (weights @ weights))


def lower_is_better(value: float, limits: tuple[float, float]) -> Status:
    """Pass below the first limit, fail from the second on."""
    return "pass" if value < limits[0] else "warn" if value < limits[1] else "fail"


def higher_is_better(value: float, limits: tuple[float, float]) -> Status:
    """Pass from the first limit on, fail below the second."""
    return "pass" if value >= limits[0] else "warn" if value >= limits[1] else "fail"


def _main(overall: pd.DataFrame, limits: Thresholds, weights: Weights) -> Diagnostic:
    rows = overall[overall["kind"].eq("main")]
    before, after = (float(rows[name].abs().max()) for name in ("smd_before", "smd_after"))
    return Diagnostic(
        "balance_main",
        after,
        lower_is_better(after, limits.main),
        f"The largest standardised difference of {len(rows)} covariate terms is {after:.2f} after "
        f"weighting to {POPULATION[weights.estimand]} ({before:.2f} before).",
    )


def _higher(overall: pd.DataFrame, limits: Thresholds, sizes: dict[bool, float]) -> Diagnostic:
    rows = overall[~overall["kind"].eq("main")]
    if rows.empty:
        return Diagnostic("balance_higher_order", None, "info", "There are no squares to check.")
    worst = float(rows["smd_after"].abs().max())
    before = float(rows["smd_before"].abs().max())
    error = float(np.sqrt(sum(1 / size for size in sizes.values())))
    chance = -float(ndtri(limits.alpha / len(rows))) * error if limits.alpha < 1 else 0.0
    status = lower_is_better(worst, limits.higher)
    if status == "fail" and worst < limits.higher[0] + chance:
        status = "warn"
    return Diagnostic(
        "balance_higher_order",
        worst,
        status,
        f"The largest standardised difference of {len(rows)} squares and interactions is "
        f"{worst:.2f} after weighting ({before:.2f} before); {chance:.2f} may be chance.",
    )


def _equipoise(preference: Vector, limits: Thresholds) -> Diagnostic:
    low, high = limits.preference
    share = float(((preference >= low) & (preference <= high)).mean())
    return Diagnostic(
        "equipoise",
        share,
        higher_is_better(share, limits.equipoise),
        f"{share:.0%} of participants could well have been in either arm (preference score from "
        f"{low} to {high}).",
    )


def _effective(sizes: dict[bool, float], weights: Weights, limits: Thresholds) -> Diagnostic:
    smaller = min(sizes.values())
    counts = weights.treated.value_counts()
    return Diagnostic(
        "effective_sample_size",
        smaller,
        higher_is_better(smaller, limits.effective_size),
        f"Weighting leaves the information of {sizes[True]:.0f} of {counts[True]} participants in "
        f"the comparison arm and {sizes[False]:.0f} of {counts[False]} in the reference arm.",
    )


def _extremes(weights: Weights, limits: Thresholds) -> Diagnostic:
    kept = weights.values[weights.values > 0]
    ratio = float((kept / kept.groupby(weights.treated).transform("mean")).max())
    return Diagnostic(
        "largest_weight",
        ratio,
        lower_is_better(ratio, limits.weight_ratio),
        f"The largest weight is {ratio:.1f} times the mean weight of its arm.",
    )


def _clusters(clusters: Clusters, weights: Weights, limits: Thresholds) -> Diagnostic:
    inside = clusters.shared
    held = weights.values[weights.propensity.score.index].to_numpy()
    arms = [inside & (clusters.treated == arm) for arm in (1, 0)]
    counts = [len(np.unique(clusters.code[at])) for at in arms if at.any()]
    sums = clusters.sums(np.where(inside, held, 0.0))
    effective = float(sums.sum() ** 2 / (sums**2).sum())
    return Diagnostic(
        "clusters",
        float(min(counts)),
        higher_is_better(min(counts), limits.clusters),
        f"The clustered arm has {min(counts)} clusters, worth {effective:.0f} of equal weight.",
    )


def _trimmed(weights: Weights, limits: Thresholds) -> Diagnostic:
    share, (good, bad) = weights.trimmed_share, limits.trimmed
    return Diagnostic(
        "trimmed",
        share,
        "pass" if share <= good else "warn" if share <= bad else "fail",
        f"{share:.1%} of participants were left out because their propensity was below "
        f"{weights.trim} or above {1 - (weights.trim or 0):g}.",
    )


def _by_site(table: pd.DataFrame, limits: Thresholds) -> Diagnostic:
    rows = table[~table["site"].eq(ALL_SITES) & table["kind"].eq("main")]
    worst = rows["smd_after"].abs().groupby(rows["site"]).max()
    over = int((worst >= limits.main[1]).sum())
    return Diagnostic(
        "balance_by_site",
        float(worst.max()),
        "pass" if worst.max() < limits.main[0] else "warn",
        f"Within sites the largest standardised difference after weighting is {worst.max():.2f}; "
        f"{over} of {len(worst)} sites reach {limits.main[1]}.",
    )


def _therapists(therapist: pd.Series, weights: Weights) -> Diagnostic:
    share = weights.treated.groupby(therapist.astype(object)).mean()
    both = int(((share > 0) & (share < 1)).sum())
    crossed = both / len(share) if len(share) else 0.0
    apart = "" if crossed == 1 else "; of the others format and therapist cannot be told apart"
    return Diagnostic(
        "therapists",
        crossed,
        "pass" if crossed == 1 else "warn",
        f"{both} of {len(share)} therapists work in both arms{apart}.",
    )
