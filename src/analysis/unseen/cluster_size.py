"""Informative cluster size: whether it matters that people or that groups count alike.

Where members of larger therapy groups fare differently the mean over participants and the mean
over groups are different estimands; a random intercept estimates something between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.comparison.terms import BASELINE, nested_rows, with_terms
from analysis.engine import fit_mixed
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import EstimationError
from analysis.unseen.population import ESTIMANDS, population_weights
from analysis.unseen.remaining import weighted_effect

Covariates = Sequence[Mapping[str, str]]

WORDS = {
    "participant_average": "each participant counts alike",
    "cluster_average": "each therapy "
    "group counts alike, and each participant of an arm without groups",
}


def compare_cluster_size(
    frame: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    *,
    covariates: Covariates = (),
    data_origin: str = "real",
) -> list[Effect]:
    """Estimate the difference over participants and over groups, on those with an outcome.

    Independence estimating equations with weights 1 or 1 / members seen (Williamson, Datta and
    Satten 2003, doi 10.1111/1541-0420.00005; estimands: Kahan et al. 2023, doi
    10.1093/ije/dyac131), times the overlap weights where arms were not randomised; CR2 errors by
    cluster.

    Parameters
    ----------
    frame, contrast, outcome
        As `compare` takes them (``ancova``).
    covariates : sequence of mapping
        ``column`` and ``type``.
    data_origin : {"real", "synthetic"}

    Returns
    -------
    list of Effect
        Ids ``....participant_average`` and ``....cluster_average``; points, positive = comparison
        arm better. The second carries the diagnostic ``informative_cluster_size``: second less
        first with the p value of no difference, from both regressions at once.
    """
    arms = frame[frame["arm"].isin([contrast.comparison, contrast.reference])]
    names = [one["column"] for one in covariates]
    people = nested_rows(
        arms.dropna(subset=["outcome", "baseline", *names]).reset_index(drop=True), contrast
    )

    def blank(model: str) -> Effect:
        estimand = f"{ESTIMANDS[contrast.assignment]}; {WORDS[model]}"
        return blank_effect(contrast, outcome, model, data_origin, arms, estimand)

    weights = {"participant_average": np.ones(len(people)), "cluster_average": _by_group(people)}
    try:
        weights = _in_population(weights, people, contrast, covariates)
    except EstimationError as failure:
        why = failure

        def fail(one: Effect) -> Effect:
            raise why

        return [recorded(blank(one), fail) for one in weights]
    found: list[Effect] = []
    for model, weight in weights.items():
        one = blank(model)
        if model == "cluster_average" and found[0].status == "ok":
            one = replace(one, diagnostics=_change(people, outcome, covariates, weights))

        def estimate(one: Effect, weight: NDArray[np.floating] = weight) -> Effect:
            return weighted_effect(one, people, contrast, outcome, covariates, weight)

        found.append(recorded(one, estimate))
    return found


def _in_population(
    weights: Mapping[str, NDArray[np.floating]],
    people: pd.DataFrame,
    contrast: Contrast,
    covariates: Covariates,
) -> dict[str, NDArray[np.floating]]:
    base = population_weights(people, contrast, covariates)
    return {name: weight * base for name, weight in weights.items()}


def _by_group(people: pd.DataFrame) -> NDArray[np.floating]:
    """One over the members seen of a person's cluster; 1 outside clusters."""
    size = people.groupby("cluster")["episode_id"].transform("count")
    return (1.0 / size.fillna(1.0)).to_numpy(dtype=float)


def _change(
    people: pd.DataFrame,
    outcome: Outcome,
    covariates: Covariates,
    weights: Mapping[str, NDArray[np.floating]],
) -> tuple[Diagnostic, ...]:
    """Fit both weightings as one regression of twice the rows; their difference is a coefficient.

    Both copies of a person, and of the group, stay one cluster.
    """
    twice = pd.concat(
        [
            people.assign(copy=float(number), weight=weight)
            for number, weight in enumerate(weights.values())
        ],
        ignore_index=True,
    )
    twice, adjusted = with_terms(twice, [BASELINE, *covariates])
    clustered = bool(twice["exposed"].any())
    fit = fit_mixed(
        twice,
        f"outcome ~ copy * ({' + '.join(['in_comparison', *adjusted])})",
        group="cluster" if clustered else None,
        grouped="exposed" if clustered else None,
        participant="episode_id",
        sampling_weights="weight",
    )
    name = next(one for one in fit.names if "copy" in one and "in_comparison" in one)
    row = np.array([float(one == name) for one in fit.names])
    change = outcome.toward_better * float(row @ fit.params.to_numpy())
    variance = float(row @ fit.cov.to_numpy() @ row)
    if variance <= 1e-12 * max(1.0, change**2):
        text = "All groups are of one size: participants and groups give one answer."
        return (Diagnostic("informative_cluster_size", 0.0, "pass", text),)
    p = fit.contrast(row).p
    return (
        Diagnostic(
            "informative_cluster_size",
            change,
            "pass" if p >= 0.05 else "warn",
            f"Counting groups alike instead of participants moves the estimate by {change:.2f} "
            f"(p = {p:.2f}).",
        ),
    )
