"""Every sentence on what nobody saw is made here, and read."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from tests.unit.present.test_wording import CAUSAL

from analysis.present import missing_wording as wording

UNIT = "PHQ-9 points"
SAMENESS = re.compile(
    r"no difference|not different|did not differ|are the same|just as|is equal", re.IGNORECASE
)


def row(answer="seen", verdict="SUPPORTED", holds=True, status="ok", rule="non_inferiority"):
    return {
        **{"answer": answer, "verdict": verdict, "holds": holds, "status": status, "rule": rule},
        **{"value": -0.2, "ci95_low": -0.9, "ci95_high": 0.5, "unit": UNIT, "message": "why."},
        **{"imputations": 20, "missing_information": 0.06, "monte_carlo_error": 0.046},
    }


def sentences() -> Iterator[str]:
    yield wording.observed("Group therapy", 673, 704)
    for verdict, rule, holds in product(
        ("SUPPORTED", "CONTRADICTED", "INCONCLUSIVE"),
        ("non_inferiority", "difference"),
        (True, False),
    ):
        first = row(verdict=verdict, rule=rule, holds=holds)
        other = row("imputed", "SUPPORTED", rule=rule)
        yield wording.agreement([first, other])
        for crossing in (None, 1.4, -1.4):
            yield wording.tipping(rule, holds, crossing, 5.9, "Group therapy")
    for status in ("ok", "withheld"):
        yield wording.imputed(row("imputed", status=status))
    for worse in (1.2, -0.3, None):
        known = {"n_left_seen": 60, "n_left_unseen": 20, "worse": worse, "low": -1.0, "high": 2.0}
        yield wording.plausible(known, "Group therapy")
    for inside in (1.0, 0.4, 0.0):
        yield wording.region(inside)
    for question, ends in product(("whether", "when"), ((-0.3, -0.1), (-0.1, 0.1), (0.1, 0.3))):
        value = sum(ends) / 2
        yield wording.visits(
            {"question": question, "value": value, "low": ends[0], "high": ends[1], "message": ""}
        )
    yield wording.visits({"question": "whether", "value": None, "message": "none were missed"})
    for value in (-0.2, 5.4, -5.4):
        source = {"value": value, "low": -0.9, "high": 9.9, "source": "Lynch et al. 2020"}
        yield wording.published(source, row("imputed"))
        yield wording.published({"value": value, "source": "Lynch et al. 2020"}, row())
    for holds, wider in product((True, False, None), ([], ["comparison"])):
        found = {"comparison": [0.0, 1.32], "reference": [0.0, 1.32], "widened": wider}
        found |= {"holds": holds, "estimate": -0.5, "interval": [-1.0, 0.0]}
        yield wording.throughout({"unit": UNIT, "delta_range": found, "verdict": "SUPPORTED"})
        yield wording.promise({"unit": UNIT, "delta_range": found})
    yield wording.NO_REFERENCE
    for name, assumed in wording.ANSWERS.values():
        yield f"{name}: {assumed.format(worse_comparison='2.75', worse_reference='0.00')}"


MADE = sorted(set(sentences()))


def test_no_sentence_calls_an_open_question_sameness():
    assert not [text for text in MADE if SAMENESS.search(text)]


@pytest.mark.parametrize("word", CAUSAL)
def test_no_sentence_claims_a_cause(word):
    assert not [text for text in MADE if re.search(rf"\b{word}", text, re.IGNORECASE)]


def test_no_sentence_shows_a_missing_value_or_a_bare_key():
    assert not [text for text in MADE if re.search(r"\bnan\b|None|_[a-z]", text)]


def test_an_interval_that_holds_zero_tells_nothing():
    text = wording.visits({"question": "whether", "value": 0.0, "low": -0.1, "high": 0.1})
    assert text.startswith("These data cannot tell whether")


def test_a_published_figure_is_reproduced_to_its_decimals_or_not():
    said = {"value": -0.2, "source": "somebody"}
    assert wording.published(said, row()).endswith("Reproduced.")
    assert "Not reproduced; the sign agrees" in wording.published({**said, "value": -5.4}, row())
    other = wording.published({**said, "value": 5.4}, row())
    assert other.endswith("Not reproduced; the sign does not agree.")


@pytest.mark.parametrize(
    ("figure", "interval", "said"),
    [
        (0.9, (-0.8, 2.6), "our figure lies inside its interval, and both intervals hold zero."),
        (0.9, (0.1, 1.7), "our figure lies outside it, and the intervals do not agree about zero."),
    ],
)
def test_a_published_interval_tells_whether_the_answer_is_the_same(figure, interval, said):
    low, high = interval
    published = {"value": figure, "low": low, "high": high, "source": "somebody"}
    assert wording.published(published, row()).endswith(said)


def test_agreement_counts_those_with_an_estimate():
    rows = [row(), row("imputed"), row("repeated", "INCONCLUSIVE"), row("x", status="error")]
    assert wording.agreement(rows).startswith("1 of 2 answers under other assumptions come to")
    assert wording.agreement(rows[1:]) == ""
