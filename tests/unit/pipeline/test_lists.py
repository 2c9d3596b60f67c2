"""What rules take of a plan: no more than they use, and every part that has an estimate."""

import pytest

from analysis.claims.asked import fidelity_claims, program_claims, retention_claims
from analysis.pipeline import lists
from analysis.pipeline.opening import open_study


@pytest.fixture(scope="module")
def opened(root):
    return open_study({"study": "tiny"}, root)


def test_each_part_with_an_estimate_or_a_measure_goes_to_one_rule(opened):
    claims = opened.plan["claims"]
    shared = [
        {(claim, part) for claim, one in found.items() for part in one["parts"]}
        for found in (fidelity_claims(claims), program_claims(claims))
    ]
    stays = retention_claims(claims)
    shared.append({(claim, part) for claim, one in stays.items() for part in one})
    wanted = {
        (claim, name)
        for claim, entry in claims.items()
        for name, part in entry["parts"].items()
        if "estimate" in part or "measure" in part
    }
    assert set.union(*shared) == wanted
    assert sum(map(len, shared)) == len(wanted)


def test_judging_a_claim_takes_that_claim_alone(opened):
    taken = lists.plan_for(opened.plan, "size")
    assert list(taken["claims"]) == ["size"] and list(taken["decision_tables"]) == ["share"]
    assert taken["design"] == {} and taken["assumptions"] == {}
    assert lists.plan_for(opened.plan, "effectiveness")["design"]["arms"]


def test_the_examined_claim(opened):
    examined = lists.examined(opened.plan, opened.config)
    assert (examined["table"]["interval"], examined["bearing"]) == ("ci90", ["format"])
    assert set(lists.examined_by(opened.plan, "models", "unseen")) == {"models", "unseen"}


def test_a_simulated_study_reads_its_files_and_another_their_stamp():
    config = {"study": "mine", "tables": {"episodes": "here.csv", "events": "absent.csv"}}
    assert lists.simulated_tables(config) == []
    made = lists.simulated_tables(config | {"simulate": {}})
    assert made == ["data/raw/mine/episodes.csv", "data/raw/mine/events.csv"]
