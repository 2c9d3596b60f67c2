"""Templates of the plan: what is written once, how it is written out, and what cannot be."""

import pytest

from analysis.claims.templates import read_claims, write_out
from analysis.study.problems import StudyError

PLAN = {
    "templates": {
        "claims": {"benefit": {"kind": "superiority", "reference": 3}},
        "parts": {
            "change": {
                "construct": "{of}",
                "needs": ["instrument:{of}"],
                "says": "Gain on {words}.",
            }
        },
    },
    "words": {"hope": "hope for the future"},
    "claims": {
        "hope": {
            "like": "benefit",
            "reference": 4,
            "parts": {"change": {"like": "change", "of": "hope", "decides": True}},
        },
        "all": {"parts": {"{of}.change": {"like": "change", "of": ["hope", "self_esteem"]}}},
        "plain": {"parts": {"figure": {"says": "A figure."}}},
    },
}


def test_claims_and_parts_are_written_out():
    document, found = write_out(PLAN)
    assert found == []
    change = {
        "construct": "hope",
        "needs": ["instrument:hope"],
        "says": "Gain on hope for the future.",
    }
    other = {
        "construct": "self_esteem",
        "needs": ["instrument:self_esteem"],
        "says": "Gain on self esteem.",
    }
    assert document == {
        "claims": {
            "hope": {
                "kind": "superiority",
                "reference": 4,
                "parts": {"change": {**change, "decides": True}},
            },
            "all": {"parts": {"hope.change": change, "self_esteem.change": other}},
            "plain": PLAN["claims"]["plain"],
        }
    }


@pytest.mark.parametrize(
    ("entry", "key", "found"),
    [
        ({"like": "chnage", "of": "hope"}, "claims.x.parts.p.like", "an unknown one"),
        ({"like": ["change"], "of": "hope"}, "claims.x.parts.p.like", "an unknown one"),
        ({"like": "change"}, "claims.x.parts.p", "{of}"),
        ({"says": "{place}", "of": "hope"}, "claims.x.parts.p", "{place}"),
        ({"like": "change", "of": 3}, "claims.x.parts.p.of", "another type of value"),
        ({"like": "change", "of": []}, "claims.x.parts.p.of", "an empty list"),
        ({"like": "change", "of": ["a", "b"]}, "claims.x.parts.p", "two of the name"),
    ],
)
def test_what_cannot_be_written_out(entry, key, found):
    plan = {**PLAN, "claims": {"x": {"parts": {"p": entry}}}}
    assert (key, found) in {(one[0], one[2]) for one in write_out(plan)[1]}


@pytest.mark.parametrize(
    "wrong",
    [{"templates": []}, {"templates": {"parts": {"a": 1}}}, {"words": {"a": 1}}, {"words": 3}],
)
def test_templates_of_another_shape(wrong):
    assert write_out({**PLAN, **wrong})[1]


def test_the_plan_holds_what_a_clinician_reads_in_the_file(root, tmp_path):
    claims = read_claims(root / "config" / "claims.yaml")["claims"]
    assert claims["hope"]["parts"]["difference"] == {
        "decides": True,
        "kind": "superiority",
        "table": "superiority",
        "estimate": "superiority",
        "construct": "hope",
        "compares": ["group", "individual", "none"],
        "needs": ["instrument:hope"],
        "statement": "Group therapy does better on hope than individual therapy, "
        "or than no treatment where the study has no individual arm.",
    }
    assert claims["hope"]["margin"]["standardised"] == 0.24
    assert len(claims["conditions"]["parts"]) == 19 and len(claims["mechanism"]["parts"]) == 10
    statement = claims["conditions"]["parts"]["mood_anxiety.difference"]["statement"]
    assert statement.startswith("For depression, anxiety or bipolar disorder, group therapy is not")
    assert "{of}" not in str(claims) and "{words}" not in str(claims)
    (tmp_path / "claims.yaml").write_text("claims: {x: {like: none}}", encoding="utf-8")
    with pytest.raises(StudyError, match="a template"):
        read_claims(tmp_path / "claims.yaml")
