"""The rendered page: no accessibility violation, no request, nothing wider than a phone."""

import json
from pathlib import Path

import pytest

from analysis.claims.templates import read_claims
from analysis.present.figures import Figure_
from analysis.present.report import render_report

CHROMIUM = Path("/usr/bin/chromium")
PHONE, LAPTOP = (390, 844), (1440, 900)
SIZES = ((1280, 900), (375, 812))

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.mark.parametrize("name", ["synthetic", "mixed", "own"])
def test_page_in_a_browser(browser, name: str, sources: dict[str, str], tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page_file = tmp_path / "report.html"
    page_file.write_text(sources[name], encoding="utf-8")
    for width, height in SIZES:
        page = browser.new_page(viewport={"width": width, "height": height})
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(page_file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        result = axe.run(page)
        assert result.violations_count == 0, result.generate_report()
        left = [url for url in asked if not url.startswith(("data:", page_file.as_uri()))]
        assert left == []
        page.close()


@pytest.fixture
def whole_plan(root: Path, folders: dict[str, Path], tmp_path: Path) -> Path:
    """Write the example with all claims of the plan, each with a verdict and its planted truth."""
    plan = read_claims(root / "config" / "claims.yaml")["claims"]
    for path in folders["synthetic"].rglob("*.*"):
        copy = tmp_path / path.relative_to(folders["synthetic"])
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    listed = tmp_path / "claims.json"
    content = json.loads(listed.read_text(encoding="utf-8"))
    entries = content["claims"] if isinstance(content, dict) else content
    shown = next(one for one in entries if one["id"] == "leaders")
    known = {one["id"] for one in entries}
    entries += [
        {**shown, "id": key, "title": claim["title"], "block": claim["block"]}
        for key, claim in plan.items()
        if key not in known
    ]
    listed.write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_the_first_screen_of_the_whole_plan_is_one_scroll(
    browser, size: tuple[int, int], whole_plan: Path, drawn: dict[str, dict[str, Figure_]]
) -> None:
    page_file = whole_plan / "report.html"
    page_file.write_text(render_report(whole_plan, drawn["synthetic"]), encoding="utf-8")
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(page_file.as_uri())
    assert page.locator(".first-screen table.verdicts tbody tr").count() == 23
    end = page.evaluate("document.querySelector('.first-screen').getBoundingClientRect().bottom")
    assert end <= 2 * size[1]
    chances = page.locator(".first-screen").get_by_text("the chance of SUPPORTED is")
    seen = [one.is_visible() for one in chances.all()]
    assert any(seen) == (size == LAPTOP)
    if size == PHONE:
        page.locator(".first-screen summary", has_text="this sample").click()
        assert any(one.is_visible() for one in chances.all())
    page.close()
