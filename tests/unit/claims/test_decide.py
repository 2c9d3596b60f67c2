import pytest

from analysis.claims.decide import decide, holds

MARGIN = 1.0

POSITIONS = {
    "inside": (-0.5, 0.5),
    "straddles minus": (-1.5, 0.5),
    "straddles plus": (-0.5, 1.5),
    "straddles both": (-1.5, 1.5),
    "beyond minus": (-2.0, -1.2),
    "beyond plus": (1.2, 2.0),
    "touches minus": (-1.0, 0.5),
}

EXPECTED = {
    "non_inferiority": {
        "inside": "SUPPORTED",
        "straddles minus": "INCONCLUSIVE",
        "straddles plus": "SUPPORTED",
        "straddles both": "INCONCLUSIVE",
        "beyond minus": "CONTRADICTED",
        "beyond plus": "SUPPORTED",
        "touches minus": "INCONCLUSIVE",
    },
    "equivalence": {
        "inside": "SUPPORTED",
        "straddles minus": "INCONCLUSIVE",
        "straddles plus": "INCONCLUSIVE",
        "straddles both": "INCONCLUSIVE",
        "beyond minus": "CONTRADICTED",
        "beyond plus": "CONTRADICTED",
        "touches minus": "INCONCLUSIVE",
    },
}


@pytest.mark.parametrize("table", EXPECTED)
@pytest.mark.parametrize("position", POSITIONS)
def test_each_position_of_the_interval_has_its_verdict(claims, table, position):
    low, high = POSITIONS[position]
    decision = decide(
        claims["decision_tables"][table], {"low": low, "high": high, "margin": MARGIN}
    )
    assert decision.verdict == EXPECTED[table][position]


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        (0.2, 0.8, "comparison_better_within_margin"),
        (-0.8, -0.2, "reference_better_within_margin"),
        (0.2, 1.8, "comparison_better"),
        (-1.8, -0.2, "reference_better"),
        (-0.2, 0.2, "interval_holds_zero"),
    ],
)
def test_the_sign_of_the_difference_has_its_own_words(claims, low, high, reason):
    table = claims["decision_tables"]["difference"]
    assert decide(table, {"low": low, "high": high, "margin": MARGIN}).reason == reason


def test_the_va_example_is_non_inferior_and_yet_different(claims):
    """Spiller et al. 2022: individual better by 2.55 [1.61, 3.49] points, margin 7.9 (A23)."""
    numbers = {"low": -3.49, "high": -1.61, "margin": 7.9}
    tables = claims["decision_tables"]
    assert decide(tables["non_inferiority"], numbers).verdict == "SUPPORTED"
    assert decide(tables["difference"], numbers).reason == "reference_better_within_margin"
    tight = {**numbers, "margin": 1.0}
    assert decide(tables["non_inferiority"], tight).verdict == "CONTRADICTED"


def test_every_table_ends_with_otherwise(claims):
    for table in claims["decision_tables"].values():
        assert table["rows"][-1]["when"] == "otherwise"


def test_reasons_are_unique_within_a_table_or_share_a_meaning(claims):
    for table in claims["decision_tables"].values():
        reasons = [row["reason"] for row in table["rows"]]
        assert len(reasons) == len(set(reasons))


@pytest.mark.parametrize(
    "condition", ["low is 3", "low > nonsense", "low >", "__import__('os') > 1"]
)
def test_an_unreadable_condition_is_refused(condition):
    with pytest.raises(ValueError, match=r"decision table|condition"):
        holds(condition, {"low": 1.0})


def test_and_binds_tighter_than_or():
    numbers = {"low": 1.0, "high": 2.0}
    assert holds("low > 5 and high > 5 or low < 2", numbers)
    assert not holds("low > 5 and high > 5 or low > 2", numbers)
