import copy

import pytest

from analysis.claims.plan import (
    changed_after_outcomes,
    claim_hashes,
    claim_status,
    public_log,
    read_log,
    reads_design,
    record_outcomes_read,
    record_plan,
    resolve_plan,
)


def test_an_override_changes_one_claim_and_no_other(claims, study):
    before = claim_hashes(resolve_plan(claims, study))
    changed = {**study, "overrides": {"size": {"window": {"high": 12}}}}
    plan = resolve_plan(claims, changed)
    after = claim_hashes(plan)
    assert {key for key in before if before[key] != after[key]} == {"size"}
    planned = claims["claims"]["size"]["window"]
    assert (planned["low"], planned["high"], planned["unit"]) == (7, 10, "members")
    assert plan["claims"]["size"]["window"] == {**planned, "high": 12}


def test_a_title_is_not_part_of_what_is_tested(claims, study):
    renamed = copy.deepcopy(claims)
    renamed["claims"]["size"]["title"] = "Another title"
    assert claim_hashes(resolve_plan(claims, study)) == claim_hashes(resolve_plan(renamed, study))


def test_a_covariate_changes_the_comparison_only(claims, study):
    changed = {**study, "covariates": [{"column": "age", "type": "numeric", "role": "baseline"}]}
    before, after = (claim_hashes(resolve_plan(claims, one)) for one in (study, changed))
    assert {key for key in before if before[key] != after[key]} == {
        key for key, claim in claims["claims"].items() if reads_design(claim)
    }
    assert not {"intensity", "frequency", "duration", "size", "leaders"} & {
        key for key in before if before[key] != after[key]
    }


def test_an_override_of_an_unknown_claim_is_refused(claims, study):
    with pytest.raises(KeyError, match="nonsense"):
        resolve_plan(claims, {**study, "overrides": {"nonsense": {}}})


def test_a_claim_changed_after_outcomes_were_read_is_exploratory(tmp_path, claims, study):
    log = tmp_path / "plan_log.jsonl"
    first = resolve_plan(claims, study)
    record_plan(log, first)
    record_plan(log, first)
    record_outcomes_read(log, "abc")
    record_outcomes_read(log, "abc")
    assert [one["event"] for one in read_log(log)] == ["plan", "outcomes_read"]
    later = resolve_plan(
        claims, {**study, "overrides": {"effectiveness": {"margin": {"value": 3}}}}
    )
    record_plan(log, later)
    entries = read_log(log)
    hashes = claim_hashes(later)
    assert claim_status(entries, "effectiveness", hashes["effectiveness"]) == "exploratory"
    assert claim_status(entries, "size", hashes["size"]) == "planned"
    assert claim_status(entries, "effectiveness", claim_hashes(first)["effectiveness"]) == "planned"
    assert changed_after_outcomes(entries)
    assert all("time" not in one for one in public_log(entries))


def test_a_change_before_outcomes_is_planned(tmp_path, claims, study):
    log = tmp_path / "plan_log.jsonl"
    record_plan(log, resolve_plan(claims, study))
    later = resolve_plan(
        claims, {**study, "overrides": {"effectiveness": {"margin": {"value": 3}}}}
    )
    record_plan(log, later)
    record_outcomes_read(log, "abc")
    entries = read_log(log)
    assert not changed_after_outcomes(entries)
    hashes = claim_hashes(later)
    assert claim_status(entries, "effectiveness", hashes["effectiveness"]) == "planned"


def test_quotations_are_verbatim_in_length_and_stance(claims):
    for claim in claims["claims"].values():
        assert len(claim["phrase"].split()) <= 20
        assert claim["stance"] in {"asserted", "hedged", "implied by us", "provider's own service"}
        assert len(claim["title"].split()) <= 4
        assert sum(part.get("decides") is True for part in claim["parts"].values()) == 1


def test_phrases_are_the_articles_own(claims, shared_data):
    article = (shared_data.parent / "reference" / "article.txt").read_text(encoding="utf-8")
    for key, claim in claims["claims"].items():
        assert claim["phrase"] in article, key
