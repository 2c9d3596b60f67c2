"""Who comes to the program, and who is given which format: one row per episode."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.simulate.truth import CONDITIONS, Truth

AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
GENDERS = ("woman", "man", "non_binary")
CONDITION_SHARES = (0.40, 0.17, 0.10, 0.07, 0.07, 0.07, 0.06, 0.06)
SEVERITY_BY_CONDITION = (0.8, 0.6, -0.5, -1.2, -0.8, -1.2, -0.2, -0.4)
FORMAT_LOGIT_BY_CONDITION = (0.1, -0.7, 0.3, 0.3, 0.2, 0.5, -0.3, 0.0)
SITE_LOGIT = (0.4, -0.3, 0.2, -0.3)
SITE_GAIN = (0.3, -0.2, 0.1, -0.2)
GAIN_PER_PRIOR_EPISODE = -0.6
SEVERITY_PER_PRIOR_EPISODE = 0.7
FORMAT_LOGIT_PER_PRIOR_EPISODE = -0.3
MEAN_PRIOR_EPISODES = 0.5
DAYS_TO_READMISSION = (75, 200)


def draw_people(episodes: int, truth: Truth, rng: np.random.Generator) -> pd.DataFrame:
    """Draw first episodes and readmissions with what is known at intake.

    Parameters
    ----------
    episodes : int
        Number of first episodes.

    Returns
    -------
    DataFrame
        In order of intake: participant, episode_number, site, start (study day), age_band,
        gender, condition (codes), prior_episodes, severity (latent PHQ-9 points at intake),
        intake (observed, unrounded PHQ-9 points), own (standard normal: own part of the gain).
    """
    first = pd.DataFrame(
        {
            "participant": np.arange(episodes),
            "episode_number": 1,
            "site": rng.integers(0, truth.sites, episodes),
            "start": rng.integers(0, truth.intake_days(episodes), episodes),
            "age_band": rng.choice(6, episodes, p=(0.2, 0.27, 0.2, 0.16, 0.12, 0.05)),
            "gender": rng.choice(3, episodes, p=(0.58, 0.37, 0.05)),
            "condition": rng.choice(len(CONDITIONS), episodes, p=CONDITION_SHARES),
            "prior_episodes": np.minimum(rng.poisson(MEAN_PRIOR_EPISODES, episodes), 4),
        }
    )
    again = first[rng.random(episodes) < truth.readmission].copy()
    again["start"] += rng.integers(*DAYS_TO_READMISSION, len(again))
    again["episode_number"] = 2
    again["prior_episodes"] += 1
    again = again[again["start"] < truth.intake_days(episodes)]
    people = pd.concat([first, again]).sort_values(["start", "participant"], ignore_index=True)
    return people.assign(**_severity(people, truth, rng))


def _severity(
    people: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Latent and observed symptoms at intake, with the total spread that the truth states."""
    by_condition = np.array(SEVERITY_BY_CONDITION)
    by_condition = by_condition - by_condition @ np.array(CONDITION_SHARES)
    known = by_condition[people["condition"]] + SEVERITY_PER_PRIOR_EPISODE * (
        people["prior_episodes"] - MEAN_PRIOR_EPISODES
    )
    known_variance = (
        by_condition**2 @ np.array(CONDITION_SHARES)
        + SEVERITY_PER_PRIOR_EPISODE**2 * MEAN_PRIOR_EPISODES
    )
    spread = np.sqrt(truth.baseline_sd**2 - truth.occasion_sd**2 - known_variance)
    latent = truth.baseline_mean + known.to_numpy() + rng.normal(0, spread, len(people))
    return {
        "severity": latent,
        "intake": latent + rng.normal(0, truth.occasion_sd, len(people)),
        "own": rng.normal(size=len(people)),
    }


def assign_format(
    people: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Give each episode its primary format.

    The log odds of the group format depend on the observed intake score, condition, site,
    earlier episodes and the free places of individual therapists in that site and week (which
    touches nothing else); every coefficient is multiplied by ``truth.confounding``.

    Returns
    -------
    group : array of bool, shape (n,)
    propensity : array, shape (n,)
        Chance of the group format.
    """
    week = people["start"].to_numpy() // 7
    free_places = rng.normal(size=(truth.sites, week.max() + 1))[people["site"], week]
    by_condition = np.array(FORMAT_LOGIT_BY_CONDITION)
    by_condition = by_condition - by_condition @ np.array(CONDITION_SHARES)
    severity = (people["intake"] - truth.baseline_mean) / truth.baseline_sd
    logit = truth.confounding * (
        truth.severity_logit * severity
        + by_condition[people["condition"]]
        + np.resize(SITE_LOGIT, truth.sites)[people["site"]]
        + FORMAT_LOGIT_PER_PRIOR_EPISODE * (people["prior_episodes"] - MEAN_PRIOR_EPISODES)
        - 0.4 * free_places
    )
    propensity = expit(logit.to_numpy() + truth.group_logit)
    return rng.random(len(people)) < propensity, propensity
