"""The truth that a synthetic program is made from: every planted number, named, with its anchor.

Ids such as E03 name rows of the published facts that docs/simulator.md lists.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

CONDITIONS = (
    "mood_anxiety",
    "trauma",
    "chronic_stress",
    "adhd",
    "behavioural",
    "relationship",
    "medical",
    "other",
)


@dataclass(frozen=True)
class Truth:
    """Planted numbers. Effects are of the group format, positive = group better.

    Attributes
    ----------
    effect : float
        Direct and mediated effect on the latent PHQ-9 at day 42, in points, before condition
        differences (whose mean is zero).
    benefit_effects : dict of str to float
        Per construct, effect at day 42 in standard deviations of the instrument.
    follow_up_kept : float
        Share of every day-42 gain and effect that is still there at day 90.
    condition_effects : dict of str to float
        Points added to `effect` for clients of a condition family; centred over the mix.
    condition_gains : dict of str to float
        Points added to the PHQ-9 gain of a condition family in both arms.
    mediator_paths : dict of str to float
        PHQ-9 points gained between day 21 and day 42 per standard deviation of gain in the
        construct by day 21; `effect` contains what runs through them.
    gain : float
        Mean PHQ-9 gain at day 42 in the individual arm, points (E02: more than 5; C01.7: 6).
    baseline_mean, baseline_sd : float
        Observed PHQ-9 at intake before its range cuts it off (E13: 15.4, 5.5).
    occasion_sd : float
        Standard deviation of one day's PHQ-9 around the person's own course, points.
    response_sd : float
        Standard deviation of the person's own part of the day-42 gain, individual arm, points.
    residual_ratio : float
        Variance of that part in the group arm over the individual arm.
    icc : float
        Therapy groups' share of the group arm's day-42 residual variance, given baseline
        (B01: 0.06). The group's part is zero at intake and grows in proportion to time.
    benefit_icc : float
        The same for every other construct.
    therapist_share : float
        Primary therapist's share of the individual arm's residual variance (B05 has 5% on
        average; zero here, because the default study declares no clusters in that arm).
    cohesion_correlation : float
        Correlation of a member's own cohesion with the member's own part of the gain; set so
        that observed cohesion and observed gain correlate near 0.26 (A57).
    climate_icc : float
        Therapy groups' share of the variance of cohesion, climate and therapeutic factors.
    climate_growth : float
        Rise of the three from day 7 to day 42, standard deviations.
    confounding : float
        Multiplier of every coefficient of the assignment to a format; 0 is a coin toss.
    severity_logit : float
        Log odds of the group format per standard deviation of intake PHQ-9.
    group_logit : float
        Log odds added to the group format for everyone; large where nobody gets the other.
    leaving_week : float
        Chance of leaving early in a week of expected response (about 20% over a stay, A36).
    leaving_response : float
        Log odds of leaving per 5 PHQ-9 points of worse than expected response a week earlier.
    leaving_group : float
        Log odds ratio of leaving in the group arm.
    seen_in_treatment, seen_after_leaving : float
        Chance that a planned assessment is filled in.
    within_minutes : float
        Share of held group sessions that last 90 to 120 minutes.
    scheduled_within : float
        Share of therapy groups whose sessions are scheduled for 90 to 120 minutes.
    cancelled : float
        Share of sessions cancelled.
    two_leaders, three_leaders : float
        Share of group sessions with two and with three therapists leading; the rest has one.
    attends_in_person, attends_online : float
        Chance of attending a session (E07: 84.5% and 89.5%).
    online_start, online_end : float
        Share of new groups and individual clients meeting online at the first and last intake.
    online_effect : float
        Effect of meeting online on the PHQ-9 at day 42, points, positive = online better.
    online_stay_days : int
        Days by which an online stay is longer (E05: 5).
    closed_share : float
        Chance that a newly formed process group closes its doors after `closed_days`.
    closed_days : int
        Days for which a closed group admits.
    focus_share : float
        Chance that a process group newly formed for a client with a mood or anxiety problem takes
        that family of conditions alone.
    focus_effect : float
        Points of PHQ-9 gain at day 42 in such a group over a mixed one; centred over the family's
        group clients, so that no other value of the answer key moves.
    group_life_days : int
        Days for which an open process group admits before its leaders hand over.
    capacity : int
        Places in a group; each is filled again after a planned stay (E02: 8 to 12; article 10).
    sites : int
        Sites of the program.
    intakes_per_site_day : float
        First intakes a day at each site; with `episodes` and `sites` it gives the intake period.
    readmission : float
        Share of clients who come back for a second episode, where the intake period allows.
    medicated : float
        Share with medication management (E03: 80.8%).
    format_switch : float
        Share of episodes that change format during treatment; outcomes follow the assigned one.
    """

    effect: float = 0.15
    benefit_effects: dict[str, float] = field(
        default_factory=lambda: {
            "anxiety": 0.0,
            "self_esteem": 0.30,
            "shame": 0.05,
            "emotion_regulation": 0.0,
            "interpersonal_problems": 0.25,
            "coping": 0.0,
            "hope": 0.25,
            "loneliness": 0.10,
        }
    )
    follow_up_kept: float = 0.9
    condition_effects: dict[str, float] = field(
        default_factory=lambda: {
            "mood_anxiety": 0.2,
            "trauma": -0.6,
            "chronic_stress": 0.2,
            "adhd": 0.0,
            "behavioural": 0.1,
            "relationship": 0.5,
            "medical": 0.0,
            "other": -0.1,
        }
    )
    condition_gains: dict[str, float] = field(
        default_factory=lambda: {
            "mood_anxiety": 0.3,
            "trauma": -0.8,
            "chronic_stress": 0.4,
            "adhd": 0.0,
            "behavioural": -0.2,
            "relationship": 0.2,
            "medical": -0.3,
            "other": 0.0,
        }
    )
    mediator_paths: dict[str, float] = field(
        default_factory=lambda: {
            "anxiety": 0.0,
            "self_esteem": 0.6,
            "shame": 0.0,
            "emotion_regulation": 0.0,
            "interpersonal_problems": 0.0,
            "coping": 0.0,
            "hope": 0.8,
            "loneliness": 0.4,
        }
    )
    gain: float = 5.6
    baseline_mean: float = 15.4
    baseline_sd: float = 5.5
    occasion_sd: float = 2.4
    response_sd: float = 3.6
    residual_ratio: float = 1.3
    icc: float = 0.06
    benefit_icc: float = 0.04
    therapist_share: float = 0.0
    cohesion_correlation: float = 0.45
    climate_icc: float = 0.15
    climate_growth: float = 0.4
    confounding: float = 1.0
    severity_logit: float = -0.55
    group_logit: float = 0.0
    leaving_week: float = 0.03
    leaving_response: float = 0.8
    leaving_group: float = 0.0
    seen_in_treatment: float = 0.93
    seen_after_leaving: float = 0.4
    within_minutes: float = 0.85
    scheduled_within: float = 0.9
    cancelled: float = 0.03
    two_leaders: float = 0.35
    three_leaders: float = 0.04
    attends_in_person: float = 0.845
    attends_online: float = 0.895
    online_start: float = 0.2
    online_end: float = 0.6
    online_effect: float = 0.0
    online_stay_days: int = 5
    closed_share: float = 0.4
    closed_days: int = 18
    focus_share: float = 0.4
    focus_effect: float = 0.0
    group_life_days: int = 140
    capacity: int = 10
    sites: int = 4
    intakes_per_site_day: float = 1.03
    readmission: float = 0.06
    medicated: float = 0.808
    format_switch: float = 0.04

    def intake_days(self, episodes: int) -> int:
        """Return the length in days of the period over which `episodes` clients come in."""
        return max(14, math.ceil(episodes / (self.sites * self.intakes_per_site_day)))
