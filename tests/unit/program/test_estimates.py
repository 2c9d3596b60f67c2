"""The estimates of a whole program against the planted truth, and by hand where a hand can."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import PROGRAM

from analysis.claims.templates import read_claims
from analysis.comparison.question import recorded
from analysis.program import anatomy, change, estimate_program
from analysis.program.regress import TooFewError
from analysis.records.effect import Diagnostic
from analysis.records.errors import EstimationError
from analysis.records.intervals import estimated, simultaneously


@pytest.fixture(scope="module")
def claims(root):
    plan = read_claims(root / "config" / "claims.yaml")["claims"]
    return {
        key: {
            "margin": claim.get("margin", {}),
            "parts": {
                n: one
                for n, one in claim["parts"].items()
                if one.get("estimate", "retention") != "retention"
            },
        }
        for key, claim in plan.items()
    }


@pytest.fixture(scope="module")
def effects(program, claims):
    return {one.id: one for one in estimate_program(program, claims)}


def holds(effect, truth, level=3.5):
    """Say whether the truth lies within 3.5 standard errors."""
    return abs(effect.value - truth) < level * effect.se


def test_every_part_with_an_estimate_has_an_effect_and_none_failed(effects, claims):
    wanted = {f"program.{c}.{p}" for c, entry in claims.items() for p in entry["parts"]}
    assert wanted <= set(effects)
    assert not [one.id for one in effects.values() if one.status == "error"]


@pytest.mark.parametrize(
    ("claim", "part"),
    [
        ("selfesteem", "difference"),
        ("selfesteem", "change"),
        ("catharsis", "shame.difference"),
        ("catharsis", "emotion_regulation.change"),
        ("social", "difference"),
        ("social", "follow_up_difference"),
        ("social", "follow_up_change"),
        ("coping", "change"),
        ("hope", "difference"),
        ("loneliness", "change"),
        ("safety", "climate.level"),
        ("safety", "cohesion.trend"),
        ("process", "association"),
        ("mechanism", "cohesion"),
        ("delivery", "attendance"),
        ("stepdown", "discharged_to_outpatient"),
    ],
)
def test_the_planted_truth_is_recovered(effects, answers, claim, part):
    assert holds(effects[f"program.{claim}.{part}"], answers[claim, part])


def test_a_planted_benefit_is_beyond_the_margin_and_an_absent_one_is_not(effects):
    found, absent = (effects[f"program.{one}.difference"] for one in ("selfesteem", "coping"))
    assert found.simultaneous[0] > 0 and found.ci95[0] > 0.24 * found.standardiser
    assert absent.simultaneous[0] < 0 and absent.ci95[0] < 0.24 * absent.standardiser
    assert found.standardised == pytest.approx(found.value / found.standardiser)


def test_conditions_shrink_and_recover(effects, answers):
    families = [k.split(".")[2] for k in effects if k.endswith(".change.raw")]
    raw = {one: effects[f"program.conditions.{one}.change.raw"] for one in families}
    drawn = {one: effects[f"program.conditions.{one}.change"] for one in families}
    assert len(families) >= 4
    assert np.std([o.value for o in drawn.values()]) < np.std([o.value for o in raw.values()])
    assert all(drawn[one].se < raw[one].se for one in families)
    inside = [holds(drawn[one], answers["conditions", f"{one}.change"]) for one in families]
    assert all(inside)


def test_the_lowest_family_decides_for_all(effects):
    lowest = effects["program.conditions.seven.change"]
    if lowest.status == "ok":
        every = [
            e.simultaneous[0] for k, e in effects.items() if k.startswith("program.conditions.")
            and k.endswith(".change") and e.status == "ok" and ".other." not in k
        ]  # fmt: skip
        assert lowest.simultaneous[0] == min(every)
    else:
        assert "too few" in lowest.message


def test_mediation_finds_the_planted_path_and_no_other(effects):
    through = {k.rsplit(".", 1)[1]: e for k, e in effects.items() if ".through." in k}
    assert through["hope"].ci95[0] > 0
    assert through["self_esteem"].ci95[0] <= 0.25 and through["shame"].ci95[0] <= 0
    assert abs(through["shame"].value) < 0.2
    names = [one.name for one in through["hope"].diagnostics]
    assert names[:3] == ["path_hope_early", "reverse_hope_early", "sensitivity_hope_early"]
    rho, back = through["hope"].diagnostics[2].value, through["hope"].diagnostics[1].value
    assert rho > 0.15 and rho > abs(back)


def test_change_by_hand(blank):
    """Two intake scores: the mean of each half's change, both halves counting as eligible."""
    n = 24
    index = pd.Index([f"e{i}" for i in range(n)], name="episode_id")
    gains = np.tile([1.0, 2.0, 3.0, 6.0], 6)
    rows = pd.DataFrame({"change": gains, "reliable_change": "unchanged"}, index)
    rows.loc["e3", "change"] = np.nan
    rows["baseline"] = np.where(np.arange(n) % 4 < 2, 10.0, 11.0)
    members = pd.DataFrame({"cluster": [None] * n}, index)
    note = Diagnostic("own_sd", 2.0, "info", "")
    given = {"members": members, "outcome": lambda *_: rows, "limits": PROGRAM}
    given["standardiser"] = lambda *_: (2.0, note)
    fake = type("Fake", (), given)()
    made = change.mean_change(fake, "x", 42, blank)
    low, high = 1.5, (6 * 3.0 + 5 * 6.0) / 11
    assert made.value == pytest.approx((low + high) / 2, abs=1e-6)
    assert (made.n_used, made.n_eligible) == (23, 24)


def test_one_feature_of_groups_is_found_where_it_matters(program, blank):
    """A gain that grows by half a point a member present is found; the true gain has none."""
    real = anatomy.moderation(program, "size", blank)
    assert holds(real, 0.0)
    outcomes = program.outcomes.copy()
    size = anatomy.features(program)["size"]
    more = 0.5 * outcomes["episode_id"].map(size).fillna(size.mean()).astype(float)
    outcomes["change"] = outcomes["change"].astype(float) + more.where(outcomes["primary"], 0.0)
    planted = anatomy.moderation(replace(program, outcomes=outcomes), "size", blank)
    assert planted.value - real.value == pytest.approx(0.5, abs=0.1)


def test_memberships_share_out_each_member(program):
    shares = anatomy.memberships(program)
    assert shares.groupby("episode_id")["weight"].sum().to_numpy() == pytest.approx(1.0)
    assert shares.groupby("episode_id").size().max() > 1


def test_removing_an_instrument_withholds_what_needs_it_and_nothing_else(effects, without, claims):
    few = {key: claims[key] for key in ("hope", "loneliness", "safety")}
    left = {one.id: one for one in estimate_program(without("hope"), few)}
    gone = {key for key, one in left.items() if one.status == "withheld"}
    before = {key for key, one in effects.items() if one.status == "withheld"}
    assert gone - before == {k for k in left if k.startswith("program.hope.")} - before
    assert "program.hope.difference" in gone


def test_no_sessions_and_no_outcome_are_withheld_not_errors(program, claims):
    bare = replace(
        program,
        tables={k: v for k, v in program.tables.items() if k in ("episodes",)},
        sessions=pd.DataFrame(),
        weeks=pd.DataFrame(),
    )
    some = {key: claims[key] for key in ("size", "delivery", "adjunct", "grouptype", "stepdown")}
    made = {one.id: one for one in estimate_program(bare, some)}
    assert made.pop("program.stepdown.discharged_to_outpatient").status == "ok"
    assert made.pop("program.stepdown.referred_from_inpatient").status == "ok"
    assert {one.status for one in made.values()} == {"withheld"}
    config = {k: v for k, v in program.config.items() if k != "outcome"}
    silent = replace(program, config=config, outcomes=program.outcomes.iloc[:0])
    made = estimate_program(silent, {k: claims[k] for k in ("hope", "mechanism", "conditions")})
    assert {one.status for one in made} == {"withheld"}


def test_simultaneous_intervals_by_hand(blank):
    """Three normal estimates: each at 1 - .05/3, z = 2.393980; their 95% intervals stay theirs."""
    made = [
        estimated(replace(blank, id=str(value)), value, 1.0, None, "normal")
        for value in (3.0, 2.3, 1.5)
    ]
    lacking = replace(blank, id="none", status="withheld")
    together = simultaneously([*made, lacking], "differences between arms")
    assert [one.simultaneous[1] - one.value for one in together[:3]] == pytest.approx(
        [2.393980] * 3, abs=1e-5
    )
    assert [one.ci95[1] - one.value for one in together[:3]] == pytest.approx([1.959964] * 3)
    assert {one.simultaneous_level for one in together[:3]} == {1 - 0.05 / 3}
    assert together[0].simultaneous_family == "3 differences between arms"
    assert together[3] == lacking


def test_one_estimate_has_one_95_percent_interval_wherever_it_stands(program, effects):
    """The restated contrast of a benefit carries the contrast's own intervals."""
    own = {one.id: one.ci95 for one in program.comparisons}
    restated = [
        one
        for key, one in effects.items()
        if key.endswith("difference") and ".conditions." not in key and one.model == "ancova"
    ]
    assert len(restated) >= 3
    for one in restated:
        wanted = f"{program.contrast.id}.{one.construct}.{one.time.replace(' ', '')}.ancova"
        assert one.ci95 == own[wanted] and one.simultaneous[0] < one.ci95[0], one.id


def test_a_published_standard_deviation_standardises_and_an_own_one_says_so(program):
    intake = program.outcome("self_esteem", program.day)["baseline"]
    own, said = program.standardiser("self_esteem", intake)
    assert own == pytest.approx(intake.astype(float).std(ddof=1)) and said.name == "own_sd"
    published, said = program.standardiser("depression", intake)
    assert published == 5.5 and said.name == "published_sd" and "C01.7" in said.text


def test_failures_have_their_status(blank):
    def lack(_):
        raise TooFewError("nobody was asked")

    def broken(_):
        raise EstimationError("no optimum")

    withheld, error = recorded(blank, lack), recorded(blank, broken)
    assert (withheld.status, withheld.message) == ("withheld", "nobody was asked")
    assert withheld.diagnostics[0].status == "fail"
    assert (error.status, error.message) == ("error", "EstimationError: no optimum")
