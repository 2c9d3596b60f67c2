"""A machine whose locale is not UTF-8: the same bytes, and no message that cannot be printed.

The run that `finished` holds was made in such a locale, from the first file to the report.
"""

from dataclasses import replace

import pytest
from tests.workflow.conftest import BARE

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("pipeline")]
TITLE = "Übungsstudie: Größe ≥ 3 für 患者"


@pytest.fixture
def bare(workspace):
    workspace.change("tiny", title=TITLE)
    return replace(workspace, variables=BARE)


def test_the_locale_is_bare(bare):
    asked = "import locale; print(locale.getencoding())"
    assert bare.call("python", "-c", asked).stdout.strip() not in ("UTF-8", "utf-8")


def test_the_report_has_every_character(bare):
    done = bare.call("python", "-m", "analysis", "report", "tiny")
    assert done.returncode == 0, done.stdout[-3000:]
    page = (bare.public("tiny") / "report" / "report.html").read_text(encoding="utf-8")
    assert TITLE in page
    why = bare.public("tiny").parent / "logs" / "why.txt"
    assert "write_report" in why.read_text(encoding="utf-8")


def test_check_prints_what_the_terminal_cannot_show(bare):
    done = bare.call("python", "-m", "analysis", "check", "tiny")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "\\xdcbungsstudie" in done.stdout and "Traceback" not in done.stdout


def test_problems_are_listed_all_the_same(bare):
    bare.change("tiny", title=TITLE, **{"Schlüssel": 3})
    for verb in ("check", "report"):
        done = bare.call("python", "-m", "analysis", verb, "tiny")
        assert done.returncode != 0
        assert "xfcssel" in done.stdout and "Traceback" not in done.stdout


def test_the_launcher_lists_its_verbs(bare, root):
    done = bare.call("python", str(root / "run.py"), "--help")
    assert done.returncode == 0 and "fetch-study" in done.stdout, done.stdout
