"""How people change: latent courses of every construct, and what each would score on a day.

The PHQ-9 course is linear to day 42 and then loses part of the gain. A therapy group's part is
zero at intake and grows with time (a group slope, so that it does not cancel from a contrast of
slopes). Constructs other than depression live on a standard-normal scale, higher = better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulate.people import (
    CONDITION_SHARES,
    GAIN_PER_PRIOR_EPISODE,
    MEAN_PRIOR_EPISODES,
    SITE_GAIN,
)
from analysis.simulate.truth import CONDITIONS, Truth

END, MIDDLE, FOLLOW_UP = 42.0, 21.0, 90.0
GAIN_PER_INTAKE_POINT = 0.15
BENEFIT_GAIN = {
    "anxiety": 1.0,
    "self_esteem": 0.45,
    "shame": 0.4,
    "emotion_regulation": 0.45,
    "interpersonal_problems": 0.35,
    "coping": 0.55,
    "hope": 0.5,
    "loneliness": 0.3,
}
SYMPTOM_LINK = {"anxiety": 0.6}
OTHER_SYMPTOM_LINK = 0.4
BENEFIT_STEP_SD = 0.4
BENEFIT_OCCASION_SD = 0.4
CLIMATE = ("climate", "cohesion", "therapeutic_factors")


@dataclass(frozen=True)
class Draws:
    """Random parts of every course, the same whichever format a person gets.

    Attributes
    ----------
    group_part : array, shape (n,)
        Standard normal, shared by a therapy group's members: the group's PHQ-9 slope.
    group_climate : array, shape (n,)
        Standard normal, shared likewise: the group's cohesion.
    therapist_part : array, shape (n,)
        Standard normal, shared by a primary therapist's clients.
    own_climate : array, shape (n,)
        Standard normal: the member's own part of cohesion.
    benefit_group, benefit_start, benefit_early, benefit_late : array, shape (n, constructs)
        Standard normals in the order of ``Truth.benefit_effects``: group's slope, level at
        intake, own gain to day 21 and from then on.
    """

    group_part: np.ndarray
    group_climate: np.ndarray
    therapist_part: np.ndarray
    own_climate: np.ndarray
    benefit_group: np.ndarray
    benefit_start: np.ndarray
    benefit_early: np.ndarray
    benefit_late: np.ndarray


def draw_parts(
    truth: Truth, cluster: np.ndarray, therapist: np.ndarray, rng: np.random.Generator
) -> Draws:
    """Draw the random parts of n people.

    Parameters
    ----------
    cluster, therapist : array of int, shape (n,)
        Codes from 0; people with the same code share a part.
    """
    n, k = len(cluster), len(truth.benefit_effects)
    shared = rng.normal(size=(cluster.max() + 1, 2 + k))[cluster]
    return Draws(
        group_part=shared[:, 0],
        group_climate=shared[:, 1],
        therapist_part=rng.normal(size=therapist.max() + 1)[therapist],
        own_climate=rng.normal(size=n),
        benefit_group=shared[:, 2:],
        benefit_start=rng.normal(size=(n, k)),
        benefit_early=rng.normal(size=(n, k)),
        benefit_late=rng.normal(size=(n, k)),
    )


def residual_variances(truth: Truth) -> dict[str, float]:
    """Return the variance of the day-42 PHQ-9 given the observed intake score, by source.

    Gains by mediators count; covariates other than intake, and the ends of the scale, do not.

    Returns
    -------
    dict
        ``individual`` (whole), ``group_own`` (without the group), ``group_shared`` (the group's
        part, from the intraclass correlation), in squared points.
    """
    observed = truth.baseline_sd**2
    latent = observed - truth.occasion_sd**2
    carried = (1 - GAIN_PER_INTAKE_POINT) ** 2 * latent * (1 - latent / observed)
    paths = sum(path**2 for path in truth.mediator_paths.values()) * BENEFIT_STEP_SD**2
    rest = carried + truth.occasion_sd**2 + paths
    own = truth.response_sd**2
    group_own = rest + own * truth.residual_ratio
    return {
        "individual": (rest + own) / (1 - truth.therapist_share),
        "group_own": group_own,
        "group_shared": group_own * truth.icc / (1 - truth.icc),
    }


def symptom_course(
    people: pd.DataFrame,
    group: np.ndarray,
    online: np.ndarray,
    draws: Draws,
    truth: Truth,
    days: np.ndarray,
) -> np.ndarray:
    """Latent PHQ-9, in points, higher = worse, without the occasion's own error.

    Parameters
    ----------
    group : array of bool, shape (n,)
        Format under which the course runs (not necessarily the one that was given).
    online : array of bool, shape (n,)
    days : array, shape (n, k)

    Returns
    -------
    array, shape (n, k)
    """
    early = _early_gain(group, draws, truth)
    paths = np.array([truth.mediator_paths[name] for name in truth.benefit_effects])
    late_part = np.clip((days - MIDDLE) / (END - MIDDLE), 0, 1) * (early @ paths)[:, None]
    to_end = np.minimum(days / END, 1) * _gain(people, group, online, draws, truth)[:, None]
    return np.asarray(
        people["severity"].to_numpy()[:, None]
        - (np.maximum(to_end, -27) + late_part) * _kept(days, truth)
    )


def _gain(
    people: pd.DataFrame, group: np.ndarray, online: np.ndarray, draws: Draws, truth: Truth
) -> np.ndarray:
    """PHQ-9 gain at day 42 except what runs through the mediators, in points."""
    variance = residual_variances(truth)
    condition = people["condition"].to_numpy()
    own = draws_own(people, group, draws, truth)
    shared = np.where(
        group,
        np.sqrt(variance["group_shared"]) * draws.group_part,
        np.sqrt(variance["individual"] * truth.therapist_share) * draws.therapist_part,
    )
    effect = truth.effect - mediated_effect(truth) + _centred(truth.condition_effects)[condition]
    return np.asarray(
        truth.gain
        - mean_mediated_gain(truth)
        + GAIN_PER_INTAKE_POINT * (people["severity"].to_numpy() - truth.baseline_mean)
        + GAIN_PER_PRIOR_EPISODE * (people["prior_episodes"].to_numpy() - MEAN_PRIOR_EPISODES)
        + _centred(truth.condition_gains)[condition]
        + np.resize(SITE_GAIN, truth.sites)[people["site"]]
        + truth.online_effect * online
        + group * (effect + truth.focus_effect * people["focus"].to_numpy())
        + own
        + shared
    )


def draws_own(people: pd.DataFrame, group: np.ndarray, draws: Draws, truth: Truth) -> np.ndarray:
    """Own part of the gain in points; in groups partly a member's own cohesion."""
    link = truth.cohesion_correlation
    in_group = link * draws.own_climate + np.sqrt(1 - link**2) * people["own"].to_numpy()
    spread = truth.response_sd * np.where(group, np.sqrt(truth.residual_ratio), 1)
    return spread * np.where(group, in_group, people["own"].to_numpy())


def mediated_effect(truth: Truth) -> float:
    """Effect of the group format on the day-42 PHQ-9 that runs through early gains, points."""
    return sum(
        truth.mediator_paths[name] * effect / 2 for name, effect in truth.benefit_effects.items()
    )


def mean_mediated_gain(truth: Truth) -> float:
    """Mean gain through early gains in the individual arm, points."""
    return sum(path * BENEFIT_GAIN[name] / 2 for name, path in truth.mediator_paths.items())


def _early_gain(group: np.ndarray, draws: Draws, truth: Truth) -> np.ndarray:
    """Gain in every construct by day 21, standard deviations, shape (n, constructs)."""
    mean = np.array([BENEFIT_GAIN[name] for name in truth.benefit_effects]) / 2
    effect = np.array(list(truth.benefit_effects.values())) / 2
    return np.asarray(mean + effect * group[:, None] + BENEFIT_STEP_SD * draws.benefit_early)


def benefit_course(
    people: pd.DataFrame,
    group: np.ndarray,
    draws: Draws,
    truth: Truth,
    days: np.ndarray,
    construct: str,
) -> np.ndarray:
    """Latent level of one construct, standard deviations, higher = better, shape (n, k)."""
    at = list(truth.benefit_effects).index(construct)
    link = SYMPTOM_LINK.get(construct, OTHER_SYMPTOM_LINK)
    severity = (people["severity"].to_numpy() - truth.baseline_mean) / truth.baseline_sd
    base_sd = np.sqrt(1 - BENEFIT_OCCASION_SD**2 - (link * severity.std()) ** 2)
    start = -link * severity + base_sd * draws.benefit_start[:, at]
    early = _early_gain(group, draws, truth)[:, at]
    late = early - BENEFIT_STEP_SD * (draws.benefit_early[:, at] - draws.benefit_late[:, at])
    if construct == "anxiety":
        late = late + 0.4 * draws_own(people, group, draws, truth) / truth.response_sd
    own_variance = 2 * BENEFIT_STEP_SD**2 + BENEFIT_OCCASION_SD**2
    shared_sd = np.sqrt(own_variance * truth.benefit_icc / (1 - truth.benefit_icc))
    late = late + group * shared_sd * draws.benefit_group[:, at]
    first = np.clip(days / MIDDLE, 0, 1) * early[:, None]
    second = np.clip((days - MIDDLE) / (END - MIDDLE), 0, 1) * late[:, None]
    return np.asarray(start[:, None] + (first + second) * _kept(days, truth))


def climate_course(draws: Draws, truth: Truth, days: np.ndarray) -> np.ndarray:
    """Latent cohesion of group members, standard deviations, higher = better, shape (n, k)."""
    level = (
        np.sqrt(truth.climate_icc) * draws.group_climate
        + np.sqrt(1 - truth.climate_icc) * draws.own_climate
    )
    return np.asarray(level[:, None] + truth.climate_growth * np.clip((days - 7) / (END - 7), 0, 1))


def _kept(days: np.ndarray, truth: Truth) -> np.ndarray:
    """Share of the gain still there on a day: all to day 42, then falling to day 90."""
    after = np.clip((days - END) / (FOLLOW_UP - END), 0, 1)
    return 1 - (1 - truth.follow_up_kept) * after


def _centred(by_condition: dict[str, float]) -> np.ndarray:
    values = np.array([by_condition[name] for name in CONDITIONS])
    return np.asarray(values - values @ np.array(CONDITION_SHARES))
