"""Inverse-probability-of-remaining weights: those seen stand for those like them who were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from analysis.adjust.logistic import Weighted, expit, newton
from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.comparison.terms import BASELINE, nested_rows, with_terms
from analysis.engine import fit_mixed
from analysis.measures.unknown import count_clusters
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import ConvergenceError, InsufficientDataError, as_numbers
from analysis.records.intervals import estimated
from analysis.study.rowless import rowless
from analysis.unseen.population import ESTIMANDS, population_weights

Floats = NDArray[np.floating]

Covariates = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class MissingLimits:
    """What withholds an answer about the unseen; the plan gives the values (``limits.missing``).

    Attributes
    ----------
    effective_share : (float, float)
        Effective share of those seen once weighted: passes from the first on, fails below the
        second.
    least_chance : float
        Least chance of being seen that passes without a warning.
    certain : float
        Area under the curve from which nobody seen stands for the unseen.
    fewest_left_seen : int
        Participants of an arm who left early and were seen, to tell how they did.
    beyond : float
        Share of an arm's unseen outside the central 95% of its seen with which a column still helps
        to impute.
    """

    effective_share: tuple[float, float]
    least_chance: float
    certain: float
    fewest_left_seen: int
    beyond: float


@rowless
@dataclass(frozen=True)
class Remaining:
    """Chances of being seen at the outcome, and the weights they give.

    Attributes
    ----------
    chance : (n,) array
        Estimated probability that each person's outcome is seen.
    weight : (n,) array
        Share seen in the arm over the chance for those seen, 0 for the others.
    """

    chance: Floats
    weight: Floats

    @property
    def effective(self) -> float:
        """Kish's effective number of people seen (Kish 1965, Survey Sampling, section 11.7)."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())


def remaining_weights(
    frame: pd.DataFrame,
    covariates: Covariates = (),
    history: Sequence[str] = (),
    *,
    certain: float,
) -> Remaining:
    """Estimate in each arm who is seen at the outcome, from what was known before.

    A logistic regression on baseline, covariates, the last score of the history that was seen
    (baseline where none was) and the share of the history missed; stabilised by the arm's share
    seen (Robins, Rotnitzky and Zhao 1995, doi 10.1080/01621459.1995.10476493).

    Parameters
    ----------
    frame : DataFrame
        One row a participant: ``arm``, ``baseline``, ``outcome``, covariates (complete) and the
        history's columns, earliest first.
    covariates : sequence of mapping
        ``column`` and ``type``.
    history : sequence of str
        Scores between baseline and outcome.
    certain : float
        See `MissingLimits`.

    Raises
    ------
    ModelInputError
        If nobody was seen in an arm.
    ConvergenceError
        If a regression has no maximum, or tells the seen from the unseen all but for certain.
    """
    chance = np.ones(len(frame))
    seen = frame["outcome"].notna().to_numpy()
    weight = np.zeros(len(frame))
    design = _design(frame, covariates, history)
    for arm in frame["arm"].unique():
        rows = (frame["arm"] == arm).to_numpy()
        if not seen[rows].any():
            raise InsufficientDataError(f"arm '{arm}' has no outcome")
        if not seen[rows].all():
            x = design[rows]
            x = x[:, np.r_[True, x[:, 1:].std(axis=0) > 0]]
            chance[rows] = _chance(x, seen[rows].astype(float), certain)
        weight[rows] = seen[rows] * seen[rows].mean() / chance[rows]
    return Remaining(chance, weight)


def _chance(x: Floats, seen: Floats, certain: float) -> Floats:
    """Fit the logistic regression with p of n participants more, spread as the arm's share seen.

    Clogg et al. (1991, doi 10.1080/01621459.1991.10475014): a level of a covariate at which nobody
    was missed, or everybody, then has a chance near the end and not at it.
    """
    n, p = x.shape
    share = seen.mean()
    weights = np.r_[np.ones(n), np.full(n, p / n * share), np.full(n, p / n * (1 - share))]
    y = np.r_[seen, np.ones(n), np.zeros(n)]
    gamma = newton(Weighted(np.vstack([x, x, x])), y, weights[None, :], np.zeros(p))[0]
    if not np.isfinite(gamma).all():
        raise ConvergenceError("the model of who remains has no maximum")
    chance = expit(x @ gamma)
    unseen = n - seen.sum()
    ranks = rankdata(chance)[seen == 1].sum() - seen.sum() * (seen.sum() + 1) / 2
    if ranks / (seen.sum() * unseen) > certain:
        raise ConvergenceError("who is seen is all but certain from what was known before")
    return np.asarray(chance)


def _design(frame: pd.DataFrame, covariates: Covariates, history: Sequence[str]) -> Floats:
    """Intercept and standardised predictors, (n, p)."""
    categorical = [one["column"] for one in covariates if one["type"] != "numeric"]
    held = frame[["baseline", *(one["column"] for one in covariates)]]
    held = held.assign(
        **{
            str(one): as_numbers(held[one], f"column {one}")
            for one in held
            if one not in categorical
        }
    )
    if categorical:
        held = pd.get_dummies(held, columns=categorical, drop_first=True)
    x = held.to_numpy(dtype=float)
    if history:
        earlier = frame[list(history)].apply(lambda one: as_numbers(one, f"column {one.name}"))
        latest = earlier.ffill(axis=1).iloc[:, -1].fillna(frame["baseline"])
        x = np.column_stack([x, latest, earlier.isna().mean(axis=1)])
    spread = x.std(axis=0)
    return np.column_stack(
        [np.ones(len(x)), (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)]
    )


def compare_remaining(
    frame: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    *,
    limits: MissingLimits,
    covariates: Covariates = (),
    history: Sequence[str] = (),
    data_origin: str = "real",
) -> Effect:
    """Estimate the difference between arms with the seen weighted to stand for all eligible.

    Weighted least squares on arm, baseline and covariates with CR2 errors by cluster; the weights
    count as known, which makes the errors slightly too large rather than too small. Where arms
    were not randomised the weights of remaining multiply the overlap weights of all eligible.

    Parameters
    ----------
    frame, contrast, outcome
        As `compare` takes them (``ancova``), with the history's columns.
    limits : MissingLimits
    covariates, history
        As in `remaining_weights`; who lacks baseline or a covariate is left out.
    data_origin : {"real", "synthetic"}

    Returns
    -------
    Effect
        Id ``{contrast}.{construct}.{time}.remaining_weights``; points, positive = comparison arm
        better. ``status="withheld"`` where the weights leave too little of those
        seen; a failure gives ``status="error"``.
    """
    arms = frame[frame["arm"].isin([contrast.comparison, contrast.reference])]
    estimand = ESTIMANDS[contrast.assignment]
    blank = blank_effect(contrast, outcome, "remaining_weights", data_origin, arms, estimand)
    names = [one["column"] for one in covariates]
    people = arms.dropna(subset=["baseline", *names]).reset_index(drop=True)

    def estimate(blank: Effect) -> Effect:
        weights = remaining_weights(people, covariates, history, certain=limits.certain)
        checked = replace(blank, diagnostics=_diagnostics(weights, people, limits))
        if failed := [one for one in checked.diagnostics if one.status == "fail"]:
            return replace(checked, status="withheld", message=failed[0].text)
        weight = weights.weight * population_weights(people, contrast, covariates)
        return weighted_effect(checked, people, contrast, outcome, covariates, weight)

    return recorded(blank, estimate)


def weighted_effect(
    blank: Effect,
    people: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    covariates: Covariates,
    weight: Floats,
) -> Effect:
    """Fill an effect in from a weighted regression of those seen, CR2 by cluster.

    Parameters
    ----------
    blank : Effect
    people : DataFrame
        As `compare` takes it; rows without outcome are left out.
    contrast, outcome, covariates
        As in `compare_remaining`.
    weight : (n,) array
        Sampling weights.

    Raises
    ------
    EstimationError
        If the model cannot be fitted.
    """
    used = nested_rows(people.assign(weight=weight).dropna(subset=["outcome"]), contrast)
    clustered = bool(used["exposed"].any())
    used, adjusted = with_terms(used, [BASELINE, *covariates])
    fit = fit_mixed(
        used,
        " + ".join(["outcome ~ in_comparison", *adjusted]),
        group="cluster" if clustered else None,
        grouped="exposed" if clustered else None,
        sampling_weights="weight",
    )
    found = fit.contrast({"in_comparison": 1.0})
    return estimated(
        blank,
        outcome.toward_better * found.estimate,
        found.se,
        found.df,
        "CR2 Satterthwaite",
        n_used=len(used),
        clusters=count_clusters(used["cluster"]) or None,
        converged=True,
    )


def _diagnostics(
    weights: Remaining, people: pd.DataFrame, limits: MissingLimits
) -> tuple[Diagnostic, ...]:
    seen = int(people["outcome"].notna().sum())
    least, share = float(weights.chance.min()), weights.effective / seen
    enough, too_little = limits.effective_share
    return (
        Diagnostic(
            "effective_share",
            share,
            "pass" if share >= enough else "warn" if share >= too_little else "fail",
            f"{seen} of {len(people)} were seen; weighted they count as {weights.effective:.0f}.",
        ),
        Diagnostic(
            "least_chance_of_remaining",
            least,
            "pass" if least >= limits.least_chance else "warn",
            f"The least probable to be seen had a chance of {least:.2f}.",
        ),
    )
