"""What goes with gain, on worlds of known truth: correlations, parts within and between members."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import PROGRAM

from analysis.claims.decide import decide
from analysis.claims.kinds import margin_of
from analysis.claims.templates import read_claims
from analysis.evidence.store import named_sources
from analysis.program import association, occasions
from analysis.program.regress import TooFewError

GROUPS, MEMBERS, SHARED = 30, 8, 0.15
CONFIG = {"outcome": {"construct": "depression"}, "instruments": {"depression": "PHQ-9"}}


def fake(score, symptoms, *, groups=GROUPS, members=MEMBERS):
    """Return a program of which only cohesion and symptoms are known, by day, toward better."""
    index = pd.Index([f"e{i}" for i in range(groups * members)], name="episode_id")
    cluster = [f"g{i // members}" for i in range(groups * members)]
    waves = {"cohesion": score, "depression": symptoms}
    waves = {k: {d: pd.Series(v, index) for d, v in one.items()} for k, one in waves.items()}

    def outcome(construct, day=42):
        first, last = (waves[construct].get(one) for one in (0, 42))
        return pd.DataFrame({"baseline": first, "outcome": last, "change": last - first}, index)

    return SimpleNamespace(
        config=CONFIG,
        symptom="depression",
        day=42,
        limits=PROGRAM,
        members=pd.DataFrame({"cluster": cluster}, index),
        clustered=pd.DataFrame({"episode_id": index, "cluster": cluster}, index),
        sign=lambda construct: 1,
        score=lambda construct, day, reach=7: waves[construct][day],
        primary=lambda: outcome("depression"),
        outcome=outcome,
    )


def pair(rng, r, groups=GROUPS, members=MEMBERS):
    """Two standard normal columns correlated by r, groups sharing a part of both."""
    cov = [[1.0, r], [r, 1.0]]
    shared = rng.multivariate_normal([0, 0], cov, groups).repeat(members, axis=0)
    alone = rng.multivariate_normal([0, 0], cov, groups * members)
    return (np.sqrt(SHARED) * shared + np.sqrt(1 - SHARED) * alone).T


def correlated(rng, r, blank, **size):
    cohesion, gain = pair(rng, r, **size)
    start = rng.normal(-15, 4, len(gain))
    program = fake({21: cohesion}, {0: start, 42: start + 5 * gain}, **size)
    return association.correlation(program, "cohesion", blank)


@pytest.mark.parametrize("r", [0.0, 0.26, 0.6])
def test_the_planted_correlation_comes_back_with_honest_intervals(rng, blank, r):
    made = [correlated(rng, r, blank) for _ in range(200)]
    values = np.array([one.value for one in made])
    assert values.mean() == pytest.approx(r, abs=2.6 * values.std(ddof=1) / np.sqrt(200))
    held = np.mean([one.ci95[0] < r < one.ci95[1] for one in made])
    assert held >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 200)


@pytest.fixture(scope="module")
def against(root):
    """Return what judges a correlation: the plan's table, and the evidence tables' value."""
    plan = read_claims(root / "config" / "claims.yaml")
    claim = plan["claims"]["mechanism"]
    part = claim["parts"]["cohesion.published"]
    source = named_sources(root / "data" / "raw" / "evidence")["mechanism"]

    def judge(effect):
        margin = margin_of(claim, part, effect, source)
        low, high = effect.ci95
        numbers = {"low": low, "high": high, "margin": margin}
        return decide(plan["decision_tables"][part["table"]], numbers).reason

    return judge


@pytest.mark.parametrize(
    ("r", "reason"),
    [
        (0.0, "below_published"),
        (0.26, "consistent_with_published"),
        (0.6, "above_published"),
    ],
)
def test_a_large_program_is_told_from_the_published_value(rng, blank, against, r, reason):
    """The interval of 2,000 members is about 0.1 wide: it misses a value 0.26 away."""
    size = {"groups": 200, "members": 10}
    in_r = replace(blank, unit="r")
    found = [against(correlated(rng, r, in_r, **size)) for _ in range(20)]
    assert found.count(reason) >= 17


def test_a_small_program_cannot_tell(rng, blank, against):
    in_r = replace(blank, unit="r")
    found = [against(correlated(rng, 0.1, in_r, groups=3, members=8)) for _ in range(20)]
    assert found.count("holds_zero_and_published") >= 15


def test_a_rating_that_follows_from_gain_does_not_go_with_later_gain(rng, blank):
    """The rating is made of the gain before it: correlated with all gain, not with later gain."""

    def world(later):
        n = GROUPS * MEMBERS
        start = rng.normal(-15, 4, n)
        early = start + rng.normal(3, 3, n)
        cohesion = 0.5 * (early - start) + rng.normal(0, 1, n)
        end = early + later * cohesion + rng.normal(2, 2, n)
        program = fake({21: cohesion}, {0: start, 21: early, 42: end})
        return [
            one(program, "cohesion", blank)
            for one in (association.correlation, association.later_correlation)
        ]

    made = [world(0.0) for _ in range(60)]
    assert min(both[0].value for both in made) > 0.3
    values = np.array([both[1].value for both in made])
    assert values.mean() == pytest.approx(0, abs=2.6 * values.std(ddof=1) / np.sqrt(60))
    # What is left of a rating, given gain, has SD 1: partial r is 1 / sqrt(1 + 2²).
    values = np.array([world(1.0)[1].value for _ in range(60)])
    planted = 1 / np.sqrt(5)
    assert values.mean() == pytest.approx(planted, abs=2.6 * values.std(ddof=1) / np.sqrt(60))


WITHIN, AMONG, BETWEEN = 0.8, -0.5, 2.0


def occasions_of(rng, days=(0, 21, 42)):
    """A benefit that drifts up, and symptoms that go with each of its three parts apart."""
    n = GROUPS * MEMBERS
    theirs = np.repeat(rng.normal(0, np.sqrt(0.2), GROUPS), MEMBERS)
    among = rng.normal(0, np.sqrt(0.4), n)
    lasting = np.repeat(rng.normal(0, 1, GROUPS), MEMBERS) + rng.normal(0, 2, n)
    own = rng.normal(0, np.sqrt(0.4), (len(days), n))
    score, symptoms = {}, {}
    mine, group = own.mean(axis=0), (among + own.mean(axis=0)).reshape(GROUPS, MEMBERS)
    group = group.mean(axis=1).repeat(MEMBERS)
    for at, day in enumerate(days):
        score[day] = theirs + among + own[at] + 0.3 * at
        symptoms[day] = (
            WITHIN * (own[at] - mine)
            + AMONG * (among + mine - group)
            + BETWEEN * (theirs + group)
            + lasting
            + at
            + rng.normal(0, 1, n)
        )
    program = fake(score, symptoms)
    program.sd = np.concatenate(list(score.values())).std(ddof=1)
    return program


def test_parts_within_and_between_members_come_back(rng, blank):
    """Parts of different size, one of them turned round; 60 worlds."""
    planted = {"over_time": WITHIN, "members": AMONG, "groups": BETWEEN}
    worlds = [occasions_of(rng) for _ in range(60)]
    made = [occasions.of_benefit(one, "cohesion", blank) for one in worlds]
    for at, (part, truth) in enumerate(planted.items()):
        assert made[0][at].id == f"{blank.id}.{part}"
        ends = np.array([[one[at].value, *one[at].ci95] for one in made])
        value, low, high = (ends / np.array([[one.sd] for one in worlds])).T  # in points a point
        assert value.mean() == pytest.approx(truth, abs=2.6 * value.std(ddof=1) / np.sqrt(60))
        held = np.mean((low < truth) & (truth < high))
        assert held >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 60)


def test_one_wave_cannot_tell_the_parts_apart(rng, blank):
    program = occasions_of(rng)
    program.outcome = lambda construct, day: pd.DataFrame(
        {"baseline": np.nan, "outcome": np.nan}, program.members.index
    )
    made = occasions.of_benefit(program, "cohesion", blank)
    assert {one.status for one in made} == {"withheld"}
    assert "two waves" in made[0].message
    with pytest.raises(TooFewError, match="two waves"):
        program.score = lambda construct, day, reach=7: pd.Series(np.nan, program.members.index)
        occasions.of_climate(program, "cohesion", blank)
