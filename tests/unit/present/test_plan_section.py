"""What a report says of the plan: on its first screen, and under *Methods and plan*."""

import json

import pytest
from bs4 import BeautifulSoup

from analysis.present.plan_section import notices
from analysis.present.report import render_report

WHOLE = {
    "planned_before_outcomes": True,
    "changed_after_outcomes": False,
    "looks": 1,
    "faults": [],
    "head": "ab12" * 16,
    "first_plan": "2026-11-01T10:00:00+00:00",
    "first_outcomes": "2026-11-20T10:00:00+00:00",
}


@pytest.fixture
def page(folders, tmp_path):
    """Render a study whose plan.json says this, and return the page."""
    import shutil

    def build(which, **state):
        public = tmp_path / which / "public"
        shutil.copytree(folders[which], public)
        plan = json.loads((public / "plan.json").read_text(encoding="utf-8"))
        (public / "plan.json").write_text(json.dumps({**plan, **state}), encoding="utf-8")
        return BeautifulSoup(render_report(public, {}), "html.parser")

    return build


def test_a_plan_that_stood_needs_no_notice():
    assert notices(WHOLE) == []


@pytest.mark.parametrize("fault", ["the log is missing", "the log was cut"])
def test_a_log_with_a_fault_is_no_record_from_before_outcomes(page, fault):
    found = page("real", **{**WHOLE, "planned_before_outcomes": False, "faults": [fault]})
    text = found.header.get_text(" ", strip=True)
    assert f"No record from before outcomes were read: {fault}" in text


def test_looks_are_counted_on_the_first_screen():
    assert any("2 times" in one for one in notices({**WHOLE, "looks": 2}))


def test_counts_of_a_real_study_are_for_internal_use(page):
    assert "Counts are not yet protected: internal use." in page("real").header.get_text()
    assert "not yet protected" not in page("synthetic").header.get_text()


def test_head_dates_and_deviations_are_told(page):
    row = {
        "time": "2026-11-21T09:00:00+00:00",
        "outcomes": "read",
        "kind": "plan",
        "what": "claims: effectiveness: margin: value",
        "before": "1.32",
        "now": "3",
    }
    found = page("real", **WHOLE, deviations=[row]).select_one("#methods")
    text = found.get_text(" ", strip=True)
    for wanted in ("ab12" * 4, WHOLE["first_plan"], WHOLE["first_outcomes"], *row.values()):
        assert wanted in text


def test_no_deviation_is_said(page):
    text = page("real", **WHOLE, deviations=[]).select_one("#methods").get_text(" ", strip=True)
    assert "Deviations from the plan: none in the log." in text
