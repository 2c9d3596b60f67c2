"""How long people stay, and why they leave: those who respond less leave earlier."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.simulate.truth import Truth

WEEKS = 8
EXPECTED_WEEKS = 6
PLANNED_WEEKS = (4, 5, 6)
PLANNED_WEEKS_SHARES = (0.25, 0.4, 0.35)
EXTENDED_DAYS = 7
EXTENDED_SHARE = 0.35
STEPPED_UP_WEEK = 0.006
ADMINISTRATIVE_WEEK = 0.003
LOCK_AFTER_INTAKE = 80
LAST_OBSERVED_DAY = 120
REASONS = ("completed", "left_early", "stepped_up", "administrative")


def draw_planned_days(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw planned stays of 4 to 6 weeks (E02), in days, shape (n,)."""
    return 7 * rng.choice(PLANNED_WEEKS, n, p=PLANNED_WEEKS_SHARES)


def draw_stays(
    planned_days: np.ndarray,
    group: np.ndarray,
    online: np.ndarray,
    behind: np.ndarray,
    truth: Truth,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the day and the reason of discharge.

    Each week a client may leave early, with log odds that rise with how much worse the PHQ-9 known
    at its start was than the course that the program expects. Completers who have gained less
    than expected near the end of the plan may be kept a week longer.

    Parameters
    ----------
    planned_days : array of int, shape (n,)
    group, online : array of bool, shape (n,)
    behind : array, shape (n, 8)
        From `behind_by_week`, points.

    Returns
    -------
    DataFrame
        discharge_day, reason (code of `REASONS`), left (bool: not completed).
    """
    n = len(planned_days)
    # The plan is reviewed as its last week begins.
    review = behind[np.arange(n), planned_days // 7 - 1]
    extended = (review > 0) & (rng.random(n) < EXTENDED_SHARE)
    stay = planned_days + EXTENDED_DAYS * extended + truth.online_stay_days * online
    odds = logit(truth.leaving_week) + truth.leaving_group * group[:, None]
    early = expit(odds + truth.leaving_response * behind / 5)
    draw = rng.random((n, WEEKS))
    causes = np.stack(
        [early, np.full_like(early, STEPPED_UP_WEEK), np.full_like(early, ADMINISTRATIVE_WEEK)]
    )
    reason = 1 + (draw[None] >= np.cumsum(causes, axis=0)).sum(axis=0)
    happened = reason <= 3
    week = np.where(happened.any(axis=1), happened.argmax(axis=1), WEEKS)
    day = 7 * week + rng.integers(1, 8, n)
    left = day < stay
    why = np.where(left, reason[np.arange(n), np.minimum(week, WEEKS - 1)], 0)
    return pd.DataFrame({"discharge_day": np.where(left, day, stay), "reason": why, "left": left})


def behind_by_week(phq: np.ndarray, days: np.ndarray, truth: Truth) -> np.ndarray:
    """Points by which each week's last known PHQ-9 is above the course expected from intake.

    Known is what was measured on or before the week's first day, so that nothing that goes with
    this looks ahead of it; zero in the first week, when only intake is known.

    Parameters
    ----------
    phq : array, shape (n, waves)
        Observed PHQ-9 from intake on, points.
    days : array, shape (n, waves)
        Day of each, rising.

    Returns
    -------
    array, shape (n, 8)
        Weeks 0 to 7, positive = worse than expected.
    """
    weekly, taken = phq[:, : EXPECTED_WEEKS + 1], days[:, : EXPECTED_WEEKS + 1]
    above = weekly - weekly[:, :1] + truth.gain * np.arange(EXPECTED_WEEKS + 1) / EXPECTED_WEEKS
    begins = 7 * np.arange(WEEKS)
    latest = (taken[:, None, :] <= begins[:, None]).sum(axis=2) - 1
    return np.take_along_axis(above, latest, axis=1)


def observed_until(start: np.ndarray, intake_days: int) -> np.ndarray:
    """Return the last day on which each episode is observed: the data lock, or day 120."""
    return np.asarray(np.minimum(intake_days + LOCK_AFTER_INTAKE - start, LAST_OBSERVED_DAY))
