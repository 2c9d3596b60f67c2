from dataclasses import replace

import pytest

from analysis.claims.judge import judge_claim


def row(name, low, high, valid=True, status="ok", contrast="format"):
    bounds = {
        f"ci{level}_{end}": value
        for level in (90, 95)
        for end, value in (("low", low), ("high", high))
    }
    return {
        "name": name,
        "valid_for_estimand": valid,
        "status": status,
        "contrast": contrast,
        **bounds,
    }


@pytest.fixture
def rows():
    """Return specifications around a margin of 1.32."""
    return [
        row("as planned", -0.4, 0.6),
        row("narrow window", -1.5, 0.6),
        row("another", -0.2, 1.6),
        row("failed", None, None, status="error"),
        row("naive", 1.0, 3.0, valid=False),
        row("elsewhere", -9.0, -8.0, contrast="other"),
    ]


def test_only_valid_specifications_with_an_estimate_count(case, rows):
    found = {
        one.part: one.robustness
        for one in judge_claim("effectiveness", replace(case(), specifications=rows))
        if one.source == "study"
    }
    worse = found["non_inferiority"]
    assert (worse["k"], worse["m"], worse["without"]) == (2, 3, 1)
    assert list(worse["specifications"]) == ["as planned", "narrow window", "another"]
    assert worse["specifications"]["narrow window"] == "INCONCLUSIVE"
    assert (found["equivalence"]["k"], found["equivalence"]["m"]) == (1, 3)


def test_without_a_verdict_nothing_is_counted(case, rows):
    withheld = {"status": "withheld", "value": None, "ci90": None, "ci95": None}
    judged = judge_claim("effectiveness", replace(case(**withheld), specifications=rows))
    assert {one.robustness for one in judged if one.source == "study"} == {None}
