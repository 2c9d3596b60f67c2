"""Published evidence on the page: the named source only, marked as real, and never a ranking."""

import re
from itertools import product
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from analysis.present import evidence_view, evidence_wording, vocabulary
from analysis.present.claims_view import gather_claims
from analysis.present.draw_evidence import format_trap, head_to_head
from analysis.present.facts import Facts
from analysis.present.public import read_public

Pages = dict[str, BeautifulSoup]


@pytest.fixture(scope="module")
def pages(sources: dict[str, str]) -> Pages:
    return {name: BeautifulSoup(text, "html.parser") for name, text in sources.items()}


def words(node: Tag | None) -> str:
    assert node is not None
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True))


def sentences() -> list[str]:
    known = Facts(
        comparison="Group therapy",
        reference="Individual therapy",
        outcome="the trials’ own outcomes",
        estimate="−0.18 SD [−0.35, −0.01]",
        margin="0.24 SD",
        reason="the source answers another question",
        published=True,
    )
    verdicts = ("SUPPORTED", "CONTRADICTED", "INCONCLUSIVE", "NOT TESTABLE", "none found")
    found = {"level": 90, "interval": [-0.55, 0.19], "verdict": "INCONCLUSIVE"}
    made = [evidence_wording.prediction(found, "SD")]
    for kind, verdict, side in product(vocabulary.COMPARISONS, verdicts, vocabulary.DIRECTIONS):
        entry = {"kind": kind, "verdict": verdict, "prediction": found, "literature": {}}
        made += [
            evidence_wording.finding(entry, side, known),
            evidence_wording.brief(entry, side),
            evidence_wording.line(entry, known.estimate),
        ]
    for outcome, synthetic in product(evidence_wording.OUTCOMES, (True, False)):
        literature = {"outcome": outcome, "reason": "The effect is -0.2 SD.", "p": 0.1}
        made.append(evidence_wording.beside(literature, synthetic=synthetic))
        made.append(evidence_wording.beside_part("cohesion, published"))
    return made


def test_no_sentence_ranks_the_study_or_proves() -> None:
    for text in sentences():
        assert not re.search(r"than the (literature|source|published)|outperform", text), text
        assert not re.search(r"\bpro(ve|of|ven|ves)\b|no difference", text, re.I), text
        assert "this program" not in text.lower(), text


def test_study_and_literature_agree_or_not_or_cannot_be_told() -> None:
    assert set(evidence_wording.OUTCOMES) == {
        "consistent",
        "not consistent",
        "cannot tell",
        "not comparable",
        "none found",
    }


def test_first_screen_has_one_line_of_the_named_source(pages: Pages) -> None:
    opening = pages["real"].select_one("div.first-screen")
    shown = {
        row.select_one("th a")["href"]: [words(one) for one in row.select(".published")]
        for row in opening.select("table.verdicts tbody tr")
        if row.select_one("th a")
    }
    assert shown["#claim-effectiveness"] == [
        "published: INCONCLUSIVE, −0.18 SD, 95% interval [−0.35, −0.01] "
        "(Metapsy databases, 16 studies)"
    ]
    assert shown["#claim-intensity"] == ["published: not judged (SAMHSA Advisory 2021)"]
    assert shown["#claim-leaders"] == ["published: none found"]
    assert shown["#claim-burden"] == []
    for other in ("Cuijpers", "Burlingame", "Campbell", "Barkowski"):
        assert other not in words(opening)


def test_an_untestable_question_still_shows_what_is_published(pages: Pages) -> None:
    opening = pages["own"].select_one("div.first-screen")
    lines = [words(one) for one in opening.select(".published")]
    assert any(line.startswith("published: INCONCLUSIVE") for line in lines)
    below = pages["own"].select_one("#untested")
    assert "What published evidence says" in words(below)


def test_block_beside_the_verdict_tells_who_says_it_and_how_sure(pages: Pages) -> None:
    block = pages["real"].select_one("#claim-effectiveness .published")
    text = words(block)
    for said in (
        "In the published data, the question stays open",
        "the margin of 0.24 SD",
        "the true effect is expected in [−0.55, 0.19] SD (90% prediction interval)",
        "individual did better on average; by the prediction interval: INCONCLUSIVE.",
        "The study and the named source are consistent. The study's effect is −0.04 SD",
        "−0.18 SD, 95% interval [−0.35, −0.01]; positive where group did better",
        "Compared with individual",
        "Population people with depression and others",
        "How obtained computed here from open data",
        "How sure every study seen; REML",
    ):
        assert said in text, said
    others = block.select("details")[-1]
    assert "Other sources on “Just as effective”" in words(others.summary)
    assert "Cuijpers, van Straten & Warmerdam 2008" in words(others)
    assert "10.4321/S0213-61632008000100005" in words(others)
    assert "0.20 [0.05, 0.35] d" in words(others)
    assert others.get("open") is None


def test_an_effect_that_is_not_judged_is_shown_with_its_comparator() -> None:
    literature = {
        "citation": "Dalgaard, Vembye et al. 2025/26, open data",
        "comparator": "usual care",
    }
    entry = {"verdict": "NOT TESTABLE", "literature": literature}
    assert evidence_wording.line(entry, "0.42 SD [0.31, 0.54]") == (
        "published: not judged, 0.42 SD [0.31, 0.54] against usual care "
        "(Dalgaard, Vembye et al. 2025/26)"
    )


def test_published_answers_are_not_among_the_studys(pages: Pages) -> None:
    section = pages["real"].select_one("#claim-effectiveness")
    study = BeautifulSoup(str(section), "html.parser")
    for one in study.select(".published"):
        one.decompose()
    assert "−0.18" not in words(study) and "Metapsy" not in words(study)
    assert "6 of 6 claims testable here" in words(pages["real"].select_one(".count"))


def test_in_a_synthetic_study_the_real_part_says_so(pages: Pages) -> None:
    page = pages["synthetic"]
    assert "Parts marked PUBLISHED are from the literature, and real." in words(
        page.select_one(".banner")
    )
    section = page.select_one("#published")
    assert "This section is real." in words(section)
    assert "This section is real." not in words(pages["real"].select_one("#published"))
    for one in page.select("div.published, section.published"):
        assert one.select_one(".tag.real") is not None
    beside = words(page.select_one("#claim-effectiveness .published"))
    assert "The study is synthetic: this shows how the comparison works" in beside


def test_section_shows_pool_sensitivity_clustering_and_trap(pages: Pages) -> None:
    text = words(pages["real"].select_one("#published"))
    for said in (
        "Pooled over 16 trials with both formats, the difference is −0.18 SD [−0.35, −0.01]",
        "main and Kahn 1990 (17): −0.15 SD [−0.32, 0.02]",
        "all (18): −0.16 SD [−0.31, −0.01]",
        "main, same therapy (13): −0.22 SD [−0.42, −0.03]",
        "main, Wald interval (16): −0.18 SD [−0.34, −0.02]",
        "the pool changes from −0.18 SD [−0.35, −0.01] to −0.18 SD [−0.34, −0.02]",
        "trials of group therapy report 0.95 SD [0.80, 1.09] and trials of individual therapy "
        "0.65 SD [0.56, 0.74]",
        "−0.03 SD [−0.32, 0.25] in adult depression and −0.18 SD [−0.35, −0.01] over all",
        "Metapsy databases, metapsy.org (ODC-By 1.0)",
        "None of them endorses this report.",
    ):
        assert said in text, said
    assert len(pages["real"].select("#published figure img")) == 2


def test_references_are_shown_with_fair_words(pages: Pages) -> None:
    table = next(
        t
        for t in pages["real"].select("#published table")
        if "each judged only" in words(t.caption)
    )
    rows = [[words(cell) for cell in tr.select("th, td")] for tr in table.select("tbody tr")]
    assert len(rows) == 7
    mccarty = next(row for row in rows if "McCarty" in row[0])
    assert mccarty[2] == "supports in part" and "substance-use" in mccarty[4]
    assert {row[2] for row in rows} == {"supports", "supports in part", "not checked"}
    section = pages["real"].select_one("#claim-sources")
    assert "checked in part" in words(section)
    assert "that says nothing against it" in words(pages["real"].select_one("#published"))


def test_forest_has_every_trial_and_says_which_is_left_out(folders: dict[str, Path]) -> None:
    plot = head_to_head(read_public(folders["real"]))
    assert plot.data["kind"].value_counts().to_dict() == {"trial": 18, "pool": 7}
    assert plot.alt.count("(left out of the main pool)") == 2
    assert "Oei 2010: 0.28 SD [−0.11, 0.67]." in plot.alt
    assert plot.origin == "published"


def test_trap_favours_group_between_trials_and_not_within(folders: dict[str, Path]) -> None:
    rows = format_trap(read_public(folders["real"])).data
    over = rows[rows["scale"] == "over control"].set_index("comparison")["estimate"]
    for where in ("adult depression", "12 databases"):
        assert (
            over[f"group against control, {where}"] > over[f"individual against control, {where}"]
        )
    within = rows[rows["kind"] == "within trials"]
    assert (within["estimate"] < 0).all()


def test_nothing_published_leaves_the_page_as_it_was(tmp_path: Path) -> None:
    public = read_public(tmp_path)
    assert gather_claims(public) == []
    assert evidence_view.others(public, "effectiveness") is None


@pytest.mark.parametrize(
    ("citation", "short"),
    [
        ("Metapsy databases, metapsy.org (ODC-By 1.0)", "Metapsy databases"),
        ("Cuijpers, van Straten & Warmerdam 2008 Eur J Psychiatry 22(1):38-51",
         "Cuijpers, van Straten & Warmerdam 2008"),
        ("Dalgaard, Vembye et al. 2025/26, open data", "Dalgaard, Vembye et al. 2025/26"),
    ],
)  # fmt: skip
def test_citations_are_shortened_to_who_and_when(citation: str, short: str) -> None:
    assert evidence_wording.short_citation(citation) == short


def test_minus_signs_are_true_and_ranges_stay() -> None:
    shown = evidence_wording.true_minus("-0.18 [-.35, -0.01], pages 38-51, one-arm")
    assert shown == "−0.18 [−.35, −0.01], pages 38-51, one-arm"
