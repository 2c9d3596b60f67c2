import copy

from analysis.claims.estimand import EVENTS, resolve_estimand
from analysis.claims.plan import claim_hashes, plan_hash, reads_design, resolve_plan


def declared(study, **said):
    changed = copy.deepcopy(study)
    changed["contrasts"]["format"]["estimand"] = said
    return changed


def test_an_estimand_left_out_is_written_out_whole_in_the_plan(claims, study):
    one = resolve_plan(claims, study)["design"]["contrasts"]["format"]["estimand"]
    assert list(one["strategies"]) == ["g", "i"]
    assert one["intercurrent_events"] == dict.fromkeys(EVENTS, "treatment_policy")
    assert one["exposure"] == "assigned"
    assert "day 42" in one["outcome"] and "days 28 to 63" in one["outcome"]
    assert "not at discharge" in one["outcome"]
    assert "as randomised" in one["population"]
    assert "therapy group" in one["interference"]
    assert all(one.values())


def test_what_is_declared_replaces_its_default_and_nothing_else(claims, study):
    plain = resolve_plan(claims, study)["design"]["contrasts"]["format"]["estimand"]
    changed = declared(
        study,
        population="Clients of one clinic.",
        strategies={"g": "two groups weekly"},
        intercurrent_events={"hospital_stay": "treatment_policy"},
    )
    one = resolve_plan(claims, changed)["design"]["contrasts"]["format"]["estimand"]
    assert one["population"] == "Clients of one clinic."
    assert one["strategies"] == {**plain["strategies"], "g": "two groups weekly"}
    assert list(one["intercurrent_events"]) == [*EVENTS, "hospital_stay"]
    same = set(plain) - {"population", "strategies", "intercurrent_events"}
    assert {key: one[key] for key in same} == {key: plain[key] for key in same}


def test_the_estimand_is_hashed_with_the_comparison_only(claims, study):
    before = resolve_plan(claims, study)
    after = resolve_plan(claims, declared(study, population="Clients of one clinic."))
    assert plan_hash(before) != plan_hash(after)
    old, new = claim_hashes(before), claim_hashes(after)
    changed = {key for key in old if old[key] != new[key]}
    compares = {key for key, one in claims["claims"].items() if reads_design(one)}
    assert "effectiveness" in changed
    assert changed <= compares


def test_primary_format_says_which_question_it_does_not_answer(study):
    one = resolve_estimand(study["contrasts"]["format"], study)
    assert "primary format" in one["answers"]
    assert "dose" in one["does_not_answer"] and "some of both" in one["does_not_answer"]


def test_arms_that_are_not_one_of_each_format_say_so(study):
    other = copy.deepcopy(study)
    other["arms"]["i"]["format"] = "other"
    other["contrasts"]["format"]["assignment"] = "observational"
    one = resolve_estimand(other["contrasts"]["format"], other)
    assert "not one of each" in one["does_not_answer"]
    assert "overlap population" in one["population"]


def test_arms_that_share_nothing_or_therapists_have_their_own_interference(study):
    contrast = study["contrasts"]["format"]
    none = resolve_estimand({**contrast, "clusters": {}}, study)["interference"]
    shared = resolve_estimand({**contrast, "clusters": {"g": "primary_therapist"}}, study)
    assert "not to depend" in none
    assert "one therapist" in shared["interference"]


def test_a_landmark_is_time_zero_and_the_arm_is_what_was_received(study):
    landmarked = copy.deepcopy(study) | {"landmark": {"day": 14, "share": 0.6}}
    landmarked["contrasts"]["format"]["assignment"] = "observational"
    plan = resolve_estimand(landmarked["contrasts"]["format"], landmarked)
    assert plan["exposure"] == "received"
    assert "day 14" in plan["time_zero"] and "left before is not counted" in plan["time_zero"]
    assert "at least 60%" in plan["strategies"]["g"]
    assert "still in treatment on day 14" in plan["population"]
    assert "assigned" not in " ".join([plan["answers"], *plan["strategies"].values()])
