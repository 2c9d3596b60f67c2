"""The report as a reader finds it: first screen, claims, marks, and nothing from outside."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from analysis.present.figures import Figure_
from analysis.present.report import content_policy, render_report

Pages = dict[str, BeautifulSoup]


@pytest.fixture(scope="session")
def pages(sources: dict[str, str]) -> Pages:
    return {name: BeautifulSoup(text, "html.parser") for name, text in sources.items()}


def words(node: Tag) -> str:
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True))


def opening(page: BeautifulSoup) -> Tag:
    found = page.select_one("div.first-screen")
    assert found is not None
    return found


def row(page: BeautifulSoup, claim: str) -> str:
    link = opening(page).select_one(f'table.verdicts a[href="#claim-{claim}"]')
    assert link is not None
    return words(link.find_parent("tr"))


def test_first_screen_answers_the_question(pages: Pages) -> None:
    text = words(opening(pages["real"]))
    assert "Is group as effective as individual here?" in text
    assert "Yes, within the margin, in these data; confounding not yet examined." in text
    assert "In this program’s data, group therapy did not do worse than individual therapy" in text
    assert "−0.21 PHQ-9 points, 95% interval [−0.82, 0.40]" in text
    assert "1,148 of 1,432 participants, 94 clusters (therapy group)" in text
    assert "6 of 6 claims testable here" in text
    assert opening(pages["real"]).select_one("figure img") is not None


def test_an_inconclusive_first_screen_says_that_these_data_cannot_tell(pages: Pages) -> None:
    text = words(opening(pages["mixed"]))
    assert "These data cannot tell." in text
    assert "That is not evidence that the two do equally well." in text
    assert "the chance of SUPPORTED is 31% if there is truly zero difference" in text
    assert "no difference" not in text.lower()


def test_each_claim_has_one_short_row_with_text_and_symbol(pages: Pages) -> None:
    page = pages["mixed"]
    assert "? INCONCLUSIVE" in row(page, "effectiveness")
    assert "✓ SUPPORTED" in row(page, "intensity")
    assert "! ERROR" in row(page, "frequency")
    assert "the likelihood did not converge".lower() in row(page, "frequency").lower()
    assert "superseded" in row(page, "burden")
    for link in opening(page).select("table.verdicts tbody th a"):
        assert len(link.get_text().split()) <= 4


def test_untestable_claims_are_collapsed_by_reason_with_what_unlocks_them(pages: Pages) -> None:
    folds = opening(pages["mixed"]).select(".untested details")
    assert [words(fold.summary) for fold in folds] == [
        "The data that the claim needs were not recorded (2)"
    ]
    assert folds[0].get("open") is None
    assert "To unlock, collect: sessions with their minutes." in words(folds[0])
    assert "3 of 5 claims testable here" in words(opening(pages["mixed"]))
    listed = opening(pages["mixed"]).select('table.verdicts a[href="#claim-duration"]')
    assert listed == []


def test_parts_that_could_be_tested_speak_although_their_claim_is_not_testable(
    tmp_path: Path, folders: dict[str, Path]
) -> None:
    public = tmp_path / "public"
    shutil.copytree(folders["real"], public)
    entries = json.loads((public / "claims.json").read_text(encoding="utf-8"))
    for entry in entries:
        if (entry["id"], entry["part"]) == ("size", "enrolled"):
            entry |= {"verdict": "NOT TESTABLE", "reason": "a_new_reason", "reason_text": "no roll"}
    (public / "claims.json").write_text(json.dumps(entries), encoding="utf-8")
    page = BeautifulSoup(render_report(public, {}), "html.parser")
    folded = words(opening(page).select_one(".untested"))
    assert "A new reason (1)" in folded
    told = words(page.select_one("#untested"))
    assert "Seven to ten members: no roll." in told
    assert "A part that does not decide the claim, present: INCONCLUSIVE." in told


def test_external_facts_stay_outside_the_count(pages: Pages) -> None:
    text = words(opening(pages["own"]))
    assert "0 of 6 claims testable here" in text
    assert "970 million people" in text


def test_another_comparator_is_named_and_the_own_contrast_shown_as_such(pages: Pages) -> None:
    text = words(opening(pages["own"]))
    assert "This study cannot say: its comparator is not individual therapy." in text
    assert "Its own contrast, CBT group against usual care, is shown as such" in text
    assert "Arms were assigned at random." in text
    assert "individual therapy did" not in text
    own = pages["own"].select_one("#own")
    assert own is not None and "CBT group against usual care" in words(own)


def test_synthetic_is_on_every_heading_and_the_verdicts_read_as_recovery(pages: Pages) -> None:
    page = pages["synthetic"]
    assert page.title is not None and "SYNTHETIC" in page.title.get_text()
    real = ("#published-head", "#head-burden", "#head-sources")
    for heading in page.select("main h2:not(.headline), main section[id^=claim-] > h3"):
        marked = "PUBLISHED" if f"#{heading['id']}" in real else "SYNTHETIC"
        assert marked in heading.get_text(), heading
        assert not ({"PUBLISHED", "SYNTHETIC"} - {marked}) & set(heading.get_text(" ").split())
    assert "not evidence" in words(page.select_one(".banner"))
    assert "planted truth recovered: yes" in row(page, "effectiveness").replace(" :", ":")
    study = BeautifulSoup(str(page.body), "html.parser")
    for published in study.select(".published"):
        published.decompose()
    others = re.sub(r"not evidence", "", words(study), flags=re.I)
    assert "evidence" not in others.lower()
    assert page.select_one(".running") is not None


def test_a_real_study_is_never_marked_synthetic(pages: Pages) -> None:
    for name in ("real", "mixed", "own"):
        text = words(pages[name])
        assert "synthetic" not in text.lower()
        assert "planted truth" not in text


def test_each_claim_section_tells_the_whole(pages: Pages) -> None:
    section = pages["real"].select_one("#claim-effectiveness")
    assert section is not None
    text = words(section)
    for said in (
        "group therapy is just as effective as individual therapy",
        "In our words: Group therapy is not worse than individual therapy by the margin or more.",
        "The article asserts this.",
        "Not worse: SUPPORTED.",
        "Different: INCONCLUSIVE.",
        "Both one-sided tests",
        "lower end −0.72",
        "Satterthwaite",
        "94 (therapy group); intraclass correlation 0.058",
        "±1.32 PHQ-9 points; 0.24 SD of 5.5 points",
        "Clients were not assigned at random, and confounding is not yet examined",
        "The data of the provider that published the article were not examined.",
        "the chance of SUPPORTED is 93% if there is truly zero difference, and 5%",
        "Residuals are moderately skewed.",
    ):
        assert said in text, said
    quote = section.select_one("blockquote q")
    assert quote is not None and len(quote.get_text().split()) <= 20


def test_one_sided_tests_follow_the_interval(pages: Pages) -> None:
    section = pages["mixed"].select_one("#claim-effectiveness")
    assert section is not None
    table = next(t for t in section.select("table") if "one-sided" in words(t.caption))
    rows = [words(tr) for tr in table.select("tbody tr")]
    assert rows[0].endswith("−1.32 not rejected")
    assert rows[1].endswith("1.32 rejected")


def test_the_row_of_the_decision_table_that_fired_is_marked(
    tmp_path: Path, folders: dict[str, Path]
) -> None:
    public = tmp_path / "public"
    shutil.copytree(folders["real"], public)
    plan = json.loads((public / "plan.json").read_text(encoding="utf-8"))
    plan["plan"]["decision_tables"] = {
        "non_inferiority": {
            "why": "One-sided test.",
            "rows": [
                {
                    "when": "low > -margin",
                    "verdict": "SUPPORTED",
                    "says": "it lies above",
                    "reason": "interval_above_minus_margin",
                },
                {
                    "when": "otherwise",
                    "verdict": "INCONCLUSIVE",
                    "says": "it holds the margin",
                    "reason": "interval_straddles_margin",
                },
            ],
        }
    }
    claim = plan["plan"].setdefault("claims", {}).setdefault("effectiveness", {})
    claim["parts"] = {"non_inferiority": {"table": "non_inferiority"}}
    (public / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    page = BeautifulSoup(render_report(public, {}), "html.parser")
    fired = page.select_one("#claim-effectiveness td.fired")
    assert fired is not None
    assert words(fired.find_parent("tr")) == "low > −margin It lies above SUPPORTED fired"


def test_error_and_exploratory_are_shown_plainly_and_apart(pages: Pages) -> None:
    page = pages["mixed"]
    assert "The analysis of these claims failed: Several groups weekly." in words(page.header)
    assert "The plan changed after outcomes were first read." in words(page.header)
    failed = page.select_one("#claim-frequency")
    assert failed is not None and "there is no verdict" in words(failed)
    apart = page.select_one("#exploratory")
    assert apart is not None
    headings = [tag.get("id") for tag in page.select("section[id]")]
    assert headings.index("claim-size") > headings.index("exploratory")
    assert "exploratory: set after outcomes were read" in words(opening(page))


def test_plan_and_registration_are_told(pages: Pages) -> None:
    methods = pages["real"].select_one("#methods")
    assert methods is not None
    text = words(methods)
    assert "9f2c" * 16 in text
    assert "The plan has not changed since outcomes were first read." in text
    assert "The plan is not externally registered." in text
    registered = pages["own"].select_one("#methods")
    assert registered is not None and "Registered: ISRCTN00000000." in words(registered)


def test_page_is_self_contained_and_well_formed(sources: dict[str, str]) -> None:
    for source in sources.values():
        page = BeautifulSoup(source, "html.parser")
        assert page.html is not None and page.html["lang"] == "en"
        assert len(page.select("h1")) == 1 and len(page.select("main")) == 1
        assert not page.select("script, link, iframe, object")
        for tag in page.select("[src], [srcset], [href]"):
            for key in ("src", "srcset", "href"):
                assert str(tag.get(key, "#")).startswith(("#", "data:")), tag.name
        assert "url(" not in source and "@import" not in source
        ids = [tag["id"] for tag in page.select("[id]")]
        assert len(ids) == len(set(ids))
        for link in page.select('a[href^="#"]'):
            assert link["href"][1:] in ids, link
        for image in page.select("img"):
            assert len(image["alt"]) > 40
        for table in page.select("table"):
            assert table.caption is not None
            assert all(cell.get("scope") for cell in table.select("th"))


def test_data_behind_each_figure_can_be_taken_along(pages: Pages) -> None:
    links = pages["real"].select("#data a[download]")
    assert {link["download"] for link in links} >= {"equivalence.csv", "flow.csv", "love.csv"}
    assert all(link["href"].startswith("data:text/csv;base64,") for link in links)


def test_published_figures_are_read_back_where_none_are_given(
    tmp_path: Path, folders: dict[str, Path], drawn: dict[str, dict[str, Figure_]]
) -> None:
    public = tmp_path / "public"
    shutil.copytree(folders["own"], public)
    figures = drawn["own"]
    folder = public / "report" / "figures"
    folder.mkdir(parents=True)
    texts = {name: {"title": f.title, "alt": f.alt, "csv": f.csv} for name, f in figures.items()}
    (folder / "alt.json").write_text(json.dumps({**texts, "data_origin": "real"}), encoding="utf-8")
    for name, figure in figures.items():
        (folder / f"{name}.png").write_bytes(figure.png)
        (folder / f"{name}_narrow.png").write_bytes(figure.narrow)
    assert render_report(public) == render_report(public, figures)


def test_an_almost_empty_study_still_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text(
        json.dumps({"title": "Bare", "data_origin": "real"}), encoding="utf-8"
    )
    page = BeautifulSoup(render_report(tmp_path, {}), "html.parser")
    text = words(page)
    assert "The plan does not ask this." in text
    assert "0 of 0 claims testable here" in text
    assert "No flow of participants was published." in text


def test_the_page_lets_a_browser_run_its_own_style_and_nothing_else(
    sources: dict[str, str],
) -> None:
    for source in sources.values():
        page = BeautifulSoup(source, "html.parser")
        policy = page.select_one('meta[http-equiv="Content-Security-Policy"]')
        assert policy is not None and page.style is not None and page.style.string is not None
        assert policy["content"] == content_policy(page.style.string)
        assert len(page.select("style")) == 1
        assert not page.select("[style]")
        for tag in page.find_all(True):
            assert not [key for key in tag.attrs if key.startswith("on")], tag.name
        for image in page.select("img, source"):
            for key in ("src", "srcset"):
                assert str(image.get(key, "data:")).startswith("data:")


def test_markup_in_a_title_stays_text(tmp_path: Path) -> None:
    study = {"title": "<script>alert(1)</script> & co", "data_origin": "real"}
    (tmp_path / "study.json").write_text(json.dumps(study), encoding="utf-8")
    source = render_report(tmp_path, {"flow": Figure_(b"", b"", "<b>", "<i>", "a,b\n1,<u>\n")})
    assert "<script" not in source and "<u>" not in source


def test_effects_with_errors_are_told_in_the_table(
    tmp_path: Path, folders: dict[str, Path]
) -> None:
    public = tmp_path / "public"
    shutil.copytree(folders["real"], public)
    path = public / "tables" / "effects.csv"
    rows = pd.read_csv(path)
    rows.loc[2, ["value", "se", "ci90", "ci95"]] = None
    rows["status"] = rows["status"].astype(object)
    rows.loc[2, ["status", "message"]] = ["error", "SingularFit"]
    rows.to_csv(path, index=False)
    page = BeautifulSoup(render_report(public, {}), "html.parser")
    outcomes = page.select_one("#outcomes")
    assert outcomes is not None and "error: SingularFit" in words(outcomes)
