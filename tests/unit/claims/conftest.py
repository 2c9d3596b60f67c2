from dataclasses import replace

import pytest

from analysis.claims.judge import Case
from analysis.claims.plan import resolve_plan
from analysis.claims.preflight import SampleDesign
from analysis.claims.templates import read_claims
from analysis.records.effect import Effect

STUDY = {
    "study": "s",
    "arms": {
        "g": {"label": "Group", "format": "group"},
        "i": {"label": "Individual", "format": "individual"},
    },
    "contrasts": {
        "format": {
            "label": "x",
            "comparison": "g",
            "reference": "i",
            "clusters": {"g": "therapy_group"},
            "assignment": "randomised",
            "claims": ["effectiveness"],
        }
    },
    "outcome": {"construct": "depression", "day": 42, "window": [28, 63]},
    "instruments": {"depression": "PHQ-9"},
    "covariates": [],
    "cohort": {"episodes": "first"},
}


@pytest.fixture(scope="session")
def claims(root):
    return read_claims(root / "config" / "claims.yaml")


@pytest.fixture
def study():
    return STUDY


@pytest.fixture
def effect():
    return Effect(
        id="format.depression.day42.ancova",
        contrast="format",
        construct="depression",
        instrument="PHQ-9",
        time="day 42",
        estimand="difference",
        model="ancova",
        unit="PHQ-9 points",
        data_origin="real",
        value=0.1,
        se=0.3,
        df=90.0,
        ci90=(-0.4, 0.6),
        ci95=(-0.5, 0.7),
        standardiser=5.5,
        n_used=400,
        n_eligible=500,
        clusters=30,
        cluster_unit="therapy group",
    )


@pytest.fixture
def case(claims, effect):
    def build(*, interval=None, missing=(), study=STUDY, truths=None, **changes):
        shown = effect
        if interval:
            low, high = interval
            shown = replace(effect, ci90=(low, high), ci95=(low, high), value=(low + high) / 2)
        return Case(
            plan=resolve_plan(claims, study),
            effects=[
                replace(shown, **changes),
                replace(shown, id="format.depression.day42.repeated", **changes),
            ],
            supports=lambda need: f"no {need}" if need in missing else None,
            designs={"format": SampleDesign(250, 250, 30, None)},
            status="planned",
            data_origin="real",
            truths=truths,
        )

    return build
