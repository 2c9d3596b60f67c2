"""The declared specifications of one comparison: what each choice means, and who estimates it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.adjust import compare_weighted, specifications
from analysis.adjust.contrasts import ESTIMAND, Comparison
from analysis.adjust.specifications import COLUMNS as SPECIFIED
from analysis.adjust.specifications import Specification
from analysis.adjust.weights import ESTIMANDS
from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, blank_effect
from analysis.records.effect import Effect
from analysis.records.errors import ModelInputError
from analysis.records.intervals import estimated
from analysis.scrutiny.protocol import per_protocol_estimate
from analysis.scrutiny.therapists import therapist_estimate

COLUMNS = ("contrast", *SPECIFIED, "note", "unit")
OF_UNSEEN = ("imputed", "remaining_weights", "cluster_average")
CHOICES: dict[str, tuple[str, ...]] = {
    "model": ("weighted", "doubly_robust", "mixed", "repeated", "naive", *OF_UNSEEN),
    "weights": ("ato", "ate", "att"),
    "covariates": ("all", "none", "all_and_products"),
    "clustering": ("declared", "bootstrap", "therapist", "none", "pseudo"),
    "exclusions": ("none", "trimmed", "not_per_protocol"),
}


def specification_table(
    comparison: Comparison,
    repeated: pd.DataFrame,
    declared: Sequence[Specification],
    deciding: Effect,
    received: Callable[[], pd.Series],
    therapists: Callable[[], pd.Series],
    made: Mapping[str, Effect] | None = None,
) -> pd.DataFrame:
    """Evaluate the specifications that the plan declares for a comparison.

    Parameters
    ----------
    comparison : Comparison
        Of the primary outcome.
    repeated : DataFrame
        As `measures.outcomes` gives it: for other windows.
    declared : sequence of mapping
        name, model, valid_for_estimand, note; weights, covariates, clustering, exclusions (one of
        `CHOICES`) and window where they differ from the deciding specification.
    deciding : Effect
        The estimate that decides: where it is withheld or failed, no specification is estimated.
    received : callable
        Says who received what was planned (index episode_id), or raises ModelInputError where
        that is not known.
    therapists : callable
        Says who treated whom (`therapists.main_therapists`), or raises likewise.
    made : mapping of str to Effect, optional
        By id, the estimates with the unseen imputed or weighted for, which are made once elsewhere
        (`unseen.ladder`).

    Returns
    -------
    DataFrame
        As `confounding.specifications` gives it, with contrast, note and unit.

    Raises
    ------
    ModelInputError
        If a specification makes a choice that does not exist.
    """
    for one in declared:
        for key, known in CHOICES.items():
            if one.get(key, known[0]) not in known:
                raise ModelInputError(f"specification '{one['name']}': no {key} '{one[key]}'")
    run = partial(_estimate, comparison, repeated, received, therapists, made or {})
    if deciding.status != "ok":
        run = partial(_not_estimated, deciding)
    table = specifications(declared, dict.fromkeys(CHOICES["model"], run))
    notes = [one.get("note", "") for one in declared]
    table = table.assign(contrast=comparison.contrast.id, note=notes, unit=comparison.outcome.unit)
    return table.reindex(columns=list(COLUMNS))


def _not_estimated(deciding: Effect, one: Specification) -> Effect:
    return replace(deciding, model=one["model"])


def _estimate(
    comparison: Comparison,
    repeated: pd.DataFrame,
    received: Callable[[], pd.Series],
    therapists: Callable[[], pd.Series],
    made: Mapping[str, Effect],
    one: Specification,
) -> Effect:
    """Estimate one specification."""
    if one["model"] in OF_UNSEEN:
        return estimate_of_unseen(comparison, made, one["model"])
    if one.get("exclusions") == "not_per_protocol":
        return per_protocol_estimate(comparison, received, one["model"])
    if one.get("clustering") == "therapist":
        estimand = one.get("weights", ESTIMAND)
        return therapist_estimate(comparison, therapists, one["model"], estimand)
    frame, contrast = comparison.once, comparison.contrast
    if "window" in one:
        frame = in_window(frame, repeated, comparison.outcome.day, one["window"])
    frame, contrast = clustered_as(frame, contrast, one.get("clustering", "declared"))
    covariates = [] if one.get("covariates") == "none" else comparison.covariates
    pair = (contrast, comparison.outcome)
    common: dict[str, Any] = {
        "covariates": covariates,
        "data_origin": comparison.data_origin,
    }
    if one["model"] == "naive":
        return naive_difference(frame, comparison)
    if one["model"] == "mixed":
        return compare(frame, *pair, **common)
    if one["model"] == "repeated":
        if comparison.often is None:
            raise ModelInputError("repeated measures are made for the primary outcome only")
        return compare(comparison.often, *pair, **common, model="repeated")
    names = ["baseline", *(each["column"] for each in covariates)]
    crossed = one.get("covariates") == "all_and_products"
    return compare_weighted(
        frame,
        *pair,
        **common,
        thresholds=comparison.thresholds,
        estimand=one.get("weights", ESTIMAND),
        doubly_robust=one["model"] == "doubly_robust",
        variance="cluster_bootstrap" if one.get("clustering") == "bootstrap" else "m_estimation",
        required=None if contrast.assignment == "observational" else (),
        products=[("baseline", name) for name in names] if crossed else (),
        trim=comparison.thresholds.trim if one.get("exclusions") == "trimmed" else None,
        site=comparison.site if covariates and contrast.assignment == "observational" else None,
    )


def estimate_of_unseen(comparison: Comparison, made: Mapping[str, Effect], model: str) -> Effect:
    """Return the ladder's estimate by a model of what nobody saw, or why there is none."""
    contrast, outcome = comparison.contrast, comparison.outcome
    blank = blank_effect(
        contrast, outcome, model, comparison.data_origin, comparison.once, ESTIMANDS[ESTIMAND]
    )
    key = f"{contrast.id}.{outcome.construct}.{outcome.time.replace(' ', '')}.{model}"
    absent = replace(blank, id=key, status="withheld", message="the unseen were not imputed")
    return made.get(key, absent)


def in_window(
    frame: pd.DataFrame, repeated: pd.DataFrame, day: int, window: Sequence[int]
) -> pd.DataFrame:
    """Take the outcome from another window: each episode's score nearest to the day.

    Of two equally near the earlier counts. Episodes without one have no outcome.
    """
    first, last = window
    rows = repeated[repeated["post"] & repeated["day"].between(first, last)]
    rows = rows.assign(distance=(rows["day"] - day).abs())
    rows = rows.sort_values(["distance", "day"], kind="stable").drop_duplicates("episode_id")
    scores = rows.set_index("episode_id")["score"].astype("float64")
    return frame.assign(outcome=frame["episode_id"].map(scores))


def clustered_as(
    frame: pd.DataFrame, contrast: Contrast, clustering: str
) -> tuple[pd.DataFrame, Contrast]:
    """Return the frame and contrast with other clusters.

    ``none`` counts members of a group as independent. ``pseudo`` deals the clients of an arm
    without groups at random to made-up groups of the usual size: both are known to be wrong
    (Candlish et al. 2018, doi 10.1186/s12874-018-0559-x).
    """
    arms = (contrast.comparison, contrast.reference)
    if clustering == "none":
        return frame, replace(contrast, clusters=dict.fromkeys(arms, "none"))
    if clustering != "pseudo":
        return frame, contrast
    alone = [arm for arm in arms if contrast.clusters.get(arm, "none") == "none"]
    units: Mapping[str, str] = {**contrast.clusters, **dict.fromkeys(alone, "therapy_group")}
    shared = frame["cluster"].dropna().value_counts().mean()
    usual = max(2, round(shared)) if shared > 0 else 2
    frame = frame.copy()
    generator = np.random.default_rng(0)
    for arm in alone:
        at = frame.index[frame["arm"].eq(arm)]
        dealt = generator.permutation(len(at)) // usual
        frame.loc[at, "cluster"] = [f"made up {arm} {number}" for number in dealt]
    return frame, replace(contrast, clusters=units)


def naive_difference(frame: pd.DataFrame, comparison: Comparison) -> Effect:
    """Compare the arms' means as if clients had been assigned at random and stood alone.

    Welch's t-test (Welch 1947, doi 10.1093/biomet/34.1-2.28): known to be wrong wherever clients
    were not randomised or share a group.
    """
    contrast, outcome = comparison.contrast, comparison.outcome
    words = "difference of means of those observed, nothing adjusted for"
    blank = blank_effect(contrast, outcome, "naive", comparison.data_origin, frame, words)
    seen = frame.dropna(subset=["outcome"])
    one, zero = (
        seen.loc[seen["arm"].eq(arm), "outcome"].to_numpy(dtype=float)
        for arm in (contrast.comparison, contrast.reference)
    )
    if min(len(one), len(zero)) < 2:
        return replace(blank, status="withheld", message="an arm has no two outcomes")
    parts = [arm.var(ddof=1) / len(arm) for arm in (one, zero)]
    variance = float(sum(parts))
    if variance <= 0:
        return replace(blank, status="withheld", message="outcomes do not vary")
    sizes = zip(parts, (one, zero), strict=True)
    df = variance**2 / sum(part**2 / (len(arm) - 1) for part, arm in sizes)
    value = (one.mean() - zero.mean()) * outcome.toward_better
    return estimated(blank, value, variance**0.5, df, "Welch", n_used=len(one) + len(zero))
