import copy

import pytest

from analysis.claims.plan import claim_hashes, reads_design, resolve_plan


def test_an_override_changes_one_claim_and_no_other(claims, study):
    before = claim_hashes(resolve_plan(claims, study))
    changed = {**study, "overrides": {"size": {"window": {"high": 12}}}}
    plan = resolve_plan(claims, changed)
    after = claim_hashes(plan)
    assert {key for key in before if before[key] != after[key]} == {"size"}
    planned = claims["claims"]["size"]["window"]
    assert (planned["low"], planned["high"], planned["unit"]) == (7, 10, "members")
    expected = {**planned, "high": 12, "source": "the study's own"}
    assert plan["claims"]["size"]["window"] == expected


@pytest.mark.parametrize(
    ("margin", "source"),
    [
        (3, "the study's own"),
        ({"value": 3}, "the study's own"),
        ({"value": 3, "source": "a committee"}, "a committee"),
        ({"value": 1.32}, None),
        ({}, None),
    ],
)
def test_a_changed_margin_does_not_keep_the_source_of_the_old_one(claims, study, margin, source):
    before = claims["claims"]["effectiveness"]["margin"]
    plan = resolve_plan(claims, {**study, "overrides": {"effectiveness": {"margin": margin}}})
    assert plan["claims"]["effectiveness"]["margin"]["source"] == (source or before["source"])


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
