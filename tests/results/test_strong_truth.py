"""On programs with a strong truth every claim comes to the verdict that the answer key deserves.

Two large programs, one whose groups help and are run as described and one whose groups do harm and
are run otherwise, decide every claim; a small one must not decide wrongly.
"""

from typing import Any

import pytest
from tests.results.whole_study import judge_study

from analysis.records.verdict import Verdict
from analysis.study.documents import read_yaml

Verdicts = dict[tuple[str, str], Verdict]
PATHS = {"self_esteem": 0.0, "hope": 5.0, "loneliness": 0.0}
HELPS = {
    "effect": 2.25,
    "benefit_effects": {
        "self_esteem": 0.9, "shame": 0.0, "interpersonal_problems": 0.9, "hope": 0.9,
        "loneliness": 0.0,
    },
    "mediator_paths": PATHS,
    "focus_effect": 3.0,
}  # fmt: skip
HARMS = {
    "effect": -4.0,
    "gain": 3.0,
    "benefit_effects": dict.fromkeys(
        ("self_esteem", "shame", "emotion_regulation", "interpersonal_problems", "coping", "hope",
         "loneliness"), -0.9,
    ),
    "mediator_paths": PATHS,
    "online_effect": 4.0,
    "within_minutes": 0.2,
    "scheduled_within": 0.1,
    "three_leaders": 0.5,
    "two_leaders": 0.2,
    "cancelled": 0.25,
    "capacity": 6,
    "cohesion_correlation": -0.6,
    "climate_growth": -0.4,
    "attends_online": 0.7,
    "leaving_group": 1.5,
}  # fmt: skip
LARGE = {"episodes": 3000, "intakes_per_site_day": 2.06}
SMALL = {"episodes": 240, "sites": 2}


def judge(root, folder, truth: dict[str, Any], seed: int, size: dict[str, Any]) -> Verdicts:
    config = read_yaml(root / "config" / "studies" / "example_randomised.yaml")
    planted = truth | {key: one for key, one in size.items() if key != "episodes"}
    config["simulate"] = {
        "scenario": "randomised", "episodes": size["episodes"], "seed": seed, "truth": planted,
    }  # fmt: skip
    return judge_study(config, root, folder)


def wrong(verdicts: Verdicts) -> dict[tuple[str, str], tuple[str, float | None, float | None]]:
    """Return the parts whose verdict is another than the truth deserves."""
    return {
        key: (one.verdict, one.estimate, one.planted)
        for key, one in verdicts.items()
        if one.recovered == "no" or one.verdict == "ERROR"
    }


@pytest.mark.slow
@pytest.mark.parametrize(("truth", "seed"), [(HELPS, 10), (HARMS, 7)])
def test_every_claim_comes_to_the_keys_verdict(root, tmp_path, truth, seed):
    verdicts = judge(root, tmp_path, truth, seed, LARGE)
    assert wrong(verdicts) == {}
    deciding = {key[0]: one.recovered for key, one in verdicts.items() if one.deciding}
    assert len(deciding) == 21
    assert set(deciding.values()) == {"yes"}
    untold = {key for key, one in verdicts.items() if one.planted is None}
    # Published evidence is not read here, so that nothing can be set beside it.
    assert {verdicts[key].reason for key in untold if key[0] != "retention"} == {
        "instrument_absent",
        "published_value_unknown",
    }
    helps = truth is HELPS
    for key in ("selfesteem", "social", "hope"):
        assert verdicts[key, "difference"].verdict == ("SUPPORTED" if helps else "FINDING")
    main = verdicts["effectiveness", "non_inferiority"]
    assert main.verdict == ("SUPPORTED" if helps else "CONTRADICTED")
    assert verdicts["adjunct", "dose"].verdict == "INCONCLUSIVE"


def test_a_small_program_may_be_undecided_and_is_not_wrong(root, tmp_path):
    verdicts = judge(root, tmp_path, HELPS, 8, SMALL)
    found = wrong(verdicts)
    assert not [key for key in found if verdicts[key].deciding]
    # Nothing planted is missed or turned round; of 5% tests of what was not planted few are wrong.
    absent = [key for key, one in verdicts.items() if one.planted == 0]
    assert set(found) <= set(absent)
    assert len(found) <= 0.15 * len(absent)
    words = {one.recovered for one in verdicts.values() if one.planted is not None}
    assert words >= {"yes", "undecided"}
