"""A notebook's judge is the run's: what the run could not test stays so, and no rule is lost."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from analysis.claims.plan import resolve_plan
from analysis.claims.templates import read_claims
from analysis.pipeline.again import judge_again
from analysis.pipeline.opening import Opened, keep_for_jobs
from analysis.records.effect import Effect

CONTRAST = {"label": "x", "comparison": "g", "reference": "i", "clusters": {"g": "therapy_group"},
            "assignment": "randomised", "claims": ["effectiveness"]}  # fmt: skip
STUDY = {
    "study": "s",
    "data_origin": "real",
    "arms": {
        "g": {"label": "Group", "format": "group"},
        "i": {"label": "Individual", "format": "individual"},
    },
    "contrasts": {"format": CONTRAST},
    "outcome": {"construct": "depression", "day": 42, "window": [28, 63]},
    "instruments": {"depression": "PHQ-9"},
    "covariates": [],
    "cohort": {"episodes": "first"},
}
EMPTY = ("discharge_day", "discharge_reason", "condition", "discharge_level", "referral_level")
CAN = {
    "tables": {"episodes": 9, "assessments": 9},
    "files": {"episodes": "e.csv", "assessments": "a.csv"},
    "impossible": {},
    "columns": {f"episodes.{name}": 0 for name in EMPTY},
    "names": {f"episodes.{name}": name for name in EMPTY},
    "arms": {"g": 5, "i": 4},
    "formats": {"g": "group", "i": "individual"},
    "bindings": {},
    "instruments": {"PHQ-9": {}},
    "session_units": {},
}
EFFECT = Effect(
    id="format.depression.day42.ancova", contrast="format", construct="depression",
    instrument="PHQ-9", time="day 42", estimand="difference", model="ancova",
    unit="PHQ-9 points", data_origin="real", value=0.1, se=0.4, df=90.0, ci90=(-0.6, 0.8),
    ci95=(-0.7, 0.9), n_used=40, n_eligible=50,
)  # fmt: skip
SEEN = replace(EFFECT, n_used=50)  # nobody is unseen


@pytest.fixture
def run(tmp_path, root):
    """Return a function: what a run leaves behind, its second answer as asked."""

    def make(effect=EFFECT, **second):
        plan = resolve_plan(read_claims(root / "config" / "claims.yaml"), STUDY)
        keep_for_jobs(Opened("s", STUDY, plan), tmp_path / "opened.json")
        said = [{"id": key, "status": "planned"} for key in plan["claims"]]
        for name, content in {
            "verdicts": said, "capabilities": CAN, "designs": {}, "effects/comparisons": [
                effect.to_json()], "effects/fidelity": [], "effects/program": [],
            "effects/retention": [], "evidence/sources": {},
        }.items():  # fmt: skip
            path = tmp_path / f"{name}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(content), encoding="utf-8")
        (tmp_path / "examined").mkdir(exist_ok=True)
        row = {"contrast": "format", "name": "per protocol", "valid_for_estimand": False}
        row |= {"status": "ok", "value": 0.0, "n_used": 30, "n_eligible": 50, "message": ""}
        row |= {"ci90_low": -0.5, "ci90_high": 0.5, "ci95_low": -0.6, "ci95_high": 0.6, **second}
        (tmp_path / "missing").mkdir(exist_ok=True)
        for name in ("tipping", "plausible"):
            ends = [f"ci{level}_{end}" for level in (90, 95) for end in ("low", "high")]
            numbers = ("worse_comparison", "worse_reference", "value", "se", "df", *ends)
            nobody = pd.DataFrame({one: pd.Series(dtype=float) for one in numbers})
            nobody = nobody.assign(case=pd.Series(dtype=str))
            nobody.to_parquet(tmp_path / "missing" / f"{name}.parquet")
        pd.DataFrame([row]).to_parquet(tmp_path / "examined" / "specifications.parquet")
        return tmp_path

    return make


def shown(folder, overrides, claim="effectiveness"):
    return {one.part: one for one in judge_again(folder, overrides) if one.id == claim}


@pytest.mark.parametrize(
    ("margin", "reason"),
    [
        (1.32, "comparison_better_within_margin"),
        (0.5, "comparison_better"),
        (3.0, "comparison_better_within_margin"),
    ],
)
def test_another_margin_is_judged_by_the_same_rule_and_marked(run, margin, reason):
    better = replace(SEEN, value=0.7, ci90=(0.3, 1.1), ci95=(0.2, 1.2))
    changed = {} if margin == 1.32 else {"effectiveness": {"margin": margin}}
    found = shown(run(better), changed)["difference"]
    assert (found.reason, found.margin) == (reason, margin)
    assert found.status == ("planned" if margin == 1.32 else "exploratory")


def test_no_rule_is_dropped(run):
    """The second answer reaches -2.9, and nobody could look at the unseen."""
    found = shown(run(ci90_low=-2.9), {"effectiveness": {"margin": 2.0}})
    assert found["equivalence"].per_protocol["verdict"] == "INCONCLUSIVE"
    assert found["equivalence"].verdict == found["non_inferiority"].verdict == "INCONCLUSIVE"


@pytest.mark.parametrize("claim", ["retention", "conditions", "intensity"])
def test_what_the_study_could_not_test_stays_so(run, claim):
    changed = {"retention": {"margin": 0.5}, "intensity": {"threshold": 0.1}}
    found = shown(run(), changed, claim)
    assert {one.verdict for one in found.values()} == {"NOT TESTABLE"}


def test_signs_are_those_of_the_run(run):
    worse = replace(SEEN, value=-3.0, ci90=(-3.5, -2.5), ci95=(-3.6, -2.4))
    found = shown(run(worse), {})["difference"]
    assert (found.estimate, found.reason) == (-3.0, "reference_better")


def test_a_limit_needs_a_run(run):
    with pytest.raises(ValueError, match="new estimates"):
        judge_again(run(), {"limits": {"dose": {"fewest": 1}}})
