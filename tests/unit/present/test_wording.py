"""Every sentence that the report can make of a finding is made here, and read."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from analysis.claims.kinds import kind_of
from analysis.claims.templates import read_claims
from analysis.present import report, vocabulary, wording
from analysis.present.facts import Facts, direction

PLAN = read_claims(Path(__file__).parents[3] / "config" / "claims.yaml")
CLAIMS = PLAN["claims"].values()
ROWS = [row for table in PLAN["decision_tables"].values() for row in table["rows"]]
# Every reason that a verdict can carry: each row of the plan's tables, and what precedes a table.
CODES = (
    *dict.fromkeys(row["reason"] for row in ROWS),
    *vocabulary.REASONS,
    "estimation_failed",
    "not_estimated",
)
KINDS = tuple(
    dict.fromkeys(
        (
            *vocabulary.KINDS,
            "within_arm_change",
            *(kind_of(claim, part) for claim in CLAIMS for part in claim["parts"].values()),
        )
    )
)
CAUSAL = (
    "cause",
    "improve",
    "reduc",
    "lead to",
    "leads to",
    "led to",
    "helps",
    "help ",
    "works",
    "effect of",
    "due to",
    "because of",
    "increase",
    "decrease",
    "results in",
    "thanks to",
    "produce",
    "benefit",
    "protect",
    "heal",
)


def facts(synthetic: bool, code: str) -> Facts:
    return Facts(
        comparison="Group therapy",
        reference="Individual therapy",
        outcome="depression (PHQ-9) at day 42",
        estimate="0.35 PHQ-9 points [−0.20, 0.90]",
        margin="1.32 PHQ-9 points",
        threshold="80%",
        counted="group sessions",
        synthetic=synthetic,
        reason="the study has no table 'sessions'",
        code=code,
    )


def sentences() -> Iterator[tuple[str, str, bool, str]]:
    """Yield verdict, what made it, whether synthetic, and the sentence."""
    verdicts = (*vocabulary.VERDICTS, *vocabulary.FACTS)
    for kind, verdict, side, synthetic, code in product(
        KINDS, verdicts, vocabulary.DIRECTIONS, (True, False), CODES
    ):
        known = facts(synthetic, code)
        yield verdict, kind, synthetic, wording.answer(kind, verdict, side, known)
        yield verdict, kind, synthetic, wording.short(kind, verdict, side, known)
        for unexamined in (True, False):
            text = wording.headline(verdict, code, known, open_confounding=unexamined)
            yield verdict, "headline", synthetic, text
        text = wording.own_contrast(
            "Group against usual care", side, known.estimate, known.outcome, known
        )
        yield verdict, "own", synthetic, text


MADE = sorted(set(sentences()))


def test_there_are_sentences_for_every_verdict_and_kind() -> None:
    assert {made[0] for made in MADE} == {*vocabulary.VERDICTS, *vocabulary.FACTS}
    assert {made[1] for made in MADE} >= set(KINDS)
    assert all(made[3] for made in MADE)


def test_no_sentence_proves() -> None:
    assert not [m for m in MADE if re.search(r"\bpro(ve|of|ven|ves)", m[3], re.I)]


def test_an_open_question_is_never_written_as_sameness() -> None:
    same = re.compile(
        r"no difference|not different|did not differ|are the same|just as|is equal", re.I
    )
    opened = [m for m in MADE if m[0] == vocabulary.INCONCLUSIVE]
    assert not [m for m in opened if same.search(m[3])]
    answers = [m for m in opened if m[1] in KINDS and len(m[3]) > 100]
    assert answers
    assert all("cannot tell" in m[3] for m in answers)
    real = [m for m in answers if not m[2]]
    assert all("not evidence" in m[3] for m in real)


def test_no_causal_verb_anywhere() -> None:
    assert not [m for m in MADE for verb in CAUSAL if verb in m[3].lower()]


def test_a_synthetic_study_never_speaks_of_evidence() -> None:
    assert not [m for m in MADE if m[2] and "evidence" in m[3].lower()]
    assert "not evidence" in vocabulary.BANNER


def test_a_verdict_is_not_contradicted_by_its_own_sentence() -> None:
    yes = wording.answer("non_inferiority", "SUPPORTED", "unclear", facts(False, ""))
    no = wording.answer("non_inferiority", "CONTRADICTED", "reference_better", facts(False, ""))
    assert "did not do worse than individual therapy by the margin" in yes
    assert "group therapy did worse than individual therapy by the margin" in no
    better = wording.answer("difference", "SUPPORTED", "reference_better", facts(False, ""))
    assert "individual therapy did better than group therapy" in better


def test_different_but_within_the_margin_has_its_own_words() -> None:
    known = facts(False, "reference_better_within_margin")
    text = wording.answer("difference", "SUPPORTED", "reference_better", known)
    assert "Different, but within the margin of 1.32 PHQ-9 points." in text
    beyond = wording.answer(
        "difference", "SUPPORTED", "comparison_better", facts(False, "comparison_better")
    )
    assert "reaches beyond the margin" in beyond


def test_headline_says_that_confounding_is_open() -> None:
    known = facts(False, "")
    assert "confounding not yet examined" in wording.headline(
        "SUPPORTED", "", known, open_confounding=True
    )
    assert "confounding" not in wording.headline("SUPPORTED", "", known, open_confounding=False)
    cannot = wording.headline(
        "NOT TESTABLE", "comparator_not_individual", known, open_confounding=False
    )
    assert "comparator is not individual therapy" in cannot


@pytest.mark.parametrize(
    ("estimate", "interval", "side"),
    [
        (0.5, (0.1, 0.9), "comparison_better"),
        (-0.5, (-0.9, -0.1), "reference_better"),
        (0.5, (-0.1, 1.1), "unclear"),
        (0.0, (0.0, 0.4), "unclear"),
        (None, None, "unclear"),
    ],
)
def test_direction(estimate: float | None, interval: tuple | None, side: str) -> None:
    assert direction(estimate, interval) == side


def test_every_verdict_has_a_symbol_and_a_meaning() -> None:
    assert set(vocabulary.SYMBOLS) == {*vocabulary.VERDICTS, *vocabulary.FACTS}
    assert set(vocabulary.MEANINGS) == set(vocabulary.VERDICTS)
    shown = [vocabulary.SYMBOLS[v] for v in vocabulary.VERDICTS]
    assert len(set(shown)) == len(shown), "two verdicts would look alike without colour"


def prose(path: Path) -> str:
    """Return a template's own words: no markup, no statements, no quoted attributes."""
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.S
    )
    return re.sub(r"<[^>]*>", " ", text)


def strings(path: Path) -> str:
    """Return the string literals of a module of sentences, without its docstrings."""
    code = re.sub(r'"""(?s:.*?)"""', "", path.read_text(encoding="utf-8"))
    return " ".join(re.sub(r"\{[^}]*\}", "", one) for one in re.findall(r'"([^"\n]*)"', code))


def test_no_result_is_typed_by_hand() -> None:
    """Only the names of the two intervals and of the test's level may hold a digit."""
    named = re.compile(r"\b(90%|95%)\s+interval|\(each at 5%\)")
    room = Path(report.__file__).parent
    texts = [prose(path) for path in sorted((room / "templates").glob("*.j2"))]
    modules = (
        "wording",
        "vocabulary",
        "facts",
        "first_screen",
        "claim_section",
        "report",
        "tables",
        "evidence_wording",
        "evidence_view",
    )
    texts += [strings(room / f"{name}.py") for name in modules]
    for text in texts:
        left = re.sub(r"utf-8|base64|SHA-256|sha256-|html\.j2|\bci9[05]\b", "", named.sub("", text))
        assert not re.findall(r"[^\s]*\d[^\s]*", left)
    assert len(texts) > len(modules)


def test_the_plan_says_no_more_than_its_tables_can() -> None:
    """Rows and statements stand in the report as they are written in the plan."""
    says = [row["says"] for row in ROWS]
    weak = ("association", "association_finding", "equivalence_finding", "change", "reported")
    said = [row["says"] for name in weak for row in PLAN["decision_tables"][name]["rows"]]
    said += [
        part["statement"]
        for claim in CLAIMS
        for part in claim["parts"].values()
        if part.get("table") in weak
    ]
    assert not [one for one in says if re.search(r"\bpro(ve|of|ven|ves)", one, re.I)]
    # "The benefits" are the article's own seven, a noun.
    read = [one.lower().replace("the benefits", "") for one in said]
    assert not [one for one in read if any(verb in one for verb in CAUSAL)]
    undecided = [row["says"] for row in ROWS if row["verdict"] == "INCONCLUSIVE"]
    assert not [one for one in undecided if re.search(r"no difference|equal|same", one, re.I)]
