"""The rendered page: no accessibility violation, no request, nothing wider than a phone."""

from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
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
    page_file.write_text(sources[name])
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
